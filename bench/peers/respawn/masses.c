/* masses.c: a million at once: memory (what an idle one keeps resident) and sup_start (how long
 * they take under one supervisor).
 * SPDX-License-Identifier: MIT
 */
#include "bench/peers/respawn/peer.h"

#include <sys/resource.h>

/* ------------------------------------------------------------------ memory */

enum { KIND_TABLE, KIND_SERVER, KIND_PROCESS };
static const char *const kinds[] = {"table", "server", "process", NULL};

typedef struct mass {
    uint64_t n, took_ns, resident_bytes;
    int kind;
} mass;

static const rs_type waiting_type = {"waiting", 0, NULL, NULL};

static void wait_forever(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_send(*(const rs_pid *)args, &waiting_type, NULL, 0);
    rs_receive(NULL, NULL, RS_FOREVER);
}

/* A plain process that waits, once it has said so. */
static rs_pid add_waiting(void) {
    rs_pid self = rs_self(), pid = rs_spawn(wait_forever, &self, sizeof self);
    if (pid) rs_receive(NULL, NULL, RS_FOREVER);
    return pid;
}

static rs_pid add_idle(int kind, rs_pid supervisor) {
    rs_pid pid = 0;
    rs_term reason = 0;
    switch (kind) {
    case KIND_TABLE: return rs_world_add_table(supervisor);
    case KIND_SERVER:
        rs_gen_server_start(&rs_peer_counter, NULL, 0, NULL, &pid, &reason);
        return pid;
    default: return add_waiting();
    }
}

static void fill_memory(void *context) {
    mass *task = context;
    rs_pid supervisor = task->kind == KIND_TABLE ? rs_world_tables(RS_TEMPORARY) : 0;
    uint64_t resident = rs_world_resident(), start_ns = rs_now_ns();
    for (uint64_t i = 0; i < task->n; i++)
        if (!add_idle(task->kind, supervisor)) rs_exit(RS_ATOM(system_limit));
    task->took_ns = rs_now_ns() - start_ns;
    task->resident_bytes = rs_world_resident() - resident;
}

static void run_memory(rs_peer *peer) {
    mass task = {.n = rs_peer_number(peer, "n", 1000000)};
    task.kind = rs_peer_choice(peer, "kind", kinds);
    rs_peer_run(peer, fill_memory, &task);
    rs_peer_tell(peer, task.n, task.took_ns);
    rs_peer_tell_number(peer, "bytes_per_process", (double)task.resident_bytes / (double)task.n);
}

/* ------------------------------------------------------------------ sup_start */

typedef struct start {
    uint64_t took_ns, faults;
} start;

typedef struct starts {
    uint64_t n, resident_bytes;
    start first, second;
} starts;

static uint64_t count_faults(void) {
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (uint64_t)(use.ru_minflt + use.ru_majflt);
}

static rs_pid start_all(uint64_t n, start *taken) {
    rs_pid supervisor = rs_world_tables(RS_TEMPORARY);
    uint64_t faults = count_faults(), start_ns = rs_now_ns();
    for (uint64_t i = 0; i < n; i++)
        if (!rs_world_add_table(supervisor)) rs_exit(RS_ATOM(system_limit));
    *taken = (start){rs_now_ns() - start_ns, count_faults() - faults};
    return supervisor;
}

static void start_twice(void *context) {
    starts *task = context;
    uint64_t resident = rs_world_resident();
    rs_pid supervisor = start_all(task->n, &task->first);
    task->resident_bytes = rs_world_resident() - resident;
    rs_monitor(supervisor);
    rs_unlink(supervisor);
    rs_exit_signal(supervisor, RS_ATOM(shutdown));
    rs_receive(NULL, NULL, RS_FOREVER);
    start_all(task->n, &task->second);
}

static void run_sup_start(rs_peer *peer) {
    starts task = {.n = rs_peer_number(peer, "n", 1000000)};
    rs_peer_run(peer, start_twice, &task);
    rs_peer_tell(peer, task.n, task.first.took_ns);
    rs_peer_tell_number(peer, "first_ns", (double)task.first.took_ns / (double)task.n);
    rs_peer_tell_number(peer, "second_ns", (double)task.second.took_ns / (double)task.n);
    rs_peer_tell_number(peer, "first_faults", (double)task.first.faults);
    rs_peer_tell_number(peer, "second_faults", (double)task.second.faults);
    rs_peer_tell_number(peer, "bytes_per_process", (double)task.resident_bytes / (double)task.n);
}

const rs_peer_workload rs_peer_masses[] = {
    {"memory", run_memory}, {"sup_start", run_sup_start}, {NULL, NULL}};
