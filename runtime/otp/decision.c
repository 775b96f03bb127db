/* decision.c: see decision.h.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/decision.h"

rs_verdict rs_decision_exit(rs_strategy strategy, rs_restart restart, rs_term reason) {
    if (restart == RS_PERMANENT) return RS_VERDICT_RESTART;
    if (restart == RS_TEMPORARY) return RS_VERDICT_REMOVE;
    if (rs_reason_is_abnormal(reason)) return RS_VERDICT_RESTART;
    return strategy == RS_SIMPLE_ONE_FOR_ONE ? RS_VERDICT_REMOVE : RS_VERDICT_DOWN;
}

bool rs_decision_reports(rs_restart restart, rs_term reason) {
    return restart == RS_PERMANENT || rs_reason_is_abnormal(reason);
}

bool rs_decision_obeys(rs_restart restart, bool brutally, rs_term reason) {
    if (reason == (brutally ? RS_ATOM(killed) : RS_ATOM(shutdown))) return true;
    return restart != RS_PERMANENT && !rs_reason_is_abnormal(reason);
}

bool rs_decision_obeys_dynamic(rs_restart restart, bool brutally, rs_term reason) {
    if (brutally) return reason == RS_ATOM(killed);
    if (reason == RS_ATOM(normal)) return restart != RS_PERMANENT;
    return !rs_reason_is_abnormal(reason);
}

rs_scope rs_decision_scope(rs_strategy strategy) {
    if (strategy == RS_ONE_FOR_ALL) return RS_SCOPE_ALL;
    return strategy == RS_REST_FOR_ONE ? RS_SCOPE_REST : RS_SCOPE_CHILD;
}

bool rs_decision_survives(rs_restart restart) {
    return restart != RS_TEMPORARY;
}

bool rs_decision_shuts_down(rs_auto_shutdown rule, bool significant, uint64_t active) {
    if (!significant) return false;
    return rule == RS_ANY_SIGNIFICANT || (rule == RS_ALL_SIGNIFICANT && active == 0);
}
