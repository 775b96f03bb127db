/* migrate.c: locked priority queues for each core, balanced now and then, as in the BEAM. A task is
 * queued where it ran last, a new one where it was spawned. Every PERIOD_NS of work the longest
 * queues are paired with the shortest: until the next check tasks emigrate from the one as they
 * become ready, and the other fetches some itself. A core whose queue is empty steals one.
 *
 * Invariant: a task lies in a queue of task->core, which is attached.
 * Source: check_balance, immigrate and try_steal_task of erts/emulator/beam/erl_process.c.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/sched/queue.h"

/* What a core works between two checks. The BEAM takes 4 M reductions; in the short runs of virtual
 * time balance must show sooner. */
#define PERIOD_NS 10000000u
/* A task of low priority goes first once in so many turns of its queue, as in the BEAM. */
#define LOW_EVERY  8u
#define PRIORITIES 4u
#define NOBODY     UINT32_MAX

typedef struct migrate_core {
    _Alignas(RS_CACHE_LINE) rs_spinlock lock; /* of all up to `length` */
    rs_task_queue queue[PRIORITIES];
    uint32_t low_turns;
    uint32_t longest; /* since the last check */
    bool ran_empty;   /* likewise: its queue was found empty */
    bool is_waiting;  /* its last look found nothing anywhere */
    bool is_detached;
    rs_atomic_u32 length;
    /* Written by who balances; hints. */
    _Alignas(RS_CACHE_LINE) rs_atomic_u32 limit, emigrate_to, immigrate_from;
    rs_atomic_u64 checked_ns; /* `worked_ns` at the last check */
    /* Written by the owner. */
    _Alignas(RS_CACHE_LINE) rs_sched_counts counts;
    rs_atomic_u64 worked_ns;
    bool fetched; /* the last task came from the partner */
} migrate_core;

/* What a check finds of one core. */
typedef struct standing {
    uint32_t core;
    int64_t excess; /* longest queue beyond its limit */
} standing;

typedef struct migrate {
    uint32_t cores;
    rs_spinlock balancing;
    standing standings[RS_CORES_MAX];
    migrate_core core[];
} migrate;

static size_t migrate_bytes(const rs_sched_config *config) {
    return sizeof(migrate) + config->cores * sizeof(migrate_core);
}

static void forget_paths(migrate_core *c) {
    /* relaxed: hints; who follows an old path only queues a task elsewhere. */
    rs_store(&c->emigrate_to, NOBODY, rs_relaxed);
    rs_store(&c->immigrate_from, NOBODY, rs_relaxed);
}

static void migrate_init(void *sched, const rs_sched_config *config) {
    migrate *m = sched;
    m->cores = config->cores;
    for (uint32_t i = 0; i < m->cores; i++) forget_paths(&m->core[i]);
}

/* Whoever is ahead of it in its queue runs first, and an immigrant between any two. */
static uint64_t migrate_wait_rounds(const rs_sched_config *config, uint64_t ready) {
    (void)config;
    return 2 * ready + 2;
}

static uint32_t length_of(migrate_core *c) {
    return rs_load(&c->length, rs_relaxed); /* as the count in global.c */
}

/* ------------------------------------------------------------------ one queue; under its lock */

/* Whoever overran its share waits once as if of low priority. */
static uint32_t push(migrate_core *c, rs_task *task, rs_ready_why why) {
    uint32_t length = rs_add(&c->length, 1, rs_relaxed) + 1;
    bool is_late = why == RS_READY_OVERRUN && task->priority == RS_PRIORITY_NORMAL;
    rs_task_queue_push(&c->queue[is_late ? RS_PRIORITY_LOW : task->priority], task);
    if (length > c->longest) c->longest = length;
    return length;
}

static rs_task *pop_at(migrate_core *c, rs_priority priority) {
    return rs_task_queue_pop(&c->queue[priority]);
}

static rs_task *pop_normal_or_low(migrate_core *c) {
    bool low_first = c->queue[RS_PRIORITY_LOW].head && ++c->low_turns % LOW_EVERY == 0;
    rs_task *task = low_first ? pop_at(c, RS_PRIORITY_LOW) : NULL;
    if (!task) task = pop_at(c, RS_PRIORITY_NORMAL);
    return task ? task : pop_at(c, RS_PRIORITY_LOW);
}

