/* call.c: requests that wait for their replies.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/call.h"

#include "runtime/process/bend.h"
#include "runtime/process/catch.h"
#include "runtime/process/clock.h"
#include "runtime/process/mail.h"
#include "runtime/process/observe.h"
#include "runtime/process/signal.h"
#include "runtime/process/table.h"

/* drop_replies releases what earlier calls returned. */
static void drop_replies(rs_core *core, rs_process *self) {
    for (rs_message **at = &self->held; *at;) {
        rs_message *message = *at;
        if (message->kind != RS_SIGNAL_REPLY || message->flags & RS_MESSAGE_KEPT) {
            at = &message->link;
            continue;
        }
        *at = message->link;
        rs_signal_release(core, message);
    }
}

static rs_message *find_answer(rs_process *self, rs_ref ref, rs_message ***at) {
    for (*at = &self->held; **at; *at = &(**at)->link) {
        rs_message *message = **at;
        bool answers = message->kind == RS_SIGNAL_REPLY || message->kind == RS_SIGNAL_CALL_DOWN;
        if (answers && message->ref == ref) return message;
    }
    RS_UNREACHABLE();
}

static rs_call_result take_answer(rs_core *core, rs_process *self, rs_ref ref) {
    rs_message **at;
    rs_message *answer = find_answer(self, ref, &at);
    if (answer->kind == RS_SIGNAL_REPLY) {
        return (rs_call_result){.reply = answer};
    }
    *at = answer->link;
    rs_call_result result = {.reason = *rs_signal_reason(answer),
                             .ignored = answer->flags & RS_MESSAGE_IGNORED};
    rs_term_retain(result.reason, 1);
    if (answer->cause) self->cause = answer->cause;
    rs_signal_release(core, answer);
    return result;
}

/* wait_long is wait_for when more than the reply comes, or it does not come. */
__attribute__((noinline)) static rs_call_result wait_long(rs_core *core, uint64_t deadline_ns) {
    rs_process *self = core->current;
    rs_ref ref = self->call_ref;
    rs_call_result result = {0};
    for (bool in_time = true;;) {
        bool fetched;
        core = rs_signal_fetch(core, &fetched);
        if (!self->calling) {
            result = take_answer(core, self, ref);
            break;
        }
        if (!in_time) { /* and the answer is not there either: C4 */
            self->calling = 0;
            result.reason = RS_ATOM(timeout);
            break;
        }
        core = rs_signal_wait(core, deadline_ns, &in_time);
    }
    rs_section_leave(core);
    return result;
}

static inline uint64_t deadline_in(rs_core *core, uint64_t timeout_ns) {
    if (timeout_ns == RS_FOREVER) return RS_FOREVER;
    uint64_t now_ns = rs_clock_no_earlier(core);
    return timeout_ns < RS_FOREVER - now_ns ? now_ns + timeout_ns : RS_FOREVER;
}

/* wait_for waits until the call in `call_ref` is resolved, and leaves the section. */
static inline rs_call_result wait_for(rs_core *core, uint64_t timeout_ns) {
    rs_process *self = core->current;
    uint64_t deadline_ns = deadline_in(core, timeout_ns);
    if (timeout_ns == 0 || !rs_signal_is_silent(self)) return wait_long(core, deadline_ns);
    if (deadline_ns != RS_FOREVER) rs_timer_wake_at(core, self, deadline_ns);
    core = rs_process_leave(core, RS_AFTER_BLOCKED);
    if (deadline_ns != RS_FOREVER) rs_timer_wake_at(core, self, RS_FOREVER);
    rs_message *signal = rs_signal_lone(core, self);
    if (RS_UNLIKELY(!signal)) return wait_long(core, deadline_ns);
    if (RS_UNLIKELY(signal->kind != RS_SIGNAL_REPLY || signal->ref != self->call_ref)) {
        self->incoming = signal;
        return wait_long(core, deadline_ns);
    }
    rs_signal_take_reply(core, self, signal);
    rs_section_leave(core);
    return (rs_call_result){.reply = signal};
}

/* begin and await are inlined where every call passes. */
static inline rs_core *begin(void) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_signal_forbid_interrupted(core);
    if (core->current->held) drop_replies(core, core->current);
    return core;
}

static inline rs_call_result await(rs_core *core, rs_ref ref, uint64_t timeout_ns) {
    core->current->call_ref = ref;
    core->current->calling = 1;
    return wait_for(core, timeout_ns);
}

rs_core *rs_call_begin(void) {
    return begin();
}

rs_call_result rs_call_await(rs_core *core, rs_ref ref, uint64_t timeout_ns) {
    return await(core, ref, timeout_ns);
}

/* call_bent is the rest of rs_call where a seam may bend the request: lost calls are to be
 * forgotten when they have timed out. */
__attribute__((noinline)) static rs_call_result call_bent(rs_core *core, rs_pid to,
                                                          rs_message *call, uint64_t timeout_ns) {
    rs_ref ref = core->current->call_ref;
    if (!rs_mail_post(core, to, call)) {
        rs_signal_release(core, call);
        rs_section_leave(core);
        return (rs_call_result){.reason = RS_ATOM(noproc)};
    }
    rs_call_result result = await(core, ref, timeout_ns);
    if (result.reply || result.reason != RS_ATOM(timeout)) return result;
    core = rs_section_enter();
    rs_mail_forget(core, to, ref);
    rs_section_leave(core);
    return result;
}

