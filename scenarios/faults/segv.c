/* segv.c: the victim writes through a bad pointer: the crash of everyday C.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/faults/crash.h"
#include "scenarios/faults/fault.h"

/* The pointer is volatile, so that no compiler sees through it; sanitizers must not get here first.
 */
__attribute__((noinline, no_sanitize("address", "thread", "undefined"))) static void
write_through_bad_pointer(void) {
    static int *volatile bad_pointer = NULL;
    *bad_pointer = 1;
}

static void crash_here(uint64_t unused) {
    (void)unused;
    rs_fault_begin(RS_ATOM(sigsegv));
    write_through_bad_pointer();
}

static void make_crash(const rs_fault_blow *blow) {
    rs_interrupt(blow->victim, crash_here, 0, blow->cause);
}

const rs_fault_kind rs_fault_segv = {
    .name = "segv",
    .about = "makes it write through a bad pointer",
    .portable = false,
    .reason = "sigsegv",
    .strike = make_crash,
};
