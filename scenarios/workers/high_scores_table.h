/* high_scores_table.h: one game's best scores, best first, at most `max_players` of them.
 * Requests: rs_add_score -> rs_position; rs_current_scores_type (no payload) -> rs_score[].
 * A template's `argument` (rs_worker_extra) overrides the configured max_players.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_HIGH_SCORES_TABLE_H
#define RS_HIGH_SCORES_TABLE_H

#include "scenarios/engine/client.h"
#include "scenarios/workers/worker.h"

/* Names travel and are kept inside their records; 15 bytes hold "player-99999999". */
#define RS_SCORE_NAME_BYTES 16u

/* 32 bytes each: a full table is 32 MB, an eighth of what a process may hold. */
#define RS_MAX_PLAYERS_MAX 1000000

typedef enum rs_scores_in { RS_SCORES_IN_MEMORY, RS_SCORES_IN_ETS } rs_scores_in;

typedef struct rs_high_scores_table_config {
    int64_t max_players;
    int storage; /* rs_scores_in */
} rs_high_scores_table_config;

typedef struct rs_score {
    char name[RS_SCORE_NAME_BYTES]; /* ends with a zero */
    int64_t score;
    uint64_t time_ns; /* when it was added, on the run's clock */
} rs_score;

typedef struct rs_add_score {
    char name[RS_SCORE_NAME_BYTES];
    int64_t score;
} rs_add_score;

/* The answer to rs_add_score: {congrats, position}, or unfortunate. */
typedef struct rs_position {
    uint32_t position; /* from 1; 0: unfortunate */
    uint32_t room;     /* the table's max_players; 0: it does not say */
} rs_position;

extern const rs_worker rs_worker_high_scores_table;
extern const rs_type rs_add_score_type, rs_position_type;
extern const rs_type rs_current_scores_type; /* the request: no payload */
extern const rs_type rs_scores_type; /* the answer: message->bytes / sizeof(rs_score) scores */

typedef struct rs_high_scores_table {
    rs_score *scores; /* room for max_players; NULL until the first score, unless stored */
    uint32_t count;
    uint32_t max_players : 31;
    uint32_t is_stored : 1; /* an rs_score_storage stands before the scores */
} rs_high_scores_table;

/* The state of the second version (plugins/high_scores_table_2.c), which the first takes back.
 * Nothing is allocated before the first score. */
typedef struct rs_high_scores_table_2 {
    int64_t *scores; /* best first */
    uint64_t *times_ns;
    char (*names)[RS_SCORE_NAME_BYTES];
    uint32_t count, max_players;
} rs_high_scores_table_2;

/* rs_high_scores_table_insert puts `score` behind all scores >= its own, cuts the table to
 * max_players, and returns the position, from 1; 0 when the table is full of scores >= it. The
 * array must exist. */
uint32_t rs_high_scores_table_insert(rs_high_scores_table *table, const rs_score *score);

/* rs_high_scores_table_add_score performs one add_score of a client on the table at `pid`. */
void rs_high_scores_table_add_score(rs_client *client, rs_pid pid);

/* rs_high_scores_table_current_scores performs one current_scores of a client on the table at
 * `pid`. */
void rs_high_scores_table_current_scores(rs_client *client, rs_pid pid);

#endif
