/* times.c: pairs that are timed, and what is said of them.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/verdict.h"
#include "runtime/base/prng.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/measure.h"
#include "scenarios/cli/streams.h"
#include "scenarios/cli/verdicts.h"
#include "scenarios/engine/engine.h"
#include "scenarios/engine/observation.h"
#include "scenarios/engine/watch.h"

#include <math.h>
#include <string.h>

#define PAIRS_DROPPED 1u /* pays for cold caches */
/* So many of a side's repetitions may say that they are spoiled: 1 in 4. */
#define UNTRUSTED_SHARE 4u
/* A pair as far off as this, in spreads that outliers do not widen, is shown. */
#define OUTLIER_SPREADS 5.0

/* ------------------------------------------------------------------ what may be compared */

static bool gates_the_same(const rs_plan *a, const rs_plan *b) {
    bool same = a->gate_count == b->gate_count;
    for (uint32_t i = 0; same && i < a->gate_count; i++)
        same = strcmp(a->gate[i].text, b->gate[i].text) == 0;
    return same;
}

static bool is_possible(const rs_options *options, const rs_side *side_a, const rs_side *side_b) {
    const rs_plan *a = side_a->plan, *b = side_b->plan;
    if (!gates_the_same(a, b))
        return rs_streams_refuse("the sides have different gates: --a-set and --b-set may not set "
                                 "'gate', --set may");
    if (a->gate_count == 0)
        return rs_streams_refuse("%s has no 'gate' to compare by: add one, such as "
                                 "--set 'gate=[calls.throughput, calls.latency.p50]'",
                                 options->arguments[0]);
    if (a->runtime.clock == b->runtime.clock) return true;
    return rs_streams_refuse("real and virtual time cannot be compared: set runtime.clock on "
                             "both sides alike");
}

/* ------------------------------------------------------------------ pairs */

