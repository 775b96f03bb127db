/* process.c: birth, running, the way between a process and its scheduler, and the end.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/process.h"

#include "runtime/process/arena.h"
#include "runtime/process/bend.h"
#include "runtime/process/catch.h"
#include "runtime/process/clock.h"
#include "runtime/process/context.h"
#include "runtime/process/crash.h"
#include "runtime/process/frames.h"
#include "runtime/process/gather.h"
#include "runtime/process/jail.h"
#include "runtime/process/machine.h"
#include "runtime/process/name.h"
#include "runtime/process/observe.h"
#include "runtime/process/relation.h"
#include "runtime/process/signal.h"
#include "runtime/process/table.h"

#include <string.h>

/* ---------------------------------------------------------------- birth */

/* What others may still write is cleared atomically, the rest as bytes. Generation and slot stay:
 * the place's taker has just written them. */
static void clear(rs_process *process) {
    rs_store(&process->inbox, RS_INBOX_EMPTY, rs_relaxed);
    process->task = (rs_task){0};
    rs_store(&process->kill_cause, 0, rs_relaxed);
    rs_store(&process->backlog, 0, rs_relaxed);
    rs_store(&process->group, 0, rs_relaxed);
    process->parent = 0;
    const size_t from = offsetof(rs_process, queued), to = offsetof(rs_process, deadline_ns);
    memset((char *)process + from, 0, to - from);
    rs_store(&process->deadline_ns, RS_FOREVER, rs_relaxed);
    process->timer.position = 0;
    process->timer.armed = false;
}

static void inherit(rs_core *core, rs_process *process) {
    rs_process *parent = core->current;
    if (!parent) return;
    process->parent = rs_process_pid(parent);
    rs_store(&process->group, rs_load(&parent->group, rs_relaxed), rs_relaxed);
    process->cause = parent->cause;
}

static bool relate(rs_core *core, rs_process *process, const rs_spawn_options *options) {
    rs_process *parent = core->current;
    if (options->link && !rs_relation_born(core, parent, process, true, options->link_tag))
        return false;
    if (!options->monitor) return true;
    rs_ref ref = rs_relation_born(core, parent, process, false, 0);
    if (ref && options->ref) *options->ref = ref;
    return ref != 0;
}

rs_process *rs_process_create(rs_core *core, const rs_spawn_options *options,
                              const rs_behaviour *behaviour, rs_message *first) {
    rs_process *process = rs_bend_is_full(core) ? NULL : rs_table_take(core);
    if (!process) return NULL;
    clear(process);
    if (core->is_virtual) *rs_clock_newest(core, process) = 0;
    if (RS_UNLIKELY(core->runtime->recent)) rs_gather_born(core->runtime, process);
    inherit(core, process);
    process->behaviour = behaviour;
    process->plain = behaviour == NULL;
    process->role = options->role;
    process->started = behaviour == NULL;
    /* release pairs with the acquire of who walks the table. */
    rs_store(&process->flags, RS_PROCESS_USED, rs_release);
    uint64_t limit = options->arena_bytes ? options->arena_bytes : RS_ARENA_BYTES_MAX;
    uint64_t pages = (limit + RS_PAGE_BYTES - 1) / RS_PAGE_BYTES;
    process->arena_pages = pages > UINT32_MAX ? UINT32_MAX : (uint32_t)pages;
    rs_store(&process->module, (const void *)(uintptr_t)options->entry, rs_relaxed);
    if (!relate(core, process, options)) {
        process->reason = RS_ATOM(system_limit);
        rs_process_die(core, process);
        return NULL;
    }
    if (first) {
        first->link = NULL;
        process->mailbox = process->mailbox_tail = first;
        rs_process_queued(process, 1);
    }
    rs_tally(&core->counters.spawned, 1);
    rs_clock_spend(core, core->runtime->costs.start_ns);
    return process;
}

