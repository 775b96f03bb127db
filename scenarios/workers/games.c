/* games.c: the maps of games.h. `games` is an array by number; `by_table` is a hash by linear
 * probing that never holds more than half its places, and closes the gap behind each removal, so
 * that no number of replacements wears it out.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/games.h"

#include "runtime/base/assert.h"

#include <string.h>

/* The first room: a registry of a few games fits into 512 bytes. */
#define ROOM_FIRST 16u

static uint32_t mask_of(const rs_games *games) {
    return 2 * games->room - 1;
}

/* Fibonacci hashing: the multiplier is 2^64 divided by the golden ratio. */
static uint32_t home_of(const rs_games *games, rs_pid table) {
    return (uint32_t)((table * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & mask_of(games);
}

static rs_pid table_at(const rs_games *games, uint32_t place) {
    return games->games[games->by_table[place] - 1].table;
}

static void insert_place(rs_games *games, uint32_t number) {
    uint32_t place = home_of(games, games->games[number].table);
    while (games->by_table[place]) place = (place + 1) & mask_of(games);
    games->by_table[place] = number + 1;
}

static void grow(rs_games *games, uint32_t room) {
    rs_games old = *games;
    games->room = room;
    games->games = rs_alloc(room * sizeof *games->games);
    games->by_table = rs_alloc(2 * (size_t)room * sizeof *games->by_table);
    if (old.room) memcpy(games->games, old.games, old.room * sizeof *old.games);
    for (uint32_t number = 0; number < old.room; number++)
        if (games->games[number].table) insert_place(games, number);
    if (!old.room) return;
    rs_free(old.games, old.room * sizeof *old.games);
    rs_free(old.by_table, 2 * (size_t)old.room * sizeof *old.by_table);
}

rs_game *rs_games_find(const rs_games *games, uint64_t number) {
    if (number >= games->room || !games->games[number].exists) return NULL;
    return &games->games[number];
}

rs_game *rs_games_add(rs_games *games, uint64_t number) {
    RS_ASSERT(!rs_games_find(games, number));
    if (number >= RS_GAMES_MAX) return NULL;
    uint32_t room = games->room ? games->room : ROOM_FIRST;
    while (room <= number) room *= 2;
    if (room != games->room) grow(games, room);
    games->games[number] = (rs_game){.exists = true};
    return &games->games[number];
}

void rs_games_remove(rs_games *games, uint32_t number) {
    RS_ASSERT(rs_games_find(games, number) && !games->games[number].table);
    games->games[number].exists = false;
}

void rs_games_bind(rs_games *games, uint32_t number, rs_pid table) {
    RS_ASSERT(rs_games_find(games, number) && !games->games[number].table && table);
    games->games[number].table = table;
    games->bound++;
    insert_place(games, number);
}

/* Moves every later entry of the run that may stand there into the gap, until the run ends. */
static void close_gap(rs_games *games, uint32_t gap) {
    uint32_t mask = mask_of(games);
    for (uint32_t place = (gap + 1) & mask; games->by_table[place]; place = (place + 1) & mask) {
        uint32_t home = home_of(games, table_at(games, place));
        if (((place - home) & mask) < ((place - gap) & mask)) continue;
        games->by_table[gap] = games->by_table[place];
        gap = place;
    }
    games->by_table[gap] = 0;
}

rs_game *rs_games_unbind(rs_games *games, rs_pid table, uint32_t *number) {
    if (!games->room) return NULL;
    uint32_t place = home_of(games, table);
    while (games->by_table[place] && table_at(games, place) != table)
        place = (place + 1) & mask_of(games);
    if (!games->by_table[place]) return NULL;
    *number = games->by_table[place] - 1;
    close_gap(games, place);
    rs_game *game = &games->games[*number];
    game->table = 0;
    games->bound--;
    return game;
}

uint64_t rs_games_walk(const rs_games *games, rs_pid table, bool *has) {
    uint64_t steps = 0;
    *has = false;
    for (uint32_t number = 0; number < games->room; number++) {
        steps += games->games[number].exists;
        *has |= games->games[number].exists && games->games[number].table == table;
    }
    return steps;
}
