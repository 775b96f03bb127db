/* tally.c: what a result says about the run as a whole; the tally_*.c beside it do the rest.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/tally.h"

#include "runtime/base/units.h"
#include "scenarios/engine/inquest.h"
#include "scenarios/language/plan_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

uint64_t rs_tally_phase_ns(const rs_shared *shared, uint32_t index) {
    const rs_plan_phase *phase = &shared->plan->phases[index];
    uint64_t now_ns = rs_load(&shared->now_ns, rs_relaxed);
    if (now_ns <= phase->start_ns) return 0;
    uint64_t through_ns = now_ns - phase->start_ns;
    return through_ns < phase->duration_ns ? through_ns : phase->duration_ns;
}

const char *rs_tally_node_path(rs_result *result, const rs_shared *shared, uint32_t node) {
    bool is_template = node > shared->planned;
    const char *path = rs_roles_path(&shared->roles, is_template ? node - shared->planned : node);
    if (is_template) return rs_result_print(result, "%s%s*", path, *path ? "/" : "");
    return rs_result_text(result, *path ? path : shared->plan->root->id);
}

/* A fault without `during` may strike in every phase but the last. */
static bool is_faulty(const rs_plan *plan, uint32_t phase) {
    for (uint32_t i = 0; i < plan->fault_count; i++) {
        int during = plan->faults[i].during;
        if (during < 0 ? phase + 1 < plan->phase_count : (uint32_t)during == phase) return true;
    }
    return false;
}

static void fill_phases(rs_result *result, const rs_plan *plan) {
    for (uint32_t i = 0; i < plan->phase_count; i++) {
        rs_result_phase *phase = rs_result_add_phase(result, plan->phases[i].name);
        phase->start_ns = plan->phases[i].start_ns;
        phase->end_ns = plan->phases[i].start_ns + plan->phases[i].duration_ns;
        phase->faulty = is_faulty(plan, i);
    }
}

void rs_tally_scenario(rs_result *result, const rs_plan *plan) {
    result->scenario = rs_result_text(result, plan->name);
    result->about = rs_result_text(result, plan->about);
    result->scenario_file = rs_result_text(result, plan->file);
    result->scenario_hash = rs_result_text(result, plan->source_hash);
    result->plan = rs_plan_to_json(plan);
    for (uint32_t i = 0; i < plan->gate_count; i++) rs_result_add_gate(result, plan->gate[i].text);
    for (uint32_t i = 0; i < plan->override_count; i++) {
        const char *equals = strchr(plan->overrides[i], '=');
        if (!equals) continue;
        char key[256];
        snprintf(key, sizeof key, "%.*s", (int)(equals - plan->overrides[i]), plan->overrides[i]);
        rs_result_add_setting(result, key, equals + 1);
    }
}

static void fill_run(rs_result *result, const rs_shared *shared, const rs_ending *ending) {
    const rs_plan_runtime *runtime = &shared->plan->runtime;
    result->seed = shared->seed;
    result->clock = runtime->clock == RS_PLAN_VIRTUAL ? "virtual" : "real";
    result->scheduler = rs_result_text(result, runtime->scheduler);
    result->threads = runtime->threads;
    result->elapsed_ns = ending->elapsed_ns;
    result->status = ending->status;
    if (ending->reason[0]) result->reason = rs_result_text(result, ending->reason);
    if (runtime->clock != RS_PLAN_VIRTUAL) return;
    char hash[RS_TRACE_HASH_TEXT];
    rs_trace_hash_print(&shared->hash, hash);
    result->trace_hash = rs_result_text(result, hash);
}

/* Requests that were never sent are in no count and no latency: the reader must know. */
static void warn_of_unsent(rs_result *result, const rs_shared *shared) {
    const rs_plan *plan = shared->plan;
    for (uint32_t load = 0, client = 0; load < plan->load_count; load++) {
        uint64_t unsent = 0;
        for (uint32_t n = 0; n < plan->loads[load].clients; n++, client++)
            unsent += rs_ledgers_page(&shared->ledgers, client)->unsent;
        char number[RS_UNITS_TEXT_BYTES];
        if (unsent)
            rs_result_add_warning(
                result, rs_result_print(result,
                                        "load %s: about %s requests were due and never sent; its "
                                        "clients, each with one request at a time, fell behind",
                                        plan->loads[load].id,
                                        rs_units_format_count(unsent, number, sizeof number)));
    }
}

static void fill_warnings(rs_result *result, const rs_shared *shared) {
    warn_of_unsent(result, shared);
    char text[160];
    uint32_t doubles = rs_load(&shared->roles.double_count, rs_relaxed);
    snprintf(text, sizeof text, "%" PRIu32 " times two live processes held one role", doubles);
    if (doubles) rs_result_add_warning(result, text);
    uint64_t stalls = 0;
    for (uint32_t i = 0; i < shared->slots; i++)
        stalls += rs_load(&shared->rings[i].stalls, rs_relaxed);
    snprintf(text, sizeof text,
             "the export of events held the run up %" PRIu64 " times; its timing is not its own",
             stalls);
    if (stalls && shared->plan->runtime.clock == RS_PLAN_REAL) rs_result_add_warning(result, text);
}

void rs_tally_fill(rs_result *result, rs_shared *shared, const rs_ending *ending) {
    rs_tally_scenario(result, shared->plan);
    fill_run(result, shared, ending);
    fill_phases(result, shared->plan);
    rs_tally_restarts(result, shared);
    rs_tally_calls(result, shared, ending);
    rs_tally_faults(result, shared);
    rs_tally_work(result, shared);
    rs_tally_sched(result, shared);
    rs_tally_upgrades(result, shared);
    rs_tally_state(result, shared);
    rs_tally_checks(result, shared);
    rs_inquest_fill(result, shared);
    fill_warnings(result, shared);
}