/* spawn starts a process and returns it, 0: no room. `options` are the runtime's own copy. */
static rs_pid spawn(const rs_spawn_options *options) {
    rs_pid born = 0;
    rs_core *core = rs_gate(rs_section_enter());
    rs_message *args = NULL;
    if (options->bytes)
        args = rs_signal_build(core, RS_MESSAGE, NULL, options->args, options->bytes);
    core->current->building = NULL;
    rs_process *process = rs_process_create(core, options, NULL, args);
    if (process) {
        born = rs_process_pid(process);
        rs_process_ready(core, process, RS_READY_NEW);
    } else if (args) {
        rs_signal_release(core, args);
    }
    rs_section_leave(core);
    return born;
}

/* The caller's structs are read and written in user mode only. */
rs_err rs_spawn_opt(const rs_spawn_options *options, rs_pid *pid) {
    rs_ref ref = 0;
    rs_spawn_options mine = *options;
    mine.ref = &ref;
    rs_pid born = spawn(&mine);
    if (!born) return RS_ELIMIT;
    if (options->ref) *options->ref = ref;
    *pid = born;
    return RS_OK;
}

rs_pid rs_spawn(rs_entry *entry, const void *args, uint32_t bytes) {
    return spawn(&(rs_spawn_options){.entry = entry, .args = args, .bytes = bytes});
}

rs_pid rs_spawn_link(rs_entry *entry, const void *args, uint32_t bytes) {
    return spawn(&(rs_spawn_options){.entry = entry, .args = args, .bytes = bytes, .link = true});
}

rs_pid rs_spawn_monitor(rs_entry *entry, const void *args, uint32_t bytes, rs_ref *ref) {
    rs_ref made = 0;
    rs_pid pid = spawn(&(rs_spawn_options){
        .entry = entry, .args = args, .bytes = bytes, .monitor = true, .ref = &made});
    if (ref && pid) *ref = made;
    return pid;
}

/* ---------------------------------------------------------------- running */

static _Noreturn void leave_for_good(rs_core *core) {
    rs_process_leave(core, RS_AFTER_EXIT);
    RS_UNREACHABLE();
}

/* An own term would go with the arena, before the last have heard of it. */
void rs_process_set_reason(rs_process *self, rs_term reason) {
    rs_term shared = rs_term_share(reason);
    if (!shared && reason) shared = RS_ATOM(system_limit);
    rs_term_release(reason);
    rs_term_release(self->reason);
    self->reason = shared;
}

void rs_process_obey(rs_core *core, rs_term reason) {
    rs_process_set_reason(core->current, reason);
    leave_for_good(core);
}

/* Nothing that telling leads to changes how it ends. */
static _Noreturn void end_told(rs_core *core, rs_term reason, const rs_crash_frames *frames) {
    rs_process *self = core->current;
    if (self->telling) {
        rs_term_release(reason);
        leave_for_good(core);
    }
    rs_process_set_reason(self, reason);
    leave_for_good(rs_gather_crash(core, frames));
}

static __attribute__((cold, noinline)) _Noreturn void walk_and_end(rs_core *core, rs_term reason,
                                                                   void *frame) {
    rs_stack *stack = core->current->stack;
    rs_crash_frames frames = {0};
    rs_frames_walk(&frames, (uintptr_t)frame, stack->low, stack);
    end_told(core, reason, &frames);
}

void rs_process_end(rs_core *core, rs_term reason) {
    if (RS_LIKELY(!core->runtime->observer.crash)) rs_process_obey(core, reason);
    walk_and_end(core, reason, __builtin_frame_address(0));
}

static void take_arguments(rs_process *self) {
    rs_message *args = self->mailbox;
    self->mailbox = args->link;
    rs_process_queued(self, UINT32_MAX);
    self->held = args;
    args->link = NULL;
}

