/* tally.h: adds up what a run left in shared memory into a result.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TALLY_H
#define RS_TALLY_H

#include "reports/result.h"
#include "scenarios/engine/shared.h"
#include "scenarios/engine/watch.h"

/* rs_tally_fill writes everything that was measured into `result`. Called once per run, when the
 * child is gone. */
void rs_tally_fill(rs_result *result, rs_shared *shared, const rs_ending *ending);

/* The parts of it, one file each. */
void rs_tally_restarts(rs_result *result, rs_shared *shared);
void rs_tally_calls(rs_result *result, const rs_shared *shared, const rs_ending *ending);
void rs_tally_faults(rs_result *result, rs_shared *shared);
void rs_tally_state(rs_result *result, const rs_shared *shared);

/* rs_tally_phase_ns returns how much of phase `index` the run went through. */
uint64_t rs_tally_phase_ns(const rs_shared *shared, uint32_t index);

#endif
