/* strikes.c: the blows of a run as a scenario has them.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/strikes.h"

#include "scenarios/language/fault_strikes.h"

uint32_t rs_strikes_count(const rs_shared *shared, uint32_t fault) {
    return rs_blows_count(&shared->blows.lists[fault]);
}

int rs_strikes_print(const rs_shared *shared, uint32_t fault, uint32_t index, char *text,
                     size_t bytes) {
    const rs_blow *blow = &shared->blows.lists[fault].at[index];
    int64_t since_ns = rs_shared_since(shared, blow->aimed_ns);
    rs_plan_strike strike = {.at_ns = since_ns > 0 ? (uint64_t)since_ns : 0};
    bool hits_runtime = shared->plan->faults[fault].how->aim == RS_AIM_RUNTIME;
    if (blow->role && !hits_runtime) { /* whom that hit was nobody's choice */
        strike.role = rs_roles_path(&shared->roles, blow->role);
        strike.incarnation = blow->incarnation;
    }
    return rs_fault_strikes_print(&strike, shared->plan->root->id, text, bytes);
}

bool rs_strikes_is_blow(const rs_shared *shared, uint32_t fault, const rs_blow *blow) {
    return blow->role || shared->plan->faults[fault].how->aim != RS_AIM_ROLE;
}
