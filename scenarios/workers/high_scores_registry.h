/* high_scores_registry.h: which table belongs to which game. A game is a number; its table's role
 * key is "game-N". Requests: rs_add_game -> rs_game_added; rs_get_game -> rs_game_found.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_HIGH_SCORES_REGISTRY_H
#define RS_HIGH_SCORES_REGISTRY_H

#include "runtime/process/term.h"
#include "scenarios/workers/worker.h"

typedef struct rs_high_scores_registry_config {
    const char *tables; /* path of the supervisor of the tables */
} rs_high_scores_registry_config;

typedef enum rs_game_answer {
    RS_GAME_OK,
    RS_GAME_ALREADY_EXISTS, /* {error, game_already_exists} */
    RS_GAME_UNKNOWN,        /* {error, unknown_game} */
    RS_GAME_RESTARTING,     /* {error, restarting}: its table died and has no replacement yet */
    RS_GAME_NOT_STARTED,    /* {error, Reason}: no table could be started; the game is not added */
} rs_game_answer;

typedef struct rs_add_game {
    uint64_t game;
    uint64_t max_players; /* 0: as the tables' template says */
} rs_add_game;

typedef struct rs_game_added {
    uint32_t answer; /* rs_game_answer */
    char reason[92]; /* RS_GAME_NOT_STARTED: why, printed and cut */
} rs_game_added;

typedef struct rs_get_game {
    uint64_t game;
} rs_get_game;

typedef struct rs_game_found {
    rs_pid table;    /* RS_GAME_OK */
    uint32_t answer; /* rs_game_answer */
} rs_game_found;

extern const rs_type rs_add_game_type, rs_game_added_type;
extern const rs_type rs_get_game_type, rs_game_found_type;

#endif
