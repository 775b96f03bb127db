/* interval.h: where the middle of some numbers lies, and how sure that is.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_INTERVAL_H
#define RS_INTERVAL_H

#include <stdbool.h>
#include <stdint.h>

/* X(NAME, words) */
#define RS_INTERVAL_METHODS(X)                                                                     \
    X(STUDENT, "t")                                                                                \
    X(SIGNED_RANK, "signed rank")                                                                  \
    X(PREDICTION, "t, of one more")                                                                \
    X(EXACT, "exact")                                                                              \
    X(RANGE, "range")

typedef enum rs_interval_method {
#define X(NAME, WORDS) RS_INTERVAL_##NAME,
    RS_INTERVAL_METHODS(X)
#undef X
} rs_interval_method;

typedef struct rs_interval {
    double low, middle, high;
    rs_interval_method method;
} rs_interval;

/* rs_interval_of returns the interval of `count` finite numbers, 2 to RS_SIGNED_RANK_MAX, whose
 * lower end is wrong with a chance of `error`, and its upper end with one of `miss`. */
rs_interval rs_interval_of(const double *values, uint32_t count, double error, double miss);

/* rs_interval_prediction returns how far `one` lies above the mean of `count` values, 2 or more:
 * where that difference may lie, if `one` scatters as they do. */
rs_interval rs_interval_prediction(const double *values, uint32_t count, double one, double error);

/* rs_interval_spread returns the standard deviation of `count` values, 2 or more. */
double rs_interval_spread(const double *values, uint32_t count);

/* rs_interval_method_words returns what people call the method; static. */
const char *rs_interval_method_words(rs_interval_method method);

#endif