static void read_values(rs_pairs *pairs, const rs_side *side, const rs_side_run *run,
                        double *values) {
    for (uint32_t i = 0; i < side->plan->gate_count; i++) {
        rs_observation seen;
        rs_observation_gate(run->result, side->plan, &side->plan->gate[i], &seen);
        if (!seen.known && !*pairs->missing[i])
            snprintf(pairs->missing[i], sizeof pairs->missing[i], "%s", seen.why);
        values[i] = seen.never ? (double)INFINITY : seen.known ? seen.value : (double)NAN;
    }
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

static void add_metrics(rs_pairs *pairs) {
    const rs_plan *plan = pairs->a->plan;
    for (uint32_t i = 0; i < plan->gate_count; i++) {
        const rs_plan_expectation *gate = &plan->gate[i];
        rs_experiment_metric(&pairs->experiment, gate->text, rs_metric_find(gate->metric),
                             gate->aggregate);
    }
}

static void run(rs_pairs *pairs, FILE *tell) {
    rs_prng order;
    uint64_t seed = pairs->a->plan->runtime.seed;
    bool over = false, b_first = false;
    rs_prng_init(&order, seed, "ab/order");
    pairs->read = read_values;
    add_metrics(pairs);
    rs_seat_open(&pairs->seat, threads_of(pairs));
    pairs->began_ns = rs_watch_wall_ns();
    for (uint64_t n = 0; !over && !*pairs->why; n++) {
        bool dropped = n < PAIRS_DROPPED;
        /* Of two that count, one each way. */
        b_first = pairs->experiment.pairs % 2 ? !b_first : rs_prng_below(&order, 2);
        rs_verdict_pair pair = {.seed = rs_engine_seed(seed, n), .b_first = b_first};
        tell_progress(pairs, tell);
        rs_seat_take(&pairs->seat);
        if (!rs_pairs_run_one(pairs, &pair)) break;
        if (dropped) continue;
        pairs->rows[pairs->experiment.pairs] = pair;
        over = rs_experiment_add(&pairs->experiment, pair.a, pair.b) || is_out_of_time(pairs);
    }
    rs_seat_close(&pairs->seat);
    if (tell) fputs("\r\033[K", tell);
}

/* ------------------------------------------------------------------ words on a metric */

static const char *unit_of(const rs_pairs *pairs, uint32_t metric) {
    const rs_plan_expectation *gate = &pairs->a->plan->gate[metric];
    return rs_metric_unit(rs_metric_find(gate->metric), gate->aggregate);
}

/* The median of how far the pairs lie from their median, as a standard deviation. */
static double robust_spread(const double *logs, uint32_t count, double median) {
    double far[RS_PAIRS_MAX];
    for (uint32_t i = 0; i < count; i++) far[i] = fabs(logs[i] - median);
    return 1.4826 * rs_verdict_median(far, count);
}

static const char *find_outliers(const rs_contest *contest, uint32_t pairs, rs_verdict *verdict) {
    uint32_t count = 0, worst = 0;
    double median = rs_verdict_median(contest->logs, pairs), most = 0;
    double spread = robust_spread(contest->logs, pairs, median);
    for (uint32_t i = 0; i < pairs; i++) {
        double away = fabs(contest->logs[i] - median);
        count += away > OUTLIER_SPREADS * spread && away > 1e-3;
        if (away > most) most = away, worst = i;
    }
    char change[32];
    if (count == 0) return NULL;
    rs_verdict_change(contest->logs[worst], change, sizeof change);
    return rs_verdict_print(verdict,
                            "%u of %u pairs lie far from the others, pair %u most: %s; all count",
                            count, pairs, worst + 1, change);
}

static const char *note_of(const rs_pairs *pairs, uint32_t metric, rs_verdict *verdict) {
    const rs_contest *contest = &pairs->experiment.contests[metric];
    uint32_t count = pairs->experiment.pairs;
    if (contest->missing)
        return rs_verdict_print(verdict, "no number in %u of %u pairs: %s", contest->missing, count,
                                pairs->missing[metric]);
    if (contest->word == RS_WORD_WAITS && contest->looked_at)
        return rs_verdict_print(verdict, "some %u pairs would decide", contest->pairs_needed);
    return count ? find_outliers(contest, count, verdict) : NULL;
}

static const char *how_of(const rs_pairs *pairs, rs_verdict *verdict) {
    const rs_experiment *experiment = &pairs->experiment;
    const rs_seat *seat = &pairs->seat;
    const char *where = "";
    if (seat->chooses)
        where = rs_verdict_print(verdict, ", on the %u of %u processors that others used least",
                                 seat->needed, (unsigned)CPU_COUNT(&seat->allowed));
    return rs_verdict_print(
        verdict,
        "%u pairs with the same seeds on both sides, one of two each way round, the first "
        "one dropped%s. Over %u looks and %u metric%s, at most one verdict in %.0f calls slower "
        "what is not, and one in %.0f calls none what is slower by %g %%.",
        experiment->pairs, where, RS_LOOKS, experiment->count, experiment->count == 1 ? "" : "s",
        1 / RS_LOOKS_ERROR, 1 / RS_LOOKS_MISS, experiment->threshold * 100);
}

/* ------------------------------------------------------------------ what spoils it */

static bool is_spoiled(const rs_pairs *pairs) {
    uint32_t count = pairs->experiment.pairs;
    return pairs->of_a.untrusted * UNTRUSTED_SHARE > count ||
           pairs->of_b.untrusted * UNTRUSTED_SHARE > count;
}

static uint32_t count_of(const rs_pairs_side *of, const char *condition) {
    for (uint32_t i = 0; i < RS_PAIRS_SPOILERS; i++)
        if (strcmp(of->spoilers[i].condition, condition) == 0) return of->spoilers[i].count;
    return 0;
}

/* "busy_neighbour in 3 repetitions of A and 0 of B, steal in …" */
static const char *spoilers_of(const rs_pairs *pairs, rs_verdict *verdict) {
    const rs_pairs_side *a = &pairs->of_a, *b = &pairs->of_b;
    const char *text = "";
    for (uint32_t i = 0; i < 2 * RS_PAIRS_SPOILERS; i++) {
        const rs_pairs_side *of = i < RS_PAIRS_SPOILERS ? a : b;
        const rs_pairs_spoiler *spoiler = &of->spoilers[i % RS_PAIRS_SPOILERS];
        if (!spoiler->count || (of == b && count_of(a, spoiler->condition))) continue;
        text = rs_verdict_print(verdict, "%s%s%s in %u repetitions of A and %u of B", text,
                                *text ? ", " : "", spoiler->condition,
                                count_of(a, spoiler->condition), count_of(b, spoiler->condition));
    }
    return text;
}

/* ------------------------------------------------------------------ the last word */

/* Not for too few pairs. */
static const char *why_undecided(const rs_pairs *pairs, const char *end, rs_verdict *verdict) {
    const rs_experiment *experiment = &pairs->experiment;
    for (uint32_t i = 0; i < experiment->count; i++)
        if (experiment->contests[i].word == RS_WORD_MISSING)
            return rs_verdict_print(verdict, "%s was not measured", experiment->contests[i].name);
    return pairs->out_of_time ? end : "none of the metrics may decide";
}

static const char *why_inconclusive(const rs_pairs *pairs, rs_verdict *verdict) {
    const rs_experiment *experiment = &pairs->experiment;
    uint32_t needed = 0;
    for (uint32_t i = 0; i < experiment->count; i++)
        if (experiment->contests[i].word == RS_WORD_WAITS &&
            experiment->contests[i].pairs_needed > needed)
            needed = experiment->contests[i].pairs_needed;
    const char *end =
        pairs->out_of_time ? "the budget ends before the next look" : "that was the last look";
    if (!needed) return why_undecided(pairs, end, verdict);
    return rs_verdict_print(
        verdict, "%s, and some %u pairs would decide%s", end, needed,
        needed > RS_PAIRS_MAX ? ": make each repetition longer, or the machine quieter" : "");
}

static const char *why_regression(rs_verdict *verdict) {
    const rs_verdict_metric *metric = verdict->metrics.at;
    char change[32];
    while (metric->word != RS_WORD_REGRESSION) metric++;
    rs_verdict_change(metric->interval.middle, change, sizeof change);
    return rs_verdict_print(verdict, "%s of B is slower by %s, and %g %% must be caught",
                            metric->name, change, verdict->threshold * 100);
}

static const char *why_of(const rs_pairs *pairs, rs_experiment_word word, rs_verdict *verdict) {
    if (word == RS_WORD_WAITS) return why_inconclusive(pairs, verdict);
    if (word == RS_WORD_REGRESSION) return why_regression(verdict);
    return rs_verdict_print(verdict, "whatever B is slower by, it is less than %g %%",
                            verdict->threshold * 100);
}

static void judge(const rs_pairs *pairs, rs_verdict *verdict) {
    rs_experiment_word word = rs_experiment_word_of(&pairs->experiment);
    const char *spoilers = spoilers_of(pairs, verdict);
    if (*spoilers)
        rs_verdict_note(
            verdict,
            rs_verdict_print(
                verdict,
                "spoiled, of %u repetitions each: %s; they count, unless it is more than 1 in "
                "%u of a side",
                pairs->experiment.pairs, spoilers, UNTRUSTED_SHARE));
    if (is_spoiled(pairs)) {
        verdict->word = "not trustworthy";
        verdict->status = RS_EXIT_UNTRUSTED;
        verdict->why = rs_verdict_print(verdict, "too many repetitions are spoiled: %s", spoilers);
        return;
    }
    verdict->word = rs_experiment_words(word);
    verdict->status = rs_verdict_status(word);
    verdict->why = why_of(pairs, word, verdict);
}

const rs_measure rs_measure_times = {
    .drops = PAIRS_DROPPED,
    .is_possible = is_possible,
    .run = run,
    .unit = unit_of,
    .note = note_of,
    .how = how_of,
    .judge = judge,
};