rs_call_result rs_call(rs_pid to, const rs_type *type, const void *payload, uint32_t bytes,
                       uint64_t timeout_ns) {
    rs_core *core = begin();
    rs_process *self = core->current;
    if (to == rs_process_pid(self)) {
        rs_section_leave(core);
        return (rs_call_result){.reason = RS_ATOM(calling_self)};
    }
    rs_message *call = rs_signal_build(core, RS_MESSAGE_CALL, type, payload, bytes);
    self->building = NULL;
    call->ref = self->call_ref = rs_signal_make_ref(core);
    rs_clock_spend(core, core->runtime->costs.message_ns);
    if (RS_UNLIKELY(core->runtime->seam.mail)) return call_bent(core, to, call, timeout_ns);
    if (!rs_signal_try_push(core, to, call)) {
        rs_signal_release(core, call);
        rs_section_leave(core);
        return (rs_call_result){.reason = RS_ATOM(noproc)};
    }
    return await(core, self->call_ref, timeout_ns);
}

/* What is on its way to `process` may change the answer. */
static bool is_undecided(rs_process *process) {
    uint32_t flags = rs_load(&process->flags, rs_acquire);
    return flags & RS_PROCESS_PENDING && !(flags & (RS_PROCESS_EXITING | RS_PROCESS_KILL));
}

/* ping waits until `pid` has handled the caller's earlier signals; leaves the section. Whoever
 * looks does not act for what it finds: its cause stays. */
static bool ping(rs_core *core, rs_pid pid) {
    rs_process *self = core->current;
    uint32_t cause = self->cause;
    rs_message *signal = rs_signal_build(core, RS_SIGNAL_PING, NULL, NULL, 0);
    self->building = NULL;
    rs_ref before = self->call_ref, ref = rs_signal_make_ref(core);
    signal->ref = ref;
    rs_signal_push(core, pid, signal);
    rs_call_result result = await(core, ref, RS_FOREVER);
    self->call_ref = before;
    self->cause = cause;
    if (!result.reply) {
        rs_term_release(result.reason);
        return false;
    }
    core = rs_section_enter();
    rs_message **at, *answer = find_answer(self, ref, &at);
    *at = answer->link;
    rs_signal_release(core, answer);
    rs_section_leave(core);
    return true;
}

bool rs_is_alive(rs_pid pid) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_process *process = rs_table_find(core->runtime, pid);
    if (process && process != core->current && is_undecided(process)) return ping(core, pid);
    uint32_t flags = process ? rs_load(&process->flags, rs_acquire) : RS_PROCESS_EXITING;
    rs_section_leave(core);
    return (flags & (RS_PROCESS_USED | RS_PROCESS_EXITING | RS_PROCESS_KILL)) == RS_PROCESS_USED;
}

static rs_message *build_first(rs_core *core, const rs_type *type, const void *head,
                               uint32_t head_bytes, const void *rest, uint32_t rest_bytes) {
    if (rest_bytes > UINT32_MAX - head_bytes) rs_catch_raise(core, rs_signal_out_of_memory());
    rs_message *call = rs_bend_fails(core) ? NULL : rs_signal_alloc(core, head_bytes + rest_bytes);
    if (!call) rs_catch_raise(core, rs_signal_out_of_memory());
    core->current->building = call;
    rs_copy_in(core, call->payload, head, head_bytes);
    rs_copy_in(core, call->payload + head_bytes, rest, rest_bytes);
    core->current->building = NULL;
    call->kind = RS_MESSAGE_CALL;
    call->type = type;
    call->from = rs_process_pid(core->current);
    call->cause = core->current->cause;
    call->ref = rs_signal_make_ref(core);
    return call;
}

rs_call_result rs_call_spawn(const rs_spawn_options *options, const rs_behaviour *behaviour,
                             const rs_type *type, const void *head, uint32_t head_bytes,
                             const void *rest, uint32_t rest_bytes, uint64_t timeout_ns,
                             rs_pid *pid) {
    rs_core *core = begin();
    rs_message *call = build_first(core, type, head, head_bytes, rest, rest_bytes);
    rs_process *child = rs_process_create(core, options, behaviour, call);
    if (!child) {
        rs_signal_release(core, call);
        rs_section_leave(core);
        *pid = 0;
        return (rs_call_result){.reason = RS_ATOM(system_limit)};
    }
    *pid = rs_process_pid(child);
    if (core->is_virtual && core->runtime->observer.transit) rs_observe_sent(core, *pid, call);
    rs_ref ref = call->ref; /* the child's, once it is ready */
    rs_process_ready(core, child, RS_READY_NEW);
    return await(core, ref, timeout_ns);
}

/* ---------------------------------------------------------------- answering */

static void observe_served(rs_core *core, rs_process *self) {
    if (self->served) return;
    self->served = 1;
    rs_observe(core, RS_EVENT_SERVED, self, 0, 0, 0);
}

