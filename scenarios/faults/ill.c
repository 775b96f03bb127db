/* ill.c: the victim meets an instruction that there is not.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/faults/crash.h"
#include "scenarios/faults/fault.h"

static void crash_here(uint64_t unused) {
    (void)unused;
    rs_fault_begin(RS_ATOM(sigill));
    __builtin_trap(); /* ud2 */
}

static void make_crash(const rs_fault_blow *blow) {
    rs_interrupt(blow->victim, crash_here, 0, blow->cause);
}

const rs_fault_kind rs_fault_ill = {
    .name = "ill",
    .about = "makes it run an instruction that there is not",
    .portable = false,
    .reason = "sigill",
    .strike = make_crash,
};
