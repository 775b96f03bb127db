/* queue.h: intrusive first-in first-out list of tasks; no locking of its own.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SCHED_QUEUE_H
#define RS_SCHED_QUEUE_H

#include "runtime/sched/sched.h"

typedef struct rs_task_queue {
    rs_task *head, *tail;
} rs_task_queue;

/* rs_task_queue_push puts a task, which is in no queue, last. */
static inline void rs_task_queue_push(rs_task_queue *queue, rs_task *task) {
    task->next = NULL;
    if (queue->head)
        queue->tail->next = task;
    else
        queue->head = task;
    queue->tail = task;
}

/* rs_task_queue_append moves all of `more` behind; `more` is undefined after. */
static inline void rs_task_queue_append(rs_task_queue *queue, const rs_task_queue *more) {
    if (!more->head) return;
    if (queue->head)
        queue->tail->next = more->head;
    else
        queue->head = more->head;
    queue->tail = more->tail;
}

/* rs_task_queue_pop takes the first; NULL: it is empty. */
static inline rs_task *rs_task_queue_pop(rs_task_queue *queue) {
    rs_task *task = queue->head;
    if (task) queue->head = task->next;
    return task;
}

/* A queue in which those who overran their share let the others go first, but for one turn in
 * RS_LATE_EVERY: turns of those who keep within it are a thousand times shorter, so that the late
 * still get most of a busy core. */
#define RS_LATE_EVERY 61u

typedef struct rs_task_line {
    rs_task_queue queue, late;
    uint32_t turns; /* since one of the late went first */
} rs_task_line;

/* rs_task_line_push puts a task last, or last of the late ones. */
static inline void rs_task_line_push(rs_task_line *line, rs_task *task, rs_ready_why why) {
    rs_task_queue_push(why == RS_READY_OVERRUN ? &line->late : &line->queue, task);
}

/* rs_task_line_pop takes the one whose turn it is; NULL: it is empty. */
static inline rs_task *rs_task_line_pop(rs_task_line *line) {
    bool late_first = !line->queue.head || ++line->turns >= RS_LATE_EVERY;
    rs_task *task = late_first ? rs_task_queue_pop(&line->late) : NULL;
    if (late_first) line->turns = 0;
    return task ? task : rs_task_queue_pop(&line->queue);
}

#endif