/* run_plain runs a spawned function; its arguments, if it has any, are its first message. */
static rs_core *run_plain(rs_core *core, rs_process *self) {
    if (self->mailbox) take_arguments(self);
    const rs_message *args = self->held;
    self->plain = 0;
    rs_entry *entry = (rs_entry *)(uintptr_t)rs_load(&self->module, rs_relaxed);
    rs_section_leave(core);
    entry(args ? args->payload : NULL, args ? args->bytes : 0);
    core = rs_section_enter();
    rs_process_end(core, RS_ATOM(normal));
}

static void release_read(rs_core *core, rs_process *self) {
    if (self->current) rs_signal_let_go(core, self, self->current);
    self->current = NULL;
    while (self->held) {
        rs_message *message = self->held;
        self->held = message->link;
        rs_signal_let_go(core, self, message);
    }
}

static __attribute__((noinline)) void note_message(rs_core *core, rs_process *self,
                                                   rs_message *message) {
    rs_clock_spend(core, core->runtime->costs.callback_ns);
    if (core->runtime->recent) rs_gather_message(core, self, message);
    if (core->is_virtual && core->runtime->observer.transit) rs_observe_taken(core, self, message);
}

/* handle gives one message to the behaviour, in user mode. */
static inline rs_core *handle(rs_core *core, rs_process *self, rs_message *message) {
    self->current = message;
    self->cause = message->cause;
    if (RS_UNLIKELY(core->notes_messages)) note_message(core, self, message);
    rs_section_leave(core);
    self->behaviour->message(self->state, message);
    core = rs_section_enter();
    release_read(core, self);
    return core;
}

void rs_process_wait_until(uint64_t deadline_ns) {
    rs_core *core = rs_section_enter();
    rs_timer_wake_at(core, core->current, deadline_ns);
    rs_section_leave(core);
}

/* A timeout that came too late for the receive it was meant for is forgotten; false. */
static __attribute__((noinline)) bool take_timeout(rs_core **core, rs_process *self) {
    rs_and(&self->flags, ~(uint32_t)RS_PROCESS_TIMEOUT, rs_relaxed);
    if (!self->behaviour->timeout || rs_process_deadline(self) > rs_clock_now(*core)) return false;
    rs_timer_wake_at(*core, self, RS_FOREVER);
    (*core)->budget--; /* before: the callback may use up the rest */
    rs_clock_spend(*core, (*core)->runtime->costs.callback_ns);
    self->cause = 0;
    rs_section_leave(*core);
    self->behaviour->timeout(self->state);
    *core = rs_section_enter();
    release_read(*core, self);
    return true;
}

/* next_message takes the oldest message; NULL: there is none, and nothing else waits either. */
static inline rs_message *next_message(rs_core **core, rs_process *self) {
    const uint32_t urgent = RS_PROCESS_PENDING | RS_PROCESS_KILL;
    if (!self->mailbox) {
        rs_message *signal = rs_signal_lone(*core, self);
        if (RS_LIKELY(signal && signal->kind != RS_SIGNAL_REPLY)) return signal;
        if (signal) rs_signal_take_reply(*core, self, signal);
    }
    bool fetched, is_urgent = rs_load(&self->flags, rs_relaxed) & urgent;
    if (is_urgent || (!self->mailbox && !rs_signal_is_silent(self)))
        *core = rs_signal_fetch(*core, &fetched);
    rs_message *message = self->mailbox;
    if (message) {
        self->mailbox = message->link;
        rs_process_queued(self, UINT32_MAX);
    }
    return message;
}

/* run_behaviour handles messages until there is none or the budget is used up. */
static inline rs_core *run_behaviour(rs_core *core, rs_process *self) {
    while (RS_LIKELY(core->budget)) {
        rs_message *message = next_message(&core, self);
        if (!message) {
            uint32_t flags = rs_load(&self->flags, rs_relaxed);
            if (RS_UNLIKELY(flags & RS_PROCESS_TIMEOUT) && take_timeout(&core, self)) continue;
            core->after = RS_AFTER_IDLE;
            return core;
        }
        core->budget--;
        core = handle(core, self, message);
        if (RS_UNLIKELY(rs_load(&self->flags, rs_relaxed) & RS_PROCESS_OVERRUN)) {
            core->after = RS_AFTER_OVERRUN;
            return core;
        }
    }
    core->after = RS_AFTER_YIELD;
    return core;
}

