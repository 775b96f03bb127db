/* fault_strikes.h: blows that are written down, each as one text: "310000000ns tables/game-7#1" is
 * a time since t = 0, a role, and which incarnation of it. Without the incarnation it is whichever
 * lives then; without the role nobody is hit, as when a rule found nobody alive.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FAULT_STRIKES_H
#define RS_FAULT_STRIKES_H

#include "scenarios/language/reader.h"

/* As many as a failure that took a minute of a crash a millisecond has, and more. */
#define RS_FAULT_STRIKES_MAX 100000u

/* Room for a strike's text; of a longer path the end is cut. */
#define RS_FAULT_STRIKES_BYTES 1024u

/* rs_fault_strikes_read reads the list `value` into the strikes of `fault`, in order of time; of
 * equal times as written. */
void rs_fault_strikes_read(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault);

/* rs_fault_strikes_print writes `strike` as a scenario has it; `root` is the id of the tree's root.
 * Returns the length, as snprintf. */
int rs_fault_strikes_print(const rs_plan_strike *strike, const char *root, char *text,
                           size_t bytes);

#endif
