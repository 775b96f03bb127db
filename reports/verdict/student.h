/* student.h: Student's t distribution, for whole degrees of freedom.
 * Source: the finite sums of Abramowitz and Stegun, 26.7.3 and 26.7.4.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_STUDENT_H
#define RS_STUDENT_H

#include <stdint.h>

/* rs_student_tail returns the chance of a value of at least `t` >= 0 with `freedom` >= 1 degrees,
 * to some 1e-14: what a difference of two near 1/2 allows. */
double rs_student_tail(uint32_t freedom, double t);

/* rs_student_quantile returns the value that is exceeded with the chance `tail`, 1e-12 to 0.5. */
double rs_student_quantile(uint32_t freedom, double tail);

#endif
