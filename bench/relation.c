/* relation.c: links and monitors, and how deaths are told. `link` and `monitor` make one to a
 * process that lives on, and undo it. In `exit/linked` and `exit/monitored` a thousand processes
 * are killed that wait; one iteration is one of them, until its EXIT or DOWN is heard. In
 * `exit/watched` one process is killed that has many monitors; one iteration is one DOWN.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"

#define VICTIMS 1000u

static const rs_type waiting_type = {"waiting", 0, NULL, NULL};

/* A process that says that it waits, and waits. */
static void wait_forever(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_send(*(const rs_pid *)args, &waiting_type, NULL, 0);
    rs_receive(NULL, NULL, RS_FOREVER);
}

static void receive_many(uint64_t count) {
    while (count--) rs_receive(NULL, NULL, RS_FOREVER);
}

static rs_pid start_waiting(bool link, bool monitor) {
    rs_pid self = rs_self(), pid = 0;
    rs_ref ref;
    rs_spawn_options options = {.entry = wait_forever,
                                .args = &self,
                                .bytes = sizeof self,
                                .link = link,
                                .monitor = monitor,
                                .ref = &ref};
    if (rs_spawn_opt(&options, &pid) != RS_OK) rs_exit(RS_ATOM(system_limit));
    return pid;
}

static uint64_t link_unlink(void *context, uint64_t iterations) {
    (void)context;
    rs_pid other = start_waiting(false, false);
    receive_many(1);
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < iterations; i++) {
        rs_link(other);
        rs_unlink(other);
    }
    return rs_now_ns() - start_ns;
}

static uint64_t monitor_demonitor(void *context, uint64_t iterations) {
    (void)context;
    rs_pid other = start_waiting(false, false);
    receive_many(1);
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < iterations; i++) rs_demonitor(rs_monitor(other), false);
    return rs_now_ns() - start_ns;
}

static uint64_t kill_all(const rs_pid *victims) {
    uint64_t start_ns = rs_now_ns();
    for (uint32_t i = 0; i < VICTIMS; i++) rs_exit_signal(victims[i], RS_ATOM(kill));
    receive_many(VICTIMS);
    return rs_now_ns() - start_ns;
}

static uint64_t kill_batches(uint64_t iterations, bool linked) {
    rs_pid victims[VICTIMS];
    uint64_t took_ns = 0;
    rs_trap_exit(true);
    for (uint64_t done = 0; done < iterations; done += VICTIMS) {
        for (uint32_t i = 0; i < VICTIMS; i++) victims[i] = start_waiting(linked, !linked);
        receive_many(VICTIMS);
        took_ns += kill_all(victims);
    }
    return took_ns;
}

static uint64_t kill_linked(void *context, uint64_t iterations) {
    (void)context;
    return kill_batches(iterations, true);
}

static uint64_t kill_monitored(void *context, uint64_t iterations) {
    (void)context;
    return kill_batches(iterations, false);
}

static uint64_t kill_watched(void *context, uint64_t iterations) {
    uint64_t monitors = (uint64_t)rs_bench_argument(context, 0), took_ns = 0;
    for (uint64_t done = 0; done < iterations; done += monitors) {
        rs_pid victim = start_waiting(false, false);
        receive_many(1);
        for (uint64_t i = 0; i < monitors; i++) rs_monitor(victim);
        uint64_t start_ns = rs_now_ns();
        rs_exit_signal(victim, RS_ATOM(kill));
        receive_many(monitors);
        took_ns += rs_now_ns() - start_ns;
    }
    return took_ns;
}

static void run_link(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, 1, link_unlink, NULL);
}
static void run_monitor(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, 1, monitor_demonitor, NULL);
}
static void run_linked(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, VICTIMS, kill_linked, NULL);
}
static void run_monitored(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, VICTIMS, kill_monitored, NULL);
}
static void run_watched(rs_bench *bench) {
    uint64_t monitors = (uint64_t)rs_bench_argument(bench, 0);
    rs_bench_in_world(bench, &rs_bench_1_thread, monitors, kill_watched, bench);
}

const rs_bench_case rs_bench_relation[] = {
    {.name = "link", .run = run_link, .manual_time = true},
    {.name = "monitor", .run = run_monitor, .manual_time = true},
    {.name = "exit/linked", .run = run_linked, .manual_time = true},
    {.name = "exit/monitored", .run = run_monitored, .manual_time = true},
    {.name = "exit/watched",
     .run = run_watched,
     .args = {RS_BENCH_ARG("monitors", 1, 100, 10000)},
     .manual_time = true},
    {0},
};
