/* ring.c: events on their way to the file.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/ring.h"

#include "scenarios/engine/map.h"

#include <time.h>

bool rs_ring_init(rs_ring *ring, rs_larder *larder) {
    ring->entries = rs_map_create(larder, sizeof *ring->entries * RS_RING_ENTRIES);
    return ring->entries != NULL;
}

void rs_ring_fini(rs_ring *ring, rs_larder *larder) {
    rs_map_destroy(larder, ring->entries, sizeof *ring->entries * RS_RING_ENTRIES, RS_MAP_UNKNOWN);
}

/* acquire pairs with the release of rs_ring_drop: the entry has been read. */
static bool is_full(rs_ring *ring, uint64_t written) {
    return written - rs_load(&ring->taken, rs_acquire) >= RS_RING_ENTRIES;
}

static void wait_for_room(rs_ring *ring, uint64_t written) {
    rs_add(&ring->stalls, 1, rs_relaxed);
    while (is_full(ring, written)) nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
}

void rs_ring_push(rs_ring *ring, const rs_ring_entry *entry) {
    rs_spin_lock(&ring->lock);
    uint64_t written = rs_load(&ring->written, rs_relaxed);
    if (is_full(ring, written)) wait_for_room(ring, written);
    ring->entries[written % RS_RING_ENTRIES] = *entry;
    /* release pairs with the acquire of rs_ring_peek. */
    rs_store(&ring->written, written + 1, rs_release);
    rs_spin_unlock(&ring->lock);
}

const rs_ring_entry *rs_ring_peek(const rs_ring *ring) {
    uint64_t taken = rs_load(&ring->taken, rs_relaxed);
    if (taken == rs_load(&ring->written, rs_acquire)) return NULL;
    return &ring->entries[taken % RS_RING_ENTRIES];
}

void rs_ring_drop(rs_ring *ring) {
    rs_store(&ring->taken, rs_load(&ring->taken, rs_relaxed) + 1, rs_release);
}
