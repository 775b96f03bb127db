/* number.h: numbers of results, which may come from a file that says anything.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FORMAT_NUMBER_H
#define RS_FORMAT_NUMBER_H

#include "reports/result.h"

/* Enough for every number. */
#define RS_NUMBER_BYTES 32u

/* rs_number_text writes the shortest decimal number that reads back as `value`, which is finite:
 * "4.8e-05", never "4.8000000000000001e-05". Returns `text`. */
const char *rs_number_text(double value, char text[RS_NUMBER_BYTES]);

/* rs_number_whole returns `value` as an integer: 0 below 0 and for what is no number, the largest
 * one above. */
uint64_t rs_number_whole(double value);

/* rs_number_is_share says whether `share` is known and what a share can be, 0 to 1. */
bool rs_number_is_share(rs_optional share);

/* rs_number_mean returns the mean of the samples of `metric`, which has a histogram: INFINITY when
 * some are unfinished, as expectations see it; not known without samples, nor when their sum is
 * saturated. */
rs_optional rs_number_mean(const rs_result_metric *metric);

/* rs_number_spoiled returns how many conditions have spoiled numbers. */
size_t rs_number_spoiled(const rs_result *result);

#endif
