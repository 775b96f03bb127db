/* bracket_test.c: which values are asked for, and where the search ends.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/bracket.h"

#include "runtime/base/test/test.h"

typedef struct policy {
    uint64_t from, to, most; /* survives from..to; there is nothing beyond `most` */
    uint32_t asked;
} policy;

static rs_bracket_answer ask(void *context, uint64_t value) {
    policy *it = context;
    it->asked++;
    if (value > it->most) return RS_BRACKET_STOP;
    return value >= it->from && value <= it->to ? RS_BRACKET_SURVIVES : RS_BRACKET_FAILS;
}

static uint64_t whole(void *context, uint64_t value) {
    (void)context;
    return value;
}

static rs_bracket find(policy *it, uint64_t start) {
    it->asked = 0;
    return rs_bracket_find(start, &(rs_bracket_oracle){ask, whole, it});
}

static void check_limit(const rs_bracket *found, uint64_t limit) {
    CHECK(found->survives <= limit && found->fails > limit);
    CHECK((double)found->fails <= 1.05 * (double)found->survives ||
          found->fails - found->survives <= 1);
}

TEST(a_limit_above_is_found_by_doubling) {
    policy it = {.to = 777777, .most = UINT64_MAX};
    rs_bracket found = find(&it, 1000);
    check_limit(&found, 777777);
    CHECK(it.asked <= 16);
}

TEST(a_limit_below_is_found_by_halving) {
    policy it = {.to = 777, .most = UINT64_MAX};
    rs_bracket found = find(&it, 100000);
    check_limit(&found, 777);
}

/* Of a period, less is worse. */
TEST(what_survives_may_lie_above) {
    policy it = {.from = 777, .to = UINT64_MAX, .most = UINT64_MAX};
    rs_bracket found = find(&it, 5000);
    CHECK(found.survives >= 777 && found.fails < 777 && found.fails >= 740);
    found = find(&it, 10);
    CHECK(found.survives >= 777 && found.fails < 777 && found.fails >= 740);
}

TEST(small_numbers_end_side_by_side) {
    policy it = {.to = 5, .most = UINT64_MAX};
    rs_bracket found = find(&it, 1);
    CHECK_INT(found.survives, 5);
    CHECK_INT(found.fails, 6);
    it.to = 0;
    found = find(&it, 4);
    CHECK_INT(found.survives, 0);
    CHECK_INT(found.fails, 1);
}

TEST(where_there_is_no_limit_it_says_how_far_it_looked) {
    policy it = {.to = UINT64_MAX, .most = 100};
    rs_bracket found = find(&it, 20);
    CHECK_INT(found.survives, 80);
    CHECK_INT(found.fails, 0);
    it.most = 10;
    found = find(&it, 20);
    CHECK_INT(found.survives, 0);
    CHECK_INT(found.fails, 0);
}

TEST_MAIN()
