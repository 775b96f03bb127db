/* condition.h: the catalogue of what may spoil numbers, though the program under test has no part
 * in it: the machine, and the harness itself. Each is judged by what was read beside the run. Pure.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CONDITION_H
#define RS_CONDITION_H

#include "scenarios/engine/surroundings.h"

/* All that conditions are judged by. What is zeroed is not known. */
typedef struct rs_evidence {
    const rs_surroundings *start, *end; /* of the phases */
    uint32_t threads;                   /* of the runtime */
    uint32_t processors;                /* that it may run on */
    rs_optional clock_step_ns;          /* of the wall clock, between two looks */
    rs_optional unsent;                 /* share of the requests due, of the load that has most */
    const rs_result *result;            /* with its metrics */
} rs_evidence;

typedef struct rs_condition {
    const char *name;
    const char *unit;   /* 1: a share; ns */
    double threshold;   /* beyond it numbers are wrong */
    bool slows;         /* it can only make numbers look worse, so that what passes, passes */
    const char *spoils; /* metrics in ns and per second: names, or what they begin with */
    const char *about;  /* one sentence */
    /* judge tells in `row` what was observed, or why that is not known; and the threshold, where
     * this run has one of its own. Owner of texts: `result`. */
    void (*judge)(const rs_evidence *evidence, rs_result *result, rs_result_condition *row);
} rs_condition;

/* rs_conditions is the catalogue, in the order that `respawn list` shows; ends with a NULL name. */
extern const rs_condition rs_conditions[];

/* rs_condition_add_all appends to `result` a row for each condition, judged. */
void rs_condition_add_all(rs_result *result, const rs_evidence *evidence);

#endif
