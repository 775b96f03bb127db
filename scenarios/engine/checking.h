/* checking.h: what a check sees of a run that is over, and how it says what it has found.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CHECKING_H
#define RS_CHECKING_H

#include "scenarios/engine/life.h"
#include "scenarios/engine/shared.h"

/* A start, a death or a notice of one takes its time; what is as it is for so long is meant. */
#define RS_CHECKING_GRACE_NS UINT64_C(100000000)

typedef struct rs_checking {
    rs_shared *shared;
    const rs_history *history;
    const rs_lives *lives;
    const rs_check *check; /* that is looking now */
    uint64_t time_ns;      /* what its name says in brackets; 0: nothing */
    uint32_t begin;        /* index of t = 0 */
    uint32_t stop;         /* index of the moment at which the tree was told to stop */
    uint32_t found;        /* by this check */
} rs_checking;

/* rs_checking_all lets each check look that shared->checks names. Called in the child, outside the
 * runtime, when the run is complete. */
void rs_checking_all(rs_shared *shared);

/* rs_checking_since returns when entry `index` was written, since t = 0; negative before. The end
 * of the history counts as the stop. */
int64_t rs_checking_since(const rs_checking *checking, uint32_t index);

/* rs_checking_between returns how much time lies between two entries, `from` being the first. */
uint64_t rs_checking_between(const rs_checking *checking, uint32_t from, uint32_t to);

/* rs_checking_is_held tells whether a fault has made the life hang: that it is still there is the
 * fault's doing. */
bool rs_checking_is_held(const rs_checking *checking, uint32_t life);

/* rs_checking_find notes that something does not hold of `role` (0: of nobody's) from the entry
 * `index` on, as the printf says. NULL when there is enough to read; whoever is given that by the
 * next two does nothing. */
rs_finding *rs_checking_find(rs_checking *checking, uint32_t role, uint32_t index,
                             const char *format, ...) __attribute__((format(printf, 4, 5)));

/* rs_checking_tell adds the entry `index` (RS_NEVER: none) to the story, which is kept in order. */
void rs_checking_tell(const rs_checking *checking, rs_finding *finding, uint32_t index);

/* rs_checking_tell_role adds what happened in `role` from one entry to another, the latest of it
 * when it is much. */
void rs_checking_tell_role(const rs_checking *checking, rs_finding *finding, uint32_t role,
                           uint32_t from, uint32_t to);

/* rs_checking_tell_life adds how a life began, who hit it, and how it ended. */
void rs_checking_tell_life(const rs_checking *checking, rs_finding *finding, uint32_t life);

/* rs_checking_tell_registries adds how the last registries ended that have a successor. */
void rs_checking_tell_registries(const rs_checking *checking, rs_finding *finding);

/* rs_checking_print writes the entry `index` as a sentence: "0.310 s  tables/7#1 ends: sigsegv". */
void rs_checking_print(const rs_checking *checking, uint32_t index, char *text, size_t bytes);

/* rs_checking_path returns a role's path, the root's id for the root. */
const char *rs_checking_path(const rs_checking *checking, uint32_t role);

/* rs_checking_took writes how long it is from one entry to another: "2.1 s". */
const char *rs_checking_took(const rs_checking *checking, uint32_t from, uint32_t to, char *text,
                             size_t bytes);

#endif
