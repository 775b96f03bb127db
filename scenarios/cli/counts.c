/* counts.c: the words for counted pairs.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/counts.h"

#include "reports/verdict/count.h"
#include "scenarios/cli/streams.h"

#include <math.h>

bool rs_counts_possible(const rs_options *options, const rs_side *a, const rs_side *b) {
    if (a->plan->runtime.clock != RS_PLAN_VIRTUAL || b->plan->runtime.clock != RS_PLAN_VIRTUAL)
        return rs_streams_refuse("in real time no two runs execute the same: add "
                                 "--set runtime.clock=virtual");
    if (options->budget_ns)
        return rs_streams_refuse("--budget is for pairs that are timed; of counts, %u are enough",
                                 RS_PAIRS_COUNTED);
    return true;
}

/* How far apart a side's counts lie. */
static double apart_of(const rs_pairs *pairs, const rs_side *side) {
    double values[RS_PAIRS_COUNTED];
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

void rs_counts_note(const rs_pairs *pairs, char *text, size_t bytes) {
    char a[32], b[32];
    print_apart(apart_of(pairs, pairs->a), a);
    print_apart(apart_of(pairs, pairs->b), b);
    snprintf(text, bytes, "the counts of A %s, those of B %s", a, b);
}

static void say_inconclusive(const rs_pairs *pairs, char *text, size_t bytes) {
    char a[32], b[32];
    double threshold = pairs->experiment.threshold;
    print_apart(apart_of(pairs, pairs->a), a);
    print_apart(apart_of(pairs, pairs->b), b);
    snprintf(text, bytes,
             "what does not repeat cannot be compared: the counts of A %s, those of B %s, and "
             "%g %%, a tenth of the threshold, is what may be",
             a, b, threshold * RS_COUNT_RESOLUTION * 100);
}

void rs_counts_why(const rs_pairs *pairs, char *text, size_t bytes) {
    const rs_contest *contest = &pairs->experiment.contests[0];
    double threshold = pairs->experiment.threshold * 100;
    double change = expm1(contest->interval.middle) * 100;
    if (contest->word == RS_WORD_WAITS)
        say_inconclusive(pairs, text, bytes);
    else if (contest->word == RS_WORD_NO_REGRESSION && contest->interval.high >= 0)
        snprintf(text, bytes, "B executes as many instructions as A");
    else if (contest->word == RS_WORD_NO_REGRESSION)
        snprintf(text, bytes, "B executes %.3g %% fewer instructions", -change);
    else
        snprintf(text, bytes, "B executes %.3g %% more instructions, and %g %% must be caught",
                 change, threshold);
}

const char *rs_counts_how(void) {
    return "Instructions of the process that ran the scenario, from its fork to its end, counted "
           "by "
           "valgrind's callgrind, with the same seed each time. The range is that of all "
           "repetitions.";
}
