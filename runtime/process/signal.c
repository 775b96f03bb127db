/* signal.c: the one ordered queue of a process.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/signal.h"

#include "runtime/process/bend.h"
#include "runtime/process/call.h"
#include "runtime/process/catch.h"
#include "runtime/process/clock.h"
#include "runtime/process/jail.h"
#include "runtime/process/mail.h"
#include "runtime/process/observe.h"
#include "runtime/process/relation.h"
#include "runtime/process/table.h"

#include <string.h>

/* Reversing takes so many signals before others run: 20 us when they are in no cache. */
#define SLICE 1024u
/* A call's block must hold the reason of its CALL_DOWN, so that dying allocates nothing. */
#define PAYLOAD_MIN sizeof(rs_term)

/* ---------------------------------------------------------------- making and freeing */

static size_t block_bytes(uint32_t bytes) {
    return sizeof(rs_message) + (bytes < PAYLOAD_MIN ? PAYLOAD_MIN : bytes);
}

static inline rs_message *alloc(rs_core *core, uint32_t bytes) {
    size_t size = block_bytes(bytes);
    uint32_t class = rs_slab_class(size);
    rs_message *message = rs_slab_take(&core->slab, core, class, size, RS_CATEGORY_MESSAGE);
    if (RS_LIKELY(message)) *message = (rs_message){.bytes = bytes, .size_class = (uint8_t) class};
    return message;
}

rs_message *rs_signal_alloc(rs_core *core, uint32_t bytes) {
    return alloc(core, bytes);
}

size_t rs_signal_capacity(const rs_message *message) {
    if (message->flags & RS_MESSAGE_RELATION || message->size_class == RS_SLAB_LARGE) return 0;
    return rs_slab_bytes(message->size_class, 0) - sizeof(rs_message);
}

rs_message *rs_signal_build(rs_core *core, uint8_t kind, const rs_type *type, const void *payload,
                            uint32_t bytes) {
    rs_process *self = core->current;
    rs_message *message = RS_UNLIKELY(rs_bend_fails(core)) ? NULL : alloc(core, bytes);
    if (RS_UNLIKELY(!message)) rs_catch_raise(core, rs_signal_out_of_memory());
    self->building = message;
    if (bytes) rs_copy_in(core, message->payload, payload, bytes);
    message->kind = kind;
    message->type = type;
    message->from = rs_process_pid(self);
    message->cause = self->cause;
    return message;
}

void rs_signal_release(rs_core *core, rs_message *message) {
    if (message->flags & RS_MESSAGE_REASON) rs_term_release(*rs_signal_reason(message));
    if (message->flags & RS_MESSAGE_RELATION) {
        rs_relation_finish(core, message);
        return;
    }
    /* The class that was allocated: a reply may since have shrunk or replaced the payload. */
    rs_slab_give(&core->slab, core, core->index, message, message->size_class,
                 block_bytes(message->bytes), RS_CATEGORY_MESSAGE);
}

void rs_signal_let_go(rs_core *core, rs_process *self, rs_message *message) {
    if (message->kind == RS_MESSAGE_CALL)
        rs_list_append(&self->deferred, (rs_list *)(void *)message);
    else
        rs_signal_release(core, message);
}

/* References are unique by core and count. */
rs_ref rs_signal_make_ref(rs_core *core) {
    return (++core->next_ref << 12 | (uint64_t)core->index << 4) | RS_TAG_REF;
}

rs_ref rs_make_ref(void) {
    rs_core *core = rs_section_enter();
    rs_ref ref = rs_signal_make_ref(core);
    rs_section_leave(core);
    return ref;
}

rs_term rs_signal_out_of_memory(void) {
    const rs_term elements[] = {RS_ATOM(system_limit), RS_ATOM(memory)};
    rs_term reason = rs_term_tuple(2, elements);
    return reason ? reason : RS_ATOM(system_limit);
}

