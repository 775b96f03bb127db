/* gen_server.c: OTP's generic server, a behaviour of the process room.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/gen_server.h"

#include "runtime/otp/debug.h"
#include "runtime/otp/packed_term.h"
#include "runtime/otp/shape.h"
#include "runtime/otp/system.h"
#include "runtime/otp/upgrade.h"
#include "runtime/otp/version.h"
#include "runtime/process/call.h"
#include "runtime/process/catch.h"
#include "runtime/process/mail.h"
#include "runtime/process/name.h"
#include "runtime/process/observe.h"
#include "runtime/process/relation.h"
#include "runtime/process/signal.h"
#include "runtime/process/tell.h"

#include <string.h>

/* What the first message of a server carries, followed by init's arguments. */
typedef struct start_request {
    rs_system_request head;
    const rs_gen_server *module;
    rs_atom name;
} start_request;

static const rs_type done_type = {.name = "gen_server_done"};
/* The words of a packed reason. */
static const rs_type failed_type = {.name = "gen_server_failed"};

static rs_term timeout_to_term(const void *value, uint32_t bytes) {
    (void)value, (void)bytes;
    return RS_ATOM(timeout);
}
const rs_type rs_timeout_type = {.name = "timeout", .to_term = timeout_to_term};

static inline rs_process *self_here(void) {
    return rs_process_here();
}

static const rs_gen_server *module_of(const rs_process *self) {
    return rs_load(&((rs_process *)(uintptr_t)self)->module, rs_relaxed);
}

/* ---------------------------------------------------------------- the fault seam */

static inline void ask(const rs_process *self, void (*what)(void *context, uint32_t role)) {
    if (RS_UNLIKELY(what != NULL) && self->role) what(rs_the_runtime->seam.context, self->role);
}

/* ---------------------------------------------------------------- the end */

/* Rule G9; terminate's value is ignored (G10), its crash becomes the reason. */
static void terminate(rs_process *self, rs_term reason) {
    const rs_gen_server *module = module_of(self);
    ask(self, rs_the_runtime->seam.terminate);
    if (module->terminate) module->terminate(self->state, reason);
}

/* With the reason that rs_stop left in the process. */
static _Noreturn void exit_for_reason(rs_process *self) {
    rs_core *core = rs_section_enter();
    rs_term reason = self->reason;
    self->reason = 0;
    rs_catch_raise(core, reason ? reason : RS_ATOM(normal));
}

/* The reason stays in the process meanwhile, where a death in terminate finds and releases it. */
static void terminate_for_reason(rs_process *self) {
    terminate(self, self->reason ? self->reason : RS_ATOM(normal));
}

static _Noreturn void stop(rs_process *self) {
    terminate_for_reason(self);
    exit_for_reason(self);
}

static _Noreturn void stop_for(rs_process *self, rs_term reason) {
    rs_stop(reason);
    stop(self);
}

rs_next rs_stop(rs_term reason) {
    rs_signal_touch(reason);
    rs_core *core = rs_section_enter();
    rs_process_set_reason(core->current, reason);
    rs_section_leave(core);
    return RS_NEXT_STOP;
}

rs_next rs_ignore(void) {
    return RS_NEXT_IGNORE;
}

rs_next rs_init_error(rs_term reason) {
    rs_stop(reason);
    return RS_NEXT_ERROR;
}

/* A process builds one message at a time, and may send before this one's time has come: it is held
 * meanwhile. */
static void keep(uint8_t kind, const rs_type *type, const void *payload, uint32_t bytes) {
    rs_core *core = rs_section_enter();
    rs_process *self = core->current;
    rs_message *kept = rs_signal_build(core, kind, type, payload, bytes);
    self->building = NULL;
    kept->flags |= RS_MESSAGE_KEPT;
    kept->link = self->held;
    self->held = kept;
    rs_section_leave(core);
}

rs_next rs_stop_reply(rs_term reason, const rs_type *type, const void *payload, uint32_t bytes) {
    keep(RS_SIGNAL_REPLY, type, payload, bytes);
    return rs_stop(reason);
}

