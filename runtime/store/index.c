/* index.c: linear hashing; see linear.h for where things lie.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/index.h"

#include "runtime/store/linear.h"

#define FIRST (1u << RS_INDEX_FIRST_LOG)

static uint32_t size_of(const rs_index *index) {
    return FIRST + index->more;
}

static uint32_t segment_of(uint32_t bucket) {
    return 31u - (uint32_t)__builtin_clz(bucket) - RS_INDEX_FIRST_LOG;
}

static rs_index_node **bucket_at(const rs_index *index, uint32_t bucket) {
    if (bucket < FIRST) return (rs_index_node **)(uintptr_t)&index->first[bucket];
    return &index->segments[segment_of(bucket)][bucket - rs_linear_power(bucket)];
}

static uint32_t place_of(const rs_index *index, uint64_t hash) {
    return rs_linear_place(hash, size_of(index));
}

static rs_index_node **bucket_of(const rs_index *index, uint64_t hash) {
    return bucket_at(index, place_of(index, hash));
}

/* ---------------------------------------------------------------- growing and shrinking */

static size_t segment_bytes(uint32_t bucket) {
    return rs_linear_power(bucket) * sizeof(rs_index_node *);
}

/* split moves what belongs into the new last bucket from the one that had it so far. */
static void split(rs_index *index, uint32_t last) {
    rs_index_node **from = bucket_at(index, last - rs_linear_power(last)),
                  **to = bucket_at(index, last);
    *to = NULL;
    while (*from) {
        rs_index_node *node = *from;
        if (place_of(index, node->hash) != last) {
            from = &node->next;
            continue;
        }
        *from = node->next;
        node->next = *to;
        *to = node;
    }
}

static void grow(rs_core *core, rs_index *index) {
    uint32_t last = size_of(index);
    bool is_new = last == rs_linear_power(last);
    if (segment_of(last) == RS_INDEX_SEGMENTS) return;
    if (is_new) {
        rs_index_node **segment = rs_slab_alloc(core, segment_bytes(last), RS_CATEGORY_TABLE);
        if (!segment) return;
        index->segments[segment_of(last)] = segment;
    }
    index->more++;
    split(index, last);
}

static void shrink(rs_core *core, rs_index *index) {
    uint32_t last = size_of(index) - 1;
    rs_index_node *rest = *bucket_at(index, last);
    index->more--;
    rs_index_node **to = bucket_at(index, last - rs_linear_power(last));
    while (*to) to = &(*to)->next;
    *to = rest;
    if (last != rs_linear_power(last)) return;
    rs_slab_free(core, index->segments[segment_of(last)], segment_bytes(last), RS_CATEGORY_TABLE);
    index->segments[segment_of(last)] = NULL;
}

/* ---------------------------------------------------------------- nodes */

void rs_index_add(rs_core *core, rs_index *index, rs_index_node *node) {
    if (++index->count > size_of(index)) grow(core, index);
    rs_index_node **bucket = bucket_of(index, node->hash);
    node->next = *bucket;
    *bucket = node;
}

static rs_index_node **link_to(const rs_index *index, const rs_index_node *node) {
    rs_index_node **at = bucket_of(index, node->hash);
    while (*at != node) at = &(*at)->next;
    return at;
}

void rs_index_remove(rs_core *core, rs_index *index, rs_index_node *node) {
    *link_to(index, node) = node->next;
    index->count--;
    while (index->more && index->count < size_of(index) / 2) shrink(core, index); /* twice */
}

void rs_index_replace(rs_index *index, const rs_index_node *node, rs_index_node *other) {
    rs_index_node **at = link_to(index, node);
    *other = *node;
    *at = other;
}

static rs_index_node *first_from(rs_index_node *node, uint64_t hash) {
    while (node && node->hash != hash) node = node->next;
    return node;
}

rs_index_node *rs_index_find(const rs_index *index, uint64_t hash) {
    return first_from(*bucket_of(index, hash), hash);
}

rs_index_node *rs_index_again(const rs_index_node *node) {
    return first_from(node->next, node->hash);
}

rs_index_node *rs_index_next(const rs_index *index, const rs_index_node *node) {
    if (node && node->next) return node->next;
    uint32_t place = node ? place_of(index, node->hash) + 1 : 0;
    for (; place < size_of(index); place++)
        if (*bucket_at(index, place)) return *bucket_at(index, place);
    return NULL;
}

rs_index_node *rs_index_any(const rs_index *index, uint32_t *place) {
    if (!index->count) return NULL;
    for (;; ++*place) {
        if (*place >= size_of(index)) *place = 0;
        if (*bucket_at(index, *place)) return *bucket_at(index, *place);
    }
}
