/* plan_fuzz.c: any bytes as a scenario file: a plan or a list of problems, never both, never
 * neither; each problem has its place within the text.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "fuzz/texts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    rs_diagnostics *problems = rs_diagnostics_create();
    rs_plan *plan = rs_plan_parse("fuzz.yaml", (const char *)data, size, NULL, 0, problems);
    RS_ASSERT((plan != NULL) == (rs_diagnostics_count(problems) == 0));
    rs_texts_check_problems(problems, "fuzz.yaml", (const char *)data, size);
    rs_plan_destroy(plan);
    rs_diagnostics_destroy(problems);
    return 0;
}
