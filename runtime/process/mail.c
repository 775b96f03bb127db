/* mail.c: what processes send one another, bent by a seam.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/mail.h"

#include "runtime/process/clock.h"
#include "runtime/process/observe.h"
#include "runtime/process/table.h"

#include <string.h>

const rs_type rs_junk_type = {.name = "junk"};

/* Mail that is held up. */
typedef struct late_mail {
    rs_timer timer;
    rs_list in_line; /* of those that let others pass; under mail_lock */
    rs_pid to;
    rs_message *message;
    bool yields;
} late_mail;

/* ---------------------------------------------------------------- making */

static void send_junk(rs_core *core, rs_pid to, uint32_t cause) {
    rs_message *message = rs_signal_alloc(core, 0);
    if (!message) return;
    message->type = &rs_junk_type;
    message->from = rs_process_pid(core->current);
    message->cause = cause;
    rs_signal_push(core, to, message);
}

/* copy returns another of the same; NULL without memory. */
static rs_message *copy(rs_core *core, const rs_message *message) {
    rs_message *made = rs_signal_alloc(core, message->bytes);
    if (!made) return NULL;
    uint8_t class = made->size_class;
    *made = *message;
    made->size_class = class;
    memcpy(made->payload, message->payload, message->bytes);
    if (made->flags & RS_MESSAGE_REASON) rs_term_retain(*rs_signal_reason(made), 1);
    return made;
}

/* ---------------------------------------------------------------- what is held up */

static void destroy(rs_core *core, late_mail *late) {
    rs_slab_free(core, late, sizeof *late, RS_CATEGORY_TIMER);
}

/* Under mail_lock. */
static void leave_line(rs_runtime *runtime, late_mail *late) {
    rs_list_remove(&runtime->yielding, &late->in_line);
    rs_sub(&runtime->yielding_count, 1, rs_relaxed);
}

void rs_mail_arrive(rs_core *core, rs_timer *timer) {
    late_mail *late = RS_CONTAINER(timer, late_mail, timer);
    rs_runtime *runtime = core->runtime;
    if (late->yields) {
        rs_spin_lock(&runtime->mail_lock);
        leave_line(runtime, late);
        rs_spin_unlock(&runtime->mail_lock);
    }
    rs_signal_push(core, late->to, late->message);
    destroy(core, late);
}

static late_mail *find_in_line(const rs_runtime *runtime, rs_pid to) {
    rs_list *all = runtime->yielding;
    for (rs_list *node = all; node; node = rs_list_after(all, node)) {
        late_mail *late = RS_CONTAINER(node, late_mail, in_line);
        if (late->to == to) return late;
    }
    return NULL;
}

/* relaxed: a hint; who is missed comes by its timer. */
static bool is_anybody_in_line(rs_runtime *runtime) {
    return rs_load(&runtime->yielding_count, rs_relaxed) != 0;
}

static bool overtakes(rs_runtime *runtime, rs_pid to) {
    if (RS_LIKELY(!is_anybody_in_line(runtime))) return false;
    rs_spin_lock(&runtime->mail_lock);
    bool found = find_in_line(runtime, to) != NULL;
    rs_spin_unlock(&runtime->mail_lock);
    return found;
}

/* One that has fired is being delivered by who fired it, and waits for the lock to be destroyed. */
static late_mail *take_from_line(rs_core *core, rs_pid to) {
    rs_runtime *runtime = core->runtime;
    rs_spin_lock(&runtime->mail_lock);
    late_mail *late = find_in_line(runtime, to);
    if (late && !rs_timer_call_off(core, &late->timer)) late = NULL;
    if (late) leave_line(runtime, late);
    rs_spin_unlock(&runtime->mail_lock);
    return late;
}

/* Something has arrived at `to`: who waited for that follows. */
static void follow(rs_core *core, rs_pid to) {
    if (RS_LIKELY(!is_anybody_in_line(core->runtime))) return;
    late_mail *late = take_from_line(core, to);
    if (!late) return;
    rs_signal_push(core, to, late->message);
    destroy(core, late);
}

/* In line before the timer runs: whoever fires it takes it out there. */
static bool start(rs_core *core, late_mail *late, uint64_t delay_ns) {
    rs_runtime *runtime = core->runtime;
    if (!late->yields) return rs_timer_hold(core, &late->timer, delay_ns);
    rs_spin_lock(&runtime->mail_lock);
    rs_list_append(&runtime->yielding, &late->in_line);
    rs_add(&runtime->yielding_count, 1, rs_relaxed);
    bool started = rs_timer_hold(core, &late->timer, delay_ns);
    if (!started) leave_line(runtime, late);
    rs_spin_unlock(&runtime->mail_lock);
    return started;
}

