/* planted_tie.c: a defect to be caught: takes the place of the scheduler catalogue in a program
 * that is otherwise respawn, with a `fifo` that breaks ties by where things lie in memory, as a
 * hash table keyed by pointers would.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/sched/queue.h"

#include <string.h>

static size_t planted_bytes(uint32_t cores) {
    (void)cores;
    return sizeof(rs_task_queue);
}

static void planted_init(void *sched, uint32_t cores) {
    (void)sched;
    (void)cores;
}

static bool planted_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    (void)core;
    (void)why;
    rs_task_queue_push(sched, task);
    return true;
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
    rs_task_queue *queue = sched;
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

static uint64_t planted_steals(const void *sched, uint32_t core) {
    (void)sched;
    (void)core;
    return 0;
}

static const rs_sched_kind planted = {
    .name = "fifo",
    .about = "breaks ties by address: must be caught",
    .one_thread_real = true,
    .bytes = planted_bytes,
    .init = planted_init,
    .ready = planted_ready,
    .next = planted_next,
    .detach = planted_core,
    .attach = planted_core,
    .steals = planted_steals,
};

const rs_sched_kind *const rs_scheds[] = {&planted, NULL};

const rs_sched_kind *rs_sched_find(const char *name) {
    return strcmp(name, planted.name) == 0 ? &planted : NULL;
}
