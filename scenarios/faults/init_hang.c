/* init_hang.c: the next start of a role never ends. Whoever starts it waits without limit, a
 * supervisor as well, which then heeds nobody but a kill. Source: rules G1, S6, S32.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/faults/ambush.h"

static void hang_here(const rs_fault_blow *blow) {
    rs_fault_spring(blow);
    rs_hang();
}

const rs_fault_kind rs_fault_init_hang = {
    .name = "init_hang",
    .about = "makes the next start of a role wait for ever before its init",
    .aim = RS_AIM_ROLE,
    .moment = RS_MOMENT_INIT,
    .spares = true,
    .hangs = true,
    .portable = true,
    .strike = hang_here,
};
