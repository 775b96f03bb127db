/* plugin.c: see plugin.h.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/plugin.h"

#include <string.h>

/* How many upgrades of the same worker come before it. */
static uint32_t ordinal(const rs_plan *plan, uint32_t upgrade) {
    uint32_t before = 0;
    for (uint32_t i = 0; i < upgrade; i++)
        before += plan->upgrades[i].worker == plan->upgrades[upgrade].worker;
    return before;
}

const char *rs_plugins_find(const rs_plugins *plugins, const rs_plan *plan, uint32_t upgrade) {
    uint32_t skip = ordinal(plan, upgrade);
    for (uint32_t i = 0; i < plugins->count; i++) {
        const char *worker = plugins->at[i].worker;
        bool is_meant = worker && strcmp(worker, plan->upgrades[upgrade].worker->name) == 0;
        if (is_meant && skip-- == 0) return plugins->at[i].path;
    }
    return NULL;
}
