/* roster.c: heads: how rosters are opened, found, and emptied when their owner dies.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/roster.h"

#include "runtime/process/region.h"

/* ---------------------------------------------------------------- the heads of all
 *
 * A head stands at the first free place behind the one that its word's hash says. Places that were
 * in use stay CLOSED, not 0, so that who looks for others goes on behind them. */

typedef struct heads {
    rs_room room;
    rs_spinlock lock; /* of who opens one */
    rs_roster all[RS_ROSTERS_MAX];
} heads;

static heads *heads_of(rs_runtime *runtime) {
    /* acquire pairs with the release in make_heads: they are zeroed. */
    return rs_load(&runtime->rooms[RS_ROOM_ROSTERS], rs_acquire);
}

static uint32_t place_of(uint64_t word, uint32_t step) {
    return (uint32_t)(rs_index_mix(word, 0) + step) % RS_ROSTERS_MAX;
}

rs_roster *rs_roster_find(rs_runtime *runtime, uint64_t word) {
    heads *room = heads_of(runtime);
    for (uint32_t step = 0; room && step < RS_ROSTERS_MAX; step++) {
        rs_roster *roster = &room->all[place_of(word, step)];
        /* acquire pairs with the release in rs_roster_open: its owner is known. */
        uint64_t found = rs_load(&roster->word, rs_acquire);
        if (found == word) return roster;
        if (!found) return NULL;
    }
    return NULL;
}

rs_roster *rs_roster_lock(rs_runtime *runtime, uint64_t word) {
    rs_roster *roster = rs_roster_find(runtime, word);
    if (!roster) return NULL;
    rs_spin_lock(&roster->lock);
    /* relaxed: changed under the lock. */
    if (rs_load(&roster->word, rs_relaxed) == word) return roster;
    rs_spin_unlock(&roster->lock);
    return NULL;
}

static bool take_part(rs_core *core, rs_process *dying, uint32_t *budget);

static void end_room(rs_room *room) {
    rs_region_release(room, sizeof(heads));
}

static heads *make_heads(rs_runtime *runtime) {
    heads *made = heads_of(runtime);
    if (made) return made;
    made = rs_region_reserve(sizeof *made, RS_PAGE_BYTES);
    if (!made) return NULL;
    made->room = (rs_room){.death = take_part, .fini = end_room};
    void *none = NULL;
    /* release pairs with heads_of. */
    if (rs_cas_strong(&runtime->rooms[RS_ROOM_ROSTERS], &none, made, rs_release)) return made;
    end_room(&made->room);
    return heads_of(runtime);
}

/* One that was closed is free when its last entry is gone. Under the lock of all. */
static rs_roster *find_free(rs_roster *all, uint64_t word) {
    for (uint32_t step = 0; step < RS_ROSTERS_MAX; step++) {
        rs_roster *roster = &all[place_of(word, step)];
        bool is_open = rs_load(&roster->word, rs_relaxed) > RS_ROSTER_CLOSED;
        /* acquire pairs with the release in finish: its last owner is done with it. */
        if (!is_open && !rs_load(&roster->owner, rs_acquire)) return roster;
    }
    return NULL;
}

static void open(rs_core *core, rs_roster *roster, uint64_t word, uint32_t value_bytes) {
    rs_spin_lock(&roster->lock);
    roster->value_bytes = value_bytes;
    roster->place = 0;
    roster->beside = NULL;
    rs_store(&roster->owner, rs_process_pid(core->current), rs_relaxed);
    rs_store(&roster->word, word, rs_release);
    rs_spin_unlock(&roster->lock);
}

rs_roster *rs_roster_open(rs_core *core, uint64_t word, uint32_t value_bytes) {
    heads *room = make_heads(core->runtime);
    rs_roster *roster = NULL;
    if (!room) return NULL;
    rs_spin_lock(&room->lock);
    if (!rs_roster_find(core->runtime, word)) roster = find_free(room->all, word);
    if (roster) open(core, roster, word, value_bytes);
    rs_spin_unlock(&room->lock);
    if (roster) rs_or(&core->current->flags, RS_PROCESS_KEEPS, rs_relaxed); /* read by itself */
    return roster;
}

/* ---------------------------------------------------------------- the end
 *
 * Before anybody hears of the death nobody finds its rosters any more; they are emptied when
 * everybody knows, since a restart must not wait for that. */

static rs_roster *roster_of(const heads *room, const rs_process *dying) {
    const rs_roster *roster = dying->state;
    bool is_one = roster >= room->all && roster < room->all + RS_ROSTERS_MAX;
    return is_one ? dying->state : NULL;
}

/* Whoever waits for its lock sees that it is closed. */
static void close(rs_roster *roster) {
    rs_spin_lock(&roster->lock);
    rs_store(&roster->word, RS_ROSTER_CLOSED, rs_release);
    rs_spin_unlock(&roster->lock);
}

static bool empty(rs_core *core, rs_roster *roster, uint32_t *budget) {
    for (rs_index_node *node; (node = rs_index_any(&roster->holders, &roster->place));) {
        if (*budget == 0) return false;
        rs_roster_holder *holder = RS_CONTAINER(node, rs_roster_holder, node);
        --*budget;
        rs_roster_remove(core, roster, rs_roster_last(holder));
    }
    return true;
}

static void close_all(rs_roster *first) {
    for (rs_roster *roster = first; roster; roster = roster->beside) close(roster);
}

/* A roster that is empty may be another's at once. */
static bool empty_all(rs_core *core, const heads *room, rs_process *dying, uint32_t *budget) {
    for (rs_roster *roster; (roster = roster_of(room, dying));) {
        if (!empty(core, roster, budget)) return false;
        dying->state = roster->beside;
        /* release pairs with the acquire in find_free. */
        rs_store(&roster->owner, 0, rs_release);
    }
    return true;
}

static bool take_part(rs_core *core, rs_process *dying, uint32_t *budget) {
    const heads *room = heads_of(core->runtime);
    if (dying->dying != RS_DYING_NAME) return empty_all(core, room, dying, budget);
    close_all(roster_of(room, dying));
    return true;
}
