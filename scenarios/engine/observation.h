/* observation.h: looks up what a run observed of one metric: in a phase, under a label, as one of
 * its aggregates.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_OBSERVATION_H
#define RS_OBSERVATION_H

#include "reports/result.h"
#include "scenarios/language/plan.h"

typedef struct rs_observation {
    bool known;
    bool never;       /* the value is +infinity: restarts that did not finish */
    double value;     /* in the metric's unit */
    uint64_t samples; /* behind it, the unfinished ones included; of histograms */
    char why[160];    /* why it is not known, or what the reader must know about it; "" */
} rs_observation;

/* rs_observation_find looks for what `expectation` speaks of. */
void rs_observation_find(const rs_result *result, const rs_plan *plan,
                         const rs_plan_expectation *expectation, rs_observation *observation);

/* rs_observation_gate looks for what `gate` speaks of: over the whole run, but for a first phase
 * that is called `warm`, unless it names a phase, or its metric is not told apart by phases. */
void rs_observation_gate(const rs_result *result, const rs_plan *plan,
                         const rs_plan_expectation *gate, rs_observation *observation);

/* rs_observation_print writes the value as a person reads it: "4.2 ms". */
void rs_observation_print(const rs_observation *observation, const rs_plan_expectation *expectation,
                          char *text, size_t bytes);

#endif