rs_next rs_continue(const rs_type *type, const void *payload, uint32_t bytes) {
    keep(RS_MESSAGE, type, payload, bytes);
    return RS_NEXT_CONTINUE;
}

rs_next rs_timeout(uint64_t ns) {
    uint64_t now_ns = rs_now_ns();
    rs_process_wait_until(ns < RS_FOREVER - now_ns ? now_ns + ns : RS_FOREVER);
    return RS_NOREPLY;
}

/* ---------------------------------------------------------------- the start */

static rs_next run_init(rs_process *self, const start_request *request, uint32_t bytes) {
    const rs_gen_server *module = request->module;
    if (!module->init) return RS_INIT_OK;
    return module->init(self->state, request + 1, bytes - (uint32_t)sizeof *request);
}

static void prepare(rs_process *self, const rs_gen_server *module) {
    if (module->state_bytes) self->state = rs_alloc(module->state_bytes);
}

/* Rule G1: the name first; a clash ends it before init. */
static void take_name(rs_process *self, rs_atom name) {
    if (!name) return;
    rs_core *core = rs_section_enter();
    rs_err err = rs_name_take(name, self);
    rs_section_leave(core);
    if (err == RS_OK) return;
    const rs_term clash[] = {RS_ATOM(already_started), rs_whereis(name)};
    rs_term reason = rs_term_tuple(2, clash);
    rs_process_obey(rs_section_enter(), reason); /* an answer, no crash */
}

static void follow(rs_process *self, rs_next next);

static _Noreturn void fail_silently(rs_process *self) {
    uint64_t words[RS_PACKED_TERM_WORDS];
    uint32_t count = rs_packed_term_write(self->reason, words);
    rs_call_answer(&failed_type, words, count * (uint32_t)sizeof *words);
    rs_exit(RS_ATOM(normal));
}

static _Noreturn void exit_ignored(rs_process *self) {
    rs_core *core = rs_section_enter();
    self->init_ignored = 1;
    rs_section_leave(core);
    rs_exit(RS_ATOM(normal));
}

static void begin(rs_process *self, rs_message *message) {
    const start_request *request = (const start_request *)(const void *)message->payload;
    bool watched = self->role != 0;
    prepare(self, request->module);
    take_name(self, request->name);
    uint64_t entered = watched ? rs_now_ns() : 0;
    ask(self, rs_the_runtime->seam.init);
    rs_next next = run_init(self, request, message->bytes);
    switch (next) {
    case RS_INIT_OK:
    case RS_NEXT_CONTINUE: break;
    case RS_NEXT_IGNORE: exit_ignored(self);
    case RS_NEXT_STOP: exit_for_reason(self);
    case RS_NEXT_ERROR: fail_silently(self);
    default: rs_exit(RS_ATOM(bad_return_value));
    }
    rs_core *core = rs_section_enter();
    self->started = 1;
    if (watched) rs_observe(core, RS_EVENT_STARTED, self, 0, 0, entered);
    rs_section_leave(core);
    rs_call_answer(&done_type, NULL, 0);
    if (RS_UNLIKELY(next == RS_NEXT_CONTINUE)) follow(self, next);
}

/* Rule G4 as corrected in OTP 26: a trapping starter sees no EXIT of a failed start. */
static void forget_link(const rs_start_options *options, rs_pid pid) {
    rs_process *self = self_here();
    if (!pid || !options->link || !self->trap_exit) return; /* no pid: it was never born */
    rs_core *core = rs_gate(rs_section_enter());
    rs_relation_forget(core, self, pid);
    rs_section_leave(core);
}

/* The module is the process's from its birth on: whoever looks for those that run it finds also who
 * is not prepared yet. */
