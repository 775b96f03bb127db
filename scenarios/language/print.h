/* print.h: a plan as a person reads it: what `respawn validate` shows.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PRINT_H
#define RS_PRINT_H

#include "scenarios/language/plan.h"

#include <stdio.h>

/* rs_plan_print writes the resolved plan: runtime, tree, setup, load, phases, faults with their
 * victims, expectations. */
void rs_plan_print(const rs_plan *plan, FILE *out);

#endif
