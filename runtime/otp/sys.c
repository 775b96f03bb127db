/* sys.c: system messages: the server's side, then the caller's.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/sys.h"

#include "runtime/otp/debug.h"
#include "runtime/otp/packed_term.h"
#include "runtime/otp/shape.h"
#include "runtime/otp/system.h"
#include "runtime/process/call.h"
#include "runtime/process/tell.h"

#include <string.h>

const rs_type rs_system_type = {.name = "system_request"};

_Static_assert(sizeof(rs_system_request) % 16 == 0, "what follows a request is aligned");

/* What a request ended with, and for those that ask for something, its words; packed, why the code
 * was not changed. */
typedef struct outcome {
    rs_err err;
    uint32_t count;
    uint64_t words[RS_PACKED_TERM_WORDS];
} outcome;

static const rs_type outcome_type = {.name = "system_outcome"};

static const rs_system_request *request_of(const rs_message *message) {
    return (const void *)message->payload;
}

/* ---------------------------------------------------------------- the server's side */

static void answer(rs_process *self, const rs_message *message, const outcome *it) {
    size_t bytes = offsetof(outcome, words) + it->count * sizeof it->words[0];
    rs_call_answer_to(rs_process_pid(self), message->from, message->ref, &outcome_type, it,
                      (uint32_t)bytes);
}

static const rs_gen_server *module_of(rs_process *self) {
    return rs_load(&self->module, rs_relaxed);
}

rs_term rs_system_tell_state(rs_process *self) {
    const rs_gen_server *module = module_of(self);
    const char *name = module->name ? module->name : "state";
    return rs_tell_value(module->state_type, name, self->state, module->state_bytes);
}

/* Takes the reference of `term`. */
static void answer_term(rs_process *self, const rs_message *message, rs_term term) {
    outcome it = {.err = RS_OK};
    it.count = rs_packed_term_write(term, it.words);
    if (rs_packed_term_is_cut(term, it.words, it.count)) it.err = RS_ERANGE;
    rs_term_release(term);
    answer(self, message, &it);
}

static rs_term tell_debug(rs_process *self) {
    rs_term on[2];
    uint32_t count = 0;
    rs_sys_statistics statistics;
    rs_debug_read(self, &statistics);
    if (rs_debug_traces(self)) on[count++] = rs_atom_find("trace");
    if (statistics.on) on[count++] = rs_atom_find("statistics");
    return rs_term_list(count, on);
}

static rs_term tell_status(rs_process *self, bool suspended) {
    const rs_gen_server *module = module_of(self);
    const char *name = module->name ? module->name : "gen_server";
    const rs_term named[] = {rs_atom_find("module"), rs_atom_find(name)};
    const rs_term now[] = {suspended ? rs_atom_find("suspended") : RS_ATOM(running), self->parent,
                           tell_debug(self), rs_system_tell_state(self)};
    const rs_term parts[] = {rs_atom_find("status"), rs_process_pid(self), rs_term_tuple(2, named),
                             rs_term_list(4, now)};
    rs_term status = rs_term_tuple(4, parts);
    rs_term_release(parts[3]);
    rs_term_release(parts[2]);
    rs_term_release(now[3]);
    rs_term_release(now[2]);
    return status;
}

/* Read beside the old one, which a type that refuses half way leaves as it was. */
rs_err rs_system_read(const rs_type *type, rs_term term, void *value, uint32_t bytes) {
    if (!type || !type->from_term || bytes == 0) return RS_EUNSUPPORTED;
    uint32_t read = bytes;
    void *fresh = rs_alloc(bytes);
    rs_err err = type->from_term(term, fresh, &read);
    if (err == RS_OK) memcpy(value, fresh, bytes);
    rs_free(fresh, bytes);
    return err;
}

static rs_term read_packed(const rs_system_request *request) {
    return rs_packed_term_read((const uint64_t *)(const void *)(request + 1), request->count);
}

static void replace_state(rs_process *self, const rs_message *message) {
    const rs_system_request *request = request_of(message);
    const rs_gen_server *module = module_of(self);
    rs_term term = read_packed(request);
    const outcome it = {
        .err = rs_system_read(module->state_type, term, self->state, module->state_bytes)};
    rs_term_release(term);
    answer(self, message, &it);
}

/* ---------------------------------------------------------------- change_code */

/* A change on its way: what run_change reads, and what it leaves. */
typedef struct change {
    const rs_gen_server *module;
    rs_old_state old;
    void *fresh;
    rs_term extra;
    rs_term answer; /* of code_change */
} change;

static void run_change(void *argument) {
    change *this = argument;
    this->answer = this->module->code_change(&this->old, this->fresh, this->extra);
}

