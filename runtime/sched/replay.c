/* replay.c: follows a recording of another chooser. What it does not say is chosen as `fifo` would.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/sched/ages.h"

typedef struct replay {
    rs_ages ages;
    const rs_choices *choices;
    uint64_t followed, count; /* of those there are */
    rs_sched_counts counts;
    rs_task *at[];
} replay;

static size_t replay_bytes(const rs_sched_config *config) {
    return sizeof(replay) + rs_ages_bytes(config->tasks_max);
}

static void replay_init(void *sched, const rs_sched_config *config) {
    replay *r = sched;
    r->ages = (rs_ages){.at = r->at, .record = config->record};
    r->choices = config->replay;
    bool fits = r->choices->count <= r->choices->room || r->choices->room == 0;
    r->count = fits ? r->choices->count : r->choices->room;
}

static uint32_t replay_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    (void)core;
    (void)why;
    rs_ages_push(&((replay *)sched)->ages, task);
    return RS_WAKE_ANY;
}

static uint32_t choose(replay *r) {
    if (r->ages.count < 2 || r->followed >= r->count) return 0;
    uint32_t rank = r->choices->at[r->followed++];
    return rank < r->ages.count ? rank : r->ages.count - 1;
}

static rs_task *replay_next(void *sched, uint32_t core) {
    (void)core;
    replay *r = sched;
    return r->ages.count ? rs_ages_take(&r->ages, choose(r)) : NULL;
}

static void replay_no_core_state(void *sched, uint32_t core) {
    (void)sched;
    (void)core;
}

static rs_sched_counts *replay_counts(void *sched, uint32_t core) {
    (void)core;
    return &((replay *)sched)->counts;
}

extern const rs_sched_kind rs_sched_replay;
const rs_sched_kind rs_sched_replay = {
    .name = "replay",
    .about = "follows a recording of choices",
    .chooses = true,
    .replays = true,
    .bytes = replay_bytes,
    .init = replay_init,
    .ready = replay_ready,
    .next = replay_next,
    .detach = replay_no_core_state,
    .attach = replay_no_core_state,
    .counts = replay_counts,
};
