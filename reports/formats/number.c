/* number.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/number.h"

#include <float.h>
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
