/* child_index.h: from a child's id, pid or shutdown to its record's number: an open-addressing
 * table of hashes.
 *
 * It holds no keys: whoever asks compares.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CHILD_INDEX_H
#define RS_CHILD_INDEX_H

#include <stdbool.h>
#include <stdint.h>

typedef struct rs_child_index_slot {
    uint32_t hash;
    uint32_t number; /* 0: free */
} rs_child_index_slot;

/* Zeroed memory is an empty index. */
typedef struct rs_child_index {
    rs_child_index_slot *slots;
    uint32_t capacity; /* a power of two, or 0; at most 3/4 are used */
    uint32_t used;
} rs_child_index;

/* Whether the record `number` is the one looked for. */
typedef bool rs_child_index_match(uint32_t number, const void *context);

/* rs_child_index_find returns the number under `hash` that `match` accepts; 0: none. */
uint32_t rs_child_index_find(const rs_child_index *index, uint32_t hash,
                             rs_child_index_match *match, const void *context);

/* rs_child_index_add adds `number` (not 0) under `hash`. */
void rs_child_index_add(rs_child_index *index, uint32_t hash, uint32_t number);

/* rs_child_index_remove removes `number`, which must be there under `hash`. */
void rs_child_index_remove(rs_child_index *index, uint32_t hash, uint32_t number);

/* Hashes of the two kinds of keys. */
uint32_t rs_child_index_hash_id(const char *id);
uint32_t rs_child_index_hash_number(uint64_t number);

#endif
