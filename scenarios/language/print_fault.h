/* print_fault.h: a fault as a person reads it.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PRINT_FAULT_H
#define RS_PRINT_FAULT_H

#include "scenarios/language/plan.h"

#include <stdio.h>

/* rs_print_fault writes a line on `fault`, as part of a plan. */
void rs_print_fault(const rs_plan *plan, const rs_plan_fault *fault, FILE *out);

#endif