/* The stack goes back to the core when a behaviour returns here; a process that leaves from inside
 * takes it along. Nothing is kept in locals across the switch: the next to run here is another. */
void rs_process_main(void) {
    rs_context_entered(&rs_core_here()->current->stack->fiber);
    for (;;) {
        rs_core *core = rs_core_here();
        rs_process *self = core->current;
        core = self->plain ? run_plain(core, self) : run_behaviour(core, self);
        rs_process_leave(core, core->after);
    }
}

static bool take_stack(rs_core *core, rs_process *process) {
    if (process->stack) return true;
    if (!core->hot) core->hot = rs_stack_take(core);
    process->stack = core->hot;
    core->hot = NULL;
    return process->stack != NULL;
}

/* go_idle: the process waits unless something came meanwhile. When it rests it may already be
 * running elsewhere; only its atomics may be touched. */
static inline void go_idle(rs_core *core, rs_process *process) {
    const uint32_t urgent = RS_PROCESS_KILL | RS_PROCESS_TIMEOUT;
    rs_inbox_rest rest = rs_inbox_rest_unless(&process->inbox, &process->flags, urgent);
    if (RS_LIKELY(rest == RS_INBOX_RESTS)) return;
    rs_process_ready(core, process, rest == RS_INBOX_HAS_NEW ? RS_READY_YIELD : RS_READY_SIGNAL);
}

static void keep_stack(rs_core *core, rs_process *process, bool abandoned) {
    rs_stack *stack = process->stack;
    process->stack = NULL;
    if (abandoned) rs_stack_reset(stack);
    if (core->hot)
        rs_stack_give(core, stack);
    else
        core->hot = stack;
}

void rs_process_note_end(rs_core *core, rs_process *process) {
    if (process->crashing) rs_tally(&core->counters.crashed, 1);
    rs_tally(&core->counters.exited, 1);
    if (!process->init_ignored)
        rs_observe_other(core, process->started ? RS_EVENT_EXIT : RS_EVENT_INIT_FAILED,
                         rs_process_pid(process), process->role, rs_process_died_by(process),
                         process->crashing, rs_process_died_of(process));
}

static rs_turn_end end_of_turn(rs_after after) {
    if (after == RS_AFTER_EXIT) return RS_TURN_ENDED;
    return after == RS_AFTER_OVERRUN ? RS_TURN_STOPPED : RS_TURN_OVER;
}

/* Before the process may be ready again, since then it may already run elsewhere. Under the real
 * clock turn_ns is what the clock was at the end of the turn before, or of the idle time; under the
 * virtual one the process is ready no earlier than it stops, also on a core that is behind. */
static __attribute__((noinline)) void tell_turn(rs_core *core, rs_process *process) {
    if (!core->is_virtual) rs_clock_refresh(core);
    if (core->is_virtual) process->task.ready_ns = core->now_ns & RS_READY_NS_MAX;
    uint64_t ns = core->now_ns > core->turn_ns ? core->now_ns - core->turn_ns : 0;
    const rs_sched_kind *kind = core->runtime->kind;
    if (kind->ran) kind->ran(core->runtime->sched, &process->task, core->index, ns);
    rs_observe_turn(core, process, end_of_turn(core->after));
}

/* What a death takes is told behind the turn that led to it, and when it goes on. */
static __attribute__((noinline)) bool die_told(rs_core *core, rs_process *process) {
    rs_turn turn = rs_observe_begin_death(core, process);
    bool over = rs_process_die(core, process);
    rs_observe_death(core, &turn);
    return over;
}

