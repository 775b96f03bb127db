/* plugin_file.h: the shared objects that a command line names.
 * Thread: one at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_PLUGIN_FILE_H
#define RS_CLI_PLUGIN_FILE_H

#include "scenarios/engine/plugin.h"

#include <stdbool.h>

/* rs_plugin_file_look finds out, in a child, what the file of `plugin` has: `plugin->worker` is
 * whose version it is, or stays NULL when it has words. False, after a message on stderr that
 * begins with --`flag`, when respawn cannot use it. */
bool rs_plugin_file_look(const char *flag, rs_plugin *plugin);

/* rs_plugin_file_add adds the words of a plugin that was looked into to the language, for all that
 * is read from now on; one without words adds nothing. False, after a message on stderr. */
bool rs_plugin_file_add(const char *flag, const rs_plugin *plugin);

#endif
