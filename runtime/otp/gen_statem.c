/* gen_statem.c: OTP's state machine as the gen_server that it is.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/gen_statem.h"

#include "runtime/otp/shape.h"
#include "runtime/otp/statem.h"
#include "runtime/otp/system.h"
#include "runtime/process/call.h"
#include "runtime/process/tell.h"

#include <string.h>

/* ---------------------------------------------------------------- as a server */

/* Followed by init's arguments. */
typedef struct start_args {
    const rs_gen_statem *module;
} start_args;

static const rs_type begin_type = {.name = "statem_begin"};

/* The first state is told of after the starter has its answer. */
static rs_next init(void *state, const void *args, uint32_t bytes) {
    rs_statem *self = state;
    const start_args *given = args;
    self->module = given->module;
    if (self->module->data_bytes) self->data = rs_alloc(self->module->data_bytes);
    bytes -= (uint32_t)sizeof *given;
    rs_next next = RS_INIT_OK;
    if (self->module->init) next = self->module->init(self->data, given + 1, bytes);
    if (self->refused) next = RS_NEXT_STOP;
    if (next != RS_INIT_OK) return next;
    self->state = self->next_state;
    return rs_continue(&begin_type, NULL, 0);
}

static rs_next handle_continue(void *state, const rs_message *what) {
    if (what->type != &begin_type) return rs_stop(RS_ATOM(bad_return_value));
    return rs_statem_begin(state);
}

static rs_next handle_call(void *state, rs_from from, const rs_message *request) {
    const rs_statem_event event = {.type = RS_STATEM_CALL, .from = from, .message = request};
    return rs_statem_handle(state, &event, NULL);
}

static rs_next handle_cast(void *state, const rs_message *request) {
    const rs_statem_event event = {.type = RS_STATEM_CAST, .message = request};
    return rs_statem_handle(state, &event, NULL);
}

static rs_next handle_timer(rs_statem *self, rs_ref timer) {
    rs_statem_node *node = rs_statem_timeout_fire(&self->timeouts, timer);
    if (!node) return RS_NOREPLY;
    const rs_statem_event event = node->event;
    return rs_statem_handle(self, &event, node);
}

static rs_next handle_info(void *state, const rs_message *info) {
    if (info->type == &rs_statem_timeout_type) return handle_timer(state, info->ref);
    const rs_statem_event event = {.type = RS_STATEM_INFO, .message = info};
    return rs_statem_handle(state, &event, NULL);
}

static void terminate(void *state, rs_term reason) {
    rs_statem *self = state;
    if (self->module->terminate) self->module->terminate(self->data, self->state, reason);
}

static void error(void *state, rs_term reason) {
    rs_statem *self = state;
    if (self->module->error) self->module->error(self->data, self->state, reason);
}

/* {State,Data} */
static rs_term machine_to_term(const void *value, uint32_t bytes) {
    const rs_statem *self = value;
    const rs_gen_statem *module = self->module;
    (void)bytes;
    return rs_shape_pair(rs_statem_tell_state(module, self->state),
                         rs_tell_value(module->data_type, module->name ? module->name : "data",
                                       self->data, module->data_bytes));
}

/* What tell_state has told. */
static bool find_state(const rs_gen_statem *module, rs_term term, uint32_t *number) {
    for (*number = 0; *number < module->state_count; ++*number)
        if (rs_statem_tell_state(module, *number) == term) return true;
    if (rs_term_tag(term) != RS_TAG_INTEGER || !module->handle_event) return false;
    *number = (uint32_t)rs_term_to_integer(term);
    return *number == rs_term_to_integer(term);
}

/* `value` is a machine that will replace the caller's own, whose queues and timeouts it keeps. */
static rs_err machine_from_term(rs_term term, void *value, uint32_t *bytes) {
    rs_statem *fresh = value, *self = rs_process_here()->state;
    (void)bytes;
    *fresh = *self;
    rs_term state = rs_term_element(term, 0), data = rs_term_element(term, 1);
    rs_err err = RS_EINVAL;
    if (rs_term_size(term) == 2 && find_state(self->module, state, &fresh->state))
        err = rs_system_read(self->module->data_type, data, self->data, self->module->data_bytes);
    rs_term_release(state);
    rs_term_release(data);
    return err;
}

static const rs_type machine_type = {
    .name = "statem", .to_term = machine_to_term, .from_term = machine_from_term};

const rs_gen_server rs_gen_statem_server = {
    .name = "gen_statem",
    .state_bytes = sizeof(rs_statem),
    .init = init,
    .handle_call = handle_call,
    .handle_cast = handle_cast,
    .handle_info = handle_info,
    .handle_continue = handle_continue,
    .terminate = terminate,
    .error = error,
    .state_type = &machine_type,
};

/* ---------------------------------------------------------------- clients */

rs_start_result rs_gen_statem_start(const rs_gen_statem *module, const void *args, uint32_t bytes,
                                    const rs_start_options *options, rs_pid *pid, rs_term *reason) {
    if (bytes > UINT32_MAX - sizeof(start_args)) rs_exit(RS_ATOM(system_limit));
    uint32_t whole = (uint32_t)sizeof(start_args) + bytes;
    start_args *given = rs_alloc(whole);
    given->module = module;
    if (bytes) memcpy(given + 1, args, bytes);
    rs_start_result started =
        rs_gen_server_start(&rs_gen_statem_server, given, whole, options, pid, reason);
    rs_free(given, whole);
    return started;
}

const rs_message *rs_gen_statem_call(rs_pid server, const rs_type *type, const void *payload,
                                     uint32_t bytes, uint64_t timeout_ns) {
    rs_call_result result = rs_call(server, type, payload, bytes, timeout_ns);
    if (result.reply) return result.reply;
    rs_system_call_failed("gen_statem", server, result.reason);
}
