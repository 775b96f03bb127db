/* init_slow.c: the next start of a role takes long, and its supervisor waits for it.
 * Source: rules G1, S6.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/faults/ambush.h"

static void wait_here(const rs_fault_blow *blow) {
    rs_fault_spring(blow);
    rs_sleep(blow->arguments[0]);
}

const rs_fault_kind rs_fault_init_slow = {
    .name = "init_slow",
    .about = "makes the next start of a role wait for so long before its init",
    .aim = RS_AIM_ROLE,
    .moment = RS_MOMENT_INIT,
    .parameters = {{"duration", RS_OPTION_DURATION, NULL, 1, RS_FAULT_DURATION_NS_MAX}},
    .spares = true,
    .portable = true,
    .strike = wait_here,
};
