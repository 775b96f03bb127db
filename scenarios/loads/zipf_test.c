/* zipf_test.c: keys come as often as the distribution says.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/loads/zipf.h"

#include "runtime/base/test/test.h"

#include <math.h>
#include <stdlib.h>

#define KEYS  1000u
#define DRAWS 200000u

static double weight_of(const uint64_t *totals, uint32_t key) {
    return (double)(totals[key] - (key ? totals[key - 1] : 0));
}

/* Each weight against the textbook's, as shares of the whole. */
static void check_weights(uint32_t count, uint32_t exponent) {
    uint64_t *totals = malloc(sizeof *totals * count);
    CHECK(totals != NULL);
    rs_zipf_fill(totals, count, exponent);
    double sum = 0;
    for (uint32_t k = 1; k <= count; k++) sum += pow(k, -(double)exponent / 1000);
    for (uint32_t k = 1; k <= count; k++) {
        double expected = pow(k, -(double)exponent / 1000) / sum;
        double share = weight_of(totals, k - 1) / (double)totals[count - 1];
        if (fabs(share - expected) > 1e-12 + expected * 1e-9)
            rs_test_fail(__FILE__, __LINE__, "key %u of %u: %g, not %g", k, count, share, expected);
    }
    free(totals);
}

TEST(weights_are_those_of_the_textbook) {
    check_weights(1, 1100);
    check_weights(2, 1000);
    check_weights(KEYS, 1);
    check_weights(KEYS, 999);
    check_weights(KEYS, 1000);
    check_weights(KEYS, 1100);
    check_weights(KEYS, 10000);
    check_weights(100000, 1100);
}

/* With 999 degrees of freedom chi-square is above 1143 once in a thousand seeds, and below 866. The
 * rarest key is expected 15 times. */
TEST(draws_are_distributed_so) {
    static uint64_t totals[KEYS];
    static uint32_t drawn[KEYS];
    rs_prng prng;
    rs_prng_init(&prng, 1, "zipf_test");
    rs_zipf_fill(totals, KEYS, 1100);
    for (uint32_t i = 0; i < DRAWS; i++) {
        uint64_t key = rs_zipf_draw(totals, KEYS, &prng);
        CHECK(key < KEYS);
        drawn[key]++;
    }
    double chi_square = 0;
    for (uint32_t i = 0; i < KEYS; i++) {
        double expected = weight_of(totals, i) / (double)totals[KEYS - 1] * DRAWS;
        chi_square += (drawn[i] - expected) * (drawn[i] - expected) / expected;
    }
    CHECK(chi_square > 866 && chi_square < 1143);
}

TEST(every_key_has_its_place_in_the_table) {
    const uint64_t totals[] = {1, 2, 3};
    uint32_t drawn[3] = {0};
    rs_prng prng;
    rs_prng_init(&prng, 1, "zipf_test");
    for (uint32_t i = 0; i < 3000; i++) drawn[rs_zipf_draw(totals, 3, &prng)]++;
    for (uint32_t i = 0; i < 3; i++) CHECK(drawn[i] > 900 && drawn[i] < 1100);
}

/* What another compiler or machine must come to as well. */
TEST(the_table_is_the_same_everywhere) {
    static uint64_t totals[KEYS];
    uint64_t hash = 0xcbf29ce484222325u;
    rs_zipf_fill(totals, KEYS, 1100);
    for (uint32_t i = 0; i < KEYS; i++) hash = (hash ^ totals[i]) * 0x100000001b3u;
    CHECK(hash == UINT64_C(11023878482997734135));
}

TEST_MAIN()
