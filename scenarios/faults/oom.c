/* oom.c: the victim allocates until its private memory has reached its limit.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

#define STEP_BYTES ((size_t)1 << 20)

/* In virtual time nobody can see it grow, so one allocation is as good as hundreds: it is more than
 * any limit. */
static void allocate_here(uint64_t unused) {
    (void)unused;
    rs_emit(RS_EVENT_FAULT, rs_self(), rs_self_role(), rs_self_cause());
    for (;;) rs_alloc(rs_clock_is_virtual() ? SIZE_MAX : STEP_BYTES);
}

static void exhaust(const rs_fault_blow *blow) {
    rs_interrupt(blow->victim, allocate_here, 0, blow->cause);
}

const rs_fault_kind rs_fault_oom = {
    .name = "oom",
    .about = "makes it allocate until its memory's limit ends it",
    .portable = false,
    .reason = "{system_limit,memory}",
    .strike = exhaust,
};
