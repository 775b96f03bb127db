/* restart.c: from the fault to the return of the replacement's init, in an otherwise idle tree of
 * 1,000 permanent tables, as the events of the runtime tell it. One iteration is one restart.
 * The next fault comes when the last restart is done; the rested variants wait 100 us before, so
 * that the core has slept and comes back to cold caches. Floors: kill p50 2 us, p99 20 us; segv p50
 * 6 us.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"
#include "bench/world.h"
#include "runtime/base/atomic.h"
#include "runtime/base/prng.h"
#include "scenarios/faults/fault.h"

#include <stdlib.h>

#define TABLES   1000u
#define RESTARTS 5000u

/* Between two faults: as soon as nothing is left to do, or after a rest. */
#define AT_ONCE_NS UINT64_C(1000)
#define RESTED_NS  UINT64_C(100000)

/* What the observer hears, on the threads of the runtime. */
typedef struct ear {
    rs_atomic_u64 fault_ns, count; /* count: restarts whose latency is written */
    uint64_t *latencies_ns;
    uint64_t restarts, pause_ns;
    const rs_fault_kind *fault;
    rs_atomic_u64 newest; /* the replacement's pid */
} ear;

static void hear_event(void *context, const rs_event *event) {
    ear *heard = context;
    if (event->kind == RS_EVENT_FAULT) rs_store(&heard->fault_ns, event->time_ns, rs_seq_cst);
    if (event->kind != RS_EVENT_STARTED || !rs_load(&heard->fault_ns, rs_seq_cst)) return;
    uint64_t count = rs_load(&heard->count, rs_seq_cst);
    if (count == heard->restarts) return;
    heard->latencies_ns[count] = event->time_ns - rs_load(&heard->fault_ns, rs_seq_cst);
    rs_store(&heard->newest, event->pid, rs_seq_cst);
    rs_store(&heard->count, count + 1, rs_seq_cst);
}

/* Supervisors name their children by ordinals. */
static uint32_t hear_role(void *context, uint32_t parent, const char *key) {
    (void)context;
    (void)parent;
    return 2 + (uint32_t)strtoul(key, NULL, 10);
}

static void strike_again_and_again(void *context) {
    ear *heard = context;
    rs_pid tables[TABLES], supervisor = rs_world_tables(RS_PERMANENT);
    rs_prng prng;
    rs_prng_init(&prng, 1, "restart");
    for (uint32_t i = 0; i < TABLES; i++) tables[i] = rs_world_add_table(supervisor);
    for (uint64_t i = 0; i < heard->restarts; i++) {
        rs_pid *victim = &tables[rs_prng_below(&prng, TABLES)];
        rs_receive(NULL, NULL, heard->pause_ns);
        heard->fault->strike(*victim, 0, (uint32_t)i + 1);
        while (rs_load(&heard->count, rs_seq_cst) <= i) rs_receive(NULL, NULL, heard->pause_ns);
        *victim = rs_load(&heard->newest, rs_seq_cst);
    }
}

static int by_size(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static void tell(rs_bench *bench, const ear *heard) {
    uint64_t count = heard->restarts, *latencies = heard->latencies_ns;
    for (uint64_t i = 0; rs_bench_keep_running(bench, 1); i++) rs_bench_time(bench, latencies[i]);
    qsort(latencies, count, sizeof *latencies, by_size);
    rs_bench_counter(bench, "p50_ns", (double)latencies[count / 2]);
    rs_bench_counter(bench, "p99_ns", (double)latencies[count * 99 / 100]);
    rs_bench_counter(bench, "max_ns", (double)latencies[count - 1]);
}

static void run(rs_bench *bench, const char *fault, uint64_t pause_ns) {
    ear heard = {.restarts = rs_bench_iterations(bench),
                 .pause_ns = pause_ns,
                 .fault = rs_fault_find(fault)};
    heard.latencies_ns = calloc(heard.restarts, sizeof *heard.latencies_ns);
    rs_observer observer = {.context = &heard, .event = hear_event, .role = hear_role};
    if (heard.latencies_ns &&
        rs_bench_in_world(bench, 2, &observer, strike_again_and_again, &heard))
        tell(bench, &heard);
    free(heard.latencies_ns);
}

static void run_kill(rs_bench *bench) {
    run(bench, "kill", AT_ONCE_NS);
}
static void run_segv(rs_bench *bench) {
    run(bench, "segv", AT_ONCE_NS);
}
static void run_kill_rested(rs_bench *bench) {
    run(bench, "kill", RESTED_NS);
}
static void run_segv_rested(rs_bench *bench) {
    run(bench, "segv", RESTED_NS);
}

#define CASE(NAME)                                                                                 \
    const rs_bench_case rs_bench_restart_##NAME = {                                                \
        .name = "restart_" #NAME, .run = run_##NAME, .iterations = RESTARTS, .manual_time = true}
CASE(kill);
CASE(segv);
CASE(kill_rested);
CASE(segv_rested);
