/* table.h: the process table. A pid is a slot's index and its generation; slots are reused first in
 * first out, behind RS_SLOTS_RESERVED others, so no pid comes back within a run. A slot is one word
 * that says where its process lies; those places are reused last in first out, while they are still
 * in a cache.
 *
 * A process looked up inside a runtime section stays what it is until the section ends: slots and
 * places of the dead wait for a grace period, in which every core has been outside a section once.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TABLE_H
#define RS_TABLE_H

#include "runtime/process/process.h"

/* rs_table_init reserves the table's address space. Errors: RS_ENOMEM. */
rs_err rs_table_init(rs_runtime *runtime, uint32_t slots_max);
void rs_table_fini(rs_runtime *runtime);

/* rs_table_take returns an unused slot with a fresh generation; NULL when the table is full. */
rs_process *rs_table_take(rs_core *core);

/* rs_table_retire gives the slot of a finished process back, after a grace period. */
void rs_table_retire(rs_core *core, rs_process *process);

/* rs_table_reclaim moves retired slots on whose grace period is over; with `all` also starts one
 * for those that just came in. Cheap when nothing waits. */
void rs_table_reclaim(rs_core *core, bool all);

/* rs_table_begin_grace begins a grace period of the caller's: `sections` has room for the number of
 * each core's. rs_table_grace_is_over says whether every core has since been outside a section; the
 * caller's own is, if it left the one in which it began. In a section. */
void rs_table_begin_grace(rs_core *core, uint64_t *sections);
bool rs_table_grace_is_over(rs_core *core, const uint64_t *sections);

/* rs_table_give_back hands over the free slots that the core keeps for its next births; for one
 * about to sleep. In a section. */
void rs_table_give_back(rs_core *core);

/* rs_table_is_waiting says whether retired slots wait for the core's next rs_table_reclaim. */
static inline bool rs_table_is_waiting(const rs_core *core) {
    return core->grace || core->retired;
}

/* rs_table_find returns the process `pid` names, also while it is dying; NULL when it is gone, or
 * `pid` is no pid. In a section. */
static inline rs_process *rs_table_find(rs_runtime *runtime, rs_pid pid) {
    uint32_t index = (uint32_t)(pid & UINT32_MAX) >> 4;
    if (RS_UNLIKELY(rs_term_tag(pid) != RS_TAG_PID || index >= runtime->slots_max)) return NULL;
    uint64_t slot = rs_slot_read(&runtime->slots[index]);
    if (slot >> 32 != pid >> 32) return NULL;
    return &runtime->processes[(uint32_t)slot];
}

#endif
