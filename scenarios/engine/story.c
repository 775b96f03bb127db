/* story.c: takes events from the rings to the file.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/story.h"

#include "reports/rows.h"
#include "scenarios/engine/surroundings.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

struct rs_story {
    int fd;
    bool begun, is_whole;
    rs_events events;
};

rs_story *rs_story_create(int fd) {
    rs_story *story = rs_rows_alloc(sizeof *story);
    story->fd = fd;
    return story;
}

void rs_story_destroy(rs_story *story) {
    free(story);
}

/* A virtual run has no place in the time of day: its story is the same whenever it is told. Nor has
 * one that did not come to t = 0. The first event may be much later than that. */
static const char *print_t0(const rs_shared *shared, char *text, size_t bytes) {
    rs_clocks now;
    if (shared->plan->runtime.clock == RS_PLAN_VIRTUAL || !rs_load(&shared->began, rs_acquire))
        return NULL;
    rs_clocks_read(&now);
    uint64_t since_ns = now.run_ns - rs_load(&shared->zero_ns, rs_relaxed);
    time_t t0 = (time_t)((now.wall_ns - since_ns) / 1000000000u);
    strftime(text, bytes, "%Y-%m-%dT%H:%M:%SZ", gmtime(&t0));
    return text;
}

static void begin(rs_story *story, const rs_shared *shared) {
    const rs_plan *plan = shared->plan;
    char t0[32];
    rs_events_header header = {
        .scenario = plan->name,
        .seed = shared->seed,
        .clock = plan->runtime.clock == RS_PLAN_VIRTUAL ? "virtual" : "real",
        .scheduler = plan->runtime.scheduler,
        .threads = plan->runtime.threads,
        .t0 = print_t0(shared, t0, sizeof t0),
        .runtime = "respawn",
    };
    rs_events_init(&story->events, story->fd, &header);
    story->begun = true;
}

static void tell(rs_story *story, const rs_shared *shared, const rs_ring_entry *entry) {
    rs_events_line line = {
        .time_ns = entry->time_ns,
        .event = (rs_event_kind)entry->kind,
        .role = rs_shared_role_name(shared, entry->role),
        .incarnation = entry->incarnation,
        .reason = entry->reason[0] ? entry->reason : NULL,
        .cause = entry->cause ? 1 + (entry->cause & (RS_BLOWS_MAX - 1)) : 0,
        .fault = rs_shared_fault_name(shared, entry->cause),
        .init_ns = entry->other_ns > 0 ? (uint64_t)entry->other_ns : 0,
        .stop = entry->kind == RS_EVENT_STOPPING ? rs_event_stop_word(entry->detail) : NULL,
        .core = 1u + entry->core,
    };
    rs_events_add(&story->events, &line);
}

static void tell_call(rs_story *story, const rs_shared *shared, const rs_ring_entry *entry) {
    rs_events_call call = {
        .time_ns = entry->time_ns,
        .load = shared->plan->loads[entry->role].id,
        .client = entry->incarnation,
        .reason = entry->reason[0] ? entry->reason : NULL,
    };
    rs_events_add_call(&story->events, &call);
}

/* The ring whose next event is the oldest, or NULL. */
static rs_ring *choose_ring(const rs_shared *shared) {
    rs_ring *best = NULL;
    int64_t best_ns = 0;
    for (uint32_t i = 0; i < shared->slots; i++) {
        const rs_ring_entry *entry = rs_ring_peek(&shared->rings[i]);
        if (!entry || (best && entry->time_ns >= best_ns)) continue;
        best = &shared->rings[i];
        best_ns = entry->time_ns;
    }
    return best;
}

static uint64_t now_ns(void) {
    rs_clocks now;
    rs_clocks_read(&now);
    return now.run_ns;
}

/* Who reads may take a little at a time; false: he has not taken enough by `until_ns`. */
static bool make_room(rs_story *story, uint64_t until_ns) {
    bool has_room = rs_events_make_room(&story->events, 0);
    for (uint64_t now = 0; !has_room && (now = now_ns()) < until_ns;)
        has_room = rs_events_make_room(&story->events, 1 + (int)((until_ns - now) / 1000000));
    return has_room;
}

uint64_t rs_story_drain(rs_story *story, rs_shared *shared) {
    uint64_t count = 0, until_ns = now_ns() + RS_STORY_WAIT_NS;
    for (rs_ring *ring; count < RS_RING_ENTRIES && (ring = choose_ring(shared)); count++) {
        if (!story->begun) begin(story, shared);
        if (!make_room(story, until_ns)) break;
        const rs_ring_entry *entry = rs_ring_peek(ring);
        (entry->kind == RS_RING_CALL ? tell_call : tell)(story, shared, entry);
        rs_ring_drop(ring);
    }
    return count;
}

bool rs_story_finish(rs_story *story, rs_shared *shared) {
    rs_story_drain(story, shared);
    if (choose_ring(shared)) return false;
    if (!story->begun) begin(story, shared);
    story->is_whole = rs_events_write(&story->events, (int)(RS_STORY_WAIT_NS / 1000000));
    return story->is_whole;
}

int rs_story_error(const rs_story *story) {
    if (story->events.error) return story->events.error;
    return story->is_whole ? 0 : ECANCELED;
}
