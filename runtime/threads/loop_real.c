/* loop_real.c: a core on a thread of its own.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/bend.h"
#include "runtime/process/clock.h"
#include "runtime/process/intake.h"
#include "runtime/process/table.h"
#include "runtime/threads/loop.h"
#include "runtime/threads/monitor.h"
#include "runtime/threads/park.h"

#include <time.h>

/* Dispatches between two looks at the clock and the timers: at 100 ns each that is 3 us. */
#define LOOK_EVERY 32u
/* Spinning this long is as dear as one wake-up (20 us), so it never costs more than twice the best.
 */
#define SPIN_NS 20000u
/* Arrivals closer than this are awaited awake, because a sleeper comes 50 us late. */
#define NEAR_NS 50000u

/* seq_cst: a core that is about to sleep sees it, or the one that stops sees the core parked. */
static bool stopping(rs_core *core) {
    return rs_load(&core->runtime->stopping, rs_seq_cst);
}

/* Between two looks whether the run is over. */
#define STILL_NS UINT64_C(1000000)

/* Outside a section, where nobody waits for us; and without a process, so that nobody takes the
 * core away, as nobody does when the system takes the processor from a thread. */
static void stand_still(rs_core *core, uint64_t duration_ns) {
    rs_section_leave(core);
    uint64_t now_ns = rs_clock_real_ns(), until_ns = now_ns + duration_ns;
    for (; now_ns < until_ns && !stopping(core); now_ns = rs_clock_real_ns()) {
        uint64_t left_ns = until_ns - now_ns;
        const struct timespec slice = {.tv_nsec = (long)(left_ns < STILL_NS ? left_ns : STILL_NS)};
        nanosleep(&slice, NULL);
    }
    (void)rs_section_enter();
}

static void look_around(rs_core *core) {
    uint64_t stall_ns = rs_bend_take_stall(core);
    if (RS_UNLIKELY(stall_ns)) stand_still(core, stall_ns);
    if (rs_load(&core->look, rs_relaxed)) rs_store(&core->look, 0, rs_relaxed);
    rs_clock_refresh(core);
    rs_wait_tick(core, core->now_ns);
    rs_timer_expire(core, core->now_ns);
    rs_table_reclaim(core, false);
    if (RS_UNLIKELY(!rs_intake_is_empty(core->runtime))) rs_intake_take(core);
}

static uint64_t sleep_ns(rs_core *core) {
    uint64_t first = rs_load(&core->timers.first_ns, rs_relaxed);
    if (first == RS_FOREVER) return RS_FOREVER;
    uint64_t now = rs_clock_now(core);
    return first > now + NEAR_NS ? first - now - NEAR_NS : 0;
}

static rs_task *look(rs_core *core, bool *again) {
    return rs_sched_look(core->runtime->kind, core->runtime->sched, core->index, core->now_ns,
                         again);
}

/* Outside a section the core holds nobody's slots back. Each look at the others' queues takes their
 * cache lines from those who work, so looks grow rarer: from 0.2 to 1 us apart. */
static void pause_outside(rs_core *core, uint32_t looks) {
    rs_section_leave(core);
    uint32_t pauses = 16u << (looks < 2 ? looks : 2);
    for (uint32_t i = 0; i < pauses; i++) rs_relax();
    (void)rs_section_enter();
}

static rs_task *spin(rs_core *core, uint64_t start) {
    for (uint32_t looks = 0; !stopping(core); looks++) {
        bool again;
        look_around(core);
        rs_task *task = look(core, &again);
        if (task) return task;
        if (!again && core->now_ns - start > SPIN_NS && sleep_ns(core) != 0) return NULL;
        pause_outside(core, looks);
    }
    return NULL;
}

/* Whoever sleeps gives all it holds to those that work: slots whose grace period another core still
 * prolongs keep it awake, a moment at the most. */
static rs_task *sleep(rs_core *core) {
    rs_slab_flush(core);
    rs_table_reclaim(core, true);
    if (rs_table_is_waiting(core)) return NULL;
    rs_table_give_back(core);
    rs_park_announce(core);
    bool again;
    rs_task *task = look(core, &again);
    uint64_t timeout = sleep_ns(core);
    if (task || again || stopping(core) || timeout == 0 || !rs_intake_is_empty(core->runtime)) {
        rs_park_cancel(core);
        rs_monitor_rise(core->runtime); /* it may have taken us for asleep */
        return task;
    }
    rs_section_leave(core);
    rs_park_sleep(core, timeout);
    rs_monitor_rise(core->runtime);
    rs_section_enter();
    rs_clock_refresh(core);
    return NULL;
}

/* From the first look that finds nothing until the next task is found, a core is idle. */
static rs_task *wait_for_work(rs_core *core) {
    uint64_t start = rs_clock_now(core);
    rs_store(&core->idle_since_ns, start, rs_relaxed);
    rs_task *task = spin(core, start);
    if (!task && !stopping(core)) task = sleep(core);
    rs_store(&core->idle_since_ns, 0, rs_relaxed);
    rs_tally(&core->counters.idle_ns, core->now_ns - start);
    return task;
}

static void run_one(rs_core *core, rs_task *task) {
    rs_process_run(core, RS_CONTAINER(task, rs_process, task));
}

bool rs_loop_real(rs_core *core) {
    (void)rs_section_enter();
    while (rs_core_here() == core && !stopping(core)) {
        look_around(core);
        if (rs_process_run_ready(core, LOOK_EVERY) == LOOK_EVERY) continue;
        rs_task *task = stopping(core) ? NULL : wait_for_work(core);
        if (task) run_one(core, task);
    }
    rs_section_leave(core);
    return rs_core_here() == core;
}

/* A core that spins finds work by itself, so the system call is made only for those that sleep. */
void rs_loop_woken(rs_runtime *runtime, rs_core *core, uint32_t whom) {
    if (runtime->is_virtual || runtime->core_count == 1) return;
    bool woken = whom == RS_WAKE_ANY ? rs_park_wake_one(runtime, core->index + 1)
                                     : rs_park_wake(&runtime->cores[whom]);
    if (woken) rs_tally(&core->counters.wakes, 1);
}
