/* lookup.c: finds rows by a key.
 * SPDX-License-Identifier: MIT
 */
#include "reports/lookup.h"

#include "reports/rows.h"

#include <stdlib.h>

/* Keys count up, often: their bits are mixed (the finaliser of MurmurHash3). */
static size_t place_of(const rs_lookup *lookup, uint64_t key) {
    key ^= key >> 33;
    key *= UINT64_C(0xff51afd7ed558ccd);
    key ^= key >> 33;
    return (size_t)key & (lookup->room - 1);
}

static void put(rs_lookup *lookup, rs_lookup_slot slot) {
    size_t place = place_of(lookup, slot.key);
    while (lookup->slots[place].row) place = (place + 1) & (lookup->room - 1);
    lookup->slots[place] = slot;
}

static void grow(rs_lookup *lookup) {
    rs_lookup before = *lookup;
    lookup->room = before.room ? before.room * 2 : 64;
    lookup->slots = rs_rows_alloc(sizeof *lookup->slots * lookup->room);
    for (size_t i = 0; i < before.room; i++)
        if (before.slots[i].row) put(lookup, before.slots[i]);
    free(before.slots);
}

void rs_lookup_add(rs_lookup *lookup, uint64_t key, uint32_t row) {
    if (lookup->count * 4 >= lookup->room * 3) grow(lookup);
    put(lookup, (rs_lookup_slot){key, row + 1});
    lookup->count++;
}

bool rs_lookup_next(const rs_lookup *lookup, uint64_t key, size_t *at, uint32_t *row) {
    if (lookup->room == 0) return false;
    for (;;) {
        size_t place = (place_of(lookup, key) + (*at)++) & (lookup->room - 1);
        const rs_lookup_slot *slot = &lookup->slots[place];
        if (!slot->row) return false;
        if (slot->key != key) continue;
        *row = slot->row - 1;
        return true;
    }
}

void rs_lookup_fini(rs_lookup *lookup) {
    free(lookup->slots);
    *lookup = (rs_lookup){0};
}
