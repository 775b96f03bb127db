/* plan_json.h: the resolved plan for the result file, so that a result says what was run even when
 * its scenario file is gone.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PLAN_JSON_H
#define RS_PLAN_JSON_H

#include "scenarios/language/plan.h"

#include <jansson.h>

/* rs_plan_to_json returns the plan as a JSON object. Times are ns; seeds are hex strings; integers
 * beyond 2^53 do not occur but as the words "infinity" and "brutal_kill".
 * Owner:  the caller's reference. */
json_t *rs_plan_to_json(const rs_plan *plan);

#endif