static inline bool die(rs_core *core, rs_process *process) {
    if (RS_UNLIKELY(core->tells_turns)) return die_told(core, process);
    return rs_process_die(core, process);
}

static void begin_death(rs_core *core, rs_process *process) {
    keep_stack(core, process, true);
    rs_or(&process->flags, RS_PROCESS_EXITING, rs_release);
    rs_process_note_end(core, process);
    if (die(core, process)) return;
    rs_process_ready(core, process, RS_READY_YIELD);
}

static inline void after_run(rs_core *core, rs_process *process) {
    switch (core->after) {
    case RS_AFTER_IDLE:
        keep_stack(core, process, false);
        go_idle(core, process);
        break;
    case RS_AFTER_BLOCKED:
        rs_tally(&core->slab.live[RS_CATEGORY_STACK], RS_STACK_BYTES);
        process->blocked = 1;
        go_idle(core, process);
        break;
    case RS_AFTER_YIELD: /* a behaviour between messages may continue on any core with its stack */
        rs_process_ready(core, process, RS_READY_YIELD);
        break;
    case RS_AFTER_OVERRUN:
        rs_tally(&core->counters.preemptions, 1);
        rs_process_ready(core, process, RS_READY_OVERRUN);
        break;
    case RS_AFTER_EXIT: begin_death(core, process); break;
    }
}

/* The floor stays when the process leaves: the scheduler has no need of one, and who is below it
 * only takes the longer way. */
static inline void give_thread(rs_core *core, rs_thread *thread, rs_process *process) {
    uintptr_t floor = (uintptr_t)process->stack->low + RS_STACK_HEADROOM_BYTES;
    if (RS_LIKELY(!core->fenced)) rs_store(&thread->floor, floor, rs_relaxed);
    rs_store(&thread->process, process, rs_relaxed);
}

/* A turn that goes on dying, or goes on after an overrun; false: there is nothing to run. Whoever
 * overran is within its time again; who passes no gate in it is known by its budget. */
static __attribute__((cold, noinline)) bool begin_oddly(rs_core *core, rs_process *process,
                                                        uint32_t flags) {
    if (flags & RS_PROCESS_EXITING) {
        if (!die(core, process)) rs_process_ready(core, process, RS_READY_YIELD);
        return false;
    }
    core->budget = RS_CONTINUED_BUDGET;
    rs_and(&process->flags, ~(uint32_t)RS_PROCESS_OVERRUN, rs_relaxed);
    return true;
}

/* run returns false when the core was taken from the thread meanwhile: then neither the core nor
 * the process is ours to touch. */
static inline __attribute__((always_inline)) bool run(rs_core *core, rs_process *process) {
    if (RS_UNLIKELY(process->ready_tick < rs_load(&core->late_tick, rs_relaxed)))
        process = rs_wait_tell(core, process);
    core->turn_ns = core->now_ns;
    uint32_t flags = rs_load(&process->flags, rs_relaxed);
    rs_tally(&core->counters.dispatches, 1);
    core->budget = RS_DISPATCH_BUDGET;
    const uint32_t odd = RS_PROCESS_EXITING | RS_PROCESS_OVERRUN;
    if (RS_UNLIKELY(flags & odd) && !begin_oddly(core, process, flags)) return true;
    if (!take_stack(core, process)) {
        rs_process_ready(core, process, RS_READY_YIELD); /* no memory now: try again later */
        return true;
    }
    if (process->blocked) {
        process->blocked = 0;
        rs_tally(&core->slab.live[RS_CATEGORY_STACK], 0 - (uint64_t)RS_STACK_BYTES);
    }
    rs_stack *stack = process->stack;
    core->current = process;
    if (stack->fresh) {
        stack->sp = rs_machine_prepare(stack, rs_process_main);
        stack->fresh = false;
    }
    rs_thread *thread = rs_thread_here();
    give_thread(core, thread, process);
    rs_context_switch(&thread->scheduler_fiber, &thread->scheduler_sp, &stack->fiber, stack->sp,
                      false);
    if (RS_UNLIKELY(thread->core != core)) return false;
    rs_store(&thread->process, NULL, rs_relaxed);
    core->current = NULL;
    if (RS_UNLIKELY(core->tells_turns)) tell_turn(core, process);
    after_run(core, process);
    return true;
}

