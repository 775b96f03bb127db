/* override.h: `--set KEY=VALUE`: changes to a scenario's document before anything checks it, so
 * that a changed scenario meets the same checks as a written one.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_OVERRIDE_H
#define RS_OVERRIDE_H

#include "scenarios/language/document.h"

/* rs_override_apply sets a value in `scenario`. KEY is a dotted path; a list of mappings is
 * addressed by id ("faults.crashes.every"), one without ids by position ("setup[0].count"). Missing
 * keys are created; setting one trigger of a fault removes the others. VALUE is YAML. Every value
 * set has the option itself as its place. Errors: false after adding what is wrong. */
bool rs_override_apply(rs_document_node *scenario, const char *option, rs_plan_memory *memory,
                       rs_diagnostics *diagnostics);

/* rs_override_find returns what `scenario` says at KEY, a path as above, as written; NULL after
 * adding why not: it says nothing there, or no single value. */
const char *rs_override_find(rs_document_node *scenario, const char *key, rs_plan_memory *memory,
                             rs_diagnostics *diagnostics);

#endif
