/* repetition.h: one number per statistic and repetition, for comparisons.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_REPETITION_H
#define RS_CLI_REPETITION_H

#include "reports/result.h"
#include "scenarios/language/plan.h"

/* rs_repetition_add appends to `result` the repetition `number` of `plan`, whose own result is
 * `from` (which may be `result`): the total of each metric, and each gate under its own words
 * (rs_observation_gate), which come first. */
void rs_repetition_add(rs_result *result, const rs_plan *plan, uint64_t number,
                       const rs_result *from);

#endif
