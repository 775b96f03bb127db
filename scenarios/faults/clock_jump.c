/* clock_jump.c: the clock moves on at once, as after the sleep of a machine: all timers in between
 * are due, and restarts are older than they were. Erlang's monotonic time never goes back, so
 * neither does this.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

/* An hour: longer than any window of restarts. Waits for a core are told in 48 bits. */
#define JUMP_NS_MAX INT64_C(3600000000000)

static void jump(const rs_fault_blow *blow) {
    rs_emit(RS_EVENT_FAULT, 0, blow->role, blow->cause);
    rs_bend_jump(blow->arguments[0]);
}

const rs_fault_kind rs_fault_clock_jump = {
    .name = "clock_jump",
    .about = "moves the clock forward at once, as after the sleep of a machine",
    .aim = RS_AIM_RUNTIME,
    .parameters = {{"duration", RS_OPTION_DURATION, NULL, 1, JUMP_NS_MAX}},
    .strike = jump,
};
