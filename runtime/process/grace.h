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
    rs_store(slot, generation << 32, rs_release);
}

/* rs_slot_read returns the word, to be compared with a pid's. In a section. */
static inline uint64_t rs_slot_read(rs_atomic_u64 *slot) {
    /* acquire pairs with the release in rs_slot_fill: the process knows its slot. */
    return rs_load(slot, rs_acquire);
}

/* ---------------------------------------------------------------- sections: odd while inside */

/* rs_section_begin makes the count odd, where it may be an atomic operation; see thread.h for where
 * it is not. */
static inline void rs_section_begin(rs_atomic_u64 *section) {
    /* seq_cst: the reclaimer sees our section, or we see a slot's new state. */
    rs_add(section, 1, rs_seq_cst);
}

/* rs_section_end makes it even. */
static inline void rs_section_end(rs_atomic_u64 *section) {
    /* release pairs with the reclaimer's acquire: uses of slots come before their reuse. */
    rs_store(section, rs_load(section, rs_relaxed) + 1, rs_release);
}

/* rs_section_seat says that `thread`, which is outside, plays the core from now on. */
static inline void rs_section_seat(rs_atomic_ptr *seat, void *thread) {
    /* seq_cst, before the first section: a grace period that begins after it sees us. */
    rs_store(seat, thread, rs_seq_cst);
}

/* ---------------------------------------------------------------- grace periods */

/* rs_grace_player returns who plays a core. A thread that has lost the core is outside, and the one
 * that has it now came after. */
static inline void *rs_grace_player(rs_atomic_ptr *seat) {
    return rs_load(seat, rs_seq_cst);
}

/* rs_grace_count returns a section count. */
static inline uint64_t rs_grace_count(rs_atomic_u64 *section) {
    /* seq_cst, as entering and rs_section_seat are; the acquire in it pairs with the release of
     * rs_section_end. */
    return rs_load(section, rs_seq_cst);
}

#endif
