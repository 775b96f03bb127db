/* tally_checks.c: what the checks have found.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/tally.h"

static void fill_finding(rs_result *result, const rs_finding *from) {
    rs_result_finding *finding = rs_result_add_finding(result, from->check->name);
    finding->role = from->path[0] ? rs_result_text(result, from->path) : NULL;
    finding->time_ns = from->time_ns;
    finding->text = rs_result_text(result, from->text);
    for (uint32_t i = 0; i < from->event_count; i++)
        rs_result_add_event(result, finding, from->events[i].text);
}

static const char *why_not(const rs_shared *shared) {
    if (shared->plan->runtime.clock != RS_PLAN_VIRTUAL)
        return "checks look at the history of a virtual run; under the real clock there is none";
    if (shared->findings.overrun)
        return "the run was too long for its history to be kept: no check has looked at it";
    return "the run is not complete: no check has looked at it";
}

void rs_tally_checks(rs_result *result, const rs_shared *shared) {
    const rs_findings *findings = &shared->findings;
    if (!shared->check_count) return;
    if (!findings->looked) {
        rs_result_add_note(result, why_not(shared));
        return;
    }
    for (uint32_t i = 0; i < shared->check_count; i++)
        rs_result_add_check(result, shared->checks[i].check->name);
    for (uint32_t i = 0; i < findings->count; i++) fill_finding(result, &findings->at[i]);
    result->findings_omitted = findings->omitted;
}
