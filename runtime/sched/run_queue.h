/* run_queue.h: a queue that its owner fills and empties in order, and of which others steal halves.
 *
 * A task's place is its number modulo the ring's size. A full ring doubles: what is in it is copied
 * to an array of twice the size, and the smaller array stays as it is, so that a thief who still
 * looks there finds what was there. It is used again only after the ring has been empty, and then
 * the number that the thief saw is gone and its CAS fails.
 *
 * Invariant: tasks head … tail - 1 are in the array of the present size; only the owner changes
 * tail, size and places, and head only grows.
 * Source: the halves are those of Go's scheduler; the growing is Chase and Lev, "Dynamic Circular
 * Work-Stealing Deque", SPAA 2005.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_RUN_QUEUE_H
#define RS_RUN_QUEUE_H

#include "runtime/base/assert.h"
#include "runtime/sched/queue.h"

#ifndef RS_RUN_QUEUE_LOG /* a model checker brings its own */
/* Of the smallest array; half of it is the most that one steal moves, as in Go's scheduler: more
 * showed no gain. */
#define RS_RUN_QUEUE_LOG 8u
/* No array is larger: 1 MiB of address space a core for all sizes. */
#define RS_RUN_QUEUE_LOG_MAX  16u
#define RS_RUN_QUEUE_GRAB_MAX (1u << (RS_RUN_QUEUE_LOG - 1))
#endif

typedef struct rs_run_queue {
    /* Written by the owner, read by thieves. */
    _Alignas(RS_CACHE_LINE) rs_atomic_u32 tail; /* number of the next task */
    rs_atomic_u32 log;                          /* of the size */
    uint32_t log_max;                           /* of the largest array; constant */
    rs_atomic_ptr *arrays;                      /* of all sizes, one behind the other; constant */
    /* Written by the owner and by thieves. */
    _Alignas(RS_CACHE_LINE) rs_atomic_u32 head; /* of the oldest task */
} rs_run_queue;

/* rs_run_queue_log_max returns how large a ring may become: a core keeps a 64th of all tasks to
 * itself, which stay where their memory is in the cache, before they may run anywhere. */
static inline uint32_t rs_run_queue_log_max(uint32_t tasks_max) {
    uint32_t log = RS_RUN_QUEUE_LOG;
    while (log < RS_RUN_QUEUE_LOG_MAX && 1u << log < tasks_max / 64) log++;
    return log;
}

/* rs_run_queue_places returns how many places the arrays of all sizes up to `log_max` have. */
static inline size_t rs_run_queue_places(uint32_t log_max) {
    return ((size_t)2 << log_max) - ((size_t)1 << RS_RUN_QUEUE_LOG);
}

/* rs_run_queue_init prepares a zeroed ring; `arrays` has rs_run_queue_places(log_max) places and
 * outlives it. */
static inline void rs_run_queue_init(rs_run_queue *ring, rs_atomic_ptr *arrays, uint32_t log_max) {
    ring->arrays = arrays;
    ring->log_max = log_max;
    rs_store(&ring->log, RS_RUN_QUEUE_LOG, rs_relaxed);
}

/* rs_run_queue_place returns the place of task `number` in the array of `log`; the arrays before it
 * have 2^log - 2^RS_RUN_QUEUE_LOG places together. */
static inline rs_atomic_ptr *rs_run_queue_place(const rs_run_queue *ring, uint32_t log,
                                                uint32_t number) {
    uint32_t size = 1u << log;
    return &ring->arrays[size - (1u << RS_RUN_QUEUE_LOG) + (number & (size - 1))];
}

/* rs_run_queue_is_empty says so of a moment ago. Any thread. */
static inline bool rs_run_queue_is_empty(rs_run_queue *ring) {
    return rs_load(&ring->tail, rs_relaxed) == rs_load(&ring->head, rs_relaxed);
}

/* rs_run_queue_double goes on in the array of twice the size. Thieves may take tasks meanwhile:
 * then their places are copied for nothing. Thread: the owner. */
static inline void rs_run_queue_double(rs_run_queue *ring, uint32_t head, uint32_t tail) {
    uint32_t log = rs_load(&ring->log, rs_relaxed);
    for (uint32_t i = head; i != tail; i++)
        rs_store(rs_run_queue_place(ring, log + 1, i),
                 rs_load(rs_run_queue_place(ring, log, i), rs_relaxed), rs_relaxed);
    /* release pairs with the thieves' acquire of log: who looks in the new array finds the copies.
     */
    rs_store(&ring->log, log + 1, rs_release);
}

/* rs_run_queue_push adds `task`; false: it is full and as large as it may be. Thread: the
 * owner. */