/* hold_up is false, and the message the caller's, when memory is short. */
static bool hold_up(rs_core *core, rs_pid to, rs_message *message, const rs_mail_fate *fate) {
    late_mail *late = rs_slab_alloc(core, sizeof *late, RS_CATEGORY_TIMER);
    if (!late) return false;
    *late = (late_mail){.to = to, .message = message, .yields = fate->yields};
    if (start(core, late, fate->delay_ns)) return true;
    destroy(core, late);
    return false;
}

/* ---------------------------------------------------------------- what is lost */

static bool is_reply(const rs_message *message) {
    return message->kind == RS_SIGNAL_REPLY;
}

static void lose(rs_core *core, rs_pid to, rs_message *message) {
    if (message->kind == RS_MESSAGE_CALL)
        message->kind = RS_SIGNAL_CALL_LOST;
    else if (is_reply(message))
        message->kind = RS_SIGNAL_REPLY_LOST;
    else {
        rs_signal_release(core, message);
        return;
    }
    rs_signal_push(core, to, message);
}

/* The caller knows its callee no more than by the reply. */
static void wait_for_death(rs_core *core, rs_process *self, rs_message *reply) {
    rs_pid callee = reply->from;
    if (!self->calling || self->call_ref != reply->ref) {
        rs_signal_release(core, reply);
        return;
    }
    reply->kind = RS_SIGNAL_CALL_LOST;
    reply->from = rs_process_pid(self);
    rs_signal_push(core, callee, reply);
}

static void forget(rs_core *core, rs_process *self, rs_ref ref) {
    rs_list *all = self->deferred;
    for (rs_list *node = all; node; node = rs_list_after(all, node)) {
        rs_message *lost = (rs_message *)(void *)node;
        if (lost->kind != RS_SIGNAL_CALL_LOST || lost->ref != ref) continue;
        rs_list_remove(&self->deferred, node);
        rs_signal_release(core, lost);
        return;
    }
}

void rs_mail_take(rs_core *core, rs_process *self, rs_message *signal) {
    if (signal->kind == RS_SIGNAL_CALL_LOST) {
        rs_list_append(&self->deferred, (rs_list *)(void *)signal);
        return;
    }
    if (signal->kind == RS_SIGNAL_REPLY_LOST) {
        wait_for_death(core, self, signal);
        return;
    }
    forget(core, self, signal->ref);
    rs_signal_release(core, signal);
}

void rs_mail_forget(rs_core *core, rs_pid callee, rs_ref ref) {
    rs_message *word = rs_signal_alloc(core, 0);
    if (!word) return; /* it keeps the call until it dies: memory, not meaning */
    word->kind = RS_SIGNAL_CALL_FORGET;
    word->ref = ref;
    rs_signal_push(core, callee, word);
}

/* ---------------------------------------------------------------- what becomes of it */

static void ask(rs_core *core, const rs_process *to, const rs_message *message,
                rs_mail_fate *fate) {
    rs_runtime *runtime = core->runtime;
    bool is_call = message->kind == RS_MESSAGE_CALL || is_reply(message);
    const rs_mail mail = {
        .time_ns = rs_clock_now(core),
        .from = message->from,
        .to = rs_process_pid(to),
        .from_role = core->current->role,
        .to_role = to->role,
        .type = message->type,
        .call = is_call ? message->ref : 0,
        .overtakes = overtakes(runtime, rs_process_pid(to)),
    };
    runtime->seam.mail(runtime->seam.context, &mail, fate);
}

static void deliver(rs_core *core, rs_pid to, rs_message *message, const rs_mail_fate *fate) {
    if (fate->delay_ns && hold_up(core, to, message, fate)) return;
    rs_signal_push(core, to, message);
    follow(core, to);
}

static void carry_out(rs_core *core, rs_pid to, rs_message *message, const rs_mail_fate *fate) {
    if (fate->cause) message->cause = fate->cause;
    for (uint32_t i = 0; i < fate->junk; i++) send_junk(core, to, message->cause);
    for (uint32_t i = 1; i < fate->copies; i++) {
        rs_message *another = copy(core, message);
        if (another) deliver(core, to, another, fate);
    }
    if (fate->copies)
        deliver(core, to, message, fate);
    else
        lose(core, to, message);
}

bool rs_mail_post(rs_core *core, rs_pid to, rs_message *message) {
    rs_process *process = rs_table_find(core->runtime, to);
    if (!process || rs_load(&process->flags, rs_relaxed) & RS_PROCESS_EXITING)
        return rs_signal_try_push(core, to, message);
    rs_mail_fate fate = {.copies = 1};
    ask(core, process, message, &fate);
    if (fate.cause)
        rs_observe_other(core, RS_EVENT_FAULT, fate.victim, fate.role, fate.cause, 0, 0);
    carry_out(core, to, message, &fate);
    return true;
}
