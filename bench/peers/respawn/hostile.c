/* hostile.c: how long a client and a server that behave wait for each other while processes run
 * that do not: hostile. SPDX-License-Identifier: MIT
 */
#include "bench/peers/respawn/peer.h"
#include "runtime/base/atomic.h"

#include <string.h>
#include <time.h>

/* ------------------------------------------------------------------ the hostile */

static void loop(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    for (volatile uint64_t i = 0;; i++) {
    }
}

static void loop_with_calls(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    for (;;) rs_free(rs_alloc(100), 100);
}

/* A megabyte at a time, in libc nearly always. */
static void loop_in_libc(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    char *memory = rs_alloc(1u << 20);
    void *(*volatile set)(void *, int, size_t) = memset;
    for (int i = 0;; i++) set(memory, i, 1u << 20);
}

static void sleep_in_the_kernel(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    const struct timespec pause = {0, 20000000};
    for (;;) nanosleep(&pause, NULL);
}

static void receive_without_end(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    for (;;) {
        rs_send(rs_self(), NULL, NULL, 0);
        rs_receive(NULL, NULL, RS_FOREVER);
    }
}

static const char *const kinds[] = {"loop", "calls", "libc", "syscall", "receive", "none", NULL};
static rs_entry *const entries[] = {
    loop, loop_with_calls, loop_in_libc, sleep_in_the_kernel, receive_without_end, NULL};

/* ------------------------------------------------------------------ who behaves */

typedef struct siege {
    rs_entry *entry;
    uint64_t loopers, calls, period_ns, took_ns;
    uint64_t *waits_ns; /* from when a call was due */
    uint64_t *calls_ns; /* from when it was made */
    rs_counters before, after;
} siege;

static const rs_type number_type = {"number", sizeof(uint64_t), NULL, NULL};

/* Calls are due at regular times, whether the one before is answered or not, so that who waits long
 * does not ask the less for it. */
static void call_regularly(siege *task, rs_pid server) {
    uint64_t start_ns = rs_now_ns();
    for (uint64_t i = 0; i < task->calls; i++) {
        uint64_t due_ns = start_ns + (i + 1) * task->period_ns, now_ns = rs_now_ns();
        if (now_ns < due_ns) rs_receive(NULL, NULL, due_ns - now_ns);
        uint64_t made_ns = rs_now_ns();
        rs_gen_server_call(server, &number_type, &i, sizeof i, RS_FOREVER);
        now_ns = rs_now_ns();
        task->waits_ns[i] = now_ns > due_ns ? now_ns - due_ns : 0;
        task->calls_ns[i] = now_ns - made_ns;
    }
    task->took_ns = rs_now_ns() - start_ns;
}

static void call_under_siege(void *context) {
    siege *task = context;
    rs_pid pids[256], server = 0;
    rs_term reason = 0;
    if (rs_gen_server_start(&rs_peer_counter, NULL, 0, NULL, &server, &reason) != RS_START_OK)
        rs_exit(reason);
    for (uint64_t i = 0; i < task->loopers; i++) pids[i] = rs_spawn(task->entry, NULL, 0);
    rs_counters_read(&task->before);
    call_regularly(task, server);
    rs_counters_read(&task->after);
    for (uint64_t i = 0; i < task->loopers; i++) rs_exit_signal(pids[i], RS_ATOM(kill));
}

static void run_hostile(rs_peer *peer) {
    static const char *const schedulers[] = {"steal",   "global",   "pinned",
                                             "migrate", "deadline", NULL};
    int kind = rs_peer_choice(peer, "kind", kinds);
    siege task = {.entry = entries[kind], .calls = rs_peer_number(peer, "m", 5000)};
    task.period_ns = 1000 * rs_peer_number(peer, "period_us", 500);
    task.loopers = rs_peer_number(peer, "loopers", 4);
    if (!task.entry) task.loopers = 0;
    if (task.loopers > 256) task.loopers = 256;
    peer->options.scheduler = schedulers[rs_peer_choice(peer, "scheduler", schedulers)];
    peer->options.budget_ns = 1000 * rs_peer_number(peer, "budget_us", 1000);
    task.waits_ns = rs_peer_alloc(peer, task.calls, sizeof *task.waits_ns);
    task.calls_ns = rs_peer_alloc(peer, task.calls, sizeof *task.calls_ns);
    rs_peer_run(peer, call_under_siege, &task);
    rs_peer_tell(peer, task.calls, task.took_ns);
    rs_peer_tell_percentiles(peer, "", task.waits_ns, task.calls);
    rs_peer_tell_percentiles(peer, "call_", task.calls_ns, task.calls);
    rs_peer_tell_number(peer, "preemptions",
                        (double)(task.after.preemptions - task.before.preemptions));
    rs_peer_tell_number(peer, "jailed", (double)(task.after.jailed - task.before.jailed));
}

const rs_peer_workload rs_peer_hostiles[] = {{"hostile", run_hostile}, {NULL, NULL}};
