/* load_test.c: when requests are due.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/loads/load.h"

#include "runtime/base/test/test.h"

#define DRAWS     100000u
#define MEAN_NS   50000u
#define SECOND_NS UINT64_C(1000000000)

static rs_load_course course_of(rs_load_rate rate, uint32_t clients, uint32_t number) {
    return (rs_load_course){.rate = rate,
                            .mean_ns = rs_load_mean_ns(rate.per_ks, clients),
                            .begin_ns = SECOND_NS,
                            .end_ns = 11 * SECOND_NS,
                            .due_ns = SECOND_NS,
                            .clients = clients,
                            .number = number};
}

/* How many arrivals of client `number` are due from `from_ns` on and before `to_ns`; each is later
 * than the one before. */
static uint64_t count_of(const char *name, rs_load_course course, uint64_t from_ns, uint64_t to_ns,
                         uint64_t seed) {
    rs_prng prng;
    rs_prng_init_indexed(&prng, seed, "load_test", course.number);
    uint64_t count = 0, last_ns = 0, due_ns;
    const rs_load_kind *kind = rs_load_find(name);
    while ((due_ns = rs_load_next_ns(kind, &course, &prng)) < to_ns) {
        CHECK(due_ns > last_ns && due_ns >= course.begin_ns);
        count += due_ns >= from_ns;
        last_ns = due_ns;
    }
    return count;
}

static uint64_t count_all(const char *name, rs_load_rate rate, uint32_t clients, uint64_t from_ns,
                          uint64_t to_ns) {
    uint64_t count = 0;
    for (uint32_t n = 0; n < clients; n++)
        count += count_of(name, course_of(rate, clients, n), from_ns, to_ns, 1);
    return count;
}

static void check_near(uint64_t value, uint64_t expected, uint64_t tolerance) {
    CHECK(value + tolerance >= expected && value <= expected + tolerance);
}

TEST(a_closed_loop_has_no_schedule) {
    CHECK(!rs_load_find("closed")->open);
    CHECK(rs_load_find("closed")->next_ns == NULL);
    CHECK(rs_load_find("no_such_load") == NULL);
}

static uint64_t sum_of(const char *name, uint64_t seed) {
    rs_prng prng;
    rs_prng_init(&prng, seed, "load_test");
    rs_load_course course = course_of((rs_load_rate){.per_ks = 20000000}, 1, 0);
    for (uint32_t i = 0; i <= DRAWS; i++) rs_load_next_ns(rs_load_find(name), &course, &prng);
    return course.due_ns - SECOND_NS;
}

TEST(constant_is_exact) {
    CHECK_INT(sum_of("constant", 1), (uint64_t)DRAWS * MEAN_NS);
}

TEST(poisson_has_its_mean) {
    uint64_t expected = (uint64_t)DRAWS * MEAN_NS, sum = sum_of("poisson", 1);
    check_near(sum, expected, expected / 100); /* three standard errors of 100,000 draws */
    CHECK_INT(sum_of("poisson", 1), sum);
    CHECK(sum_of("poisson", 2) != sum);
}

/* Ten bursts of 7 within a second, by three clients who take turns. */
TEST(a_burst_is_due_at_once) {
    const rs_load_rate rate = {.count = 7, .every_ns = SECOND_NS / 10};
    CHECK_INT(count_all("burst", rate, 3, SECOND_NS, 2 * SECOND_NS), 70);
    for (uint64_t k = 10; k < 20; k++) {
        uint64_t begin_ns = k * SECOND_NS / 10;
        CHECK_INT(count_all("burst", rate, 3, begin_ns, begin_ns + 3), 7); /* a nanosecond apart */
        CHECK_INT(count_all("burst", rate, 3, begin_ns + 3, begin_ns + SECOND_NS / 10), 0);
    }
}

TEST(a_client_for_each_request_of_a_burst_moves_none) {
    const rs_load_rate rate = {.count = 7, .every_ns = SECOND_NS / 10};
    CHECK_INT(count_all("burst", rate, 7, 2 * SECOND_NS, 2 * SECOND_NS + 1), 7);
}

/* From 0 to 1000/s in ten seconds: t seconds have 50 t² arrivals. */
static void check_ramp(const char *name, uint64_t tolerance) {
    const rs_load_rate up = {.to_per_ks = 1000000}, down = {.per_ks = 1000000};
    check_near(count_all(name, up, 4, SECOND_NS, 11 * SECOND_NS), 5000, 2 * tolerance);
    check_near(count_all(name, up, 4, SECOND_NS, 2 * SECOND_NS), 50, tolerance / 3);
    check_near(count_all(name, up, 4, 10 * SECOND_NS, 11 * SECOND_NS), 950, tolerance);
    check_near(count_all(name, down, 4, SECOND_NS, 2 * SECOND_NS), 950, tolerance);
    check_near(count_all(name, down, 4, 10 * SECOND_NS, 11 * SECOND_NS), 50, tolerance / 3);
}

TEST(a_ramp_is_exact_from_nothing_and_to_nothing) {
    check_ramp("ramp", 3);
}

TEST(a_poisson_ramp_has_the_means_of_a_ramp) {
    check_ramp("poisson_ramp", 93); /* three standard deviations of 950 */
    rs_load_course course = course_of((rs_load_rate){.to_per_ks = 1000000}, 1, 0);
    uint64_t count = count_of("poisson_ramp", course, 0, course.end_ns, 1);
    CHECK_INT(count_of("poisson_ramp", course, 0, course.end_ns, 1), count);
}

/* The k-th arrival of a ramp from 0 is due when 50 t² = k; the 200th after two seconds. */
TEST(a_ramp_is_due_to_the_nanosecond) {
    rs_prng prng;
    rs_prng_init(&prng, 1, "load_test");
    rs_load_course course = course_of((rs_load_rate){.to_per_ks = 1000000}, 1, 0);
    uint64_t due_ns = 0;
    for (int k = 0; k <= 200; k++) due_ns = rs_load_next_ns(rs_load_find("ramp"), &course, &prng);
    check_near(due_ns, 3 * SECOND_NS, 2);
}

/* The steepest and the longest that a scenario may ask for: nothing overflows. */
TEST(a_ramp_may_be_as_steep_and_as_long_as_can_be) {
    rs_prng prng;
    rs_prng_init(&prng, 1, "load_test");
    rs_load_course course = course_of((rs_load_rate){.to_per_ks = 1000000000000}, 1000000, 0);
    course.end_ns = course.begin_ns + 64 * 7 * 86400 * SECOND_NS;
    uint64_t due_ns = 0;
    for (int k = 0; k < 1000; k++) {
        uint64_t next_ns = rs_load_next_ns(rs_load_find("ramp"), &course, &prng);
        CHECK(next_ns > due_ns && next_ns < course.end_ns);
        due_ns = next_ns;
    }
    check_near(due_ns, UINT64_C(8795144961280), 1000); /* 1 s + √(2 · 999 M · T / 1 G/s) */
    course.end_ns = course.begin_ns + 1;
    course.ordinal = 1;
    course.due_ns = course.begin_ns;
    CHECK(rs_load_next_ns(rs_load_find("ramp"), &course, &prng) == course.end_ns);
}

TEST_MAIN()
