/* crowd.c: the clients of a load: each performs operations, one after the other, at once or when
 * they are due, and holds still when the runner asks. SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/crowd.h"

#include "scenarios/engine/mail.h"
#include "scenarios/engine/operation.h"

#include <stdio.h>

typedef struct rs_client_args {
    rs_scene *scene;
    uint32_t load, number, client;
} rs_client_args;

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

/* ------------------------------------------------------------------ closed loops */

static void run_closed(rs_client *client) {
    while (client->last_ns < client->end_ns) {
        hold_if_asked(client);
        rs_operation_perform(client, client->last_ns);
    }
}

static void think(rs_client *client) {
    uint64_t until_ns = client->last_ns + client->plan->think_ns;
    if (!client->plan->think_ns) return;
    wait_until(client, until_ns < client->end_ns ? until_ns : client->end_ns);
    client->last_ns = rs_scene_since(client->scene);
}

/* One that thinks, tries again, or has a deadline. */
static void run_patient(rs_client *client) {
    client->has_key = true;
    while (client->last_ns < client->end_ns) {
        hold_if_asked(client);
        const rs_request request = {.operation = rs_operation_choose(client),
                                    .key = rs_operation_draw_key(client),
                                    .ordinal = client->course.ordinal++,
                                    .intended_ns = client->last_ns};
        rs_operation_carry_out(client, &request, client->last_ns);
        think(client);
    }
}

static bool is_patient(const rs_plan_load *load) {
    return load->think_ns || load->retry.times || load->deadline_ns;
}

/* ------------------------------------------------------------------ open loops */