rs_start_result rs_gen_server_start(const rs_gen_server *module, const void *args, uint32_t bytes,
                                    const rs_start_options *options, rs_pid *pid, rs_term *reason) {
    static const rs_start_options plain;
    if (!options) options = &plain;
    const start_request request = {{.word = RS_SYSTEM_START}, module, options->name};
    const rs_spawn_options spawn = {.entry = (rs_entry *)(uintptr_t)module,
                                    .link = options->link,
                                    .link_tag = options->link_tag,
                                    .role = options->role,
                                    .arena_bytes = options->arena_bytes};
    uint64_t timeout = options->timeout_ns ? options->timeout_ns : RS_FOREVER;
    rs_pid child;
    rs_call_result result = rs_call_spawn(&spawn, rs_system_behaviour(module), &rs_system_type,
                                          &request, sizeof request, args, bytes, timeout, &child);
    if (result.reply && result.reply->type == &done_type) {
        *pid = child;
        return RS_START_OK;
    }
    if (result.reply)
        result.reason = rs_packed_term_read(rs_message_payload(result.reply),
                                            result.reply->bytes / (uint32_t)sizeof(uint64_t));
    if (result.reason == RS_ATOM(timeout)) rs_exit_signal(child, RS_ATOM(kill)); /* rule G5 */
    forget_link(options, child);
    if (result.ignored) {
        rs_term_release(result.reason);
        return RS_START_IGNORE;
    }
    if (reason)
        *reason = result.reason;
    else
        rs_term_release(result.reason);
    return RS_START_ERROR;
}

/* ---------------------------------------------------------------- running */

static const rs_behaviour gen_server_behaviour;

/* One that is looked at has another behaviour, see debug.h. */
static inline void note_reply(const rs_type *type, const void *payload, uint32_t bytes) {
    rs_process *self = self_here();
    if (RS_UNLIKELY(self->behaviour != &gen_server_behaviour))
        rs_debug_out(self, type, payload, bytes);
}

rs_next rs_reply(const rs_type *type, const void *payload, uint32_t bytes) {
    note_reply(type, payload, bytes); /* before: a reply may be made of its own request */
    rs_call_reply(type, payload, bytes);
    return RS_NEXT_REPLY;
}

void rs_reply_to(rs_from from, const rs_type *type, const void *payload, uint32_t bytes) {
    rs_call_reply_to(from.server, from.pid, from.ref, type, payload, bytes);
}

static rs_message **find_kept(rs_process *self, uint8_t kind) {
    rs_message **at = &self->held;
    while (*at && !((*at)->flags & RS_MESSAGE_KEPT && (*at)->kind == kind)) at = &(*at)->link;
    return at;
}

/* The reply of who stops, if it gave one. In a section, since who dies in jail holds nothing more,
 * but may still read it. */
static const rs_message *kept_reply(rs_process *self) {
    rs_core *core = rs_section_enter();
    const rs_message *kept = *find_kept(self, RS_SIGNAL_REPLY);
    rs_section_leave(core);
    return kept;
}

static rs_message *take_kept(rs_process *self, uint8_t kind) {
    rs_message **at = find_kept(self, kind), *kept = *at;
    *at = kept->link;
    kept->link = NULL;
    kept->flags = 0;
    return kept;
}

/* Rule C6: terminate, reply, exit. */
static void stop_with_reply(rs_process *self) {
    terminate_for_reason(self);
    const rs_message *kept = kept_reply(self);
    note_reply(kept->type, kept->payload, kept->bytes);
    rs_core *core = rs_section_enter();
    rs_message *reply = take_kept(self, RS_SIGNAL_REPLY), *call = self->current;
    if (call && call->kind == RS_MESSAGE_CALL) {
        reply->ref = call->ref;
        call->kind = RS_MESSAGE; /* answered: its release must not bounce it */
        if (!rs_mail_push(core, call->from, reply)) rs_signal_release(core, reply);
    } else {
        rs_signal_release(core, reply);
    }
    rs_section_leave(core);
    exit_for_reason(self);
}

/* The message that was handled is done with: a call that is not answered yet waits for it. */
static rs_next go_on(rs_process *self) {
    const rs_gen_server *module = module_of(self);
    rs_core *core = rs_section_enter();
    if (self->current) rs_signal_let_go(core, self, self->current);
    const rs_message *kept = self->current = take_kept(self, RS_MESSAGE);
    rs_section_leave(core);
    if (!module->handle_continue) rs_exit(RS_ATOM(bad_request));
    return module->handle_continue(self->state, kept);
}

