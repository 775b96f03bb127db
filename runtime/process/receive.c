/* receive.c: gates, and taking messages out of one's mailbox.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/signal.h"

#include "runtime/process/call.h"
#include "runtime/process/clock.h"
#include "runtime/process/process.h"
#include "runtime/process/timer.h"

rs_core *rs_gate_heed(rs_core *core) {
    bool fetched;
    uint32_t flags = rs_load(&core->current->flags, rs_relaxed);
    return flags & (RS_PROCESS_PENDING | RS_PROCESS_KILL) ? rs_signal_fetch(core, &fetched) : core;
}

rs_core *rs_gate_stop(rs_core *core) {
    rs_process *self = core->current;
    if (rs_load(&self->flags, rs_relaxed) & RS_PROCESS_OVERRUN) {
        core = rs_gate_heed(core); /* who is to die need not wait for it */
        core = rs_process_leave(core, RS_AFTER_OVERRUN);
    } else if (core->budget == 0) {
        core = rs_process_leave(core, RS_AFTER_YIELD);
    }
    core->budget--;
    return rs_gate_heed(core);
}

void rs_yield(void) {
    rs_core *core = rs_section_enter();
    core->budget = 0;
    rs_section_leave(rs_gate(core));
}

/* drop_received releases what the caller's last rs_receive gave it. */
static void drop_received(rs_core *core, rs_process *self) {
    for (rs_message **at = &self->held; *at;) {
        rs_message *message = *at;
        if (!(message->flags & RS_MESSAGE_RECEIVED)) {
            at = &message->link;
            continue;
        }
        *at = message->link;
        rs_signal_let_go(core, self, message);
    }
}

/* take_match removes the first match after *after (NULL: from the start) and remembers how far it
 * looked. `match` is process code: it runs in user mode, where nothing else changes the mailbox. */
static rs_message *take_match(rs_core **core, rs_process *self, rs_match *match, void *context,
                              rs_message **after) {
    rs_message *before = *after;
    for (rs_message *message = before ? before->link : self->mailbox; message;
         before = message, message = message->link) {
        rs_section_leave(*core);
        bool taken = match(message, context);
        *core = rs_section_enter();
        if (!taken) continue;
        rs_process_unqueue(self, before, message);
        return message;
    }
    *after = before;
    return NULL;
}

static inline rs_message *take_first(rs_process *self) {
    rs_message *message = self->mailbox;
    if (message) {
        self->mailbox = message->link;
        rs_process_queued(self, UINT32_MAX);
    }
    return message;
}

/* A timer of an earlier wait that fires now wakes the caller for nothing. */
static bool is_in_time(rs_core *core, uint64_t deadline_ns) {
    rs_process *self = core->current;
    if (RS_LIKELY(!(rs_load(&self->flags, rs_relaxed) & RS_PROCESS_TIMEOUT))) return true;
    rs_and(&self->flags, ~(uint32_t)RS_PROCESS_TIMEOUT, rs_relaxed);
    return deadline_ns == RS_FOREVER || rs_clock_now(core) < deadline_ns;
}

rs_core *rs_signal_wait(rs_core *core, uint64_t deadline_ns, bool *in_time) {
    rs_process *self = core->current;
    *in_time = deadline_ns != 0;
    if (!*in_time) return core;
    if (deadline_ns != RS_FOREVER) rs_timer_wake_at(core, self, deadline_ns);
    core = rs_process_leave(core, RS_AFTER_BLOCKED);
    if (deadline_ns != RS_FOREVER) rs_timer_wake_at(core, self, RS_FOREVER);
    *in_time = is_in_time(core, deadline_ns);
    return core;
}

static inline const rs_message *give(rs_core *core, rs_process *self, rs_message *message) {
    message->flags |= RS_MESSAGE_RECEIVED;
    message->link = self->held;
    self->held = message;
    /* A behaviour goes on acting for the message that it handles. */
    if (!self->behaviour) self->cause = message->cause;
    rs_section_leave(core);
    return message;
}

__attribute__((noinline)) static const rs_message *receive(rs_core *core, rs_match *match,
                                                           void *context, uint64_t timeout_ns) {
    rs_process *self = core->current;
    uint64_t now = timeout_ns == 0 || timeout_ns == RS_FOREVER ? 0 : rs_clock_now(core);
    uint64_t deadline = timeout_ns >= RS_FOREVER - now ? RS_FOREVER : now + timeout_ns;
    rs_message *after = NULL;
    for (bool in_time = true; in_time;) {
        rs_message *message =
            match ? take_match(&core, self, match, context, &after) : take_first(self);
        if (message) return give(core, self, message);
        bool fetched;
        core = rs_signal_fetch(core, &fetched);
        if (!fetched) core = rs_signal_wait(core, deadline, &in_time);
    }
    rs_section_leave(core);
    return NULL;
}

static rs_message *lone_message(rs_core *core, rs_process *self) {
    rs_message *signal = rs_signal_lone(core, self);
    if (RS_LIKELY(!signal || signal->kind != RS_SIGNAL_REPLY)) return signal;
    rs_signal_take_reply(core, self, signal);
    return NULL;
}

const rs_message *rs_receive(rs_match *match, void *context, uint64_t timeout_ns) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_process *self = core->current;
    rs_signal_forbid_interrupted(core);
    if (self->held) drop_received(core, self);
    if (match) return receive(core, match, context, timeout_ns);
    rs_message *message = take_first(self);
    if (!message) message = lone_message(core, self);
    if (!message && timeout_ns == RS_FOREVER && rs_signal_is_silent(self)) {
        core = rs_process_leave(core, RS_AFTER_BLOCKED);
        message = lone_message(core, self);
    }
    return RS_LIKELY(message) ? give(core, self, message)
                              : receive(core, match, context, timeout_ns);
}

static bool matches_nothing(const rs_message *message, void *context) {
    (void)message, (void)context;
    return false;
}

void rs_sleep(uint64_t duration_ns) {
    rs_receive(matches_nothing, NULL, duration_ns);
}

/* What was interrupted, a wait of its own perhaps, is never come back to: nobody minds what this
 * one takes from it. */
void rs_hang(void) {
    rs_core *core = rs_gate(rs_section_enter());
    for (bool fetched, in_time;;) {
        core = rs_signal_fetch(core, &fetched);
        if (!fetched) core = rs_signal_wait(core, RS_FOREVER, &in_time);
    }
}
