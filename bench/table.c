/* table.c: add_score on one high-score table of `players` that is full. `table/insert` is the table
 * alone: each score is the new best, so that it moves all others. `table/add_score` calls the
 * server with random scores, most of which are too low.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"
#include "runtime/base/assert.h"
#include "runtime/base/prng.h"
#include "scenarios/workers/high_scores_table.h"

#include <stdlib.h>

#define SCORES  1000u
#define HIGHEST 1000000u

static void run_insert(rs_bench *bench) {
    rs_high_scores_table table = {.max_players = (uint32_t)rs_bench_argument(bench, 0) & INT32_MAX};
    rs_score score = {.name = "player"};
    table.scores = calloc(table.max_players, sizeof *table.scores);
    if (!table.scores) {
        rs_bench_fail(bench, "no memory");
        return;
    }
    while (table.count < table.max_players) rs_high_scores_table_insert(&table, &score);
    while (rs_bench_keep_running(bench, SCORES))
        for (uint32_t i = 0; i < SCORES; i++) {
            score.score++;
            RS_ASSERT(rs_high_scores_table_insert(&table, &score) == 1);
        }
    free(table.scores);
}

static rs_pid start_table(uint64_t players) {
    rs_high_scores_table_config config = {.max_players = (int64_t)players};
    rs_worker_args args = {.config = &config, .path = "table"};
    rs_pid pid = 0;
    rs_term reason = 0;
    if (rs_gen_server_start(rs_worker_high_scores_table.server, &args, sizeof args, NULL, &pid,
                            &reason) != RS_START_OK)
        rs_exit(RS_ATOM(error));
    return pid;
}

static void add_scores(rs_pid table, uint64_t count) {
    rs_add_score request = {.name = "player"};
    rs_prng prng;
    rs_prng_init(&prng, 1, "table");
    while (count--) {
        request.score = (int64_t)rs_prng_below(&prng, HIGHEST);
        rs_gen_server_call(table, &rs_add_score_type, &request, sizeof request, RS_FOREVER);
    }
}

static uint64_t call_table(void *context, uint64_t iterations) {
    uint64_t players = (uint64_t)rs_bench_argument(context, 0);
    rs_pid table = start_table(players);
    add_scores(table, players);
    uint64_t start_ns = rs_now_ns();
    add_scores(table, iterations);
    return rs_now_ns() - start_ns;
}

static void run_call(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, 1, call_table, bench);
}

const rs_bench_case rs_bench_table[] = {
    {.name = "table/insert", .run = run_insert, .args = {RS_BENCH_ARG("players", 10, 1000)}},
    {.name = "table/add_score",
     .run = run_call,
     .args = {RS_BENCH_ARG("players", 10, 1000)},
     .manual_time = true},
    {0},
};
