/* observe.c: telling the observer, and reading the runtime's own counts.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/observe.h"

#include "runtime/process/clock.h"
#include "runtime/process/signal.h"

#include <string.h>

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

/* Of who runs on without its core, only what never changes may be read. A behaviour itself may lie
 * where the process writes, its module does not. */
static void name_code(rs_turn *turn, const rs_process *process) {
    const void *module = rs_load(&((rs_process *)(uintptr_t)process)->module, rs_relaxed);
    if (!process->behaviour)
        turn->entry = (rs_entry *)(uintptr_t)module;
    else if (module)
        turn->module = *(const char *const *)module;
}

static rs_turn turn_of(const rs_core *core, const rs_process *process, rs_turn_end end) {
    rs_turn turn = {
        .from_ns = core->turn_ns,
        .to_ns = core->now_ns,
        .pid = rs_process_pid(process),
        .role = process->role,
        .core = core->index,
        .end = end,
    };
    if (end != RS_TURN_LOST) name_code(&turn, process);
    return turn;
}

/* What comes before the next turn, such as a death, begins where this one ended. */
static void tell_turn(rs_core *core, const rs_turn *turn) {
    const rs_observer *observer = &core->runtime->observer;
    observer->turn(observer->context, turn);
    core->turn_ns = turn->to_ns;
}

void rs_observe_turn(rs_core *core, const rs_process *process, rs_turn_end end) {
    if (!core->runtime->observer.turn) return;
    const rs_turn turn = turn_of(core, process, end);
    tell_turn(core, &turn);
}

rs_turn rs_observe_begin_death(const rs_core *core, const rs_process *dying) {
    if (!core->runtime->observer.turn) return (rs_turn){0};
    return turn_of(core, dying, RS_TURN_DEATH);
}

void rs_observe_death(rs_core *core, rs_turn *turn) {
    if (!core->runtime->observer.turn) return;
    if (!core->is_virtual) rs_clock_refresh(core);
    turn->to_ns = core->now_ns;
    tell_turn(core, turn);
}

bool rs_observer_send(rs_pid to, const rs_type *type, const void *payload, uint32_t bytes) {
    rs_core *core = rs_core_here();
    rs_message *message = rs_signal_alloc(core, bytes);
    if (!message) return false;
    message->kind = RS_MESSAGE;
    message->type = type;
    if (bytes) memcpy(message->payload, payload, bytes);
    if (rs_signal_try_push(core, to, message)) return true;
    rs_signal_release(core, message);
    return false;
}

void rs_observe_other(rs_core *core, rs_event_kind kind, rs_pid pid, uint32_t role, uint32_t cause,
                      uint32_t detail, rs_term reason) {
    if (role == 0 || !core->runtime->observer.event) return;
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
}

void rs_emit_detail(rs_event_kind kind, rs_pid pid, uint32_t role, uint32_t cause, uint32_t detail,
                    rs_term reason) {
    rs_core *core = rs_section_enter();
    rs_observe_other(core, kind, pid, role, cause, detail, reason);
    rs_section_leave(core);
}

void rs_emit(rs_event_kind kind, rs_pid pid, uint32_t role, uint32_t cause) {
    rs_emit_detail(kind, pid, role, cause, 0, 0);
}

void rs_emit_report(rs_report *report) {
    if (!rs_the_runtime->observer.report) return;
    rs_core *core = rs_section_enter();
    const rs_observer *observer = &core->runtime->observer;
    const rs_process *self = core->current;
    report->time_ns = rs_clock_now(core);
    report->supervisor = rs_process_pid(self);
    report->supervisor_role = self->role;
    report->cause = self->cause;
    observer->report(observer->context, report);
    rs_section_leave(core);
}

void rs_observe_system(rs_process *self, rs_system_event *event) {
    rs_core *core = rs_section_enter();
    const rs_observer *observer = &core->runtime->observer;
    event->time_ns = rs_clock_now(core);
    event->pid = rs_process_pid(self);
    event->role = self->role;
    event->cause = self->cause;
    observer->trace(observer->context, event);
    rs_section_leave(core);
}

/* A reference has its tag in the low bits, where an address has none. */
static void tell_transit(rs_core *core, rs_pid to, const rs_message *signal, rs_transit_step step) {
    bool has_ref = step == RS_TRANSIT_REPLIED || signal->kind == RS_MESSAGE_CALL;
    const rs_observer *observer = &core->runtime->observer;
    const rs_transit transit = {
        .time_ns = rs_clock_now(core),
        .id = has_ref ? signal->ref : (uintptr_t)signal,
        .from = signal->from,
        .to = to,
        .type = signal->type,
        .step = step,
    };
    observer->transit(observer->context, &transit);
}

