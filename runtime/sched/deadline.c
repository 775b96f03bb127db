/* deadline.c: the earliest virtual deadline first, in one queue for all cores. Virtual time is the
 * deadline of the turn that started last. A task's deadline is virtual time plus the price of a
 * turn: what its last one took, in grains, scaled by priority. The short go before the long, and
 * everybody pays for what it gets.
 *
 * Invariant: the deadlines of queued tasks lie within LEVELS - 1 grains of virtual time, so that
 * one ring of lists holds them all in order.
 * Source: self-clocked fair queueing (Golestani, INFOCOM 1994).
 * SPDX-License-Identifier: MIT
 */
#include "runtime/sched/queue.h"

/* A sixteenth of the 100 us that RS_DISPATCH_BUDGET stands for. */
#define GRAIN_NS 6250u
/* Bits of a word. A turn of more than 63 grains (394 us) counts as 63. */
#define LEVELS 64u

typedef struct deadline_core {
    _Alignas(RS_CACHE_LINE) rs_sched_counts counts;
} deadline_core;

typedef struct deadline {
    _Alignas(RS_CACHE_LINE) rs_spinlock lock;
    uint64_t now;    /* virtual time, in grains */
    uint64_t levels; /* bit `deadline % LEVELS`: somebody is there */
    rs_task_queue level[LEVELS];
    rs_task_queue late; /* who overran: no price of 63 grains is as much as they took */
    uint32_t turns;     /* since one of the late went first */
    rs_atomic_u32 count;
    deadline_core core[];
} deadline;

static size_t deadline_bytes(const rs_sched_config *config) {
    return sizeof(deadline) + config->cores * sizeof(deadline_core);
}

static void deadline_init(void *sched, const rs_sched_config *config) {
    (void)sched;
    (void)config;
}

/* It comes at most LEVELS - 1 levels later; from each level before, and before it at its own, a
 * task runs once: after that its deadline is later. */
static uint64_t deadline_wait_rounds(const rs_sched_config *config, uint64_t ready) {
    (void)config;
    return LEVELS * ready;
}

static uint32_t price_of(const rs_task *task) {
    static const uint8_t sixteenths[] = {[RS_PRIORITY_NORMAL] = 16,
                                         [RS_PRIORITY_LOW] = 64,
                                         [RS_PRIORITY_HIGH] = 4,
                                         [RS_PRIORITY_MAX] = 1};
    uint64_t price = task->key * sixteenths[task->priority] / 16;
    return price < 1 ? 1 : price > LEVELS - 1 ? LEVELS - 1 : (uint32_t)price;
}

static void enter(deadline *d, uint32_t core) {
    rs_tally(&d->core[core].counts.passes, 1);
    rs_spin_lock(&d->lock);
}

static uint32_t deadline_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    deadline *d = sched;
    uint32_t price = price_of(task);
    enter(d, core);
    uint64_t level = (d->now + price) % LEVELS;
    rs_task_queue_push(why == RS_READY_OVERRUN ? &d->late : &d->level[level], task);
    if (why != RS_READY_OVERRUN) d->levels |= UINT64_C(1) << level;
    bool surplus = rs_add(&d->count, 1, rs_relaxed) > 0;
    rs_spin_unlock(&d->lock);
    return surplus ? RS_WAKE_ANY : RS_WAKE_NONE;
}

/* How many grains away the first level with a task is; some level has one. */
static uint32_t distance(const deadline *d) {
    uint32_t now = (uint32_t)(d->now % LEVELS);
    uint64_t ahead = now ? d->levels >> now | d->levels << (LEVELS - now) : d->levels;
    return (uint32_t)__builtin_ctzll(ahead);
}

/* As rs_task_line_pop. */
static rs_task *pop_late(deadline *d) {
    if (d->levels && ++d->turns < RS_LATE_EVERY) return NULL;
    d->turns = 0;
    return rs_task_queue_pop(&d->late);
}

static rs_task *pop_earliest(deadline *d) {
    if (!d->levels) return NULL;
    d->now += distance(d);
    rs_task_queue *level = &d->level[d->now % LEVELS];
    rs_task *task = rs_task_queue_pop(level);
    if (!level->head) d->levels &= ~(UINT64_C(1) << d->now % LEVELS);
    return task;
}

static rs_task *deadline_next(void *sched, uint32_t core) {
    deadline *d = sched;
    if (rs_load(&d->count, rs_relaxed) == 0) return NULL; /* as in global.c */
    enter(d, core);
    rs_task *task = pop_late(d);
    if (!task) task = pop_earliest(d);
    if (task) {
        task->key = 1; /* until `ran` tells */
        rs_sub(&d->count, 1, rs_relaxed);
    }
    rs_spin_unlock(&d->lock);
    return task;
}

static void deadline_ran(void *sched, rs_task *task, uint32_t core, uint64_t ns) {
    (void)sched;
    (void)core;
    uint64_t grains = (ns + GRAIN_NS - 1) / GRAIN_NS, most = LEVELS * 16;
    task->key = grains < most ? grains : most; /* the most that any priority scales to a level */
}

static void deadline_no_core_state(void *sched, uint32_t core) {
    (void)sched;
    (void)core;
}

static rs_sched_counts *deadline_counts(void *sched, uint32_t core) {
    return &((deadline *)sched)->core[core].counts;
}

extern const rs_sched_kind rs_sched_deadline;
const rs_sched_kind rs_sched_deadline = {
    .name = "deadline",
    .about = "earliest virtual deadline: now plus what the task's last turn took",
    .wait_rounds = deadline_wait_rounds,
    .bytes = deadline_bytes,
    .init = deadline_init,
    .ready = deadline_ready,
    .next = deadline_next,
    .ran = deadline_ran,
    .detach = deadline_no_core_state,
    .attach = deadline_no_core_state,
    .counts = deadline_counts,
};
