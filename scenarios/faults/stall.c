/* stall.c: scheduler threads are not scheduled: the cores that they play stand still, and what lies
 * there waits, unless others take it.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

static void stall_cores(const rs_fault_blow *blow) {
    rs_emit(RS_EVENT_FAULT, 0, blow->role, blow->cause);
    rs_bend_stall((uint32_t)blow->arguments[1], blow->arguments[0]);
}

const rs_fault_kind rs_fault_stall = {
    .name = "stall",
    .about = "keeps scheduler threads, the one that it comes from first, from running for so long",
    .aim = RS_AIM_RUNTIME,
    .parameters = {{"duration", RS_OPTION_DURATION, NULL, 1, RS_FAULT_DURATION_NS_MAX},
                   {"threads", RS_OPTION_INTEGER, "1", 1, RS_CORES_MAX}},
    .strike = stall_cores,
};
