/* calls.c: clients and gen_servers: call1, calln, tables.
 * SPDX-License-Identifier: MIT
 */
#include "bench/peers/respawn/peer.h"
#include "runtime/base/prng.h"
#include "scenarios/workers/high_scores_table.h"
#include "scenarios/workers/label.h"

/* ------------------------------------------------------------------ call1, calln */

static const rs_type number_type = {"number", sizeof(uint64_t), NULL, NULL};

static rs_next init_nothing(void *state, const void *args, uint32_t bytes) {
    (void)state;
    (void)args;
    (void)bytes;
    return RS_INIT_OK;
}

static rs_next answer(void *state, rs_from from, const rs_message *request) {
    (void)state;
    (void)from;
    uint64_t next = *(const uint64_t *)(const void *)request->payload + 1;
    return rs_reply(&number_type, &next, sizeof next);
}

const rs_gen_server rs_peer_counter = {
    .name = "counter", .init = init_nothing, .handle_call = answer};

typedef struct pairs {
    uint64_t clients, m, took_ns;
} pairs;

typedef struct client {
    rs_pid server;
    uint64_t calls;
} client;

/* Each answer is one more than the request: a lost or doubled one would show. */
static void call_server(const void *args, uint32_t bytes) {
    (void)bytes;
    client self = *(const client *)args;
    uint64_t number = 0;
    while (number < self.calls) {
        const rs_message *reply =
            rs_gen_server_call(self.server, &number_type, &number, sizeof number, RS_FOREVER);
        number = *(const uint64_t *)(const void *)reply->payload;
    }
    if (number != self.calls) rs_exit(RS_ATOM(bad_return_value));
}

/* Waits until `count` monitored processes have ended normally. */
static void await(uint64_t count) {
    while (count--)
        if (rs_message_reason(rs_receive(NULL, NULL, RS_FOREVER)) != RS_ATOM(normal))
            rs_exit(RS_ATOM(error));
}

static void call_in_pairs(void *context) {
    pairs *task = context;
    client *clients = rs_alloc(task->clients * sizeof *clients);
    for (uint64_t i = 0; i < task->clients; i++) {
        rs_term reason = 0;
        clients[i].calls = task->m / task->clients;
        if (rs_gen_server_start(&rs_peer_counter, NULL, 0, NULL, &clients[i].server, &reason))
            rs_exit(RS_ATOM(error));
    }
    rs_ref ref;
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < task->clients; i++)
        rs_spawn_monitor(call_server, &clients[i], sizeof clients[i], &ref);
    await(task->clients);
    task->took_ns = rs_now_ns() - start_ns;
}

static void run_pairs(rs_peer *peer, pairs *task) {
    if (task->clients > task->m) task->clients = task->m;
    task->m -= task->m % task->clients;
    rs_peer_run(peer, call_in_pairs, task);
    rs_peer_tell(peer, task->m, task->took_ns);
}

static void run_call1(rs_peer *peer) {
    run_pairs(peer, &(pairs){.clients = 1, .m = rs_peer_number(peer, "m", 2000000)});
}

static void run_calln(rs_peer *peer) {
    run_pairs(peer, &(pairs){.clients = rs_peer_number(peer, "clients", 1000),
                             .m = rs_peer_number(peer, "m", 5000000)});
}

/* ------------------------------------------------------------------ tables */

/* Of each hundred calls, so many are add_score; scores and players are uniform below these. */
#define ADD_PERCENT 90u
#define SCORES      1000000u
#define PLAYERS     10000u

typedef struct arcade {
    uint64_t tables, clients, m, took_ns;
    rs_pid *pids;
    char (*names)[RS_SCORE_NAME_BYTES];
    uint64_t *latencies_ns;    /* NULL: not asked for */
    uint64_t *adds, *congrats; /* of each client */
} arcade;

typedef struct player {
    arcade *task;
    uint64_t number;
} player;