rs_term rs_signal_hold_with(rs_core *core, rs_term term, uint8_t flags) {
    if (rs_term_tag(term) != RS_TAG_BLOCK) return term;
    rs_term shared = rs_term_share(term); /* an own term's memory may go before */
    rs_message *keeper = shared ? rs_signal_alloc(core, 0) : NULL;
    rs_term_release(term);
    if (!keeper) {
        if (shared) rs_term_release(shared);
        return RS_ATOM(system_limit);
    }
    keeper->kind = RS_MESSAGE_DOWN;
    keeper->flags = flags | RS_MESSAGE_REASON;
    *rs_signal_reason(keeper) = shared;
    keeper->link = core->current->held;
    core->current->held = keeper;
    return shared;
}

rs_term rs_signal_hold(rs_term term) {
    rs_signal_touch(term);
    rs_core *core = rs_section_enter();
    term = rs_signal_hold_with(core, term, 0);
    rs_section_leave(core);
    return term;
}

/* ---------------------------------------------------------------- pushing */

/* Signals that may wait until the process looks into its inbox by itself. */
static bool is_patient(const rs_message *signal) {
    return signal->kind < RS_MESSAGE_KIND_COUNT || signal->kind == RS_SIGNAL_REPLY ||
           signal->kind == RS_SIGNAL_CALL_DOWN;
}

/* Of virtual cores one runs at a time: the signal is still where it was put. NULL: a kill. */
static __attribute__((noinline)) void note_virtual(rs_core *core, rs_process *to,
                                                   const rs_message *signal) {
    rs_clock_note_sent(core, to);
    if (signal && core->runtime->observer.transit)
        rs_observe_sent(core, rs_process_pid(to), signal);
}

static inline void note_sent(rs_core *core, rs_process *to, const rs_message *signal) {
    if (RS_UNLIKELY(core->is_virtual)) note_virtual(core, to, signal);
}

static inline void catch_up(rs_core *core, const rs_process *self) {
    if (RS_UNLIKELY(core->is_virtual)) rs_clock_catch_up(core, self);
}

/* Whoever replaces IDLE owns the process until it is ready: the signal goes straight to where the
 * receiver's exchange would have put it, and the receiver finds its inbox empty. */
static inline void deliver(rs_core *core, rs_process *process, rs_message *signal, bool patient) {
    signal->link = NULL;
    process->incoming = signal;
    if (!patient) rs_inbox_raise(&process->flags, RS_PROCESS_PENDING);
    rs_process_ready(core, process, RS_READY_SIGNAL);
}

/* Sending never blocks, but to one who cannot keep up it costs budget: the sender lets others run
 * the sooner, the more waits there. */
static inline void pay_for_backlog(rs_core *core, const rs_process *process) {
    uint32_t backlog = rs_load(&((rs_process *)(uintptr_t)process)->backlog, rs_relaxed);
    if (RS_LIKELY(backlog < RS_BACKLOG_FREE)) return;
    uint32_t cost = backlog / RS_BACKLOG_PER_STEP;
    if (cost > RS_BACKLOG_COST_MAX) cost = RS_BACKLOG_COST_MAX;
    core->budget = cost < core->budget ? core->budget - cost : 0;
}

static inline bool try_push(rs_core *core, rs_pid to, rs_message *signal) {
    rs_process *process = rs_table_find(core->runtime, to);
    if (RS_UNLIKELY(!process)) return false;
    bool patient = is_patient(signal); /* once pushed, the signal is the receiver's */
    bool rested;
    if (!rs_inbox_push(&process->inbox, signal, &rested)) return false;
    rs_tally(&core->counters.signals, 1);
    note_sent(core, process, signal);
    if (rested) {
        deliver(core, process, signal, patient);
        return true;
    }
    pay_for_backlog(core, process);
    if (!patient) rs_inbox_raise(&process->flags, RS_PROCESS_PENDING);
    return true;
}

bool rs_signal_try_push(rs_core *core, rs_pid to, rs_message *signal) {
    return try_push(core, to, signal);
}

