/* ets_store.h: all tables of a runtime: how they are found, and who has them. One lock for what
 * changes rarely; who looks for a table takes none, see rs_ets_find.
 *
 * Invariant: a table is in the list of exactly one process, its owner's, or, once it is dead, that
 * of the process which frees it. SPDX-License-Identifier: MIT
 */
#ifndef RS_ETS_STORE_H
#define RS_ETS_STORE_H

#include "runtime/store/ets_table.h"

#define RS_ETS_HEADS 16384u /* four tables each when there are RS_TABLES_MAX */

typedef struct rs_ets_store {
    rs_room room;
    rs_spinlock lock;
    uint32_t tables;
    rs_atomic_ptr entries[RS_ETS_HEADS]; /* rs_ets_entry, by key */
    rs_list *held[RS_ETS_HEADS];         /* rs_ets_holding, by pid: what a process has */
    rs_list *dead[RS_ETS_HEADS];         /* and the dead tables that it frees */
} rs_ets_store;

/* rs_ets_store_of returns the runtime's, NULL before its first table. In a section. */
static inline rs_ets_store *rs_ets_store_of(rs_core *core) {
    /* acquire pairs with the release of who made it. */
    return rs_load(&core->runtime->rooms[RS_ROOM_TABLES], rs_acquire);
}

/* rs_ets_store_make makes it if need be; NULL: no memory. In a section. */
rs_ets_store *rs_ets_store_make(rs_core *core);

/* rs_ets_head_of returns the list in which `key` is looked for. */
static inline uint32_t rs_ets_head_of(rs_term key) {
    return (uint32_t)((key >> 4) * 0x9e3779b97f4a7c15u >> 40) % RS_ETS_HEADS;
}

/* These are called under the store's lock. rs_ets_entry_add makes a table be found under `key`,
 * rs_ets_entry_remove no more; rs_ets_entry_find returns who is. */
void rs_ets_entry_add(rs_ets_store *store, rs_ets_entry *entry, rs_term key);
void rs_ets_entry_remove(rs_ets_store *store, rs_ets_entry *entry);
rs_ets_table *rs_ets_entry_find(rs_ets_store *store, rs_term key);

/* rs_ets_holding_add puts it into the list of `pid`, rs_ets_holding_remove out of its list. */
void rs_ets_holding_add(rs_list **lists, rs_ets_holding *holding, rs_pid pid);
void rs_ets_holding_remove(rs_list **lists, rs_ets_holding *holding);
/* rs_ets_holding_first returns the first one of `pid`. */
rs_ets_holding *rs_ets_holding_first(rs_list **lists, rs_pid pid);

/* rs_ets_unhold undoes a hold of a process, which is freed by the caller. */
void rs_ets_unhold(rs_ets_store *store, rs_ets_holding *hold);

/* rs_ets_death is the room's part in a death: see ets_death.c. */
bool rs_ets_death(rs_core *core, rs_process *dying, uint32_t *budget);

/* rs_ets_kill ends a table, of which nothing can be found from then on, and leaves it to `pid` to
 * be freed. Under the store's lock. */
void rs_ets_kill(rs_core *core, rs_ets_store *store, rs_ets_table *table, rs_pid pid);

/* rs_ets_bury frees dead tables that were left to `pid`; true: all. In a section. */
bool rs_ets_bury(rs_core *core, rs_pid pid, uint32_t *budget);

#endif
