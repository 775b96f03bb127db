/* global.c: one queue under one lock, for all cores: perfectly balanced, and every look meets every
 * other.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/sched/queue.h"

typedef struct global_core {
    _Alignas(RS_CACHE_LINE) rs_sched_counts counts;
} global_core;

typedef struct global {
    _Alignas(RS_CACHE_LINE) rs_spinlock lock;
    rs_task_line line;
    rs_atomic_u32 count;
    global_core core[];
} global;

static size_t global_bytes(const rs_sched_config *config) {
    return sizeof(global) + config->cores * sizeof(global_core);
}

static void global_init(void *sched, const rs_sched_config *config) {
    (void)sched;
    (void)config;
}

static uint64_t global_wait_rounds(const rs_sched_config *config, uint64_t ready) {
    (void)config;
    return ready; /* all ahead of it run once */
}

static void enter(global *g, uint32_t core) {
    rs_tally(&g->core[core].counts.passes, 1);
    rs_spin_lock(&g->lock);
}

static uint32_t global_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    global *g = sched;
    enter(g, core);
    rs_task_line_push(&g->line, task, why);
    bool surplus = rs_add(&g->count, 1, rs_relaxed) > 0;
    rs_spin_unlock(&g->lock);
    return surplus ? RS_WAKE_ANY : RS_WAKE_NONE;
}

static rs_task *global_next(void *sched, uint32_t core) {
    global *g = sched;
    /* Idle cores leave the lock alone. relaxed: a task just missed is seen at the next look;
     * whoever pushed it wakes a core after, and who announces its sleep looks after that, see
     * park.c. */
    if (rs_load(&g->count, rs_relaxed) == 0) return NULL;
    enter(g, core);
    rs_task *task = rs_task_line_pop(&g->line);
    if (task) rs_sub(&g->count, 1, rs_relaxed);
    rs_spin_unlock(&g->lock);
    return task;
}

static void global_no_core_state(void *sched, uint32_t core) {
    (void)sched;
    (void)core;
}

static rs_sched_counts *global_counts(void *sched, uint32_t core) {
    return &((global *)sched)->core[core].counts;
}

extern const rs_sched_kind rs_sched_global;
const rs_sched_kind rs_sched_global = {
    .name = "global",
    .about = "one locked queue for all cores",
    .wait_rounds = global_wait_rounds,
    .bytes = global_bytes,
    .init = global_init,
    .ready = global_ready,
    .next = global_next,
    .detach = global_no_core_state,
    .attach = global_no_core_state,
    .counts = global_counts,
};
