/* ets_objects.c: see ets_objects.h.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/ets_objects.h"

#include "runtime/store/ets_hash.h"

rs_ets_node *rs_ets_node_create(rs_core *core, const rs_ets_table *table, rs_term object) {
    if (!object) return NULL;
    uint64_t hash = rs_ets_hash_of(rs_ets_key(table, object));
    uint32_t levels;
    size_t bytes = table->kind->bytes(hash, &levels);
    rs_ets_node *node = rs_slab_alloc(core, bytes, RS_CATEGORY_TABLE);
    if (node)
        *node = (rs_ets_node){.hash = hash, .object = object, .levels = levels};
    else
        rs_term_release(object);
    return node;
}

static void throw_away(rs_ets_node *node, rs_ets_node **garbage) {
    node->next = *garbage;
    *garbage = node;
}

rs_term rs_ets_replace(rs_ets_table *table, rs_ets_node *node, rs_term object) {
    rs_term old = node->object;
    node->object = object;
    rs_add(&table->memory, rs_term_bytes(object) - rs_term_bytes(old), rs_relaxed);
    return old;
}

/* A node that is gone comes back where it was. */
static void revive(rs_ets_table *table, rs_ets_node *node) {
    if (!node->is_gone) return;
    node->is_gone = false;
    rs_sub(&table->gone, 1, rs_relaxed);
    rs_add(&table->size, 1, rs_relaxed);
}

/* rival_of returns the node whose place a new one takes. */
static rs_ets_node *rival_of(const rs_ets_table *table, const rs_ets_node *node) {
    if (table->type == RS_ETS_DUPLICATE_BAG) return NULL;
    rs_ets_node *rival = table->kind->find(table, rs_ets_key(table, node->object), node->hash);
    if (rs_ets_is_set(table)) return rival;
    while (rival && !rs_term_equal(rival->object, node->object))
        rival = table->kind->more(table, rival);
    return rival;
}

void rs_ets_put(rs_ets_table *table, rs_ets_node *node, rs_ets_node **garbage) {
    rs_ets_node *rival = rival_of(table, node);
    if (rival) {
        node->object = rs_ets_replace(table, rival, node->object);
        revive(table, rival);
        throw_away(node, garbage);
        return;
    }
    table->kind->link(table, node);
    rs_add(&table->size, 1, rs_relaxed);
    rs_add(&table->memory, rs_ets_bytes_of(node), rs_relaxed);
}

/* Whoever walks through a fixed hash goes on from where the node was. */
void rs_ets_remove(rs_ets_table *table, rs_ets_node *node, rs_ets_node **garbage) {
    rs_sub(&table->size, 1, rs_relaxed);
    if (table->kind == &rs_ets_hash && rs_load(&table->fixed, rs_relaxed)) {
        node->is_gone = true;
        rs_add(&table->gone, 1, rs_relaxed);
        return;
    }
    rs_sub(&table->memory, rs_ets_bytes_of(node), rs_relaxed);
    table->kind->unlink(table, node);
    throw_away(node, garbage);
}

static rs_ets_node *skip_gone(const rs_ets_table *table, rs_ets_node *node) {
    while (node && node->is_gone) node = table->kind->more(table, node);
    return node;
}

rs_ets_node *rs_ets_get(const rs_ets_table *table, rs_term_view key, uint64_t hash) {
    return skip_gone(table, table->kind->find(table, key, hash));
}

rs_ets_node *rs_ets_get_more(const rs_ets_table *table, const rs_ets_node *node) {
    return skip_gone(table, table->kind->more(table, node));
}
