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
        rs_streams_problem(
            "%s:%u:%u: upgrade '%s' needs another version of the worker '%s': add --plugin "
            "FILE, a shared object that has one (scenarios/workers/plugins tells how)",
            upgrade->place.file, upgrade->place.line, upgrade->place.column, upgrade->id,
            upgrade->worker->name);
    }
    return has_all;
}

static uint32_t count_upgrades(const rs_plan *plan, const char *worker) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < plan->upgrade_count; i++)
        count += strcmp(plan->upgrades[i].worker->name, worker) == 0;
    return count;
}

/* The n-th upgrade of a worker takes the n-th plugin for it. */
static uint32_t count_before(const rs_options *options, uint32_t index) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < index; i++)
        if (options->plugins[i].worker)
            count += strcmp(options->plugins[i].worker, options->plugins[index].worker) == 0;
    return count;
}

static bool is_used(const rs_options *options, const rs_plan *plan, uint32_t index) {
    const rs_plugin *plugin = &options->plugins[index];
    if (!plugin->worker) return true;
    uint32_t upgrades = count_upgrades(plan, plugin->worker);
    if (count_before(options, index) < upgrades) return true;
    if (!upgrades)
        return rs_streams_refuse("--plugin %s: the scenario upgrades no '%s'", plugin->path,
                                 plugin->worker);
    return rs_streams_refuse(
        "--plugin %s is one too many: the scenario upgrades '%s' %u time%s, and "
        "each upgrade takes one",
        plugin->path, plugin->worker, upgrades, upgrades == 1 ? "" : "s");
}

static bool uses_plugins(const rs_options *options, const rs_plan *plan) {
    for (uint32_t i = 0; i < options->plugin_count; i++)
        if (!is_used(options, plan, i)) return false;
    return true;
}

/* Who only reads it needs no code, but may ask whether this is the right one. */
static bool has_code(const rs_options *options, const rs_plan *plan) {
    bool runs = options->command->flags &
                (RS_FLAGS_RUN | RS_FLAGS_SWEEP | RS_FLAGS_AB | RS_FLAGS_EXPLORE | RS_FLAGS_REPLAY);
    bool has_versions = false;
    for (uint32_t i = 0; i < options->plugin_count; i++)
        has_versions |= options->plugins[i].worker != NULL;
    if (!runs && !has_versions) return true;
    return has_plugins(options, plan) && uses_plugins(options, plan);
}

rs_plan *rs_scenario_load(const rs_options *options) {
    const char *name = options->command->name;
    if (options->argument_count != 1) {
        rs_streams_refuse("usage: respawn %s [FLAGS] SCENARIO (%u given)", name,
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
