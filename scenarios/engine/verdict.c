/* verdict.c: judges a result by what its scenario expects.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/verdict.h"

#include "scenarios/engine/injector.h"
#include "scenarios/engine/observation.h"
#include "scenarios/engine/trust.h"

#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ one expectation */

bool rs_verdict_compare(double value, rs_plan_op op, double bound) {
    switch (op) {
    case RS_PLAN_LT: return value < bound;
    case RS_PLAN_LE: return value <= bound;
    case RS_PLAN_EQ: return value == bound;
    case RS_PLAN_NE: return value != bound;
    case RS_PLAN_GE: return value >= bound;
    case RS_PLAN_GT: return value > bound;
    }
    return false;
}

/* Of what cannot be trusted the first is told. */
static void distrust(rs_result *result, const rs_plan_expectation *expectation, const char *why) {
    if (result->status == RS_RESULT_UNTRUSTED) return;
    result->status = RS_RESULT_UNTRUSTED;
    result->reason = rs_result_print(result, "'%s' cannot be trusted: %s", expectation->text, why);
}

static rs_result_verdict judge_value(const rs_plan_expectation *expectation,
                                     rs_observation *observation) {
    if (!observation->known) return RS_VERDICT_INCONCLUSIVE;
    if (observation->samples < expectation->min_samples && expectation->min_samples) {
        snprintf(observation->why, sizeof observation->why, "%llu samples; min_samples is %llu",
                 (unsigned long long)observation->samples,
                 (unsigned long long)expectation->min_samples);
        return RS_VERDICT_INCONCLUSIVE;
    }
    bool holds = rs_verdict_compare(observation->value, expectation->op, expectation->value);
    return holds ? RS_VERDICT_PASSED : RS_VERDICT_FAILED;
}

/* What a busy machine fails by is neither passed nor failed. */
static void doubt(rs_result *result, const rs_plan_expectation *expectation,
                  rs_result_expectation *row) {
    const rs_result_condition *spoiler =
        rs_trust_spoiler(result, expectation, row->verdict == RS_VERDICT_PASSED);
    if (!spoiler) return;
    row->verdict = RS_VERDICT_INCONCLUSIVE;
    row->why = rs_trust_describe(result, spoiler);
    distrust(result, expectation, row->why);
}

static void judge(rs_result *result, const rs_plan *plan, const rs_plan_expectation *expectation) {
    rs_observation observation;
    char text[64];
    rs_observation_find(result, plan, expectation, &observation);
    rs_result_expectation *row = rs_result_add_expectation(result, expectation->text);
    row->file = rs_result_text(result, expectation->place.file);
    row->line = expectation->place.line;
    row->column = expectation->place.column;
    row->timing = rs_trust_is_timed(expectation);
    row->never = observation.never;
    if (!rs_result_is_whole(result)) {
        row->verdict = RS_VERDICT_INCONCLUSIVE;
        row->why = "the run is not complete";
        return;
    }
    if (row->timing && plan->runtime.clock == RS_PLAN_VIRTUAL && !expectation->model) {
        row->verdict = RS_VERDICT_SKIPPED;
        row->why = "timing is only modelled under the virtual clock; `model:` would judge it";
        return;
    }
    row->verdict = judge_value(expectation, &observation);
    if (observation.why[0]) row->why = rs_result_text(result, observation.why);
    doubt(result, expectation, row);
    if (!observation.known) return;
    rs_observation_print(&observation, expectation, text, sizeof text);
    row->observed = rs_result_text(result, text);
    if (!observation.never) row->value = rs_known(observation.value);
}

/* ------------------------------------------------------------------ the run */

/* A fault plan that hit nobody has shown nothing. */
static const char *find_idle_fault(const rs_result *result, const rs_plan *plan) {
    for (uint32_t i = 0; i < plan->fault_count && i < result->faults.count; i++)
        if (!plan->faults[i].may_miss && rs_injector_needed(&plan->faults[i]) &&
            result->faults.at[i].outcomes[RS_STRIKE_HIT] == 0)
            return plan->faults[i].id;
    return NULL;
}

static size_t count(const rs_result *result, rs_result_verdict verdict) {
    size_t sum = 0;
    for (size_t i = 0; i < result->expectations.count; i++)
        sum += result->expectations.at[i].verdict == verdict;
    return sum;
}

static void decide(rs_result *result, const rs_plan *plan) {
    size_t all = result->expectations.count, failed = count(result, RS_VERDICT_FAILED);
    size_t unsure = count(result, RS_VERDICT_INCONCLUSIVE);
    const char *idle = find_idle_fault(result, plan);
    size_t findings = result->findings.count;
    result->verdict = RS_VERDICT_PASSED;
    if (!rs_result_is_whole(result)) {
        result->verdict = RS_VERDICT_INCONCLUSIVE;
    } else if (findings) {
        result->verdict = RS_VERDICT_FAILED;
        result->reason = rs_result_print(result, "%zu finding%s: %s", findings,
                                         findings == 1 ? "" : "s", result->findings.at[0].text);
    } else if (failed) {
        result->verdict = RS_VERDICT_FAILED;
        result->reason = rs_result_print(result, "%zu of %zu expectations failed", failed, all);
    } else if (idle) {
        result->verdict = RS_VERDICT_INCONCLUSIVE;
        result->reason = rs_result_print(result, "fault '%s' never hit", idle);
    } else if (unsure) {
        result->verdict = RS_VERDICT_INCONCLUSIVE;
        if (result->status == RS_RESULT_UNTRUSTED) return;
        result->reason =
            rs_result_print(result, "%zu of %zu expectations are inconclusive", unsure, all);
    }
}

bool rs_verdict_holds(rs_result *result, const rs_plan *plan,
                      const rs_plan_expectation *expectation, bool *holds, const char **why) {
    rs_observation observation;
    rs_observation_find(result, plan, expectation, &observation);
    rs_result_verdict verdict = judge_value(expectation, &observation);
    *holds = verdict == RS_VERDICT_PASSED;
    if (verdict == RS_VERDICT_INCONCLUSIVE) *why = rs_result_text(result, observation.why);
    return verdict != RS_VERDICT_INCONCLUSIVE;
}

void rs_verdict_judge(rs_result *result, const rs_plan *plan) {
    for (uint32_t i = 0; i < plan->expectation_count; i++)
        judge(result, plan, &plan->expectations[i]);
    for (uint32_t i = 0; i < plan->gate_count && rs_result_is_whole(result); i++) {
        const rs_result_condition *spoiler = rs_trust_spoiler(result, &plan->gate[i], false);
        if (spoiler) distrust(result, &plan->gate[i], rs_trust_describe(result, spoiler));
    }
    decide(result, plan);
}

int rs_verdict_exit_code(const rs_result *result) {
    const char *seen;
    if (result->verdict == RS_VERDICT_FAILED && rs_result_wrong(result, &seen)) return 1;
    if (result->status == RS_RESULT_UNTRUSTED) return 7;
    if (result->verdict == RS_VERDICT_FAILED) return 1;
    return result->verdict == RS_VERDICT_INCONCLUSIVE ? 4 : 0;
}
