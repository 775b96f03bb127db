/* pct.c: Probabilistic Concurrency Testing: the ready task of the highest random priority runs, and
 * at depth - 1 random ones of `steps` dispatches the one whose turn it is falls below all others.
 * After `steps` dispatches the dice are thrown anew.
 * Source: Burckhardt, Kothari, Musuvathi, Nagarakatte: A Randomized Scheduler with Probabilistic
 * Guarantees of Finding Bugs, ASPLOS 2010.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/prng.h"
#include "runtime/sched/ages.h"

/* The paper finds that bugs of depth up to 5 are what programs have. */
#define DEPTH_MAX 64u
/* Random priorities lie above those of the fallen. */
#define PRIORITY_RANDOM (UINT64_C(1) << 63)

typedef struct change_point {
    uint64_t step;
    rs_task *fallen; /* NULL: not yet */
} change_point;

typedef struct pct {
    rs_ages ages;
    rs_prng prng;
    rs_sched_counts counts;
    uint64_t step, steps, salt;
    uint32_t change_count;
    change_point changes[DEPTH_MAX];
    rs_task *at[];
} pct;

static size_t pct_bytes(const rs_sched_config *config) {
    return sizeof(pct) + rs_ages_bytes(config->tasks_max);
}

static void throw_dice(pct *p) {
    p->step = 0;
    p->salt = rs_prng_next(&p->prng);
    for (uint32_t i = 0; i < p->change_count; i++)
        p->changes[i] = (change_point){.step = 1 + rs_prng_below(&p->prng, p->steps)};
}

static void pct_init(void *sched, const rs_sched_config *config) {
    pct *p = sched;
    p->ages = (rs_ages){.at = p->at, .record = config->record};
    p->change_count = (uint32_t)config->parameters[0] - 1;
    p->steps = config->parameters[1];
    rs_prng_init(&p->prng, config->seed, "sched/pct");
    throw_dice(p);
}

/* A task's key is drawn once; with the salt it makes a new priority after each throw. */
static uint64_t random_priority(const pct *p, const rs_task *task) {
    uint64_t mixed = (task->key ^ p->salt) * UINT64_C(0x9e3779b97f4a7c15);
    return (mixed ^ mixed >> 32) | PRIORITY_RANDOM;
}

/* Who falls later falls deeper. */
static uint64_t priority_of(const pct *p, const rs_task *task) {
    for (uint32_t i = 0; i < p->change_count; i++)
        if (p->changes[i].fallen == task) return p->steps - p->changes[i].step;
    return random_priority(p, task);
}

/* The oldest of the highest priority. */
static uint32_t find_highest(const pct *p) {
    uint64_t highest = 0;
    uint32_t rank = 0;
    for (uint32_t i = 0; i < p->ages.count; i++) {
        uint64_t priority = priority_of(p, p->ages.at[p->ages.head + i]);
        if (i > 0 && priority <= highest) continue;
        highest = priority;
        rank = i;
    }
    return rank;
}

static void forget_fall(pct *p, const rs_task *task) {
    for (uint32_t i = 0; i < p->change_count; i++)
        if (p->changes[i].fallen == task) p->changes[i].fallen = NULL;
}

/* True when the choice must be made again, because the one at `rank` has fallen. */
static bool falls(pct *p, uint32_t rank) {
    rs_task *task = p->ages.at[p->ages.head + rank];
    for (uint32_t i = 0; i < p->change_count; i++) {
        if (p->changes[i].step != p->step) continue;
        forget_fall(p, task);
        p->changes[i].fallen = task;
        return true;
    }
    return false;
}

static uint32_t pct_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    (void)core;
    (void)why;
    pct *p = sched;
    if (task->key == 0) task->key = rs_prng_next(&p->prng) | 1;
    rs_ages_push(&p->ages, task);
    return RS_WAKE_ANY;
}

static rs_task *pct_next(void *sched, uint32_t core) {
    (void)core;
    pct *p = sched;
    if (p->ages.count == 0) return NULL;
    if (p->step == p->steps) throw_dice(p);
    p->step++;
    uint32_t rank = find_highest(p);
    if (falls(p, rank)) rank = find_highest(p);
    return rs_ages_take(&p->ages, rank);
}

static void pct_forget(void *sched, rs_task *task) {
    forget_fall(sched, task);
    task->key = 0;
}

static void pct_no_core_state(void *sched, uint32_t core) {
    (void)sched;
    (void)core;
}

static rs_sched_counts *pct_counts(void *sched, uint32_t core) {
    (void)core;
    return &((pct *)sched)->counts;
}

extern const rs_sched_kind rs_sched_pct;
const rs_sched_kind rs_sched_pct = {
    .name = "pct",
    .about = "probabilistic concurrency testing: random priorities that change at random steps",
    .parameters = {{"depth", "of the bugs looked for", 3, 1, DEPTH_MAX},
                   {"steps", "dispatches until the dice are thrown anew", 10000, 1, UINT32_MAX}},
    .chooses = true,
    .bytes = pct_bytes,
    .init = pct_init,
    .ready = pct_ready,
    .next = pct_next,
    .detach = pct_no_core_state,
    .attach = pct_no_core_state,
    .forget = pct_forget,
    .counts = pct_counts,
};
