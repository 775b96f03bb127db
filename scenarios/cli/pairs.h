/* pairs.h: pairs of repetitions of two sides, until each gated metric has its word.
 * Thread: one at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_PAIRS_H
#define RS_CLI_PAIRS_H

#include "reports/verdict/verdict.h"
#include "runtime/base/prng.h"
#include "scenarios/cli/seat.h"
#include "scenarios/cli/side.h"
#include "scenarios/engine/progress.h"

/* Counts repeat; the second shows that they do, and the third where the first was odd. */
#define RS_PAIRS_COUNTED 3u

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
    bool counting;     /* instructions, and nothing else */
    bool other_story;  /* when counting: A and B did not do the same */
    char story[2][64]; /* when counting: the trace hashes of A and B; "" */
    bool out_of_time;  /* the next look would have come too late */
    bool interrupted;
    char why[1024];     /* when it could not go on: a sentence */
    char command[2048]; /* that repeats what failed; "" */
} rs_pairs;

/* rs_pairs_init prepares pairs of `a` and `b`, which gate the same metrics. */
void rs_pairs_init(rs_pairs *pairs, const rs_side *a, const rs_side *b, double threshold,
                   uint64_t budget_ns);

/* rs_pairs_run carries them out. `tell`, unless NULL, gets a line of progress now and then. */
void rs_pairs_run(rs_pairs *pairs, FILE *tell);

/* rs_pairs_count counts instructions instead, in RS_PAIRS_COUNTED pairs with the scenario's seed;
 * the sides have a `callgrind`. The experiment's one metric then has its word. */
void rs_pairs_count(rs_pairs *pairs, FILE *tell);

#endif
