/* ets_objects.h: single objects, under the lock of their key.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ETS_OBJECTS_H
#define RS_ETS_OBJECTS_H

#include "runtime/store/ets_table.h"

/* rs_ets_node_create makes a node of an object (taken, made by rs_term_shelve); NULL when there is
 * none, or memory is short, and then the object is released. */
rs_ets_node *rs_ets_node_create(rs_core *core, const rs_ets_table *table, rs_term object);

/* rs_ets_put enters a node; what it replaces, or itself when its object is there already, is put
 * onto *garbage. */
void rs_ets_put(rs_ets_table *table, rs_ets_node *node, rs_ets_node **garbage);

/* rs_ets_remove takes a node out; what can be freed is put onto *garbage. */
void rs_ets_remove(rs_ets_table *table, rs_ets_node *node, rs_ets_node **garbage);

/* rs_ets_get returns the first node with the key that is not gone, rs_ets_get_more the next one. */
rs_ets_node *rs_ets_get(const rs_ets_table *table, rs_term_view key, uint64_t hash);
rs_ets_node *rs_ets_get_more(const rs_ets_table *table, const rs_ets_node *node);

/* rs_ets_replace gives a node another object (taken) and returns the old one. */
rs_term rs_ets_replace(rs_ets_table *table, rs_ets_node *node, rs_term object);

#endif