void rs_process_run(rs_core *core, rs_process *process) {
    run(core, process);
}

/* One loop for many processes, without a call around the switch: see rs_machine_switch. */
uint32_t rs_process_run_ready(rs_core *core, uint32_t most) {
    const rs_sched_kind *kind = core->runtime->kind;
    void *sched = core->runtime->sched;
    uint32_t count = 0;
    for (; count < most; count++) {
        rs_section_pass(core);
        if (RS_UNLIKELY(rs_load(&core->look, rs_relaxed))) break;
        rs_task *task = kind->next(sched, core->index);
        if (!task) break;
        if (RS_UNLIKELY(!run(core, RS_CONTAINER(task, rs_process, task)))) return most;
    }
    return count;
}

/* ---------------------------------------------------------------- the end */

/* fault lets the behaviour hear of a first one, and ends the caller, or what it catches. */
static _Noreturn void fault(rs_core *core, rs_term reason, const rs_crash_frames *frames) {
    rs_process *self = core->current;
    if (self->telling) leave_for_good(core);
    rs_clock_spend(core, core->runtime->costs.fault_ns);
    if (rs_catch_takes(self)) rs_catch_raise_crash(core, reason);
    bool first = !self->crashing;
    self->crashing = 1;
    if (first && self->behaviour && self->behaviour->crashed) {
        rs_section_leave(core);
        self->behaviour->crashed(self->state, reason);
        core = rs_section_enter();
    }
    if (RS_LIKELY(!frames)) rs_process_obey(core, reason);
    end_told(core, reason, frames);
}

static _Noreturn void land(rs_core *core, rs_term reason, const rs_crash_frames *frames) {
    core->current->calling = 0;
    fault(core, reason, frames);
}

/* Asking may take the process to another thread. */
static __attribute__((cold, noinline)) _Noreturn void land_told(rs_term reason) {
    const rs_crash_frames frames = rs_thread_here()->crash_frames;
    land(rs_section_land(), reason, &frames);
}

/* rs_crash_land runs after a native crash, on the process's own stack, at its top or where the
 * crash is caught; the frames below are abandoned. Still on the thread that crashed, which may have
 * lost its core: the handler has raised the section's count, the rest of entering is here. */
void rs_crash_land(void) {
    rs_term reason = RS_THREAD_READ(crash_reason);
    rs_context_abandon(&rs_process_here()->stack->fiber);
    if (rs_gather_is_on()) land_told(reason);
    land(rs_section_land(), reason, NULL);
}

static __attribute__((cold, noinline)) _Noreturn void walk_and_fault(rs_core *core, rs_term reason,
                                                                     void *frame) {
    rs_stack *stack = core->current->stack;
    rs_crash_frames frames = {0};
    rs_frames_walk(&frames, (uintptr_t)frame, stack->low, stack);
    fault(core, reason, &frames);
}

void rs_crash(rs_term reason) {
    rs_core *core = rs_gate(rs_section_enter());
    if (RS_UNLIKELY(core->runtime->observer.crash))
        walk_and_fault(core, reason, __builtin_frame_address(0));
    fault(core, reason, NULL);
}

void rs_exit(rs_term reason) {
    rs_signal_touch(reason);
    rs_catch_raise(rs_section_enter(), reason);
}

static bool answer_list(rs_core *core, rs_process *dying, rs_message **list, bool handled,
                        uint32_t *budget) {
    while (*list) {
        if (*budget == 0) return false;
        --*budget;
        rs_message *signal = *list;
        *list = signal->link;
        rs_signal_answer(core, dying, signal, handled);
    }
    return true;
}

