/* fpe.c: the victim divides an integer by zero.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/faults/crash.h"
#include "scenarios/faults/fault.h"

static volatile int dividend = 7, divisor, quotient;

/* With volatile operands only the processor can divide: gcc would turn 1 / x into a comparison. */
__attribute__((noinline, no_sanitize("address", "thread", "undefined"))) static void
divide_by_zero(void) {
    quotient = dividend / divisor;
}

static void crash_here(uint64_t unused) {
    (void)unused;
    rs_fault_begin(RS_ATOM(sigfpe));
    divide_by_zero();
}

static void make_crash(const rs_fault_blow *blow) {
    rs_interrupt(blow->victim, crash_here, 0, blow->cause);
}

const rs_fault_kind rs_fault_fpe = {
    .name = "fpe",
    .about = "makes it divide an integer by zero",
    .portable = false,
    .reason = "sigfpe",
    .strike = make_crash,
};
