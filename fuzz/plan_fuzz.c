/* plan_fuzz.c: any bytes as a scenario file: a plan or a list of problems, never both, never
 * neither.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "runtime/base/assert.h"
#include "scenarios/language/language.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    rs_diagnostics *problems = rs_diagnostics_create();
    rs_plan *plan = rs_plan_parse("fuzz.yaml", (const char *)data, size, NULL, 0, problems);
    RS_ASSERT((plan != NULL) == (rs_diagnostics_count(problems) == 0));
    rs_plan_destroy(plan);
    rs_diagnostics_destroy(problems);
    return 0;
}
