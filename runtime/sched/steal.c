/* steal.c: work stealing. Each core has a ring of tasks and a slot for the one that was woken last,
 * which runs next while its message is still in the cache; a core without work takes half of
 * another's ring, if that has been worth its while. What does not fit a ring goes to one shared
 * queue.
 *
 * Invariant: a task is in exactly one of slot, ring, shared queue.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/assert.h"
#include "runtime/base/atomic.h"
#include "runtime/sched/run_queue.h"

#ifndef SLOT_RUNS_MAX /* a model checker brings its own, so small that all happens in few steps */
/* After so many dispatches from the slot the ring gets its turn: a pair of processes that keep
 * waking each other must not starve the rest. */
#define SLOT_RUNS_MAX 32u
/* After so many dispatches the shared queue is looked at first, so that it is served in time. */
#define SHARED_EVERY 61u
#endif

/* A task brings its memory along. A thief whose tasks did not keep it busy for as long as their way
 * costs lets others wait before it takes them: at first for so long, and twice as long each time,
 */
#define PATIENCE_MIN_NS UINT64_C(4000)
/* but less than the budget of a task that keeps them waiting. */
#define PATIENCE_MAX_NS UINT64_C(512000)
/* It forgets half in so long, and so tries again now and then. */
#define FORGET_NS UINT64_C(2000000)

typedef struct steal_core {
    /* The owner's alone: nobody steals what runs next. On a line of its own, so that thieves who
     * look at the ring do not slow a core that lives from its slot. */
    _Alignas(RS_CACHE_LINE) rs_task *slot;
    uint32_t slot_runs, dispatches;
    rs_sched_counts counts;
    /* The owner's as a thief. */
    uint32_t fetched;    /* tasks at the last time, if what they brought is not known yet */
    bool is_waiting;     /* others have had tasks in their rings since since_ns */
    uint64_t fetched_ns; /* when that was */
    uint64_t since_ns;
    uint64_t patience_ns, learnt_ns; /* what it was at that time */
    rs_run_queue ring;
} steal_core;

typedef struct steal {
    uint32_t cores;
    uint64_t move_ns;
    _Alignas(RS_CACHE_LINE) rs_spinlock lock; /* of `shared` */
    rs_task_queue shared;
    rs_atomic_u32 shared_count;
    steal_core core[];
} steal;

static size_t steal_bytes(const rs_sched_config *config) {
    const size_t places = rs_run_queue_places(rs_run_queue_log_max(config->tasks_max));
    const size_t core_bytes = sizeof(steal_core) + places * sizeof(rs_atomic_ptr);
    return sizeof(steal) + config->cores * core_bytes;
}

static void steal_init(void *sched, const rs_sched_config *config) {
    steal *s = sched;
    rs_atomic_ptr *arrays = (rs_atomic_ptr *)(void *)&s->core[config->cores];
    uint32_t log_max = rs_run_queue_log_max(config->tasks_max);
    s->cores = config->cores;
    s->move_ns = config->move_ns;
    for (uint32_t i = 0; i < s->cores; i++)
        rs_run_queue_init(&s->core[i].ring, arrays + i * rs_run_queue_places(log_max), log_max);
}

/* The ring moves on once in SLOT_RUNS_MAX + 1 rounds, and a stolen task is no further back than it
 * was. With more ready tasks than a ring holds, one may be moved to the shared queue and back
 * again and again before its turn. */
static uint64_t steal_wait_rounds(const rs_sched_config *config, uint64_t ready) {
    return ready <= 1u << rs_run_queue_log_max(config->tasks_max)
               ? (ready + 1) * (SLOT_RUNS_MAX + 3)
               : RS_FOREVER;
}

static void share_all(steal *s, steal_core *c, rs_task_queue *tasks, uint32_t count) {
    rs_tally(&c->counts.passes, 1);
    rs_spin_lock(&s->lock);
    rs_task_queue_append(&s->shared, tasks);
    rs_add(&s->shared_count, count, rs_relaxed);
    rs_spin_unlock(&s->lock);
}

/* Half of a full ring moves to the shared queue at once, so that the next pushes are cheap again.
 */
static void push(steal *s, steal_core *c, rs_task *task) {
    while (RS_UNLIKELY(!rs_run_queue_push(&c->ring, task))) {
        rs_task_queue spilt = {0};
        uint32_t count = rs_run_queue_spill(&c->ring, &spilt);
        if (count) share_all(s, c, &spilt, count);
    }
}

