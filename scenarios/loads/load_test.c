/* load_test.c: distances between arrivals.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/loads/load.h"

#include "runtime/base/test/test.h"

#define DRAWS   100000u
#define MEAN_NS 50000u

static uint64_t sum_of(const char *name, uint64_t seed) {
    rs_prng prng;
    rs_prng_init(&prng, seed, "load_test");
    uint64_t sum = 0;
    for (uint32_t i = 0; i < DRAWS; i++) sum += rs_load_find(name)->interval_ns(&prng, MEAN_NS);
    return sum;
}

TEST(a_closed_loop_has_no_schedule) {
    CHECK(!rs_load_find("closed")->open);
    CHECK(rs_load_find("closed")->interval_ns == NULL);
    CHECK(rs_load_find("no_such_load") == NULL);
}

TEST(constant_is_exact) {
    CHECK_INT(sum_of("constant", 1), (uint64_t)DRAWS * MEAN_NS);
}

TEST(poisson_has_its_mean) {
    uint64_t expected = (uint64_t)DRAWS * MEAN_NS, sum = sum_of("poisson", 1);
    uint64_t tolerance = expected / 100; /* three standard errors of 100,000 draws */
    CHECK(sum > expected - tolerance && sum < expected + tolerance);
    CHECK_INT(sum_of("poisson", 1), sum);
    CHECK(sum_of("poisson", 2) != sum);
}

TEST_MAIN()
