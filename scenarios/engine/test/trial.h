/* trial.h: from the text of a scenario to its result, with workers of the test's own.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TEST_TRIAL_H
#define RS_TEST_TRIAL_H

#include "scenarios/engine/engine.h"
#include "scenarios/language/test/parse.h"

typedef struct trial {
    rs_plan *plan;
    rs_result *result;
    rs_ending ending;
} trial;

/* put_worker lets `worker` take the place of what the plan says of `node`. */
static inline void put_worker(const rs_plan_node *node, const rs_worker *worker) {
    ((rs_plan_node *)(uintptr_t)node)->worker = worker;
}

/* run_plan takes the plan; finish_trial frees everything. */
static inline trial run_plan(rs_plan *plan) {
    trial made = {.plan = plan, .result = rs_result_create()};
    rs_engine_options options = {.seed = plan->runtime.seed, .events_fd = -1};
    int events_error;
    rs_engine_run(plan, &options, made.result, &made.ending, &events_error);
    return made;
}

static inline void finish_trial(trial *made) {
    rs_result_destroy(made->result);
    rs_plan_destroy(made->plan);
}

static inline double value(const rs_result *result, const char *name,
                           const rs_result_labels *labels) {
    const rs_result_metric *metric = rs_result_find(result, name, labels);
    if (!metric || !metric->value.known) rs_test_fail(__FILE__, __LINE__, "%s is not known", name);
    return metric->value.value;
}

#endif
