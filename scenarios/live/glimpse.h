/* glimpse.h: what can be seen of a run at one moment, ready to be shown: numbers and words, no
 * pointers into the run but to names that stay. Made by a lookout, or by a test.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_GLIMPSE_H
#define RS_GLIMPSE_H

#include "reports/result.h"
#include "scenarios/engine/shared.h"

/* More than any screen has lines for. */
#define RS_GLIMPSE_BLOWS 64u

/* A node of the plan, in the order of a drawn tree. */
typedef struct rs_glimpse_node {
    const char *id, *kind; /* a template's id is a star */
    uint32_t number;       /* see rs_shared_node */
    uint32_t depth;        /* the root's is 0 */
    bool supervisor, is_template;
    uint64_t roles; /* of a template: as many as are known by now; of others 1 */
    uint64_t down;  /* of them: where somebody died and nobody lives now */
    uint64_t restarts;
} rs_glimpse_node;

typedef struct rs_glimpse_blow {
    uint64_t time_ns;    /* since t = 0 */
    uint64_t restart_ns; /* as in rs_strike */
    const char *role;    /* the victim's path; "" for the root; NULL: nobody's */
    uint32_t incarnation, fault;
    uint32_t outcome; /* rs_strike_outcome */
    bool under_way;   /* it has not reached anybody yet */
} rs_glimpse_blow;

/* What a row tells, in ns. */
#define RS_GLIMPSE_QUANTILES(X)                                                                    \
    X(P50, "p50", RS_P50)                                                                          \
    X(P90, "p90", RS_P90)                                                                          \
    X(P99, "p99", RS_P99)                                                                          \
    X(P999, "p99.9", RS_P999)                                                                      \
    X(MAX, "max", RS_P100)

typedef enum rs_glimpse_quantile {
#define X(NAME, WORD, MILLIONTHS) RS_GLIMPSE_##NAME,
    RS_GLIMPSE_QUANTILES(X)
#undef X
        RS_GLIMPSE_QUANTILE_COUNT
} rs_glimpse_quantile;

/* Of all that has ended by now. */
typedef struct rs_glimpse_row {
    const char *name;
    uint64_t count, ns[RS_GLIMPSE_QUANTILE_COUNT];
} rs_glimpse_row;

/* The stages of a restart, in order, then the calls. */
#define RS_GLIMPSE_CALLS (RS_OUTAGE_STAGE_COUNT)
#define RS_GLIMPSE_ROWS  (RS_OUTAGE_STAGE_COUNT + 1u)

typedef struct rs_glimpse {
    const rs_plan *plan;
    rs_stage stage;
    uint64_t now_ns;         /* since t = 0, by the run's clock */
    uint64_t progress, goal; /* of the set-up; goal 0: it has none */
    uint64_t run, runs;      /* which repetition it is, from 1, of how many */
    /* by the run's clock, over the last second or so of the wall's */
    rs_optional calls_per_s, messages_per_s, restarts_per_s;
    rs_optional speed; /* simulated seconds in one of the wall's; unknown under the real clock */
    uint64_t failed, escalations;
    rs_glimpse_node *nodes;
    uint32_t node_count;
    rs_glimpse_row rows[RS_GLIMPSE_ROWS];
    rs_glimpse_blow blows[RS_GLIMPSE_BLOWS]; /* the latest first */
    uint32_t blow_count;
} rs_glimpse;

#endif
