/* student.c: Student's t distribution.
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/student.h"

#include "runtime/base/assert.h"

#include <math.h>

/* The chance of a value between -t and t, as a sum of powers of the cosine of the angle that t is
 * the tangent of. */
static double inside(uint32_t freedom, double t) {
    double angle = atan2(t, sqrt(freedom)), cosine = cos(angle), square = cosine * cosine;
    uint32_t first = freedom % 2 ? 3 : 2; /* the denominators go 3, 5, 7 … or 2, 4, 6 … */
    double term = freedom % 2 ? cosine : 1, sum = freedom == 1 ? 0 : term;
    for (uint32_t n = first; n < freedom; n += 2) {
        term *= square * (n - 1) / n;
        sum += term;
    }
    if (freedom % 2) return (angle + sin(angle) * sum) * M_2_PI;
    return sin(angle) * sum;
}

double rs_student_tail(uint32_t freedom, double t) {
    RS_ASSERT(freedom >= 1 && t >= 0);
    return (1 - inside(freedom, t)) / 2;
}

double rs_student_quantile(uint32_t freedom, double tail) {
    RS_ASSERT(tail >= 1e-12 && tail <= 0.5);
    double low = 0, high = 1;
    while (rs_student_tail(freedom, high) > tail) high *= 2;
    while (high - low > 1e-12 * high) {
        double middle = (low + high) / 2;
        if (middle <= low || middle >= high) break;
        *(rs_student_tail(freedom, middle) > tail ? &low : &high) = middle;
    }
    return high;
}
