/* table_calls.c: 64 clients in a closed loop add scores to 10,000 tables whose pids they know, on
 * two threads. One iteration is one call. Floor: 2 M calls/s.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"
#include "bench/world.h"
#include "scenarios/workers/high_scores_table.h"

#include <stdlib.h>

#define TABLES  10000u
#define CLIENTS 64u
#define CALLS   4000000u

typedef struct rs_crowd {
    rs_pid tables[TABLES];
    uint64_t calls_each, took_ns;
} rs_crowd;

typedef struct caller {
    const rs_crowd *crowd;
    uint64_t seed;
} caller;

static void call_tables(const void *args, uint32_t bytes) {
    (void)bytes;
    caller self = *(const caller *)args;
    rs_add_score request = {.name = "player"};
    rs_prng prng;
    rs_prng_init_indexed(&prng, 1, "table_calls", self.seed);
    for (uint64_t i = 0; i < self.crowd->calls_each; i++) {
        request.score = (int64_t)rs_prng_below(&prng, 1000000);
        rs_gen_server_call(self.crowd->tables[rs_prng_below(&prng, TABLES)], &rs_add_score_type,
                           &request, sizeof request, RS_CALL_TIMEOUT_NS);
    }
}

static bool is_down(const rs_message *message, void *context) {
    (void)context;
    return message->kind == RS_MESSAGE_DOWN;
}

static void run_crowd(void *context) {
    rs_crowd *crowd = context;
    rs_pid supervisor = rs_world_tables(RS_TEMPORARY);
    rs_ref ref;
    for (uint32_t i = 0; i < TABLES; i++) crowd->tables[i] = rs_world_add_table(supervisor);
    uint64_t start_ns = rs_now_ns();
    for (uint32_t i = 0; i < CLIENTS; i++)
        rs_spawn_monitor(call_tables, &(caller){crowd, i}, sizeof(caller), &ref);
    for (uint32_t i = 0; i < CLIENTS; i++)
        if (rs_message_reason(rs_receive(is_down, NULL, RS_FOREVER)) != RS_ATOM(normal))
            rs_exit(RS_ATOM(error));
    crowd->took_ns = rs_now_ns() - start_ns;
}

static void run(rs_bench *bench) {
    rs_crowd *crowd = calloc(1, sizeof *crowd);
    uint64_t calls = rs_bench_iterations(bench);
    while (crowd && rs_bench_keep_running(bench, calls)) {
        crowd->calls_each = calls / CLIENTS;
        if (!rs_bench_in_world(bench, 2, NULL, run_crowd, crowd)) break;
        rs_bench_time(bench, crowd->took_ns);
        rs_bench_items(bench, calls);
    }
    free(crowd);
}

const rs_bench_case rs_bench_table_calls = {
    .name = "table_calls", .run = run, .iterations = CALLS, .manual_time = true};
