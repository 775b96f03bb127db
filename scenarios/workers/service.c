/* service.c: a model of any server: it takes its time to start, to compute and to serve, holds some
 * memory, and needs others. Enough to describe a tree of one's own without writing C.
 *
 * A dependency that is down makes the answer {error,{dependency_down,Path}}, at once, and passes on
 * up the chain of callers, if `when_down` says nothing else.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/service.h"

#include "runtime/base/assert.h"

#include <string.h>

/* ------------------------------------------------------------------ answers */

static rs_term request_to_term(const void *value, uint32_t bytes) {
    const rs_service_request *request = value;
    (void)bytes;
    return rs_term_tuple(
        2, (rs_term[]){rs_atom_find("request"), rs_term_integer((int64_t)request->key)});
}

static rs_term done_to_term(const void *value, uint32_t bytes) {
    (void)value;
    (void)bytes;
    return RS_ATOM(ok);
}

static rs_term degraded_to_term(const void *value, uint32_t bytes) {
    (void)value;
    (void)bytes;
    return rs_term_tuple(2, (rs_term[]){RS_ATOM(ok), rs_atom_find("degraded")});
}

static rs_term error(rs_term why) {
    rs_term term = rs_term_tuple(2, (rs_term[]){RS_ATOM(error), why});
    rs_term_release(why);
    return term;
}

static rs_term overload_to_term(const void *value, uint32_t bytes) {
    (void)value;
    (void)bytes;
    return error(rs_atom_find("overload"));
}

static rs_term crashed_to_term(const void *value, uint32_t bytes) {
    (void)value;
    (void)bytes;
    return error(rs_atom_find("member_crashed"));
}

rs_term rs_service_down_reason(const rs_service_down *down) {
    rs_term text = rs_term_text(down->path, (uint32_t)strnlen(down->path, sizeof down->path));
    rs_term reason = rs_term_tuple(2, (rs_term[]){rs_atom_find("dependency_down"), text});
    rs_term_release(text);
    return reason;
}

static rs_term down_to_term(const void *value, uint32_t bytes) {
    (void)bytes;
    return error(rs_service_down_reason(value));
}

const rs_type rs_service_request_type = {"request", sizeof(rs_service_request), request_to_term,
                                         NULL};
const rs_type rs_service_done_type = {"done", 0, done_to_term, NULL};
const rs_type rs_service_degraded_type = {"degraded", 0, degraded_to_term, NULL};
const rs_type rs_service_down_type = {"down", sizeof(rs_service_down), down_to_term, NULL};
const rs_type rs_service_overload_type = {"overload", 0, overload_to_term, NULL};
const rs_type rs_service_crashed_type = {"member_crashed", 0, crashed_to_term, NULL};

bool rs_service_has_failed(const rs_message *answer) {
    return answer->type == &rs_service_down_type || answer->type == &rs_service_overload_type ||
           answer->type == &rs_service_crashed_type;
}

static const rs_type *type_of(rs_served served) {
    static const rs_type *const types[] = {[RS_SERVED] = &rs_service_done_type,
                                           [RS_SERVED_DEGRADED] = &rs_service_degraded_type,
                                           [RS_SERVED_DOWN] = &rs_service_down_type};
    return types[served];
}

rs_next rs_service_reply(rs_served served, const rs_service_down *down) {
    bool is_down = served == RS_SERVED_DOWN;
    return rs_reply(type_of(served), is_down ? down : NULL, is_down ? sizeof *down : 0);
}

void rs_service_reply_to(rs_from from, rs_served served, const rs_service_down *down) {
    bool is_down = served == RS_SERVED_DOWN;
    rs_reply_to(from, type_of(served), is_down ? down : NULL, is_down ? sizeof *down : 0);
}

/* Names of answers are the words that reports show as reasons. */
static rs_term reason_of(const rs_message *answer) {
    bool is_down = answer->type == &rs_service_down_type;
    return rs_atom_find(is_down ? "dependency_down" : answer->type->name);
}

void rs_service_perform(rs_client *client) {
    const rs_service_request request = {rs_client_key(client)};
    rs_pid service = rs_client_target(client);
    if (!service) {
        rs_client_fail(client, RS_ATOM(noproc));
        return;
    }
    const rs_message *answer =
        rs_client_call(client, service, &rs_service_request_type, &request, sizeof request);
    if (answer && rs_service_has_failed(answer)) rs_client_fail(client, reason_of(answer));
}

/* ------------------------------------------------------------------ the server */

typedef struct rs_service {
    rs_serving serving;
} rs_service;

static rs_next service_init(void *state, const void *args, uint32_t bytes) {
    RS_ASSERT(bytes == sizeof(rs_worker_args));
    rs_service *service = state;
    const rs_service_config *config = ((const rs_worker_args *)args)->config;
    rs_work(1);
    rs_serving_init(&service->serving, &config->serving, args, "service");
    return RS_INIT_OK;
}

static rs_next service_handle_call(void *state, rs_from from, const rs_message *request) {
    (void)from;
    rs_service *service = state;
    if (request->type != &rs_service_request_type) return rs_stop(RS_ATOM(bad_request));
    const rs_service_request *asked = rs_message_payload(request);
    rs_service_down down;
    rs_served served = rs_serving_serve(&service->serving, asked->key, &down);
    return rs_service_reply(served, &down);
}

static const rs_gen_server service_server = {
    .name = "service",
    .state_bytes = sizeof(rs_service),
    .init = service_init,
    .handle_call = service_handle_call,
};

static uint64_t keys(const void *config) {
    return (uint64_t)((const rs_service_config *)config)->serving.keys;
}

static const rs_operation service_operations[] = {
    {"request", "asks for one unit of service", rs_service_perform, 100},
};

static const rs_option service_options[] = {RS_SERVING_OPTIONS(rs_service_config, serving)};

static const char *const messages[] = {"request",  "done",           "degraded", "down",
                                       "overload", "member_crashed", NULL};

const rs_worker rs_worker_service = {
    .name = "service",
    .about = "a model of any server: time to start, time to serve, memory, dependencies",
    .options = service_options,
    .option_count = sizeof service_options / sizeof *service_options,
    .config_bytes = sizeof(rs_service_config),
    .server = &service_server,
    .operations = service_operations,
    .operation_count = sizeof service_operations / sizeof *service_operations,
    .messages = messages,
    .portable = true,
    .serves = true,
    .keys = keys,
};