/* The reply is from the callee, whoever sends it. */
static void send_reply(rs_core *core, rs_message *reply, rs_pid callee, rs_pid caller, rs_ref ref) {
    reply->kind = RS_SIGNAL_REPLY;
    reply->ref = ref;
    reply->from = callee;
    reply->cause = core->current->cause;
    rs_clock_spend(core, core->runtime->costs.message_ns);
    if (!rs_mail_push(core, caller, reply)) rs_signal_release(core, reply);
}

/* fill puts the payload into the call's own block if it fits, else into a new one, left hanging on
 * `building`. */
static inline __attribute__((always_inline)) rs_message *
fill(rs_core *core, rs_message *call, const rs_type *type, const void *payload, uint32_t bytes) {
    size_t capacity = rs_signal_capacity(call);
    if (capacity == 0 || bytes > capacity)
        return rs_signal_build(core, RS_MESSAGE_CALL, type, payload, bytes);
    rs_signal_uncount(call);
    rs_copy_in(core, call->payload, payload, bytes);
    call->type = type;
    call->bytes = bytes;
    return call;
}

/* Inlined in both, since every reply passes here. */
static inline __attribute__((always_inline)) void
reply_current(const rs_type *type, const void *payload, uint32_t bytes, bool is_service) {
    rs_core *core = rs_section_enter();
    rs_process *self = core->current;
    rs_message *call = self->current;
    if (call && call->kind == RS_MESSAGE_CALL) {
        rs_pid caller = call->from;
        rs_ref ref = call->ref;
        rs_message *reply = fill(core, call, type, payload, bytes);
        self->building = NULL;
        if (reply == call)
            self->current = NULL;
        else
            call->kind = RS_MESSAGE; /* answered: its release must not bounce it */
        send_reply(core, reply, rs_process_pid(self), caller, ref);
        if (is_service) observe_served(core, self);
    }
    rs_section_leave(core);
}

void rs_call_reply(const rs_type *type, const void *payload, uint32_t bytes) {
    reply_current(type, payload, bytes, true);
}

void rs_call_answer(const rs_type *type, const void *payload, uint32_t bytes) {
    reply_current(type, payload, bytes, false);
}

static bool is_call(const rs_message *message, rs_ref ref) {
    return message && message->kind == RS_MESSAGE_CALL && message->ref == ref;
}

static rs_message *find_deferred(rs_process *self, rs_ref ref) {
    rs_list *all = self->deferred;
    for (rs_list *node = all; node; node = rs_list_after(all, node))
        if (is_call((rs_message *)(void *)node, ref)) return (rs_message *)(void *)node;
    return NULL;
}

/* A call that is still being read: handled by a behaviour, or received by a plain process. */
static rs_message *find_read(rs_process *self, rs_ref ref) {
    if (is_call(self->current, ref)) return self->current;
    for (rs_message *message = self->held; message; message = message->link)
        if (is_call(message, ref)) return message;
    return NULL;
}

/* Somebody else answers: the callee must not keep the call until it dies. */
static void tell_done(rs_core *core, rs_pid callee, rs_ref ref) {
    rs_message *done = rs_signal_alloc(core, 0);
    if (!done) return; /* it keeps the call until it dies: memory, not meaning */
    done->kind = RS_SIGNAL_CALL_DONE;
    done->ref = ref;
    rs_signal_push(core, callee, done);
}

void rs_call_done(rs_core *core, rs_process *self, rs_ref ref) {
    rs_message *call = find_read(self, ref);
    bool is_read = call != NULL;
    if (!call) call = find_deferred(self, ref);
    if (!call) return;
    if (is_read || call->flags & RS_MESSAGE_KEPT) {
        call->kind = RS_MESSAGE;
        return;
    }
    rs_list_remove(&self->deferred, (rs_list *)(void *)call);
    rs_signal_release(core, call);
}

static void settle(rs_core *core, rs_process *self, rs_pid callee, rs_ref ref) {
    if (callee == rs_process_pid(self))
        rs_call_done(core, self, ref);
    else
        tell_done(core, callee, ref);
}

static inline __attribute__((always_inline)) void reply_to(rs_pid callee, rs_pid caller, rs_ref ref,
                                                           const rs_type *type, const void *payload,
                                                           uint32_t bytes, bool is_service) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_process *self = core->current;
    rs_message *reply = rs_signal_build(core, RS_MESSAGE_CALL, type, payload, bytes);
    self->building = NULL;
    send_reply(core, reply, callee, caller, ref);
    settle(core, self, callee, ref);
    if (is_service && callee == rs_process_pid(self)) observe_served(core, self);
    rs_section_leave(core);
}

void rs_call_reply_to(rs_pid callee, rs_pid caller, rs_ref ref, const rs_type *type,
                      const void *payload, uint32_t bytes) {
    reply_to(callee, caller, ref, type, payload, bytes, true);
}

void rs_call_answer_to(rs_pid callee, rs_pid caller, rs_ref ref, const rs_type *type,
                       const void *payload, uint32_t bytes) {
    reply_to(callee, caller, ref, type, payload, bytes, false);
}
