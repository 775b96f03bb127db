/* terminate_hang.c: the next terminate of a role never ends; a supervisor that stops it waits for
 * as long as its `shutdown` says, then kills it. Source: rules G8, G9, S20.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/faults/ambush.h"

static void hang_here(const rs_fault_blow *blow) {
    rs_fault_spring(blow);
    rs_hang();
}

const rs_fault_kind rs_fault_terminate_hang = {
    .name = "terminate_hang",
    .about = "makes the next terminate of a role wait for ever",
    .aim = RS_AIM_ROLE,
    .moment = RS_MOMENT_TERMINATE,
    .spares = true,
    .hangs = true,
    .portable = true,
    .strike = hang_here,
};
