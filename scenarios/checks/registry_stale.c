/* registry_stale.c: whoever leads callers to a process notices its death: nobody is sent to one
 * that has been dead for longer than the grace. A client that remembers a pid by itself is left
 * out. SPDX-License-Identifier: MIT
 */
#include "reports/rows.h"
#include "runtime/base/units.h"
#include "scenarios/engine/checking.h"
#include "scenarios/engine/memo.h"

#include <stdlib.h>
#include <string.h>

typedef struct misled {
    uint32_t count, first, last; /* calls, and where they are in the history */
} misled;

/* How long somebody had been dead when the client began to look for it: a registry that takes its
 * time answers what it knew when it was asked, since what it hears meanwhile stands in line. */
static uint64_t dead_for(const rs_history *history, uint32_t ended, const rs_history_entry *ask) {
    uint64_t begun_ns = ask->time_ns - UINT64_C(1000) * ask->cause;
    uint64_t ended_ns = history->at[ended].time_ns;
    return begun_ns > ended_ns ? begun_ns - ended_ns : 0;
}

/* The life that the call went to when it had ended long before; RS_NEVER: all is well. */
static uint32_t find_dead(const rs_checking *checking, uint32_t index) {
    const rs_history_entry *ask = &checking->history->at[index];
    if (ask->kind != RS_HISTORY_ASK || ask->detail != RS_ASKED_FAILED) return RS_NEVER;
    if (strcmp(rs_history_reason(checking->history, ask), "noproc") != 0) return RS_NEVER;
    uint32_t life = rs_lives_find(checking->lives, ask->peer);
    uint32_t ended = life == RS_NEVER ? RS_NEVER : checking->lives->at[life].ended;
    if (ended == RS_NEVER || ended > index) return RS_NEVER;
    bool long_before = dead_for(checking->history, ended, ask) > RS_CHECKING_GRACE_NS;
    return long_before ? life : RS_NEVER;
}

static void report(rs_checking *checking, uint32_t number, const misled *calls) {
    const rs_life *life = &checking->lives->at[number];
    char took[RS_UNITS_TEXT_BYTES];
    rs_finding *finding =
        rs_checking_find(checking, life->role, calls->first,
                         "callers are led to %s#%u, which is dead: %u call%s got noproc, the last "
                         "one %s after its end",
                         rs_checking_path(checking, life->role), life->incarnation, calls->count,
                         calls->count == 1 ? "" : "s",
                         rs_checking_took(checking, life->ended, calls->last, took, sizeof took));
    rs_checking_tell(checking, finding, life->reached);
    rs_checking_tell_life(checking, finding, number);
    rs_checking_tell(checking, finding, calls->first);
    rs_checking_tell(checking, finding, calls->last);
}

/* A call that a fault has held up was led right when it was sent. */
static void find_touched(const rs_checking *checking, rs_memo *touched) {
    if (!rs_history_has(checking->history, RS_HISTORY_TOUCHED)) return;
    for (uint32_t i = checking->begin; i < checking->stop; i++)
        if (checking->history->at[i].kind == RS_HISTORY_TOUCHED)
            rs_memo_put(touched, checking->history->at[i].ref, i);
}

static void run(rs_checking *checking) {
    misled *all = rs_rows_alloc(sizeof *all * (checking->lives->count + 1u));
    rs_memo touched = {0};
    find_touched(checking, &touched);
    for (uint32_t i = checking->begin; i < checking->stop; i++) {
        uint32_t life = find_dead(checking, i);
        if (life == RS_NEVER) continue;
        if (rs_memo_get(&touched, checking->history->at[i].ref) != UINT32_MAX) continue;
        if (!all[life].count++) all[life].first = i;
        all[life].last = i;
    }
    for (uint32_t life = 0; life < checking->lives->count; life++)
        if (all[life].count) report(checking, life, &all[life]);
    rs_memo_fini(&touched);
    free(all);
}

extern const rs_check rs_check_registry_stale;
const rs_check rs_check_registry_stale = {
    .name = "registry_stale",
    .about = "nobody is led to a process that has been dead for longer than 100 ms",
    .needs = RS_CHECK_CALLS,
    .run = run,
};
