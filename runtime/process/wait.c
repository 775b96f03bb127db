/* wait.c: how long processes wait, from ready to running: the rare half of it.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/wait.h"

#include "runtime/process/clock.h"

/* The stamp of a timed wait is older than any other, so that one comparison finds both. */
#define TIMED INT32_MIN

/* How many waits go by until the next one is timed. The distance is random, or processes that take
 * turns would meet the count in step. */
static uint32_t draw(rs_core *core) {
    if (core->is_virtual) return 0;
    if (!core->runtime->observer.wait) return UINT32_MAX;
    return (uint32_t)rs_prng_below(&core->chance, 2 * RS_WAIT_EVERY - 1);
}

void rs_wait_init(rs_core *core) {
    rs_prng_init_indexed(&core->chance, core->runtime->sched_config.seed, "waits", core->index);
    core->until_timed = draw(core);
    core->first_tick_ns = core->now_ns;
    rs_store(&core->longest_ticks, RS_WAIT_LATE_TICKS, rs_relaxed);
    rs_store(&core->late_tick, -RS_WAIT_LATE_TICKS, rs_relaxed);
}

/* Two may write at once: then a stamp is a tick off. */
void rs_wait_tick(rs_core *core, uint64_t now_ns) {
    int32_t tick = (int32_t)((now_ns - core->first_tick_ns) >> RS_WAIT_TICK_BITS);
    if (rs_load(&core->tick, rs_relaxed) == tick) return;
    rs_store(&core->tick, tick, rs_relaxed);
    rs_store(&core->late_tick, tick - rs_load(&core->longest_ticks, rs_relaxed), rs_relaxed);
}

rs_process *rs_wait_time(rs_core *core, rs_process *process, rs_ready_why why) {
    uint64_t now_ns = rs_clock_now(core) & RS_READY_NS_MAX;
    bool is_ahead = core->is_virtual && process->task.ready_ns > now_ns; /* see tell_turn */
    if (!is_ahead) process->task.ready_ns = now_ns & RS_READY_NS_MAX;
    process->task.timed = 1;
    process->ready_tick = TIMED;
    core->until_timed = draw(core);
    rs_runtime *runtime = core->runtime;
    if (!runtime->hold) return process;
    runtime->hold(runtime, core, &process->task, why);
    return NULL;
}

static void tell(rs_core *core, uint64_t wait_ns, bool sampled) {
    const rs_observer *observer = &core->runtime->observer;
    uint64_t ready_ns = core->now_ns - wait_ns;
    if (observer->wait) observer->wait(observer->context, core->index, ready_ns, wait_ns, sampled);
}

static void end_timed(rs_core *core, rs_task *task) {
    task->timed = 0;
    int64_t wait_ns = rs_task_wait_ns(task, rs_clock_now(core));
    tell(core, wait_ns > 0 ? (uint64_t)wait_ns : 0, true);
}

/* The first tick may have been over when the wait began: what is told is no longer than it was, as
 * far as the tick was in time. */
static void end_longest(rs_core *core, int32_t ready_tick) {
    int32_t ticks = rs_load(&core->tick, rs_relaxed) - ready_tick;
    if (ticks <= RS_WAIT_LATE_TICKS) return; /* the tick was set back meanwhile */
    rs_store(&core->longest_ticks, ticks, rs_relaxed);
    rs_store(&core->late_tick, ready_tick, rs_relaxed);
    rs_clock_refresh(core);
    tell(core, (uint64_t)(ticks - 1) << RS_WAIT_TICK_BITS, false);
}

rs_process *rs_wait_tell(rs_core *core, rs_process *process) {
    if (process->task.timed)
        end_timed(core, &process->task);
    else
        end_longest(core, process->ready_tick);
    return process;
}

void rs_waits_forget(void) {
    rs_runtime *runtime = rs_the_runtime;
    for (uint32_t i = 0; i < runtime->core_count; i++)
        rs_store(&runtime->cores[i].longest_ticks, RS_WAIT_LATE_TICKS, rs_relaxed);
}
