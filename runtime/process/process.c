/* process.c: running, the way between a process and its scheduler, and what ends it.
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
#include "runtime/process/observe.h"
#include "runtime/process/signal.h"
#include "runtime/process/table.h"

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

void rs_process_drop_stack(rs_core *core, rs_process *process) {
    keep_stack(core, process, true);
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

/* ---------------------------------------------------------------- what ends it */

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