void rs_signal_push(rs_core *core, rs_pid to, rs_message *signal) {
    if (RS_LIKELY(rs_signal_try_push(core, to, signal))) return;
    rs_signal_answer(core, NULL, signal, false);
}

void rs_signal_wake(rs_core *core, rs_process *process, uint32_t flag) {
    if (rs_inbox_wake(&process->inbox, &process->flags, flag)) {
        rs_process_ready(core, process, RS_READY_SIGNAL);
        return;
    }
    /* After the flag: see rs_jail_commit. */
    if (RS_UNLIKELY(rs_load(&process->flags, rs_seq_cst) & RS_PROCESS_JAILED))
        rs_jail_kill(core, process);
}

void rs_signal_bounce(rs_core *core, rs_message *call, rs_term reason, uint32_t cause,
                      uint8_t flags) {
    rs_pid caller = call->from;
    rs_signal_uncount(call);
    call->kind = RS_SIGNAL_CALL_DOWN;
    call->type = NULL;
    call->flags = (uint8_t)(flags | RS_MESSAGE_REASON);
    call->cause = cause;
    *rs_signal_reason(call) = reason;
    rs_term_retain(reason, 1);
    if (!rs_signal_try_push(core, caller, call)) rs_signal_release(core, call);
}

/* Who links or monitors behind the signal that ended `dead` came too late (L2, M3), as did who was
 * not looked at before it ended by itself. A kill jumps the queue: who waits there came before it,
 * as far as can be told. */
static rs_term reason_for_late(rs_process *dead) {
    bool was_killed = dead && rs_inbox_flags(&dead->flags) & RS_PROCESS_KILL;
    return was_killed ? rs_process_died_of(dead) : RS_ATOM(noproc);
}

void rs_signal_answer(rs_core *core, rs_process *dead, rs_message *signal, bool handled) {
    rs_term reason = dead ? rs_process_died_of(dead) : RS_ATOM(noproc);
    uint32_t cause = dead ? rs_process_died_by(dead) : 0;
    uint8_t flags = handled ? RS_MESSAGE_HANDLED : 0;
    if (dead && dead->init_ignored) flags |= RS_MESSAGE_IGNORED;
    switch (signal->kind) {
    case RS_SIGNAL_PING:
    case RS_SIGNAL_CALL_LOST:
    case RS_MESSAGE_CALL: rs_signal_bounce(core, signal, reason, cause, flags); break;
    case RS_SIGNAL_LINK:
    case RS_SIGNAL_MONITOR:
        rs_relation_settle(core, dead, signal, reason_for_late(dead), cause);
        break;
    case RS_SIGNAL_UNLINK:
    case RS_SIGNAL_DEMONITOR:
        if (dead) {
            rs_relation_dissolve(core, dead, signal);
            break;
        } /* fall through */
    default: rs_signal_release(core, signal);
    }
}

/* ---------------------------------------------------------------- receiving */

static void append(rs_process *self, rs_message *message) {
    message->link = NULL;
    if (self->mailbox)
        self->mailbox_tail->link = message;
    else
        self->mailbox = message;
    self->mailbox_tail = message;
}

static void become_message(rs_process *self, rs_message *signal) {
    append(self, signal);
    rs_process_queued(self, 1);
}

/* Rules X1-X5, and L4 for the exit over a link, which relation.c has checked. */
static void take_exit(rs_core *core, rs_process *self, rs_message *signal, bool over_link) {
    rs_term reason = *rs_signal_reason(signal);
    if (self->trap_exit) {
        signal->kind = RS_MESSAGE_EXIT;
        become_message(self, signal);
        return;
    }
    bool from_self = signal->from == rs_process_pid(self);
    if (reason == RS_ATOM(normal) && (over_link || !from_self)) {
        rs_signal_release(core, signal);
        return;
    }
    self->cause = signal->cause;
    rs_term_retain(reason, 1);
    rs_signal_release(core, signal);
    rs_process_obey(core, reason);
}

