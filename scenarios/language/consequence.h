/* consequence.h: what a supervision policy means, in words: which crash is one too many, whom it
 * takes down, who starts them again. Derived from the plan alone, by OTP's rules S8-S17.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CONSEQUENCE_H
#define RS_CONSEQUENCE_H

#include "scenarios/language/plan.h"

#include <stdio.h>

/* rs_plan_print_consequences writes one paragraph per supervisor of the plan, the root first. */
void rs_plan_print_consequences(const rs_plan *plan, FILE *out);

/* rs_plan_crashes_to_end returns how many crashes of children of `supervisor`, quick enough, end
 * the run, or 0 when no number does. Saturates at UINT64_MAX. */
uint64_t rs_plan_crashes_to_end(const rs_plan_node *supervisor);

#endif
