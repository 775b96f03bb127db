/* linear.h: where things lie under linear hashing, which grows by one bucket at a time. With n
 * buckets a hash belongs into bucket hash mod m, where m is the smallest power of two not below n,
 * or, if there is no such bucket yet, into hash mod m/2. A new last bucket b takes what belongs
 * there from bucket b - rs_linear_power(b).
 * Source: Litwin, Linear hashing, 1980.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LINEAR_H
#define RS_LINEAR_H

#include <stdint.h>

/* rs_linear_power returns the largest power of two that is not above `number`, which is not 0. */
static inline uint32_t rs_linear_power(uint32_t number) {
    return UINT32_C(1) << (31 - __builtin_clz(number));
}

/* rs_linear_place returns the bucket of a hash, of `buckets`. */
static inline uint32_t rs_linear_place(uint64_t hash, uint32_t buckets) {
    uint32_t power = rs_linear_power(buckets), place = (uint32_t)hash & (2 * power - 1);
    return place < buckets ? place : place - power;
}

#endif
