/* student_test.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/student.h"
#include "runtime/base/test/test.h"

#include <math.h>
#include <stdbool.h>

static bool is_near(double a, double b, double share) {
    return fabs(a - b) <= share * fabs(b);
}

/* One, two and four degrees have a closed form. */
TEST(few_degrees_are_exact) {
    static const double tails[] = {0.5, 0.3, 0.1, 0.01, 1e-4, 1e-6, 1e-8};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        double p = tails[i], rest = 4 * p * (1 - p);
        CHECK(is_near(rs_student_quantile(1, p) + 1, tan(M_PI * (0.5 - p)) + 1, 1e-6));
        CHECK(is_near(rs_student_quantile(2, p) + 1, (1 - 2 * p) * sqrt(2 / rest) + 1, 1e-6));
        double q = cos(acos(sqrt(rest)) / 3) / sqrt(rest);
        CHECK(is_near(rs_student_quantile(4, p) + 1, 2 * sqrt(fmax(0, q - 1)) + 1, 1e-6));
    }
}

/* Source: tables of any textbook. */
TEST(the_table_says_the_same) {
    CHECK(is_near(rs_student_quantile(7, 0.025), 2.364624, 1e-6));
    CHECK(is_near(rs_student_quantile(11, 0.005), 3.105807, 1e-6));
    CHECK(is_near(rs_student_quantile(10, 0.0005), 4.586894, 1e-6));
    CHECK(is_near(rs_student_quantile(59, 0.025), 2.000995, 1e-6));
    CHECK(is_near(rs_student_quantile(120, 0.05), 1.657651, 1e-6));
}

TEST(tail_and_quantile_are_inverse) {
    for (uint32_t freedom = 1; freedom <= 60; freedom++)
        for (double tail = 0.4; tail > 1e-9; tail /= 3)
            CHECK(
                is_near(rs_student_tail(freedom, rs_student_quantile(freedom, tail)), tail, 1e-5));
}

TEST_MAIN()
