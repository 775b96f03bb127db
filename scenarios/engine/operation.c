/* operation.c: one operation of a client.
 *
 * The hot path is a closed loop of a few million calls a second: one clock reading for each
 * operation (its end is the next one's start) and no write that anybody shares.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/operation.h"

#include "runtime/base/assert.h"
#include "runtime/base/units.h"
#include "runtime/otp/backoff.h"
#include "scenarios/engine/recorder.h"

#include <string.h>

/* What an operation costs a client at least when it took no time at all, so that under the virtual
 * clock failing at once cannot stop the world. */
#define FAILED_PAUSE_NS UINT64_C(1000)

/* ------------------------------------------------------------------ what is asked for */

const rs_operation *rs_operation_choose(rs_client *client) {
    const rs_plan_mix *mix = client->plan->mix;
    if (client->plan->mix_count == 1) return mix->operation;
    uint64_t at = rs_prng_below(&client->draws, RS_UNITS_SHARE_WHOLE);
    while (at >= mix->share_ppm) at -= (mix++)->share_ppm;
    return mix->operation;
}

uint64_t rs_operation_draw_key(rs_client *client) {
    return rs_keys_draw(&client->scene->shared->keys, client->load, &client->next_key,
                        &client->draws);
}

/* ------------------------------------------------------------------ its end */

static void record_virtual(const rs_client *client, uint64_t end_ns) {
    char reason[RS_REASON_BYTES] = "";
    if (client->failed) rs_reason_print(client->failed, reason, sizeof reason);
    rs_recorder_call(client->scene->shared, client->scene->zero_ns + end_ns, client->plan,
                     client->number, reason);
}

static void forget_failure(rs_client *client) {
    rs_term_release(client->failed);
    client->failed = 0;
}

static inline __attribute__((always_inline)) void record(rs_client *client, uint64_t intended_ns,
                                                         uint64_t start_ns, uint64_t end_ns) {
    if (client->scene->plan->runtime.clock == RS_PLAN_VIRTUAL) record_virtual(client, end_ns);
    if (client->failed) {
        rs_ledger_fail(&client->ledger, end_ns, client->failed);
        forget_failure(client);
        return;
    }
    while (!rs_ledger_answer(&client->ledger, intended_ns, start_ns, end_ns)) rs_yield();
}

static void doze(rs_client *client, uint64_t until_ns) {
    client->woken |= rs_scene_sleep(client->scene, until_ns) == &rs_scene_wake;
}

static inline __attribute__((always_inline)) void end(rs_client *client,
                                                      const rs_operation *operation,
                                                      uint64_t intended_ns, uint64_t start_ns,
                                                      uint64_t end_ns) {
    if (RS_UNLIKELY(client->scene->shared->history != NULL))
        rs_client_note_end(client, operation, start_ns);
    record(client, intended_ns, start_ns, end_ns);
    if (end_ns == start_ns) doze(client, end_ns + FAILED_PAUSE_NS);
    client->last_ns = end_ns;
}

void rs_operation_perform(rs_client *client, uint64_t start_ns) {
    const rs_operation *operation = rs_operation_choose(client);
    client->start_ns = start_ns;
    rs_ledger_issue(&client->ledger, start_ns);
    operation->perform(client);
    end(client, operation, start_ns, start_ns, rs_scene_since(client->scene));
}

/* ------------------------------------------------------------------ attempts */

bool rs_operation_is_past(const rs_client *client, uint64_t now_ns) {
    return client->deadline_ns && now_ns >= client->deadline_ns;
}

static bool is_worth_it(const rs_client *client) {
    const rs_plan_retry *retry = &client->plan->retry;
    if (!retry->on_count) return true;
    char reason[RS_REASON_BYTES];
    rs_reason_print(client->failed, reason, sizeof reason);
    for (uint32_t i = 0; i < retry->on_count; i++)
        if (strcmp(retry->on[i], reason) == 0) return true;
    return false;
}

static bool try_again(const rs_client *client, uint32_t retries, uint64_t now_ns) {
    return client->failed && retries < client->plan->retry.times && is_worth_it(client) &&
           !rs_operation_is_past(client, now_ns) && !rs_shared_cancelled(client->scene->shared);
}

/* The waits of one operation. */
typedef struct rs_patience {
    rs_backoff_state state;
    rs_prng chance; /* of its own: each attempt begins with the operation's numbers anew */
} rs_patience;

/* Nobody waits beyond the deadline for a chance that will not come. Returns the time. */
static uint64_t wait_for_retry(rs_client *client, rs_patience *patience, uint64_t now_ns) {
    const rs_plan_retry *retry = &client->plan->retry;
    const rs_backoff backoff = {.first_ns = retry->backoff_ns,
                                .max_ns = retry->max_ns,
                                .factor = retry->factor,
                                .jitter_ppm = retry->jitter_ppm,
                                .reset_ns = UINT64_MAX};
    uint64_t until_ns =
        now_ns + rs_backoff_wait_ns(&backoff, &patience->state, 0, &patience->chance);
    if (rs_operation_is_past(client, until_ns)) until_ns = client->deadline_ns;
    while (now_ns < until_ns && !rs_shared_cancelled(client->scene->shared)) {
        doze(client, until_ns);
        now_ns = rs_scene_since(client->scene);
    }
    return now_ns;
}

/* Every attempt asks for the same. Returns when it ended. */
static uint64_t attempt(rs_client *client, const rs_request *request, uint64_t now_ns) {
    rs_prng_init_indexed(&client->prng, client->family, "", request->ordinal);
    client->start_ns = now_ns;
    request->operation->perform(client);
    return rs_scene_since(client->scene);
}

/* Returns when the last attempt ended; client->failed says how. */
static uint64_t attempt_all(rs_client *client, const rs_request *request, uint64_t now_ns) {
    rs_patience patience = {.state = {0}};
    uint32_t retries = 0;
    for (; !rs_operation_is_past(client, now_ns); retries++) {
        if (retries) rs_ledger_retry(&client->ledger);
        now_ns = attempt(client, request, now_ns);
        if (!try_again(client, retries, now_ns)) return now_ns;
        forget_failure(client);
        if (!retries)
            rs_prng_init_indexed(&patience.chance, client->family, "retry", request->ordinal);
        now_ns = wait_for_retry(client, &patience, now_ns);
    }
    if (!retries) rs_ledger_expire(&client->ledger);
    rs_client_fail(client, client->past_deadline);
    return now_ns;
}

void rs_operation_carry_out(rs_client *client, const rs_request *request, uint64_t start_ns) {
    const uint64_t deadline_ns = client->plan->deadline_ns;
    client->key = request->key;
    client->deadline_ns = deadline_ns ? request->intended_ns + deadline_ns : 0;
    rs_ledger_issue(&client->ledger, request->intended_ns);
    end(client, request->operation, request->intended_ns, start_ns,
        attempt_all(client, request, start_ns));
}
