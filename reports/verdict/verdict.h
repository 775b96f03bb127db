/* verdict.h: what a comparison has come to, whoever made it, for formats to tell.
 * Owner: rows, and texts made by rs_verdict_print, are the verdict's; all other texts are the
 * maker's. SPDX-License-Identifier: MIT
 */
#ifndef RS_REPORTS_VERDICT_H
#define RS_REPORTS_VERDICT_H

#include "reports/metric.h"
#include "reports/rows.h"
#include "reports/verdict/experiment.h"

#include <stdint.h>

#define RS_VERDICT_FORMAT "respawn.verdict/1.0"
#define RS_VERDICT_MARK   "respawn.verdict/"

typedef struct rs_verdict_side {
    const char *name; /* "A", "B"; "base", "new" */
    const char *what; /* which build and settings, for people */
} rs_verdict_side;

typedef struct rs_verdict_metric {
    const char *name; /* as in `gate` */
    const char *unit; /* ns, bytes, 1, per_s */
    rs_metric_better better;
    double a, b;          /* medians; NAN: not measured, INFINITY: never */
    rs_interval interval; /* of the logarithm of how many times slower B is; ends may be NAN */
    bool known;           /* there is a middle */
    rs_experiment_word word;
    uint32_t looked_at, pairs_needed; /* as in rs_contest; or sessions, where they are compared */
    bool decides;
    const char *note; /* NULL: none */
} rs_verdict_metric;

/* A pair as it was measured, in order of time. */
typedef struct rs_verdict_pair {
    uint64_t seed;
    bool b_first;
    double a[RS_EXPERIMENT_METRICS],
        b[RS_EXPERIMENT_METRICS]; /* by metric; NAN, INFINITY as above */
} rs_verdict_pair;

/* A session that was recorded apart; the last one is what is judged. */
typedef struct rs_verdict_session {
    const char *source, *when;
    double values[RS_EXPERIMENT_METRICS]; /* by metric; NAN, INFINITY as above */
} rs_verdict_session;

typedef struct rs_verdict {
    const char *scenario;
    rs_verdict_side a, b;
    double threshold;
    RS_ROWS(rs_verdict_metric) metrics;
    const rs_verdict_pair *pairs; /* NULL when files are compared */
    uint32_t pair_count;
    uint32_t dropped;                     /* pairs before the first */
    RS_ROWS(rs_verdict_session) sessions; /* none when pairs are */
    const char *word;                     /* "regression", "no regression", "inconclusive", … */
    int status;                           /* exit status */
    const char *why;                      /* one sentence */
    const char *how;                      /* by which statistics, a sentence or two */
    RS_ROWS(const char *) notes;
    rs_texts texts;
} rs_verdict;

/* rs_verdict_print returns the text of a printf, at most 2 KiB. Owner: `verdict`. */
const char *rs_verdict_print(rs_verdict *verdict, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* rs_verdict_note appends a note. */
void rs_verdict_note(rs_verdict *verdict, const char *text);

/* rs_verdict_fini frees what `verdict` owns. */
void rs_verdict_fini(rs_verdict *verdict);

/* rs_verdict_slowdown returns the slowdown that a logarithm stands for: 0.05 is 5 % slower. */
double rs_verdict_slowdown(double logarithm);

/* rs_verdict_has_ends says whether `interval` has any. */
bool rs_verdict_has_ends(const rs_interval *interval);

/* rs_verdict_median returns the median of `count` values, NAN when one is; the lower one of two. */
double rs_verdict_median(const double *values, uint32_t count);

#endif
