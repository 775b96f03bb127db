/* plugin.h: the shared objects that the command line names: those from which upgrades take their
 * code, and those that add words to the language. A scenario never names one: it may come from a
 * stranger.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PLUGIN_H
#define RS_PLUGIN_H

#include "scenarios/language/plan.h"

typedef struct rs_plugin {
    const char *path;
    const char *worker; /* whose version is in it; NULL: it adds words, which were added already */
} rs_plugin;

typedef struct rs_plugins {
    const rs_plugin *at;
    uint32_t count;
} rs_plugins;

/* rs_plugins_find returns the path of what upgrade number `upgrade` of the plan takes: the n-th
 * upgrade of a worker takes the n-th plugin for it. NULL: there are not as many. */
const char *rs_plugins_find(const rs_plugins *plugins, const rs_plan *plan, uint32_t upgrade);

#endif
