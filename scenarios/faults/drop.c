/* drop.c: a message is lost. Whoever waits for the answer waits in vain, but still hears of a
 * death. SPDX-License-Identifier: MIT
 */
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

static void lose(const uint64_t *arguments, rs_mail_fate *fate) {
    (void)arguments;
    fate->copies = 0;
}

const rs_fault_kind rs_fault_drop = {
    .name = "drop",
    .about = "loses a message",
    .aim = RS_AIM_MAIL,
    .portable = true,
    .bend = lose,
};
