/* plan.c: from a scenario's file to a checked plan. Run from the root of the project.
 * SPDX-License-Identifier: MIT
 */
#include "bench/bench.h"
#include "scenarios/language/language.h"

static const char path[] = "scenarios/high_scores.yaml";

static void run_load(rs_bench *bench) {
    while (rs_bench_keep_running(bench, 1)) {
        rs_diagnostics *diagnostics = rs_diagnostics_create();
        rs_plan *plan = rs_plan_read(path, NULL, 0, diagnostics);
        rs_diagnostics_destroy(diagnostics);
        if (!plan) {
            rs_bench_fail(bench, "cannot read scenarios/high_scores.yaml");
            return;
        }
        rs_plan_destroy(plan);
    }
}

const rs_bench_case rs_bench_plan[] = {
    {.name = "plan/load", .run = run_load, .unit = RS_BENCH_US},
    {0},
};
