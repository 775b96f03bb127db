/* number.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* With DBL_DIG digits most are exact already; two more are enough for all. */
const char *rs_number_text(double value, char text[RS_NUMBER_BYTES]) {
    for (int digits = DBL_DIG; digits <= DBL_DIG + 2; digits++) {
        snprintf(text, RS_NUMBER_BYTES, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    return text;
}

uint64_t rs_number_whole(double value) {
    if (!(value > 0)) return 0;
    return value < 0x1p63 ? (uint64_t)value : UINT64_MAX;
}

bool rs_number_is_share(rs_optional share) {
    return share.known && share.value >= 0 && share.value <= 1;
}

rs_optional rs_number_mean(const rs_result_metric *metric) {
    const rs_histogram *histogram = metric->histogram;
    if (metric->unfinished) return rs_known((double)INFINITY);
    if (histogram->count == 0 || histogram->sum == UINT64_MAX) return (rs_optional){0};
    return rs_known(rs_histogram_mean(histogram));
}

size_t rs_number_spoiled(const rs_result *result) {
    size_t count = 0;
    for (size_t i = 0; i < result->trust.count; i++) count += result->trust.at[i].spoiled;
    return count;
}
