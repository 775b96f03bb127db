/* game_storage.h: a second home for the games of a high_scores_registry, in a table (ets) whose
 * heir is its supervisor: whoever is the registry next finds them there, and whom each led to.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_GAME_STORAGE_H
#define RS_GAME_STORAGE_H

#include "runtime/store/ets.h"
#include "scenarios/workers/games.h"

/* rs_game_storage_open finds the table called `name`, or makes it, with the caller's parent as
 * heir. Source: rule ET1. */
rs_ets rs_game_storage_open(rs_atom name);

/* rs_game_storage_put stores the game and its table, which is a child of `supervisor`;
 * rs_game_storage_remove forgets it. */
void rs_game_storage_put(rs_ets storage, uint32_t number, const rs_game *game, rs_pid supervisor);
void rs_game_storage_remove(rs_ets storage, uint32_t number);

/* rs_game_storage_load adds all that is stored to `games`, which is empty, without tables. */
void rs_game_storage_load(rs_ets storage, rs_games *games);

/* rs_game_storage_table returns the table that the game was last led to, if that lives and is a
 * child of `supervisor`; else 0. */
rs_pid rs_game_storage_table(rs_ets storage, uint32_t number, rs_pid supervisor);

#endif
