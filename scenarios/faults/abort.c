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

static void make_crash(uint64_t victim, uint64_t reason, uint32_t cause) {
    (void)reason;
    rs_interrupt(victim, crash_here, 0, cause);
}

const rs_fault_kind rs_fault_abort = {
    .name = "abort",
    .about = "makes it call abort()",
    .portable = false,
    .reason = "sigabrt",
    .strike = make_crash,
};