static bool add_score(const arcade *task, rs_pid table, rs_prng *prng) {
    rs_add_score request = {.name = {0}};
    memcpy(request.name, task->names[rs_prng_below(prng, PLAYERS)], sizeof request.name);
    request.score = (int64_t)rs_prng_below(prng, SCORES);
    const rs_message *reply =
        rs_gen_server_call(table, &rs_add_score_type, &request, sizeof request, RS_FOREVER);
    return ((const rs_position *)(const void *)reply->payload)->position != 0;
}

static void play(const void *args, uint32_t bytes) {
    (void)bytes;
    player self = *(const player *)args;
    arcade *task = self.task;
    uint64_t calls = task->m / task->clients, adds = 0, congrats = 0, start_ns = 0;
    uint64_t *latencies_ns = task->latencies_ns ? task->latencies_ns + self.number * calls : NULL;
    rs_prng prng;
    rs_prng_init_indexed(&prng, 1, "tables", self.number);
    for (uint64_t i = 0; i < calls; i++) {
        rs_pid table = task->pids[rs_prng_below(&prng, task->tables)];
        if (latencies_ns) start_ns = rs_now_ns();
        if (rs_prng_below(&prng, 100) < ADD_PERCENT) {
            adds++;
            congrats += add_score(task, table, &prng);
        } else {
            rs_gen_server_call(table, &rs_current_scores_type, NULL, 0, RS_FOREVER);
        }
        if (latencies_ns) latencies_ns[i] = rs_now_ns() - start_ns;
    }
    task->adds[self.number] = adds;
    task->congrats[self.number] = congrats;
}

static void play_all(void *context) {
    arcade *task = context;
    rs_pid supervisor = rs_world_tables(RS_TEMPORARY);
    rs_ref ref;
    for (uint64_t i = 0; i < task->tables; i++)
        if (!(task->pids[i] = rs_world_add_table(supervisor))) rs_exit(RS_ATOM(system_limit));
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < task->clients; i++)
        rs_spawn_monitor(play, &(player){task, i}, sizeof(player), &ref);
    await(task->clients);
    task->took_ns = rs_now_ns() - start_ns;
}

static uint64_t sum(const uint64_t *numbers, uint64_t count) {
    uint64_t total = 0;
    while (count--) total += numbers[count];
    return total;
}

static void run_tables(rs_peer *peer) {
    arcade task = {.tables = rs_peer_number(peer, "tables", 10000),
                   .clients = rs_peer_number(peer, "clients", 64),
                   .m = rs_peer_number(peer, "m", 5000000)};
    if (task.clients > task.m) task.clients = task.m;
    task.m -= task.m % task.clients;
    if (rs_peer_number(peer, "lat", 0))
        task.latencies_ns = rs_peer_alloc(peer, task.m, sizeof *task.latencies_ns);
    task.pids = rs_peer_alloc(peer, task.tables, sizeof *task.pids);
    task.adds = rs_peer_alloc(peer, task.clients, sizeof *task.adds);
    task.congrats = rs_peer_alloc(peer, task.clients, sizeof *task.congrats);
    task.names = rs_peer_alloc(peer, PLAYERS, sizeof *task.names);
    for (uint64_t i = 0; i < PLAYERS; i++) rs_label_write(task.names[i], "player-", i);
    rs_peer_run(peer, play_all, &task);
    rs_peer_tell(peer, task.m, task.took_ns);
    uint64_t adds = sum(task.adds, task.clients), congrats = sum(task.congrats, task.clients);
    rs_peer_tell_number(peer, "congrats_share", adds ? (double)congrats / (double)adds : 0);
    rs_peer_tell_percentiles(peer, "", task.latencies_ns, task.latencies_ns ? task.m : 0);
}

const rs_peer_workload rs_peer_calls[] = {
    {"call1", run_call1}, {"calln", run_calln}, {"tables", run_tables}, {NULL, NULL}};
