/* search_test.c: what a search has come to does not depend on the order in which lives end.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/explore/search.h"

#include "runtime/base/test/test.h"

#include <stdio.h>
#include <string.h>

#define LIVES 300u

/* Each life fails at a place of its own, and at one that it shares with some others. */
static rs_attempt life(uint64_t seed) {
    rs_attempt attempt = {.seed = seed, .hash = seed * 77, .simulated_ns = 5};
    char path[32];
    snprintf(path, sizeof path, "own_%u", (unsigned)seed);
    rs_attempt_fail(&attempt, "alive", path, 1, "gone");
    snprintf(path, sizeof path, "shared_%u", (unsigned)seed % 7);
    rs_attempt_fail(&attempt, "alive", path, 1, "gone");
    return attempt;
}

static void add(rs_search *search, uint64_t seed) {
    rs_attempt attempt = life(seed);
    rs_search_add(search, &attempt);
}

static void check_same(rs_search *a, rs_search *b) {
    rs_search_sort(a);
    rs_search_sort(b);
    CHECK_INT(a->kinds.count, b->kinds.count);
    CHECK_INT(a->failed, b->failed);
    CHECK(a->mix == b->mix);
    for (size_t i = 0; i < a->kinds.count; i++) {
        CHECK_STR(a->kinds.at[i].failure.path, b->kinds.at[i].failure.path);
        CHECK_INT(a->kinds.at[i].seed, b->kinds.at[i].seed);
        CHECK_INT(a->kinds.at[i].count, b->kinds.at[i].count);
    }
}

TEST(the_order_of_lives_is_no_matter) {
    rs_search up, down;
    rs_search_init(&up);
    rs_search_init(&down);
    for (uint64_t seed = 1; seed <= LIVES; seed++) add(&up, seed);
    for (uint64_t seed = LIVES; seed > 0; seed--) add(&down, seed);
    check_same(&up, &down);
    CHECK_INT(up.kinds.count, LIVES + 7);
    CHECK_INT(rs_search_shown(&up), RS_SEARCH_SHOWN_MAX);
    rs_search_fini(&up);
    rs_search_fini(&down);
}

/* That a life was ended says nothing of it but where, and lowest counts whoever comes first. */
TEST(late_lives_are_counted_apart) {
    rs_search a, b;
    rs_search_init(&a);
    rs_search_init(&b);
    rs_attempt late = {.seed = 9, .simulated_ns = 90, .late = true};
    rs_search_add(&a, &late);
    late = (rs_attempt){.seed = 4, .simulated_ns = 40, .late = true};
    rs_search_add(&b, &late);
    late = (rs_attempt){.seed = 6, .simulated_ns = 60, .late = true};
    rs_search_add(&b, &late);
    add(&b, 5);
    rs_search_join(&b, &a);
    rs_search_join(&a, &b);
    CHECK_INT(b.late.count, 3);
    CHECK_INT(b.late.seed, 4);
    CHECK_INT(b.late.simulated_ns, 40);
    CHECK_INT(a.late.seed, 4);
    CHECK_INT(b.lives, 4);
    CHECK_INT(b.failed, 1);
    rs_search_fini(&a);
    rs_search_fini(&b);
}

TEST(parts_make_the_whole) {
    rs_search whole, parts[2];
    rs_search_init(&whole);
    for (int i = 0; i < 2; i++) rs_search_init(&parts[i]);
    for (uint64_t seed = 1; seed <= LIVES; seed++) {
        add(&whole, seed);
        add(&parts[seed % 3 == 0], seed);
    }
    rs_search_join(&parts[1], &parts[0]);
    check_same(&whole, &parts[1]);
    rs_search_fini(&whole);
    for (int i = 0; i < 2; i++) rs_search_fini(&parts[i]);
}

TEST_MAIN()
