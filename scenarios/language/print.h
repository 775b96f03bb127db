/* print.h: a plan as a person reads it: what `respawn validate` shows.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PRINT_H
#define RS_PRINT_H

#include "scenarios/language/plan.h"

#include <stdio.h>

/* rs_plan_print writes the resolved plan: runtime, tree, setup, load, phases, faults with their
 * victims, what a search would meet, expectations. */
void rs_plan_print(const rs_plan *plan, FILE *out);

/* rs_plan_print_strikes writes whom each fault would hit, how often and when. Role keys are given
 * when a run starts them, so of a template's children only the place is known. */
void rs_plan_print_strikes(const rs_plan *plan, FILE *out);

#endif
