/* receive.c: a process that has a long mailbox behind it. `receive/selective` takes the newest
 * message out of `mailbox` others that it does not want yet: a walk. `receive/call` calls a server
 * meanwhile: a receive that names a new reference looks at newer signals only, so it must not care.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"
#include "bench/peers/respawn/peer.h"

static const rs_type word_type = {"word", sizeof(uint64_t), NULL, NULL};

static void send_self(uint64_t word) {
    rs_send(rs_self(), &word_type, &word, sizeof word);
}

static uint64_t word_of(const rs_message *message) {
    return *(const uint64_t *)(const void *)message->payload;
}

static bool is_wanted(const rs_message *message, void *context) {
    (void)context;
    return word_of(message) == 1;
}

/* The mailbox has also been looked through once: sorting what has arrived is not measured. */
static void fill_mailbox(const rs_bench *bench) {
    for (int64_t i = 0; i < rs_bench_argument(bench, 0); i++) send_self(0);
    rs_receive(is_wanted, NULL, 0);
}

static uint64_t receive_selectively(void *context, uint64_t iterations) {
    fill_mailbox(context);
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < iterations; i++) {
        send_self(1);
        if (word_of(rs_receive(is_wanted, NULL, RS_FOREVER)) != 1) rs_exit(RS_ATOM(error));
    }
    return rs_now_ns() - start_ns;
}

static uint64_t call_meanwhile(void *context, uint64_t iterations) {
    rs_pid server = 0;
    rs_term reason = 0;
    if (rs_gen_server_start(&rs_peer_counter, NULL, 0, NULL, &server, &reason) != RS_START_OK)
        rs_exit(RS_ATOM(error));
    fill_mailbox(context);
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < iterations; i++)
        rs_gen_server_call(server, &word_type, &i, sizeof i, RS_FOREVER);
    return rs_now_ns() - start_ns;
}

static void run_selective(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, 1, receive_selectively, bench);
}

static void run_call(rs_bench *bench) {
    rs_bench_in_world(bench, &rs_bench_1_thread, 1, call_meanwhile, bench);
}

#define MAILBOX .args = {RS_BENCH_ARG("mailbox", 0, 10, 1000, 100000)}, .manual_time = true

const rs_bench_case rs_bench_receive[] = {
    {.name = "receive/selective", .run = run_selective, MAILBOX},
    {.name = "receive/call", .run = run_call, MAILBOX},
    {0},
};
