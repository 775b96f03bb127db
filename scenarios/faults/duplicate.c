/* duplicate.c: a message arrives twice: a request is then handled twice and answered twice, and the
 * caller takes the first answer.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

static void duplicate(const uint64_t *arguments, rs_mail_fate *fate) {
    (void)arguments;
    fate->copies = 2;
}

const rs_fault_kind rs_fault_duplicate = {
    .name = "duplicate",
    .about = "lets a message arrive twice",
    .aim = RS_AIM_MAIL,
    .portable = true,
    .bend = duplicate,
};
