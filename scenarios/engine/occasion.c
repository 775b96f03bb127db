/* occasion.c: faults that wait for something to happen.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/occasion.h"

#include "scenarios/language/path.h"
#include "scenarios/language/phase.h"

const rs_type rs_occasion_word = {.name = "occasion"};

void rs_occasions_init(rs_occasions *occasions, const rs_plan *plan) {
    for (uint32_t i = 0; i < plan->fault_count && i < RS_PLAN_FAULTS_MAX; i++) {
        if (plan->faults[i].trigger != RS_PLAN_ON) continue;
        rs_occasion *occasion = &occasions->at[i];
        occasion->fault = &plan->faults[i];
        rs_phase_window(plan, plan->faults[i].during, &occasion->begin_ns, &occasion->end_ns);
        occasions->count = i + 1;
    }
}

static bool is_it(rs_plan_occasion on, const rs_event *event, uint32_t incarnation) {
    switch (on) {
    case RS_PLAN_ON_RESTART: return event->kind == RS_EVENT_STARTED && incarnation > 1;
    case RS_PLAN_ON_START: return event->kind == RS_EVENT_STARTED;
    case RS_PLAN_ON_EXIT: return event->kind == RS_EVENT_EXIT;
    case RS_PLAN_ON_INIT_FAILED: return event->kind == RS_EVENT_INIT_FAILED;
    case RS_PLAN_ON_ESCALATION: return event->kind == RS_EVENT_ESCALATED;
    case RS_PLAN_ON_FIRST_CALL: return event->kind == RS_EVENT_SERVED;
    case RS_PLAN_OCCASION_COUNT: break;
    }
    return false;
}

/* Relaxed: the word itself carries what the injector reads. */
static void send_word(rs_occasion *occasion, uint64_t since_ns) {
    rs_pid injector = rs_load(&occasion->injector, rs_relaxed);
    if (!injector) return;
    if (rs_add(&occasion->pending, 1, rs_relaxed) < RS_OCCASIONS_PENDING_MAX &&
        rs_observer_send(injector, &rs_occasion_word, &since_ns, sizeof since_ns))
        return;
    rs_sub(&occasion->pending, 1, rs_relaxed);
    rs_add(&occasion->let_go, 1, rs_relaxed);
}

void rs_occasions_tell(rs_occasions *occasions, const rs_event *event, uint64_t since_ns,
                       const char *path, uint32_t incarnation) {
    for (uint32_t i = 0; i < occasions->count; i++) {
        rs_occasion *occasion = &occasions->at[i];
        const rs_plan_fault *fault = occasion->fault;
        if (!fault || !is_it(fault->on, event, incarnation)) continue;
        if (since_ns < occasion->begin_ns || since_ns >= occasion->end_ns) continue;
        if (rs_path_matches(fault->on_pattern, path)) send_word(occasion, since_ns);
    }
}
