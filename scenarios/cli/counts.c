/* counts.c: pairs whose instructions are counted, and what is said of them.
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/count.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/measure.h"
#include "scenarios/cli/streams.h"
#include "scenarios/cli/verdicts.h"

#include <math.h>
#include <string.h>

/* Counts repeat; the second shows that they do, and the third where the first was odd. */
#define PAIRS_COUNTED 3u

static bool is_possible(const rs_options *options, const rs_side *a, const rs_side *b) {
    if (a->plan->runtime.clock != RS_PLAN_VIRTUAL || b->plan->runtime.clock != RS_PLAN_VIRTUAL)
        return rs_streams_refuse("in real time no two runs execute the same: add "
                                 "--set runtime.clock=virtual");
    if (options->budget_ns)
        return rs_streams_refuse("--budget is for pairs that are timed; of counts, %u are enough",
                                 PAIRS_COUNTED);
    return true;
}

/* ------------------------------------------------------------------ pairs */

static void keep_story(rs_pairs *pairs, const rs_side *side, const rs_result *result) {
    char *story = pairs->story[side == pairs->b];
    const char *hash = result->trace_hash ? result->trace_hash : "";
    snprintf(story, sizeof pairs->story[0], "%s", hash);
    pairs->other_story =
        *pairs->story[0] && *pairs->story[1] && strcmp(pairs->story[0], pairs->story[1]) != 0;
}

static void read_count(rs_pairs *pairs, const rs_side *side, const rs_side_run *run,
                       double *values) {
    values[0] = run->instructions;
    keep_story(pairs, side, run->result);
    if (!isnan(values[0])) return;
    pairs->status = rs_exit_worse(pairs->status, RS_EXIT_ABORTED);
    snprintf(pairs->why, sizeof pairs->why, "side %s was not counted: %.800s", side->name,
             *run->said ? run->said : "valgrind has left nothing");
}

static void judge_counts(rs_pairs *pairs) {
    rs_experiment *experiment = &pairs->experiment;
    double a[PAIRS_COUNTED], b[PAIRS_COUNTED];
    for (uint32_t i = 0; i < experiment->pairs; i++) {
        a[i] = pairs->rows[i].a[0];
        b[i] = pairs->rows[i].b[0];
    }
    if (experiment->pairs)
        rs_count_judge(&experiment->contests[0], a, b, experiment->pairs, experiment->threshold);
}

static void run(rs_pairs *pairs, FILE *tell) {
    rs_experiment *experiment = &pairs->experiment;
    experiment->contests[0] = (rs_contest){.name = "instructions", .better = RS_METRIC_LOWER};
    experiment->count = 1;
    pairs->read = read_count;
    while (experiment->pairs < PAIRS_COUNTED) {
        rs_verdict_pair pair = {.seed = pairs->a->plan->runtime.seed,
                                .b_first = experiment->pairs % 2};
        if (tell) fprintf(tell, "\r\033[K%u of %u pairs", experiment->pairs, PAIRS_COUNTED);
        if (tell) fflush(tell);
        if (!rs_pairs_run_one(pairs, &pair)) break;
        pairs->rows[experiment->pairs++] = pair;
    }
    judge_counts(pairs);
    if (tell) fputs("\r\033[K", tell);
}

/* ------------------------------------------------------------------ words */

/* How far apart a side's counts lie. */
static double apart_of(const rs_pairs *pairs, const rs_side *side) {
    double values[PAIRS_COUNTED];
    for (uint32_t i = 0; i < pairs->experiment.pairs; i++)
        values[i] = side == pairs->a ? pairs->rows[i].a[0] : pairs->rows[i].b[0];
    return rs_count_apart(values, pairs->experiment.pairs);
}

/* Of repetitions that are as good as the same. */
static void print_apart(double apart, char text[32]) {
    if (apart == 0)
        snprintf(text, 32, "are the same");
    else if (apart < 1e-3)
        snprintf(text, 32, "lie %.3g ppm apart", apart * 1e6);
    else
        snprintf(text, 32, "lie %.2g %% apart", apart * 100);
}

static const char *unit_of(const rs_pairs *pairs, uint32_t metric) {
    (void)pairs, (void)metric;
    return "instructions";
}

static const char *note_of(const rs_pairs *pairs, uint32_t metric, rs_verdict *verdict) {
    char a[32], b[32];
    (void)metric;
    print_apart(apart_of(pairs, pairs->a), a);
    print_apart(apart_of(pairs, pairs->b), b);
    return rs_verdict_print(verdict, "the counts of A %s, those of B %s", a, b);
}

static const char *how_of(const rs_pairs *pairs, rs_verdict *verdict) {
    (void)pairs, (void)verdict;
    return "Instructions of the process that ran the scenario, from its fork to its end, counted "
           "by valgrind's callgrind, with the same seed each time. The range is that of all "
           "repetitions.";
}

static const char *why_of(const rs_pairs *pairs, const rs_contest *contest, rs_verdict *verdict) {
    double threshold = pairs->experiment.threshold * 100;
    double change = expm1(contest->interval.middle) * 100;
    if (contest->word == RS_WORD_WAITS)
        return rs_verdict_print(verdict,
                                "what does not repeat cannot be compared: %s, and %g %%, a tenth "
                                "of the threshold, is what may be",
                                note_of(pairs, 0, verdict), threshold * RS_COUNT_RESOLUTION);
    if (contest->word != RS_WORD_NO_REGRESSION)
        return rs_verdict_print(verdict,
                                "B executes %.3g %% more instructions, and %g %% must be caught",
                                change, threshold);
    if (contest->interval.high >= 0) return "B executes as many instructions as A";
    return rs_verdict_print(verdict, "B executes %.3g %% fewer instructions", -change);
}

/* Clocks and neighbours spoil nothing here. */
static void judge(const rs_pairs *pairs, rs_verdict *verdict) {
    const rs_contest *contest = &pairs->experiment.contests[0];
    verdict->word = rs_experiment_words(contest->word);
    verdict->status = rs_verdict_status(contest->word);
    verdict->why = why_of(pairs, contest, verdict);
}

const rs_measure rs_measure_counts = {
    .is_possible = is_possible,
    .run = run,
    .unit = unit_of,
    .note = note_of,
    .how = how_of,
    .judge = judge,
};
