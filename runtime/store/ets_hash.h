/* ets_hash.h: objects in buckets: sets and bags.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ETS_HASH_H
#define RS_ETS_HASH_H

#include "runtime/store/ets_table.h"

extern const rs_ets_kind rs_ets_hash;

/* rs_ets_hash_is_due says that a change has left something to rs_ets_hash_settle, which makes a
 * hash larger or smaller by a few buckets, or takes out some of what is gone. The first with a
 * lock, the second without. False for other kinds. */
bool rs_ets_hash_is_due(rs_ets_table *table);
void rs_ets_hash_settle(rs_core *core, rs_ets_table *table);

/* rs_ets_hash_purge takes what is gone out of the buckets from *at on; true: there is no more, or
 * the table is fixed. Without a lock. */
bool rs_ets_hash_purge(rs_core *core, rs_ets_table *table, uint32_t *at, uint32_t *budget);

/* rs_ets_hash_begin returns the first node of a bucket that is not gone, rs_ets_hash_after the next
 * one in its bucket; NULL: there is none. rs_ets_hash_bucket_of returns the number of a hash's
 * bucket. With its lock. */
rs_ets_node *rs_ets_hash_begin(const rs_ets_table *table, uint32_t index);
rs_ets_node *rs_ets_hash_after(const rs_ets_node *node);
uint32_t rs_ets_hash_bucket_of(const rs_ets_table *table, uint64_t hash);

#endif
