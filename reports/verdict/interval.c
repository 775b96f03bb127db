/* interval.c: from numbers to an interval.
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/interval.h"

#include "reports/verdict/signed_rank.h"
#include "reports/verdict/student.h"
#include "runtime/base/assert.h"

#include <math.h>

static double mean_of(const double *values, uint32_t count) {
    double sum = 0;
    for (uint32_t i = 0; i < count; i++) sum += values[i];
    return sum / count;
}

double rs_interval_spread(const double *values, uint32_t count) {
    RS_ASSERT(count >= 2);
    double mean = mean_of(values, count), squares = 0;
    for (uint32_t i = 0; i < count; i++) squares += (values[i] - mean) * (values[i] - mean);
    return sqrt(squares / (count - 1));
}

static rs_interval student(const double *values, uint32_t count, double error, double miss) {
    double mean = mean_of(values, count);
    double unit = rs_interval_spread(values, count) / sqrt(count);
    return (rs_interval){mean - unit * rs_student_quantile(count - 1, error), mean,
                         mean + unit * rs_student_quantile(count - 1, miss), RS_INTERVAL_STUDENT};
}

rs_interval rs_interval_of(const double *values, uint32_t count, double error, double miss) {
    rs_interval found = {.method = RS_INTERVAL_SIGNED_RANK};
    double other;
    if (!rs_signed_rank_allows(count, fmin(error, miss)))
        return student(values, count, error, miss);
    rs_signed_rank_interval(values, count, error, &found.low, &found.middle, &other);
    rs_signed_rank_interval(values, count, miss, &other, &found.middle, &found.high);
    return found;
}

/* The mean is uncertain by s / sqrt(count), and `one` by s itself. */
rs_interval rs_interval_prediction(const double *values, uint32_t count, double one, double error) {
    double middle = one - mean_of(values, count);
    double reach = rs_student_quantile(count - 1, error) * rs_interval_spread(values, count) *
                   sqrt(1 + 1.0 / count);
    return (rs_interval){middle - reach, middle, middle + reach, RS_INTERVAL_PREDICTION};
}

const char *rs_interval_method_words(rs_interval_method method) {
    static const char *const words[] = {
#define X(NAME, WORDS) [RS_INTERVAL_##NAME] = WORDS,
        RS_INTERVAL_METHODS(X)
#undef X
    };
    return words[method];
}
