/* signed_rank_test.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/signed_rank.h"
#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"

#include <math.h>

#define FEW 10u

/* Counts all tosses. */
static double count_tail(uint32_t count, uint32_t most) {
    uint32_t tosses = 1u << count, within = 0;
    for (uint32_t signs = 0; signs < tosses; signs++) {
        uint32_t sum = 0;
        for (uint32_t i = 0; i < count; i++) sum += signs >> i & 1 ? i + 1 : 0;
        within += sum <= most;
    }
    return (double)within / tosses;
}

TEST(the_tail_is_what_counting_says) {
    for (uint32_t count = 1; count <= FEW; count++)
        for (uint32_t sum = 0; sum <= count * (count + 1) / 2; sum++)
            CHECK(rs_signed_rank_tail(count, sum) == count_tail(count, sum));
}

/* Source: the usual table of critical values, 2.5 % at each end. */
TEST(the_table_says_the_same) {
    static const uint32_t table[][2] = {{8, 3}, {10, 8}, {20, 52}, {30, 137}, {50, 434}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        CHECK(rs_signed_rank_tail(table[i][0], table[i][1]) <= 0.025);
        CHECK(rs_signed_rank_tail(table[i][0], table[i][1] + 1) > 0.025);
    }
}

TEST(so_many_values_allow_so_much) {
    CHECK(rs_signed_rank_allows(8, 1.0 / 256));
    CHECK(!rs_signed_rank_allows(8, 1.0 / 257));
    CHECK(rs_signed_rank_allows(60, 1e-18));
}

static double draw(rs_prng *prng) {
    return (double)(int64_t)(rs_prng_next(prng) >> 11) / 4503599627370496.0 - 1;
}

/* An end is where the test of that value would just begin to say no. */
TEST(the_interval_is_what_the_test_accepts) {
    rs_prng prng;
    rs_prng_init(&prng, 1, "values");
    for (int round = 0; round < 200; round++) {
        double values[FEW], low, middle, high;
        for (uint32_t i = 0; i < FEW; i++) values[i] = draw(&prng);
        rs_signed_rank_interval(values, FEW, 0.01, &low, &middle, &high);
        CHECK(low <= middle && middle <= high);
        for (int side = 0; side < 2; side++) {
            double at = side ? high + 1e-9 : low - 1e-9;
            uint32_t pairs = 0; /* means on the side of `at` that is too empty */
            for (uint32_t i = 0; i < FEW; i++)
                for (uint32_t j = i; j < FEW; j++)
                    pairs += side ? values[i] + values[j] > 2 * at : values[i] + values[j] < 2 * at;
            CHECK(rs_signed_rank_tail(FEW, pairs) <= 0.01);
            CHECK(rs_signed_rank_tail(FEW, pairs + 1) > 0.01);
        }
    }
}

/* Each end is wrong as often as the distribution says, whatever the shape. */
TEST(the_interval_is_wrong_as_often_as_it_says) {
    rs_prng prng;
    rs_prng_init(&prng, 2, "values");
    enum { ROUNDS = 20000, COUNT = 9 };
    for (int power = 1; power <= 5; power += 2) {
        int below = 0, above = 0;
        for (int round = 0; round < ROUNDS; round++) {
            double values[COUNT], low, middle, high;
            for (uint32_t i = 0; i < COUNT; i++) values[i] = pow(draw(&prng), power);
            rs_signed_rank_interval(values, COUNT, 0.05, &low, &middle, &high);
            below += high < 0;
            above += low > 0;
        }
        double says = rs_signed_rank_tail(COUNT, 8); /* the last that is below 0.05 */
        CHECK(says <= 0.05 && rs_signed_rank_tail(COUNT, 9) > 0.05);
        double spread = sqrt(says * ROUNDS);
        CHECK(fabs(below - says * ROUNDS) < 5 * spread);
        CHECK(fabs(above - says * ROUNDS) < 5 * spread);
    }
}

TEST_MAIN()
