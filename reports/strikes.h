/* strikes.h: the single blows of a fault plan, and a keeper that holds the smallest N of millions
 * by a key. A result keeps the first and the slowest thousand: the first tell how it began, the
 * slowest what went wrong.
 * Invariant: a keeper is a heap with its largest key on top, so that an unwanted blow costs one
 * comparison. Equal keys: the one added first stays.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_STRIKES_H
#define RS_STRIKES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RS_STRIKES_KEPT 1000u

/* outcome, word, meaning */
#define RS_STRIKE_OUTCOMES(X)                                                                      \
    X(HIT, "hit", "the victim ended by it, or it took effect on one that it spares")               \
    X(NO_VICTIM, "no_victim", "nobody lived where it struck")                                      \
    X(ALREADY_DEAD, "already_dead", "the victim died before the blow reached it")                  \
    X(SURVIVED, "survived", "the victim lives on; of a role: nobody walked into it")

typedef enum rs_strike_outcome {
#define X(NAME, WORD, MEANING) RS_STRIKE_##NAME,
    RS_STRIKE_OUTCOMES(X)
#undef X
        RS_STRIKE_OUTCOME_COUNT
} rs_strike_outcome;

/* restart_ns of a strike that no restart is due for, or has none to tell of. */
#define RS_STRIKE_NOT_DUE UINT64_C(0)
/* restart_ns of a strike whose restart never came. */
#define RS_STRIKE_NEVER UINT64_MAX

typedef struct rs_strike {
    uint64_t time_ns; /* since t = 0 */
    /* from the fault until each stage before `reachable`; 0: not reached, or not known */
    uint64_t detected_ns, noticed_ns, started_ns;
    uint64_t restart_ns;  /* from the fault until the role was reachable again */
    uint64_t incarnation; /* the N of role#N; 0 without a victim */
    const char *role;     /* the victim's path; "" without one */
    uint32_t fault;       /* index in the result's faults */
    uint32_t outcome;     /* rs_strike_outcome */
} rs_strike;

typedef struct rs_strikes {
    rs_strike *at;
    size_t count, room;
    bool slowest; /* keep the longest restart_ns; else the earliest time_ns */
    uint64_t seen;
} rs_strikes;

/* rs_strikes_wants says whether rs_strikes_offer would keep `strike`. */
bool rs_strikes_wants(const rs_strikes *strikes, const rs_strike *strike);

/* rs_strikes_offer keeps a copy of `strike` if it is among the RS_STRIKES_KEPT best so far.
 * Owner: role stays the caller's and must outlive the keeper. */
void rs_strikes_offer(rs_strikes *strikes, const rs_strike *strike);

/* rs_strikes_sorted returns pointers to the kept strikes, best first, or NULL when there is none.
 * Owner: free() it; valid until the next offer. */
const rs_strike **rs_strikes_sorted(const rs_strikes *strikes);

/* rs_strikes_fini frees what the keeper holds; it is empty again. */
void rs_strikes_fini(rs_strikes *strikes);

#endif
