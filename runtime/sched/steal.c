/* steal.c: work stealing. Each core has a ring of tasks and a slot for the one that was woken last,
 * which runs next while its message is still in the cache; a core without work takes half of
 * another's ring. What does not fit a ring goes to one shared queue.
 *
 * Invariant: a task is in exactly one of slot, ring, shared queue.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/assert.h"
#include "runtime/base/atomic.h"
#include "runtime/sched/queue.h"

#include <string.h>

/* A power of two; half of it is the most that one steal moves. As in Go's scheduler: larger rings
 * showed no gain, smaller ones visit the shared lock often. */
#define RING 256u
/* After so many dispatches from the slot the ring gets its turn: a pair of processes that keep
 * waking each other must not starve the rest. */
#define SLOT_RUNS_MAX 32u
/* After so many dispatches the shared queue is looked at first, so that it is served in time. */
#define SHARED_EVERY 61u

typedef struct steal_core {
    /* The owner's alone: nobody steals what runs next. On a line of its own, so that thieves who
     * look at the ring do not slow a core that lives from its slot. */
    _Alignas(RS_CACHE_LINE) rs_task *slot;
    uint32_t slot_runs, dispatches;
    rs_sched_counts counts;
    /* Written by the owner, read by thieves. */
    _Alignas(RS_CACHE_LINE) rs_atomic_u32 tail; /* next free place */
    /* Written by the owner and by thieves. */
    _Alignas(RS_CACHE_LINE) rs_atomic_u32 head; /* oldest task */
    rs_atomic_ptr ring[RING];
} steal_core;

typedef struct steal {
    uint32_t cores;
    _Alignas(RS_CACHE_LINE) rs_spinlock lock; /* of `shared` */
    rs_task_queue shared;
    rs_atomic_u32 shared_count;
    steal_core core[];
} steal;

static size_t steal_bytes(const rs_sched_config *config) {
    return sizeof(steal) + config->cores * sizeof(steal_core);
}

static void steal_init(void *sched, const rs_sched_config *config) {
    ((steal *)sched)->cores = config->cores;
}

/* The ring moves on once in SLOT_RUNS_MAX + 1 rounds, and a stolen task is no further back than it
 * was. With more ready tasks than a ring holds, one may be moved to the shared queue and back
 * again and again before its turn. */
static uint64_t steal_wait_rounds(const rs_sched_config *config, uint64_t ready) {
    (void)config;
    return ready <= RING ? (ready + 1) * (SLOT_RUNS_MAX + 3) : RS_FOREVER;
}

static void share_all(steal *s, steal_core *c, rs_task_queue *tasks, uint32_t count) {
    rs_tally(&c->counts.passes, 1);
    rs_spin_lock(&s->lock);
    rs_task_queue_append(&s->shared, tasks);
    rs_add(&s->shared_count, count, rs_relaxed);
    rs_spin_unlock(&s->lock);
}

/* Half of the full ring moves to the shared queue at once, so that the next pushes are cheap again.
 * Thieves may make room first: then there is nothing to do. Tasks are touched only once they are
 * ours; their places stay as they are, since only the owner, who is here, fills places. */
static void overflow(steal *s, steal_core *c) {
    uint32_t head = rs_load(&c->head, rs_acquire);
    if (rs_load(&c->tail, rs_relaxed) - head < RING) return;
    if (!rs_cas_strong(&c->head, &head, head + RING / 2, rs_acq_rel)) return;
    rs_task_queue half = {0};
    for (uint32_t i = 0; i < RING / 2; i++)
        rs_task_queue_push(&half, rs_load(&c->ring[(head + i) % RING], rs_relaxed));
    share_all(s, c, &half, RING / 2);
}

static void push(steal *s, steal_core *c, rs_task *task) {
    uint32_t tail = rs_load(&c->tail, rs_relaxed); /* ours alone to write */
    /* acquire pairs with the thieves' release of head: their reads of the place are done. */
    if (tail - rs_load(&c->head, rs_acquire) >= RING) overflow(s, c);
    rs_store(&c->ring[tail % RING], task, rs_relaxed);
    /* release pairs with the thieves' acquire of tail: the place is written before it is seen. */
    rs_store(&c->tail, tail + 1, rs_release);
}

static rs_task *pop(steal_core *c) {
    for (;;) {
        uint32_t head = rs_load(&c->head, rs_acquire);
        if (head == rs_load(&c->tail, rs_relaxed)) return NULL;
        rs_task *task = rs_load(&c->ring[head % RING], rs_relaxed);
        if (rs_cas_strong(&c->head, &head, head + 1, rs_acq_rel)) return task;
    }
}

/* take_shared returns a task of the shared queue and moves this core's part of the rest, as far as
 * there is room, into its ring: one visit of the lock for many tasks. */