/* The reason to refuse, 0: it was done. */
static rs_term try_change(change *this) {
    rs_term reason;
    if (!this->module->code_change) return rs_shape_exit(rs_shape_word("undef"));
    if (rs_catch(run_change, this, &reason) != RS_CAUGHT_NOTHING) return rs_shape_exit(reason);
    if (this->answer == RS_ATOM(ok)) return 0;
    return rs_shape_pair(RS_ATOM(error), this->answer);
}

static void free_state(void *state, uint32_t bytes) {
    if (bytes) rs_free(state, bytes);
}

/* Until the end the server is what it was, whatever happens to it. */
static rs_term change_code(rs_process *self, const rs_gen_server *module, rs_term extra) {
    const rs_gen_server *before = module_of(self);
    change this = {.module = module,
                   .old = {self->state, before->state_bytes, before->version},
                   .fresh = module->state_bytes ? rs_alloc(module->state_bytes) : NULL,
                   .extra = extra};
    rs_term refused = try_change(&this);
    if (refused) {
        free_state(this.fresh, module->state_bytes);
        return refused;
    }
    free_state(self->state, before->state_bytes);
    self->state = this.fresh;
    rs_store(&self->module, module, rs_relaxed); /* read as a hint by who looks for a version */
    rs_debug_behave(self, rs_system_behaviour(module));
    return 0;
}

static rs_term read_extra(const rs_system_request *request) {
    return request->count ? read_packed(request) : rs_term_integer((intptr_t)(request + 1));
}

static void serve_change(rs_process *self, const rs_message *message, bool suspended) {
    const rs_system_request *request = request_of(message);
    rs_term extra = read_extra(request), refused;
    outcome it = {.err = RS_OK};
    if (suspended)
        refused = change_code(self, request->module, extra);
    else
        refused = rs_shape_pair(rs_shape_word("unknown_system_msg"), rs_shape_word("change_code"));
    if (refused) {
        it.err = RS_EINVAL;
        it.count = rs_packed_term_write(refused, it.words);
    }
    rs_term_release(refused);
    rs_term_release(extra);
    answer(self, message, &it);
}

static void answer_ok(rs_process *self, const rs_message *message) {
    const outcome it = {.err = RS_OK};
    answer(self, message, &it);
}

static void get_statistics(rs_process *self, const rs_message *message) {
    rs_sys_statistics now;
    outcome it = {.err = RS_OK, .count = 5};
    rs_debug_read(self, &now);
    const uint64_t words[] = {now.on, now.start_time_ns, now.current_time_ns, now.messages_in,
                              now.messages_out};
    memcpy(it.words, words, sizeof words);
    answer(self, message, &it);
}

/* What a suspended server takes. */
static bool is_own(const rs_message *message, void *context) {
    return rs_system_is_own(context, message);
}

/* One request; *suspended is set to what the server is after it. */
static void serve(rs_process *self, const rs_message *message, bool *suspended) {
    switch ((rs_system_word)request_of(message)->word) {
    case RS_SYSTEM_SUSPEND: *suspended = true; break;
    case RS_SYSTEM_RESUME: *suspended = false; break;
    case RS_SYSTEM_GET_STATE: answer_term(self, message, rs_system_tell_state(self)); return;
    case RS_SYSTEM_REPLACE_STATE: replace_state(self, message); return;
    case RS_SYSTEM_CHANGE_CODE: serve_change(self, message, *suspended); return;
    case RS_SYSTEM_GET_STATUS: answer_term(self, message, tell_status(self, *suspended)); return;
    case RS_SYSTEM_TRACE_ON: rs_debug_trace(self, true); break;
    case RS_SYSTEM_TRACE_OFF: rs_debug_trace(self, false); break;
    case RS_SYSTEM_STATISTICS_ON: rs_debug_statistics(self, true); break;
    case RS_SYSTEM_STATISTICS_OFF: rs_debug_statistics(self, false); break;
    case RS_SYSTEM_STATISTICS_GET: get_statistics(self, message); return;
    case RS_SYSTEM_START:
    case RS_SYSTEM_STOP: RS_UNREACHABLE();
    }
    answer_ok(self, message);
}

const rs_message *rs_system_serve(rs_process *self, const rs_message *message) {
    bool suspended = false;
    serve(self, message, &suspended);
    while (suspended) {
        message = rs_receive(is_own, self, RS_FOREVER);
        if (message->kind == RS_MESSAGE_EXIT) return message;
        if (request_of(message)->word == RS_SYSTEM_STOP) return message;
        serve(self, message, &suspended);
    }
    return NULL;
}

/* ---------------------------------------------------------------- the caller's side */

/* *it is set when the server has answered. */
static rs_err ask_bytes(rs_pid server, const rs_system_request *request, uint32_t bytes,
                        uint64_t timeout_ns, const outcome **it) {
    rs_call_result result = rs_call(server, &rs_system_type, request, bytes, timeout_ns);
    if (result.reply) {
        *it = (const void *)result.reply->payload;
        return (*it)->err;
    }
    rs_err err = result.reason == RS_ATOM(timeout) ? RS_ELIMIT : RS_ENOPROC;
    rs_term_release(result.reason);
    return err;
}

