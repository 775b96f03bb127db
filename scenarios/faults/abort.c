/* abort.c: the victim calls abort(), as a failed assertion does.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/faults/crash.h"
#include "scenarios/faults/fault.h"

#include <stdlib.h>

static void crash_here(uint64_t unused) {
    (void)unused;
    rs_fault_begin(RS_ATOM(sigabrt));
    abort();
}

static void make_crash(const rs_fault_blow *blow) {
    rs_interrupt(blow->victim, crash_here, 0, blow->cause);
}

const rs_fault_kind rs_fault_abort = {
    .name = "abort",
    .about = "makes it call abort()",
    .portable = false,
    .reason = "sigabrt",
    .strike = make_crash,
};
