/* condition.c: the catalogue of what may spoil numbers.
 *
 * One rule is behind most thresholds: when more than half of a number is the machine's or the
 * harness's own, it says more about them than about the program. What is less makes numbers
 * uncertain, and that is for intervals to show. Counters move in steps, so what is observed is what
 * there was at least.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/condition.h"

#include <math.h>
#include <string.h>

#define HALF 0.5
/* What timers and sleeping processors make a client late by on any machine is much less. */
#define LATE_FLOOR_NS 1e6
/* A count of so few steps may as well be none. */
#define STEPS_MIN 10u

/* Everything that takes time takes longer. */
#define TIMED "restart, calls, messages, sched, upgrade, harness"

static void observe(rs_result_condition *row, double value) {
    row->observed = rs_known(value > 0 ? value : 0);
}

/* What lay before the run may be counted only in it. */
static void observe_share(rs_result_condition *row, double share) {
    observe(row, share < 1 ? share : 1);
}

/* ------------------------------------------------------------------ between two readings */

/* False, with the reason in the row, when the run had not both its ends read. */
static bool has_both(const rs_evidence *evidence, rs_result_condition *row) {
    bool both = evidence->start->taken && evidence->end->taken;
    if (!both) row->why = "the run did not come to its end";
    return both;
}

static double lasted_ns(const rs_evidence *evidence) {
    return (double)(evidence->end->clocks.raw_ns - evidence->start->clocks.raw_ns);
}

/* Whose threads come and go may have waited less at the end than at the start. */
static bool grew(rs_reading start, rs_reading end, double *by) {
    *by = (double)end.value - (double)start.value;
    return start.known && end.known && *by >= 0;
}

/* Who is stopped by a limit stands in line as well, but for no neighbour. */
static void judge_busy(const rs_evidence *evidence, rs_result *result, rs_result_condition *row) {
    double waited_ns, throttled_ns;
    if (!has_both(evidence, row)) return;
    if (!grew(evidence->start->throttled_ns, evidence->end->throttled_ns, &throttled_ns))
        throttled_ns = 0;
    if (evidence->threads > evidence->processors)
        row->why = rs_result_print(result, "%u threads on %u processors wait for each other",
                                   evidence->threads, evidence->processors);
    else if (!grew(evidence->start->waited_ns, evidence->end->waited_ns, &waited_ns))
        row->why = "/proc/self/task/*/schedstat does not tell";
    else
        observe_share(row, (waited_ns - throttled_ns) / (lasted_ns(evidence) * evidence->threads));
}

/* Of what all processors wanted to do. One step of the counter may be of before. */
static void judge_steal(const rs_evidence *evidence, rs_result *result, rs_result_condition *row) {
    double busy_ns, stolen_ns;
    if (!has_both(evidence, row)) return;
    double step_ns = (double)evidence->end->step_ns;
    if (!grew(evidence->start->stolen_ns, evidence->end->stolen_ns, &stolen_ns) ||
        !grew(evidence->start->busy_ns, evidence->end->busy_ns, &busy_ns))
        row->why = "/proc/stat does not tell";
    else if (lasted_ns(evidence) < STEPS_MIN * step_ns)
        row->why = rs_result_print(result, "it is counted in steps of %.0f ms", step_ns / 1e6);
    else
        observe_share(row, (stolen_ns - step_ns) / (busy_ns + stolen_ns + step_ns));
}

static void judge_throttled(const rs_evidence *evidence, rs_result *result,
                            rs_result_condition *row) {
    double throttled_ns;
    (void)result;
    if (!has_both(evidence, row)) return;
    if (!grew(evidence->start->throttled_ns, evidence->end->throttled_ns, &throttled_ns))
        row->why = "the control group has no cpu.stat that tells";
    else
        observe_share(row, throttled_ns / (lasted_ns(evidence) * evidence->threads));
}

static void judge_drift(const rs_evidence *evidence, rs_result *result, rs_result_condition *row) {
    rs_reading start = evidence->start->spin_ns, end = evidence->end->spin_ns;
    (void)result;
    if (!start.known || !end.known || start.value == 0)
        row->why = "the run did not come to its end";
    else
        observe(row, (double)end.value / (double)start.value - 1);
}

static void judge_slew(const rs_evidence *evidence, rs_result *result, rs_result_condition *row) {
    (void)result;
    if (!has_both(evidence, row)) return;
    const rs_clocks *start = &evidence->start->clocks, *end = &evidence->end->clocks;
    double apart_ns = fabs((double)(end->run_ns - start->run_ns) - lasted_ns(evidence));
    observe(row, (apart_ns - (double)(start->error_ns + end->error_ns)) / lasted_ns(evidence));
}

