/* lookup.h: finds rows by a 64-bit key: an open hash table that grows. Several rows may have one
 * key (texts with the same hash): the caller looks which one it means. Invariant: less than three
 * quarters full, so that every search ends. SPDX-License-Identifier: MIT
 */
#ifndef RS_LOOKUP_H
#define RS_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rs_lookup_slot {
    uint64_t key;
    uint32_t row; /* 1 + the row; 0: empty */
} rs_lookup_slot;

/* Zeroed is empty. */
typedef struct rs_lookup {
    rs_lookup_slot *slots;
    size_t count, room; /* room: 0 or a power of two */
} rs_lookup;

/* rs_lookup_add notes that `row` has `key`. */
void rs_lookup_add(rs_lookup *lookup, uint64_t key, uint32_t row);

/* rs_lookup_next writes the next row that has `key` and returns true, or returns false after the
 * last. Begin with *at 0. */
bool rs_lookup_next(const rs_lookup *lookup, uint64_t key, size_t *at, uint32_t *row);

/* rs_lookup_fini frees the table. */
void rs_lookup_fini(rs_lookup *lookup);

#endif
