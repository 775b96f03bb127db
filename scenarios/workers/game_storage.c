/* game_storage.c: one object for each game: {Number, Record}.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/game_storage.h"

typedef struct stored {
    rs_pid table, supervisor;
    uint64_t max_players;
} stored;

rs_ets rs_game_storage_open(rs_atom name) {
    if (!rs_ets_whereis(name))
        rs_ets_new(
            &(rs_ets_options){.name = name, .protection = RS_ETS_PUBLIC, .heir = rs_self_parent()});
    return rs_ets_whereis(name);
}

void rs_game_storage_put(rs_ets storage, uint32_t number, const rs_game *game, rs_pid supervisor) {
    const stored it = {game->table, supervisor, game->max_players};
    rs_ets_insert_bytes(storage, rs_term_integer(number), &it, sizeof it);
}

void rs_game_storage_remove(rs_ets storage, uint32_t number) {
    rs_ets_delete_key(storage, rs_term_integer(number));
}

static bool read_stored(rs_ets storage, rs_term number, stored *it) {
    return rs_ets_lookup_bytes(storage, number, it, sizeof *it) == sizeof *it;
}

typedef struct loading {
    rs_ets storage;
    rs_games *games;
} loading;

static bool load_one(rs_term object, void *context) {
    const loading *load = context;
    rs_term number = rs_term_element(object, 0);
    stored it = {.table = 0};
    if (!read_stored(load->storage, number, &it)) return true;
    rs_game *game = rs_games_add(load->games, (uint64_t)rs_term_to_integer(number));
    if (game) game->max_players = (uint32_t)it.max_players;
    return true;
}

void rs_game_storage_load(rs_ets storage, rs_games *games) {
    rs_ets_foldl(storage, load_one, &(loading){storage, games});
}

rs_pid rs_game_storage_table(rs_ets storage, uint32_t number, rs_pid supervisor) {
    stored it = {.table = 0};
    bool found = read_stored(storage, rs_term_integer(number), &it) && it.supervisor == supervisor;
    return found && it.table && rs_is_alive(it.table) ? it.table : 0;
}
