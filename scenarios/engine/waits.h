/* waits.h: how long processes waited from ready to running, by core and phase, in memory that
 * parent and child share. A wait belongs to the phase in which it began.
 * Thread: each core writes its own; the parent reads when the child is gone.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_WAITS_H
#define RS_WAITS_H

#include "reports/histogram.h"
#include "runtime/respawn.h"
#include "scenarios/language/plan.h"

typedef struct rs_waits_cell {
    rs_histogram sampled;
    uint64_t longest_ns; /* of those that were watched for, not sampled; 0: none */
} rs_waits_cell;

typedef struct rs_waits {
    rs_waits_cell *at; /* by core, then phase */
    uint32_t cores, phases;
} rs_waits;

/* rs_waits_init makes room; false without memory. Owner: rs_waits_fini. */
bool rs_waits_init(rs_waits *waits, uint32_t cores, uint32_t phases, rs_larder *larder);
void rs_waits_fini(rs_waits *waits, rs_larder *larder);

/* rs_waits_record adds a wait that `core` ended; see rs_observer. */
void rs_waits_record(rs_waits *waits, uint32_t core, uint32_t phase, uint64_t wait_ns,
                     bool sampled);

/* rs_waits_sum merges the samples of `phase` (all: waits->phases) into `sampled`, and returns the
 * longest wait known, 0 when there is none. */
uint64_t rs_waits_sum(const rs_waits *waits, uint32_t phase, rs_histogram *sampled);

#endif
