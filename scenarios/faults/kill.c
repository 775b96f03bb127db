/* kill.c: the untrappable exit signal from outside; what a supervisor's brutal_kill sends.
 * Source: rule X3.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

static void kill_victim(const rs_fault_blow *blow) {
    rs_emit(RS_EVENT_FAULT, blow->victim, rs_role_of(blow->victim), blow->cause);
    rs_exit_signal_cause(blow->victim, RS_ATOM(kill), blow->cause);
}

const rs_fault_kind rs_fault_kill = {
    .name = "kill",
    .about = "kills it from outside; cannot be trapped",
    .portable = true,
    .reason = "killed",
    .strike = kill_victim,
};
