/* games_test.c: the registry's maps against a plain array, with random games dying and returning.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/games.h"

#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"

#define GAMES 300u
#define STEPS 50000u

static void run(rs_entry *entry) {
    rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL};
    rs_term reason = 0;
    CHECK_INT(rs_run(&options, entry, NULL, 0, &reason), RS_OK);
    CHECK(reason == RS_ATOM(normal));
}

/* Pids here are any words but 0; few distinct ones make long runs of probing. */
static void step(rs_games *games, rs_pid *naive, rs_prng *prng, rs_pid *next_pid) {
    uint32_t number = (uint32_t)rs_prng_below(prng, GAMES), found = 0;
    if (!rs_games_find(games, number)) CHECK(rs_games_add(games, number) != NULL);
    if (naive[number]) {
        CHECK(rs_games_unbind(games, naive[number], &found) != NULL);
        CHECK_INT(found, number);
        CHECK(rs_games_unbind(games, naive[number], &found) == NULL);
        naive[number] = 0;
    } else {
        naive[number] = *next_pid += 1 + rs_prng_below(prng, 3);
        rs_games_bind(games, number, naive[number]);
    }
}

static void replace_at_random(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_games games = {.games = NULL};
    rs_pid naive[GAMES] = {0}, next_pid = 0;
    rs_prng prng;
    rs_prng_init(&prng, 1, "games_test");
    for (uint32_t i = 0; i < STEPS; i++) step(&games, naive, &prng, &next_pid);
    uint32_t bound = 0;
    for (uint32_t number = 0; number < GAMES; number++) {
        if (naive[number]) bound++;
        rs_game *game = rs_games_find(&games, number);
        CHECK(game && game->table == naive[number]);
    }
    CHECK_INT(games.bound, bound);
    CHECK_INT(games.room, 512);
}

TEST(maps_equal_a_plain_array) {
    run(replace_at_random);
}

static void meet_the_edges(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_games games = {.games = NULL};
    uint32_t number = 0;
    CHECK(rs_games_find(&games, 0) == NULL);
    CHECK(rs_games_find(&games, UINT64_MAX) == NULL);
    CHECK(rs_games_unbind(&games, 7, &number) == NULL);
    CHECK(rs_games_add(&games, RS_GAMES_MAX) == NULL);
    CHECK(rs_games_add(&games, UINT64_MAX) == NULL);
    CHECK(rs_games_add(&games, RS_GAMES_MAX - 1) != NULL);
    CHECK(rs_games_find(&games, RS_GAMES_MAX - 2) == NULL);
    rs_games_remove(&games, RS_GAMES_MAX - 1);
    CHECK(rs_games_find(&games, RS_GAMES_MAX - 1) == NULL);
}

TEST(edges) {
    run(meet_the_edges);
}

TEST_MAIN()
