/* client.c: one client: it performs operations, one after the other, at once or when they are due.
 *
 * The hot path is a closed loop of a few million calls a second: one clock reading for each
 * operation (its end is the next one's start) and no write that anybody shares.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/client.h"

#include "runtime/base/units.h"
#include "scenarios/engine/crowd.h"
#include "scenarios/engine/recorder.h"

#include <stdio.h>

/* What an operation costs a client at least when it took no time at all, so that under the virtual
 * clock failing at once cannot stop the world. */
#define FAILED_PAUSE_NS UINT64_C(1000)

typedef struct rs_client_args {
    rs_scene *scene;
    uint32_t load, number, client;
} rs_client_args;

struct rs_client {
    rs_scene *scene;
    const rs_plan_load *plan;
    uint32_t number, client;
    rs_atom target_name;
    rs_pid target; /* 0: to be looked up */
    uint64_t next_key;
    uint64_t begin_ns, end_ns; /* of the load, since t = 0 */
    uint64_t due_ns;           /* open loops: the next intended start */
    uint64_t start_ns;         /* when the operation began */
    uint64_t last_ns;          /* when the latest operation ended */
    bool woken;                /* has taken rs_scene_wake since it last held */
    rs_term failed;            /* why the operation failed; 0: it has not */
    rs_prng prng;
    rs_ledger ledger;
};

/* ------------------------------------------------------------------ for operations */

uint64_t rs_client_key(rs_client *client) {
    uint64_t count = client->plan->key_count;
    if (client->plan->keys == RS_PLAN_KEYS_UNIFORM) return rs_prng_below(&client->prng, count);
    uint64_t key = client->next_key % count;
    client->next_key += client->plan->clients;
    return key;
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
    return reason == RS_ATOM(timeout) &&
           rs_scene_since(client->scene) - client->start_ns >= client->plan->timeout_ns;
}

const rs_message *rs_client_call(rs_client *client, rs_pid to, const rs_type *type,
                                 const void *payload, uint32_t bytes) {
    rs_term reason = 0;
    const rs_message *reply =
        rs_gen_server_try_call(to, type, payload, bytes, client->plan->timeout_ns, &reason);
    if (reply) return reply;
    if (has_timed_out(client, reason)) rs_ledger_give_up(&client->ledger, rs_gen_server_call_ref());
    fail(client, reason);
    return NULL;
}

/* ------------------------------------------------------------------ one operation */

static const rs_operation *choose_operation(rs_client *client) {
    const rs_plan_mix *mix = client->plan->mix;
    if (client->plan->mix_count == 1) return mix->operation;
    uint64_t at = rs_prng_below(&client->prng, RS_UNITS_SHARE_WHOLE);
    while (at >= mix->share_ppm) at -= (mix++)->share_ppm;
    return mix->operation;
}

static void record_virtual(const rs_client *client, uint64_t end_ns) {
    char outcome[RS_REASON_BYTES] = "answered";
    if (client->failed) rs_reason_print(client->failed, outcome, sizeof outcome);
    rs_recorder_call(client->scene->shared, client->scene->zero_ns + end_ns, client->plan->id,
                     client->number, outcome);
}

static void record(rs_client *client, uint64_t intended_ns, uint64_t start_ns, uint64_t end_ns) {
    if (client->scene->plan->runtime.clock == RS_PLAN_VIRTUAL) record_virtual(client, end_ns);
    if (client->failed) {
        rs_ledger_fail(&client->ledger, end_ns, client->failed);
        rs_term_release(client->failed);
        client->failed = 0;
        return;
    }
    while (!rs_ledger_answer(&client->ledger, intended_ns, start_ns, end_ns)) rs_yield();
}

static void pause_shortly(rs_client *client, uint64_t end_ns) {
    client->woken |= rs_scene_sleep(client->scene, end_ns + FAILED_PAUSE_NS) == &rs_scene_wake;
}

static void perform(rs_client *client, uint64_t intended_ns, uint64_t start_ns) {
    const rs_operation *operation = choose_operation(client);
    client->start_ns = start_ns;
    rs_ledger_issue(&client->ledger, intended_ns);
    operation->perform(client);
    uint64_t end_ns = rs_scene_since(client->scene);
    record(client, intended_ns, start_ns, end_ns);
    if (end_ns == start_ns) pause_shortly(client, end_ns);
    client->last_ns = end_ns;
}

/* ------------------------------------------------------------------ holding still */

/* The reply of the latest call stays until the next one; a call to nobody lets go of it. */
static void drop_reply(void) {
    rs_term reason = 0;
    rs_gen_server_try_call(0, &rs_scene_wake, NULL, 0, 0, &reason);
    rs_term_release(reason);
}

/* A client counts as held once it has taken the runner's word, so that no message is on its way
 * when memory is read. A word to go that came too late for the last time does not count. */
