/* search.h: what a search over many seeds has come to: how many lives, what struck them, and each
 * kind of failure with the lowest seed that shows it.
 * Invariant: it does not depend on the order in which attempts arrive, nor, while none is late, on
 * the machine.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SEARCH_H
#define RS_SEARCH_H

#include "reports/rows.h"
#include "scenarios/explore/attempt.h"

/* So many are told apart: far more than a tree of a scenario has, so that it does not matter which
 * of them came first. */
#define RS_SEARCH_KINDS_MAX 4096u
/* So many are told of, those with the lowest seeds: a tree with more has shown what it is. */
#define RS_SEARCH_SHOWN_MAX 64u

/* Failures of one check at one path. */
typedef struct rs_search_kind {
    rs_attempt_failure failure; /* of the lowest seed */
    uint64_t seed;              /* the lowest */
    uint64_t count;             /* lives that show it */
    const char *file;           /* that repeats it; NULL: none was written */
} rs_search_kind;

/* Lives that the wall's clock has ended: of them nobody knows what they would have come to. */
typedef struct rs_search_late {
    uint64_t count;
    uint64_t seed;         /* the lowest */
    uint64_t simulated_ns; /* how far that one had come */
} rs_search_late;

typedef struct rs_search {
    uint64_t lives, failed; /* of them, at least one thing failed in */
    uint64_t simulated_ns;  /* of all lives together; saturating */
    uint64_t hits[RS_ATTEMPT_KINDS_MAX];
    uint64_t sometimes[64]; /* lives in which it was seen, by place in the plan */
    uint64_t mix;           /* of all seeds and trace hashes; in no order */
    uint64_t omitted;       /* failures of kinds that found no room */
    uint64_t unchecked;     /* lives that were too long for any check to look at */
    rs_search_late late;
    RS_ROWS(rs_search_kind) kinds; /* sorted by check and path once rs_search_sort was called */
} rs_search;

/* rs_search_init begins with no lives; rs_search_fini frees what the kinds hold. */
void rs_search_init(rs_search *search);
void rs_search_fini(rs_search *search);

/* rs_search_add takes in one attempt. */
void rs_search_add(rs_search *search, const rs_attempt *attempt);

/* rs_search_join takes in what another search, over other seeds, has come to. */
void rs_search_join(rs_search *search, const rs_search *from);

/* rs_search_shown returns how many kinds people hear of. */
size_t rs_search_shown(const rs_search *search);

/* rs_search_sort brings the kinds into the order of their lowest seeds, then of their names. */
void rs_search_sort(rs_search *search);

#endif
