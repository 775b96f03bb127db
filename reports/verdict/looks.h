/* looks.h: after how many pairs an experiment is looked at, and how wrong one look may be.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LOOKS_H
#define RS_LOOKS_H

#include <stdbool.h>
#include <stdint.h>

#define RS_LOOKS     6u
#define RS_PAIRS_MAX 60u /* of the last look */

/* The chance that over all looks and metrics a lower end lies above the truth: that what is equal
 * is called slower. */
#define RS_LOOKS_ERROR 0.001
/* The chance that over all looks an upper end lies below the truth: that what must be caught is
 * called none. */
#define RS_LOOKS_MISS 0.01

/* rs_looks_pairs returns the number of pairs at look `index`, below RS_LOOKS. */
uint32_t rs_looks_pairs(uint32_t index);

/* rs_looks_is_one says whether one looks after `pairs` pairs. */
bool rs_looks_is_one(uint32_t pairs);

/* rs_looks_error returns the share of RS_LOOKS_ERROR that the lower end of one interval may spend
 * at the look after `pairs` pairs, with `metrics` (1 or more) of them. */
double rs_looks_error(uint32_t pairs, uint32_t metrics);

/* rs_looks_miss returns the share of RS_LOOKS_MISS that an upper end may spend at the look after
 * `pairs` pairs, however many metrics there are: all of them must be called none. */
double rs_looks_miss(uint32_t pairs);

#endif
