/* echo.c: answers each request with itself: the least that a server can do, so what remains is the
 * cost of calling one.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/client.h"
#include "scenarios/workers/worker.h"

static rs_term number_to_term(const void *value, uint32_t bytes) {
    (void)bytes;
    return rs_term_integer((int64_t)(*(const uint64_t *)value >> 4));
}

static const rs_type number_type = {"echo", sizeof(uint64_t), number_to_term, NULL};

static rs_next echo_init(void *state, const void *args, uint32_t bytes) {
    (void)state;
    (void)args;
    (void)bytes;
    return RS_INIT_OK;
}

/* Any request will do: an echo can stand for a service in `depends_on`. */
static rs_next echo_handle_call(void *state, rs_from from, const rs_message *request) {
    (void)state;
    (void)from;
    return rs_reply(request->type, request->payload, request->bytes);
}

static void perform_echo(rs_client *client) {
    rs_pid echo = rs_client_target(client);
    uint64_t number = rs_prng_next(rs_client_prng(client));
    if (!echo) {
        rs_client_fail(client, RS_ATOM(noproc));
        return;
    }
    const rs_message *answer = rs_client_call(client, echo, &number_type, &number, sizeof number);
    if (!answer) return;
    if (answer->type != &number_type || *(const uint64_t *)(const void *)answer->payload != number)
        rs_client_fail(client, RS_ATOM(bad_return_value));
}

static const rs_gen_server echo_server = {
    .name = "echo",
    .init = echo_init,
    .handle_call = echo_handle_call,
};

static const rs_operation echo_operations[] = {
    {"echo", "sends a number and expects it back", perform_echo, 100},
};

static const char *const messages[] = {"echo", "request", NULL};

const rs_worker rs_worker_echo = {
    .name = "echo",
    .about = "answers each request with itself",
    .server = &echo_server,
    .operations = echo_operations,
    .operation_count = sizeof echo_operations / sizeof *echo_operations,
    .messages = messages,
    .portable = true,
    .serves = true,
};
