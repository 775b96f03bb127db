/* jail.c: processes that run on a thread without a core.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/jail.h"

#include "runtime/process/barrier.h"
#include "runtime/process/intake.h"
#include "runtime/process/signal.h"

#include <sched.h>

/* ---------------------------------------------------------------- whose the core is */

/* The count first: what it says even of, `process` and all that the thread did to the core, is
 * visible with it, and stays as it is while the count does. */
rs_process *rs_jail_take(const rs_runtime *runtime, rs_thread *thread) {
    uint64_t section = rs_load(&thread->section, rs_acquire);
    rs_process *process = rs_load(&thread->process, rs_relaxed);
    uint64_t floor = rs_load(&thread->floor, rs_relaxed), asked = RS_FLOOR_ASK;
    if (section & 1 || !process) return NULL;
    if (!rs_cas_total(&thread->floor, &floor, RS_FLOOR_ASK)) return NULL;
    /* From here on: a thread that enters reads ASK, or the count below is not what it was. */
    if (runtime->asymmetric) rs_barrier_all();
    if (rs_load(&thread->section, rs_seq_cst) == section &&
        rs_cas_total(&thread->floor, &asked, RS_FLOOR_TAKEN))
        return process;
    asked = RS_FLOOR_ASK;
    rs_cas_total(&thread->floor, &asked, floor);
    return NULL;
}

static uint64_t own_floor(const rs_thread *self) {
    const rs_process *process = rs_load(&((rs_thread *)(uintptr_t)self)->process, rs_relaxed);
    if (self->core->fenced) return RS_FLOOR_FENCED;
    return process ? (uintptr_t)process->stack->low + RS_STACK_HEADROOM_BYTES : 0;
}

bool rs_jail_keeps_core(rs_thread *self) {
    /* The fence, where there is no membarrier: whoever asks, or begins a grace period, sees our
     * section, or we see what it did. A read-modify-write, since TSan knows no fences. */
    rs_add(&self->section, 0, rs_seq_cst);
    uint64_t floor = rs_load(&self->floor, rs_seq_cst);
    /* Who asked may take it back meanwhile. */
    while (floor == RS_FLOOR_ASK)
        if (rs_cas_total(&self->floor, &floor, own_floor(self))) return true;
    return floor != RS_FLOOR_TAKEN;
}

rs_core *rs_jail_leave(rs_process *process) {
    rs_stack *stack = process->stack;
    rs_thread *thread = rs_thread_here();
    thread->core = NULL;
    rs_context_switch(&stack->fiber, &stack->sp, &thread->scheduler_fiber,
                      (void *)RS_THREAD_READ(scheduler_sp), false);
    return rs_core_here();
}

/* ---------------------------------------------------------------- whose the process is */

/* claim makes the caller the owner of the death, if there is one to own. acq_rel: what the process
 * did before its thread lost the core, for who owns it now. */
static bool claim(rs_process *process) {
    const uint32_t due = RS_PROCESS_JAILED | RS_PROCESS_KILL;
    uint32_t flags = rs_load(&process->flags, rs_relaxed);
    while ((flags & due) == due) {
        uint32_t dead =
            (flags & ~(uint32_t)RS_PROCESS_JAILED) | RS_PROCESS_ABSENT | RS_PROCESS_EXITING;
        if (rs_cas(&process->flags, &flags, dead, rs_acq_rel)) return true;
    }
    return false;
}

static void begin_death(rs_core *core, rs_process *process) {
    rs_add(&core->runtime->zombies, 1, rs_relaxed);
    rs_process_note_end(core, process);
    rs_process_ready(core, process, RS_READY_YIELD);
}

/* seq_cst: who kills sees JAILED, or we see KILL. */
bool rs_jail_commit(rs_runtime *runtime, rs_process *process) {
    uint32_t before = rs_or(&process->flags, RS_PROCESS_JAILED, rs_seq_cst);
    if (!(before & RS_PROCESS_KILL) || !claim(process)) return false;
    rs_intake_process(runtime, process);
    return true;
}

