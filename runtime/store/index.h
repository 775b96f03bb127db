/* index.h: from a hash to nodes that lie in others' structs. It grows and shrinks by one bucket at
 * a time (linear hashing), so that no step of it ever moves more than a few nodes: it is changed
 * inside sections, in which nobody can be stopped.
 *
 * Zeroed memory is an empty index. Whoever shares one locks it. What it takes from the slabs goes
 * back as it empties.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_INDEX_H
#define RS_INDEX_H

#include "runtime/process/process.h"

typedef struct rs_index_node {
    struct rs_index_node *next; /* in its bucket */
    uint64_t hash;
} rs_index_node;

/* The first buckets need no memory; segment s holds as many buckets as there are before it. */
#define RS_INDEX_FIRST_LOG 3u
#define RS_INDEX_SEGMENTS  26u /* half a billion buckets */

typedef struct rs_index {
    rs_index_node *first[1u << RS_INDEX_FIRST_LOG];
    rs_index_node **segments[RS_INDEX_SEGMENTS];
    uint32_t more; /* buckets behind the first ones */
    uint32_t count;
} rs_index;

/* rs_index_mix makes one hash of two words. */
static inline uint64_t rs_index_mix(uint64_t a, uint64_t b) {
    uint64_t hash = (a ^ (b + 0x9e3779b97f4a7c15u)) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ hash >> 32) * 0x94d049bb133111ebu;
    return hash ^ hash >> 29;
}

/* rs_index_add adds `node`, whose hash the caller has set. Without memory it does not grow, and
 * becomes slower. In a section. */
void rs_index_add(rs_core *core, rs_index *index, rs_index_node *node);

/* rs_index_remove takes out a node of the index. In a section. */
void rs_index_remove(rs_core *core, rs_index *index, rs_index_node *node);

/* rs_index_replace puts `other` where `node` is. */
void rs_index_replace(rs_index *index, const rs_index_node *node, rs_index_node *other);

/* rs_index_find returns a node with that hash, rs_index_again another one behind `node`; NULL: no
 * more. */
rs_index_node *rs_index_find(const rs_index *index, uint64_t hash);
rs_index_node *rs_index_again(const rs_index_node *node);

/* rs_index_next returns the node behind `node`, in no particular order; NULL: from the start, or
 * at the end. Valid while the index is not changed. */
rs_index_node *rs_index_next(const rs_index *index, const rs_index_node *node);

/* rs_index_any returns some node, NULL when there is none; whoever removes all of them finds each
 * in O(1). *place is where it looks first; begin with 0. */
rs_index_node *rs_index_any(const rs_index *index, uint32_t *place);

#endif
