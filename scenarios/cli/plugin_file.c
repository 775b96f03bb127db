/* plugin_file.c: shared objects are looked into before anything runs.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/plugin_file.h"

#include "scenarios/cli/probe.h"
#include "scenarios/cli/streams.h"
#include "scenarios/language/vocabulary.h"

#include <stdio.h>

static bool refuse(const char *flag, const char *why) {
    return rs_streams_refuse("--%s %s", flag, why);
}

/* Whose version it is, or nobody's: then it has words. */
bool rs_plugin_file_look(const char *flag, rs_plugin *plugin) {
    rs_probe probe;
    if (rs_probe_file(plugin->path, &probe) != RS_OK) return refuse(flag, probe.why);
    if (!*probe.module) return true;
    const rs_worker *worker = rs_worker_find(probe.module);
    if (worker)
        plugin->worker = worker->name;
    else
        snprintf(probe.why, sizeof probe.why,
                 "%.200s is a version of '%.100s', which is no worker (respawn list workers shows "
                 "them)",
                 plugin->path, probe.module);
    return worker || refuse(flag, probe.why);
}

bool rs_plugin_file_add(const char *flag, const rs_plugin *plugin) {
    rs_code_object object;
    if (plugin->worker) return true;
    return (rs_code_object_link(plugin->path, &object) == RS_OK &&
            rs_vocabulary_add(&object, plugin->path) == RS_OK) ||
           refuse(flag, object.why);
}