/* take_shared returns a task of the shared queue and moves this core's part of the rest, as many as
 * a thief would take, into its ring: one visit of the lock for many tasks. */
static rs_task *take_shared(steal *s, steal_core *c) {
    /* relaxed: a task just missed is seen at the next look; whoever pushed it wakes a core after.
     */
    uint32_t count = rs_load(&s->shared_count, rs_relaxed), moved = 0;
    if (count == 0) return NULL;
    uint32_t most =
        count / s->cores < RS_RUN_QUEUE_GRAB_MAX ? count / s->cores : RS_RUN_QUEUE_GRAB_MAX;
    rs_tally(&c->counts.passes, 1);
    rs_spin_lock(&s->lock);
    rs_task *task = rs_task_queue_pop(&s->shared);
    for (; moved < most && s->shared.head && rs_run_queue_has_room(&c->ring); moved++)
        rs_run_queue_push(&c->ring, rs_task_queue_pop(&s->shared));
    if (task) rs_sub(&s->shared_count, moved + 1, rs_relaxed);
    rs_spin_unlock(&s->lock);
    return task;
}

static uint32_t steal_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    steal *s = sched;
    steal_core *c = &s->core[core];
    uint32_t surplus = !rs_run_queue_is_empty(&c->ring) || c->slot ? RS_WAKE_ANY : RS_WAKE_NONE;
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
    rs_task *task = rs_run_queue_pop(&c->ring);
    if (!task) task = take_slot(c);
    return task ? task : take_shared(s, c);
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

/* ---------------------------------------------------------------- thieves */

static uint64_t patience_ns(const steal_core *thief, uint64_t now_ns) {
    uint64_t halvings = (now_ns - thief->learnt_ns) / FORGET_NS;
    return halvings < 64 ? thief->patience_ns >> halvings : 0;
}

/* What it fetched last is done, or gone. */
static void learn(const steal *s, steal_core *thief, uint64_t now_ns) {
    if (!thief->fetched) return;
    bool was_worth_it = now_ns - thief->fetched_ns >= thief->fetched * s->move_ns;
    uint64_t longer = 2 * patience_ns(thief, now_ns);
    if (longer < PATIENCE_MIN_NS) longer = PATIENCE_MIN_NS;
    if (longer > PATIENCE_MAX_NS) longer = PATIENCE_MAX_NS;
    thief->patience_ns = was_worth_it ? 0 : longer;
    thief->learnt_ns = now_ns;
    thief->fetched = 0;
}

/* The next core whose ring holds something, after `core`; itself: none. */
static uint32_t find_victim(steal *s, uint32_t core) {
    for (uint32_t i = 1; i < s->cores; i++) {
        uint32_t victim = (core + i) % s->cores;
        if (!rs_run_queue_is_empty(&s->core[victim].ring)) return victim;
    }
    return core;
}

/* Others' tasks have waited for as long as the thief looks at them without finding all rings empty,
 * which may be less than the oldest has: in the end it takes some, however fast they are served. */
static rs_task *steal_fetch(void *sched, uint32_t core, uint64_t now_ns, bool *again) {
    steal *s = sched;
    steal_core *thief = &s->core[core];
    learn(s, thief, now_ns);
    uint32_t victim = find_victim(s, core);
    if (victim == core) {
        thief->is_waiting = false;
        return NULL;
    }
    if (!thief->is_waiting) thief->since_ns = now_ns;
    thief->is_waiting = true;
    rs_task *task = NULL;
    if (now_ns - thief->since_ns >= patience_ns(thief, now_ns))
        task = rs_run_queue_grab(&thief->ring, &s->core[victim].ring, &thief->fetched);
    *again = !task;
    if (!task) return NULL; /* too early, or others were quicker */
    rs_tally(&thief->counts.steals, 1);
    thief->fetched_ns = now_ns;
    thief->is_waiting = false;
    return task;
}

static void steal_detach(void *sched, uint32_t core) {
    steal *s = sched;
    steal_core *c = &s->core[core];
    rs_task_queue left = {0};
    uint32_t count = 0;
    if (c->slot) rs_task_queue_push(&left, c->slot), count++;
    c->slot = NULL;
    for (rs_task *task; (task = rs_run_queue_pop(&c->ring)); count++)
        rs_task_queue_push(&left, task);
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
    .fetch = steal_fetch,
    .detach = steal_detach,
    .attach = steal_attach,
    .counts = steal_counts,
};
