/* start_tables.c: 10,000 tables under one simple_one_for_one supervisor, each start_child a call
 * that returns when the table's init has. One iteration is all of them. Floor: 10 ms.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"
#include "bench/world.h"

#define TABLES 10000u
#define ROUNDS 10u

static void start_all(void *context) {
    uint64_t *took_ns = context;
    rs_pid supervisor = rs_world_tables(RS_TEMPORARY);
    uint64_t start_ns = rs_now_ns();
    for (uint32_t i = 0; i < TABLES; i++)
        if (!rs_world_add_table(supervisor)) rs_exit(RS_ATOM(error));
    *took_ns = rs_now_ns() - start_ns;
}

static void run(rs_bench *bench) {
    uint64_t took_ns = 0;
    while (rs_bench_keep_running(bench, 1)) {
        if (!rs_bench_in_world(bench, 2, NULL, start_all, &took_ns)) return;
        rs_bench_time(bench, took_ns);
    }
    rs_bench_items(bench, TABLES * rs_bench_iterations(bench));
}

const rs_bench_case rs_bench_start_tables = {.name = "start_tables",
                                             .run = run,
                                             .iterations = ROUNDS,
                                             .unit = RS_BENCH_MS,
                                             .manual_time = true};
