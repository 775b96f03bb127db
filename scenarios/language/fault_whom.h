/* fault_whom.h: whom a fault hits: a pattern over the tree's positions, and how many of them at
 * once.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FAULT_WHOM_H
#define RS_FAULT_WHOM_H

#include "scenarios/language/reader.h"

/* rs_fault_whom_read reads `crash` and `pick` of the fault `mapping`, whose `how` has been read. */
void rs_fault_whom_read(rs_reader *reader, const rs_document_node *mapping, rs_plan_fault *fault);

/* rs_fault_whom_pattern returns the pattern `text` for rs_path_matches, or NULL after a report that
 * it is none, or names nothing in the tree; `key` is where it stands. */
const char *rs_fault_whom_pattern(rs_reader *reader, rs_place place, const char *key,
                                  const char *text);

#endif