static void follow(rs_process *self, rs_next next) {
    while (RS_UNLIKELY(next == RS_NEXT_CONTINUE)) next = go_on(self);
    if (RS_LIKELY(next == RS_NOREPLY || next == RS_NEXT_REPLY)) return;
    if (next == RS_NEXT_STOP) {
        if (kept_reply(self)) stop_with_reply(self);
        stop(self);
    }
    terminate(self, RS_ATOM(bad_return_value));
    rs_exit(RS_ATOM(bad_return_value));
}

/* sys:terminate */
static void stop_by_request(rs_process *self, const rs_message *message) {
    const rs_system_request *request = (const void *)message->payload;
    rs_term reason = 0;
    if (rs_term_parse((const char *)(request + 1), &reason) != RS_OK) reason = RS_ATOM(normal);
    stop_for(self, reason);
}

/* Rule G8: an EXIT of the parent ends a trapping server; handle_info does not see it. */
static void on_parent_exit(rs_process *self, const rs_message *message) {
    rs_term reason = rs_message_reason(message);
    rs_term_retain(reason, 1);
    stop_for(self, reason);
}

static void on_system(rs_process *self, rs_message *message) {
    const rs_system_request *request = (const void *)message->payload;
    if (request->word == RS_SYSTEM_START) {
        begin(self, message);
        return;
    }
    uint64_t deadline_ns = rs_process_deadline(self);
    if (deadline_ns != RS_FOREVER) rs_process_wait_until(RS_FOREVER);
    const rs_message *end =
        request->word == RS_SYSTEM_STOP ? message : rs_system_serve(self, message);
    if (!end && deadline_ns != RS_FOREVER) rs_process_wait_until(deadline_ns);
    if (!end) return;
    if (end->kind == RS_MESSAGE_EXIT) on_parent_exit(self, end);
    stop_by_request(self, end);
}

static void on_call(rs_process *self, rs_message *message) {
    if (RS_UNLIKELY(message->type == &rs_system_type)) {
        on_system(self, message);
        return;
    }
    const rs_gen_server *module = module_of(self);
    const rs_from from = {message->from, message->ref, rs_process_pid(self)};
    if (!module->handle_call) rs_exit(RS_ATOM(bad_request));
    follow(self, module->handle_call(self->state, from, message));
}

/* Rule G12: any message ends the wait for it, but for what the module does not see. */
static void end_timeout(rs_process *self, const rs_message *message) {
    bool is_system = message->kind == RS_MESSAGE_CALL && message->type == &rs_system_type;
    if (!is_system && rs_process_deadline(self) != RS_FOREVER) rs_process_wait_until(RS_FOREVER);
}

static void on_message(void *state, rs_message *message) {
    rs_process *self = self_here();
    (void)state;
    if (RS_UNLIKELY(self->timed)) end_timeout(self, message);
    if (RS_LIKELY(message->kind == RS_MESSAGE_CALL)) {
        on_call(self, message);
        return;
    }
    const rs_gen_server *module = module_of(self);
    if (message->kind == RS_MESSAGE_CAST) {
        if (!module->handle_cast) rs_exit(RS_ATOM(bad_request));
        follow(self, module->handle_cast(self->state, message));
        return;
    }
    if (message->kind == RS_MESSAGE_EXIT && message->from == self->parent)
        on_parent_exit(self, message);
    if (module->handle_info) follow(self, module->handle_info(self->state, message));
}

static void on_crash(void *state, rs_term reason) {
    const rs_gen_server *module = module_of(self_here());
    if (self_here()->started && module->error) module->error(state, reason);
}

static void on_timeout(void *state) {
    rs_process *self = self_here();
    const rs_gen_server *module = module_of(self);
    const rs_message timeout = {.type = &rs_timeout_type, .from = rs_process_pid(self)};
    if (module->handle_info) follow(self, module->handle_info(state, &timeout));
}

