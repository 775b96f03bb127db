/* language.h: the way in: a scenario's text becomes a checked, immutable plan, or every problem it
 * has.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LANGUAGE_H
#define RS_LANGUAGE_H

#include "scenarios/language/diagnostic.h"
#include "scenarios/language/plan.h"

/* rs_plan_read reads the scenario at `path`, applies the `set_count` overrides `KEY=VALUE` in
 * order, and checks everything. Owner:  the caller destroys the plan. Errors: NULL when there was
 * any problem; `diagnostics` then holds all of them. */
rs_plan *rs_plan_read(const char *path, const char *const *sets, uint32_t set_count,
                      rs_diagnostics *diagnostics);

/* rs_plan_parse does the same with `length` bytes in memory that are called `file` in messages. */
rs_plan *rs_plan_parse(const char *file, const char *bytes, size_t length, const char *const *sets,
                       uint32_t set_count, rs_diagnostics *diagnostics);

/* rs_scenario_text returns the scenario at `path`, with the overrides applied, as YAML again.
 * Owner: free() it. Errors: NULL when there is no document, as rs_plan_read; what it says is not
 * checked. */
char *rs_scenario_text(const char *path, const char *const *sets, uint32_t set_count,
                       rs_diagnostics *diagnostics);

/* rs_plan_setting returns what the scenario at `path`, with the overrides, says at `key` (a dotted
 * path, as for an override), as written.
 * Owner:  the caller frees it.
 * Errors: NULL when it says nothing there, or cannot be read; `diagnostics` has why. */
char *rs_plan_setting(const char *path, const char *const *sets, uint32_t set_count,
                      const char *key, rs_diagnostics *diagnostics);

#endif
