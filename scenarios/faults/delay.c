/* delay.c: a message takes its time; others overtake it.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

/* Longer than any run is useful. */
#define DELAY_NS_MAX INT64_C(3600000000000)

static void delay(const uint64_t *arguments, rs_mail_fate *fate) {
    fate->delay_ns = arguments[0];
}

const rs_fault_kind rs_fault_delay = {
    .name = "delay",
    .about = "lets a message arrive later, behind others",
    .aim = RS_AIM_MAIL,
    .parameters = {{"duration", RS_OPTION_DURATION, NULL, 1, DELAY_NS_MAX}},
    .portable = true,
    .bend = delay,
};
