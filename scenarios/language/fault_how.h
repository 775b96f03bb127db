/* fault_how.h: the `how` of a fault: a word of the catalogue, and what stands in its brackets, a
 * reason or values: `exit(boom)`, `slow(5ms)`, `init_fail(3, 50%)`.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FAULT_HOW_H
#define RS_FAULT_HOW_H

#include "scenarios/language/reader.h"

/* Room for any kind's syntax; a fault's text may be longer, by its reason, and is cut then. */
#define RS_FAULT_SYNTAX_BYTES 192u

/* rs_fault_how_read reads `value` into how, reason and arguments of `fault`. `value` NULL: nothing.
 */
void rs_fault_how_read(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault);

/* rs_fault_how_syntax writes how `kind` is written, with defaults: "init_fail(times=1)". */
const char *rs_fault_how_syntax(const rs_fault_kind *kind, char *text, size_t bytes);

/* rs_fault_how_print writes the `how` of `fault` for people, with every value. */
const char *rs_fault_how_print(const rs_plan_fault *fault, char *text, size_t bytes);

/* rs_fault_how_write writes it so that it is read again as the very same: nothing is rounded. */
const char *rs_fault_how_write(const rs_plan_fault *fault, char *text, size_t bytes);

#endif
