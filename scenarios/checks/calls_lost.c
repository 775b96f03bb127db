/* calls_lost.c: of each call that a client stops waiting for it becomes known what happened to it:
 * it was handled after all, or died with its callee, or a fault took it.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/checking.h"
#include "scenarios/engine/memo.h"

/* The calls whose fate is known. */
static void gather(const rs_history *history, rs_memo *known) {
    if (!rs_history_has(history, RS_HISTORY_FATE) && !rs_history_has(history, RS_HISTORY_TOUCHED))
        return;
    for (uint32_t i = 0; i < history->count; i++) {
        const rs_history_entry *entry = &history->at[i];
        if (entry->kind == RS_HISTORY_FATE || entry->kind == RS_HISTORY_TOUCHED)
            rs_memo_put(known, entry->ref, i);
    }
}

/* Its way, where messages are written down too. */
static void tell_way(const rs_checking *checking, rs_finding *finding, uint64_t call) {
    const rs_history *history = checking->history;
    for (uint32_t i = 0; finding && i < history->count; i++) {
        uint16_t kind = history->at[i].kind;
        bool on_its_way =
            kind == RS_HISTORY_SENT || kind == RS_HISTORY_TAKEN || kind == RS_HISTORY_REPLIED;
        if (on_its_way && history->at[i].ref == call) rs_checking_tell(checking, finding, i);
    }
}

static void report(rs_checking *checking, uint32_t index) {
    const rs_history_entry *ask = &checking->history->at[index];
    uint32_t life = rs_lives_find(checking->lives, ask->peer);
    uint32_t role = life == RS_NEVER ? 0 : checking->lives->at[life].role;
    rs_finding *finding =
        rs_checking_find(checking, role, index,
                         "a call is lost: client %u waited for its answer until the timeout, and "
                         "%s never came to it",
                         ask->number, role ? rs_checking_path(checking, role) : "its callee");
    rs_checking_tell(checking, finding, index);
    tell_way(checking, finding, ask->ref);
    rs_checking_tell_life(checking, finding, life);
}

static void run(rs_checking *checking) {
    const rs_history *history = checking->history;
    rs_memo known = {0};
    gather(history, &known);
    for (uint32_t i = 0; i < history->count; i++) {
        const rs_history_entry *entry = &history->at[i];
        if (entry->kind != RS_HISTORY_ASK || !(entry->detail & RS_ASKED_GIVEN_UP)) continue;
        if (rs_memo_get(&known, entry->ref) == RS_NEVER) report(checking, i);
    }
    rs_memo_fini(&known);
}

extern const rs_check rs_check_calls_lost;
const rs_check rs_check_calls_lost = {
    .name = "calls_lost",
    .about = "no call is lost: each is answered, or refused, or dies with its callee",
    .needs = RS_CHECK_CALLS,
    .run = run,
};
