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

/* Timers lie in core 0's heap; they fire on the core whose time has come. */
static void expire(rs_runtime *runtime, rs_core *core) {
    if (rs_load(&runtime->cores[0].timers.first_ns, rs_relaxed) > core->now_ns) return;
    rs_core_play(core);
    rs_section_enter();
    rs_timer_expire(core, core->now_ns);
    rs_section_leave(core);
}

/* A core that is behind may find what another has made ready later than its own time. To follow it
 * there would miss the timers until then: the task waits, by its time, until all have come to it.
 */
static void postpone(rs_task **later, rs_task *task) {
    while (*later && (*later)->ready_ns <= task->ready_ns) later = &(*later)->next;
    task->next = *later;
    *later = task;
}

static void bring(rs_runtime *runtime, rs_task **later, rs_core *core) {
    for (rs_task *task; (task = *later) && task->ready_ns <= core->now_ns;) {
        *later = task->next;
        runtime->kind->ready(runtime->sched, task, core->index, RS_READY_YIELD);
    }
}

static bool run_next(rs_runtime *runtime, rs_task **later, rs_core *core) {
    rs_task *task = runtime->kind->next(runtime->sched, core->index);
    if (!task) return false;
    if (core->now_ns < task->ready_ns) {
        postpone(later, task);
        return true;
    }
    rs_core_play(core);
    rs_section_enter();
    rs_process_run(core, RS_CONTAINER(task, rs_process, task));
    rs_table_reclaim(core, false);
    rs_section_leave(core);
    return true;
}

/* Each core that stands at `now_ns` gets a look: what one cannot see may lie with another. */
static bool run_at(rs_runtime *runtime, rs_task **later, uint64_t now_ns) {
    for (uint32_t i = 0; i < runtime->core_count; i++)
        if (runtime->cores[i].now_ns == now_ns && run_next(runtime, later, &runtime->cores[i]))
            return true;
    return false;
}

/* The next time at which there may be work: RS_FOREVER when there is none to come. */
static uint64_t next_event(rs_runtime *runtime, const rs_task *later, uint64_t now_ns) {
    uint64_t next = rs_load(&runtime->cores[0].timers.first_ns, rs_relaxed);
    if (later && later->ready_ns < next) next = later->ready_ns;
    for (uint32_t i = 0; i < runtime->core_count; i++) {
        uint64_t time = runtime->cores[i].now_ns;
        if (time > now_ns && time < next) next = time;
    }
    return next;
}

static void move_on(rs_runtime *runtime, uint64_t from_ns, uint64_t to_ns) {
    for (uint32_t i = 0; i < runtime->core_count; i++)
        if (runtime->cores[i].now_ns == from_ns) {
            rs_tally(&runtime->cores[i].counters.idle_ns, to_ns - from_ns);
            runtime->cores[i].now_ns = to_ns;
        }
}

rs_err rs_loop_virtual(rs_runtime *runtime) {
    rs_task *later = NULL;
    while (!rs_load(&runtime->stopping, rs_acquire)) {
        rs_core *core = earliest(runtime);
        expire(runtime, core);
        bring(runtime, &later, core);
        uint64_t now_ns = core->now_ns;
        if (run_at(runtime, &later, now_ns)) continue;
        uint64_t next_ns = next_event(runtime, later, now_ns);
        if (next_ns == RS_FOREVER) return RS_ENOPROC;
        move_on(runtime, now_ns, next_ns);
    }
    return RS_OK;
}
