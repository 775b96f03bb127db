/* phase.h: when things may strike.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PHASE_H
#define RS_PHASE_H

#include "scenarios/language/plan.h"

/* rs_phase_window tells when what is `during` a phase may strike, since t = 0: in that phase, or,
 * for -1, before the last begins. */
void rs_phase_window(const rs_plan *plan, int during, uint64_t *begin_ns, uint64_t *end_ns);

#endif
