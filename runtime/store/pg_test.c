/* pg_test.c: who is in which group, who hears of it, and what deaths leave behind; everywhere.
 * What is expected was seen on OTP 25.
 * Source: rules PG1, PG2.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/pg.h"

#include "runtime/process/test/puppet.h"

static rs_atom scope_name(void) {
    return rs_atom_find("scope");
}

static rs_pid start_scope(void) {
    rs_pid scope = 0;
    CHECK_INT(rs_pg_start(scope_name(), NULL, &scope, NULL), RS_OK);
    return scope;
}

static rs_term group_of(int64_t which) {
    return rs_term_integer(which);
}

static void join(int64_t group, rs_pid pid) {
    CHECK_INT(rs_pg_join(scope_name(), group_of(group), pid), RS_PG_OK);
}

static rs_pg_result leave(int64_t group, rs_pid pid) {
    return rs_pg_leave(scope_name(), group_of(group), pid);
}

static void are(const rs_pid *pids, uint32_t count, const rs_pid *expected, uint32_t size) {
    CHECK_INT(count, size);
    for (uint32_t i = 0; i < size; i++) CHECK_INT(pids[i], expected[i]);
}

static void members_are(int64_t group, const rs_pid *expected, uint32_t size) {
    uint32_t count = 77;
    const rs_pid *members = rs_pg_get_members(scope_name(), group_of(group), &count);
    are(members, count, expected, size);
}

#define MEMBERS(GROUP, ...)                                                                        \
    members_are(GROUP, (const rs_pid[]){__VA_ARGS__},                                              \
                sizeof((const rs_pid[]){__VA_ARGS__}) / sizeof(rs_pid))

static void has_no_members(int64_t group) {
    members_are(group, NULL, 0);
}

/* Until the scope has handled all that was sent to it before. */
static void let_settle(void) {
    settle();
    CHECK_INT(leave(-1, rs_self()), RS_PG_NOT_JOINED);
}

static void add_one(rs_term group, void *context) {
    (void)group;
    ++*(uint32_t *)context;
}

static uint32_t count_groups(void) {
    uint32_t visited = 0;
    CHECK_INT(rs_pg_which_groups(scope_name(), add_one, &visited), visited);
    return visited;
}

/* ------------------------------------------------------------------ joining and leaving */

static void joins_and_leaves(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid scope = start_scope(), a = new_puppet(), b = new_puppet(), c = new_puppet();
    const rs_atom name = scope_name();
    const rs_pid three[] = {b, c, c}, two[] = {rs_self(), b};
    has_no_members(1);
    join(1, a);
    join(1, a);
    MEMBERS(1, a, a);
    CHECK_INT(rs_pg_join_all(name, group_of(1), three, 3), RS_PG_OK);
    MEMBERS(1, b, c, c, a, a);
    CHECK_INT(leave(1, a), RS_PG_OK);
    MEMBERS(1, b, c, c, a);
    CHECK_INT(leave(1, rs_self()), RS_PG_NOT_JOINED);
    CHECK_INT(rs_pg_leave_all(name, group_of(1), two, 2), RS_PG_OK);
    MEMBERS(1, c, c, a);
    CHECK_INT(rs_pg_leave_all(name, group_of(1), two, 1), RS_PG_NOT_JOINED);
    CHECK_INT(rs_pg_leave_all(name, group_of(1), NULL, 0), RS_PG_NOT_JOINED);
    CHECK_INT(leave(2, a), RS_PG_NOT_JOINED);
    join(2, a);
    CHECK_INT(count_groups(), 2);
    CHECK_INT(leave(2, a), RS_PG_OK);
    CHECK_INT(leave(2, a), RS_PG_NOT_JOINED);
    CHECK_INT(count_groups(), 1);
    const rs_pid all[] = {scope, a, b, c};
    for (int i = 0; i < 4; i++) kill_and_wait(all[i]);
}
TEST(PG1_who_joins_k_times_is_listed_k_times) {
    everywhere(joins_and_leaves);
}

static void find_text(rs_term group, void *context) {
    if (rs_term_equal(group, *(const rs_term *)context)) *(rs_term *)context = 0;
}