/* A state that a native crash has left half done is nobody's to read. */
static void tell(rs_crash_report *report) {
    rs_process *self = self_here();
    const rs_gen_server *module = module_of(self);
    if (!module) return; /* it has not even begun */
    report->entry = (uint64_t)(uintptr_t)module->init;
    if (module->name)
        memcpy(report->module, module->name, strnlen(module->name, sizeof report->module - 1));
    if (!report->native)
        rs_tell_text(rs_system_tell_state(self), report->state, sizeof report->state);
}

static const rs_behaviour gen_server_behaviour = {
    .message = on_message, .timeout = on_timeout, .crashed = on_crash, .tell = tell};

/* ---------------------------------------------------------------- of a version on trial */

static void on_message_tried(void *state, rs_message *message) {
    rs_process *self = self_here();
    if (!rs_version_count_call(module_of(self))) rs_debug_behave(self, &gen_server_behaviour);
    on_message(state, message);
}

/* What an interrupt does to a process is not the version's doing. */
static void on_crash_tried(void *state, rs_term reason) {
    rs_process *self = self_here();
    if (!self->interrupted) rs_upgrade_take_back(module_of(self), reason);
    on_crash(state, reason);
}

static const rs_behaviour tried_behaviour = {
    .message = on_message_tried, .timeout = on_timeout, .crashed = on_crash_tried, .tell = tell};

const rs_behaviour *rs_system_behaviour(const rs_gen_server *module) {
    return rs_version_is_on_trial(module) ? &tried_behaviour : &gen_server_behaviour;
}

/* ---------------------------------------------------------------- clients */

const rs_message *rs_gen_server_try_call(rs_pid server, const rs_type *type, const void *payload,
                                         uint32_t bytes, uint64_t timeout_ns, rs_term *reason) {
    rs_call_result result = rs_call(server, type, payload, bytes, timeout_ns);
    if (result.reply) return result.reply;
    if (reason)
        *reason = result.reason;
    else
        rs_term_release(result.reason);
    return NULL;
}

/* The rest of OTP's argument list, the request, is the caller's own. */
void rs_system_call_failed(const char *behaviour, rs_pid server, rs_term why) {
    rs_term site = rs_shape_triple(rs_shape_word(behaviour), rs_shape_word("call"), server);
    rs_exit(rs_shape_pair(why, site));
}

const rs_message *rs_gen_server_call(rs_pid server, const rs_type *type, const void *payload,
                                     uint32_t bytes, uint64_t timeout_ns) {
    rs_term why = 0;
    const rs_message *reply =
        rs_gen_server_try_call(server, type, payload, bytes, timeout_ns, &why);
    if (reply) return reply;
    rs_system_call_failed("gen_server", server, why);
}

rs_ref rs_gen_server_call_ref(void) {
    return self_here()->call_ref;
}

void rs_gen_server_cast(rs_pid server, const rs_type *type, const void *payload, uint32_t bytes) {
    rs_signal_send(server, RS_MESSAGE_CAST, type, payload, bytes);
}

rs_err rs_gen_server_stop(rs_pid server, rs_term reason, uint64_t timeout_ns) {
    struct {
        rs_system_request head;
        char text[256];
    } request = {.head.word = RS_SYSTEM_STOP};
    size_t length = rs_term_print(reason, request.text, sizeof request.text);
    if (length >= sizeof request.text) return RS_ELIMIT;
    uint32_t bytes = (uint32_t)(sizeof request.head + length + 1);
    rs_call_result result = rs_call(server, &rs_system_type, &request, bytes, timeout_ns);
    rs_term why = result.reply ? RS_ATOM(normal) : result.reason;
    bool stopped = rs_term_equal(why, reason);
    bool timed_out = why == RS_ATOM(timeout);
    rs_term_release(why);
    if (stopped) return RS_OK;
    return timed_out ? RS_ELIMIT : RS_ENOPROC;
}
