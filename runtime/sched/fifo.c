/* fifo.c: one queue, first in first out: the plain order that virtual runs are told in.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/sched/queue.h"

typedef struct fifo {
    rs_task_queue queue;
} fifo;

static size_t fifo_bytes(uint32_t cores) {
    (void)cores;
    return sizeof(fifo);
}

static void fifo_init(void *sched, uint32_t cores) {
    (void)sched;
    (void)cores;
}

static bool fifo_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    (void)core;
    (void)why;
    rs_task_queue_push(&((fifo *)sched)->queue, task);
    return true;
}

static rs_task *fifo_next(void *sched, uint32_t core) {
    (void)core;
    return rs_task_queue_pop(&((fifo *)sched)->queue);
}

static void fifo_no_core_state(void *sched, uint32_t core) {
    (void)sched;
    (void)core;
}

static uint64_t fifo_steals(const void *sched, uint32_t core) {
    (void)sched;
    (void)core;
    return 0;
}

extern const rs_sched_kind rs_sched_fifo;
const rs_sched_kind rs_sched_fifo = {
    .name = "fifo",
    .about = "one queue, first in first out; exact under the virtual clock",
    .one_thread_real = true,
    .bytes = fifo_bytes,
    .init = fifo_init,
    .ready = fifo_ready,
    .next = fifo_next,
    .detach = fifo_no_core_state,
    .attach = fifo_no_core_state,
    .steals = fifo_steals,
};
