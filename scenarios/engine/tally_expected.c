/* tally_expected.c: what expectations speak of, and little more.
 * SPDX-License-Identifier: MIT
 */
#include "reports/metric.h"
#include "scenarios/engine/tally.h"
#include "scenarios/engine/trust.h"

#include <string.h>

typedef struct rs_wanted {
    bool all, restarts, calls, state;
} rs_wanted;

static bool begins(const char *text, const char *head) {
    return strncmp(text, head, strlen(head)) == 0;
}

/* A total that is a number and no distribution. */
static bool is_plain(const rs_plan_expectation *expectation) {
    const rs_metric *metric = rs_metric_find(expectation->metric);
    return !expectation->label && expectation->during < 0 && !expectation->aggregate && metric &&
           metric->kind != RS_METRIC_HISTOGRAM;
}

/* Windows are kept apart, and timing is not judged under the virtual clock. */
static bool needs_nothing(const rs_plan_expectation *expectation) {
    return expectation->window_ns || (rs_trust_is_timed(expectation) && !expectation->model);
}

static void want(rs_wanted *wanted, const rs_plan_expectation *expectation) {
    if (needs_nothing(expectation)) return;
    const char *metric = expectation->metric;
    bool plain = is_plain(expectation);
    if (plain &&
        (begins(metric, "restart.") || begins(metric, "escalations") || begins(metric, "scores.")))
        wanted->restarts = true;
    else if (plain && begins(metric, "calls.") && strcmp(metric, "calls.throughput") != 0)
        wanted->calls = true;
    else if (plain && (begins(metric, "orphans") || begins(metric, "entries.") ||
                       strcmp(metric, "memory.live") == 0))
        wanted->state = true;
    else
        wanted->all = true;
}

static rs_wanted find_wanted(const rs_plan *plan) {
    rs_wanted wanted = {0};
    for (uint32_t i = 0; i < plan->expectation_count; i++) want(&wanted, &plan->expectations[i]);
    for (uint32_t i = 0; i < plan->sometimes_count; i++)
        if (!plan->sometimes[i].is_event) want(&wanted, &plan->sometimes[i].expectation);
    return wanted;
}

bool rs_tally_needs_all(const rs_plan *plan) {
    return find_wanted(plan).all;
}

void rs_tally_expected(rs_result *result, rs_shared *shared, const rs_ending *ending) {
    rs_wanted wanted = find_wanted(shared->plan);
    result->status = ending->status;
    if (wanted.all) {
        rs_tally_fill(result, shared, ending);
        return;
    }
    if (wanted.restarts) rs_tally_restart_totals(result, shared);
    if (wanted.calls) rs_tally_call_totals(result, shared, ending);
    if (wanted.state) rs_tally_state_totals(result, shared);
}
