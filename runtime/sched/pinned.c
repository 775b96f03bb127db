/* pinned.c: a queue for each core and no stealing: a task is placed at its birth, round robin
 * beginning with its spawner's core, and stays there. What partitioning costs when load is uneven.
 *
 * Invariant: a task lies in the queue of its own core, which is attached.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/sched/queue.h"

typedef struct pinned_core {
    _Alignas(RS_CACHE_LINE) rs_spinlock lock; /* of all that others write */
    rs_task_line line;
    bool is_waiting; /* its last look found nothing */
    bool is_detached;
    /* Written by the owner. */
    _Alignas(RS_CACHE_LINE) rs_sched_counts counts;
    uint32_t spawned;
} pinned_core;

typedef struct pinned {
    uint32_t cores;
    pinned_core core[];
} pinned;

static size_t pinned_bytes(const rs_sched_config *config) {
    return sizeof(pinned) + config->cores * sizeof(pinned_core);
}

static void pinned_init(void *sched, const rs_sched_config *config) {
    ((pinned *)sched)->cores = config->cores;
}

static uint64_t pinned_wait_rounds(const rs_sched_config *config, uint64_t ready) {
    (void)config;
    return ready; /* all of them may lie at one core, first in first out */
}

/* lock_home locks the task's core, or the first attached one after it, which then is its core. */
static pinned_core *lock_home(pinned *p, rs_task *task) {
    for (;;) {
        pinned_core *c = &p->core[task->core];
        rs_spin_lock(&c->lock);
        if (!c->is_detached) return c;
        rs_spin_unlock(&c->lock);
        task->core = (uint8_t)((task->core + 1u) % p->cores);
    }
}

static uint32_t pinned_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    pinned *p = sched;
    if (why == RS_READY_NEW) task->core = (uint8_t)((core + p->core[core].spawned++) % p->cores);
    pinned_core *c = lock_home(p, task);
    uint32_t home = (uint32_t)(c - p->core);
    rs_task_line_push(&c->line, task, why);
    bool is_waiting = c->is_waiting;
    rs_spin_unlock(&c->lock);
    return is_waiting && home != core ? home : RS_WAKE_NONE;
}

static rs_task *pinned_next(void *sched, uint32_t core) {
    pinned_core *c = &((pinned *)sched)->core[core];
    rs_spin_lock(&c->lock);
    rs_task *task = rs_task_line_pop(&c->line);
    c->is_waiting = !task;
    rs_spin_unlock(&c->lock);
    return task;
}

static void pinned_detach(void *sched, uint32_t core) {
    pinned *p = sched;
    pinned_core *c = &p->core[core];
    rs_spin_lock(&c->lock);
    rs_task_line left = c->line;
    c->line = (rs_task_line){0};
    c->is_detached = true;
    rs_spin_unlock(&c->lock);
    for (rs_task *task; (task = rs_task_line_pop(&left));) {
        pinned_core *home = lock_home(p, task);
        rs_task_line_push(&home->line, task, RS_READY_YIELD);
        rs_spin_unlock(&home->lock);
    }
}

static void pinned_attach(void *sched, uint32_t core) {
    pinned_core *c = &((pinned *)sched)->core[core];
    rs_spin_lock(&c->lock);
    c->is_detached = false;
    rs_spin_unlock(&c->lock);
}

static rs_sched_counts *pinned_counts(void *sched, uint32_t core) {
    return &((pinned *)sched)->core[core].counts;
}

extern const rs_sched_kind rs_sched_pinned;
const rs_sched_kind rs_sched_pinned = {
    .name = "pinned",
    .about = "a queue per core, placed round robin at birth, never moved",
    .wait_rounds = pinned_wait_rounds,
    .bytes = pinned_bytes,
    .init = pinned_init,
    .ready = pinned_ready,
    .next = pinned_next,
    .detach = pinned_detach,
    .attach = pinned_attach,
    .counts = pinned_counts,
};
