/* replay_result.h: repeats the run that a result file tells of.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_REPLAY_RESULT_H
#define RS_CLI_REPLAY_RESULT_H

#include "scenarios/cli/options.h"

/* rs_replay_is_result tells whether the file at `path` is JSON, and so no scenario. */
bool rs_replay_is_result(const char *path);

/* rs_replay_result runs the scenario that the result names, with its settings and seed, and
 * returns the exit status: that of the run when its trace is the same, 5 when it is another, 2 when
 * the file is no result of a virtual run, or its scenario has changed since. */
int rs_replay_result(const rs_options *options);

#endif
