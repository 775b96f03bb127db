/* looks.c: the plan of looks.
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/looks.h"

#include "runtime/base/assert.h"

/* Each look's pairs, and its part of what may be spent: most where it is the last word. */
static const struct {
    uint32_t pairs, part;
} looks[RS_LOOKS] = {{8, 1}, {12, 1}, {18, 1}, {27, 1}, {40, 2}, {RS_PAIRS_MAX, 4}};
#define PARTS 10

uint32_t rs_looks_pairs(uint32_t index) {
    RS_ASSERT(index < RS_LOOKS);
    return looks[index].pairs;
}

static uint32_t find(uint32_t pairs) {
    uint32_t index = 0;
    while (index < RS_LOOKS && looks[index].pairs != pairs) index++;
    return index;
}

bool rs_looks_is_one(uint32_t pairs) {
    return find(pairs) < RS_LOOKS;
}

static double share_of(uint32_t pairs) {
    uint32_t index = find(pairs);
    RS_ASSERT(index < RS_LOOKS);
    return (double)looks[index].part / PARTS;
}

double rs_looks_error(uint32_t pairs, uint32_t metrics) {
    RS_ASSERT(metrics > 0);
    return RS_LOOKS_ERROR * share_of(pairs) / metrics;
}

double rs_looks_miss(uint32_t pairs) {
    return RS_LOOKS_MISS * share_of(pairs);
}
