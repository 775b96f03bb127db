/* timer.c: timers while `running` others are: start one, cancel one, let one expire. Each batch is
 * done by a process of its own, whose death drops what it has started. `timer/cancel` cancels all
 * of the `held` timers of its process, in the order of their start; one iteration is one of them.
 * `timer/expire` starts timers that are due at once and receives them.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"
#include "runtime/base/prng.h"

#define BATCH    1000u
#define HELD_MAX 10000u
/* Longer than any run; what is not to expire is due once or twice as late, in random order. */
#define FAR_NS UINT64_C(3600000000000)

static const rs_type tick_type = {"tick", 0, NULL, NULL};

/* What a child does, and what it took so far. */
typedef struct timing {
    uint64_t count, took_ns;
    rs_prng prng;
} timing;

static rs_ref start_timer(uint64_t delay_ns) {
    rs_ref ref = rs_send_after(delay_ns, rs_self(), &tick_type, NULL, 0);
    if (!ref) rs_exit(RS_ATOM(system_limit));
    return ref;
}

static rs_ref start_far(timing *task) {
    return start_timer(FAR_NS + rs_prng_below(&task->prng, FAR_NS));
}

static timing *timing_of(const void *args) {
    return *(timing *const *)args;
}

static void start_batch(const void *args, uint32_t bytes) {
    (void)bytes;
    timing *task = timing_of(args);
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < task->count; i++) start_far(task);
    task->took_ns += rs_now_ns() - start_ns;
}

static void cancel_batch(const void *args, uint32_t bytes) {
    (void)bytes;
    timing *task = timing_of(args);
    rs_ref *timers = rs_alloc(task->count * sizeof *timers);
    for (uint64_t i = 0; i < task->count; i++) timers[i] = start_far(task);
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < task->count; i++)
        if (!rs_cancel_timer(timers[i], NULL)) rs_exit(RS_ATOM(error));
    task->took_ns += rs_now_ns() - start_ns;
}

static void expire_batch(const void *args, uint32_t bytes) {
    (void)bytes;
    timing *task = timing_of(args);
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < task->count; i++) start_timer(0);
    for (uint64_t i = 0; i < task->count; i++) rs_receive(NULL, NULL, RS_FOREVER);
    task->took_ns += rs_now_ns() - start_ns;
}

/* What runs meanwhile belongs to the first process. */
static uint64_t run_batches(void *context, uint64_t iterations) {
    rs_bench *bench = context;
    rs_entry *const *entry = rs_bench_case_of(bench)->context;
    timing task = {.count = rs_bench_case_of(bench)->args[1].name
                                ? (uint64_t)rs_bench_argument(bench, 1)
                                : BATCH};
    timing *args = &task;
    rs_prng_init(&task.prng, 1, "timer");
    for (int64_t i = 0; i < rs_bench_argument(bench, 0); i++) start_far(&task);
    for (uint64_t done = 0; done < iterations; done += task.count)
        rs_bench_child(*entry, &args, sizeof args);
    return task.took_ns;
}

static void run(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, BATCH, run_batches, bench);
}

static void run_cancel(rs_bench *bench) {
    uint64_t held = (uint64_t)rs_bench_argument(bench, 1);
    rs_bench_in_world(bench, &rs_bench_1_thread, held, run_batches, bench);
}

#define RUNNING RS_BENCH_ARG("running", 1000, 1000000)

static rs_entry *const start = start_batch, *const cancel = cancel_batch,
                       *const expire = expire_batch;

const rs_bench_case rs_bench_timer[] = {
    {.name = "timer/start", .run = run, .context = &start, .args = {RUNNING}, .manual_time = true},
    {.name = "timer/cancel",
     .run = run_cancel,
     .context = &cancel,
     .args = {RUNNING, RS_BENCH_ARG("held", 10, 1000, 10000)},
     .manual_time = true},
    {.name = "timer/expire",
     .run = run,
     .context = &expire,
     .args = {RUNNING},
     .manual_time = true},
    {0},
};
