/* ets_owner.h: who has a table.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ETS_OWNER_H
#define RS_ETS_OWNER_H

#include "runtime/store/ets_store.h"

/* rs_ets_table_bytes returns the size of a table's block. */
static inline size_t rs_ets_table_bytes(const rs_core *core) {
    return sizeof(rs_ets_table) + core->runtime->core_count * sizeof(uint64_t);
}

/* rs_ets_change_owner makes the process `to` the owner, unless it is dead: false. Fills in the
 * table's will, if it has one, on behalf of the owner so far. Under the store's lock. */
bool rs_ets_change_owner(rs_core *core, rs_ets_store *store, rs_ets_table *table, rs_pid to);

#endif
