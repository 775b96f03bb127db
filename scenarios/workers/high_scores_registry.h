/* high_scores_registry.h: which table belongs to which game. A game is a number; its table's role
 * key is "game-N". Requests: rs_add_game -> rs_game_added; rs_get_game -> rs_game_found.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_HIGH_SCORES_REGISTRY_H
#define RS_HIGH_SCORES_REGISTRY_H

#include "runtime/process/term.h"
#include "scenarios/workers/worker.h"

/* A game's role key, before its number. */
#define RS_GAME_KEY "game-"

/* Whose deaths the registry hears of. */
typedef enum rs_registry_monitors {
    RS_MONITORS_EVERY_TABLE,
    RS_MONITORS_FIRST_TABLE, /* of each game, not those that replace it */
} rs_registry_monitors;

/* How it finds the game of a dead table. */
typedef enum rs_registry_lookup { RS_LOOKUP_INDEX, RS_LOOKUP_WALK } rs_registry_lookup;

/* What it does when no table can be started. */
typedef enum rs_registry_refused { RS_REFUSED_RETRY, RS_REFUSED_EXIT } rs_registry_refused;

/* Where the games are. */
typedef enum rs_games_in { RS_GAMES_IN_MEMORY, RS_GAMES_IN_ETS } rs_games_in;

/* So many deaths are counted for one game. */
#define RS_REGISTRY_BUDGET_MAX 254

typedef struct rs_high_scores_registry_config {
    const char *tables; /* path of the supervisor of the tables */
    int monitors;       /* rs_registry_monitors */
    int lookup;         /* rs_registry_lookup */
    int refused;        /* rs_registry_refused */
    int storage;        /* rs_games_in */
    int64_t budget;     /* restarts of one game within budget_period_ns; 0: no limit */
    uint64_t budget_period_ns;
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

/* rs_game_answer_atom returns the atom that stands for a refusal in {error, _}. */
rs_term rs_game_answer_atom(uint32_t answer);

#endif
