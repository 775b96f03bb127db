/* sometimes.h: what the plan wants to have happened at least once, over all seeds.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SOMETIMES_H
#define RS_SOMETIMES_H

#include "reports/result.h"
#include "scenarios/engine/checking.h"

/* rs_sometimes_look sets the bit in shared->seen of each event of the plan that is in the history.
 * Called in the child, when the run is complete. */
void rs_sometimes_look(const rs_checking *checking);

/* rs_sometimes_fill adds to `result`, which has its metrics, whether each of them was seen. */
void rs_sometimes_fill(rs_result *result, const rs_shared *shared);

#endif