static bool answer_deferred(rs_core *core, rs_process *dying, uint32_t *budget) {
    while (dying->deferred) {
        if (*budget == 0) return false;
        --*budget;
        rs_message *call = (rs_message *)(void *)dying->deferred;
        rs_list_remove(&dying->deferred, dying->deferred);
        rs_signal_answer(core, dying, call, true);
    }
    return true;
}

/* Who still has a stack died in jail. */
static bool answer_ordered(rs_core *core, rs_process *dying, uint32_t *budget) {
    if (RS_LIKELY(!dying->stack)) return answer_list(core, dying, &dying->ordered, false, budget);
    for (; dying->ordered; --*budget) {
        if (*budget == 0) return false;
        rs_message *signal = dying->ordered;
        dying->ordered = signal->link;
        rs_jail_answer(core, dying, signal);
    }
    return true;
}

/* The queue is closed by one exchange; what is in it by then is answered with the reason, what
 * comes later finds it dead. */
static void close_inbox(rs_process *dying) {
    dying->mailbox_tail = rs_inbox_close(&dying->inbox);
}

/* In the order in which they came, since a LINK means what the UNLINK before it left of other
 * links. While anything is `incoming`, `ordered` is what has been turned around of the same batch.
 */
static bool answer_signals(rs_core *core, rs_process *dying, uint32_t *budget) {
    for (;;) {
        if (!rs_signal_reverse(dying)) return false;
        if (!answer_ordered(core, dying, budget)) return false;
        if (!dying->mailbox_tail) return true;
        dying->incoming = dying->mailbox_tail;
        dying->mailbox_tail = NULL;
    }
}

/* Who still has a stack died in jail, where it may still read what it has taken. */
static bool answer(rs_core *core, rs_process *dying, uint32_t *budget) {
    if (dying->stack && !rs_jail_set_aside(core, dying, budget)) return false;
    if (!dying->stack && dying->building) {
        rs_signal_release(core, dying->building);
        dying->building = NULL;
    }
    if (dying->current) {
        rs_message *current = dying->current;
        dying->current = NULL;
        rs_signal_answer(core, dying, current, true);
    }
    return answer_list(core, dying, &dying->held, true, budget) &&
           answer_deferred(core, dying, budget) &&
           answer_list(core, dying, &dying->mailbox, false, budget) &&
           answer_signals(core, dying, budget);
}

/* Everybody knows of the death. */
static void conclude(rs_runtime *runtime, const rs_process *dying) {
    if (!dying->main) return;
    runtime->main_reason = rs_process_died_of(dying);
    rs_store(&runtime->stopping, 1, rs_seq_cst);
}

static void bury(rs_core *core, rs_process *dying) {
    rs_runtime *runtime = core->runtime;
    if (dying->stack) { /* it died in jail */
        keep_stack(core, dying, true);
        rs_sub(&runtime->zombies, 1, rs_relaxed);
    }
    rs_arena_release(core, dying);
    rs_term_release(dying->reason);
    if (runtime->kind->forget) runtime->kind->forget(runtime->sched, &dying->task);
    rs_store(&dying->flags, 0, rs_relaxed);
    rs_table_retire(core, dying);
}

/* The upper rooms in which the dying process keeps something; false: not finished. */
static bool tell_rooms(rs_core *core, rs_process *dying, uint32_t *budget) {
    if (RS_LIKELY(!(rs_load(&dying->flags, rs_acquire) & RS_PROCESS_KEEPS))) return true;
    for (uint32_t i = 0; i < RS_ROOM_COUNT; i++) {
        const rs_room *room = rs_load(&core->runtime->rooms[i], rs_acquire);
        if (room && !room->death(core, dying, budget)) return false;
    }
    return true;
}

