/* emit.h: a document as YAML again, for files that people read and change: one line for each scalar
 * and for short lists and mappings of scalars, blocks for the rest. Comments are not kept.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_EMIT_H
#define RS_EMIT_H

#include "scenarios/language/document.h"

#include <stdio.h>

/* rs_document_emit writes the mapping `document`, so that rs_document_parse reads the same. */
void rs_document_emit(const rs_document_node *document, FILE *out);

#endif