/* The first of the load's arrivals that is the client's or a later one's. */
static uint32_t first_arrival(const rs_plan_load *load, uint32_t number) {
    uint32_t low = 0, high = load->arrival_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (load->arrivals[middle].client < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool take_arrival(rs_client *client, rs_request *request) {
    const rs_plan_load *load = client->plan;
    if (client->course.ordinal == 0) client->course.passed = first_arrival(load, client->number);
    uint64_t index = client->course.passed + client->course.ordinal++;
    if (index >= load->arrival_count || load->arrivals[index].client != client->number)
        return false;
    const rs_plan_arrival *arrival = &load->arrivals[index];
    request->operation = &load->target->worker->operations[arrival->operation];
    request->key = arrival->key;
    request->intended_ns = arrival->due_ns;
    return true;
}

static bool draw_arrival(rs_client *client, rs_request *request) {
    request->intended_ns = rs_load_next_ns(client->plan->kind, &client->course, &client->draws);
    if (request->intended_ns >= client->end_ns) return false;
    request->operation = rs_operation_choose(client);
    request->key = rs_operation_draw_key(client);
    return true;
}

/* False: there is none before the end. */
static bool next_request(rs_client *client, rs_request *request) {
    bool is_drawn = client->plan->kind->next_ns != NULL;
    bool is_there = is_drawn ? draw_arrival(client, request) : take_arrival(client, request);
    request->ordinal = request->intended_ns;
    return is_there;
}

static void note(const rs_client *client, const rs_request *request) {
    rs_shared *shared = client->scene->shared;
    const rs_operation *operations = client->plan->target->worker->operations;
    if (!shared->record_arrivals) return;
    rs_arrivals_add(&shared->arrivals, client->load,
                    (rs_plan_arrival){.due_ns = request->intended_ns,
                                      .key = request->key,
                                      .client = client->number,
                                      .operation = (uint32_t)(request->operation - operations)});
}

/* A client that waited and awoke late is the harness's own lateness; one that came late from a slow
 * call is the system's. */
static uint64_t await_arrival(rs_client *client, uint64_t due_ns) {
    hold_if_asked(client);
    uint64_t now_ns = rs_scene_since(client->scene);
    if (now_ns >= due_ns) return now_ns;
    wait_until(client, due_ns);
    now_ns = rs_scene_since(client->scene);
    rs_ledger_late(&client->ledger, now_ns - due_ns);
    return now_ns;
}

/* `due_ns` and what comes after it, about. */
static uint64_t count_unsent(rs_client *client, uint64_t due_ns) {
    uint64_t count = 1;
    rs_request request;
    if (client->plan->kind->next_ns) {
        uint64_t mean_ns = client->course.mean_ns ? client->course.mean_ns : 1;
        return (client->end_ns - due_ns + mean_ns - 1) / mean_ns;
    }
    while (take_arrival(client, &request)) count++;
    return count;
}

/* Arrivals that are due before the end are served, however late: a backlog runs on, until the
 * drain is over. */
static void run_open(rs_client *client) {
    rs_request request;
    client->has_key = true;
    while (!rs_shared_cancelled(client->scene->shared) && next_request(client, &request)) {
        uint64_t start_ns = await_arrival(client, request.intended_ns);
        if (start_ns >= client->scene->load_end_ns + client->plan->timeout_ns) {
            client->ledger.page->unsent = count_unsent(client, request.intended_ns);
            break;
        }
        note(client, &request);
        rs_operation_carry_out(client, &request, start_ns);
    }
}

/* ------------------------------------------------------------------ life */

static void find_times(rs_client *client) {
    client->end_ns = client->scene->load_end_ns;
    if (client->plan->during < 0) return;
    const rs_plan_phase *phase = &client->scene->plan->phases[client->plan->during];
    client->begin_ns = phase->start_ns;
    client->end_ns = phase->start_ns + phase->duration_ns;
}

static void init_streams(rs_client *client) {
    char stream[128];
    uint64_t seed = client->scene->shared->seed;
    snprintf(stream, sizeof stream, "load/%s", client->plan->id);
    rs_prng_init_indexed(&client->draws, seed, stream, client->number);
    snprintf(stream, sizeof stream, "load/%s/operations", client->plan->id);
    rs_prng_init_indexed(&client->prng, seed, stream, client->number);
    client->family = rs_prng_next(&client->prng);
}

/* A full table of atoms still leaves a reason. */
static void init_deadline(rs_client *client) {
    client->past_deadline = client->plan->deadline_ns ? rs_atom_find("deadline") : 0;
    if (!client->past_deadline) client->past_deadline = RS_ATOM(timeout);
}

static void init_client(rs_client *client, const rs_client_args *args) {
    const rs_plan *plan = args->scene->plan;
    client->scene = args->scene;
    client->plan = &plan->loads[args->load];
    client->load = args->load;
    client->number = args->number;
    client->client = args->client;
    client->next_key = args->number;
    client->target_name = rs_atom_find(client->plan->target->path);
    init_streams(client);
    init_deadline(client);
    rs_ledger_init(&client->ledger, &args->scene->shared->ledgers, plan, args->load, args->client);
    find_times(client);
    client->course = (rs_load_course){
        .rate = client->plan->rate,
        .mean_ns = rs_load_mean_ns(client->plan->rate_per_ks, client->plan->clients),
        .begin_ns = client->begin_ns,
        .end_ns = client->end_ns,
        .due_ns = client->begin_ns,
        .clients = client->plan->clients,
        .number = client->number};
}

/* The state lies in the arena: it is no bigger than it must be, and dies with the process. */
static void client_main(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_client *client = rs_alloc(sizeof *client);
    init_client(client, args);
    rs_scene_wait();
    wait_until(client, client->begin_ns);
    client->last_ns = rs_scene_since(client->scene);
    if (client->plan->kind->open)
        run_open(client);
    else if (is_patient(client->plan))
        run_patient(client);
    else
        run_closed(client);
    for (;;) hold(client);
}

rs_pid rs_crowd_spawn(rs_scene *scene, uint32_t load, uint32_t number, uint32_t client) {
    rs_client_args args = {scene, load, number, client};
    rs_ref monitor;
    rs_pid pid;
    rs_spawn_options options = {.entry = client_main,
                                .args = &args,
                                .bytes = sizeof args,
                                .monitor = true,
                                .ref = &monitor,
                                .role = RS_MAILS_LOADS + load};
    return rs_spawn_opt(&options, &pid) == RS_OK ? pid : 0;
}

/* 1000 retries of an hour and a timeout of an hour each are below 2^63 ns. */
uint64_t rs_crowd_patience_ns(const rs_plan_load *load) {
    uint64_t times = load->retry.times;
    uint64_t longest_ns = (times + 1) * load->timeout_ns + times * load->retry.max_ns;
    bool is_bounded = load->deadline_ns && load->deadline_ns < longest_ns;
    return is_bounded ? load->deadline_ns : longest_ns;
}