static void judge_step(const rs_evidence *evidence, rs_result *result, rs_result_condition *row) {
    (void)result;
    row->observed = evidence->clock_step_ns;
    if (!row->observed.known) row->why = "nobody has looked at the clocks";
}

/* ------------------------------------------------------------------ the harness */

/* Of one load, in row->observed and row->threshold. A percentile says something when ten samples
 * lie beyond it. */
static bool judge_load(const rs_result *result, const rs_result_metric *late, uint32_t millionths,
                       rs_result_condition *row) {
    const rs_result_metric *latency = rs_result_find(result, "calls.latency", &late->labels);
    uint64_t needed = UINT64_C(10000000) / (RS_P100 - millionths);
    if (!latency || !latency->histogram || late->histogram->count < needed) return false;
    double late_ns = (double)rs_histogram_percentile(late->histogram, millionths);
    double limit_ns = HALF * (double)rs_histogram_percentile(latency->histogram, millionths);
    if (limit_ns < LATE_FLOOR_NS) limit_ns = LATE_FLOOR_NS;
    bool worst =
        !row->observed.known || late_ns / limit_ns > row->observed.value / row->threshold.value;
    if (worst) row->observed = rs_known(late_ns);
    if (worst) row->threshold = rs_known(limit_ns);
    return worst;
}

static void judge_lateness(const rs_evidence *evidence, uint32_t millionths, rs_result *result,
                           rs_result_condition *row) {
    const rs_result *of = evidence->result;
    for (size_t i = 0; i < of->metrics.count; i++) {
        const rs_result_metric *metric = &of->metrics.at[i];
        if (strcmp(metric->name, "harness.late") != 0 || !metric->labels.load) continue;
        if (metric->histogram && judge_load(of, metric, millionths, row))
            row->why =
                rs_result_print(result, "p%u of load %s", millionths / 10000, metric->labels.load);
    }
    if (!row->observed.known) row->why = "no open loop with enough requests";
}

static void judge_late(const rs_evidence *evidence, rs_result *result, rs_result_condition *row) {
    judge_lateness(evidence, RS_P50, result, row);
}

static void judge_late_tail(const rs_evidence *evidence, rs_result *result,
                            rs_result_condition *row) {
    judge_lateness(evidence, RS_P99, result, row);
}

static void judge_unsent(const rs_evidence *evidence, rs_result *result, rs_result_condition *row) {
    (void)result;
    row->observed = evidence->unsent;
    if (!row->observed.known) row->why = "no open loop";
}

/* ------------------------------------------------------------------ the catalogue */

const rs_condition rs_conditions[] = {
    {"late_clients", "ns", LATE_FLOOR_NS, true, "calls.latency",
     "clients of an open loop awoke late: half of them by more than 1 ms, and more than half of "
     "the latency",
     judge_late},
    {"late_tail", "ns", LATE_FLOOR_NS, true, "calls.latency.p99, calls.latency.max",
     "the same of one in a hundred, which is what tails are made of", judge_late_tail},
    {"unsent_requests", "1", 0.01, false, "calls.latency, calls.latency_uncorrected",
     "requests of an open loop that were due and never sent, and are in no latency", judge_unsent},
    {"busy_neighbour", "1", HALF, true, TIMED,
     "share of the run in which the runtime's threads stood in line for a processor", judge_busy},
    {"steal", "1", HALF, true, TIMED,
     "share of the time that the processors were wanted in which the hypervisor ran others",
     judge_steal},
    {"throttled", "1", HALF, true, TIMED,
     "share of the run in which the control group's limit stopped the runtime's threads",
     judge_throttled},
    {"thermal_drift", "1", HALF, true, TIMED,
     "how much slower the processor computes after the run than before it", judge_drift},
    {"clock_slew", "1", 0.01, false, TIMED,
     "how much faster or slower the run's clock went than the counter that nobody sets",
     judge_slew},
    {"clock_step", "ns", 1e7, false, TIMED,
     "the time of day was set, or the machine stood still: it stepped by so much between two looks",
     judge_step},
    {NULL, NULL, 0, false, NULL, NULL, NULL},
};

void rs_condition_add_all(rs_result *result, const rs_evidence *evidence) {
    for (const rs_condition *condition = rs_conditions; condition->name; condition++) {
        rs_result_condition *row = rs_result_add_condition(result, condition->name);
        row->unit = condition->unit;
        row->slows = condition->slows;
        row->spoils = condition->spoils;
        row->threshold = rs_known(condition->threshold);
        condition->judge(evidence, result, row);
        row->spoiled = row->observed.known && row->observed.value > row->threshold.value;
    }
}
