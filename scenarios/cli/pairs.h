/* pairs.h: pairs of repetitions of two sides, one after another.
 * Thread: one at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_PAIRS_H
#define RS_CLI_PAIRS_H

#include "reports/verdict/verdict.h"
#include "scenarios/cli/seat.h"
#include "scenarios/cli/side.h"

/* A build may know other conditions than this one; of more, the first count. */
#define RS_PAIRS_SPOILERS 8u

typedef struct rs_pairs_spoiler {
    char condition[32];
    uint32_t count; /* repetitions */
} rs_pairs_spoiler;

/* What happened on one side beside what is gated. */
typedef struct rs_pairs_side {
    uint32_t untrusted; /* repetitions whose gated metrics were spoiled, as they say themselves */
    rs_pairs_spoiler spoilers[RS_PAIRS_SPOILERS]; /* what by; count 0: no more */
    uint32_t late; /* repetitions in which an expectation on timing failed */
} rs_pairs_side;

typedef struct rs_pairs {
    const rs_side *a, *b;
    rs_experiment experiment;
    rs_verdict_pair rows[RS_PAIRS_MAX]; /* that count: experiment.pairs of them */
    rs_pairs_side of_a, of_b;
    rs_seat seat;                             /* open while pairs are run */
    char missing[RS_EXPERIMENT_METRICS][160]; /* why a metric had no number the first time; "" */
    uint64_t budget_ns;                       /* 0: none */
    uint64_t began_ns;
    int status;        /* exit status so far; of the verdict nothing */
    bool other_story;  /* of counts: A and B did not do the same */
    char story[2][64]; /* of counts: the trace hashes of A and B; "" */
    bool out_of_time;  /* the next look would have come too late */
    char why[1024];    /* when it could not go on: a sentence */
    char *command;     /* that repeats what failed; NULL. Owner: who made the pairs */

    /* Takes what is measured out of a repetition that went well; `why` says if it is not there. */
    void (*read)(struct rs_pairs *pairs, const rs_side *side, const rs_side_run *run,
                 double *values);
} rs_pairs;

/* rs_pairs_init prepares pairs of `a` and `b`, without a metric. */
void rs_pairs_init(rs_pairs *pairs, const rs_side *a, const rs_side *b, double threshold,
                   uint64_t budget_ns);

/* rs_pairs_run_one carries out one pair, as `pair` says, and fills in its values. False when it
 * could not: `why`, `status` and `command` tell. */
bool rs_pairs_run_one(rs_pairs *pairs, rs_verdict_pair *pair);

#endif
