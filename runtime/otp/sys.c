/* sys.c: system messages: the server's side, then the caller's.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/sys.h"

#include "runtime/otp/packed_term.h"
#include "runtime/otp/system.h"
#include "runtime/process/call.h"

#include <string.h>

const rs_type rs_system_type = {.name = "system_request"};

/* What a request ended with, and for RS_SYSTEM_GET_STATE the packed state. */
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

/* Answers that are no service. */
static void answer(rs_process *self, const rs_message *message, const outcome *it) {
    size_t bytes = offsetof(outcome, words) + it->count * sizeof it->words[0];
    bool served = self->served;
    self->served = 1;
    rs_call_reply_to(rs_process_pid(self), message->from, message->ref, &outcome_type, it,
                     (uint32_t)bytes);
    self->served = served;
}

static rs_term tell_state(const rs_gen_server *module, const void *state) {
    const rs_type *type = module->state_type;
    if (type && type->to_term) return type->to_term(state, module->state_bytes);
    const char *name = type ? type->name : module->name;
    const rs_term opaque[] = {rs_atom_find("opaque"), rs_atom_find(name ? name : "state"),
                              rs_term_integer(module->state_bytes)};
    return rs_term_tuple(3, opaque);
}

static void get_state(rs_process *self, const rs_message *message) {
    outcome it = {.err = RS_OK};
    rs_term state = tell_state(self->module, self->state);
    it.count = rs_packed_term_write(state, it.words);
    if (rs_packed_term_is_cut(state, it.words, it.count)) it.err = RS_ERANGE;
    rs_term_release(state);
    answer(self, message, &it);
}

/* Read beside the old one, which a type that refuses half way leaves as it was. */
static rs_err read_state(const rs_gen_server *module, void *state, rs_term term) {
    const rs_type *type = module->state_type;
    uint32_t bytes = module->state_bytes;
    if (!type || !type->from_term || bytes == 0) return RS_EUNSUPPORTED;
    void *fresh = rs_alloc(bytes);
    rs_err err = type->from_term(term, fresh, &bytes);
    if (err == RS_OK) memcpy(state, fresh, module->state_bytes);
    rs_free(fresh, module->state_bytes);
    return err;
}

static void replace_state(rs_process *self, const rs_message *message) {
    const rs_system_request *request = request_of(message);
    rs_term term =
        rs_packed_term_read((const uint64_t *)(const void *)(request + 1), request->count);
    const outcome it = {.err = read_state(self->module, self->state, term)};
    rs_term_release(term);
    answer(self, message, &it);
}

static void answer_ok(rs_process *self, const rs_message *message) {
    const outcome it = {.err = RS_OK};
    answer(self, message, &it);
}

/* What a suspended server takes. */
static bool is_system(const rs_message *message, void *context) {
    const rs_process *self = context;
    if (message->kind == RS_MESSAGE_EXIT) return message->from == self->parent;
    return message->kind == RS_MESSAGE_CALL && message->type == &rs_system_type;
}

/* One request; *suspended is set to what the server is after it. */
static void serve(rs_process *self, const rs_message *message, bool *suspended) {
    switch ((rs_system_word)request_of(message)->word) {
    case RS_SYSTEM_SUSPEND: *suspended = true; break;
    case RS_SYSTEM_RESUME: *suspended = false; break;
    case RS_SYSTEM_GET_STATE: get_state(self, message); return;
    case RS_SYSTEM_REPLACE_STATE: replace_state(self, message); return;
    case RS_SYSTEM_START:
    case RS_SYSTEM_STOP: RS_UNREACHABLE();
    }
    answer_ok(self, message);
}

const rs_message *rs_system_serve(rs_process *self, const rs_message *message) {
    bool suspended = false;
    serve(self, message, &suspended);
    while (suspended) {
        message = rs_receive(is_system, self, RS_FOREVER);
        if (message->kind == RS_MESSAGE_EXIT) return message;
        if (request_of(message)->word == RS_SYSTEM_STOP) return message;
        serve(self, message, &suspended);
    }
    return NULL;
}

/* ---------------------------------------------------------------- the caller's side */

/* *it is set when the server has answered. */
static rs_err ask(rs_pid server, const rs_system_request *request, uint64_t timeout_ns,
                  const outcome **it) {
    size_t bytes = sizeof *request + request->count * sizeof(uint64_t);
    rs_call_result result = rs_call(server, &rs_system_type, request, (uint32_t)bytes, timeout_ns);
    if (result.reply) {
        *it = (const void *)result.reply->payload;
        return (*it)->err;
    }
    rs_err err = result.reason == RS_ATOM(timeout) ? RS_ELIMIT : RS_ENOPROC;
    rs_term_release(result.reason);
    return err;
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

rs_err rs_sys_get_state(rs_pid server, uint64_t timeout_ns, rs_term *state) {
    const rs_system_request request = {.word = RS_SYSTEM_GET_STATE};
    const outcome *it;
    rs_err err = ask(server, &request, timeout_ns, &it);
    if (err == RS_OK) *state = rs_packed_term_read(it->words, it->count);
    return err;
}

rs_err rs_sys_replace_state(rs_pid server, rs_term state, uint64_t timeout_ns) {
    struct {
        rs_system_request head;
        uint64_t words[RS_PACKED_TERM_WORDS];
    } request = {.head.word = RS_SYSTEM_REPLACE_STATE};
    request.head.count = rs_packed_term_write(state, request.words);
    if (rs_packed_term_is_cut(state, request.words, request.head.count)) return RS_ERANGE;
    const outcome *it;
    return ask(server, &request.head, timeout_ns, &it);
}
