/* trust.c: whether what decides a run reads a spoiled number.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/trust.h"

#include "scenarios/engine/condition.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ what there was */

static double unsent_of(const rs_shared *shared, uint32_t first, uint32_t clients) {
    uint64_t unsent = 0, issued = 0;
    for (uint32_t n = first; n < first + clients; n++) {
        const rs_ledger_page *page = rs_ledgers_page(&shared->ledgers, n);
        unsent += page->unsent;
        for (uint32_t phase = 0; phase < shared->ledgers.phases; phase++)
            issued += page->phases[phase].issued;
    }
    return unsent ? (double)unsent / (double)(unsent + issued) : 0;
}

static rs_optional find_unsent(const rs_shared *shared) {
    const rs_plan *plan = shared->plan;
    rs_optional most = {.known = false};
    for (uint32_t load = 0, client = 0; load < plan->load_count; load++) {
        double share = unsent_of(shared, client, plan->loads[load].clients);
        client += plan->loads[load].clients;
        if (!plan->loads[load].kind->open) continue;
        if (!most.known || share > most.value) most = rs_known(share);
    }
    return most;
}

static uint32_t count_processors(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? (uint32_t)CPU_COUNT(&set) : UINT32_MAX;
}

void rs_trust_fill(rs_result *result, const rs_shared *shared, const rs_ending *ending) {
    const rs_plan_runtime *runtime = &shared->plan->runtime;
    if (runtime->clock == RS_PLAN_VIRTUAL) return;
    rs_evidence evidence = {
        .start = &shared->at_start,
        .end = &shared->at_end,
        .threads = runtime->threads,
        .processors = count_processors(),
        .clock_step_ns = ending->clock_step_ns,
        .unsent = find_unsent(shared),
        .result = result,
    };
    rs_condition_add_all(result, &evidence);
}

/* ------------------------------------------------------------------ what it spoils */

bool rs_trust_is_timed(const rs_plan_expectation *expectation) {
    const rs_metric *metric = rs_metric_find(expectation->metric);
    const char *unit = rs_metric_unit(metric, expectation->aggregate);
    return strcmp(unit, "ns") == 0 || strcmp(unit, "per_s") == 0;
}

/* `names` are metrics, or what they begin with up to a dot, aggregates included: in "restart,
 * calls.latency.p99" the last is also p99.9. */
static bool is_among(const char *metric, const char *names) {
    for (const char *at = names; *at; at += strspn(at, ", ")) {
        size_t length = strcspn(at, ", ");
        if (strncmp(metric, at, length) == 0 && (metric[length] == 0 || metric[length] == '.'))
            return true;
        at += length;
    }
    return false;
}

bool rs_trust_spoils(const rs_result_condition *condition, const rs_plan_expectation *expectation) {
    char name[128];
    const char *aggregate = expectation->aggregate;
    snprintf(name, sizeof name, "%s%s%s", expectation->metric, aggregate ? "." : "",
             aggregate ? aggregate : "");
    return condition->spoiled && condition->spoils && rs_trust_is_timed(expectation) &&
           is_among(name, condition->spoils);
}

/* A bound on the side to which the number was pushed: a latency below, a throughput above. */
static bool bounds_the_worse_side(const rs_plan_expectation *expectation) {
    switch (rs_metric_find(expectation->metric)->better) {
    case RS_METRIC_LOWER: return expectation->op == RS_PLAN_LT || expectation->op == RS_PLAN_LE;
    case RS_METRIC_HIGHER: return expectation->op == RS_PLAN_GT || expectation->op == RS_PLAN_GE;
    case RS_METRIC_NEITHER: break;
    }
    return false;
}

/* How often per second something bad happened may be too little on a machine that is too slow. */
static bool is_safe(const rs_result_condition *condition, const rs_plan_expectation *expectation) {
    bool is_rate = expectation->aggregate && strcmp(expectation->aggregate, "rate") == 0;
    return condition->slows && !is_rate && bounds_the_worse_side(expectation);
}

const rs_result_condition *rs_trust_spoiler(const rs_result *result,
                                            const rs_plan_expectation *expectation, bool holds) {
    for (size_t i = 0; i < result->trust.count; i++) {
        const rs_result_condition *condition = &result->trust.at[i];
        if (rs_trust_spoils(condition, expectation) && !(holds && is_safe(condition, expectation)))
            return condition;
    }
    return NULL;
}

const char *rs_trust_describe(rs_result *result, const rs_result_condition *condition) {
    char observed[RS_RESULT_CONDITION_BYTES], threshold[RS_RESULT_CONDITION_BYTES];
    rs_result_condition_value(condition, condition->observed, observed, sizeof observed);
    rs_result_condition_value(condition, condition->threshold, threshold, sizeof threshold);
    return rs_result_print(result, "%s is %s, beyond %s", condition->name, observed, threshold);
}

/* ------------------------------------------------------------------ repetitions */

static rs_result_condition *find(rs_result *result, const char *name) {
    for (size_t i = 0; i < result->trust.count; i++)
        if (strcmp(result->trust.at[i].name, name) == 0) return &result->trust.at[i];
    return NULL;
}

void rs_trust_take(rs_result *result, const rs_result *from) {
    for (size_t i = 0; i < from->trust.count; i++) {
        const rs_result_condition *theirs = &from->trust.at[i];
        rs_result_condition *ours = find(result, theirs->name);
        if (!theirs->spoiled || !ours || ours->spoiled) continue;
        const char *name = ours->name;
        *ours = *theirs;
        ours->name = name;
        ours->why = rs_result_text(result, theirs->why);
    }
}