static rs_task *pop(migrate_core *c) {
    rs_task *task = pop_at(c, RS_PRIORITY_MAX);
    if (!task) task = pop_at(c, RS_PRIORITY_HIGH);
    if (!task) task = pop_normal_or_low(c);
    if (task) rs_sub(&c->length, 1, rs_relaxed);
    return task;
}

/* ------------------------------------------------------------------ balancing */

/* read_period adds up one core's period and begins the next. `share` is what it got done of what a
 * core can: one that ran out of work could have taken more. */
static uint32_t read_period(migrate_core *c, uint64_t *share_ns) {
    rs_spin_lock(&c->lock);
    uint32_t longest = c->is_detached ? 0 : c->longest;
    uint64_t worked_ns = rs_load(&c->worked_ns, rs_relaxed);
    uint64_t this_ns = worked_ns - rs_load(&c->checked_ns, rs_relaxed);
    *share_ns = c->is_detached ? 0 : c->ran_empty || this_ns < 1 ? PERIOD_NS : this_ns;
    rs_store(&c->checked_ns, worked_ns, rs_relaxed);
    c->longest = rs_load(&c->length, rs_relaxed);
    c->ran_empty = c->is_waiting;
    rs_spin_unlock(&c->lock);
    return longest;
}

/* Insertion: the order changes little between two checks, and cores are few. */
static void sort(standing *standings, uint32_t count) {
    for (uint32_t i = 1; i < count; i++) {
        standing one = standings[i];
        uint32_t place = i;
        for (; place > 0 && standings[place - 1].excess < one.excess; place--)
            standings[place] = standings[place - 1];
        standings[place] = one;
    }
}

/* The longest gives to the shortest, the second longest to the second shortest, and so on. */
static void pair(migrate *m) {
    sort(m->standings, m->cores);
    for (uint32_t i = 0; i < m->cores; i++) forget_paths(&m->core[i]);
    for (uint32_t i = 0, j = m->cores - 1; i < j; i++, j--) {
        const standing *from = &m->standings[i], *to = &m->standings[j];
        if (from->excess <= 0 || to->excess >= 0) return;
        rs_store(&m->core[from->core].emigrate_to, to->core, rs_relaxed);
        rs_store(&m->core[to->core].immigrate_from, from->core, rs_relaxed);
    }
}

/* A core's limit is its part of all lengths, in proportion to what it gets done. */
static void balance(migrate *m) {
    uint64_t lengths = 0, work_ns = 0, shares_ns[RS_CORES_MAX];
    for (uint32_t i = 0; i < m->cores; i++) {
        uint32_t longest = read_period(&m->core[i], &shares_ns[i]);
        m->standings[i] = (standing){i, longest};
        lengths += longest;
        work_ns += shares_ns[i];
    }
    for (uint32_t i = 0; i < m->cores && work_ns; i++) {
        uint64_t limit = (lengths * shares_ns[i] + work_ns - 1) / work_ns;
        m->standings[i].excess -= (int64_t)limit;
        rs_store(&m->core[i].limit, (uint32_t)limit, rs_relaxed);
    }
    pair(m);
}

static void balance_if_due(migrate *m, migrate_core *c) {
    uint64_t worked_ns = rs_load(&c->worked_ns, rs_relaxed);
    if (worked_ns - rs_load(&c->checked_ns, rs_relaxed) < PERIOD_NS || m->cores == 1) return;
    if (!rs_spin_try(&m->balancing)) return; /* somebody does it */
    balance(m);
    rs_spin_unlock(&m->balancing);
}

static bool is_above(migrate_core *c) {
    return length_of(c) > rs_load(&c->limit, rs_relaxed);
}

static bool is_below(migrate_core *c) {
    return length_of(c) < rs_load(&c->limit, rs_relaxed);
}

/* ------------------------------------------------------------------ ready */

/* lock_home locks the task's core, or the first attached one after it, which then is its core. */
static migrate_core *lock_home(migrate *m, rs_task *task) {
    for (;;) {
        migrate_core *c = &m->core[task->core];
        rs_spin_lock(&c->lock);
        if (!c->is_detached) return c;
        rs_spin_unlock(&c->lock);
        task->core = (uint8_t)((task->core + 1u) % m->cores);
    }
}

static void emigrate(migrate *m, rs_task *task, migrate_core *mine) {
    migrate_core *home = &m->core[task->core];
    uint32_t to = rs_load(&home->emigrate_to, rs_relaxed);
    if (to == NOBODY || !is_above(home) || !is_below(&m->core[to])) return;
    task->core = (uint8_t)to;
    rs_tally(&mine->counts.steals, 1);
}

