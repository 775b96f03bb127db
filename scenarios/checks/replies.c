/* replies.c: each answer is to a request, goes to who asked, comes once, and is one that the
 * operation knows. What a fault has touched on its way is left out.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/term.h"
#include "scenarios/engine/checking.h"
#include "scenarios/engine/memo.h"

#include <string.h>

typedef struct exchange {
    rs_memo requests, answers, touched; /* by the call: where it is in the history */
} exchange;

static bool is_request(const rs_history_entry *entry) {
    return entry->kind == RS_HISTORY_SENT && rs_term_tag(entry->ref) == RS_TAG_REF;
}

static void report(rs_checking *checking, uint32_t index, uint32_t other, const char *what) {
    const rs_history_entry *entry = &checking->history->at[index];
    uint32_t life = rs_lives_find(checking->lives, entry->pid);
    uint32_t role = life == RS_NEVER ? 0 : checking->lives->at[life].role;
    rs_finding *finding = rs_checking_find(
        checking, role, index, "%s %s", role ? rs_checking_path(checking, role) : "somebody", what);
    rs_checking_tell(checking, finding, other);
    rs_checking_tell(checking, finding, index);
}

static void look_at_answer(rs_checking *checking, exchange *all, uint32_t index) {
    const rs_history_entry *answer = &checking->history->at[index];
    if (rs_memo_get(&all->touched, answer->ref) != RS_NEVER) return;
    uint32_t request = rs_memo_get(&all->requests, answer->ref);
    uint32_t before = rs_memo_get(&all->answers, answer->ref);
    if (request == RS_NEVER)
        report(checking, index, RS_NEVER, "answers a request that nobody has made");
    else if (checking->history->at[request].pid != answer->peer)
        report(checking, index, request, "answers somebody who has not asked");
    else if (before != RS_NEVER)
        report(checking, index, before, "answers one request twice");
    rs_memo_put(&all->answers, answer->ref, index);
}

/* Whether an answer is of the right type its operation alone knows, and then it fails so. */
static void look_at_operation(rs_checking *checking, uint32_t index) {
    const rs_history_entry *end = &checking->history->at[index];
    if (strcmp(rs_history_reason(checking->history, end), "bad_return_value") != 0) return;
    const rs_plan *plan = checking->shared->plan;
    const rs_plan_node *target =
        end->detail < plan->load_count ? plan->loads[end->detail].target : plan->root;
    rs_finding *finding = rs_checking_find(
        checking, rs_shared_role(checking->shared, target->path), index,
        "the answer that %s of client %u got is none of that operation", end->word, end->number);
    for (uint32_t i = index; finding && i-- > checking->begin && finding->event_count < 4;)
        if (checking->history->at[i].pid == end->pid) rs_checking_tell(checking, finding, i);
    rs_checking_tell(checking, finding, index);
}

static void find_touched(const rs_history *history, rs_memo *touched) {
    for (uint32_t i = 0; i < history->count; i++)
        if (history->at[i].kind == RS_HISTORY_TOUCHED) rs_memo_put(touched, history->at[i].ref, i);
}

static void run(rs_checking *checking) {
    const rs_history *history = checking->history;
    exchange all = {.answers = {0}};
    if (rs_history_has(history, RS_HISTORY_TOUCHED)) find_touched(history, &all.touched);
    for (uint32_t i = 0; i < history->count; i++) {
        if (is_request(&history->at[i]))
            rs_memo_put(&all.requests, history->at[i].ref, i);
        else if (history->at[i].kind == RS_HISTORY_REPLIED)
            look_at_answer(checking, &all, i);
        else if (history->at[i].kind == RS_HISTORY_END)
            look_at_operation(checking, i);
    }
    rs_memo_fini(&all.requests);
    rs_memo_fini(&all.answers);
    rs_memo_fini(&all.touched);
}

extern const rs_check rs_check_replies;
const rs_check rs_check_replies = {
    .name = "replies",
    .about = "each reply matches a request: one at most, to who asked, of what the operation takes",
    .needs = RS_CHECK_CALLS | RS_CHECK_MAIL,
    .run = run,
};
