/* signal.c: an exit signal with a reason of one's own, from outside. A victim that traps exits
 * takes it as a message and survives. Source: rules X1, X2.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

static void signal_victim(const rs_fault_blow *blow) {
    rs_emit(RS_EVENT_FAULT, blow->victim, rs_role_of(blow->victim), blow->cause);
    rs_exit_signal_cause(blow->victim, blow->reason, blow->cause);
}

const rs_fault_kind rs_fault_signal = {
    .name = "signal",
    .about = "sends it an exit signal from outside, which it may trap",
    .takes_reason = true,
    .portable = true,
    .strike = signal_victim,
};
