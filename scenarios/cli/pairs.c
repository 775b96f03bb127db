/* pairs.c: the order of repetitions, and what is read from each.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/pairs.h"

#include "reports/verdict/count.h"
#include "scenarios/cli/exit.h"
#include "scenarios/engine/engine.h"
#include "scenarios/engine/observation.h"
#include "scenarios/engine/trust.h"
#include "scenarios/engine/watch.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PAIRS_DROPPED 1u /* pays for cold caches */

void rs_pairs_init(rs_pairs *pairs, const rs_side *a, const rs_side *b, double threshold,
                   uint64_t budget_ns) {
    *pairs = (rs_pairs){.a = a, .b = b, .budget_ns = budget_ns};
    rs_experiment_init(&pairs->experiment, threshold);
    for (uint32_t i = 0; i < a->plan->gate_count; i++) {
        const rs_plan_expectation *gate = &a->plan->gate[i];
        rs_experiment_metric(&pairs->experiment, gate->text, rs_metric_find(gate->metric),
                             gate->aggregate);
    }
}

/* ------------------------------------------------------------------ one repetition */

static void read_values(rs_pairs *pairs, const rs_side *side, const rs_result *result,
                        double *values) {
    for (uint32_t i = 0; i < side->plan->gate_count; i++) {
        rs_observation seen;
        rs_observation_gate(result, side->plan, &side->plan->gate[i], &seen);
        if (!seen.known && !*pairs->missing[i])
            snprintf(pairs->missing[i], sizeof pairs->missing[i], "%s", seen.why);
        values[i] = seen.never ? (double)INFINITY : seen.known ? seen.value : (double)NAN;
    }
}

/* What was wrong is no matter of speed. NULL: nothing. */
static const rs_result_expectation *find_wrong(const rs_result *result) {
    for (size_t i = 0; i < result->expectations.count; i++) {
        const rs_result_expectation *one = &result->expectations.at[i];
        if (one->verdict == RS_VERDICT_FAILED && !one->timing) return one;
    }
    return NULL;
}

static void count_spoiler(rs_pairs_side *of, const char *condition) {
    for (uint32_t i = 0; i < RS_PAIRS_SPOILERS; i++) {
        rs_pairs_spoiler *spoiler = &of->spoilers[i];
        if (spoiler->count && strcmp(spoiler->condition, condition) != 0) continue;
        snprintf(spoiler->condition, sizeof spoiler->condition, "%s", condition);
        spoiler->count++;
        return;
    }
}

/* What spoils expectations alone is no matter here: they do not decide. */
static bool find_spoilers(rs_pairs_side *of, const rs_plan *plan, const rs_result *result) {
    bool found = false;
    for (size_t i = 0; i < result->trust.count; i++) {
        bool spoils = false;
        for (uint32_t k = 0; k < plan->gate_count; k++)
            spoils |= rs_trust_spoils(&result->trust.at[i], &plan->gate[k]);
        if (!spoils || !result->trust.at[i].name) continue;
        count_spoiler(of, result->trust.at[i].name);
        found = true;
    }
    return found;
}

static void stop(rs_pairs *pairs, int status, const rs_side_run *run) {
    pairs->status = rs_exit_worse(pairs->status, status);
    if (run->result && run->result->reproduce)
        snprintf(pairs->command, sizeof pairs->command, "%s", run->result->reproduce);
}

/* Whatever else a program ends with, it is none of respawn. */
static bool is_ours(int status) {
    return status == RS_EXIT_USAGE || status == RS_EXIT_NONDETERMINISM ||
           status == RS_EXIT_INTERNAL;
}

/* Scenarios and results may be a stranger's, and what they fail by is cut. */
static void judge_run(rs_pairs *pairs, const rs_side *side, const rs_side_run *run) {
    rs_pairs_side *of = side == pairs->a ? &pairs->of_a : &pairs->of_b;
    const rs_result *result = run->result;
    const rs_result_expectation *wrong = result ? find_wrong(result) : NULL;
    bool measured = run->status == RS_EXIT_PASSED || run->status == RS_EXIT_FAILED ||
                    run->status == RS_EXIT_INCONCLUSIVE || run->status == RS_EXIT_UNTRUSTED;
    if (run->interrupted) {
        stop(pairs, RS_EXIT_ABORTED, run);
        pairs->interrupted = true;
        snprintf(pairs->why, sizeof pairs->why, "interrupted after %u pairs",
                 pairs->experiment.pairs);
    } else if (!measured || !result) {
        stop(pairs, is_ours(run->status) && !measured ? run->status : RS_EXIT_ABORTED, run);
        snprintf(pairs->why, sizeof pairs->why, "side %s could not be measured: %.800s", side->name,
                 *run->said ? run->said : "it left no result");
    } else if (pairs->counting && isnan(run->instructions)) {
        stop(pairs, RS_EXIT_ABORTED, run);
        snprintf(pairs->why, sizeof pairs->why, "side %s was not counted: %.800s", side->name,
                 *run->said ? run->said : "valgrind has left nothing");
    } else if (wrong || (result->findings.count && run->status == RS_EXIT_FAILED)) {
        stop(pairs, RS_EXIT_FAILED, run);
        snprintf(pairs->why, sizeof pairs->why, "side %s is wrong, not slow: %.400s: %.200s",
                 side->name, wrong ? wrong->text : result->findings.at[0].check,
                 wrong ? wrong->observed ? wrong->observed : "failed"
                       : result->findings.at[0].text);
    } else {
        of->late += run->status == RS_EXIT_FAILED;
        of->untrusted += find_spoilers(of, side->plan, result);
    }
}

