/* random.c: uniform among all that are ready, from the run's seed.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/prng.h"
#include "runtime/sched/ages.h"

typedef struct random_state {
    rs_ages ages;
    rs_prng prng;
    rs_sched_counts counts;
    rs_task *at[];
} random_state;

static size_t random_bytes(const rs_sched_config *config) {
    return sizeof(random_state) + rs_ages_bytes(config->tasks_max);
}

static void random_init(void *sched, const rs_sched_config *config) {
    random_state *r = sched;
    r->ages = (rs_ages){.at = r->at, .record = config->record};
    rs_prng_init(&r->prng, config->seed, "sched/random");
}

static uint32_t random_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    (void)core;
    (void)why;
    rs_ages_push(&((random_state *)sched)->ages, task);
    return RS_WAKE_ANY;
}

static rs_task *random_next(void *sched, uint32_t core) {
    (void)core;
    random_state *r = sched;
    uint32_t count = r->ages.count;
    if (count == 0) return NULL;
    /* No number is drawn where there is no choice. */
    uint32_t rank = count > 1 ? (uint32_t)rs_prng_below(&r->prng, count) : 0;
    return rs_ages_take(&r->ages, rank);
}

static void random_no_core_state(void *sched, uint32_t core) {
    (void)sched;
    (void)core;
}

static rs_sched_counts *random_counts(void *sched, uint32_t core) {
    (void)core;
    return &((random_state *)sched)->counts;
}

extern const rs_sched_kind rs_sched_random;
const rs_sched_kind rs_sched_random = {
    .name = "random",
    .about = "uniform among the ready, from the seed",
    .chooses = true,
    .bytes = random_bytes,
    .init = random_init,
    .ready = random_ready,
    .next = random_next,
    .detach = random_no_core_state,
    .attach = random_no_core_state,
    .counts = random_counts,
};
