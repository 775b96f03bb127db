/* flood.c: messages that nobody understands arrive in front of one. As with OTP's behaviours, what
 * is no call and no cast is dropped by who does not know it, so that a flood costs time and memory,
 * and nobody's state.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

/* All of them are sent at once, where nothing can stop the sender: half a millisecond. */
#define COUNT_MAX 10000

static void flood(const uint64_t *arguments, rs_mail_fate *fate) {
    fate->junk = (uint32_t)arguments[0];
}

const rs_fault_kind rs_fault_flood = {
    .name = "flood",
    .about = "lets so many messages arrive before it that mean nothing",
    .aim = RS_AIM_MAIL,
    .parameters = {{"count", RS_OPTION_INTEGER, NULL, 1, COUNT_MAX}},
    .portable = true,
    .bend = flood,
};
