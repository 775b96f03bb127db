/* store.c: tables: an object put in, found and counted in, among `objects` others.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"
#include "runtime/base/prng.h"
#include "runtime/store/ets.h"

static rs_term pair_of(uint64_t key, int64_t value) {
    const rs_term elements[] = {rs_term_integer((int64_t)key), rs_term_integer(value)};
    return rs_term_own_tuple(2, elements);
}

static void put(rs_ets table, uint64_t key, int64_t value) {
    rs_term pair = pair_of(key, value);
    rs_ets_insert(table, pair);
    rs_term_release(pair);
}

static rs_ets fill(rs_ets_type type, uint64_t objects) {
    rs_ets table = rs_ets_new(&(rs_ets_options){.type = type});
    for (uint64_t i = 0; i < objects; i++) put(table, i, 0);
    return table;
}

/* What is done with a random key of those that are there. */
typedef void touch(rs_ets table, uint64_t key);

static uint64_t work_on(const rs_bench *bench, rs_ets_type type, touch *work, uint64_t iterations) {
    uint64_t objects = (uint64_t)rs_bench_argument(bench, 0);
    rs_ets table = fill(type, objects);
    rs_prng prng;
    rs_prng_init(&prng, 1, "store");
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < iterations; i++) work(table, rs_prng_below(&prng, objects));
    uint64_t took_ns = rs_now_ns() - start_ns;
    rs_ets_delete(table);
    return took_ns;
}

static void look_up(rs_ets table, uint64_t key) {
    rs_term found = rs_ets_lookup(table, rs_term_integer((int64_t)key));
    if (!found) rs_exit(RS_ATOM(error));
    rs_term_release(found);
}
static void overwrite(rs_ets table, uint64_t key) {
    put(table, key, 1);
}
static void count(rs_ets table, uint64_t key) {
    int64_t sum = 0;
    const rs_ets_counter one = {.position = 2, .increment = 1};
    rs_ets_update_counters(table, rs_term_integer((int64_t)key), &one, 1, 0, &sum);
}

static uint64_t look_up_set(void *bench, uint64_t iterations) {
    return work_on(bench, RS_ETS_SET, look_up, iterations);
}
static uint64_t look_up_ordered(void *bench, uint64_t iterations) {
    return work_on(bench, RS_ETS_ORDERED_SET, look_up, iterations);
}
static uint64_t insert_set(void *bench, uint64_t iterations) {
    return work_on(bench, RS_ETS_SET, overwrite, iterations);
}
static uint64_t count_set(void *bench, uint64_t iterations) {
    return work_on(bench, RS_ETS_SET, count, iterations);
}

static void run_lookup(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, 1, look_up_set, bench);
}
static void run_lookup_ordered(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, 1, look_up_ordered, bench);
}
static void run_insert(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, 1, insert_set, bench);
}
static void run_count(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, 1, count_set, bench);
}

#define OBJECTS                                                                                    \
    { RS_BENCH_ARG("objects", 1000, 1000000) }

const rs_bench_case rs_bench_store[] = {
    {.name = "ets/lookup", .run = run_lookup, .args = OBJECTS, .manual_time = true},
    {.name = "ets/lookup_ordered", .run = run_lookup_ordered, .args = OBJECTS, .manual_time = true},
    {.name = "ets/insert", .run = run_insert, .args = OBJECTS, .manual_time = true},
    {.name = "ets/update_counter", .run = run_count, .args = OBJECTS, .manual_time = true},
    {0},
};
