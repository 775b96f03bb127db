/* ring.h: events on their way from a core of the child to the file that the parent writes. A full
 * ring makes the core wait: the story is complete or it is no story. What waiting cost is counted.
 * Thread: one writer (under its lock), one reader.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_RING_H
#define RS_RING_H

#include "runtime/base/atomic.h"
#include "runtime/base/event.h"
#include "runtime/respawn.h"
#include "scenarios/engine/reason.h"

/* 19 MiB: 22 ms of a million restarts a second, of six events each; ten times as long as the parent
 * sleeps. */
#define RS_RING_ENTRIES (1u << 17)

/* The kind of an entry that is no event but a client's operation: `role` is the load's index, then,
 * `incarnation` the client. */
#define RS_RING_CALL UINT16_MAX

typedef struct rs_ring_entry {
    int64_t time_ns, other_ns; /* since t = 0 */
    uint32_t role, incarnation, cause, detail;
    uint16_t kind, core;          /* rs_event_kind or RS_RING_CALL */
    char reason[RS_REASON_BYTES]; /* "" without */
} rs_ring_entry;

_Static_assert(sizeof(rs_ring_entry) * RS_RING_ENTRIES == 19u << 20, "as said above");

typedef struct rs_ring {
    _Alignas(64) rs_spinlock lock;
    rs_atomic_u64 written;
    rs_atomic_u64 stalls; /* events that had to wait for room */
    _Alignas(64) rs_atomic_u64 taken;
    rs_ring_entry *entries;
} rs_ring;

/* rs_ring_init maps the entries; false when there is no memory. */
bool rs_ring_init(rs_ring *ring, rs_larder *larder);
void rs_ring_fini(rs_ring *ring, rs_larder *larder);

/* rs_ring_push appends an entry, waiting while the ring is full. */
void rs_ring_push(rs_ring *ring, const rs_ring_entry *entry);

/* rs_ring_peek returns the oldest entry, or NULL; rs_ring_drop lets go of it. */
const rs_ring_entry *rs_ring_peek(const rs_ring *ring);
void rs_ring_drop(rs_ring *ring);

#endif
