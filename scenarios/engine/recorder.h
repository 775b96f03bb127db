/* recorder.h: the observer of a run: joins deaths to the starts that follow them, follows the blows
 * of the fault plan, and tells the story to the trace hash and the rings.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_RECORDER_H
#define RS_RECORDER_H

#include "scenarios/engine/shared.h"

/* rs_recorder_observer returns an observer that records into `shared`. */
rs_observer rs_recorder_observer(rs_shared *shared);

/* rs_recorder_call adds the outcome of an operation of the plan's `load` to the trace hash of a
 * virtual run, and to its story where that tells calls. `reason` is why it failed, printed; "": it
 * was answered. */
void rs_recorder_call(rs_shared *shared, uint64_t time_ns, const rs_plan_load *load,
                      uint32_t client, const char *reason);

#endif
