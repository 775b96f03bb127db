/* score_storage.c: see score_storage.h. A role's scores lie under the numbers 0, 1, 2, … of its
 * own, in no order, so that each new score is one insertion, whatever it pushes out.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/score_storage.h"

#include <string.h>

typedef struct stored {
    rs_score score;
    uint64_t added;
    uint32_t slot;
} stored;

#define SLOT_BITS 20

_Static_assert(RS_MAX_PLAYERS_MAX <= 1 << SLOT_BITS, "a role's slots are its own");

static rs_term key_of(const rs_score_storage *storage, uint32_t slot) {
    return rs_term_integer((int64_t)((uint64_t)storage->role << SLOT_BITS | slot));
}

/* Below the numbers of all scores. */
static rs_term claim_of(uint32_t role) {
    return rs_term_integer(-(int64_t)role - 1);
}

/* A supervisor starts its children one after another, so no two of them make the table at a time.
 */
rs_ets rs_score_storage_make(const char *path) {
    rs_atom name = rs_atom_find(path);
    rs_ets table = rs_ets_whereis(name);
    if (table) return table;
    rs_ets_new(
        &(rs_ets_options){.name = name, .protection = RS_ETS_PUBLIC, .heir = rs_self_parent()});
    return rs_ets_whereis(name);
}

typedef struct claim {
    rs_pid owner, supervisor;
} claim;

/* One of a supervisor's children begins at a time, but what an earlier supervisor started may still
 * be there, and hang: nobody else would end it. */
rs_pid rs_score_storage_claim(const char *path) {
    rs_ets table = rs_score_storage_make(path);
    rs_term key = claim_of(rs_self_role());
    const claim own = {rs_self(), rs_self_parent()};
    claim found;
    bool is_claimed = rs_ets_lookup_bytes(table, key, &found, sizeof found) == sizeof found;
    if (is_claimed && found.owner != own.owner && rs_is_alive(found.owner)) {
        if (rs_is_alive(found.supervisor)) return found.owner;
        rs_exit_signal(found.owner, RS_ATOM(kill));
    }
    rs_ets_insert_bytes(table, key, &own, sizeof own);
    return 0;
}

/* ------------------------------------------------------------------ recovering */

static bool is_better(const stored *a, const stored *b) {
    return a->score.score != b->score.score ? a->score.score > b->score.score : a->added < b->added;
}

/* sink lets the one at `at` of a heap, whose top is the worst, find its place. */
static void sink(stored *heap, uint32_t at, uint32_t count) {
    for (uint32_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_better(&heap[child], &heap[child + 1])) child++;
        if (!is_better(&heap[at], &heap[child])) return;
        const stored upper = heap[at];
        heap[at] = heap[child];
        heap[child] = upper;
    }
}

/* sort puts the best first; in place, since libc's may call malloc, which no process should die in.
 */
static void sort(stored *all, uint32_t count) {
    for (uint32_t at = count / 2; at-- > 0;) sink(all, at, count);
    for (uint32_t left = count; left > 1;) {
        const stored worst = all[0];
        all[0] = all[--left];
        all[left] = worst;
        sink(all, 0, left);
    }
}

static uint32_t load(const rs_score_storage *storage, stored *all, uint32_t max_players) {
    uint32_t count = 0;
    while (count < max_players && rs_ets_lookup_bytes(storage->table, key_of(storage, count),
                                                      &all[count], sizeof *all) >= 0)
        count++;
    return count;
}

uint32_t rs_score_storage_open(rs_score_storage *storage, const char *path, uint32_t max_players,
                               rs_score *scores) {
    stored *all = rs_alloc(max_players * sizeof *all);
    storage->slots = rs_alloc(max_players * sizeof *storage->slots);
    storage->role = rs_self_role();
    storage->table = rs_score_storage_make(path);
    uint32_t count = load(storage, all, max_players);
    sort(all, count);
    for (uint32_t i = 0; i < count; i++) {
        scores[i] = all[i].score;
        storage->slots[i] = all[i].slot;
        if (all[i].added > storage->added) storage->added = all[i].added;
    }
    rs_free(all, max_players * sizeof *all);
    rs_work(count);
    return count;
}

void rs_score_storage_add(rs_score_storage *storage, const rs_score *score, uint32_t place,
                          uint32_t before, uint32_t count) {
    uint32_t *slot = storage->slots + place;
    stored it;
    memset(&it, 0, sizeof it); /* all its bytes are stored */
    it.slot = count > before ? before : storage->slots[count - 1];
    it.score = *score;
    it.added = ++storage->added;
    memmove(slot + 1, slot, (count - 1 - place) * sizeof *slot);
    *slot = it.slot;
    rs_ets_insert_bytes(storage->table, key_of(storage, it.slot), &it, sizeof it);
}
