/* fifo.c: one queue, first in first out: the plain order that virtual runs are told in.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/sched/ages.h"

typedef struct fifo {
    rs_ages ages;
    rs_sched_counts counts;
    rs_task *at[];
} fifo;

static size_t fifo_bytes(const rs_sched_config *config) {
    return sizeof(fifo) + rs_ages_bytes(config->tasks_max);
}

static void fifo_init(void *sched, const rs_sched_config *config) {
    fifo *f = sched;
    f->ages = (rs_ages){.at = f->at, .record = config->record};
}

/* Everybody ahead of it runs once. */
static uint64_t fifo_wait_rounds(const rs_sched_config *config, uint64_t ready) {
    (void)config;
    return ready;
}

static uint32_t fifo_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    (void)core;
    (void)why;
    rs_ages_push(&((fifo *)sched)->ages, task);
    return RS_WAKE_ANY;
}

static rs_task *fifo_next(void *sched, uint32_t core) {
    (void)core;
    fifo *f = sched;
    return f->ages.count ? rs_ages_take(&f->ages, 0) : NULL;
}

static void fifo_no_core_state(void *sched, uint32_t core) {
    (void)sched;
    (void)core;
}

static rs_sched_counts *fifo_counts(void *sched, uint32_t core) {
    (void)core;
    return &((fifo *)sched)->counts;
}

extern const rs_sched_kind rs_sched_fifo;
const rs_sched_kind rs_sched_fifo = {
    .name = "fifo",
    .about = "one queue, first in first out; exact under the virtual clock",
    .chooses = true,
    .wait_rounds = fifo_wait_rounds,
    .bytes = fifo_bytes,
    .init = fifo_init,
    .ready = fifo_ready,
    .next = fifo_next,
    .detach = fifo_no_core_state,
    .attach = fifo_no_core_state,
    .counts = fifo_counts,
};
