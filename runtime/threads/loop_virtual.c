/* loop_virtual.c: one thread plays all cores. Each core has its own time; the one that is furthest
 * behind moves next, and a task starts no earlier than it became ready. What happens is a function
 * of the program alone.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/table.h"
#include "runtime/threads/loop.h"

static rs_core *earliest(rs_runtime *runtime) {
    rs_core *first = &runtime->cores[0];
    for (uint32_t i = 1; i < runtime->core_count; i++)
        if (runtime->cores[i].now_ns < first->now_ns) first = &runtime->cores[i];
    return first;
}

static rs_core *latest(rs_runtime *runtime) {
    rs_core *last = &runtime->cores[0];
    for (uint32_t i = 1; i < runtime->core_count; i++)
        if (runtime->cores[i].now_ns > last->now_ns) last = &runtime->cores[i];
    return last;
}

/* Timers lie in core 0's heap; they fire on the core whose time has come. */
static void expire(rs_runtime *runtime, rs_core *core) {
    if (rs_load(&runtime->cores[0].timers.first_ns, rs_relaxed) > core->now_ns) return;
    rs_core_play(core);
    rs_section_enter();
    rs_timer_expire(core, core->now_ns);
    rs_section_leave(core);
}

static bool run_next(rs_runtime *runtime, rs_core *core) {
    rs_task *task = runtime->kind->next(runtime->sched, core->index);
    if (!task) return false;
    rs_core_play(core);
    if (core->now_ns < task->ready_ns) core->now_ns = task->ready_ns;
    rs_section_enter();
    rs_process_run(core, RS_CONTAINER(task, rs_process, task));
    rs_table_reclaim(core, false);
    rs_section_leave(core);
    return true;
}

/* Nobody has work: all cores move on to the next timer. */
static bool skip_to_timer(rs_runtime *runtime) {
    uint64_t first = rs_load(&runtime->cores[0].timers.first_ns, rs_relaxed);
    if (first == RS_FOREVER) return false;
    for (uint32_t i = 0; i < runtime->core_count; i++)
        if (runtime->cores[i].now_ns < first) runtime->cores[i].now_ns = first;
    return true;
}

/* An idle core follows the next one that may make work for it. */
static bool catch_up(rs_runtime *runtime, rs_core *idle) {
    uint64_t next = latest(runtime)->now_ns;
    for (uint32_t i = 0; i < runtime->core_count; i++) {
        uint64_t time = runtime->cores[i].now_ns;
        if (time > idle->now_ns && time < next) next = time;
    }
    uint64_t timer = rs_load(&runtime->cores[0].timers.first_ns, rs_relaxed);
    if (timer > idle->now_ns && timer < next) next = timer;
    if (next <= idle->now_ns) return false;
    idle->now_ns = next;
    return true;
}

rs_err rs_loop_virtual(rs_runtime *runtime) {
    while (!rs_load(&runtime->stopping, rs_acquire)) {
        rs_core *core = earliest(runtime);
        expire(runtime, core);
        if (run_next(runtime, core)) continue;
        if (catch_up(runtime, core)) continue;
        /* All cores stand at one time; each gets one look before time moves. */
        bool found = false;
        for (uint32_t i = 0; i < runtime->core_count && !found; i++)
            found = run_next(runtime, &runtime->cores[i]);
        if (found) continue;
        if (!skip_to_timer(runtime)) return RS_ENOPROC;
    }
    return RS_OK;
}
