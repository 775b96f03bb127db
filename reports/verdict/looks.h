/* looks.h: after how many pairs an experiment is looked at, and how wrong one look may be.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LOOKS_H
#define RS_LOOKS_H

#include <stdbool.h>
#include <stdint.h>

#define RS_LOOKS     6u
#define RS_PAIRS_MAX 60u /* of the last look */

/* The chance that over all looks and metrics one end of an interval lies on the wrong side. */
#define RS_LOOKS_ERROR 0.001

/* rs_looks_pairs returns the number of pairs at look `index`, below RS_LOOKS. */
uint32_t rs_looks_pairs(uint32_t index);

/* rs_looks_is_one says whether one looks after `pairs` pairs. */
bool rs_looks_is_one(uint32_t pairs);

/* rs_looks_error returns the share of RS_LOOKS_ERROR that each end of one interval may spend, with
 * `metrics` (1 or more) of them at each look. */
double rs_looks_error(uint32_t metrics);

#endif
