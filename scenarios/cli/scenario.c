/* scenario.c: the scenario that a command line names.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/scenario.h"

#include "scenarios/cli/command.h"
#include "scenarios/language/language.h"

#include <stdio.h>

rs_plan *rs_scenario_load(const rs_options *options) {
    const char *name = options->command->name;
    if (options->argument_count != 1) {
        fprintf(stderr, "respawn: usage: respawn %s [FLAGS] SCENARIO (%u given)\n", name,
                options->argument_count);
        return NULL;
    }
    rs_diagnostics *diagnostics = rs_diagnostics_create();
    rs_plan *plan = rs_plan_read(options->arguments[0], (const char *const *)options->sets,
                                 options->set_count, diagnostics);
    if (!plan) rs_diagnostics_print(diagnostics, stderr);
    rs_diagnostics_destroy(diagnostics);
    return plan;
}
