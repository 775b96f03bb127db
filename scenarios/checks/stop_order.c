/* stop_order.c: a supervisor stops its children from the last to the first, each only when the one
 * after it is gone. Children of a template go all at once. Source: rules S17, S25.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/checks/siblings.h"

static void report(rs_checking *checking, uint32_t index, uint32_t life) {
    const rs_history_entry *stopping = &checking->history->at[index];
    const rs_life *later = &checking->lives->at[life];
    rs_finding *finding = rs_checking_find(
        checking, stopping->role, index,
        "%s#%u is told to stop while %s#%u, which was started after it, is still alive",
        rs_checking_path(checking, stopping->role), stopping->incarnation,
        rs_checking_path(checking, later->role), later->incarnation);
    rs_checking_tell(checking, finding, index);
    rs_checking_tell(checking, finding, later->started);
    rs_checking_tell(checking, finding, later->stopping);
    rs_checking_tell(checking, finding, later->ended);
    rs_checking_tell_life(checking, finding, rs_lives_find(checking->lives, stopping->pid));
}

static void look(rs_checking *checking, uint32_t index) {
    const rs_history_entry *stopping = &checking->history->at[index];
    uint32_t number = rs_lives_find(checking->lives, stopping->pid);
    if (number == RS_NEVER) return;
    const rs_life *life = &checking->lives->at[number];
    rs_siblings siblings = rs_siblings_of(checking, life->role);
    for (uint32_t i = siblings.place + 1; i < siblings.count; i++) {
        uint32_t later = rs_siblings_living(checking, &siblings, i, life->supervisor, index);
        if (later == RS_NEVER) continue;
        report(checking, index, later);
        return;
    }
}

static void run(rs_checking *checking) {
    for (uint32_t i = 0; i < checking->history->count; i++)
        if (checking->history->at[i].kind == RS_EVENT_STOPPING) look(checking, i);
}

extern const rs_check rs_check_stop_order;
const rs_check rs_check_stop_order = {
    .name = "stop_order",
    .about = "a supervisor stops its children from the last to the first, one after another",
    .run = run,
};
