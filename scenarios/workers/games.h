/* games.h: the registry's two maps: game number -> its table, and table's pid -> game number. Both
 * answer in O(1), and neither grows while tables are only replaced.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_GAMES_H
#define RS_GAMES_H

#include "runtime/respawn.h"

/* 32 bytes a game in both maps, and half as much again while growing, must stay below the limit of
 * a process's memory: 4 Mi games take 128 MiB of 256. */
#define RS_GAMES_MAX (1u << 22)

typedef struct rs_game {
    rs_pid table;         /* 0: it died and waits for a replacement */
    uint32_t max_players; /* 0: as the tables' template says */
    uint32_t cause;       /* of its table's last death */
    uint32_t next;        /* the registry's queue of waiting games: number + 1, or 0 */
    bool exists;
    uint8_t deaths;  /* of its tables within the period `period` */
    uint16_t period; /* the number of a period, cut */
} rs_game;

/* Zeroed is empty. The memory belongs to the calling process's arena. */
typedef struct rs_games {
    rs_game *games;     /* by number */
    uint32_t *by_table; /* open addressing over 2 * room places: number + 1; 0: free */
    uint32_t room;      /* a power of two; 0 at first */
    uint32_t bound;     /* how many games have a table */
} rs_games;

/* rs_games_find returns game `number`, or NULL. */
rs_game *rs_games_find(const rs_games *games, uint64_t number);

/* rs_games_add makes the game `number`, which must not exist; NULL when number >= RS_GAMES_MAX.
 * Games move: earlier pointers are invalid. */
rs_game *rs_games_add(rs_games *games, uint64_t number);

/* rs_games_remove forgets an existing game that has no table. */
void rs_games_remove(rs_games *games, uint32_t number);

/* rs_games_bind gives the game, which exists and has none, a table. */
void rs_games_bind(rs_games *games, uint32_t number, rs_pid table);

/* rs_games_unbind takes its table from the game that `table` belongs to and stores its number; NULL
 * when it belongs to none. */
rs_game *rs_games_unbind(rs_games *games, rs_pid table, uint32_t *number);

/* rs_games_walk walks over all games, each of which it compares with `table`, and returns how many
 * those were; `has` says whether one of them is its game. */
uint64_t rs_games_walk(const rs_games *games, rs_pid table, bool *has);

#endif
