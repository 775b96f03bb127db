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

/* How long a call may take that begins now; 0: the deadline has passed. */
static uint64_t patience_ns(const rs_client *client) {
    if (!client->deadline_ns) return client->plan->timeout_ns;
    uint64_t now_ns = rs_scene_since(client->scene);
    if (now_ns >= client->deadline_ns) return 0;
    uint64_t left_ns = client->deadline_ns - now_ns;
    return left_ns < client->plan->timeout_ns ? left_ns : client->plan->timeout_ns;
}

static void give_up(rs_client *client) {
    rs_ledger_give_up(&client->ledger, rs_gen_server_call_ref());
    if (rs_operation_is_past(client, rs_scene_since(client->scene)))
        fail(client, client->past_deadline);
}

const rs_message *rs_client_call(rs_client *client, rs_pid to, const rs_type *type,
                                 const void *payload, uint32_t bytes) {
    rs_term reason = 0;
    uint64_t timeout_ns = patience_ns(client);
    if (!timeout_ns) {
        fail(client, client->past_deadline);
        return NULL;
    }
    const rs_message *reply = rs_gen_server_try_call(to, type, payload, bytes, timeout_ns, &reason);
    if (reply) return reply;
    if (has_timed_out(client, reason)) give_up(client);
    fail(client, reason);
    return NULL;
}