static rs_task *take_shared(steal *s, steal_core *c) {
    /* relaxed: a task just missed is seen at the next look; whoever pushed it wakes a core after.
     */
    uint32_t count = rs_load(&s->shared_count, rs_relaxed);
    if (count == 0) return NULL;
    uint32_t tail = rs_load(&c->tail, rs_relaxed);
    uint32_t room = RING - (tail - rs_load(&c->head, rs_acquire));
    uint32_t most = count / s->cores < room / 2 ? count / s->cores : room / 2;
    rs_tally(&c->counts.passes, 1);
    rs_spin_lock(&s->lock);
    rs_task *task = rs_task_queue_pop(&s->shared);
    uint32_t moved = 0;
    for (rs_task *more; moved < most && (more = rs_task_queue_pop(&s->shared)); moved++)
        rs_store(&c->ring[(tail + moved) % RING], more, rs_relaxed);
    if (task) rs_sub(&s->shared_count, moved + 1, rs_relaxed);
    rs_spin_unlock(&s->lock);
    /* release pairs with the thieves' acquire of tail: the places are written before they are seen.
     */
    if (moved) rs_store(&c->tail, tail + moved, rs_release);
    return task;
}

/* grab moves half of the victim's tasks into the thief's empty ring and returns one of them. */
static rs_task *grab(steal_core *thief, steal_core *victim) {
    for (;;) {
        uint32_t head = rs_load(&victim->head, rs_acquire);
        uint32_t tail = rs_load(&victim->tail, rs_acquire); /* pairs with push's release */
        uint32_t count = tail - head;
        count -= count / 2;
        if (count == 0) return NULL;
        if (count > RING / 2) continue; /* head and tail were read apart */
        uint32_t place = rs_load(&thief->tail, rs_relaxed);
        for (uint32_t i = 0; i < count; i++)
            rs_store(&thief->ring[(place + i) % RING],
                     rs_load(&victim->ring[(head + i) % RING], rs_relaxed), rs_relaxed);
        if (!rs_cas_strong(&victim->head, &head, head + count, rs_acq_rel)) continue;
        rs_task *task = rs_load(&thief->ring[(place + count - 1) % RING], rs_relaxed);
        rs_store(&thief->tail, place + count - 1, rs_release);
        return task;
    }
}

static rs_task *steal_any(steal *s, uint32_t core) {
    for (uint32_t i = 1; i < s->cores; i++) {
        rs_task *task = grab(&s->core[core], &s->core[(core + i) % s->cores]);
        if (task) {
            rs_tally(&s->core[core].counts.steals, 1);
            return task;
        }
    }
    return NULL;
}

static bool is_empty(steal_core *c) {
    /* relaxed: thieves may empty it meanwhile, and then a wake-up was for nothing. */
    return rs_load(&c->tail, rs_relaxed) == rs_load(&c->head, rs_relaxed);
}

static uint32_t steal_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    steal *s = sched;
    steal_core *c = &s->core[core];
    uint32_t surplus = !is_empty(c) || c->slot ? RS_WAKE_ANY : RS_WAKE_NONE;
    if (why == RS_READY_OVERRUN) { /* where all look who have nothing better to do */
        rs_task_queue late = {0};
        rs_task_queue_push(&late, task);
        share_all(s, c, &late, 1);
        return surplus;
    }
    if (why == RS_READY_YIELD) {
        push(s, c, task);
        return surplus;
    }
    rs_task *before = c->slot;
    c->slot = task;
    if (before) push(s, c, before);
    return surplus;
}

static inline rs_task *take_slot(steal_core *c) {
    rs_task *task = c->slot;
    if (!task || c->slot_runs >= SLOT_RUNS_MAX) {
        c->slot_runs = 0;
        return NULL;
    }
    c->slot_runs++;
    c->slot = NULL;
    return task;
}

/* next_elsewhere looks beyond the slot, which is empty or has had its turns. */
__attribute__((noinline)) static rs_task *next_elsewhere(steal *s, uint32_t core) {
    steal_core *c = &s->core[core];
    rs_task *task = pop(c);
    if (!task) task = take_slot(c);
    if (!task) task = take_shared(s, c);
    if (!task) task = steal_any(s, core);
    return task;
}

static rs_task *steal_next(void *sched, uint32_t core) {
    steal *s = sched;
    steal_core *c = &s->core[core];
    rs_task *task = NULL;
    if (RS_UNLIKELY(++c->dispatches == SHARED_EVERY)) {
        c->dispatches = 0;
        task = take_shared(s, c);
        if (task) return task;
    }
    task = take_slot(c);
    return task ? task : next_elsewhere(s, core);
}

static void steal_detach(void *sched, uint32_t core) {
    steal *s = sched;
    steal_core *c = &s->core[core];
    rs_task_queue left = {0};
    uint32_t count = 0;
    if (c->slot) rs_task_queue_push(&left, c->slot), count++;
    c->slot = NULL;
    for (rs_task *task; (task = pop(c)); count++) rs_task_queue_push(&left, task);
    share_all(s, c, &left, count);
}

static void steal_attach(void *sched, uint32_t core) {
    (void)sched;
    (void)core;
}

static rs_sched_counts *steal_counts(void *sched, uint32_t core) {
    return &((steal *)sched)->core[core].counts;
}

extern const rs_sched_kind rs_sched_steal;
const rs_sched_kind rs_sched_steal = {
    .name = "steal",
    .about = "a ring per core, the last woken runs next, idle cores steal half (default)",
    .wait_rounds = steal_wait_rounds,
    .bytes = steal_bytes,
    .init = steal_init,
    .ready = steal_ready,
    .next = steal_next,
    .detach = steal_detach,
    .attach = steal_attach,
    .counts = steal_counts,
};