/* Groups are equal by value, whoever made them. */
static void groups_are_terms(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid scope = start_scope();
    uint32_t count = 0;
    const rs_term things[] = {rs_term_integer(1), rs_term_own_text("blue", 4)};
    const rs_term parts[] = {rs_atom_find("room"), rs_term_own_list(2, things)};
    rs_term mine = rs_term_own_tuple(2, parts), same = term_of("{room,[1,\"blue\"]}"),
            other = term_of("{room,[1,\"red\"]}"), wanted_term = same;
    CHECK_INT(rs_pg_join(scope_name(), mine, rs_self()), RS_PG_OK);
    rs_term_release(mine);
    rs_pg_get_members(scope_name(), same, &count);
    CHECK_INT(count, 1);
    rs_pg_get_members(scope_name(), other, &count);
    CHECK_INT(count, 0);
    CHECK_INT(rs_pg_which_groups(scope_name(), find_text, &wanted_term), 1);
    CHECK(wanted_term == 0);
    CHECK_INT(rs_pg_leave(scope_name(), same, rs_self()), RS_PG_OK);
    CHECK_INT(rs_pg_join(scope_name(), other, rs_self()), RS_PG_OK);
    rs_term_release(same);
    rs_term_release(other);
    kill_and_wait(scope); /* it has the last reference of a group */
}
TEST(PG1_groups_are_terms) {
    everywhere(groups_are_terms);
}

static void reads_alone(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid scope = start_scope();
    join(1, rs_self());
    settle();
    rs_memory_use first, last;
    uint64_t before = counters().signals;
    MEMBERS(1, rs_self());
    rs_memory_read(&first);
    for (int i = 0; i < 100; i++) MEMBERS(1, rs_self());
    CHECK_INT(count_groups(), 1);
    rs_memory_read(&last);
    CHECK_INT(counters().signals, before);
    CHECK_INT(last.message, first.message);
    kill_and_wait(scope);
}
TEST(PG1_reading_sends_nothing_and_keeps_one_result) {
    run_on(&one_core, reads_alone);
}

/* ------------------------------------------------------------------ deaths */

static void dies_joined(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid scope = start_scope(), a = new_puppet(), b = new_puppet();
    for (int i = 0; i < 20; i++) {
        join(i, a);
        join(i, a);
    }
    join(0, b);
    CHECK_INT(count_groups(), 20);
    kill_and_wait(a);
    let_settle();
    MEMBERS(0, b);
    for (int i = 1; i < 20; i++) has_no_members(i);
    CHECK_INT(count_groups(), 1);
    join(1, a); /* the dead may join, for a moment */
    let_settle();
    has_no_members(1);
    kill_and_wait(b);
    let_settle();
    CHECK_INT(count_groups(), 0);
    kill_and_wait(scope);
}
TEST(PG2_the_dead_leave_and_empty_groups_vanish) {
    everywhere(dies_joined);
}

static void scope_dies(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid scope = start_scope(), a = new_puppet(), second = 0;
    rs_term reason = 0;
    const rs_pid *members;
    uint32_t count = 1;
    CHECK_INT(rs_pg_start(scope_name(), NULL, &second, &reason), RS_ETAKEN);
    const rs_term clash[] = {RS_ATOM(already_started), scope};
    rs_term expected = rs_term_tuple(2, clash);
    CHECK(rs_term_equal(reason, expected));
    rs_term_release(reason);
    rs_term_release(expected);
    for (int i = 0; i < 3000; i++) join(i, a);
    CHECK(rs_pg_monitor(scope_name(), group_of(1), &members, &count) != 0);
    kill_and_wait(scope);
    has_no_members(1);
    CHECK_INT(count_groups(), 0);
    CHECK_INT(rs_pg_join(scope_name(), group_of(1), a), RS_PG_NOPROC);
    CHECK(rs_pg_monitor(scope_name(), group_of(1), &members, &count) == 0);
    scope = start_scope();
    has_no_members(1);
    join(1, a);
    MEMBERS(1, a);
    kill_and_wait(scope);
    is_empty();
    ask(a, DO_NOTHING, 0, NULL);
    kill_and_wait(a);
}
TEST(PG1_a_scope_takes_its_groups_along) {
    everywhere(scope_dies);
}

/* ------------------------------------------------------------------ hearing of changes */

static void hears(rs_ref ref, rs_pg_change change, int64_t group, const rs_pid *pids,
                  uint32_t count) {
    const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
    CHECK(message != NULL && message->type == &rs_pg_event_type);
    const rs_pg_event *event = (const void *)message->payload;
    CHECK_INT(event->ref, ref);
    CHECK_INT(event->change, change);
    CHECK(event->group == group_of(group));
    are(event->pids, event->count, pids, count);
}

static void hears_one(rs_ref ref, rs_pg_change change, int64_t group, rs_pid pid) {
    hears(ref, change, group, &pid, 1);
}

static void sum_content(const rs_pg_event *now, void *context) {
    *(int64_t *)context += rs_term_to_integer(now->group) * 100 + now->count;
}

