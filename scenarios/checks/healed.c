/* healed.c: after the last fault the tree becomes whole again: every child of the plan and every
 * role that was there at t = 0 is alive and can be reached, when the last phase has lasted for the
 * stated time, or else when it is over. Who is not started again by the rules of OTP is not missed;
 * below one who is missed, nobody else is.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/units.h"
#include "scenarios/engine/checking.h"
#include "scenarios/engine/tree.h"

typedef struct census {
    rs_checking *checking;
    uint64_t due_ns; /* by the run's clock */
    uint32_t due;    /* the first entry after it */
    bool in_the_end; /* nothing is between it and the end: who was asked then counts */
} census;

/* ---------------------------------------------------------------- when */

static uint64_t due_since(const rs_checking *checking) {
    const rs_plan *plan = checking->shared->plan;
    const rs_plan_phase *last = &plan->phases[plan->phase_count - 1];
    uint64_t within_ns = checking->time_ns && checking->time_ns < last->duration_ns
                             ? checking->time_ns
                             : last->duration_ns;
    return last->start_ns + within_ns;
}

static uint32_t find_due(const rs_checking *checking, uint64_t due_ns) {
    uint32_t index = checking->begin;
    while (index < checking->stop && checking->history->at[index].time_ns <= due_ns) index++;
    return index;
}

/* ---------------------------------------------------------------- who */

/* The life in `role` at the moment that counts; RS_NEVER: nobody's. */
static uint32_t find_living(const census *all, uint32_t role) {
    const rs_lives *lives = all->checking->lives;
    uint32_t found = RS_NEVER;
    for (uint32_t i = lives->first[role]; i != RS_NEVER; i = lives->at[i].next)
        if (lives->at[i].started < all->due && lives->at[i].ended >= all->due) found = i;
    return found;
}

static uint32_t find_last(const census *all, uint32_t role) {
    return rs_lives_latest(all->checking->lives, role, all->due);
}

static bool was_set_up(const census *all, uint32_t role) {
    const rs_lives *lives = all->checking->lives;
    uint32_t begin = all->checking->begin;
    for (uint32_t i = lives->first[role]; i != RS_NEVER; i = lives->at[i].next)
        if (lives->at[i].started < begin && lives->at[i].ended > begin) return true;
    return false;
}

/* A planned child that its supervisor lets go of, or that has never been there, is not due. */
static bool is_due(const census *all, uint32_t role) {
    const rs_shared *shared = all->checking->shared;
    uint32_t last = find_last(all, role);
    if (last == RS_NEVER || role > shared->planned) return last != RS_NEVER;
    const char *path = rs_roles_path(&shared->roles, role);
    const rs_plan_node *node = rs_tree_find(shared->plan->root, path);
    bool temporary = node && node->parent && node->restart == RS_PLAN_TEMPORARY;
    return !temporary && all->checking->lives->at[last].not_due == RS_NEVER;
}

static bool was_ever_reached(const census *all, uint32_t role) {
    const rs_lives *lives = all->checking->lives;
    for (uint32_t i = lives->first[role]; i != RS_NEVER; i = lives->at[i].next)
        if (lives->at[i].reached < all->due) return true;
    return false;
}

static uint32_t find_left(const census *all, uint64_t pid) {
    const rs_history *history = all->checking->history;
    if (!all->in_the_end || !rs_history_has(history, RS_HISTORY_LEFT)) return RS_NEVER;
    for (uint32_t i = all->checking->begin; i < history->count; i++)
        if (history->at[i].kind == RS_HISTORY_LEFT && history->at[i].pid == pid &&
            history->at[i].detail == RS_LEFT_UNREACHABLE)
            return i;
    return RS_NEVER;
}

/* ---------------------------------------------------------------- what is wrong */

static void report_missing(const census *all, uint32_t role) {
    rs_checking *checking = all->checking;
    char took[RS_UNITS_TEXT_BYTES];
    uint32_t last = find_last(all, role), ended = checking->lives->at[last].ended;
    rs_finding *finding =
        rs_checking_find(checking, role, all->due,
                         "%s is not there any more: it ended %s before, and has no successor",
                         rs_checking_path(checking, role),
                         rs_checking_took(checking, ended, all->due, took, sizeof took));
    rs_checking_tell_life(checking, finding, last);
    rs_checking_tell_role(checking, finding, role, ended, all->due);
}

static void report_unreachable(const census *all, uint32_t life, uint32_t left) {
    rs_checking *checking = all->checking;
    const rs_life *one = &checking->lives->at[life];
    rs_finding *finding =
        rs_checking_find(checking, one->role, all->due, "%s#%u is alive, but nothing leads to it",
                         rs_checking_path(checking, one->role), one->incarnation);
    rs_checking_tell_life(checking, finding, life);
    rs_checking_tell(checking, finding, left);
    rs_checking_tell_registries(checking, finding);
    rs_checking_tell_role(checking, finding, one->role, 0, all->due);
}

static bool is_reachable(const census *all, uint32_t role, uint32_t life) {
    return all->checking->lives->at[life].reached < all->due || !was_ever_reached(all, role);
}

/* False: it is missed. */
static bool look(const census *all, uint32_t role) {
    uint32_t life = find_living(all, role);
    if (life == RS_NEVER && !is_due(all, role)) return true;
    if (life == RS_NEVER) {
        report_missing(all, role);
        return false;
    }
    uint32_t left = find_left(all, all->checking->lives->at[life].pid);
    if (left != RS_NEVER || !is_reachable(all, role, life)) report_unreachable(all, life, left);
    return true;
}

/* Somebody above is missed, or was let go of together with all below. */
static bool is_below_missing(const census *all, uint32_t role) {
    const rs_role *roles = all->checking->shared->roles.at;
    for (uint32_t above = roles[role].parent; above; above = roles[above].parent)
        if (find_living(all, above) == RS_NEVER) return true;
    return false;
}

static void run(rs_checking *checking) {
    uint64_t due_ns = due_since(checking) + rs_load(&checking->shared->zero_ns, rs_relaxed);
    census all = {.checking = checking, .due_ns = due_ns, .due = find_due(checking, due_ns)};
    const rs_plan *plan = checking->shared->plan;
    const rs_plan_phase *last = &plan->phases[plan->phase_count - 1];
    all.in_the_end = due_since(checking) == last->start_ns + last->duration_ns;
    for (uint32_t role = 1; role <= checking->lives->roles; role++) {
        bool counts = role <= checking->shared->planned || was_set_up(&all, role);
        if (counts && !is_below_missing(&all, role)) look(&all, role);
    }
}

extern const rs_check rs_check_healed;
const rs_check rs_check_healed = {
    .name = "healed",
    .about = "every planned child and set-up role is alive and reachable when the last phase ends",
    .takes_time = true,
    .run = run,
};
