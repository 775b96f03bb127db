/* exit.c: the victim stops itself with a reason of one's own; cannot be trapped, for it is no
 * signal.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

/* The reason stays borrowed from the plan until it arrives: a victim that dies first owes nothing.
 */
static void exit_here(uint64_t reason) {
    rs_emit(RS_EVENT_FAULT, rs_self(), rs_self_role(), rs_self_cause());
    rs_term_retain(reason, 1);
    rs_exit(reason);
}

static void make_exit(const rs_fault_blow *blow) {
    rs_interrupt(blow->victim, exit_here, blow->reason, blow->cause);
}

const rs_fault_kind rs_fault_exit = {
    .name = "exit",
    .about = "makes it stop itself with the given reason",
    .takes_reason = true,
    .portable = true,
    .strike = make_exit,
};
