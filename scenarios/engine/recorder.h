/* recorder.h: the observer of a run: joins deaths to the starts that follow them, follows the blows
 * of the fault plan, and tells the story to the trace hash and the rings.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_RECORDER_H
#define RS_RECORDER_H

#include "scenarios/engine/shared.h"

/* rs_recorder_observer returns an observer that records into `shared`. */
rs_observer rs_recorder_observer(rs_shared *shared);

/* rs_recorder_call adds the outcome of a client's operation to the trace hash of a virtual run.
 * `outcome` is "answered" or why it failed. */
void rs_recorder_call(rs_shared *shared, uint64_t time_ns, const char *load, uint32_t client,
                      const char *outcome);

#endif
