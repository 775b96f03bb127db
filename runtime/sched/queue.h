/* queue.h: intrusive first-in first-out list of tasks; no locking of its own.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SCHED_QUEUE_H
#define RS_SCHED_QUEUE_H

#include "runtime/sched/sched.h"

typedef struct rs_task_queue {
    rs_task *head, *tail;
} rs_task_queue;

static inline void rs_task_queue_push(rs_task_queue *queue, rs_task *task) {
    task->next = NULL;
    if (queue->head)
        queue->tail->next = task;
    else
        queue->head = task;
    queue->tail = task;
}

/* Moves all of `more` behind; `more` is undefined after. */
static inline void rs_task_queue_append(rs_task_queue *queue, const rs_task_queue *more) {
    if (!more->head) return;
    if (queue->head)
        queue->tail->next = more->head;
    else
        queue->head = more->head;
    queue->tail = more->tail;
}

static inline rs_task *rs_task_queue_pop(rs_task_queue *queue) {
    rs_task *task = queue->head;
    if (task) queue->head = task->next;
    return task;
}

#endif