static rs_ref listen(int64_t group) {
    const rs_pid *members;
    uint32_t count;
    rs_ref ref = rs_pg_monitor(scope_name(), group_of(group), &members, &count);
    CHECK(ref != 0);
    return ref;
}

static void monitors(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid scope = start_scope(), a = new_puppet(), b = new_puppet();
    const rs_pid *members;
    const rs_pid twice[] = {a, a}, more[] = {a, rs_self(), a, a};
    uint32_t count = 0;
    int64_t content = 0;
    join(1, b);
    join(1, a);
    join(2, a);
    rs_ref one = rs_pg_monitor(scope_name(), group_of(1), &members, &count);
    are(members, count, (const rs_pid[]){a, b}, 2);
    rs_ref all = rs_pg_monitor_scope(scope_name(), sum_content, &content);
    CHECK_INT(content, 303);
    rs_ref again = listen(1);
    CHECK_INT(rs_pg_join_all(scope_name(), group_of(1), twice, 2), RS_PG_OK);
    hears(all, RS_PG_JOIN, 1, twice, 2); /* who hears of all first, then who came last */
    hears(again, RS_PG_JOIN, 1, twice, 2);
    hears(one, RS_PG_JOIN, 1, twice, 2);
    CHECK(rs_pg_demonitor(scope_name(), again));
    CHECK_INT(rs_pg_leave_all(scope_name(), group_of(1), more, 4), RS_PG_OK);
    hears(all, RS_PG_LEAVE, 1, more, 4); /* as told, also who was no member */
    hears(one, RS_PG_LEAVE, 1, more, 4);
    CHECK_INT(leave(1, a), RS_PG_NOT_JOINED);
    is_empty();
    join(3, a);
    hears_one(all, RS_PG_JOIN, 3, a);
    kill_and_wait(a);
    hears_one(all, RS_PG_LEAVE, 3, a);
    hears_one(all, RS_PG_LEAVE, 2, a);
    is_empty();
    kill_and_wait(b);
    hears_one(all, RS_PG_LEAVE, 1, b);
    hears_one(one, RS_PG_LEAVE, 1, b);
    kill_and_wait(scope);
    is_empty();
}
TEST(PG2_monitors_hear_of_joins_and_leaves) {
    everywhere(monitors);
}

static void demonitors(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid scope = start_scope(), a = new_puppet();
    int64_t content = 0;
    rs_ref one = listen(1), all = rs_pg_monitor_scope(scope_name(), sum_content, &content);
    CHECK_INT(content, 0);
    join(1, a);
    CHECK(rs_pg_demonitor(scope_name(), one)); /* its message is in the mailbox already */
    hears_one(all, RS_PG_JOIN, 1, a);
    is_empty();
    CHECK(!rs_pg_demonitor(scope_name(), one));
    CHECK(rs_pg_demonitor(scope_name(), all));
    CHECK(!rs_pg_demonitor(scope_name(), all));
    CHECK(!rs_pg_demonitor(scope_name(), rs_make_ref()));
    join(1, a);
    is_empty();
    kill_and_wait(scope);
    CHECK(!rs_pg_demonitor(scope_name(), all));
    kill_and_wait(a);
}
TEST(PG2_who_demonitors_hears_nothing_more) {
    everywhere(demonitors);
}

static void listens(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int i = 0; i < 50; i++) listen(i % 5);
    rs_pg_monitor_scope(scope_name(), sum_content, &(int64_t){0});
    send_number(*(const rs_pid *)args, 1);
    hears_nothing(NULL, 0);
}

/* Neither who listened nor who left costs the scope anything. */
static void is_forgotten(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid scope = start_scope(), me = rs_self();
    rs_memory_use before = {0};
    for (int round = 0; round < 3; round++) { /* the first leaves room in private memory */
        if (round == 1) rs_memory_read(&before);
        rs_pid listener = rs_spawn(listens, &me, sizeof me);
        CHECK_INT(take_number(), 1);
        for (int i = 0; i < 300; i++) join(i, me);
        kill_and_wait(listener);
        for (int i = 0; i < 300; i++) CHECK_INT(leave(i, me), RS_PG_OK);
        if (round == 0) let_settle();
    }
    memory_is(&before);
    kill_and_wait(scope);
}
TEST(who_listened_or_left_is_forgotten) {
    everywhere(is_forgotten);
}

static void returns_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const all[] = {joins_and_leaves, groups_are_terms, dies_joined,
                             scope_dies,       monitors,         demonitors};
    each_returns_memory(all, sizeof all / sizeof *all);
}
TEST(scopes_give_their_memory_back) {
    everywhere(returns_memory);
}

TEST_MAIN()
