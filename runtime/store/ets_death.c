/* ets_death.c: what becomes of the tables of a process that dies, and of a table that ends.
 *
 * Before anybody hears of a death its tables are somebody else's, or can no longer be found; their
 * objects are freed when everybody knows, in slices, since a restart must not wait for that.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/signal.h"
#include "runtime/process/table.h"
#include "runtime/store/ets_owner.h"

void rs_ets_kill(rs_core *core, rs_ets_store *store, rs_ets_table *table, rs_pid pid) {
    rs_ets_entry_remove(store, &table->by_id);
    rs_ets_entry_remove(store, &table->by_name);
    store->tables--;
    rs_ets_holding_remove(store->held, &table->owned);
    rs_ets_holding_add(store->dead, &table->owned, pid);
    rs_ets_held all = rs_ets_lock(core, table, RS_ETS_ALL);
    rs_ets_waste(table, NULL);
    rs_ets_unlock(table, all);
    rs_table_begin_grace(core, table->sections);
}

/* ---------------------------------------------------------------- the end of a process */

static void release_hold(rs_core *core, rs_ets_store *store, rs_ets_holding *hold) {
    rs_ets_unhold(store, hold);
    rs_slab_free(core, hold, sizeof *hold, RS_CATEGORY_TABLE);
}

/* inherit makes the heir the owner and returns what it is to be told; NULL: there is none. */
static rs_message *inherit(rs_core *core, rs_ets_store *store, rs_ets_table *table, rs_pid *heir) {
    rs_message *will = table->will;
    *heir = table->heir;
    if (!will || !rs_ets_change_owner(core, store, table, *heir)) return NULL;
    table->will = NULL; /* should the table go on to others, there will be another */
    return will;
}

/* leave lets go of one thing that the dying process has; false: it has nothing. */
static bool leave(rs_core *core, rs_ets_store *store, rs_process *dying) {
    rs_pid self = rs_process_pid(dying), heir = 0;
    rs_message *will = NULL;
    rs_spin_lock(&store->lock);
    rs_ets_holding *holding = rs_ets_holding_first(store->held, self);
    if (holding && holding->fixed)
        release_hold(core, store, holding);
    else if (holding && !(will = inherit(core, store, holding->table, &heir)))
        rs_ets_kill(core, store, holding->table, self);
    rs_spin_unlock(&store->lock);
    if (will) {
        will->cause = rs_process_died_by(dying);
        rs_signal_push(core, heir, will);
    }
    return holding != NULL;
}

bool rs_ets_death(rs_core *core, rs_process *dying, uint32_t *budget) {
    rs_ets_store *store = rs_ets_store_of(core);
    if (dying->dying != RS_DYING_NAME) return rs_ets_bury(core, rs_process_pid(dying), budget);
    for (; *budget; --*budget)
        if (!leave(core, store, dying)) return true;
    return false;
}

/* ---------------------------------------------------------------- the end of a table */

static bool release_holds(rs_core *core, rs_ets_store *store, rs_ets_table *table,
                          uint32_t *budget) {
    bool is_held = true;
    for (; is_held && *budget; --*budget) {
        rs_spin_lock(&store->lock);
        if (table->holds)
            release_hold(core, store, RS_CONTAINER(table->holds, rs_ets_holding, of_table));
        is_held = table->holds != NULL;
        rs_spin_unlock(&store->lock);
    }
    return !is_held;
}

static void free_table(rs_core *core, rs_ets_table *table) {
    rs_ets_locks *locks = rs_load(&table->locks, rs_relaxed);
    if (locks) rs_slab_free(core, locks, sizeof *locks, RS_CATEGORY_TABLE);
    if (table->will) rs_signal_release(core, table->will);
    rs_term_release(table->heir_data);
    rs_slab_free(core, table, rs_ets_table_bytes(core), RS_CATEGORY_TABLE);
}

/* The dead tables of a process are found by it alone. */
bool rs_ets_bury(rs_core *core, rs_pid pid, uint32_t *budget) {
    rs_ets_store *store = rs_ets_store_of(core);
    for (;;) {
        rs_spin_lock(&store->lock);
        rs_ets_holding *owned = rs_ets_holding_first(store->dead, pid);
        rs_spin_unlock(&store->lock);
        if (!owned) return true;
        rs_ets_table *table = owned->table;
        if (!rs_ets_drain(core, table, budget)) return false;
        if (!release_holds(core, store, table, budget)) return false;
        if (!rs_table_grace_is_over(core, table->sections)) return false;
        rs_spin_lock(&store->lock);
        rs_ets_holding_remove(store->dead, owned);
        rs_spin_unlock(&store->lock);
        free_table(core, table);
    }
}
