/* scores.c: every list that clients were told of is ordered, bounded, and equal to a model that is
 * fed with what they were answered, in the order in which the process handled their calls. A death
 * may lose all of it, or nothing when it is stored: both are followed until one is refuted. What
 * became of a call that failed is not known, so after one the model waits for the next whole list.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/checks/score_model.h"
#include "scenarios/engine/checking.h"
#include "scenarios/engine/memo.h"

#include "reports/rows.h"

#include <stdlib.h>

#include "runtime/process/term.h"

/* A call to a process that lists were told of: what it was told, or that it failed. */
typedef struct answer {
    uint32_t handled; /* where in the history: the order of all */
    uint32_t ask;     /* the entry of the call */
    bool failed;
} answer;

typedef struct answers {
    RS_ROWS(answer) list;
    rs_memo handled; /* by the call: where it was taken, or else sent */
    rs_memo touched; /* by the call: a fault has touched it, so it may have been handled twice */
} answers;

/* ---------------------------------------------------------------- putting them in order */

static bool is_call(const rs_history_entry *entry) {
    return rs_term_tag(entry->ref) == RS_TAG_REF;
}

static void gather(const rs_history *history, answers *all) {
    for (uint32_t i = 0; i < history->count; i++) {
        const rs_history_entry *entry = &history->at[i];
        if (!entry->ref || !is_call(entry)) continue;
        uint32_t before = rs_memo_get(&all->handled, entry->ref);
        bool again = before != RS_NEVER && history->at[before].kind == RS_HISTORY_TAKEN;
        if (entry->kind == RS_HISTORY_SENT || entry->kind == RS_HISTORY_TAKEN)
            rs_memo_put(again ? &all->touched : &all->handled, entry->ref, i);
        else if (entry->kind == RS_HISTORY_TOUCHED)
            rs_memo_put(&all->touched, entry->ref, i);
    }
}

static void add(answers *all, const rs_history *history, uint32_t ask) {
    answer *one = RS_ROWS_ADD(&all->list);
    uint32_t handled = rs_memo_get(&all->handled, history->at[ask].ref);
    bool told = ask + 1 < history->count && history->at[ask + 1].kind == RS_HISTORY_TOLD &&
                history->at[ask + 1].pid == history->at[ask].pid;
    one->handled = handled == RS_NEVER ? ask : handled;
    one->ask = ask;
    one->failed = !told || rs_memo_get(&all->touched, history->at[ask].ref) != RS_NEVER;
}

static int compare(const void *a, const void *b) {
    const answer *x = a, *y = b;
    return x->handled < y->handled ? -1 : x->handled > y->handled;
}

/* ---------------------------------------------------------------- one answer */

static void report(rs_checking *checking, uint32_t ask, const char *what) {
    const rs_history *history = checking->history;
    uint32_t life = rs_lives_find(checking->lives, history->at[ask].peer);
    const rs_life *one = &checking->lives->at[life];
    rs_finding *finding =
        rs_checking_find(checking, one->role, ask, "%s#%u %s",
                         rs_checking_path(checking, one->role), one->incarnation, what);
    rs_checking_tell(checking, finding, one->started);
    for (uint32_t i = ask; finding && i < history->count && i < ask + 6; i++)
        if (i == ask || history->at[i].kind == RS_HISTORY_TOLD)
            rs_checking_tell(checking, finding, i);
        else
            break;
    rs_checking_tell(checking, finding, one->ended);
}

static void take(rs_checking *checking, rs_score_model *model, const answer *one) {
    const rs_history_entry *told = &checking->history->at[one->ask + 1];
    uint32_t left = checking->history->count - one->ask - 1;
    const char *wrong = told->detail == RS_TOLD_ADDED ? rs_score_model_add(model, told)
                                                      : rs_score_model_compare(model, told, left);
    if (wrong) report(checking, one->ask, wrong);
}

/* The model is the role's; whoever lives there now may have begun with nothing. */
static void follow(rs_checking *checking, rs_score_model *models, const answer *one) {
    const rs_history_entry *ask = &checking->history->at[one->ask];
    uint32_t life = rs_lives_find(checking->lives, ask->peer);
    if (life == RS_NEVER) return;
    rs_score_model *model = &models[checking->lives->at[life].role];
    rs_score_model_live(model, life);
    if (one->failed)
        rs_score_model_doubt(model);
    else
        take(checking, model, one);
}

/* A failed call counts where lists are kept: elsewhere there is nothing to doubt. */
static void follow_all(rs_checking *checking, answers *all) {
    rs_score_model *models = rs_rows_alloc(sizeof *models * (checking->lives->roles + 1u));
    if (all->list.count) qsort(all->list.at, all->list.count, sizeof *all->list.at, compare);
    for (size_t i = 0; i < all->list.count; i++) follow(checking, models, &all->list.at[i]);
    for (uint32_t i = 0; i <= checking->lives->roles; i++) rs_score_model_fini(&models[i]);
    free(models);
}

static void run(rs_checking *checking) {
    const rs_history *history = checking->history;
    answers all = {.handled = {0}};
    if (!rs_history_has(history, RS_HISTORY_TOLD)) return; /* nobody keeps a list */
    gather(history, &all);
    for (uint32_t i = 0; i < history->count; i++)
        if (history->at[i].kind == RS_HISTORY_ASK) add(&all, history, i);
    follow_all(checking, &all);
    free(all.list.at);
    rs_memo_fini(&all.handled);
    rs_memo_fini(&all.touched);
}

extern const rs_check rs_check_scores;
const rs_check rs_check_scores = {
    .name = "scores",
    .about =
        "tables are ordered, bounded, and equal to a model fed with what clients were answered",
    .needs = RS_CHECK_CALLS | RS_CHECK_MAIL,
    .run = run,
};
