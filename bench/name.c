/* name.c: registered names: finding a random one of `names`, a miss, and taking and giving back
 * one's own.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"
#include "runtime/base/prng.h"
#include "scenarios/workers/label.h"

static const rs_type named_type = {"named", 0, NULL, NULL};

/* The atom name-N; the table of atoms has room for all that are asked for. */
static rs_atom name_of(uint64_t number) {
    char text[32];
    rs_label_write(text, "name-", number);
    return rs_atom_find(text);
}

typedef struct birth {
    rs_pid driver;
    rs_atom name;
} birth;

static void hold_name(const void *args, uint32_t bytes) {
    (void)bytes;
    birth given = *(const birth *)args;
    if (rs_register(given.name, rs_self()) != RS_OK) rs_exit(RS_ATOM(error));
    rs_send(given.driver, &named_type, NULL, 0);
    rs_receive(NULL, NULL, RS_FOREVER);
}

static rs_atom *start_named(uint64_t names) {
    rs_atom *atoms = rs_alloc(names * sizeof *atoms);
    for (uint64_t i = 0; i < names; i++) {
        atoms[i] = name_of(i);
        rs_spawn(hold_name, &(birth){rs_self(), atoms[i]}, sizeof(birth));
        rs_receive(NULL, NULL, RS_FOREVER);
    }
    return atoms;
}

static uint64_t find_names(void *context, uint64_t iterations) {
    uint64_t names = (uint64_t)rs_bench_argument(context, 0);
    rs_atom *atoms = start_named(names);
    rs_prng prng;
    rs_prng_init(&prng, 1, "name");
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < iterations; i++)
        if (!rs_whereis(atoms[rs_prng_below(&prng, names)])) rs_exit(RS_ATOM(error));
    return rs_now_ns() - start_ns;
}

static uint64_t miss_names(void *context, uint64_t iterations) {
    (void)context;
    rs_atom nobody = rs_atom_find("nobody");
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < iterations; i++)
        if (rs_whereis(nobody)) rs_exit(RS_ATOM(error));
    return rs_now_ns() - start_ns;
}

static uint64_t take_and_give_back(void *context, uint64_t iterations) {
    (void)context;
    rs_atom name = name_of(0);
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < iterations; i++)
        if (rs_register(name, rs_self()) != RS_OK || rs_unregister(name) != RS_OK)
            rs_exit(RS_ATOM(error));
    return rs_now_ns() - start_ns;
}

static void run_lookup(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, 1, find_names, bench);
}
static void run_miss(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, 1, miss_names, bench);
}
static void run_register(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, 1, take_and_give_back, bench);
}

const rs_bench_case rs_bench_name[] = {
    {.name = "name/lookup",
     .run = run_lookup,
     .args = {RS_BENCH_ARG("names", 10, 1000, 100000)},
     .manual_time = true},
    {.name = "name/miss", .run = run_miss, .manual_time = true},
    {.name = "name/register", .run = run_register, .manual_time = true},
    {0},
};
