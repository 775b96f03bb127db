/* validate.c: `respawn validate`: checks a scenario and tells what it means.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/command.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/scenario.h"
#include "scenarios/language/consequence.h"
#include "scenarios/language/print.h"

#include <stdio.h>
#include <string.h>

/* Role keys are given when a run starts them, so of a template's children only their place is
 * known. */
static void print_victims(const rs_plan *plan) {
    if (plan->fault_count == 0) {
        puts("\nno faults: nobody would be hit");
        return;
    }
    puts("\nwhom the faults would hit:");
    for (uint32_t i = 0; i < plan->fault_count; i++) {
        const rs_plan_fault *fault = &plan->faults[i];
        size_t length = strlen(fault->crash);
        bool many = length && fault->crash[length - 1] == '*';
        printf("  %s: %s%s, by %s\n", fault->id, *fault->crash ? fault->crash : plan->root->id,
               many ? " (whoever lives there when it strikes)" : "", fault->how->name);
    }
}

int rs_command_validate(const rs_options *options) {
    rs_plan *plan = rs_scenario_load(options);
    if (!plan) return RS_EXIT_USAGE;
    rs_plan_print(plan, stdout);
    putchar('\n');
    rs_plan_print_consequences(plan, stdout);
    if (options->dry_run) print_victims(plan);
    rs_plan_destroy(plan);
    return RS_EXIT_PASSED;
}
