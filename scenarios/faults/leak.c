/* leak.c: the victim allocates memory and forgets it. It lives on, until its limit ends it one day.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

static void allocate_here(uint64_t bytes) {
    rs_emit(RS_EVENT_FAULT, rs_self(), rs_self_role(), rs_self_cause());
    rs_alloc(bytes);
}

static void make_leak(const rs_fault_blow *blow) {
    rs_interrupt(blow->victim, allocate_here, blow->arguments[0], blow->cause);
}

const rs_fault_kind rs_fault_leak = {
    .name = "leak",
    .about = "makes it allocate so much and forget it",
    .parameters = {{"bytes", RS_OPTION_BYTES, NULL, 1, RS_ARENA_BYTES_MAX}},
    .spares = true,
    .portable = false,
    .strike = make_leak,
};
