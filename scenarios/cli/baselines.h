/* baselines.h: baselines by name, and how a run gets into one.
 * A baseline NAME is ./.respawn/NAME.json, which `run --save-baseline` writes, or else
 * ./reports/baselines/NAME.json, which it only ever reads.
 * Thread: one at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_BASELINES_H
#define RS_CLI_BASELINES_H

#include "reports/verdict/baseline.h"
#include "scenarios/cli/options.h"
#include "scenarios/language/plan.h"

#define RS_BASELINES_NAME_MAX 64u

/* rs_baselines_is_name says whether `text` may name a baseline. */
bool rs_baselines_is_name(const char *text);

/* rs_baselines_read appends the sessions of what `argument` names: a baseline, by name or file, or
 * the file of a result, which is one session. False, after a message on stderr. */
bool rs_baselines_read(rs_baseline *baseline, const char *argument);

/* rs_baselines_result reads the file of a result, which is no baseline. NULL, after a message on
 * stderr. Owner: rs_result_destroy. */
rs_result *rs_baselines_result(const char *path);

/* rs_baselines_take appends `result`, found in `source`. False, after a message on stderr, when it
 * is nothing to compare. */
bool rs_baselines_take(rs_baseline *baseline, const rs_result *result, const char *source);

/* rs_baselines_begin says, before anything runs, whether a run of `plan` can be added to the
 * baseline that `options` names (none is fine). False, after a message on stderr. */
bool rs_baselines_begin(const rs_options *options, const rs_plan *plan);

/* rs_baselines_save adds `result`, of a run that ended with `status`, to that baseline. A run that
 * failed or cannot be trusted is not added, which is told. Returns the exit status. */
int rs_baselines_save(const rs_options *options, const rs_result *result, int status);

#endif