/* What the runtime asks for itself goes back to where it came from. */
void rs_observe_sent(rs_core *core, rs_pid to, const rs_message *signal) {
    bool replies = signal->kind == RS_SIGNAL_REPLY;
    if (replies && signal->from == to) return;
    tell_transit(core, to, signal, replies ? RS_TRANSIT_REPLIED : RS_TRANSIT_SENT);
}

void rs_observe_taken(rs_core *core, const rs_process *self, const rs_message *message) {
    tell_transit(core, rs_process_pid(self), message, RS_TRANSIT_TAKEN);
}

void rs_work(uint64_t steps) {
    rs_core *core = rs_section_enter();
    const rs_observer *observer = &core->runtime->observer;
    uint32_t cause = core->current->cause;
    rs_tally(&core->counters.work, steps);
    rs_clock_spend(core, steps * core->runtime->costs.work_ns);
    if (cause && observer->work) observer->work(observer->context, cause, steps);
    rs_section_leave(core);
}

void rs_keep(uint64_t count) {
    rs_core *core = rs_section_enter();
    const rs_observer *observer = &core->runtime->observer;
    if (core->current->role && observer->keep)
        observer->keep(observer->context, rs_process_pid(core->current), count);
    rs_section_leave(core);
}

uint32_t rs_role_number(uint32_t parent, const char *key) {
    rs_core *core = rs_section_enter();
    const rs_observer *observer = &core->runtime->observer;
    uint32_t number = observer->role ? observer->role(observer->context, parent, key) : 0;
    rs_section_leave(core);
    return number;
}

static uint64_t read_live(rs_runtime *runtime, rs_category category) {
    uint64_t live = 0;
    for (uint32_t i = 0; i < runtime->core_count; i++)
        live += rs_load(&runtime->cores[i].slab.live[category], rs_relaxed);
    return live;
}

void rs_memory_read(rs_memory_use *use) {
    rs_runtime *runtime = rs_the_runtime;
    rs_counters counters;
    rs_counters_read(&counters);
    *use = (rs_memory_use){
        .processes = counters.spawned - counters.exited,
        .arena = read_live(runtime, RS_CATEGORY_ARENA),
        .message = read_live(runtime, RS_CATEGORY_MESSAGE),
        .relation = read_live(runtime, RS_CATEGORY_RELATION),
        .timer = read_live(runtime, RS_CATEGORY_TIMER),
        .stack = read_live(runtime, RS_CATEGORY_STACK),
        .table = read_live(runtime, RS_CATEGORY_TABLE),
        .other = read_live(runtime, RS_CATEGORY_OTHER),
    };
}

/* What is over is read first: a stretch that ends meanwhile is counted once or not at all. */
static uint64_t idle_ns(rs_core *core) {
    uint64_t told_ns = rs_load(&core->counters.idle_ns, rs_acquire); /* before the other */
    uint64_t since_ns = rs_load(&core->idle_since_ns, rs_relaxed);
    uint64_t now_ns = since_ns ? rs_clock_real_ns() : 0;
    return told_ns + (now_ns > since_ns ? now_ns - since_ns : 0);
}

static void add_core(rs_counters *counters, rs_runtime *runtime, uint32_t core) {
    rs_tallies *part = &runtime->cores[core].counters;
    counters->signals += rs_load(&part->signals, rs_relaxed);
    counters->spawned += rs_load(&part->spawned, rs_relaxed);
    counters->exited += rs_load(&part->exited, rs_relaxed);
    counters->crashed += rs_load(&part->crashed, rs_relaxed);
    counters->dispatches += rs_load(&part->dispatches, rs_relaxed);
    counters->parks += rs_load(&part->parks, rs_relaxed);
    counters->wakes += rs_load(&part->wakes, rs_relaxed);
    counters->preemptions += rs_load(&part->preemptions, rs_relaxed);
    counters->work += rs_load(&part->work, rs_relaxed);
    counters->idle_ns += idle_ns(&runtime->cores[core]);
    counters->steals += rs_load(&runtime->kind->counts(runtime->sched, core)->steals, rs_relaxed);
}

void rs_counters_read(rs_counters *counters) {
    rs_runtime *runtime = rs_the_runtime;
    *counters = (rs_counters){.jailed = rs_load(&runtime->jailed, rs_relaxed),
                              .zombies = rs_load(&runtime->zombies, rs_relaxed)};
    for (uint32_t i = 0; i < runtime->core_count; i++) add_core(counters, runtime, i);
}
