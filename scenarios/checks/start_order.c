/* start_order.c: a supervisor starts its children from the first to the last, each when those
 * before it are there; under rest_for_one and one_for_all also when it starts them again, after it
 * has stopped those that go along. Source: rules S6, S8, S17. SPDX-License-Identifier: MIT
 */
#include "scenarios/checks/siblings.h"

typedef struct start {
    rs_checking *checking;
    rs_siblings siblings;
    const rs_life *life;
    uint32_t index;  /* of the start */
    bool first_time; /* the supervisor is being started itself */
    rs_plan_strategy strategy;
} start;

static void report(const start *one, const rs_life *other, const char *what) {
    rs_checking *checking = one->checking;
    rs_finding *finding =
        rs_checking_find(checking, one->life->role, one->index, "%s#%u is started %s %s#%u %s",
                         rs_checking_path(checking, one->life->role), one->life->incarnation,
                         other->ended < one->index ? "although" : "while",
                         rs_checking_path(checking, other->role), other->incarnation, what);
    rs_checking_tell(checking, finding, one->index);
    rs_checking_tell(checking, finding, other->started);
    rs_checking_tell(checking, finding, other->stopping);
    rs_checking_tell(checking, finding, other->ended);
    rs_checking_tell_role(checking, finding, one->life->role, 0, one->index);
}

/* Those behind it are started after it, and were stopped before. */
static bool look_behind(const start *one) {
    for (uint32_t i = one->siblings.place + 1; i < one->siblings.count; i++) {
        uint32_t later =
            rs_siblings_living(one->checking, &one->siblings, i, one->life->supervisor, one->index);
        if (later == RS_NEVER) continue;
        report(one, &one->checking->lives->at[later], "is alive, which comes after it");
        return false;
    }
    return true;
}

/* Who waits for its time, or has a budget of its own, is passed over: others go on meanwhile. */
static bool may_be_passed(const rs_plan_node *node) {
    return node->backoff.first_ns || node->budget_period_s || node->fence_ns ||
           node->restart == RS_PLAN_TEMPORARY;
}

/* It is down, its supervisor knows, and it is to be started again. */
static bool is_owed(const start *one, uint32_t place, const rs_life *life) {
    if (may_be_passed(one->siblings.supervisor->children[place])) return false;
    if (life->ended > one->index || life->not_due < one->index) return false;
    return life->noticed < one->index;
}

/* Under one_for_all nobody who lives on was there before the end of the one that is started. */
static bool is_from_before(const start *one, const rs_life *other) {
    if (one->first_time || one->strategy != RS_PLAN_ONE_FOR_ALL) return false;
    uint32_t before = rs_siblings_latest(one->checking, &one->siblings, one->siblings.place,
                                         one->life->supervisor, one->index);
    if (before == RS_NEVER || other->ended < one->index) return false;
    return other->started < one->checking->lives->at[before].ended;
}

static void look_ahead(const start *one) {
    for (uint32_t i = 0; i < one->siblings.place; i++) {
        uint32_t number =
            rs_siblings_latest(one->checking, &one->siblings, i, one->life->supervisor, one->index);
        if (number == RS_NEVER) continue;
        const rs_life *other = &one->checking->lives->at[number];
        if (is_owed(one, i, other))
            report(one, other, "comes before it and is down");
        else if (is_from_before(one, other))
            report(one, other, "should have been stopped with it");
        else
            continue;
        return;
    }
}

static bool is_ordered(const start *one) {
    return one->first_time || one->strategy == RS_PLAN_ONE_FOR_ALL ||
           one->strategy == RS_PLAN_REST_FOR_ONE;
}

static void look(rs_checking *checking, const rs_life *life) {
    start one = {.checking = checking,
                 .siblings = rs_siblings_of(checking, life->role),
                 .life = life,
                 .index = life->started};
    if (!one.siblings.count || life->supervisor == RS_NEVER) return;
    one.first_time = checking->lives->at[life->supervisor].started > life->started;
    one.strategy = one.siblings.supervisor->strategy;
    if (is_ordered(&one) && look_behind(&one)) look_ahead(&one);
}

static void run(rs_checking *checking) {
    for (uint32_t i = 0; i < checking->lives->count; i++) look(checking, &checking->lives->at[i]);
}

extern const rs_check rs_check_start_order;
const rs_check rs_check_start_order = {
    .name = "start_order",
    .about = "a supervisor starts its children from the first to the last, and groups again so",
    .run = run,
};
