/* exhaust_processes.c: there is no place for another process for a while, so nobody in the tree can
 * be started, nor started again.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

static void exhaust(const rs_fault_blow *blow) {
    rs_emit(RS_EVENT_FAULT, 0, blow->role, blow->cause);
    rs_bend_spawns(blow->arguments[0]);
}

const rs_fault_kind rs_fault_exhaust_processes = {
    .name = "exhaust_processes",
    .about = "leaves no place for new processes for so long: starts fail with system_limit",
    .aim = RS_AIM_RUNTIME,
    .parameters = {{"duration", RS_OPTION_DURATION, NULL, 1, RS_FAULT_DURATION_NS_MAX}},
    .strike = exhaust,
};
