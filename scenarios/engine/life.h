/* life.h: the history of a run, told by processes: for each life in a role when it began and ended,
 * under which supervisor, and who led to it. Made once, when the run is over, for all checks.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LIFE_H
#define RS_LIFE_H

#include "scenarios/engine/history.h"

#define RS_NEVER UINT32_MAX /* index of an entry that there is not; of a life: nobody */

typedef struct rs_life {
    uint64_t pid;
    uint32_t role, incarnation;
    uint32_t started; /* indexes of entries; RS_NEVER: it was not so */
    uint32_t ended, stopping, noticed, not_due;
    uint32_t reached;    /* the latest word that it can be reached */
    uint32_t supervisor; /* the life that started it */
    uint32_t next;       /* the next life that began in the same role */
} rs_life;

typedef struct rs_lives {
    uint32_t count, roles; /* highest number of a role */
    rs_life *at;           /* in the order in which they began */
    uint32_t *first;       /* by role */
    uint32_t *order;       /* numbers of lives, role by role */
    uint32_t *places;      /* by role: where its lives begin in `order`, and end: the next one's */
    uint32_t *buckets;     /* by pid, open addressing */
    uint32_t bucket_count; /* a power of two */
} rs_lives;

/* rs_lives_init tells `history`, in which `parent_of(context, role)` is the role of a role's
 * supervisor. Owner: rs_lives_fini. */
void rs_lives_init(rs_lives *lives, const rs_history *history, uint32_t roles,
                   uint32_t (*parent_of)(const void *context, uint32_t role), const void *context);
void rs_lives_fini(rs_lives *lives);

/* rs_lives_find returns the life of `pid`, RS_NEVER when it had no role. */
uint32_t rs_lives_find(const rs_lives *lives, uint64_t pid);

/* rs_lives_latest returns the last life that began in `role` before the entry `index`; RS_NEVER:
 * none did. */
uint32_t rs_lives_latest(const rs_lives *lives, uint32_t role, uint32_t index);

#endif
