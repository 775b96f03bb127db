/* validate.c: `respawn validate`: checks a scenario and tells what it means.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/escape.h"
#include "reports/rows.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/scenario.h"
#include "scenarios/cli/wrap.h"
#include "scenarios/language/consequence.h"
#include "scenarios/language/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_plan(const rs_plan *plan, const rs_options *options, FILE *out) {
    rs_plan_print(plan, out);
    fputc('\n', out);
    rs_plan_print_consequences(plan, out);
    if (!options->dry_run) return;
    fputc('\n', out);
    rs_plan_print_strikes(plan, out);
}

/* Everything goes through here, since a stranger's file may hold what moves a terminal's cursor. */
static void print_escaped(char *text) {
    uint32_t width = rs_wrap_width(stdout);
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = 0;
        size_t room = 8 * strlen(line) + 1;
        char *safe = rs_rows_alloc(room);
        rs_escape_terminal(line, safe, room);
        rs_wrap_put(safe, width, stdout);
        free(safe);
    }
}

int rs_command_validate(const rs_options *options) {
    rs_plan *plan = rs_scenario_load(options);
    char *text = NULL;
    size_t length = 0;
    if (!plan) return RS_EXIT_USAGE;
    FILE *out = open_memstream(&text, &length);
    if (out) print_plan(plan, options, out);
    if (out && fclose(out) == 0) print_escaped(text);
    free(text);
    rs_plan_destroy(plan);
    return out ? RS_EXIT_PASSED : RS_EXIT_INTERNAL;
}