static void keep_story(rs_pairs *pairs, const rs_side *side, const rs_result *result) {
    char *story = pairs->story[side == pairs->b];
    const char *hash = result->trace_hash ? result->trace_hash : "";
    snprintf(story, sizeof pairs->story[0], "%s", hash);
    pairs->other_story =
        *pairs->story[0] && *pairs->story[1] && strcmp(pairs->story[0], pairs->story[1]) != 0;
}

static bool repeat(rs_pairs *pairs, const rs_side *side, uint64_t seed, double *values) {
    rs_side_run run = rs_side_repeat(side, seed);
    judge_run(pairs, side, &run);
    bool goes_on = !*pairs->why;
    if (goes_on && pairs->counting) {
        values[0] = run.instructions;
        keep_story(pairs, side, run.result);
    } else if (goes_on) {
        read_values(pairs, side, run.result, values);
    }
    rs_result_destroy(run.result);
    free(run.said);
    return goes_on;
}

/* ------------------------------------------------------------------ pairs */

static bool run_pair(rs_pairs *pairs, rs_verdict_pair *pair) {
    const rs_side *first = pair->b_first ? pairs->b : pairs->a;
    const rs_side *second = pair->b_first ? pairs->a : pairs->b;
    return repeat(pairs, first, pair->seed, pair->b_first ? pair->b : pair->a) &&
           repeat(pairs, second, pair->seed, pair->b_first ? pair->a : pair->b);
}

/* The pairs up to the next look take as long as those so far did. */
static bool is_out_of_time(rs_pairs *pairs) {
    uint32_t done = pairs->experiment.pairs, next = done;
    if (!pairs->budget_ns || (done > 1 && !rs_looks_is_one(done))) return false;
    do next++;
    while (!rs_looks_is_one(next));
    uint64_t took = rs_watch_wall_ns() - pairs->began_ns;
    uint64_t each = took / (done + PAIRS_DROPPED);
    pairs->out_of_time = took + each * (next - done) > pairs->budget_ns;
    return pairs->out_of_time;
}

static void tell_progress(const rs_pairs *pairs, FILE *tell) {
    uint32_t next = pairs->experiment.pairs;
    if (!tell) return;
    while (next < RS_PAIRS_MAX && !rs_looks_is_one(next)) next++;
    fprintf(tell, "\r\033[K%u pairs, next look at %u", pairs->experiment.pairs, next);
    fflush(tell);
}

static uint32_t threads_of(const rs_pairs *pairs) {
    uint32_t a = pairs->a->plan->runtime.threads, b = pairs->b->plan->runtime.threads;
    return a > b ? a : b;
}

void rs_pairs_run(rs_pairs *pairs, FILE *tell) {
    rs_prng order;
    uint64_t seed = pairs->a->plan->runtime.seed;
    bool over = false, b_first = false;
    rs_prng_init(&order, seed, "ab/order");
    rs_seat_open(&pairs->seat, threads_of(pairs));
    pairs->began_ns = rs_watch_wall_ns();
    for (uint64_t n = 0; !over && !*pairs->why; n++) {
        bool dropped = n < PAIRS_DROPPED;
        /* Of two that count, one each way. */
        b_first = pairs->experiment.pairs % 2 ? !b_first : rs_prng_below(&order, 2);
        rs_verdict_pair pair = {.seed = rs_engine_seed(seed, n), .b_first = b_first};
        tell_progress(pairs, tell);
        rs_seat_take(&pairs->seat);
        if (!run_pair(pairs, &pair)) break;
        if (dropped) continue;
        pairs->rows[pairs->experiment.pairs] = pair;
        over = rs_experiment_add(&pairs->experiment, pair.a, pair.b) || is_out_of_time(pairs);
    }
    rs_seat_close(&pairs->seat);
    if (tell) fputs("\r\033[K", tell);
}

/* ------------------------------------------------------------------ counts */

static void judge_counts(rs_pairs *pairs) {
    rs_experiment *experiment = &pairs->experiment;
    double a[RS_PAIRS_COUNTED], b[RS_PAIRS_COUNTED];
    for (uint32_t i = 0; i < experiment->pairs; i++) {
        a[i] = pairs->rows[i].a[0];
        b[i] = pairs->rows[i].b[0];
    }
    if (experiment->pairs)
        rs_count_judge(&experiment->contests[0], a, b, experiment->pairs, experiment->threshold);
}

void rs_pairs_count(rs_pairs *pairs, FILE *tell) {
    rs_experiment *experiment = &pairs->experiment;
    experiment->contests[0] = (rs_contest){.name = "instructions", .better = RS_METRIC_LOWER};
    experiment->count = 1;
    pairs->counting = true;
    while (experiment->pairs < RS_PAIRS_COUNTED) {
        rs_verdict_pair pair = {.seed = pairs->a->plan->runtime.seed,
                                .b_first = experiment->pairs % 2};
        if (tell) fprintf(tell, "\r\033[K%u of %u pairs", experiment->pairs, RS_PAIRS_COUNTED);
        if (tell) fflush(tell);
        if (!run_pair(pairs, &pair)) break;
        pairs->rows[experiment->pairs++] = pair;
    }
    judge_counts(pairs);
    if (tell) fputs("\r\033[K", tell);
}
