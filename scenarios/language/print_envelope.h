/* print_envelope.h: the envelope of a search as a person reads it.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PRINT_ENVELOPE_H
#define RS_PRINT_ENVELOPE_H

#include "scenarios/language/plan.h"

#include <stdio.h>

/* rs_print_envelope writes in one sentence, without a line's end, what the lives of a search meet:
 * every claim of a search has it. */
void rs_print_envelope(const rs_plan *plan, FILE *out);

#endif
