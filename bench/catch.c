/* catch.c: running a function that may fail: one that returns, exits, crashes; and an event that
 * `handlers` handlers are given.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"
#include "runtime/otp/gen_event.h"

static const rs_type event_type = {"event", 0, NULL, NULL};

typedef void part(void *argument);

static uint64_t catch_all(part *function, rs_caught expected, uint64_t iterations) {
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < iterations; i++)
        if (rs_catch(function, NULL, NULL) != expected) rs_exit(RS_ATOM(error));
    return rs_now_ns() - start_ns;
}

static void return_at_once(void *argument) {
    (void)argument;
}
static void exit_at_once(void *argument) {
    (void)argument;
    rs_exit(RS_ATOM(shutdown));
}
static void crash_at_once(void *argument) {
    *(volatile int *)argument = 1;
}

static uint64_t catch_return(void *context, uint64_t iterations) {
    (void)context;
    return catch_all(return_at_once, RS_CAUGHT_NOTHING, iterations);
}
static uint64_t catch_exit(void *context, uint64_t iterations) {
    (void)context;
    return catch_all(exit_at_once, RS_CAUGHT_EXIT, iterations);
}
static uint64_t catch_segv(void *context, uint64_t iterations) {
    (void)context;
    return catch_all(crash_at_once, RS_CAUGHT_CRASH, iterations);
}

/* ---------------------------------------------------------------- events */

static rs_term begin(void *state, const void *args, uint32_t bytes, rs_term handed) {
    (void)state, (void)args, (void)bytes, (void)handed;
    return RS_ATOM(ok);
}
static rs_next count(void *state, const rs_message *event) {
    (void)event;
    ++*(uint64_t *)state;
    return RS_NOREPLY;
}
static const rs_gen_event_handler counter = {
    .name = "counter", .state_bytes = sizeof(uint64_t), .init = begin, .handle_event = count};

static uint64_t notify(void *context, uint64_t iterations) {
    rs_pid manager = 0;
    if (rs_gen_event_start(NULL, &manager, NULL) != RS_START_OK) rs_exit(RS_ATOM(error));
    for (int64_t i = 0; i < rs_bench_argument(context, 0); i++)
        if (rs_gen_event_add_handler(manager, &counter, 0, NULL, 0) != RS_ATOM(ok))
            rs_exit(RS_ATOM(error));
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < iterations; i++)
        rs_gen_event_sync_notify(manager, &event_type, NULL, 0);
    return rs_now_ns() - start_ns;
}

static void run_return(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, 1, catch_return, bench);
}
static void run_exit(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, 1, catch_exit, bench);
}
static void run_segv(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, 1, catch_segv, bench);
}
static void run_notify(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, 1, notify, bench);
}

const rs_bench_case rs_bench_catch[] = {
    {.name = "catch/return", .run = run_return, .manual_time = true},
    {.name = "catch/exit", .run = run_exit, .manual_time = true},
    {.name = "catch/segv", .run = run_segv, .manual_time = true},
    {.name = "gen_event/sync_notify",
     .run = run_notify,
     .args = {RS_BENCH_ARG("handlers", 1, 10)},
     .manual_time = true},
    {0},
};
