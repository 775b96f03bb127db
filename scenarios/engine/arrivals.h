/* arrivals.h: what open loops asked for in a run, to be asked for again: the load's counterpart of
 * a fault's strikes. A scenario whose loads have these `arrivals` instead of a rate runs exactly
 * so. SPDX-License-Identifier: MIT
 */
#ifndef RS_ARRIVALS_H
#define RS_ARRIVALS_H

#include "runtime/base/atomic.h"
#include "runtime/respawn.h"
#include "scenarios/language/plan.h"

typedef struct rs_arrivals {
    const rs_plan *plan;
    rs_atomic_u32 *counts; /* by load; also those that found no room */
    rs_plan_arrival *at;   /* RS_PLAN_ARRIVALS_MAX for each load, as they came */
} rs_arrivals;

/* rs_arrivals_init makes room for what the loads of `plan` may ask for; false without memory. */
bool rs_arrivals_init(rs_arrivals *arrivals, const rs_plan *plan, rs_larder *larder);
void rs_arrivals_fini(rs_arrivals *arrivals, rs_larder *larder);

/* rs_arrivals_add notes one of `load`. Thread: any. */
void rs_arrivals_add(rs_arrivals *arrivals, uint32_t load, rs_plan_arrival arrival);

/* rs_arrivals_count returns how many of `load` were noted. */
uint32_t rs_arrivals_count(const rs_arrivals *arrivals, uint32_t load);

/* rs_arrivals_are_all tells whether there was room for all that `load` asked for: else the list is
 * no load to repeat. */
bool rs_arrivals_are_all(const rs_arrivals *arrivals, uint32_t load);

/* rs_arrivals_print writes arrival `index` of `load` as a scenario has it, "310000000ns 3 add_score
 * 17", to `text` of `bytes`; RS_ARRIVALS_TEXT_BYTES are enough. */
void rs_arrivals_print(const rs_arrivals *arrivals, uint32_t load, uint32_t index, char *text,
                       size_t bytes);

#define RS_ARRIVALS_TEXT_BYTES 160u

#endif
