/* idle_tables.c: a million tables that nobody has called yet: how long they take to start, and how
 * much memory each keeps resident. One iteration is all of them. The first touches memory that the
 * machine may have to fetch from its host first (2.4 s for these 600 MB was seen); the second finds
 * it there. Floors: 1 s, 600 bytes.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"
#include "bench/world.h"

#define TABLES 1000000u

typedef struct measure {
    uint64_t took_ns, resident, live;
} measure;

static uint64_t live_bytes(void) {
    rs_memory_use use;
    rs_memory_read(&use);
    return use.arena + use.message + use.relation + use.timer + use.stack + use.other;
}

static void start_all(void *context) {
    measure *taken = context;
    rs_pid supervisor = rs_world_tables(RS_TEMPORARY);
    uint64_t resident = rs_world_resident(), live = live_bytes(), start_ns = rs_now_ns();
    for (uint32_t i = 0; i < TABLES; i++)
        if (!rs_world_add_table(supervisor)) rs_exit(RS_ATOM(error));
    taken->took_ns = rs_now_ns() - start_ns;
    taken->resident = rs_world_resident() - resident;
    taken->live = live_bytes() - live;
}

static void run(rs_bench *bench) {
    measure taken = {0};
    double first_ms = 0;
    while (rs_bench_keep_running(bench, 1)) {
        if (!rs_bench_in_world(bench, 2, NULL, start_all, &taken)) return;
        rs_bench_time(bench, taken.took_ns);
        if (first_ms == 0) first_ms = (double)taken.took_ns / 1e6;
    }
    rs_bench_counter(bench, "first_ms", first_ms);
    rs_bench_counter(bench, "second_ms", (double)taken.took_ns / 1e6);
    rs_bench_counter(bench, "resident_per_table", (double)taken.resident / TABLES);
    rs_bench_counter(bench, "live_per_table", (double)taken.live / TABLES);
}

const rs_bench_case rs_bench_idle_tables = {
    .name = "idle_tables", .run = run, .iterations = 2, .unit = RS_BENCH_MS, .manual_time = true};
