/* ets_store.c: see ets_store.h.
 *
 * The chains of entries are read without a lock. A reader that meets an entry which is just being
 * taken out goes on from it, since it stays what it is for a grace period; but one that is entered
 * anew, under another name, leads it into another chain. So who finds nothing looks again, under
 * the lock: that is rare, and whoever found something has compared its key.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/ets_store.h"

#include "runtime/process/region.h"

static void end_store(rs_room *room) {
    rs_region_release(room, sizeof(rs_ets_store));
}

rs_ets_store *rs_ets_store_make(rs_core *core) {
    rs_ets_store *store = rs_ets_store_of(core);
    if (store) return store;
    rs_ets_store *made = rs_region_reserve(sizeof *made, RS_PAGE_BYTES);
    if (!made) return NULL;
    made->room = (rs_room){.death = rs_ets_death, .fini = end_store};
    void *none = NULL;
    /* release pairs with rs_ets_store_of. */
    if (rs_cas_strong(&core->runtime->rooms[RS_ROOM_TABLES], &none, made, rs_release)) return made;
    end_store(&made->room);
    return rs_ets_store_of(core);
}

/* ---------------------------------------------------------------- finding */

void rs_ets_entry_add(rs_ets_store *store, rs_ets_entry *entry, rs_term key) {
    rs_atomic_ptr *head = &store->entries[rs_ets_head_of(key)];
    rs_store(&entry->next, rs_load(head, rs_relaxed), rs_relaxed);
    rs_store(&entry->key, key, rs_relaxed);
    /* release pairs with first_of: who finds the entry finds the table behind it made. */
    rs_store(head, entry, rs_release);
}

void rs_ets_entry_remove(rs_ets_store *store, rs_ets_entry *entry) {
    rs_term key = rs_load(&entry->key, rs_relaxed);
    if (!key) return;
    rs_atomic_ptr *at = &store->entries[rs_ets_head_of(key)];
    for (rs_ets_entry *it; (it = rs_load(at, rs_relaxed)) != entry;) at = &it->next;
    /* release: as rs_ets_entry_add's, whose entry may now be found from here. */
    rs_store(at, rs_load(&entry->next, rs_relaxed), rs_release);
    rs_store(&entry->key, 0, rs_relaxed);
}

rs_ets_table *rs_ets_entry_find(rs_ets_store *store, rs_term key) {
    /* acquire pairs with rs_ets_entry_add. */
    rs_ets_entry *entry = rs_load(&store->entries[rs_ets_head_of(key)], rs_acquire);
    while (entry && rs_load(&entry->key, rs_relaxed) != key)
        entry = rs_load(&entry->next, rs_acquire);
    return entry ? entry->table : NULL;
}

rs_ets_table *rs_ets_find(rs_core *core, rs_ets key) {
    rs_ets_store *store = rs_ets_store_of(core);
    if (!store || !key) return NULL;
    rs_ets_table *table = rs_ets_entry_find(store, key);
    if (RS_LIKELY(table)) return table;
    rs_spin_lock(&store->lock);
    table = rs_ets_entry_find(store, key);
    rs_spin_unlock(&store->lock);
    return table;
}

/* ---------------------------------------------------------------- holding */

void rs_ets_holding_add(rs_list **lists, rs_ets_holding *holding, rs_pid pid) {
    holding->pid = pid;
    rs_list_append(&lists[rs_ets_head_of(pid)], &holding->list);
}

void rs_ets_holding_remove(rs_list **lists, rs_ets_holding *holding) {
    rs_list_remove(&lists[rs_ets_head_of(holding->pid)], &holding->list);
}

rs_ets_holding *rs_ets_holding_first(rs_list **lists, rs_pid pid) {
    rs_list *list = lists[rs_ets_head_of(pid)];
    for (rs_list *at = list; at; at = rs_list_after(list, at)) {
        rs_ets_holding *holding = RS_CONTAINER(at, rs_ets_holding, list);
        if (holding->pid == pid) return holding;
    }
    return NULL;
}

void rs_ets_unhold(rs_ets_store *store, rs_ets_holding *hold) {
    rs_ets_table *table = hold->table;
    rs_sub(&table->fixed, hold->fixed, rs_relaxed); /* read under a lock of the content's */
    rs_ets_holding_remove(store->held, hold);
    rs_list_remove(&table->holds, &hold->of_table);
}
