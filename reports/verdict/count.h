/* count.h: the rule for what is counted, not timed: repetitions of one side are the same again, but
 * for a remainder that they show themselves.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_VERDICT_COUNT_H
#define RS_VERDICT_COUNT_H

#include "reports/verdict/experiment.h"

/* Repetitions of a side may lie this share of the threshold apart: 1 in 10. */
#define RS_COUNT_RESOLUTION 0.1

/* rs_count_apart returns how far the `count` (1 or more) values lie apart, as a share of the least;
 * INFINITY when one is not above 0. */
double rs_count_apart(const double *values, uint32_t count);

/* rs_count_judge gives the contest its word, and the interval, which is the range of what the
 * repetitions say: MISSING when a number is; WAITS when a side lies more than RS_COUNT_RESOLUTION
 * of `threshold` apart; REGRESSION when B's median is slower by `threshold` or more;
 * BELOW_THRESHOLD when all of B lies above all of A; else NO_REGRESSION. `count` values a side, 1
 * to RS_PAIRS_MAX. */
void rs_count_judge(rs_contest *contest, const double *a, const double *b, uint32_t count,
                    double threshold);

#endif
