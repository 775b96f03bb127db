/* reorder.c: a message is overtaken by the next one to the same process, whoever sends that; when
 * none comes, it arrives after a while.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

#define WITHIN_NS_MAX INT64_C(3600000000000)

static void reorder(const uint64_t *arguments, rs_mail_fate *fate) {
    fate->yields = true;
    fate->delay_ns = arguments[0];
}

const rs_fault_kind rs_fault_reorder = {
    .name = "reorder",
    .about = "lets the next message overtake it, or delays it for so long when none comes",
    .aim = RS_AIM_MAIL,
    .parameters = {{"within", RS_OPTION_DURATION, "10ms", 1, WITHIN_NS_MAX}},
    .portable = true,
    .bend = reorder,
};