void rs_signal_take_reply(rs_core *core, rs_process *self, rs_message *signal) {
    if (!self->calling || signal->ref != self->call_ref) {
        const rs_observer *observer = &core->runtime->observer;
        if (observer->late)
            observer->late(observer->context, rs_process_pid(self), signal->ref,
                           signal->kind == RS_SIGNAL_REPLY, signal->flags & RS_MESSAGE_HANDLED);
        rs_signal_release(core, signal);
        return;
    }
    self->calling = 0;
    signal->link = self->held;
    self->held = signal;
}

static void take_call_done(rs_core *core, rs_process *self, rs_message *signal) {
    rs_call_done(core, self, signal->ref);
    rs_signal_release(core, signal);
}

static void pong(rs_core *core, rs_message *signal) {
    signal->kind = RS_SIGNAL_REPLY;
    if (!rs_signal_try_push(core, signal->from, signal)) rs_signal_release(core, signal);
}

static rs_core *take_interrupt(rs_core *core, rs_process *self, rs_message *signal) {
    rs_interruption interruption;
    memcpy(&interruption, signal->payload, sizeof interruption);
    uint32_t before = self->cause;
    self->cause = signal->cause;
    rs_signal_release(core, signal);
    bool outer = self->interrupted;
    self->interrupted = 1;
    rs_section_leave(core);
    interruption.action(interruption.argument);
    core = rs_section_enter();
    self->interrupted = outer;
    self->cause = before;
    return core;
}

/* take acts on a signal that is no message. */
static rs_core *take(rs_core *core, rs_process *self, rs_message *signal) {
    switch (signal->kind) {
    case RS_SIGNAL_EXIT: take_exit(core, self, signal, false); break;
    case RS_SIGNAL_LINK:
    case RS_SIGNAL_MONITOR: rs_relation_accept(core, self, signal); break;
    case RS_SIGNAL_UNLINK:
    case RS_SIGNAL_DEMONITOR: rs_relation_dissolve(core, self, signal); break;
    case RS_SIGNAL_LINK_EXIT:
        if (rs_relation_end(core, self, signal)) take_exit(core, self, signal, true);
        break;
    case RS_SIGNAL_DOWN:
        if (rs_relation_end(core, self, signal)) {
            signal->kind = RS_MESSAGE_DOWN;
            become_message(self, signal);
        }
        break;
    case RS_SIGNAL_REPLY:
    case RS_SIGNAL_CALL_DOWN: rs_signal_take_reply(core, self, signal); break;
    case RS_SIGNAL_CALL_DONE: take_call_done(core, self, signal); break;
    case RS_SIGNAL_CALL_LOST:
    case RS_SIGNAL_REPLY_LOST:
    case RS_SIGNAL_CALL_FORGET: rs_mail_take(core, self, signal); break;
    case RS_SIGNAL_PING: pong(core, signal); break;
    case RS_SIGNAL_INTERRUPT: return take_interrupt(core, self, signal);
    default: RS_UNREACHABLE();
    }
    return core;
}

bool rs_signal_reverse(rs_process *self) {
    uint32_t turned = 0;
    for (; turned < SLICE && self->incoming; turned++) {
        rs_message *signal = self->incoming;
        self->incoming = signal->link;
        signal->link = self->ordered;
        self->ordered = signal;
    }
    rs_process_queued(self, turned);
    return self->incoming == NULL;
}

/* A kill acts at once, however much waits before it. */
static void heed_kill(rs_core *core, rs_process *self) {
    if (!(rs_inbox_flags(&self->flags) & RS_PROCESS_KILL)) return;
    catch_up(core, self);
    self->cause = rs_load(&self->kill_cause, rs_relaxed); /* ordered by the acquire above */
    rs_process_obey(core, RS_ATOM(killed));
}

