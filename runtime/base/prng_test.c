/* prng_test.c
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"

#include <math.h>

TEST(streams_are_a_function_of_seed_and_path) {
    rs_prng a, b, c, d;
    rs_prng_init(&a, 7, "load/players");
    rs_prng_init(&b, 7, "load/players");
    rs_prng_init(&c, 8, "load/players");
    rs_prng_init(&d, 7, "load/player");
    uint64_t first = rs_prng_next(&a);
    CHECK(first == rs_prng_next(&b));
    CHECK(first != rs_prng_next(&c));
    CHECK(first != rs_prng_next(&d));
}

TEST(stream_values_never_change) {
    rs_prng prng;
    rs_prng_init(&prng, 1, "x");
    uint64_t sum = 0;
    for (int i = 0; i < 1000; i++) sum = sum * 31 + rs_prng_exponential(&prng, 1000000);
    CHECK_INT(sum, 3998782063842307634);
}

TEST(below_is_uniform_and_in_range) {
    rs_prng prng;
    rs_prng_init(&prng, 3, "uniform");
    unsigned counts[10] = {0};
    for (int i = 0; i < 100000; i++) {
        uint64_t value = rs_prng_below(&prng, 10);
        CHECK(value < 10);
        counts[value]++;
    }
    for (int i = 0; i < 10; i++) CHECK(counts[i] > 9500 && counts[i] < 10500);
    CHECK_INT(rs_prng_below(&prng, 0), 0);
    CHECK_INT(rs_prng_below(&prng, 1), 0);
}

TEST(exponential_has_its_mean_and_its_median) {
    rs_prng prng;
    rs_prng_init(&prng, 5, "poisson");
    const uint64_t mean = 1000000;
    double sum = 0;
    unsigned below_median = 0;
    for (int i = 0; i < 200000; i++) {
        uint64_t value = rs_prng_exponential(&prng, mean);
        sum += (double)value;
        below_median += (double)value < log(2.0) * (double)mean;
    }
    CHECK(fabs(sum / 200000 / (double)mean - 1) < 0.01);
    CHECK(below_median > 99000 && below_median < 101000);
}

TEST_MAIN()
