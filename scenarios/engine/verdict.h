/* verdict.h: judges a result by what its scenario expects. Looks at nothing but the result, so that
 * a stored one would be judged the same.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_VERDICT_H
#define RS_VERDICT_H

#include "reports/result.h"
#include "scenarios/language/plan.h"

/* rs_verdict_judge adds a row for each expectation of `plan` to `result` and sets its verdict, and
 * a reason where it has none. An incomplete run proves nothing: its expectations are inconclusive.
 * So is one on timing that reads a number which the machine has spoiled (trust.h), and the run is
 * then untrusted, as it is when a gate reads one. */
void rs_verdict_judge(rs_result *result, const rs_plan *plan);

/* rs_verdict_holds tells in `holds` whether `expectation` does, of `result`, which has its metrics;
 * false, with the reason in `why`, when that is not known. Owner of `why`: `result`. */
bool rs_verdict_holds(rs_result *result, const rs_plan *plan,
                      const rs_plan_expectation *expectation, bool *holds, const char **why);

/* rs_verdict_compare tells whether `value` is, by `op`, what it should be to `bound`. */
bool rs_verdict_compare(double value, rs_plan_op op, double bound);

/* rs_verdict_exit_code returns what the program exits with when `result` is all there is to say:
 * 0 passed, 1 failed, 4 inconclusive, 7 when a number that decides is spoiled. */
int rs_verdict_exit_code(const rs_result *result);

#endif
