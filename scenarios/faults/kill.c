/* kill.c: the untrappable exit signal from outside; what a supervisor's brutal_kill sends.
 * Source: rule X3.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

static void kill_victim(uint64_t victim, uint64_t reason, uint32_t cause) {
    (void)reason;
    rs_emit(RS_EVENT_FAULT, victim, rs_role_of(victim), cause);
    rs_exit_signal_cause(victim, RS_ATOM(kill), cause);
}

const rs_fault_kind rs_fault_kill = {
    .name = "kill",
    .about = "kills it from outside; cannot be trapped",
    .portable = true,
    .reason = "killed",
    .strike = kill_victim,
};
