/* comparison.h: what has come of a session, beside those that were recorded before.
 * Thread: one at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_COMPARISON_H
#define RS_CLI_COMPARISON_H

#include "reports/verdict/baseline.h"
#include "reports/verdict/verdict.h"

typedef struct rs_comparison {
    const char *name;      /* of the baseline, for people */
    rs_baseline base, now; /* `now` has one session, which asks what those of `base` do */
    rs_result *result;     /* what `now` was made of */
    bool elsewhere;        /* some session of the base is of another machine or type of build */
    rs_verdict verdict;
} rs_comparison;

/* rs_comparison_conclude fills comparison->verdict, when a slowdown of `threshold` must be caught.
 */
void rs_comparison_conclude(rs_comparison *comparison, double threshold);

/* rs_comparison_fini frees all that `comparison` holds. */
void rs_comparison_fini(rs_comparison *comparison);

#endif
