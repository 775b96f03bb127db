/* looks.c: the plan of looks.
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/looks.h"

#include "runtime/base/assert.h"

static const uint32_t looks[RS_LOOKS] = {8, 12, 18, 27, 40, RS_PAIRS_MAX};

uint32_t rs_looks_pairs(uint32_t index) {
    RS_ASSERT(index < RS_LOOKS);
    return looks[index];
}

bool rs_looks_is_one(uint32_t pairs) {
    for (uint32_t i = 0; i < RS_LOOKS; i++)
        if (looks[i] == pairs) return true;
    return false;
}

double rs_looks_error(uint32_t metrics) {
    RS_ASSERT(metrics > 0);
    return RS_LOOKS_ERROR / (RS_LOOKS * metrics);
}
