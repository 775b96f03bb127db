/* sorted.h: numbers in order.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SORTED_H
#define RS_SORTED_H

#include <stdint.h>
#include <stdlib.h>

/* rs_sorted_order is qsort's comparison of two doubles. */
static inline int rs_sorted_order(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* rs_sorted sorts `count` values, none of which is NAN, the smallest first. */
static inline void rs_sorted(double *values, uint32_t count) {
    qsort(values, count, sizeof *values, rs_sorted_order);
}

#endif
