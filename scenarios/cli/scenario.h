/* scenario.h: the scenario that a command line names.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_SCENARIO_H
#define RS_CLI_SCENARIO_H

#include "scenarios/cli/options.h"
#include "scenarios/language/plan.h"

/* rs_scenario_load reads the one scenario that the arguments name, with all --set. NULL, after
 * every problem was printed on stderr, when there is none. Owner: rs_plan_destroy. */
rs_plan *rs_scenario_load(const rs_options *options);

#endif
