/* life.c: the history of a run, told by processes.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/life.h"

#include "reports/rows.h"

#include <stdlib.h>
#include <string.h>

static uint32_t *bucket_of(const rs_lives *lives, uint64_t pid) {
    uint32_t at = (uint32_t)((pid * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
    for (;; at++) {
        uint32_t *bucket = &lives->buckets[at & (lives->bucket_count - 1)];
        if (*bucket == RS_NEVER || lives->at[*bucket].pid == pid) return bucket;
    }
}

uint32_t rs_lives_find(const rs_lives *lives, uint64_t pid) {
    return *bucket_of(lives, pid);
}

static void make_room(rs_lives *lives, uint32_t lives_max) {
    lives->bucket_count = 4;
    while (lives->bucket_count < 2 * lives_max) lives->bucket_count *= 2;
    lives->at = rs_rows_alloc(sizeof *lives->at * (lives_max + 1u));
    lives->first = rs_rows_alloc(sizeof *lives->first * (lives->roles + 1u));
    lives->buckets = rs_rows_alloc(sizeof *lives->buckets * lives->bucket_count);
    memset(lives->first, 0xff, sizeof *lives->first * (lives->roles + 1u));
    memset(lives->buckets, 0xff, sizeof *lives->buckets * lives->bucket_count);
}

/* ---------------------------------------------------------------- from events to lives */

static void begin_life(rs_lives *lives, uint32_t *last, const rs_history_entry *entry,
                       uint32_t index) {
    uint32_t *bucket = bucket_of(lives, entry->pid);
    if (*bucket != RS_NEVER || entry->role > lives->roles) return;
    uint32_t number = *bucket = lives->count++;
    lives->at[number] = (rs_life){
        .pid = entry->pid,
        .role = entry->role,
        .incarnation = entry->incarnation,
        .started = index,
        .ended = RS_NEVER,
        .stopping = RS_NEVER,
        .noticed = RS_NEVER,
        .not_due = RS_NEVER,
        .reached = RS_NEVER,
        .supervisor = RS_NEVER,
        .next = RS_NEVER,
    };
    uint32_t before = last[entry->role];
    *(before == RS_NEVER ? &lives->first[entry->role] : &lives->at[before].next) = number;
    last[entry->role] = number;
}

/* A named process is reported to be reachable when its start has returned, which is soon after. */
static void go_on_living(rs_lives *lives, const rs_history_entry *entry, uint32_t index) {
    uint32_t number = rs_lives_find(lives, entry->pid);
    if (number == RS_NEVER) return;
    rs_life *life = &lives->at[number];
    switch (entry->kind) {
    case RS_EVENT_EXIT: life->ended = index; break;
    case RS_EVENT_STOPPING: life->stopping = index; break;
    case RS_EVENT_NOTICED: life->noticed = index; break;
    case RS_EVENT_NOT_DUE: life->not_due = index; break;
    case RS_EVENT_REACHABLE: life->reached = index; break;
    default: break;
    }
}

/* ---------------------------------------------------------------- role by role */

static void sort_by_role(rs_lives *lives) {
    lives->order = rs_rows_alloc(sizeof *lives->order * (lives->count + 1u));
    lives->places = rs_rows_alloc(sizeof *lives->places * (lives->roles + 2u));
    uint32_t place = 0;
    for (uint32_t role = 0; role <= lives->roles; role++) {
        lives->places[role] = place;
        for (uint32_t i = lives->first[role]; i != RS_NEVER; i = lives->at[i].next)
            lives->order[place++] = i;
    }
    lives->places[lives->roles + 1] = place;
}

uint32_t rs_lives_latest(const rs_lives *lives, uint32_t role, uint32_t index) {
    if (role > lives->roles) return RS_NEVER;
    uint32_t begin = lives->places[role], low = begin, high = lives->places[role + 1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (lives->at[lives->order[middle]].started < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low > begin ? lives->order[low - 1] : RS_NEVER;
}

/* The first children of a supervisor are started before it is, so a child began under the one that
 * lived then, or else under the next. */
static uint32_t supervisor_of(const rs_lives *lives, uint32_t parent, uint32_t started) {
    if (!parent) return RS_NEVER;
    uint32_t latest = rs_lives_latest(lives, parent, started);
    if (latest == RS_NEVER) return lives->first[parent];
    return lives->at[latest].ended > started ? latest : lives->at[latest].next;
}

static void find_supervisors(rs_lives *lives,
                             uint32_t (*parent_of)(const void *context, uint32_t role),
                             const void *context) {
    for (uint32_t i = 0; i < lives->count; i++) {
        rs_life *life = &lives->at[i];
        life->supervisor = supervisor_of(lives, parent_of(context, life->role), life->started);
    }
}

void rs_lives_init(rs_lives *lives, const rs_history *history, uint32_t roles,
                   uint32_t (*parent_of)(const void *context, uint32_t role), const void *context) {
    *lives = (rs_lives){.roles = roles};
    make_room(lives, history->counts[RS_EVENT_STARTED]);
    uint32_t *last = rs_rows_alloc(sizeof *last * (roles + 1u));
    memset(last, 0xff, sizeof *last * (roles + 1u));
    for (uint32_t i = 0; i < history->count; i++) {
        const rs_history_entry *entry = &history->at[i];
        if (entry->kind == RS_EVENT_STARTED)
            begin_life(lives, last, entry, i);
        else if (entry->kind < RS_EVENT_COUNT)
            go_on_living(lives, entry, i);
    }
    free(last);
    sort_by_role(lives);
    find_supervisors(lives, parent_of, context);
}

void rs_lives_fini(rs_lives *lives) {
    free(lives->at);
    free(lives->first);
    free(lives->buckets);
    free(lives->order);
    free(lives->places);
    *lives = (rs_lives){0};
}
