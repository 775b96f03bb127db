/* signed_rank.c: the signed rank's distribution and interval.
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/signed_rank.h"

#include "reports/verdict/sorted.h"
#include "runtime/base/assert.h"

#include <math.h>
#include <stdlib.h>

#define SUMS(COUNT) ((COUNT) * ((COUNT) + 1) / 2)

/* The chance of each sum of ranks. */
typedef struct sums {
    double chance[SUMS(RS_SIGNED_RANK_MAX) + 1];
} sums;

static void find_sums(sums *of, uint32_t count) {
    RS_ASSERT(count >= 1 && count <= RS_SIGNED_RANK_MAX);
    *of = (sums){{1}};
    for (uint32_t rank = 1; rank <= count; rank++)
        for (uint32_t i = SUMS(rank) + 1; i-- > 0;)
            of->chance[i] = (of->chance[i] + (i >= rank ? of->chance[i - rank] : 0)) / 2;
}

double rs_signed_rank_tail(uint32_t count, uint32_t sum) {
    sums of;
    double tail = 0;
    find_sums(&of, count);
    for (uint32_t i = 0; i <= sum && i <= SUMS(count); i++) tail += of.chance[i];
    return tail;
}

bool rs_signed_rank_allows(uint32_t count, double error) {
    return ldexp(1, -(int)count) <= error;
}

/* How many of the smallest means of two lie outside. */
static uint32_t find_outside(uint32_t count, double error) {
    sums of;
    uint32_t sum = 0;
    find_sums(&of, count);
    for (double tail = of.chance[0]; (tail += of.chance[sum + 1]) <= error;) sum++;
    return sum;
}

void rs_signed_rank_interval(const double *values, uint32_t count, double error, double *low,
                             double *middle, double *high) {
    RS_ASSERT(rs_signed_rank_allows(count, error) && error < 0.5);
    double means[SUMS(RS_SIGNED_RANK_MAX)] = {0};
    uint32_t means_count = 0;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = i; j < count; j++) means[means_count++] = values[i] / 2 + values[j] / 2;
    rs_sorted(means, means_count);
    uint32_t outside = find_outside(count, error);
    *low = means[outside];
    *high = means[means_count - 1 - outside];
    *middle = means[(means_count - 1) / 2] / 2 + means[means_count / 2] / 2;
}
