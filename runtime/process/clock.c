/* clock.c: the door for time.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/clock.h"

#include "runtime/process/machine.h"

#include <time.h>

uint64_t rs_clock_real_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t ahead_ns = rs_the_runtime ? rs_load(&rs_the_runtime->bends.ahead_ns, rs_relaxed) : 0;
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec + ahead_ns;
}

/* Cycles per slack are known once the counter has been watched for a while. */
#define WATCH_NS 1000000u

void rs_clock_refresh(rs_core *core) {
    core->now_ns = rs_clock_real_ns();
    core->now_ticks = rs_machine_ticks();
    if (core->first_ns == 0) {
        core->first_ns = core->now_ns;
        core->first_ticks = core->now_ticks;
        return;
    }
    uint64_t watched_ns = core->now_ns - core->first_ns;
    if (core->slack_ticks || watched_ns < WATCH_NS) return;
    uint64_t ticks = core->now_ticks - core->first_ticks;
    core->slack_ticks = (uint64_t)((unsigned __int128)ticks * RS_CLOCK_SLACK_NS / watched_ns);
}

uint64_t rs_clock_no_earlier(rs_core *core) {
    if (core->is_virtual) return core->now_ns;
    if (rs_machine_ticks() - core->now_ticks >= core->slack_ticks) rs_clock_refresh(core);
    return core->now_ns + RS_CLOCK_SLACK_NS;
}

uint64_t rs_now_ns(void) {
    const rs_core *core = rs_core_here();
    /* The core's real clock is not ours to touch in user mode; the virtual one has one thread. */
    return core && rs_clock_is_virtual() ? core->now_ns : rs_clock_real_ns();
}

/* Two readings of the clock are nearer to each other than this, unless the core did something else
 * in between. */
#define STEP_NS UINT64_C(1000)

/* Some 200 ns between readings: who is found in the vdso cannot be stopped, and whoever always is
 * loses the core and computes beside it, with more processors than the run has cores. */
static void compute_a_little(void) {
    for (volatile uint32_t i = 0; i < 80; i++) continue;
}

static void compute(uint64_t ns) {
    uint64_t last_ns = rs_clock_real_ns();
    for (uint64_t done_ns = 0; done_ns < ns;) {
        compute_a_little();
        uint64_t now_ns = rs_clock_real_ns(), step_ns = now_ns - last_ns;
        done_ns += step_ns < STEP_NS ? step_ns : STEP_NS;
        last_ns = now_ns;
    }
}

/* Spends up to a budget, and does what the monitor would have done by then: others first. */
static uint64_t spend_budget(uint64_t ns) {
    rs_core *core = rs_section_enter();
    uint64_t budget_ns = core->runtime->budget_ns, step_ns = ns < budget_ns ? ns : budget_ns;
    rs_clock_spend(core, step_ns);
    if (step_ns < ns) rs_or(&core->current->flags, RS_PROCESS_OVERRUN, rs_relaxed);
    rs_section_leave(rs_gate(core));
    return ns - step_ns;
}

void rs_compute(uint64_t ns) {
    if (!rs_clock_is_virtual()) {
        compute(ns);
        return;
    }
    while (ns) ns = spend_budget(ns);
}

bool rs_clock_is_virtual(void) {
    return rs_the_runtime && rs_the_runtime->is_virtual;
}
