/* sometimes.c: what has happened at least once.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/sometimes.h"

#include "reports/rows.h"
#include "scenarios/engine/verdict.h"
#include "scenarios/language/path.h"

#include <stdlib.h>
#include <string.h>

static bool matches(const rs_checking *checking, const char *pattern, uint32_t role) {
    return !pattern || rs_path_matches(pattern, rs_roles_path(&checking->shared->roles, role));
}

/* ---------------------------------------------------------------- events */

/* By itself or by a fault: it was not told to, and this is no good reason to end. */
static bool is_crash(const rs_checking *checking, const rs_life *life) {
    const char *reason = rs_history_reason(checking->history, &checking->history->at[life->ended]);
    return life->stopping == RS_NEVER && strcmp(reason, "normal") != 0 &&
           strncmp(reason, "shutdown", 8) != 0 && strncmp(reason, "{shutdown,", 10) != 0;
}

/* A start that follows an end in the same role. */
static bool is_restart(const rs_checking *checking, const rs_life *life) {
    return rs_lives_latest(checking->lives, life->role, life->started) != RS_NEVER;
}

static const uint16_t kinds[] = {
    [RS_PLAN_HAPPENS_CRASH] = RS_EVENT_EXIT,    [RS_PLAN_HAPPENS_EXIT] = RS_EVENT_EXIT,
    [RS_PLAN_HAPPENS_START] = RS_EVENT_STARTED, [RS_PLAN_HAPPENS_RESTART] = RS_EVENT_STARTED,
    [RS_PLAN_HAPPENS_FAULT] = RS_EVENT_FAULT,   [RS_PLAN_HAPPENS_ESCALATION] = RS_EVENT_ESCALATED,
};

static bool is_event(const rs_checking *checking, const rs_plan_sometimes *plan, uint32_t index) {
    const rs_history_entry *entry = &checking->history->at[index];
    if (entry->kind != kinds[plan->event] || !matches(checking, plan->pattern, entry->role))
        return false;
    if (plan->event != RS_PLAN_HAPPENS_CRASH && plan->event != RS_PLAN_HAPPENS_RESTART) return true;
    uint32_t number = rs_lives_find(checking->lives, entry->pid);
    if (number == RS_NEVER) return false;
    const rs_life *life = &checking->lives->at[number];
    return (plan->event == RS_PLAN_HAPPENS_CRASH ? is_crash : is_restart)(checking, life);
}

/* ---------------------------------------------------------------- during a restart */

/* From an end to the moment at which a successor can be reached; one that nobody leads to counts
 * from its start. Never the very end that begins it, nor the start that ends it. */
static bool is_down(const rs_checking *checking, uint32_t role, uint32_t index) {
    const rs_lives *lives = checking->lives;
    uint32_t latest = rs_lives_latest(lives, role, index);
    if (latest == RS_NEVER) return false;
    const rs_life *life = &lives->at[latest];
    if (life->ended < index) return life->next != RS_NEVER;
    bool began_again = lives->first[role] != latest;
    return began_again && life->reached != RS_NEVER && life->reached > index &&
           life->ended > life->reached;
}

/* A process that dies before anybody can reach it dies during its own role's restart. */
static bool is_in_restart(const rs_checking *checking, uint32_t role, uint32_t index) {
    const rs_lives *lives = checking->lives;
    uint32_t latest = rs_lives_latest(lives, role, index);
    bool ends_here = latest != RS_NEVER && lives->at[latest].ended == index;
    if (!ends_here) return is_down(checking, role, index);
    return lives->first[role] != latest && lives->at[latest].reached == RS_NEVER;
}

static bool is_during(const rs_checking *checking, const char *pattern, uint32_t index) {
    if (!pattern) return true;
    for (uint32_t role = 1; role <= checking->lives->roles; role++)
        if (matches(checking, pattern, role) && is_in_restart(checking, role, index)) return true;
    return false;
}

/* ---------------------------------------------------------------- looking */

static bool was_seen(const rs_checking *checking, const rs_plan_sometimes *plan) {
    uint32_t *times = rs_rows_alloc(sizeof *times * (checking->lives->roles + 1u));
    bool seen = false;
    for (uint32_t i = checking->begin; !seen && i < checking->stop; i++) {
        if (!is_event(checking, plan, i) || !is_during(checking, plan->during, i)) continue;
        uint32_t role = checking->history->at[i].role;
        seen = !plan->repeated || ++times[role] > 1;
    }
    free(times);
    return seen;
}

void rs_sometimes_look(const rs_checking *checking) {
    const rs_plan *plan = checking->shared->plan;
    for (uint32_t i = 0; i < plan->sometimes_count; i++)
        if (plan->sometimes[i].is_event && was_seen(checking, &plan->sometimes[i]))
            checking->shared->seen |= UINT64_C(1) << i;
}

/* ---------------------------------------------------------------- telling */

static void fill_event(rs_result_sometimes *row, const rs_shared *shared, uint32_t index) {
    row->known = shared->findings.looked;
    row->seen = (shared->seen >> index) & 1u;
    if (!row->known) row->why = "there is no history of this run";
}

static void fill_metric(rs_result_sometimes *row, rs_result *result, const rs_plan *plan,
                        const rs_plan_expectation *expectation) {
    const char *why = NULL;
    row->known = rs_verdict_holds(result, plan, expectation, &row->seen, &why);
    row->why = why;
}

void rs_sometimes_fill(rs_result *result, const rs_shared *shared) {
    const rs_plan *plan = shared->plan;
    for (uint32_t i = 0; i < plan->sometimes_count; i++) {
        const rs_plan_sometimes *from = &plan->sometimes[i];
        rs_result_sometimes *row = rs_result_add_sometimes(result, from->text);
        row->file = rs_result_text(result, from->place.file);
        row->line = from->place.line;
        row->column = from->place.column;
        if (from->is_event)
            fill_event(row, shared, i);
        else
            fill_metric(row, result, plan, &from->expectation);
    }
}
