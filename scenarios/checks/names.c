/* names.c: the dead hold no name, and no registry entry leads to them, when all is over and has
 * been for longer than the grace.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/checking.h"

static void report(rs_checking *checking, uint32_t index) {
    const rs_history_entry *entry = &checking->history->at[index];
    uint32_t life = rs_lives_find(checking->lives, entry->pid);
    uint32_t incarnation = life == RS_NEVER ? 0 : checking->lives->at[life].incarnation;
    bool is_name = entry->detail == RS_LEFT_STALE_NAME;
    rs_finding *finding =
        rs_checking_find(checking, entry->role, index, "%s leads to %s#%u, which is dead",
                         is_name ? "its name" : "a registry's entry",
                         rs_checking_path(checking, entry->role), incarnation);
    rs_checking_tell_life(checking, finding, life);
    rs_checking_tell(checking, finding, index);
}

static void run(rs_checking *checking) {
    const rs_history *history = checking->history;
    if (!rs_history_has(history, RS_HISTORY_LEFT)) return;
    for (uint32_t i = checking->begin; i < history->count; i++) {
        const rs_history_entry *entry = &history->at[i];
        bool stale = entry->kind == RS_HISTORY_LEFT &&
                     (entry->detail == RS_LEFT_STALE_ENTRY || entry->detail == RS_LEFT_STALE_NAME);
        if (stale) report(checking, i);
    }
}

extern const rs_check rs_check_names;
const rs_check rs_check_names = {
    .name = "names",
    .about = "no name and no registry entry is held by the dead when all is over",
    .run = run,
};
