/* orphans.c: everybody who lives has a supervisor that lives, and lives in a role alone; whoever is
 * left at the end can be reached. A start, a death or a notice may take the grace.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/units.h"
#include "scenarios/engine/checking.h"

#include <string.h>

/* One finding tells enough of a role. */
static bool is_told(const rs_checking *checking, uint32_t role) {
    const rs_findings *findings = &checking->shared->findings;
    const char *path = rs_checking_path(checking, role);
    for (uint32_t i = 0; i < findings->count; i++)
        if (findings->at[i].check == checking->check && strcmp(findings->at[i].path, path) == 0)
            return true;
    return false;
}

static uint32_t earlier(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

/* ---------------------------------------------------------------- two in one role */

static void report_double(rs_checking *checking, const rs_life *first, const rs_life *second) {
    char took[RS_UNITS_TEXT_BYTES];
    uint32_t until = earlier(first->ended, second->ended);
    rs_finding *finding = rs_checking_find(
        checking, first->role, second->started, "two live in %s: #%u and #%u, for %s%s",
        rs_checking_path(checking, first->role), first->incarnation, second->incarnation,
        rs_checking_took(checking, second->started, until, took, sizeof took),
        until >= checking->stop ? ", until the end" : "");
    if (!finding) return;
    rs_checking_tell(checking, finding, first->started);
    rs_checking_tell(checking, finding, second->started);
    rs_checking_tell(checking, finding, first->reached);
    rs_checking_tell(checking, finding, second->reached);
    rs_checking_tell_role(checking, finding, first->role, 0, second->started);
}

/* Against those that began before and are not over: few, or there would be a finding already. */
static void look_at_role(rs_checking *checking, uint32_t role) {
    const rs_lives *lives = checking->lives;
    for (uint32_t i = lives->first[role]; i != RS_NEVER; i = lives->at[i].next) {
        uint32_t next = lives->at[i].next;
        if (next == RS_NEVER) return;
        const rs_life *first = &lives->at[i], *second = &lives->at[next];
        uint32_t until = earlier(earlier(first->ended, second->ended), checking->stop);
        if (until <= second->started) continue;
        if (rs_checking_between(checking, second->started, until) <= RS_CHECKING_GRACE_NS) continue;
        if (!rs_checking_is_held(checking, i)) report_double(checking, first, second);
        return;
    }
}

/* ---------------------------------------------------------------- without a supervisor */

static void look_at_life(rs_checking *checking, uint32_t number) {
    const rs_life *life = &checking->lives->at[number];
    if (life->supervisor == RS_NEVER || is_told(checking, life->role)) return;
    uint32_t alone = checking->lives->at[life->supervisor].ended;
    uint32_t until = earlier(life->ended, checking->stop);
    if (alone >= until) return;
    if (rs_checking_between(checking, alone, until) <= RS_CHECKING_GRACE_NS) return;
    if (rs_checking_is_held(checking, number)) return;
    char took[RS_UNITS_TEXT_BYTES];
    rs_finding *finding =
        rs_checking_find(checking, life->role, alone, "%s#%u lived on for %s without a supervisor",
                         rs_checking_path(checking, life->role), life->incarnation,
                         rs_checking_took(checking, alone, until, took, sizeof took));
    rs_checking_tell_life(checking, finding, life->supervisor);
    rs_checking_tell_life(checking, finding, number);
}

/* ---------------------------------------------------------------- at the end */

static void look_at_left(rs_checking *checking, uint32_t index) {
    const rs_history_entry *entry = &checking->history->at[index];
    bool unreachable = entry->detail == RS_LEFT_UNREACHABLE;
    if (!unreachable && entry->detail != RS_LEFT_UNSUPERVISED) return;
    if (is_told(checking, entry->role)) return;
    if (rs_checking_is_held(checking, rs_lives_find(checking->lives, entry->pid))) return;
    rs_finding *finding = rs_checking_find(
        checking, entry->role, index, "%s#%u is left alive, but %s",
        rs_checking_path(checking, entry->role), entry->incarnation,
        unreachable ? "neither name nor registry leads to it" : "no living supervisor knows it");
    rs_checking_tell(checking, finding, index);
    if (unreachable) rs_checking_tell_registries(checking, finding);
    rs_checking_tell_life(checking, finding, rs_lives_find(checking->lives, entry->pid));
    rs_checking_tell_role(checking, finding, entry->role, 0, index);
}

static void run(rs_checking *checking) {
    const rs_lives *lives = checking->lives;
    for (uint32_t role = 1; role <= lives->roles; role++) look_at_role(checking, role);
    for (uint32_t i = 0; i < lives->count; i++) look_at_life(checking, i);
    if (!rs_history_has(checking->history, RS_HISTORY_LEFT)) return;
    for (uint32_t i = checking->begin; i < checking->history->count; i++)
        if (checking->history->at[i].kind == RS_HISTORY_LEFT) look_at_left(checking, i);
}

extern const rs_check rs_check_orphans;
const rs_check rs_check_orphans = {
    .name = "orphans",
    .about = "everybody alive has a living supervisor, a role alone, and somebody who leads there",
    .run = run,
};
