/* lifespan.c: from when to when processes lived.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/lifespan.h"

#include <stdlib.h>

typedef struct ends {
    const rs_film_event **at; /* of STARTED and EXIT, by role, incarnation and time */
    size_t count;
} ends;

static int by_life(const void *a, const void *b) {
    const rs_film_event *x = *(const rs_film_event *const *)a,
                        *y = *(const rs_film_event *const *)b;
    if (x->role != y->role) return x->role < y->role ? -1 : 1;
    if (x->incarnation != y->incarnation) return x->incarnation < y->incarnation ? -1 : 1;
    if (x->time_ns != y->time_ns) return x->time_ns < y->time_ns ? -1 : 1;
    return (x->kind == RS_EVENT_EXIT) - (y->kind == RS_EVENT_EXIT);
}

static ends sort_ends(const rs_film_events *events) {
    ends sorted = {.at = rs_rows_alloc(sizeof *sorted.at * (events->count + 1))};
    for (size_t i = 0; i < events->count; i++) {
        bool is_end =
            events->at[i]->kind == RS_EVENT_STARTED || events->at[i]->kind == RS_EVENT_EXIT;
        if (is_end) sorted.at[sorted.count++] = events->at[i];
    }
    qsort(sorted.at, sorted.count, sizeof *sorted.at, by_life);
    return sorted;
}

/* A life begins when its init is entered, which STARTED always tells; 0: before t = 0. */
static void take_end(rs_lifespan *life, const rs_film_event *event) {
    if (event->kind == RS_EVENT_STARTED && !life->has_begin) {
        life->has_begin = true;
        life->from_ns = event->other_ns;
    } else if (event->kind == RS_EVENT_EXIT) {
        life->has_end = true;
        life->to_ns = event->time_ns;
        life->reason = event->reason;
    }
}

static void find_changed(rs_lifespans *lives, const ends *sorted, uint64_t begin_ns,
                         uint64_t end_ns) {
    for (size_t i = 0; i < sorted->count;) {
        const rs_film_event *first = sorted->at[i];
        rs_lifespan *life = RS_ROWS_ADD(&lives->rows);
        *life = (rs_lifespan){.role = first->role,
                              .incarnation = first->incarnation,
                              .from_ns = begin_ns,
                              .to_ns = end_ns};
        for (; i < sorted->count && sorted->at[i]->role == life->role &&
               sorted->at[i]->incarnation == life->incarnation;
             i++)
            take_end(life, sorted->at[i]);
    }
}

static void add_unchanged(rs_lifespans *lives, const rs_shared *shared, uint32_t number,
                          uint64_t begin_ns, uint64_t end_ns) {
    rs_lifespan *life = RS_ROWS_ADD(&lives->rows);
    *life = (rs_lifespan){.role = number,
                          .incarnation = rs_load(&shared->roles.at[number].incarnation, rs_relaxed),
                          .from_ns = begin_ns,
                          .to_ns = end_ns};
}

/* Who lives in the end, without having been on film. */
static void find_unchanged(rs_lifespans *lives, const rs_shared *shared, uint64_t begin_ns,
                           uint64_t end_ns, size_t most) {
    uint32_t count = rs_roles_count(&shared->roles);
    size_t changed = lives->rows.count;
    bool *seen = rs_rows_alloc(sizeof *seen * (count + 1u));
    for (size_t i = 0; i < changed; i++)
        if (lives->rows.at[i].role <= count) seen[lives->rows.at[i].role] = true;
    for (uint32_t i = 1; i <= count; i++) {
        const rs_role *role = &shared->roles.at[i];
        bool lives_on = role->pid_in_the_end || rs_load(&role->pid, rs_relaxed);
        if (seen[i] || !lives_on) continue;
        if (lives->rows.count - changed < most)
            add_unchanged(lives, shared, i, begin_ns, end_ns);
        else
            lives->dropped++;
    }
    free(seen);
}

rs_lifespans rs_lifespans_find(const rs_shared *shared, const rs_film_events *events,
                               uint64_t end_ns, size_t most) {
    rs_lifespans lives = {0};
    ends sorted = sort_ends(events);
    /* What is not known to have begun has done so before the first event that is kept. */
    uint64_t begin_ns = events->lost && events->count ? events->at[0]->time_ns : 0;
    find_changed(&lives, &sorted, begin_ns, end_ns);
    find_unchanged(&lives, shared, begin_ns, end_ns, most);
    free(sorted.at);
    return lives;
}

void rs_lifespans_fini(rs_lifespans *lives) {
    free(lives->rows.at);
}
