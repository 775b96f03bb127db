/* agent.c: see agent.h.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/agent.h"

#include <string.h>

/* Followed by the arguments. One of the functions is NULL. */
typedef struct request {
    rs_agent_reader *reader;
    rs_agent_writer *writer;
    uint32_t state_bytes; /* at the start */
    uint32_t result_bytes;
} request;

static const rs_type request_type = {.name = "agent_request"};
static const rs_type result_type = {.name = "agent_result"};

/* ---------------------------------------------------------------- the agent's side */

typedef struct keeper {
    void *state;
} keeper;

static const void *args_of(const request *it, uint32_t bytes) {
    return bytes > sizeof *it ? it + 1 : NULL;
}

static void apply(const keeper *self, const request *it, uint32_t bytes, void *result) {
    if (it->reader)
        it->reader(self->state, args_of(it, bytes), result);
    else if (it->writer)
        it->writer(self->state, args_of(it, bytes), result);
}

static rs_next init(void *state, const void *args, uint32_t bytes) {
    keeper *self = state;
    const request *it = args;
    if (it->state_bytes) self->state = rs_alloc(it->state_bytes);
    apply(self, it, bytes, NULL);
    return RS_INIT_OK;
}

static rs_next handle_call(void *state, rs_from from, const rs_message *message) {
    (void)from;
    if (message->type != &request_type) return rs_stop(RS_ATOM(bad_request));
    const request *it = (const void *)message->payload;
    uint32_t bytes = it->result_bytes;
    void *result = bytes ? rs_alloc(bytes) : NULL;
    apply(state, it, message->bytes, result);
    rs_next next = rs_reply(&result_type, result, bytes); /* the request is gone then */
    if (bytes) rs_free(result, bytes);
    return next;
}

static rs_next handle_cast(void *state, const rs_message *message) {
    if (message->type != &request_type) return rs_stop(RS_ATOM(bad_request));
    apply(state, (const void *)message->payload, message->bytes, NULL);
    return RS_NOREPLY;
}

static const rs_gen_server module = {
    .name = "agent",
    .state_bytes = sizeof(keeper),
    .init = init,
    .handle_call = handle_call,
    .handle_cast = handle_cast,
};

/* ---------------------------------------------------------------- the caller's side */

/* A request with its arguments, in the caller's memory. */
typedef struct parcel {
    request *head;
    uint32_t bytes;
} parcel;

static parcel wrap(const request *head, const void *args, uint32_t bytes) {
    if (bytes > UINT32_MAX - sizeof *head) rs_exit(RS_ATOM(system_limit));
    parcel made = {.bytes = (uint32_t)sizeof *head + bytes};
    made.head = rs_alloc(made.bytes);
    *made.head = *head;
    if (bytes) memcpy(made.head + 1, args, bytes);
    return made;
}

static void unwrap(const parcel *made) {
    rs_free(made->head, made->bytes);
}

rs_start_result rs_agent_start(uint32_t state_bytes, rs_agent_writer *begin, const void *args,
                               uint32_t bytes, const rs_start_options *options, rs_pid *pid,
                               rs_term *reason) {
    const request head = {.writer = begin, .state_bytes = state_bytes};
    parcel made = wrap(&head, args, bytes);
    rs_start_result started =
        rs_gen_server_start(&module, made.head, made.bytes, options, pid, reason);
    unwrap(&made);
    return started;
}

static void call(rs_pid agent, const request *head, const void *args, uint32_t bytes, void *result,
                 uint64_t timeout_ns) {
    parcel made = wrap(head, args, bytes);
    const rs_message *reply =
        rs_gen_server_call(agent, &request_type, made.head, made.bytes, timeout_ns);
    unwrap(&made);
    if (reply->type != &result_type) rs_exit(RS_ATOM(badarg)); /* it is no agent */
    if (head->result_bytes) memcpy(result, reply->payload, head->result_bytes);
}

void rs_agent_get(rs_pid agent, rs_agent_reader *reader, const void *args, uint32_t bytes,
                  void *result, uint32_t result_bytes, uint64_t timeout_ns) {
    const request head = {.reader = reader, .result_bytes = result_bytes};
    call(agent, &head, args, bytes, result, timeout_ns);
}

void rs_agent_get_and_update(rs_pid agent, rs_agent_writer *writer, const void *args,
                             uint32_t bytes, void *result, uint32_t result_bytes,
                             uint64_t timeout_ns) {
    const request head = {.writer = writer, .result_bytes = result_bytes};
    call(agent, &head, args, bytes, result, timeout_ns);
}

void rs_agent_update(rs_pid agent, rs_agent_writer *writer, const void *args, uint32_t bytes,
                     uint64_t timeout_ns) {
    rs_agent_get_and_update(agent, writer, args, bytes, NULL, 0, timeout_ns);
}

void rs_agent_cast(rs_pid agent, rs_agent_writer *writer, const void *args, uint32_t bytes) {
    const request head = {.writer = writer};
    parcel made = wrap(&head, args, bytes);
    rs_gen_server_cast(agent, &request_type, made.head, made.bytes);
    unwrap(&made);
}
