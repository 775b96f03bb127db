/* zipf.h: keys of which few are wanted often and many hardly ever: the k-th most wanted, key k - 1,
 * k^s times less often than the first.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LOADS_ZIPF_H
#define RS_LOADS_ZIPF_H

#include "runtime/base/prng.h"

/* 64 MiB of running totals. */
#define RS_ZIPF_KEYS_MAX (1u << 23)
/* The exponent s is told in thousandths; at 10 the second key is a thousand times rarer already. */
#define RS_ZIPF_EXPONENT_MAX 10000u

/* rs_zipf_fill writes the running totals of the weights of `count` keys to `totals`. Integer
 * arithmetic alone: equal on every machine. A weight is exact to 2^-41 of the first key's.
 * `count` is at most RS_ZIPF_KEYS_MAX, `exponent` from 1 to RS_ZIPF_EXPONENT_MAX. */
void rs_zipf_fill(uint64_t *totals, uint32_t count, uint32_t exponent);

/* rs_zipf_draw draws a key in [0, count). */
uint64_t rs_zipf_draw(const uint64_t *totals, uint32_t count, rs_prng *prng);

#endif
