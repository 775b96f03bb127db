/* baseline.h: sessions – one invocation of `run` each – and what of them is compared.
 * Owner: all texts and arrays of a session are its baseline's.
 * Thread: one at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_BASELINE_H
#define RS_BASELINE_H

#include "reports/result.h"
#include "reports/verdict/experiment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More numbers than this in one baseline are a mistake. */
#define RS_BASELINE_NUMBERS_MAX 1000000u

/* A statistic that is gated, one number a repetition. */
typedef struct rs_baseline_gate {
    const char *name; /* as in `gate` */
    const char *unit; /* ns, bytes, 1, per_s; static */
    rs_metric_better better;
    double tail;    /* share of the percentile it is; 0: it is none */
    double *values; /* NAN: not measured; INFINITY: never */
} rs_baseline_gate;

typedef struct rs_baseline_session {
    const char *source; /* where it was found, for messages */
    const char *scenario, *scenario_hash;
    const char *clock, *started_at;
    const char *trace_hash; /* of the first repetition; NULL in real time */
    uint64_t elapsed_ns;    /* of the first repetition, by the wall */
    uint64_t seed;
    rs_machine machine;
    rs_build build;
    RS_ROWS(rs_result_setting) settings; /* but for clock and seed, which stand above */
    rs_baseline_gate gates[RS_EXPERIMENT_METRICS];
    uint32_t gate_count;
    uint32_t repetitions;
} rs_baseline_session;

typedef struct rs_baseline {
    RS_ROWS(rs_baseline_session) sessions; /* oldest first */
    rs_texts texts;
} rs_baseline;

/* rs_baseline_add appends what `result` leaves, found in `source`. False, with a sentence in `why`,
 * when it is nothing to compare: no gate, no repetitions, a gate that is no metric; or when there
 * is no room. */
bool rs_baseline_add(rs_baseline *baseline, const rs_result *result, const char *source, char *why,
                     size_t bytes);

/* rs_baseline_gate_read fills unit, direction and tail of the statistic `name`, which is kept.
 * False when there is no such one. */
bool rs_baseline_gate_read(rs_baseline_gate *gate, const char *name);

/* rs_baseline_has_room says whether one more session of `numbers` numbers fits. */
bool rs_baseline_has_room(const rs_baseline *baseline, uint64_t numbers);

/* rs_baseline_number returns the number of a session: the median of its repetitions. */
double rs_baseline_number(const rs_baseline_session *session, uint32_t gate);

/* rs_baseline_is_virtual says whether it ran in virtual time. */
bool rs_baseline_is_virtual(const rs_baseline_session *session);

/* rs_baseline_fini frees all that `baseline` owns. */
void rs_baseline_fini(rs_baseline *baseline);

#endif
