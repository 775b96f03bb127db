/* film_test.c: what is kept when there is no room for all, and that every loss is counted.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/film.h"

#include "runtime/base/test/test.h"

#include <stdlib.h>
#include <string.h>

/* Two parts of 32 reels of two turns, and 16 events each. */
#define TINY 128u
#define EACH (TINY / 2)

static rs_film film;

static void begin(void) {
    CHECK(rs_film_init(&film, 2, TINY, NULL));
    CHECK_INT(film.reel_turns, 2);
    CHECK_INT(film.events, 16);
}

static void run(uint32_t core, uint64_t from_ns) {
    rs_film_add_turn(
        &film, &(rs_film_turn){.from_ns = from_ns, .to_ns = from_ns + 1, .core = (uint16_t)core});
}

static void happen(uint32_t core, uint64_t time_ns) {
    rs_film_add_event(&film,
                      &(rs_film_event){.time_ns = time_ns, .core = (uint16_t)core, .role = 1});
}

static uint64_t turns_of(uint32_t core, uint64_t *first_ns) {
    rs_film_turns turns = rs_film_sort_turns(&film);
    uint64_t count = 0;
    *first_ns = UINT64_MAX;
    for (size_t i = 0; i < turns.count; i++) {
        CHECK(i == 0 || turns.at[i - 1]->from_ns <= turns.at[i]->from_ns);
        if (turns.at[i]->core != core) continue;
        if (!count++) *first_ns = turns.at[i]->from_ns;
    }
    free(turns.at);
    return count;
}

static uint64_t lost_turns(void) {
    rs_film_turns turns = rs_film_sort_turns(&film);
    free(turns.at);
    return turns.lost;
}

TEST(what_fits_is_kept_whole) {
    uint64_t first_ns;
    begin();
    for (uint64_t i = 0; i < EACH; i++) run(0, 10 * i);
    for (uint64_t i = 0; i < 5; i++) run(1, 7 * i);
    CHECK_INT(turns_of(0, &first_ns), EACH);
    CHECK_INT(first_ns, 0);
    CHECK_INT(turns_of(1, &first_ns), 5);
    CHECK_INT(lost_turns(), 0);
    rs_film_fini(&film, NULL);
}

TEST(of_more_the_newest_are_kept_and_the_rest_is_counted) {
    uint64_t first_ns;
    begin();
    for (uint64_t i = 0; i < 1000; i++) run(0, i);
    uint64_t kept = turns_of(0, &first_ns);
    CHECK(kept > EACH - 2 && kept <= EACH);
    CHECK_INT(first_ns, 1000 - kept);
    CHECK_INT(lost_turns(), 1000 - kept);
    rs_film_fini(&film, NULL);
}

static bool has_turn(uint64_t from_ns) {
    rs_film_turns turns = rs_film_sort_turns(&film);
    bool found = false;
    for (size_t i = 0; i < turns.count; i++) found |= turns.at[i]->from_ns == from_ns;
    free(turns.at);
    return found;
}

/* A fault early in a long run is what its reader looks for. */
TEST(what_ran_while_something_happened_outlives_the_newer) {
    begin();
    for (uint64_t i = 0; i < 1000; i++) {
        run(0, i);
        if (i == 100) happen(0, 100);
        if (i == 300) happen(1, 300); /* on another core */
    }
    CHECK(has_turn(100) && has_turn(101));
    CHECK(has_turn(300) && has_turn(301));
    CHECK(!has_turn(98) && !has_turn(102) && !has_turn(500));
    CHECK(has_turn(999) && has_turn(950));
    rs_film_fini(&film, NULL);
}

TEST(where_all_is_telling_the_newest_are_kept) {
    uint64_t first_ns;
    begin();
    for (uint64_t i = 0; i < 1000; i++) {
        run(0, i);
        happen(0, i);
    }
    CHECK(turns_of(0, &first_ns) > EACH - 2);
    CHECK(first_ns >= 1000 - EACH);
    rs_film_fini(&film, NULL);
}

/* The newest 16 of one core are younger than those of the other. */
TEST(events_are_told_from_when_on_none_is_missing) {
    begin();
    for (uint64_t i = 0; i < 10; i++) happen(1, 5 * i);
    for (uint64_t i = 0; i < 40; i++) happen(0, i);
    rs_film_events events = rs_film_sort_events(&film);
    /* The oldest of a full ring may be torn, so 15 are left: from 25 on. */
    CHECK_INT(events.at[0]->time_ns, 25);
    CHECK_INT(events.count, 15 + 5);
    CHECK_INT(events.lost, 50 - 20);
    for (size_t i = 1; i < events.count; i++)
        CHECK(events.at[i - 1]->time_ns <= events.at[i]->time_ns);
    free(events.at);
    rs_film_fini(&film, NULL);
}

/* As when the child ends between writing and counting. What is behind looks like a turn. */
TEST(what_is_not_counted_is_not_read) {
    uint64_t first_ns;
    begin();
    for (uint64_t i = 0; i < 5; i++) run(0, i);
    rs_film_part *part = &film.parts[0];
    part->turns[part->reel * film.reel_turns + 1] = (rs_film_turn){.from_ns = 9, .to_ns = 10};
    CHECK_INT(turns_of(0, &first_ns), 5);
    rs_film_turns turns = rs_film_sort_turns(&film);
    CHECK_INT(turns.count, 5);
    free(turns.at);
    rs_film_fini(&film, NULL);
}

static void entry(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
}

TEST(code_is_told_apart_by_name) {
    static const char names[2 * RS_FILM_CODES_MAX][8];
    static char module[] = "summer of a name that is much longer than there is room for it";
    begin();
    CHECK_INT(rs_film_code_of(&film, 0, NULL, NULL), 0);
    CHECK_INT(rs_film_code_of(&film, 0, entry, NULL), 1);
    CHECK_INT(rs_film_code_of(&film, 0, NULL, module), 2);
    CHECK_INT(rs_film_code_of(&film, 0, entry, NULL), 1);
    CHECK_INT(rs_film_code_of(&film, 1, NULL, module), 1);
    CHECK_STR(rs_film_name(&film, &(rs_film_turn){.code = 1}), "");
    const char *name = rs_film_name(&film, &(rs_film_turn){.code = 2});
    CHECK(strncmp(name, module, RS_FILM_NAME_BYTES - 1) == 0);
    CHECK_INT(strlen(name), RS_FILM_NAME_BYTES - 1);
    for (uint32_t i = 0; i < 2 * RS_FILM_CODES_MAX; i++)
        CHECK(rs_film_code_of(&film, 0, NULL, names[i]) < RS_FILM_CODES_MAX);
    CHECK_INT(rs_film_code_of(&film, 0, NULL, names[2 * RS_FILM_CODES_MAX - 1]), 0);
    rs_film_fini(&film, NULL);
}

TEST(nothing_is_mapped_where_no_trace_is_wanted) {
    static rs_film none;
    rs_film_fini(&none, NULL);
    CHECK_INT(none.slots, 0);
}

TEST_MAIN()
