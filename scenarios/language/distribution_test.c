/* distribution_test.c: what can be written, what is drawn from it, and that both go together.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/distribution.h"

#include "runtime/base/test/test.h"

#define MS    UINT64_C(1000000)
#define DRAWS 20000u

static rs_distribution read(const char *text) {
    rs_distribution distribution;
    const char *why = "";
    if (rs_distribution_parse(text, &distribution, &why) != RS_OK)
        rs_test_fail(__FILE__, __LINE__, "%s: %s", text, why);
    return distribution;
}

static void check_refused(const char *text, const char *says) {
    rs_distribution distribution = {.low_ns = 7};
    const char *why = "";
    CHECK(rs_distribution_parse(text, &distribution, &why) != RS_OK);
    CHECK_INT(distribution.low_ns, 7);
    if (!strstr(why, says)) rs_test_fail(__FILE__, __LINE__, "%s: %s", text, why);
}

static uint64_t draw_mean(const char *text, uint64_t *low, uint64_t *high) {
    rs_distribution distribution = read(text);
    rs_prng prng;
    uint64_t sum = 0;
    rs_prng_init(&prng, 1, text);
    *low = UINT64_MAX, *high = 0;
    for (uint32_t i = 0; i < DRAWS; i++) {
        uint64_t ns = rs_distribution_draw(&distribution, &prng);
        if (ns < *low) *low = ns;
        if (ns > *high) *high = ns;
        sum += ns;
    }
    return sum / DRAWS;
}

static void check_mean(const char *text, uint64_t mean, uint64_t *low, uint64_t *high) {
    uint64_t drawn = draw_mean(text, low, high);
    if (drawn < mean * 97 / 100 || drawn > mean * 103 / 100)
        rs_test_fail(__FILE__, __LINE__, "%s: mean %llu", text, (unsigned long long)drawn);
}

TEST(what_is_drawn_is_what_was_written) {
    uint64_t low, high;
    check_mean("5ms", 5 * MS, &low, &high);
    CHECK(low == 5 * MS && high == 5 * MS);
    check_mean("uniform(1ms, 9ms)", 5 * MS, &low, &high);
    CHECK(low >= MS && low < 1010000 && high <= 9 * MS && high > 8990000);
    check_mean("exponential(5ms)", 5 * MS, &low, &high);
    CHECK(low < 10000 && high > 35 * MS);
    check_mean("erlang( 100 , 5ms )", 5 * MS, &low, &high);
    CHECK(low > 2 * MS && high < 9 * MS);
    check_mean("two(1ms, 50ms, 2%)", 1980000, &low, &high);
    CHECK(low == MS && high == 50 * MS);
}

TEST(both_ends_of_a_uniform_are_drawn_and_one_value_is_enough) {
    uint64_t low, high;
    draw_mean("uniform(1ns, 3ns)", &low, &high);
    CHECK(low == 1 && high == 3);
    CHECK_INT(draw_mean("uniform(2ms, 2ms)", &low, &high), 2 * MS);
}

TEST(equal_streams_give_equal_times_and_constants_draw_nothing) {
    rs_distribution constant = read("5ms"), random = read("exponential(5ms)");
    rs_prng a, b;
    rs_prng_init(&a, 7, "x");
    rs_prng_init(&b, 7, "x");
    CHECK_INT(rs_distribution_draw(&constant, &a), 5 * MS);
    CHECK_INT(rs_distribution_draw(&random, &a), rs_distribution_draw(&random, &b));
}

TEST(what_is_printed_can_be_read) {
    static const char *const exact[] = {"5000000ns", "uniform(1000000ns, 9000000ns)",
                                        "exponential(5ns)", "erlang(4, 5000000ns)",
                                        "two(1ns, 50ns, 2.0001%)"};
    char text[RS_DISTRIBUTION_TEXT_BYTES];
    for (size_t i = 0; i < sizeof exact / sizeof *exact; i++) {
        rs_distribution distribution = read(exact[i]);
        CHECK_STR(rs_distribution_print(&distribution, text), exact[i]);
    }
    rs_distribution all = read("two(1ns, 2ns, 100%)");
    CHECK_STR(rs_distribution_print(&all, text), "two(1ns, 2ns, 100%)");
}

TEST(what_makes_no_sense_is_told_what_would) {
    check_refused("fast", "write a time, or one of 5ms");
    check_refused("", "such as 5ms");
    check_refused("5", "such as 5ms");
    check_refused("uniform(9ms, 1ms)", "smaller time comes first");
    check_refused("uniform(1ms", "in quotes");
    check_refused("uniform(1ms)", "uniform(FROM, TO)");
    check_refused("uniform(1ms, 2ms, 3ms)", "uniform(FROM, TO)");
    check_refused("uniform(1ms, 2ms, 3ms, 4ms)", "uniform(FROM, TO)");
    check_refused("uniform(1ms,, 2ms)", "uniform(FROM, TO)");
    check_refused("uniform(1ms, 2ms) ", "uniform(FROM, TO)");
    check_refused("uniform()", "uniform(FROM, TO)");
    check_refused("exponential", "exponential(MEAN)");
    check_refused("exponential(5)", "such as 5ms");
    check_refused("erlang(0, 5ms)", "1 to 1000");
    check_refused("two(1ms, 2ms, 3)", "%");
    check_refused("25h", "more than 24h");
    check_refused("uniform(1ms, 25h)", "more than 24h");
    check_refused("exponential(00000000000000000000000000000000005ms)", "exponential(MEAN)");
    check_refused("00000000000000000000000000000000005ms", "write a time");
}

TEST_MAIN()
