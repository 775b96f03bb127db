/* ets_order.c: objects in the order of their keys: a skip list under one lock, the table's own. How
 * high a node is follows from its key's hash, so that a table is the same in every run.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/ets_order.h"

/* The links to what comes next on each level: the list's head, or a node's tower. */
typedef rs_ets_node **links;

static uint64_t stripes_of(uint64_t hash) {
    (void)hash;
    return 1;
}

static bool is_below(const rs_ets_table *table, const rs_ets_node *node, rs_term_view key) {
    return rs_term_view_compare(rs_ets_key(table, node->object), key) < 0;
}

/* descend finds on each level the last links before `key`. */
static void descend(const rs_ets_table *table, rs_term_view key, links before[RS_ETS_LEVELS_MAX]) {
    links at = table->content->head;
    for (uint32_t level = RS_ETS_LEVELS_MAX; level-- > 0; before[level] = at)
        while (at[level] && is_below(table, at[level], key)) at = at[level]->tower;
}

static bool has_key(const rs_ets_table *table, const rs_ets_node *node, rs_term_view key) {
    return node && rs_term_view_compare(rs_ets_key(table, node->object), key) == 0;
}

static rs_ets_node *find(const rs_ets_table *table, rs_term_view key, uint64_t hash) {
    (void)hash;
    links before[RS_ETS_LEVELS_MAX];
    descend(table, key, before);
    rs_ets_node *node = before[0][0];
    return has_key(table, node, key) ? node : NULL;
}

static rs_ets_node *more(const rs_ets_table *table, const rs_ets_node *node) {
    (void)table;
    (void)node;
    return NULL; /* one object has a key */
}

static size_t bytes_of(uint64_t hash, uint32_t *levels) {
    uint32_t zeros = (uint32_t)__builtin_ctzll(hash | UINT64_C(1) << 63);
    *levels = zeros / 2 < RS_ETS_LEVELS_MAX ? zeros / 2 + 1 : RS_ETS_LEVELS_MAX;
    return sizeof(rs_ets_node) + *levels * sizeof(rs_ets_node *);
}

static void link_node(rs_ets_table *table, rs_ets_node *node) {
    links before[RS_ETS_LEVELS_MAX];
    descend(table, rs_ets_key(table, node->object), before);
    for (uint32_t level = 0; level < node->levels; level++) {
        node->tower[level] = before[level][level];
        before[level][level] = node;
    }
}

static void unlink_node(rs_ets_table *table, rs_ets_node *node) {
    links before[RS_ETS_LEVELS_MAX];
    descend(table, rs_ets_key(table, node->object), before);
    for (uint32_t level = 0; level < node->levels; level++)
        before[level][level] = node->tower[level];
}

/* Nobody looks for anything in it any more: the lowest level is enough. */
static bool drain(rs_core *core, rs_ets_content *content, uint32_t *budget) {
    for (rs_ets_node *node; (node = content->head[0]); --*budget) {
        if (!*budget) return false;
        content->head[0] = node->tower[0];
        rs_ets_free_node(core, node);
    }
    rs_slab_free(core, content, sizeof *content, RS_CATEGORY_TABLE);
    return true;
}

rs_ets_node *rs_ets_order_above(const rs_ets_table *table, const rs_term_view *key) {
    if (!key) return table->content->head[0];
    links before[RS_ETS_LEVELS_MAX];
    descend(table, *key, before);
    rs_ets_node *node = before[0][0];
    return has_key(table, node, *key) ? node->tower[0] : node;
}

static links last_links(const rs_ets_table *table) {
    links at = table->content->head;
    for (uint32_t level = RS_ETS_LEVELS_MAX; level-- > 0;)
        while (at[level]) at = at[level]->tower;
    return at;
}

rs_ets_node *rs_ets_order_below(const rs_ets_table *table, const rs_term_view *key) {
    links before[RS_ETS_LEVELS_MAX] = {NULL};
    if (key)
        descend(table, *key, before);
    else
        before[0] = last_links(table);
    bool is_head = before[0] == table->content->head;
    return is_head ? NULL : RS_CONTAINER(before[0], rs_ets_node, tower);
}

const rs_ets_kind rs_ets_order = {
    .stripes = stripes_of,
    .find = find,
    .more = more,
    .bytes = bytes_of,
    .link = link_node,
    .unlink = unlink_node,
    .drain = drain,
};
