/* count.c: the rule by which counts become words.
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/count.h"

#include "reports/verdict/verdict.h"

#include <math.h>

/* Ratios of whole numbers are exact but for this. */
#define ROUNDING 1e-9

static double least_of(const double *values, uint32_t count) {
    double least = values[0];
    for (uint32_t i = 1; i < count; i++) least = fmin(least, values[i]);
    return least;
}

static double most_of(const double *values, uint32_t count) {
    double most = values[0];
    for (uint32_t i = 1; i < count; i++) most = fmax(most, values[i]);
    return most;
}

double rs_count_apart(const double *values, uint32_t count) {
    double least = least_of(values, count);
    return least > 0 ? most_of(values, count) / least - 1 : (double)INFINITY;
}

static uint32_t count_missing(const double *a, const double *b, uint32_t count) {
    uint32_t missing = 0;
    for (uint32_t i = 0; i < count; i++) missing += !(a[i] > 0) || !(b[i] > 0);
    return missing;
}

static rs_interval range_of(const double *a, const double *b, uint32_t count) {
    return (rs_interval){
        .low = log(least_of(b, count) / most_of(a, count)),
        .middle = log(rs_verdict_median(b, count) / rs_verdict_median(a, count)),
        .high = log(most_of(b, count) / least_of(a, count)),
        .method = RS_INTERVAL_RANGE,
    };
}

void rs_count_judge(rs_contest *contest, const double *a, const double *b, uint32_t count,
                    double threshold) {
    double apart = fmax(rs_count_apart(a, count), rs_count_apart(b, count));
    contest->missing = count_missing(a, b, count);
    contest->word = RS_WORD_MISSING;
    if (contest->missing) return;
    contest->looked_at = count;
    contest->interval = range_of(a, b, count);
    if (apart > RS_COUNT_RESOLUTION * threshold)
        contest->word = RS_WORD_WAITS;
    else if (contest->interval.middle >= log1p(threshold) - ROUNDING)
        contest->word = RS_WORD_REGRESSION;
    else
        contest->word = contest->interval.low > 0 ? RS_WORD_BELOW_THRESHOLD : RS_WORD_NO_REGRESSION;
}
