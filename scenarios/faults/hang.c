/* hang.c: the victim loops for ever. It is alive, so no supervisor does anything about it; kill and
 * exit signals end it, as they do anybody.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

/* Runaway code: no call, nothing that gives the core back. */
__attribute__((noinline)) static void loop_for_ever(void) {
    for (volatile uint64_t rounds = 0;; rounds = rounds + 1) continue;
}

static void hang_here(uint64_t unused) {
    (void)unused;
    rs_emit(RS_EVENT_FAULT, rs_self(), rs_self_role(), rs_self_cause());
    if (rs_clock_is_virtual()) rs_hang();
    loop_for_ever();
}

static void make_hang(const rs_fault_blow *blow) {
    rs_interrupt(blow->victim, hang_here, 0, blow->cause);
}

const rs_fault_kind rs_fault_hang = {
    .name = "hang",
    .about = "makes it loop for ever, alive",
    .spares = true,
    .hangs = true,
    .portable = true,
    .strike = make_hang,
};