static uint32_t migrate_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    migrate *m = sched;
    if (why == RS_READY_NEW) task->core = (uint8_t)core;
    emigrate(m, task, &m->core[core]);
    migrate_core *c = lock_home(m, task);
    uint32_t home = (uint32_t)(c - m->core), length = push(c, task, why);
    bool is_waiting = c->is_waiting && home != core;
    rs_spin_unlock(&c->lock);
    if (length > 1) return RS_WAKE_ANY;
    return is_waiting ? home : RS_WAKE_NONE;
}

/* ------------------------------------------------------------------ next */

static rs_task *take_from(migrate *m, uint32_t from, uint32_t core) {
    migrate_core *c = &m->core[from];
    if (length_of(c) == 0) return NULL;
    rs_spin_lock(&c->lock);
    rs_task *task = pop(c);
    rs_spin_unlock(&c->lock);
    if (!task) return NULL;
    task->core = (uint8_t)core;
    rs_tally(&m->core[core].counts.steals, 1);
    return task;
}

/* Every second look at most, so that those who wait here go on too. */
static rs_task *immigrate(migrate *m, uint32_t core) {
    migrate_core *c = &m->core[core];
    uint32_t from = rs_load(&c->immigrate_from, rs_relaxed);
    if (from == NOBODY || c->fetched || !is_below(c) || !is_above(&m->core[from])) return NULL;
    return take_from(m, from, core);
}

static rs_task *take_own(migrate_core *c) {
    rs_spin_lock(&c->lock);
    rs_task *task = pop(c);
    c->is_waiting = !task; /* before looking elsewhere: what comes here meanwhile wakes us */
    c->ran_empty |= !task;
    rs_spin_unlock(&c->lock);
    return task;
}

static rs_task *steal(migrate *m, uint32_t core) {
    for (uint32_t i = 1; i < m->cores; i++) {
        rs_task *task = take_from(m, (core + i) % m->cores, core);
        if (!task) continue;
        migrate_core *c = &m->core[core];
        rs_spin_lock(&c->lock);
        c->is_waiting = false;
        rs_spin_unlock(&c->lock);
        return task;
    }
    return NULL;
}

static rs_task *migrate_next(void *sched, uint32_t core) {
    migrate *m = sched;
    migrate_core *c = &m->core[core];
    balance_if_due(m, c);
    rs_task *task = immigrate(m, core);
    c->fetched = task != NULL;
    if (!task) task = take_own(c);
    return task ? task : steal(m, core);
}

static void migrate_ran(void *sched, rs_task *task, uint32_t core, uint64_t ns) {
    (void)task;
    rs_tally(&((migrate *)sched)->core[core].worked_ns, ns);
}

/* ------------------------------------------------------------------ cores that come and go */

static void migrate_detach(void *sched, uint32_t core) {
    migrate *m = sched;
    migrate_core *c = &m->core[core];
    rs_task_queue left = {0};
    rs_spin_lock(&c->lock);
    for (rs_task *task; (task = pop(c));) rs_task_queue_push(&left, task);
    c->is_detached = true;
    rs_spin_unlock(&c->lock);
    for (rs_task *task; (task = rs_task_queue_pop(&left));) {
        migrate_core *home = lock_home(m, task);
        push(home, task, RS_READY_YIELD);
        rs_spin_unlock(&home->lock);
    }
}

static void migrate_attach(void *sched, uint32_t core) {
    migrate_core *c = &((migrate *)sched)->core[core];
    rs_spin_lock(&c->lock);
    c->is_detached = false;
    rs_spin_unlock(&c->lock);
}

static rs_sched_counts *migrate_counts(void *sched, uint32_t core) {
    return &((migrate *)sched)->core[core].counts;
}

extern const rs_sched_kind rs_sched_migrate;
const rs_sched_kind rs_sched_migrate = {
    .name = "migrate",
    .about = "priority queues per core, balanced periodically, as in the BEAM",
    .wait_rounds = migrate_wait_rounds,
    .bytes = migrate_bytes,
    .init = migrate_init,
    .ready = migrate_ready,
    .next = migrate_next,
    .ran = migrate_ran,
    .detach = migrate_detach,
    .attach = migrate_attach,
    .counts = migrate_counts,
};
