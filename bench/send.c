/* send.c: a stream of messages from one process to another, who takes each out of its mailbox. The
 * receiver acknowledges each window, and the sender is never more than two of them ahead. One
 * iteration is one message, sent and received. `across_threads` needs both on a thread of their
 * own, so it runs on the scheduler that never moves anybody.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"

/* Two windows stay below RS_BACKLOG_FREE. */
#define WINDOW 250u
_Static_assert(2 * WINDOW < RS_BACKLOG_FREE, "a sender pays for nobody's backlog");

static const rs_type word_type = {"word", sizeof(uint64_t), NULL, NULL};

static void receive_windows(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid sender = *(const rs_pid *)args;
    for (uint64_t count = 1;; count++) {
        rs_receive(NULL, NULL, RS_FOREVER);
        if (count % WINDOW == 0) rs_send(sender, &word_type, &count, sizeof count);
    }
}

static uint64_t send_windows(void *context, uint64_t iterations) {
    (void)context;
    rs_pid self = rs_self(), receiver = rs_spawn(receive_windows, &self, sizeof self);
    uint64_t start_ns = rs_now_ns();
    for (uint64_t sent = 0; sent < iterations; sent += WINDOW) {
        for (uint64_t i = 0; i < WINDOW; i++) rs_send(receiver, &word_type, &i, sizeof i);
        if (sent) rs_receive(NULL, NULL, RS_FOREVER);
    }
    rs_receive(NULL, NULL, RS_FOREVER);
    return rs_now_ns() - start_ns;
}

static void run(rs_bench *bench) {
    rs_bench_in_world(bench, rs_bench_case_of(bench)->context, WINDOW, send_windows, NULL);
}

static const rs_runtime_options across = {.threads = 2, .scheduler = "pinned"};

const rs_bench_case rs_bench_send[] = {
    {.name = "send/same_thread", .run = run, .context = &rs_bench_1_thread, .manual_time = true},
    {.name = "send/across_threads", .run = run, .context = &across, .manual_time = true},
    {0},
};