static rs_err ask(rs_pid server, const rs_system_request *request, uint64_t timeout_ns,
                  const outcome **it) {
    size_t bytes = sizeof *request + request->count * sizeof(uint64_t);
    return ask_bytes(server, request, (uint32_t)bytes, timeout_ns, it);
}

static rs_err ask_word(rs_pid server, rs_system_word word, uint64_t timeout_ns) {
    const rs_system_request request = {.word = word};
    const outcome *it;
    return ask(server, &request, timeout_ns, &it);
}

rs_err rs_sys_suspend(rs_pid server, uint64_t timeout_ns) {
    return ask_word(server, RS_SYSTEM_SUSPEND, timeout_ns);
}

rs_err rs_sys_resume(rs_pid server, uint64_t timeout_ns) {
    return ask_word(server, RS_SYSTEM_RESUME, timeout_ns);
}

static rs_err ask_term(rs_pid server, rs_system_word word, uint64_t timeout_ns, rs_term *term) {
    const rs_system_request request = {.word = word};
    const outcome *it;
    rs_err err = ask(server, &request, timeout_ns, &it);
    if (err == RS_OK) *term = rs_packed_term_read(it->words, it->count);
    return err;
}

rs_err rs_sys_get_state(rs_pid server, uint64_t timeout_ns, rs_term *state) {
    return ask_term(server, RS_SYSTEM_GET_STATE, timeout_ns, state);
}

rs_err rs_sys_get_status(rs_pid server, uint64_t timeout_ns, rs_term *status) {
    return ask_term(server, RS_SYSTEM_GET_STATUS, timeout_ns, status);
}

/* A request with its packed term. */
typedef struct long_request {
    rs_system_request head;
    uint64_t words[RS_PACKED_TERM_WORDS];
} long_request;

static bool pack(long_request *request, rs_term term) {
    request->head.count = rs_packed_term_write(term, request->words);
    return !rs_packed_term_is_cut(term, request->words, request->head.count);
}

rs_err rs_sys_replace_state(rs_pid server, rs_term state, uint64_t timeout_ns) {
    long_request request = {.head.word = RS_SYSTEM_REPLACE_STATE};
    const outcome *it;
    if (!pack(&request, state)) return RS_ERANGE;
    return ask(server, &request.head, timeout_ns, &it);
}

rs_err rs_sys_change_code(rs_pid server, const rs_gen_server *module, rs_term extra,
                          uint64_t timeout_ns, rs_term *reason) {
    long_request request = {.head = {.word = RS_SYSTEM_CHANGE_CODE, .module = module}};
    const outcome *it;
    if (!pack(&request, extra)) return RS_ERANGE;
    rs_err err = ask(server, &request.head, timeout_ns, &it);
    if (err == RS_EINVAL) *reason = rs_packed_term_read(it->words, it->count);
    return err;
}

rs_err rs_sys_trace(rs_pid server, bool on, uint64_t timeout_ns) {
    return ask_word(server, on ? RS_SYSTEM_TRACE_ON : RS_SYSTEM_TRACE_OFF, timeout_ns);
}

rs_err rs_sys_statistics_on(rs_pid server, bool on, uint64_t timeout_ns) {
    return ask_word(server, on ? RS_SYSTEM_STATISTICS_ON : RS_SYSTEM_STATISTICS_OFF, timeout_ns);
}

rs_err rs_sys_statistics_get(rs_pid server, uint64_t timeout_ns, rs_sys_statistics *statistics) {
    const rs_system_request request = {.word = RS_SYSTEM_STATISTICS_GET};
    const outcome *it;
    rs_err err = ask(server, &request, timeout_ns, &it);
    if (err != RS_OK) return err;
    *statistics = (rs_sys_statistics){it->words[0] != 0, it->words[1], it->words[2], it->words[3],
                                      it->words[4]};
    return RS_OK;
}

/* ---------------------------------------------------------------- for this room */

rs_err rs_system_change_code(rs_pid server, const rs_gen_server *module, const void *payload,
                             uint32_t bytes, rs_term *reason) {
    const rs_system_request head = {.word = RS_SYSTEM_CHANGE_CODE, .module = module};
    rs_system_request *request = rs_alloc(sizeof head + bytes);
    const outcome *it;
    *request = head;
    memcpy(request + 1, payload, bytes);
    rs_err err = ask_bytes(server, request, (uint32_t)sizeof head + bytes, RS_FOREVER, &it);
    rs_free(request, sizeof head + bytes);
    if (err == RS_EINVAL) *reason = rs_packed_term_read(it->words, it->count);
    return err;
}
