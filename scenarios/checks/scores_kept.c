/* scores_kept.c: what a process has declared to keep (rs_keep) is there in its successor too, and
 * it has one. Says more than most designs promise, so it looks only when it is named.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/checking.h"

static uint32_t number_at(const rs_checking *checking, uint32_t index) {
    return checking->history->at[index].number;
}

/* The first that began after it had ended; RS_NEVER: there is none. */
static uint32_t find_successor(const rs_lives *lives, uint32_t number) {
    uint32_t next = lives->at[number].next;
    while (next != RS_NEVER && lives->at[next].started < lives->at[number].ended)
        next = lives->at[next].next;
    return next;
}

/* Whoever is stopped for good takes along what nobody wants any more. */
static bool is_wanted(const rs_checking *checking, const rs_life *life) {
    if (life->ended >= checking->stop) return false;
    return life->stopping == RS_NEVER ||
           checking->history->at[life->stopping].detail != RS_STOP_SHUTDOWN;
}

static uint32_t count_lost(const rs_checking *checking, uint32_t number) {
    const rs_life *life = &checking->lives->at[number];
    if (!is_wanted(checking, life)) return 0;
    uint32_t kept = number_at(checking, life->ended);
    uint32_t successor = find_successor(checking->lives, number);
    if (successor == RS_NEVER) return kept;
    uint32_t found = number_at(checking, checking->lives->at[successor].started);
    return kept > found ? kept - found : 0;
}

static void report(rs_checking *checking, uint32_t role, uint32_t first, uint64_t lost) {
    const rs_lives *lives = checking->lives;
    rs_finding *finding =
        rs_checking_find(checking, role, lives->at[first].ended,
                         "%llu scores lost: what %s kept is not there in its successors",
                         (unsigned long long)lost, rs_checking_path(checking, role));
    uint32_t successor = find_successor(lives, first);
    rs_checking_tell_life(checking, finding, first);
    if (successor != RS_NEVER) rs_checking_tell(checking, finding, lives->at[successor].started);
}

static void look(rs_checking *checking, uint32_t role) {
    uint32_t first = RS_NEVER;
    uint64_t lost = 0;
    for (uint32_t i = checking->lives->first[role]; i != RS_NEVER;
         i = checking->lives->at[i].next) {
        uint32_t here = count_lost(checking, i);
        if (here && first == RS_NEVER) first = i;
        lost += here;
    }
    if (lost) report(checking, role, first, lost);
}

static void run(rs_checking *checking) {
    for (uint32_t role = 1; role <= checking->lives->roles; role++) look(checking, role);
}

extern const rs_check rs_check_scores_kept;
const rs_check rs_check_scores_kept = {
    .name = "scores_kept",
    .about = "no score that a table kept is ever lost; only when named",
    .by_name_only = true,
    .run = run,
};
