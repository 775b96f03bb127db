/* slow.c: the victim computes for a while before it goes on: a collection of garbage, a cache that
 * was cold, a query gone wrong.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

static void compute_here(uint64_t duration_ns) {
    rs_emit(RS_EVENT_FAULT, rs_self(), rs_self_role(), rs_self_cause());
    rs_compute(duration_ns);
}

static void make_slow(const rs_fault_blow *blow) {
    rs_interrupt(blow->victim, compute_here, blow->arguments[0], blow->cause);
}

const rs_fault_kind rs_fault_slow = {
    .name = "slow",
    .about = "makes it compute for so long before it goes on",
    .parameters = {{"duration", RS_OPTION_DURATION, NULL, 1, RS_FAULT_DURATION_NS_MAX}},
    .spares = true,
    .portable = true,
    .strike = make_slow,
};
