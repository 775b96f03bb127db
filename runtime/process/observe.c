/* observe.c: telling the observer, and reading the runtime's own counts.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/observe.h"

#include "runtime/process/clock.h"

static void tell(rs_core *core, const rs_event *event) {
    const rs_observer *observer = &core->runtime->observer;
    if (observer->event) observer->event(observer->context, event);
}

void rs_observe(rs_core *core, rs_event_kind kind, rs_process *process, rs_term reason,
                uint32_t detail, uint64_t other_ns) {
    if (process->role == 0 || !core->runtime->observer.event) return;
    const rs_event event = {
        .time_ns = rs_clock_now(core),
        .other_ns = other_ns,
        .pid = rs_process_pid(process),
        .reason = reason,
        .role = process->role,
        .cause = process->cause,
        .kind = (uint16_t)kind,
        .core = (uint16_t)core->index,
        .detail = detail,
    };
    tell(core, &event);
}

void rs_emit_detail(rs_event_kind kind, rs_pid pid, uint32_t role, uint32_t cause, uint32_t detail,
                    rs_term reason) {
    if (role == 0) return;
    rs_core *core = rs_section_enter();
    const rs_event event = {
        .time_ns = rs_clock_now(core),
        .pid = pid,
        .reason = reason,
        .role = role,
        .cause = cause,
        .kind = (uint16_t)kind,
        .core = (uint16_t)core->index,
        .detail = detail,
    };
    tell(core, &event);
    rs_section_leave(core);
}

void rs_emit(rs_event_kind kind, rs_pid pid, uint32_t role, uint32_t cause) {
    rs_emit_detail(kind, pid, role, cause, 0, 0);
}

uint32_t rs_role_number(uint32_t parent, const char *key) {
    rs_core *core = rs_section_enter();
    const rs_observer *observer = &core->runtime->observer;
    uint32_t number = observer->role ? observer->role(observer->context, parent, key) : 0;
    rs_section_leave(core);
    return number;
}

void rs_memory_read(rs_memory_use *use) {
    rs_runtime *runtime = rs_the_runtime;
    int64_t live[RS_CATEGORY_COUNT] = {0};
    uint64_t spawned = 0, exited = 0;
    for (uint32_t i = 0; i < runtime->core_count; i++) {
        const rs_core *core = &runtime->cores[i];
        for (uint32_t c = 0; c < RS_CATEGORY_COUNT; c++) live[c] += core->slab.live[c];
        spawned += core->counters.spawned;
        exited += core->counters.exited;
    }
    *use = (rs_memory_use){
        .processes = spawned - exited,
        .arena = (uint64_t)live[RS_CATEGORY_ARENA],
        .message = (uint64_t)live[RS_CATEGORY_MESSAGE],
        .relation = (uint64_t)live[RS_CATEGORY_RELATION],
        .timer = (uint64_t)live[RS_CATEGORY_TIMER],
        .stack = (uint64_t)live[RS_CATEGORY_STACK],
        .other = (uint64_t)live[RS_CATEGORY_OTHER],
    };
}

void rs_counters_read(rs_counters *counters) {
    rs_runtime *runtime = rs_the_runtime;
    *counters = (rs_counters){0};
    for (uint32_t i = 0; i < runtime->core_count; i++) {
        const rs_counters *part = &runtime->cores[i].counters;
        counters->signals += part->signals;
        counters->spawned += part->spawned;
        counters->exited += part->exited;
        counters->crashed += part->crashed;
        counters->dispatches += part->dispatches;
        counters->parks += part->parks;
        counters->wakes += part->wakes;
        counters->work += part->work;
        counters->steals += runtime->kind->steals(runtime->sched, i);
    }
}
