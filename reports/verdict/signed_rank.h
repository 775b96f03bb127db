/* signed_rank.h: Wilcoxon's signed rank, exactly: an interval for the middle of what is spread
 * evenly around it, without a word about how.
 * Source: Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, 3.1 and 3.3.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SIGNED_RANK_H
#define RS_SIGNED_RANK_H

#include <stdbool.h>
#include <stdint.h>

/* Of `values`, up to RS_PAIRS_MAX. */
#define RS_SIGNED_RANK_MAX 60u

/* rs_signed_rank_tail returns the chance that the ranks of the positive ones among `count` values
 * add up to at most `sum`, when each sign is a toss. */
double rs_signed_rank_tail(uint32_t count, uint32_t sum);

/* rs_signed_rank_allows says whether `count` values allow an interval each end of which is wrong
 * with a chance of at most `error`. */
bool rs_signed_rank_allows(uint32_t count, double error);

/* rs_signed_rank_interval finds that interval, and the middle of all means of two values (Hodges
 * and Lehmann's estimate). Needs rs_signed_rank_allows. */
void rs_signed_rank_interval(const double *values, uint32_t count, double error, double *low,
                             double *middle, double *high);

#endif