static void hold(rs_client *client) {
    rs_scene *scene = client->scene;
    const rs_type *word = client->woken ? &rs_scene_wake : NULL;
    bool counted = false;
    client->woken = false;
    while (!rs_ledger_flush(&client->ledger)) rs_yield();
    drop_reply();
    do {
        if (word == &rs_scene_wake && !counted) rs_add(&scene->held, 1, rs_acq_rel);
        counted |= word == &rs_scene_wake;
        word = rs_scene_word(RS_FOREVER);
    } while (word != &rs_scene_go || rs_load(&scene->hold, rs_acquire));
    if (counted) rs_sub(&scene->held, 1, rs_acq_rel);
    client->last_ns = rs_scene_since(scene);
}

static void hold_if_asked(rs_client *client) {
    /* acquire pairs with the release of the runner, which then counts `held`. */
    if (rs_load(&client->scene->hold, rs_acquire)) hold(client);
}

static void wait_until(rs_client *client, uint64_t time_ns) {
    while (hold_if_asked(client), rs_scene_since(client->scene) < time_ns)
        client->woken |= rs_scene_sleep(client->scene, time_ns) == &rs_scene_wake;
}

/* ------------------------------------------------------------------ loops */

static void run_closed(rs_client *client) {
    client->last_ns = rs_scene_since(client->scene);
    while (client->last_ns < client->end_ns) {
        hold_if_asked(client);
        perform(client, client->last_ns, client->last_ns);
    }
}

/* The mean distance between two arrivals of one of the load's clients. */
static uint64_t mean_interval_ns(const rs_plan_load *load) {
    return (uint64_t)((unsigned __int128)load->clients * 1000000000000u / load->rate_per_ks);
}

static uint64_t draw_interval(rs_client *client, uint64_t mean_ns) {
    uint64_t interval_ns = client->plan->kind->interval_ns(&client->prng, mean_ns);
    return interval_ns ? interval_ns : 1;
}

/* A client that waited and awoke late is the harness's own lateness; one that came late from a slow
 * call is the system's. */
static uint64_t await_arrival(rs_client *client) {
    hold_if_asked(client);
    uint64_t now_ns = rs_scene_since(client->scene);
    if (now_ns >= client->due_ns) return now_ns;
    wait_until(client, client->due_ns);
    now_ns = rs_scene_since(client->scene);
    rs_ledger_late(&client->ledger, now_ns - client->due_ns);
    return now_ns;
}

/* Arrivals that are due before the end are served, however late: a backlog runs on, until the
 * drain is over. */
static void run_open(rs_client *client) {
    uint64_t mean_ns = mean_interval_ns(client->plan);
    uint64_t stagger_ns = mean_ns / client->plan->clients * client->number;
    client->due_ns = client->begin_ns + stagger_ns;
    while (client->due_ns < client->end_ns && !rs_shared_cancelled(client->scene->shared)) {
        uint64_t start_ns = await_arrival(client);
        if (start_ns >= client->scene->load_end_ns + client->plan->timeout_ns) {
            client->ledger.page->unsent = (client->end_ns - client->due_ns + mean_ns - 1) / mean_ns;
            break;
        }
        perform(client, client->due_ns, start_ns);
        client->due_ns += draw_interval(client, mean_ns);
    }
}

static void find_times(rs_client *client) {
    client->end_ns = client->scene->load_end_ns;
    if (client->plan->during < 0) return;
    const rs_plan_phase *phase = &client->scene->plan->phases[client->plan->during];
    client->begin_ns = phase->start_ns;
    client->end_ns = phase->start_ns + phase->duration_ns;
}

static void init_client(rs_client *client, const rs_client_args *args) {
    const rs_plan *plan = args->scene->plan;
    client->scene = args->scene;
    client->plan = &plan->loads[args->load];
    client->number = args->number;
    client->client = args->client;
    client->next_key = args->number;
    client->target_name = rs_atom_find(client->plan->target->path);
    char stream[128];
    snprintf(stream, sizeof stream, "load/%s", client->plan->id);
    rs_prng_init_indexed(&client->prng, args->scene->shared->seed, stream, args->number);
    rs_ledger_init(&client->ledger, &args->scene->shared->ledgers, plan, args->load, args->client);
    find_times(client);
}

/* The state lies in the arena: it is no bigger than it must be, and dies with the process. */
static void client_main(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_client *client = rs_alloc(sizeof *client);
    init_client(client, args);
    rs_scene_wait();
    wait_until(client, client->begin_ns);
    bool open = client->plan->kind->open;
    if (open && client->plan->rate_per_ks)
        run_open(client);
    else if (!open)
        run_closed(client);
    for (;;) hold(client);
}

rs_pid rs_crowd_spawn(rs_scene *scene, uint32_t load, uint32_t number, uint32_t client) {
    rs_client_args args = {scene, load, number, client};
    rs_ref monitor;
    return rs_spawn_monitor(client_main, &args, sizeof args, &monitor);
}
