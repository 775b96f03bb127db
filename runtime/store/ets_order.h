/* ets_order.h: objects in the order of their keys: ordered sets.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ETS_ORDER_H
#define RS_ETS_ORDER_H

#include "runtime/store/ets_table.h"

extern const rs_ets_kind rs_ets_order;

/* rs_ets_order_above returns the first node with a key above `key`, rs_ets_order_below the last one
 * below; without `key` the first and the last of all. With the lock. */
rs_ets_node *rs_ets_order_above(const rs_ets_table *table, const rs_term_view *key);
rs_ets_node *rs_ets_order_below(const rs_ets_table *table, const rs_term_view *key);

#endif
