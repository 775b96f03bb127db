/* trust.h: whether what decides a run reads a number that the machine or the harness has spoiled.
 * Looks at nothing but the result, so that a stored one would be judged the same.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TRUST_H
#define RS_TRUST_H

#include "reports/result.h"
#include "scenarios/engine/shared.h"
#include "scenarios/engine/watch.h"

/* rs_trust_fill adds the conditions under which the run in `shared` was measured to `result`, which
 * has its metrics. Under the virtual clock there are none. */
void rs_trust_fill(rs_result *result, const rs_shared *shared, const rs_ending *ending);

/* rs_trust_is_timed says whether `expectation`, or gate, is on latency or throughput. */
bool rs_trust_is_timed(const rs_plan_expectation *expectation);

/* rs_trust_spoils says whether `condition` is one that has spoiled what `expectation` reads. */
bool rs_trust_spoils(const rs_result_condition *condition, const rs_plan_expectation *expectation);

/* rs_trust_spoiler returns the first condition that has spoiled what `expectation` reads, or NULL.
 * One that `holds` is not spoiled by what can only have made its number worse. */
const rs_result_condition *rs_trust_spoiler(const rs_result *result,
                                            const rs_plan_expectation *expectation, bool holds);

/* rs_trust_describe returns "busy_neighbour is 72 %, beyond 50 %". Owner: `result`. */
const char *rs_trust_describe(rs_result *result, const rs_result_condition *condition);

/* rs_trust_take lets what has spoiled another repetition's numbers stand in `result`. */
void rs_trust_take(rs_result *result, const rs_result *from);

#endif
