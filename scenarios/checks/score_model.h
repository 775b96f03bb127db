/* score_model.h: what a process should keep that puts values in order, best first, and cuts its
 * list to the room it has. SPDX-License-Identifier: MIT
 */
#ifndef RS_SCORE_MODEL_H
#define RS_SCORE_MODEL_H

#include "scenarios/engine/history.h"

typedef struct rs_score_list {
    int64_t *at; /* best first */
    uint32_t count, room;
    bool refuted; /* it cannot be what the process keeps */
} rs_score_list;

/* Of one role. Zeroed: nobody has lived there. Owner: rs_score_model_fini. */
typedef struct rs_score_model {
    uint32_t life;            /* 1 + who lives there; 0: nobody has */
    rs_score_list kept, lost; /* what it keeps if the last death lost nothing, or all */
    uint32_t room;            /* at most so many, 0: not known */
    bool doubted;             /* wait for a whole list */
} rs_score_model;

/* rs_score_model_fini frees what it holds. */
void rs_score_model_fini(rs_score_model *model);

/* rs_score_model_live tells it who answers now. */
void rs_score_model_live(rs_score_model *model, uint32_t life);

/* rs_score_model_doubt tells it that something may have been added, or not. */
void rs_score_model_doubt(rs_score_model *model);

/* rs_score_model_add takes an answer RS_TOLD_ADDED, rs_score_model_compare an RS_TOLD_LIST and the
 * items that follow among `left` entries. Each returns what is wrong with it, NULL: nothing. */
const char *rs_score_model_add(rs_score_model *model, const rs_history_entry *told);
const char *rs_score_model_compare(rs_score_model *model, const rs_history_entry *told,
                                   uint32_t left);

#endif
