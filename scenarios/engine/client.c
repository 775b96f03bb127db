/* client.c: what an operation sees of the client that performs it.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/client.h"

#include "scenarios/engine/operation.h"

uint64_t rs_client_key(rs_client *client) {
    return client->has_key ? client->key : rs_operation_draw_key(client);
}

rs_prng *rs_client_prng(rs_client *client) {
    return &client->prng;
}

/* `via: pid` keeps the pid that it once found until a call to it fails. */
rs_pid rs_client_target(rs_client *client) {
    if (client->plan->via != RS_PLAN_VIA_PID) return rs_whereis(client->target_name);
    if (!client->target) client->target = rs_whereis(client->target_name);
    return client->target;
}

/* The ledger borrows the reason until the operation has ended. */
static void fail(rs_client *client, rs_term reason) {
    if (client->failed) {
        rs_term_release(reason);
        return;
    }
    client->failed = reason;
    client->target = 0;
}

void rs_client_fail(rs_client *client, rs_term reason) {
    fail(client, reason);
}

/* A callee may have died of the reason `timeout`, and then nobody gave up anything. */
static bool has_timed_out(const rs_client *client, rs_term reason) {
    if (reason != RS_ATOM(timeout)) return false;
    uint64_t now_ns = rs_scene_since(client->scene);
    return now_ns - client->start_ns >= client->plan->timeout_ns ||
           rs_operation_is_past(client, now_ns);
}

/* Why a call failed becomes why the operation did. Owner: takes `reason`. */
__attribute__((noinline)) static void take_failure(rs_client *client, rs_term reason) {
    bool is_given_up = has_timed_out(client, reason);
    if (is_given_up) rs_ledger_give_up(&client->ledger, rs_gen_server_call_ref());
    if (is_given_up && rs_operation_is_past(client, rs_scene_since(client->scene)))
        fail(client, client->past_deadline);
    fail(client, reason);
}

/* A call that has what is left of the time until the deadline, if that is less than its timeout.
 * Out of the way of those without: theirs is the hot path. */
__attribute__((noinline)) static const rs_message *call_in_time(rs_client *client, rs_pid to,
                                                                const rs_type *type,
                                                                const void *payload,
                                                                uint32_t bytes) {
    rs_term reason = 0;
    uint64_t now_ns = rs_scene_since(client->scene), timeout_ns = client->plan->timeout_ns;
    if (now_ns >= client->deadline_ns) {
        fail(client, client->past_deadline);
        return NULL;
    }
    if (client->deadline_ns - now_ns < timeout_ns) timeout_ns = client->deadline_ns - now_ns;
    const rs_message *reply = rs_gen_server_try_call(to, type, payload, bytes, timeout_ns, &reason);
    if (!reply) take_failure(client, reason);
    return reply;
}

const rs_message *rs_client_call(rs_client *client, rs_pid to, const rs_type *type,
                                 const void *payload, uint32_t bytes) {
    if (client->deadline_ns) return call_in_time(client, to, type, payload, bytes);
    rs_term reason = 0;
    const rs_message *reply =
        rs_gen_server_try_call(to, type, payload, bytes, client->plan->timeout_ns, &reason);
    if (!reply) take_failure(client, reason);
    return reply;
}
