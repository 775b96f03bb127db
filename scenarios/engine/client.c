/* client.c: what an operation sees of the client that performs it.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/client.h"

#include "runtime/base/assert.h"
#include "scenarios/engine/operation.h"

uint64_t rs_client_key(rs_client *client) {
    if (!client->has_key) client->key = rs_operation_draw_key(client);
    return client->key;
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

/* ------------------------------------------------------------------ for checks */

static rs_history *history_of(const rs_client *client) {
    rs_history *history = client->scene->shared->history;
    return rs_history_wants(history, RS_CHECK_CALLS) ? history : NULL;
}

bool rs_client_is_heard(const rs_client *client) {
    return history_of(client) != NULL;
}

static void note_call(const rs_client *client, rs_pid to, rs_term reason, rs_asked how) {
    rs_history *history = history_of(client);
    if (!history) return;
    bool remembered = to == client->target && client->plan->via == RS_PLAN_VIA_PID;
    uint64_t took_us = (rs_scene_since(client->scene) - client->start_ns) / 1000;
    rs_history_add(history, &(rs_history_entry){
                                .time_ns = rs_now_ns(),
                                .pid = rs_self(),
                                .peer = to,
                                .ref = rs_gen_server_call_ref(),
                                .number = client->client,
                                .cause = (uint32_t)(took_us < UINT32_MAX ? took_us : UINT32_MAX),
                                .detail = how | (remembered ? RS_ASKED_VIA_PID : 0u),
                                .text = rs_history_text(history, reason),
                                .kind = RS_HISTORY_ASK});
}

void rs_client_note_end(const rs_client *client, const rs_operation *operation, uint64_t start_ns) {
    rs_history *history = history_of(client);
    if (!history) return;
    rs_history_add(history, &(rs_history_entry){.time_ns = rs_now_ns(),
                                                .pid = rs_self(),
                                                .peer = client->scene->zero_ns + start_ns,
                                                .ref = client->key,
                                                .number = client->client,
                                                .detail = client->ledger.load,
                                                .text = rs_history_text(history, client->failed),
                                                .word = operation->name,
                                                .kind = RS_HISTORY_END});
}

static void note_told(const rs_client *client, rs_pid server, const rs_history_entry *told) {
    rs_history *history = history_of(client);
    if (!history) return;
    rs_history_entry entry = *told;
    entry.time_ns = rs_now_ns();
    entry.pid = rs_self();
    entry.peer = server;
    entry.kind = RS_HISTORY_TOLD;
    rs_history_add(history, &entry);
}

void rs_client_told_added(rs_client *client, rs_pid server, int64_t value, uint32_t place,
                          uint32_t room) {
    note_told(client, server,
              &(rs_history_entry){.ref = (uint64_t)value,
                                  .number = place,
                                  .cause = room,
                                  .detail = RS_TOLD_ADDED,
                                  .word = place ? "that it is added" : "that there is no room"});
}

void rs_client_told_list(rs_client *client, rs_pid server, uint32_t count) {
    note_told(client, server,
              &(rs_history_entry){.number = count, .detail = RS_TOLD_LIST, .word = "the list"});
}

void rs_client_told_item(rs_client *client, rs_pid server, int64_t value, uint32_t place) {
    note_told(
        client, server,
        &(rs_history_entry){
            .ref = (uint64_t)value, .number = place, .detail = RS_TOLD_ITEM, .word = "an item"});
}

/* ------------------------------------------------------------------ calls */

/* A callee may have died of the reason `timeout`, and then nobody gave up anything. */
static bool has_timed_out(const rs_client *client, rs_term reason) {
    if (reason != RS_ATOM(timeout)) return false;
    uint64_t now_ns = rs_scene_since(client->scene);
    return now_ns - client->start_ns >= client->plan->timeout_ns ||
           rs_operation_is_past(client, now_ns);
}

/* Why a call failed becomes why the operation did. Owner: takes `reason`. */
__attribute__((noinline)) static void take_failure(rs_client *client, rs_pid to, rs_term reason) {
    bool is_given_up = has_timed_out(client, reason);
    if (is_given_up) rs_ledger_give_up(&client->ledger, rs_gen_server_call_ref());
    note_call(client, to, reason, is_given_up ? RS_ASKED_GIVEN_UP : RS_ASKED_FAILED);
    if (is_given_up && rs_operation_is_past(client, rs_scene_since(client->scene)))
        fail(client, client->past_deadline);
    fail(client, reason);
}

static inline void take_answer(rs_client *client, rs_pid to, const rs_message *reply,
                               rs_term reason) {
    if (!reply)
        take_failure(client, to, reason);
    else if (RS_UNLIKELY(history_of(client) != NULL))
        note_call(client, to, 0, RS_ASKED_ANSWERED);
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
    take_answer(client, to, reply, reason);
    return reply;
}

const rs_message *rs_client_call(rs_client *client, rs_pid to, const rs_type *type,
                                 const void *payload, uint32_t bytes) {
    if (client->deadline_ns) return call_in_time(client, to, type, payload, bytes);
    rs_term reason = 0;
    const rs_message *reply =
        rs_gen_server_try_call(to, type, payload, bytes, client->plan->timeout_ns, &reason);
    take_answer(client, to, reply, reason);
    return reply;
}
