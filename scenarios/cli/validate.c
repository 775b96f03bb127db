/* validate.c: `respawn validate`: checks a scenario and tells what it means.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/command.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/scenario.h"
#include "scenarios/language/consequence.h"
#include "scenarios/language/print.h"

#include <stdio.h>

int rs_command_validate(const rs_options *options) {
    rs_plan *plan = rs_scenario_load(options);
    if (!plan) return RS_EXIT_USAGE;
    rs_plan_print(plan, stdout);
    putchar('\n');
    rs_plan_print_consequences(plan, stdout);
    if (options->dry_run) {
        putchar('\n');
        rs_plan_print_strikes(plan, stdout);
    }
    rs_plan_destroy(plan);
    return RS_EXIT_PASSED;
}
