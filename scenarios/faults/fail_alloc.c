/* fail_alloc.c: memory is short once. Whom it hits is known when somebody asks for some; the
 * runtime tells the fault then.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

static void fail_alloc(const rs_fault_blow *blow) {
    rs_bend_alloc(blow->arguments[0], blow->end_ns, blow->cause);
}

const rs_fault_kind rs_fault_fail_alloc = {
    .name = "fail_alloc",
    .about = "lets the n-th allocation from then on in the tree fail: who asked for it exits",
    .aim = RS_AIM_RUNTIME,
    .parameters = {{"n", RS_OPTION_INTEGER, "1", 1, 1000000000}},
    .reason = "{system_limit,memory}",
    .strike = fail_alloc,
};
