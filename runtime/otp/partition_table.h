/* partition_table.h: from the name of a PartitionSupervisor to its partitions: words that it writes
 * and anybody reads, without lock or message, also while it dies. A name's table stays with its
 * atom until the run ends, and serves all who have the name one after another.
 *
 * Invariant: a table is its owner's, who has the name, or nobody's: who finds another process under
 * the name has found nothing.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PARTITION_TABLE_H
#define RS_PARTITION_TABLE_H

#include "runtime/base/atomic.h"
#include "runtime/respawn.h"

typedef struct rs_partition_table {
    rs_atomic_u64 owner;  /* pid */
    rs_atomic_u32 count;  /* keys lead to the first so many */
    uint32_t capacity;    /* of pids; constant */
    rs_atomic_u64 pids[]; /* 0: not started yet */
} rs_partition_table;

/* rs_partition_table_take makes the caller, who has `name`, the owner of the name's table: `count`
 * partitions, none of them started. NULL: no memory. */
rs_partition_table *rs_partition_table_take(rs_atom name, uint32_t count);

/* These are the owner's. `partition` and `count` are within what it took. */
void rs_partition_table_put(rs_partition_table *table, uint32_t partition, rs_pid pid);
void rs_partition_table_resize(rs_partition_table *table, uint32_t count);

/* rs_partition_table_find returns the table of the process that has `name` now; NULL: it has none,
 * or there is none. Any process. */
rs_partition_table *rs_partition_table_find(rs_atom name);

#endif