static inline bool rs_run_queue_push(rs_run_queue *ring, rs_task *task) {
    uint32_t tail = rs_load(&ring->tail, rs_relaxed), log = rs_load(&ring->log, rs_relaxed);
    /* acquire pairs with the thieves' release of head: their reads of the place are done. */
    uint32_t head = rs_load(&ring->head, rs_acquire);
    if (RS_UNLIKELY(tail - head >= 1u << log)) {
        if (log == ring->log_max) return false;
        rs_run_queue_double(ring, head, tail);
        log++;
    }
    rs_store(rs_run_queue_place(ring, log, tail), task, rs_relaxed);
    /* release pairs with the thieves' acquire of tail: the place is written before it is seen. */
    rs_store(&ring->tail, tail + 1, rs_release);
    return true;
}

/* rs_run_queue_has_room says that the next push will succeed. Thread: the owner. */
static inline bool rs_run_queue_has_room(rs_run_queue *ring) {
    uint32_t tail = rs_load(&ring->tail, rs_relaxed);
    return tail - rs_load(&ring->head, rs_relaxed) < 1u << ring->log_max;
}

/* rs_run_queue_shrink makes an empty ring a small one again: its array stays in the cache. */
static inline void rs_run_queue_shrink(rs_run_queue *ring) {
    if (RS_UNLIKELY(rs_load(&ring->log, rs_relaxed) != RS_RUN_QUEUE_LOG))
        rs_store(&ring->log, RS_RUN_QUEUE_LOG, rs_relaxed); /* published by the next push */
}

/* rs_run_queue_pop takes the oldest task; NULL: it is empty. Thread: the owner. */
static inline rs_task *rs_run_queue_pop(rs_run_queue *ring) {
    uint32_t tail = rs_load(&ring->tail, rs_relaxed);
    for (;;) {
        /* acquire as in push: who finds the ring empty here fills it in grab. */
        uint32_t head = rs_load(&ring->head, rs_acquire);
        if (head == tail) {
            rs_run_queue_shrink(ring);
            return NULL;
        }
        uint32_t log = rs_load(&ring->log, rs_relaxed);
        rs_task *task = rs_load(rs_run_queue_place(ring, log, head), rs_relaxed);
        /* What lies around the next task, by the time of its turn: a number, as it may be NULL. */
        uintptr_t next = (uintptr_t)rs_load(rs_run_queue_place(ring, log, head + 1), rs_relaxed);
        __builtin_prefetch((const void *)next, 1);
        __builtin_prefetch((const void *)(next + RS_CACHE_LINE), 1);
        __builtin_prefetch((const void *)(next + 2 * RS_CACHE_LINE), 1);
        /* relaxed: no thief reads anything of ours because of it. */
        if (rs_cas_strong(&ring->head, &head, head + 1, rs_relaxed)) return task;
    }
}

/* rs_run_queue_grab moves half of the victim's tasks, RS_RUN_QUEUE_GRAB_MAX at most, to `thief`,
 * which is empty, and returns one of them; NULL: there are none. *moved: how many. Thread: the
 * thief's owner. */
static inline rs_task *rs_run_queue_grab(rs_run_queue *thief, rs_run_queue *victim,
                                         uint32_t *moved) {
    uint32_t place = rs_load(&thief->tail, rs_relaxed), mine = rs_load(&thief->log, rs_relaxed);
    for (;;) {
        uint32_t head = rs_load(&victim->head, rs_relaxed); /* an old one fails the CAS */
        uint32_t tail = rs_load(&victim->tail, rs_acquire); /* pairs with push's release */
        uint32_t log = rs_load(&victim->log, rs_acquire);   /* after tail: see above */
        /* A tail older than the head: all that we may know of is taken. */
        if ((int32_t)(tail - head) <= 0) return NULL;
        uint32_t count = tail - head - (tail - head) / 2;
        if (count > RS_RUN_QUEUE_GRAB_MAX) count = RS_RUN_QUEUE_GRAB_MAX;
        for (uint32_t i = 0; i < count; i++)
            rs_store(rs_run_queue_place(thief, mine, place + i),
                     rs_load(rs_run_queue_place(victim, log, head + i), rs_relaxed), rs_relaxed);
        /* release: the places are read before the owner may write over them, see push. */
        if (!rs_cas_strong(&victim->head, &head, head + count, rs_release)) continue;
        rs_store(&thief->tail, place + count - 1, rs_release);
        *moved = count;
        return rs_load(rs_run_queue_place(thief, mine, place + count - 1), rs_relaxed);
    }
}

/* rs_run_queue_spill moves half of a full ring to `spilt` and returns how many; 0: thieves have
 * made room meanwhile. Tasks are touched only once they are ours. Thread: the owner. */
static inline uint32_t rs_run_queue_spill(rs_run_queue *ring, rs_task_queue *spilt) {
    uint32_t log = rs_load(&ring->log, rs_relaxed), half = 1u << (log - 1);
    uint32_t head = rs_load(&ring->head, rs_relaxed);
    if (rs_load(&ring->tail, rs_relaxed) - head < 2 * half) return 0;
    if (!rs_cas_strong(&ring->head, &head, head + half, rs_relaxed)) return 0;
    for (uint32_t i = 0; i < half; i++)
        rs_task_queue_push(spilt, rs_load(rs_run_queue_place(ring, log, head + i), rs_relaxed));
    return half;
}

#endif
