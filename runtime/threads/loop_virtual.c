/* loop_virtual.c: one thread plays all cores. Each core has its own time; the one that is furthest
 * behind moves next, and a task starts no earlier than it became ready. What happens is a function
 * of the program alone.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/bend.h"
#include "runtime/process/larder.h"
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

/* ---------------------------------------------------------------- who is ready, but not yet */

/* A core that is ahead makes others ready at a time to which the rest has not come. Designs know no
 * time: each hears of a task, as from the core that has woken it, when all cores have come to the
 * time at which it became ready. A heap, by time and then by order. */
typedef struct rs_held {
    rs_task *task;
    uint64_t order;
    uint32_t core;
    rs_ready_why why;
} rs_held;

static bool is_before(const rs_held *a, const rs_held *b) {
    if (a->task->ready_ns != b->task->ready_ns) return a->task->ready_ns < b->task->ready_ns;
    return a->order < b->order;
}

static void hold(rs_runtime *runtime, rs_core *core, rs_task *task, rs_ready_why why) {
    rs_held *heap = runtime->held, held = {task, runtime->held_order++, core->index, why};
    uint32_t at = runtime->held_count++;
    for (; at > 0 && is_before(&held, &heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = held;
}

static rs_held take_first(rs_runtime *runtime) {
    rs_held *heap = runtime->held, first = heap[0], last = heap[--runtime->held_count];
    uint32_t at = 0, count = runtime->held_count;
    for (uint32_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_before(&heap[child + 1], &heap[child])) child++;
        if (!is_before(&heap[child], &last)) break;
        heap[at] = heap[child];
    }
    heap[at] = last;
    return first;
}

static size_t heap_bytes(const rs_runtime *runtime) {
    return sizeof(rs_held) * runtime->sched_config.tasks_max;
}

/* One core is never behind another. */
rs_err rs_loop_virtual_init(rs_runtime *runtime) {
    if (runtime->core_count == 1) return RS_OK;
    runtime->held = rs_larder_take(runtime->larder, heap_bytes(runtime), RS_PAGE_BYTES);
    runtime->hold = hold;
    return runtime->held ? RS_OK : RS_ENOMEM;
}

void rs_loop_virtual_fini(rs_runtime *runtime) {
    rs_larder_give(runtime->larder, runtime->held, heap_bytes(runtime), RS_LARDER_UNKNOWN);
}

static void bring(rs_runtime *runtime, uint64_t now_ns) {
    while (runtime->held_count && runtime->held[0].task->ready_ns <= now_ns) {
        rs_held held = take_first(runtime);
        runtime->kind->ready(runtime->sched, held.task, held.core, held.why);
    }
}

/* ---------------------------------------------------------------- playing the cores */

static bool run_next(rs_runtime *runtime, rs_core *core) {
    bool again; /* it does: at every time at which something happens */
    rs_task *task = rs_sched_look(runtime->kind, runtime->sched, core->index, core->now_ns, &again);
    if (!task) return false;
    rs_core_play(core);
    rs_section_enter();
    rs_process_run(core, RS_CONTAINER(task, rs_process, task));
    rs_table_reclaim(core, false);
    rs_section_leave(core);
    return true;
}

static bool stands_still(rs_core *core) {
    uint64_t stall_ns = rs_bend_take_stall(core);
    core->now_ns += stall_ns;
    return stall_ns != 0;
}

/* Each core that stands at `now_ns` gets a look: what one cannot see may lie with another. */
static bool run_at(rs_runtime *runtime, uint64_t now_ns) {
    for (uint32_t i = 0; i < runtime->core_count; i++) {
        rs_core *core = &runtime->cores[i];
        if (core->now_ns == now_ns && (stands_still(core) || run_next(runtime, core))) return true;
    }
    return false;
}

/* The next time at which there may be work: RS_FOREVER when there is none to come. */
static uint64_t next_event(rs_runtime *runtime, uint64_t now_ns) {
    uint64_t next = rs_load(&runtime->cores[0].timers.first_ns, rs_relaxed);
    if (runtime->held_count && runtime->held[0].task->ready_ns < next)
        next = runtime->held[0].task->ready_ns;
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

/* Who was to be ready in between is brought when the cores look next. */
static void jump(rs_runtime *runtime) {
    for (uint32_t i = 0; i < runtime->core_count; i++)
        runtime->cores[i].now_ns += runtime->bends.jump_ns;
    runtime->bends.jump_ns = 0;
}

rs_err rs_loop_virtual(rs_runtime *runtime) {
    while (!rs_load(&runtime->stopping, rs_acquire)) {
        if (RS_UNLIKELY(runtime->bends.jump_ns)) jump(runtime);
        rs_core *core = earliest(runtime);
        expire(runtime, core);
        uint64_t now_ns = core->now_ns;
        bring(runtime, now_ns);
        if (run_at(runtime, now_ns)) continue;
        uint64_t next_ns = next_event(runtime, now_ns);
        if (next_ns == RS_FOREVER) return RS_ENOPROC;
        move_on(runtime, now_ns, next_ns);
    }
    return RS_OK;
}
