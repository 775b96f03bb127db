/* partition_table.c: see partition_table.h.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/partition_table.h"

#include "runtime/base/assert.h"
#include "runtime/otp/partition_supervisor.h"
#include "runtime/process/name.h"

_Static_assert(sizeof(rs_partition_table) + RS_PARTITIONS_MAX * sizeof(rs_atomic_u64) <=
                   RS_SLAB_MAX,
               "larger blocks have a mapping of their own, which outlives the run");

static size_t bytes_of(uint32_t capacity) {
    return sizeof(rs_partition_table) + capacity * sizeof(rs_atomic_u64);
}

/* An earlier table of the name stays where it is: somebody may be reading it. */
static rs_partition_table *make(rs_core *core, rs_atomic_ptr *annex, uint32_t capacity) {
    rs_partition_table *table = rs_slab_alloc(core, bytes_of(capacity), RS_CATEGORY_OTHER);
    if (!table) return NULL;
    rs_store(&table->owner, 0, rs_relaxed);
    rs_store(&table->count, 0, rs_relaxed);
    table->capacity = capacity;
    /* release pairs with the acquire of rs_partition_table_find. */
    rs_store(annex, table, rs_release);
    return table;
}

/* The name was nobody's just before, so that nobody else changes the table. */
rs_partition_table *rs_partition_table_take(rs_atom name, uint32_t count) {
    rs_core *core = rs_section_enter();
    rs_atomic_ptr *annex = rs_name_annex(name);
    /* acquire: the one before us may have made it on another core. */
    rs_partition_table *table = rs_load(annex, rs_acquire);
    if (!table || table->capacity < count) table = make(core, annex, count);
    if (table) {
        for (uint32_t i = 0; i < table->capacity; i++) rs_store(&table->pids[i], 0, rs_relaxed);
        rs_store(&table->count, count, rs_relaxed);
        /* release pairs with the acquire of rs_partition_table_find: who finds us finds no more of
         * what was before us. */
        rs_store(&table->owner, rs_process_pid(core->current), rs_release);
    }
    rs_section_leave(core);
    return table;
}

void rs_partition_table_put(rs_partition_table *table, uint32_t partition, rs_pid pid) {
    RS_ASSERT(partition < table->capacity);
    rs_core *core = rs_section_enter();
    /* release pairs with the acquire of who routes: who finds the pid finds the process. */
    rs_store(&table->pids[partition], pid, rs_release);
    rs_section_leave(core);
}

void rs_partition_table_resize(rs_partition_table *table, uint32_t count) {
    RS_ASSERT(count <= table->capacity);
    rs_core *core = rs_section_enter();
    /* release pairs with the acquire of who routes: the partitions are there. */
    rs_store(&table->count, count, rs_release);
    rs_section_leave(core);
}

rs_partition_table *rs_partition_table_find(rs_atom name) {
    rs_atomic_ptr *annex = rs_name_annex(name);
    rs_partition_table *table = annex ? rs_load(annex, rs_acquire) : NULL;
    if (!table) return NULL;
    rs_pid owner = rs_load(&table->owner, rs_acquire);
    return owner && owner == rs_whereis(name) ? table : NULL;
}
