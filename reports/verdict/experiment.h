/* experiment.h: pairs come in, and after each look every gated metric has a word or waits.
 * Thread: one at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_EXPERIMENT_H
#define RS_EXPERIMENT_H

#include "reports/metric.h"
#include "reports/verdict/interval.h"
#include "reports/verdict/looks.h"

#include <stdbool.h>
#include <stdint.h>

#define RS_EXPERIMENT_METRICS 5u /* as many as a scenario may gate */

/* What lies beyond these shares of a distribution varies from run to run more than any change that
 * is looked for: it is only shown; or it decides only where it varies little. */
#define RS_EXPERIMENT_TAIL_SHOWN   0.99
#define RS_EXPERIMENT_TAIL_DECIDES 0.9

/* X(NAME, words) */
#define RS_EXPERIMENT_WORDS(X)                                                                     \
    X(WAITS, "inconclusive")                                                                       \
    X(REGRESSION, "regression")                                                                    \
    X(BELOW_THRESHOLD, "changed, below the threshold")                                             \
    X(NO_REGRESSION, "no regression")                                                              \
    X(CHANGED, "changed")                                                                          \
    X(UNCHANGED, "no change seen")                                                                 \
    X(SHOWN, "too varied to decide by")                                                            \
    X(MISSING, "not measured")                                                                     \
    X(SUSPECT, "suspect")                                                                          \
    X(NOT_SEEN, "no regression seen")                                                              \
    X(IDENTICAL, "identical")

typedef enum rs_experiment_word {
#define X(NAME, WORDS) RS_WORD_##NAME,
    RS_EXPERIMENT_WORDS(X)
#undef X
        RS_WORD_COUNT
} rs_experiment_word;

/* One statistic that is compared. */
typedef struct rs_contest {
    const char *name; /* as in `gate`; the caller's */
    rs_metric_better better;
    double tail;               /* share of the percentile it is; 0: it is none */
    double logs[RS_PAIRS_MAX]; /* of B over A, or A over B where more is better */
    uint32_t missing;          /* pairs in which a side had no number */
    rs_experiment_word word;
    rs_interval interval;  /* of logarithms, at the look that gave the word, or the last one */
    uint32_t looked_at;    /* how many pairs that was; 0: there was no look yet */
    uint32_t pairs_needed; /* while it waits: how many pairs would decide, as far as one can tell */
} rs_contest;

typedef struct rs_experiment {
    rs_contest contests[RS_EXPERIMENT_METRICS];
    uint32_t count;
    uint32_t pairs;
    double threshold; /* 0.05: a slowdown of 5 % must be caught */
} rs_experiment;

/* rs_experiment_init begins an experiment without metrics. `threshold` > 0. */
void rs_experiment_init(rs_experiment *experiment, double threshold);

/* rs_experiment_metric adds the statistic `name` (metric{label}.aggregate, which is kept).
 * Errors: more than RS_EXPERIMENT_METRICS is a programmer error. */
void rs_experiment_metric(rs_experiment *experiment, const char *name, const rs_metric *metric,
                          const char *aggregate);

/* rs_experiment_add adds a pair: `a` and `b` have a number for each metric, in the order in which
 * they were added. NAN: not measured; INFINITY: never. True: it is over: each metric has its word,
 * one is a regression, or there will be no more looks. */
bool rs_experiment_add(rs_experiment *experiment, const double *a, const double *b);

/* rs_experiment_decides says whether the metric has a say in the verdict. */
bool rs_experiment_decides(const rs_contest *contest);

/* rs_experiment_word_of returns the worst word of all metrics that decide: REGRESSION, WAITS (when
 * one was not measured, or none decides, too), BELOW_THRESHOLD, NO_REGRESSION. */
rs_experiment_word rs_experiment_word_of(const rs_experiment *experiment);

/* rs_experiment_better returns which way of the statistic is the better one: that a latency is
 * better low does not say so of how many there were. */
rs_metric_better rs_experiment_better(const rs_metric *metric, const char *aggregate);

/* rs_experiment_log returns how many times worse `b` is than `a`, as a logarithm; bounded, also
 * when one is 0 or INFINITY. */
double rs_experiment_log(rs_metric_better better, double a, double b);

/* rs_experiment_judge is the rule: what follows from an interval of such logarithms when a slowdown
 * of `threshold` must be caught. WAITS: nothing yet. */
rs_experiment_word rs_experiment_judge(rs_metric_better better, const rs_interval *found,
                                       double threshold);

/* rs_experiment_worse returns the word that counts when both apply, of metrics that decide; SHOWN
 * counts least. */
rs_experiment_word rs_experiment_worse(rs_experiment_word a, rs_experiment_word b);

/* rs_experiment_words returns what people call a word; static. */
const char *rs_experiment_words(rs_experiment_word word);

#endif
