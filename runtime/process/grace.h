/* grace.h: what keeps a slot that was found. A slot's word, the sections in which it is read, and
 * what those who reuse slots ask of the sections. Nothing but these words is touched here, so that
 * a model checker can compile it.
 *
 * Invariant: a process found in a slot inside a section is not another's until the section ends.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_GRACE_H
#define RS_GRACE_H

#include "runtime/base/atomic.h"

/* ---------------------------------------------------------------- slots: generation << 32 | place
 */

/* rs_slot_fill makes `place` findable under `generation`. */
static inline void rs_slot_fill(rs_atomic_u64 *slot, uint64_t generation, uint32_t place) {
    /* release: who finds it finds the slot's number in it. */
    rs_store(slot, generation << 32 | place, rs_release);
}

/* rs_slot_clear makes it unfindable; the next one will have `generation`. */
static inline void rs_slot_clear(rs_atomic_u64 *slot, uint64_t generation) {
    /* release: who finds nobody there sees all that the dead one did. The grace period that begins
     * after it has its fence. */
    rs_store(slot, generation << 32, rs_release);
}

/* rs_slot_read returns the word, to be compared with a pid's. In a section. */
static inline uint64_t rs_slot_read(rs_atomic_u64 *slot) {
    /* acquire pairs with the release in rs_slot_fill: the process knows its slot. */
    return rs_load(slot, rs_acquire);
}

/* ---------------------------------------------------------------- sections and grace periods
 *
 * A section's count is odd while its thread is inside. Who enters counts first and reads slots
 * after; who begins a grace period has cleared its slots first and reads the counts after: the one
 * sees the cleared slot, or the other the section. Between the two steps of each lies a full
 * barrier: both are the reclaimer's membarrier(2), or, where there is none, each changes the core's
 * word, and whoever comes second sees all that the first one did before. */

/* rs_section_fence follows the entering count. `word`: of the core that the thread plays. */
static inline void rs_section_fence(rs_atomic_u32 *word) {
    /* A read-modify-write, since TSan knows no fences. acq_rel, as rs_grace_fence: see above. */
    rs_add(word, 0, rs_acq_rel);
}

/* rs_section_end makes the count even. */
static inline void rs_section_end(rs_atomic_u64 *section) {
    /* release pairs with rs_grace_count's acquire: uses of slots come before their reuse. */
    rs_store(section, rs_load(section, rs_relaxed) + 1, rs_release);
}

/* rs_section_seat says that `thread`, which is outside, plays the core from now on. */
static inline void rs_section_seat(rs_atomic_ptr *seat, void *thread) {
    /* release: the thread's own for who reads it. Its first section has its fence. */
    rs_store(seat, thread, rs_release);
}

/* rs_grace_fence precedes the reading of a core's section. */
static inline void rs_grace_fence(rs_atomic_u32 *word) {
    rs_add(word, 0, rs_acq_rel);
}

/* rs_grace_player returns who plays a core. A thread that has lost the core is outside, and the one
 * that has it now came after. */
static inline void *rs_grace_player(rs_atomic_ptr *seat) {
    /* acquire pairs with rs_section_seat. */
    return rs_load(seat, rs_acquire);
}

/* rs_grace_count returns its section count. */
static inline uint64_t rs_grace_count(rs_atomic_u64 *section) {
    /* acquire pairs with rs_section_end. */
    return rs_load(section, rs_acquire);
}

#endif