void rs_jail_kill(rs_core *core, rs_process *process) {
    if (claim(process)) begin_death(core, process);
}

bool rs_jail_settle(rs_runtime *runtime, rs_process *process) {
    const uint32_t away = RS_PROCESS_JAILED | RS_PROCESS_ABSENT;
    uint32_t flags;
    while (!((flags = rs_load(&process->flags, rs_acquire)) & away)) sched_yield();
    /* release: our last use of its stack and memory, for who goes on with it. */
    while (!rs_cas(&process->flags, &flags, flags & ~away, rs_acq_rel)) {
    }
    if (!(flags & (RS_PROCESS_JAILED | RS_PROCESS_ZOMBIE))) return false;
    rs_intake_process(runtime, process);
    return true;
}

/* It had more than its share, and nobody knows how much more. */
static void line_up(rs_core *core, rs_process *process) {
    const rs_sched_kind *kind = core->runtime->kind;
    process->task.next = NULL;
    if (kind->ran)
        kind->ran(core->runtime->sched, &process->task, core->index, core->runtime->budget_ns);
    rs_process_ready(core, process, RS_READY_OVERRUN);
}

void rs_jail_admit(rs_core *core, rs_process *process) {
    uint32_t flags = rs_load(&process->flags, rs_acquire);
    if (!(flags & RS_PROCESS_EXITING))
        line_up(core, process);
    else if (flags & RS_PROCESS_ZOMBIE)
        rs_process_ready(core, process, RS_READY_YIELD); /* to be buried */
    else
        begin_death(core, process);
}

/* ---------------------------------------------------------------- dying without the thread */

/* A call's refusal takes a block of its own, since the call's is being read; without memory for one
 * the caller learns when the thread is back. */
static void refuse(rs_core *core, rs_process *dead, rs_message *call, bool handled) {
    rs_message *refusal = rs_signal_alloc(core, 0);
    if (!refusal) return;
    refusal->kind = RS_MESSAGE_CALL;
    refusal->from = call->from;
    refusal->ref = call->ref;
    call->flags |= RS_MESSAGE_REFUSED;
    rs_signal_answer(core, dead, refusal, handled);
}

static void keep(rs_core *core, rs_process *dead, rs_message *message, bool handled) {
    if (message->kind == RS_MESSAGE_CALL) refuse(core, dead, message, handled);
    message->link = dead->building;
    dead->building = message;
}

static bool set_aside(rs_core *core, rs_process *dead, rs_message **list, bool handled,
                      uint32_t *budget) {
    for (; *list; --*budget) {
        if (*budget == 0) return false;
        rs_message *message = *list;
        *list = message->link;
        keep(core, dead, message, handled);
    }
    return true;
}

void rs_jail_answer(rs_core *core, rs_process *process, rs_message *signal) {
    if (process->telling && signal->kind < RS_MESSAGE_KIND_COUNT)
        keep(core, process, signal, false);
    else
        rs_signal_answer(core, process, signal, false);
}

bool rs_jail_set_aside(rs_core *core, rs_process *process, uint32_t *budget) {
    if (process->current) {
        process->current->link = process->held;
        process->held = process->current;
        process->current = NULL;
    }
    /* The mailbox too: it may be matching. */
    return set_aside(core, process, &process->held, true, budget) &&
           set_aside(core, process, &process->mailbox, false, budget);
}

bool rs_jail_let_go(rs_core *core, rs_process *process, uint32_t *budget) {
    for (; process->building; --*budget) {
        if (*budget == 0) return false;
        rs_message *message = process->building;
        process->building = message->link;
        if (message->flags & RS_MESSAGE_REFUSED)
            rs_signal_release(core, message);
        else
            rs_signal_answer(core, process, message, true);
    }
    return true;
}

/* release: all of the death so far, for who goes on; acquire pairs with rs_jail_settle. */
bool rs_jail_is_back(rs_process *process) {
    return !(rs_or(&process->flags, RS_PROCESS_ZOMBIE, rs_acq_rel) & RS_PROCESS_ABSENT);
}
