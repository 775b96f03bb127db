/* child_index.c: linear probing with backward-shift deletion: no tombstones, so that a supervisor
 * that replaces children for days keeps short probes.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/child_index.h"

#include "runtime/base/assert.h"
#include "runtime/respawn.h"

#define FIRST_CAPACITY 16u

static uint32_t after(const rs_child_index *index, uint32_t position) {
    return (position + 1) & (index->capacity - 1);
}

static void put(rs_child_index *index, rs_child_index_slot slot) {
    uint32_t at = slot.hash & (index->capacity - 1);
    while (index->slots[at].number) at = after(index, at);
    index->slots[at] = slot;
}

static void grow(rs_child_index *index) {
    rs_child_index old = *index;
    index->capacity = old.capacity ? old.capacity * 2 : FIRST_CAPACITY;
    index->slots = rs_alloc(index->capacity * sizeof *index->slots);
    for (uint32_t i = 0; i < old.capacity; i++)
        if (old.slots[i].number) put(index, old.slots[i]);
    if (old.slots) rs_free(old.slots, old.capacity * sizeof *old.slots);
}

uint32_t rs_child_index_find(const rs_child_index *index, uint32_t hash,
                             rs_child_index_match *match, const void *context) {
    if (!index->capacity) return 0;
    for (uint32_t at = hash & (index->capacity - 1); index->slots[at].number; at = after(index, at))
        if (index->slots[at].hash == hash && match(index->slots[at].number, context))
            return index->slots[at].number;
    return 0;
}

void rs_child_index_add(rs_child_index *index, uint32_t hash, uint32_t number) {
    RS_ASSERT(number != 0);
    if ((uint64_t)(index->used + 1) * 4 > (uint64_t)index->capacity * 3) grow(index);
    put(index, (rs_child_index_slot){.hash = hash, .number = number});
    index->used++;
}

/* Moves back every later slot of the run that its own place allows, so that probes meet no gap. */
static void close_gap(rs_child_index *index, uint32_t gap) {
    uint32_t mask = index->capacity - 1;
    for (uint32_t at = after(index, gap); index->slots[at].number; at = after(index, at)) {
        uint32_t home = index->slots[at].hash & mask;
        if (((at - home) & mask) < ((at - gap) & mask)) continue;
        index->slots[gap] = index->slots[at];
        gap = at;
    }
    index->slots[gap] = (rs_child_index_slot){0};
}

void rs_child_index_remove(rs_child_index *index, uint32_t hash, uint32_t number) {
    RS_ASSERT(index->used > 0);
    uint32_t at = hash & (index->capacity - 1);
    while (index->slots[at].number != number) {
        RS_ASSERT(index->slots[at].number != 0);
        at = after(index, at);
    }
    close_gap(index, at);
    index->used--;
}

/* FNV-1a. */
uint32_t rs_child_index_hash_id(const char *id) {
    uint32_t hash = 2166136261u;
    for (; *id; id++) hash = (hash ^ (unsigned char)*id) * 16777619u;
    return hash;
}

/* The finalizer of splitmix64: pids differ in few bits. */
uint32_t rs_child_index_hash_number(uint64_t number) {
    number = (number ^ (number >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ (number >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)(number >> 32);
}
