/* stack_overflow.c: the victim recurses until it meets the guard below its stack.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/faults/crash.h"
#include "scenarios/faults/fault.h"

/* Each call reads and writes its own frame after the inner one returned, so that the recursion
 * cannot become a loop; `depth_max` is volatile, so that nobody can prove it endless. */
__attribute__((noinline, no_sanitize("address", "thread", "undefined"))) static uint64_t
descend(uint64_t depth) {
    static volatile uint64_t depth_max = UINT64_MAX;
    volatile uint64_t frame[16];
    frame[depth % 16] = depth;
    if (depth == depth_max) return 0;
    return descend(depth + 1) + frame[depth % 16];
}

static void crash_here(uint64_t unused) {
    (void)unused;
    rs_fault_begin(RS_ATOM(stack_overflow));
    descend(0);
}

static void make_crash(const rs_fault_blow *blow) {
    rs_interrupt(blow->victim, crash_here, 0, blow->cause);
}

const rs_fault_kind rs_fault_stack_overflow = {
    .name = "stack_overflow",
    .about = "makes it recurse until its stack is full",
    .portable = false,
    .reason = "stack_overflow",
    .strike = make_crash,
};
