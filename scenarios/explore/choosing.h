/* choosing.h: whose turn it was, in a case that fails only in some order: as few choices as will
 * do, the rest in order of age.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CHOOSING_H
#define RS_CHOOSING_H

#include "scenarios/explore/shrink.h"
#include "scenarios/language/document.h"

/* rs_choosing_throws tells whether `scheduler` chooses by chance, so that its choices must be
 * written down for the run to be repeated without its seed. */
bool rs_choosing_throws(const char *scheduler);

/* rs_choosing_of returns the name of a case's scheduler; "": none is named. */
const char *rs_choosing_of(const rs_document_node *document);

/* rs_choosing_by_age lets the case `document` go by order of age; false when it does so already, or
 * when its scheduler is none that chooses. */
bool rs_choosing_by_age(rs_document_node *document, rs_plan_memory *memory);

/* rs_choosing_shrink leaves choices out of shrink->text, where its scheduler follows some: in
 * chunks, from the end. */
void rs_choosing_shrink(rs_shrink *shrink);

#endif
