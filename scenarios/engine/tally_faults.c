/* tally_faults.c: what became of each blow of the fault plan.
 * SPDX-License-Identifier: MIT
 */
#include "reports/rows.h"
#include "scenarios/engine/strikes.h"
#include "scenarios/engine/tally.h"

#include <stdlib.h>

typedef struct rs_counts {
    uint64_t struck, outcomes[RS_STRIKE_OUTCOME_COUNT];
} rs_counts;

/* A blow that never reached its victim found it dead, unless that lives on with the blow in its
 * mailbox, or nobody has walked into it. */
rs_strike_outcome rs_tally_outcome(const rs_shared *shared, const rs_blow *blow) {
    rs_strike_outcome outcome = (rs_strike_outcome)rs_load(&blow->outcome, rs_relaxed);
    if (outcome != RS_STRIKE_SURVIVED || rs_load(&blow->landed, rs_relaxed)) return outcome;
    if (!blow->pid) return RS_STRIKE_SURVIVED;
    const rs_role *role = &shared->roles.at[blow->role];
    bool lives = role->pid_in_the_end == blow->pid || rs_load(&role->pid, rs_relaxed) == blow->pid;
    return lives ? RS_STRIKE_SURVIVED : RS_STRIKE_ALREADY_DEAD;
}

static uint64_t since_zero(const rs_shared *shared, uint64_t time_ns) {
    int64_t since_ns = rs_shared_since(shared, time_ns);
    return since_ns > 0 ? (uint64_t)since_ns : 0;
}

static void put_on_timeline(rs_result *result, const rs_strike *strike) {
    rs_timeline_add(&result->timeline, strike->time_ns, RS_TIMELINE_FAULTS, 1);
    if (strike->restart_ns == RS_STRIKE_NOT_DUE || strike->restart_ns == RS_STRIKE_NEVER) return;
    rs_timeline_add(&result->timeline, strike->time_ns + strike->restart_ns, RS_TIMELINE_RESTARTS,
                    1);
}

/* A hit whose role nobody was due to fill again is no restart that never came. */
uint64_t rs_tally_restart_ns(const rs_shared *shared, const rs_blow *blow) {
    uint64_t restart_ns = rs_load(&blow->restart_ns, rs_relaxed);
    const rs_role *role = &shared->roles.at[blow->role];
    bool last = role->outage.dead == blow->pid;
    return restart_ns == RS_STRIKE_NEVER && last && role->outage.not_due ? RS_STRIKE_NOT_DUE
                                                                         : restart_ns;
}

static void add_blow(rs_result *result, const rs_shared *shared, uint32_t fault,
                     const rs_blow *blow, rs_counts *phases) {
    rs_strike strike = {
        .time_ns = since_zero(shared, rs_load(&blow->time_ns, rs_relaxed)),
        .detected_ns = (uint64_t)blow->stages_ns[RS_OUTAGE_DETECTED],
        .noticed_ns = (uint64_t)blow->stages_ns[RS_OUTAGE_NOTICED],
        .started_ns = (uint64_t)blow->stages_ns[RS_OUTAGE_STARTED],
        .restart_ns = rs_tally_restart_ns(shared, blow),
        .incarnation = blow->incarnation,
        .role = blow->role ? rs_roles_path(&shared->roles, blow->role) : "",
        .fault = fault,
        .outcome = (uint32_t)rs_tally_outcome(shared, blow),
    };
    rs_counts *phase = &phases[rs_ledger_phase(shared->plan, strike.time_ns)];
    phase->struck++;
    phase->outcomes[strike.outcome]++;
    rs_result_add_strike(result, &strike);
    put_on_timeline(result, &strike);
}

static void put_counts(rs_result *result, const rs_counts *counts, const rs_result_labels *labels) {
    uint64_t hit = counts->outcomes[RS_STRIKE_HIT];
    rs_result_add_number(result, "faults.struck", labels, (double)counts->struck);
    rs_result_add_number(result, "faults.hit", labels, (double)hit);
    rs_result_add_number(result, "faults.missed", labels, (double)(counts->struck - hit));
}

static void add_counts(rs_counts *sum, const rs_counts *counts) {
    sum->struck += counts->struck;
    for (uint32_t i = 0; i < RS_STRIKE_OUTCOME_COUNT; i++) sum->outcomes[i] += counts->outcomes[i];
}

static void note_let_go(rs_result *result, const rs_shared *shared, uint32_t index) {
    const rs_occasion *occasion = &shared->occasions.at[index];
    uint64_t let_go = rs_load(&occasion->let_go, rs_relaxed);
    if (let_go)
        rs_result_add_note(result,
                           rs_result_print(result,
                                           "fault %s: what it waits for happened %llu "
                                           "times more while %u firings were still to come, "
                                           "and was let go",
                                           shared->plan->faults[index].id,
                                           (unsigned long long)let_go, RS_OCCASIONS_PENDING_MAX));
}

static void put_fault(rs_result *result, const rs_shared *shared, uint32_t index,
                      rs_counts *phases) {
    const rs_plan_fault *plan = &shared->plan->faults[index];
    const rs_blow_list *list = &shared->blows.lists[index];
    rs_result_fault *fault = rs_result_add_fault(result, plan->id);
    fault->how = plan->how->name;
    fault->target = rs_result_text(result, plan->crash ? plan->crash : "the runtime");
    uint32_t count = rs_blows_count(list), phase_count = shared->plan->phase_count + 1;
    rs_counts *own = rs_rows_alloc(sizeof *own * phase_count), sum = {0};
    for (uint32_t i = 0; i < count; i++)
        if (rs_strikes_is_blow(shared, index, &list->at[i]))
            add_blow(result, shared, index, &list->at[i], own);
    for (uint32_t i = 0; i < phase_count; i++) {
        add_counts(&phases[i], &own[i]);
        add_counts(&sum, &own[i]);
    }
    put_counts(result, &sum, &(rs_result_labels){.fault = plan->id});
    note_let_go(result, shared, index);
    free(own);
}

void rs_tally_faults(rs_result *result, rs_shared *shared) {
    uint32_t phase_count = shared->plan->phase_count + 1;
    rs_counts *phases = rs_rows_alloc(sizeof *phases * phase_count), sum = {0};
    for (uint32_t i = 0; i < shared->plan->fault_count; i++) put_fault(result, shared, i, phases);
    for (uint32_t i = 0; i < phase_count; i++) add_counts(&sum, &phases[i]);
    put_counts(result, &sum, NULL);
    for (uint32_t i = 0; i + 1 < phase_count; i++)
        put_counts(result, &phases[i], &(rs_result_labels){.phase = shared->plan->phases[i].name});
    free(phases);
}
