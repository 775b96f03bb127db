/* scenario.c: the scenario that a command line names.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/scenario.h"

#include "scenarios/cli/command.h"
#include "scenarios/cli/streams.h"
#include "scenarios/language/language.h"

#include <stdio.h>
#include <string.h>

/* A scenario may come from a stranger: what is loaded, the command line says. */
static bool has_plugins(const rs_options *options, const rs_plan *plan) {
    const rs_plugins plugins = {options->plugins, options->plugin_count};
    bool has_all = true;
    for (uint32_t i = 0; i < plan->upgrade_count; i++) {
        const rs_plan_upgrade *upgrade = &plan->upgrades[i];
        if (rs_plugins_find(&plugins, plan, i)) continue;
        has_all = false;
        fprintf(stderr,
                "%s:%u:%u: upgrade '%s' needs another version of the worker '%s': add --plugin "
                "FILE, a shared object that has one (scenarios/workers/plugins tells how)\n",
                upgrade->place.file, upgrade->place.line, upgrade->place.column, upgrade->id,
                upgrade->worker->name);
    }
    return has_all;
}

static bool is_used(const rs_plan *plan, const rs_plugin *plugin) {
    for (uint32_t i = 0; i < plan->upgrade_count; i++)
        if (strcmp(plan->upgrades[i].worker->name, plugin->worker) == 0) return true;
    return false;
}

static bool uses_plugins(const rs_options *options, const rs_plan *plan) {
    for (uint32_t i = 0; i < options->plugin_count; i++)
        if (!is_used(plan, &options->plugins[i]))
            return rs_streams_refuse("--plugin %s: the scenario upgrades no '%s'",
                                     options->plugins[i].path, options->plugins[i].worker);
    return true;
}

/* Who only reads it needs no code. */
static bool has_code(const rs_options *options, const rs_plan *plan) {
    if (!(options->command->flags & (RS_FLAGS_RUN | RS_FLAGS_SWEEP))) return true;
    return has_plugins(options, plan) && uses_plugins(options, plan);
}

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
    if (!plan || has_code(options, plan)) return plan;
    rs_plan_destroy(plan);
    return NULL;
}
