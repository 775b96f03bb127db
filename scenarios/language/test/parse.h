/* parse.h: a plan from a text that must be right.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TEST_PARSE_H
#define RS_TEST_PARSE_H

#include "runtime/base/test/test.h"
#include "scenarios/language/language.h"

/* parse shows what is wrong with the text, if anything is, and ends the test then. */
static inline rs_plan *parse(const char *text) {
    rs_diagnostics *diagnostics = rs_diagnostics_create();
    rs_plan *plan = rs_plan_parse("test.yaml", text, strlen(text), NULL, 0, diagnostics);
    rs_diagnostics_print(diagnostics, stderr);
    rs_diagnostics_destroy(diagnostics);
    CHECK(plan != NULL);
    return plan;
}

#endif