/* next_signal returns the oldest signal that has not been looked at; NULL: there is none. */
static inline rs_message *next_signal(rs_core **core, rs_process *self) {
    rs_message *signal = self->ordered;
    if (!signal) {
        bool is_empty = rs_inbox_lower(&self->inbox, &self->flags, RS_PROCESS_PENDING);
        if (!self->incoming) {
            if (is_empty) return NULL;
            self->incoming = rs_inbox_take(&self->inbox);
        }
        catch_up(*core, self);
        signal = self->incoming;
        if (RS_LIKELY(!signal->link)) { /* it came alone */
            self->incoming = NULL;
            rs_process_queued(self, 1);
            return signal;
        }
        while (!rs_signal_reverse(self)) {
            *core = rs_process_leave(*core, RS_AFTER_YIELD);
            heed_kill(*core, self);
        }
        signal = self->ordered;
    }
    self->ordered = signal->link;
    return signal;
}

rs_core *rs_signal_fetch(rs_core *core, bool *fetched) {
    rs_process *self = core->current;
    *fetched = false;
    for (;;) {
        heed_kill(core, self);
        rs_message *signal = next_signal(&core, self);
        if (!signal) return core;
        *fetched = true;
        if (RS_LIKELY(signal->kind < RS_MESSAGE_KIND_COUNT)) {
            append(self, signal);
            continue;
        }
        rs_process_queued(self, UINT32_MAX);
        core = take(core, self, signal);
    }
}

/* ---------------------------------------------------------------- sending */

void rs_signal_send(rs_pid to, uint8_t kind, const rs_type *type, const void *payload,
                    uint32_t bytes) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_message *message = rs_signal_build(core, kind, type, payload, bytes);
    core->current->building = NULL;
    rs_clock_spend(core, core->runtime->costs.message_ns);
    if (RS_LIKELY(!core->runtime->seam.mail))
        rs_signal_push(core, to, message);
    else if (!rs_mail_post(core, to, message))
        rs_signal_release(core, message);
    rs_section_leave(core);
}

void rs_send(rs_pid to, const rs_type *type, const void *payload, uint32_t bytes) {
    rs_signal_send(to, RS_MESSAGE, type, payload, bytes);
}

static void send_kill(rs_core *core, rs_pid to, uint32_t cause) {
    rs_process *process = rs_table_find(core->runtime, to);
    if (!process) return;
    uint32_t none = 0;
    /* The first kill's cause stays; release of the flag in rs_inbox_wake publishes it. */
    if (cause) rs_cas_strong(&process->kill_cause, &none, cause, rs_relaxed);
    rs_tally(&core->counters.signals, 1);
    note_sent(core, process, NULL);
    rs_signal_wake(core, process, RS_PROCESS_KILL);
}

void rs_exit_signal_cause(rs_pid to, rs_term reason, uint32_t cause) {
    rs_signal_touch(reason);
    rs_core *core = rs_gate(rs_section_enter());
    rs_clock_spend(core, core->runtime->costs.message_ns);
    if (reason == RS_ATOM(kill)) {
        send_kill(core, to, cause);
        rs_section_leave(rs_gate(core)); /* the caller may have meant itself */
        return;
    }
    rs_message *message = rs_signal_build(core, RS_SIGNAL_EXIT, NULL, &reason, sizeof reason);
    core->current->building = NULL;
    rs_term shared = rs_term_share(reason);
    *rs_signal_reason(message) = shared || !reason ? shared : RS_ATOM(system_limit);
    message->flags = RS_MESSAGE_REASON;
    message->cause = cause;
    rs_signal_push(core, to, message);
    rs_section_leave(rs_gate(core));
}

void rs_exit_signal(rs_pid to, rs_term reason) {
    rs_exit_signal_cause(to, reason, rs_self_cause());
}

void rs_interrupt(rs_pid to, void (*action)(uint64_t argument), uint64_t argument, uint32_t cause) {
    rs_core *core = rs_gate(rs_section_enter());
    const rs_interruption interruption = {action, argument};
    rs_message *message =
        rs_signal_build(core, RS_SIGNAL_INTERRUPT, NULL, &interruption, sizeof interruption);
    core->current->building = NULL;
    message->cause = cause;
    rs_signal_push(core, to, message);
    rs_section_leave(core);
}
