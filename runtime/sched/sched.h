/* sched.h: what a scheduler design is: a state machine over core indices. It holds no thread-local
 * state, never blocks, and has no clock and no random numbers of its own, so that the same code
 * runs on real threads and, under the virtual clock, on one thread that plays all cores. Waking,
 * parking and time belong to runtime/threads.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SCHED_H
#define RS_SCHED_H

#include "runtime/base/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A process as the scheduler sees it. Owner: the process; the scheduler's while it is ready. */
typedef struct rs_task {
    struct rs_task *next;
    uint64_t ready_ns; /* when it became ready (virtual clock) */
} rs_task;

typedef enum rs_ready_why {
    RS_READY_NEW,    /* just spawned */
    RS_READY_SIGNAL, /* something arrived for it */
    RS_READY_YIELD,  /* it had its share and wants more */
} rs_ready_why;

typedef struct rs_sched_kind {
    const char *name;     /* the word after `scheduler:` */
    const char *about;    /* one sentence */
    bool one_thread_real; /* refuses more than one thread under the real clock */
    /* bytes returns how much zeroed memory a state for `cores` cores takes. */
    size_t (*bytes)(uint32_t cores);
    void (*init)(void *sched, uint32_t cores);
    /* ready queues `task` from `core`. True: more is queued than `core` will run next, so another
     * core could help. Thread: the one that plays `core`. */
    bool (*ready)(void *sched, rs_task *task, uint32_t core, rs_ready_why why);
    /* next returns the task that `core` runs now, or NULL. Thread: the one that plays `core`. */
    rs_task *(*next)(void *sched, uint32_t core);
    /* detach hands the queued tasks of `core`, which nobody plays any more, to the others; attach
     * undoes it. Thread: any, while nobody plays `core`. */
    void (*detach)(void *sched, uint32_t core);
    void (*attach)(void *sched, uint32_t core);
    /* forget drops what is remembered of a task that has died; NULL: nothing is. */
    void (*forget)(void *sched, rs_task *task);
    /* steals returns how often `core` took work of others. */
    uint64_t (*steals)(const void *sched, uint32_t core);
} rs_sched_kind;

/* rs_scheds is the catalogue: NULL-terminated, in the order that `respawn list` shows. */
extern const rs_sched_kind *const rs_scheds[];

/* rs_sched_find returns the design called `name`, or NULL. */
const rs_sched_kind *rs_sched_find(const char *name);

#endif
