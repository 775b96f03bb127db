/* score_storage.h: a second home for the scores of a high_scores_table, in a table (ets) whose heir
 * is a supervisor: so they survive their process. All processes under one path share the table, and
 * each role in it belongs to one process at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SCORE_STORAGE_H
#define RS_SCORE_STORAGE_H

#include "runtime/store/ets.h"
#include "scenarios/workers/high_scores_table.h"

typedef struct rs_score_storage {
    rs_ets table;
    uint64_t added;  /* scores so far: of equal ones the older is the better */
    uint32_t *slots; /* where each score is stored, in the order of the scores */
    uint32_t role;
} rs_score_storage;

/* rs_score_storage_make makes the table of `path`, unless it is there, with the caller's parent as
 * heir. Whoever calls it before the tables are started gives their scores an heir that outlives
 * their supervisor. Source: rule ET1. */
rs_ets rs_score_storage_make(const char *path);

/* rs_score_storage_claim makes the caller the one that writes its role's scores, and returns 0; or
 * the living process that is it. One whose supervisor is dead is killed. In its init. */
rs_pid rs_score_storage_claim(const char *path);

/* rs_score_storage_open finds the table of `path`, or makes it, and fills `scores`, which has room
 * for max_players, with what the caller's role has stored there. Returns how many there are. In its
 * init. */
uint32_t rs_score_storage_open(rs_score_storage *storage, const char *path, uint32_t max_players,
                               rs_score *scores);

/* rs_score_storage_add stores the score that has just come to `place` (from 0) of now `count`; it
 * takes the slot of the one that went when there is none more than before. */
void rs_score_storage_add(rs_score_storage *storage, const rs_score *score, uint32_t place,
                          uint32_t before, uint32_t count);

#endif
