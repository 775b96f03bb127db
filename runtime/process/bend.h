/* bend.h: where the runtime gives way to a harness that wants to see what a tree does when the
 * ground moves: cores that stand still, a clock that jumps, allocations that fail, a full process
 * table. The functions a harness calls are in respawn.h. Nobody asked for anything: one comparison
 * at each place, of a word that nobody writes. SPDX-License-Identifier: MIT
 */
#ifndef RS_BEND_H
#define RS_BEND_H

#include "runtime/process/process.h"

/* rs_bend_count counts an allocation by the caller's process and says whether it shall fail; if so,
 * the process acts for that fault from now on. In a section. */
bool rs_bend_count(rs_core *core);

/* rs_bend_fails says whether the allocation that `core`'s process is about to make shall fail. In a
 * section. */
static inline bool rs_bend_fails(rs_core *core) {
    /* relaxed: an allocation at the same time as the wish may come before it. */
    return RS_UNLIKELY(rs_load(&core->runtime->bends.armed, rs_relaxed)) && rs_bend_count(core);
}

/* rs_bend_is_full says whether there is no place for a child of `core`'s process. In a section. */
bool rs_bend_is_full(rs_core *core);

/* rs_bend_take_stall returns for how long `core` shall stand still now; 0: it shall not. Thread:
 * the one that plays `core`. */
static inline uint64_t rs_bend_take_stall(rs_core *core) {
    if (RS_LIKELY(!rs_load(&core->stall_ns, rs_relaxed))) return 0;
    return rs_swap(&core->stall_ns, 0, rs_relaxed);
}

#endif
