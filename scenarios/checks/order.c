/* order.c: what one process sends to another is handled in the order in which it was sent. What a
 * fault holds up is sent when it lets go of it. Selective receives take what they want, and are
 * left out.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/checking.h"
#include "scenarios/engine/memo.h"

typedef struct line {
    rs_memo sent;  /* by what it is: where it was sent */
    rs_memo taken; /* by pair: where the latest was sent that has been handled */
} line;

static uint64_t pair_of(const rs_history_entry *sent) {
    uint64_t mixed = sent->pid * UINT64_C(0x9e3779b97f4a7c15) ^ sent->peer;
    return mixed ? mixed : 1;
}

static void report(rs_checking *checking, uint32_t index, uint32_t sent, uint32_t later) {
    const rs_history_entry *taken = &checking->history->at[index];
    uint32_t life = rs_lives_find(checking->lives, taken->pid);
    uint32_t role = life == RS_NEVER ? 0 : checking->lives->at[life].role;
    rs_finding *finding = rs_checking_find(
        checking, role, index, "%s handles what was sent to it later before what was sent earlier",
        role ? rs_checking_path(checking, role) : "somebody");
    rs_checking_tell(checking, finding, sent);
    rs_checking_tell(checking, finding, later);
    for (uint32_t i = index; finding && i-- > sent;)
        if (checking->history->at[i].kind == RS_HISTORY_TAKEN &&
            checking->history->at[i].ref == checking->history->at[later].ref) {
            rs_checking_tell(checking, finding, i);
            break;
        }
    rs_checking_tell(checking, finding, index);
}

/* What was sent is forgotten then: its place in memory is another's next time. */
static void look(rs_checking *checking, line *all, uint32_t index) {
    const rs_history *history = checking->history;
    uint32_t sent = rs_memo_get(&all->sent, history->at[index].ref);
    if (sent == RS_NEVER || history->at[sent].peer != history->at[index].pid) return;
    rs_memo_put(&all->sent, history->at[index].ref, RS_NEVER);
    uint64_t pair = pair_of(&history->at[sent]);
    uint32_t latest = rs_memo_get(&all->taken, pair);
    bool same_pair = latest != RS_NEVER && history->at[latest].pid == history->at[sent].pid &&
                     history->at[latest].peer == history->at[sent].peer;
    if (same_pair && latest > sent)
        report(checking, index, sent, latest);
    else
        rs_memo_put(&all->taken, pair, sent);
}

static void run(rs_checking *checking) {
    const rs_history *history = checking->history;
    line all = {.sent = {0}};
    for (uint32_t i = 0; i < history->count; i++) {
        if (history->at[i].kind == RS_HISTORY_SENT)
            rs_memo_put(&all.sent, history->at[i].ref, i);
        else if (history->at[i].kind == RS_HISTORY_TAKEN)
            look(checking, &all, i);
    }
    rs_memo_fini(&all.sent);
    rs_memo_fini(&all.taken);
}

extern const rs_check rs_check_order;
const rs_check rs_check_order = {
    .name = "order",
    .about = "messages from one process to another are handled in the order they were sent in",
    .needs = RS_CHECK_MAIL,
    .run = run,
};
