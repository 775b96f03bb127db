/* planted_tie.c: a defect to be caught: takes the place of the scheduler catalogue in a program
 * that is otherwise respawn, with a `fifo` that breaks ties by where things lie in memory, as a
 * hash table keyed by pointers would.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/sched/queue.h"

typedef struct planted_state {
    rs_task_queue queue;
    rs_sched_counts counts;
} planted_state;

static size_t planted_bytes(const rs_sched_config *config) {
    (void)config;
    return sizeof(planted_state);
}

static void planted_init(void *sched, const rs_sched_config *config) {
    (void)sched;
    (void)config;
}

static uint32_t planted_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    (void)core;
    (void)why;
    rs_task_queue_push(&((planted_state *)sched)->queue, task);
    return RS_WAKE_ANY;
}

static uint64_t place_of(const rs_task *task) {
    return (uint64_t)(uintptr_t)task * UINT64_C(0x9e3779b97f4a7c15);
}

/* The earliest runs first; among those that became ready at the same time, the address decides. */
static bool comes_before(const rs_task *a, const rs_task *b) {
    return a->ready_ns != b->ready_ns ? a->ready_ns < b->ready_ns : place_of(a) < place_of(b);
}

static void rebuild_without(rs_task_queue *queue, const rs_task *chosen) {
    rs_task_queue rest = {0};
    for (rs_task *next, *task = queue->head; task; task = next) {
        next = task->next;
        if (task != chosen) rs_task_queue_push(&rest, task);
    }
    *queue = rest;
}

static rs_task *planted_next(void *sched, uint32_t core) {
    (void)core;
    rs_task_queue *queue = &((planted_state *)sched)->queue;
    rs_task *first = queue->head;
    for (rs_task *task = queue->head; task; task = task->next)
        if (comes_before(task, first)) first = task;
    if (first) rebuild_without(queue, first);
    return first;
}

static void planted_core(void *sched, uint32_t core) {
    (void)sched;
    (void)core;
}

static rs_sched_counts *planted_counts(void *sched, uint32_t core) {
    (void)core;
    return &((planted_state *)sched)->counts;
}

static const rs_sched_kind planted = {
    .name = "fifo",
    .about = "breaks ties by address: must be caught",
    .chooses = true,
    .bytes = planted_bytes,
    .init = planted_init,
    .ready = planted_ready,
    .next = planted_next,
    .detach = planted_core,
    .attach = planted_core,
    .counts = planted_counts,
};

const rs_sched_kind *rs_scheds[RS_SCHEDS_MAX + 1] = {&planted, NULL};