/* Source: rule P8, and the order in the room's README. */
bool rs_process_die(rs_core *core, rs_process *dying) {
    uint32_t budget = RS_DISPATCH_BUDGET;
    rs_runtime *runtime = core->runtime;
    switch (dying->dying) {
    case RS_DYING_NAME:
        rs_name_release(dying);
        if (!tell_rooms(core, dying, &budget)) return false;
        dying->dying = RS_DYING_TIMERS; /* fall through */
    case RS_DYING_TIMERS:
        if (!rs_timer_drop(core, dying, &budget)) return false;
        dying->dying = RS_DYING_CLOSE;                                       /* fall through */
    case RS_DYING_CLOSE: close_inbox(dying); dying->dying = RS_DYING_ANSWER; /* fall through */
    case RS_DYING_ANSWER:
        if (!answer(core, dying, &budget)) return false;
        dying->dying = RS_DYING_RELATIONS; /* fall through */
    case RS_DYING_RELATIONS:
        if (!rs_relation_announce(core, dying, &budget)) return false;
        conclude(runtime, dying);
        dying->dying = RS_DYING_READ;
        if (dying->stack && !rs_jail_is_back(dying)) return true; /* fall through */
    case RS_DYING_READ:
        if (!rs_jail_let_go(core, dying, &budget)) return false;
        dying->dying = RS_DYING_MEMORY; /* fall through */
    default:
        if (!tell_rooms(core, dying, &budget)) return false;
        bury(core, dying);
    }
    return true;
}

/* ---------------------------------------------------------------- about oneself */

rs_pid rs_self(void) {
    return rs_process_pid(rs_process_here());
}
rs_pid rs_self_parent(void) {
    return rs_process_here()->parent;
}
uint32_t rs_self_role(void) {
    return rs_process_here()->role;
}
uint32_t rs_self_cause(void) {
    return rs_process_here()->cause;
}
void rs_self_blame(uint32_t cause) {
    rs_process_here()->cause = cause;
}

bool rs_trap_exit(bool on) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_process *self = core->current;
    bool before = self->trap_exit;
    self->trap_exit = on;
    rs_section_leave(core);
    return before;
}

void rs_group_lead(void) {
    rs_process *self = rs_process_here();
    rs_store(&self->group, rs_process_pid(self), rs_relaxed);
}

/* for_group calls visit for every live member; the section is left between slots, so that walking a
 * million does not hold others' slots back. */
static uint64_t for_group(rs_pid group, bool kill) {
    uint64_t count = 0;
    uint32_t slots = 0;
    for (uint32_t i = 0; i == 0 || i < slots; i++) {
        rs_core *core = rs_section_enter();
        slots = rs_load(&core->runtime->slots_used, rs_acquire);
        uint64_t slot = rs_slot_read(&core->runtime->slots[i]);
        rs_process *process = &core->runtime->processes[(uint32_t)slot];
        uint32_t flags = rs_load(&process->flags, rs_acquire);
        bool member = flags & RS_PROCESS_USED && !(flags & RS_PROCESS_EXITING) &&
                      rs_load(&process->group, rs_relaxed) == group;
        if (member && !(kill && process == core->current)) {
            count++;
            if (kill) rs_signal_wake(core, process, RS_PROCESS_KILL);
        }
        rs_section_leave(core);
    }
    return count;
}

void rs_group_kill(rs_pid group) {
    (void)for_group(group, true);
}
uint64_t rs_group_count(rs_pid group) {
    return for_group(group, false);
}

bool rs_lingers(rs_pid pid) {
    rs_core *core = rs_section_enter();
    rs_process *process = rs_table_find(core->runtime, pid);
    /* acquire pairs with the release of rs_jail_settle: what it did last is done. */
    bool lingers = process && rs_load(&process->flags, rs_acquire) & RS_PROCESS_ABSENT;
    rs_section_leave(core);
    return lingers;
}

uint32_t rs_role_of(rs_pid pid) {
    rs_core *core = rs_section_enter();
    rs_process *process = rs_table_find(core->runtime, pid);
    uint32_t role = process ? process->role : 0;
    rs_section_leave(core);
    return role;
}
