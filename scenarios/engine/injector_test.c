/* injector_test.c: when faults strike, by what narrows their triggers.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/injector.h"

#include "scenarios/engine/watch.h"
#include "scenarios/language/test/parse.h"

#include <stdio.h>
#include <string.h>

#define MS UINT64_C(1000000)

static rs_plan *plan;
static rs_shared *shared;

/* Runs a tree of two, and `a` below a shop, under one fault; its blows are then in `shared`. */
static void run(const char *clock, const char *fault) {
    char text[2048];
    snprintf(text, sizeof text,
             "scenario: test\n"
             "runtime: { clock: %s }\n"
             "tree: { id: top, strategy: one_for_one, intensity: 1000, children: [\n"
             "  { id: left, worker: echo }, { id: right, worker: echo },\n"
             "  { id: shop, strategy: one_for_one, intensity: 1000, children: [{ id: a, worker: "
             "echo }] }] }\n"
             "load: [{ id: all, target: left, rate: 1k/s }]\n"
             "phases: { warm: 20ms, storm: 100ms, heal: 50ms }\n"
             "faults:\n  - { id: f, how: kill, %s }\n"
             "  - { id: g, crash: right, how: kill, every: 10ms, may_miss: true }\n",
             clock, fault);
    plan = parse(text);
    shared = rs_shared_create(plan, 7, false, NULL);
    CHECK(shared != NULL);
    rs_ending ending;
    rs_watch watch = {.timeout_ns = UINT64_C(60000000000)};
    rs_watch_run(&watch, shared, &ending);
    CHECK_INT(ending.status, RS_RESULT_COMPLETE);
}

static void finish(void) {
    rs_shared_destroy(shared);
    rs_plan_destroy(plan);
}

static uint32_t count(void) {
    return rs_load(&shared->blows.lists[0].count, rs_relaxed);
}

static const rs_blow *blow(uint32_t index) {
    return &shared->blows.lists[0].at[index];
}

/* When blow `index` was due, since t = 0. */
static uint64_t due_ns(uint32_t index) {
    return (uint64_t)rs_shared_since(shared, blow(index)->aimed_ns);
}

static const char *victim(uint32_t index) {
    return rs_roles_path(&shared->roles, blow(index)->role);
}

/* ------------------------------------------------------------------ what narrows a trigger */

TEST(firings_keep_their_distance) {
    run("virtual", "crash: left, rate: poisson(2k/s), min_gap: 3ms");
    uint32_t moved = 0;
    CHECK(count() > 20 && count() <= 40);
    for (uint32_t i = 1; i < count(); i++) {
        CHECK(due_ns(i) >= due_ns(i - 1) + 3 * MS);
        moved += due_ns(i) == due_ns(i - 1) + 3 * MS;
    }
    CHECK(moved > count() / 2 && moved < count()); /* 0.5 ms apart on average, without the gap */
    finish();
}

TEST(a_fault_on_duty_for_part_of_each_period_strikes_only_then) {
    run("virtual", "crash: left, every: 1ms, duty: 4ms of 25ms, during: storm");
    CHECK_INT(count(), 15); /* at 1, 2, 3 ms; 25 to 28, … */
    for (uint32_t i = 0; i < count(); i++) CHECK((due_ns(i) - 20 * MS) % (25 * MS) < 4 * MS);
    finish();
}

TEST(each_firing_has_its_chance) {
    run("virtual", "crash: left, every: 1ms, chance: 25%");
    CHECK(count() > 15 && count() < 45); /* of 119; half of them beyond four sigma */
    for (uint32_t i = 0; i < count(); i++) CHECK_INT(due_ns(i) % MS, 0);
    finish();
}

TEST(a_limit_counts_firings_and_not_blows) {
    run("virtual", "crash: \"*\", pick: all, every: 1ms, limit: 4");
    CHECK_INT(count(), 12);
    CHECK_INT(due_ns(11), 4 * MS);
    finish();
}

/* ------------------------------------------------------------------ whole subtrees, and the root
 */

TEST(two_stars_are_a_node_and_what_is_below_it) {
    run("virtual", "crash: \"shop/**\", pick: all, at: 5ms");
    CHECK_INT(count(), 2);
    CHECK_STR(victim(0), "shop");
    CHECK_STR(victim(1), "shop/a");
    for (uint32_t i = 0; i < 2; i++)
        CHECK_INT(rs_load(&blow(i)->outcome, rs_relaxed), RS_STRIKE_HIT);
    finish();
}

TEST(the_root_is_hit_by_its_name_alone) {
    run("virtual", "crash: \"**\", pick: all, at: 5ms");
    CHECK_INT(count(), 4);
    for (uint32_t i = 0; i < 4; i++) CHECK(blow(i)->role > 1);
    finish();
    run("virtual", "crash: top, at: 5ms");
    CHECK_INT(count(), 1);
    CHECK_INT(blow(0)->role, 1);
    CHECK_INT(rs_load(&blow(0)->outcome, rs_relaxed), RS_STRIKE_HIT);
    finish();
}

/* ------------------------------------------------------------------ occasions */

/* `right` is killed at 10, 20, … 110 ms. */
TEST(a_fault_follows_each_restart_after_its_delay) {
    run("virtual", "crash: left, on: restart of right, delay: 2ms");
    CHECK_INT(count(), 11);
    for (uint32_t i = 0; i < count(); i++) {
        uint64_t since_ns = due_ns(i) - (i + 1) * 10 * MS;
        CHECK(since_ns > 2 * MS && since_ns < 3 * MS);
    }
    finish();
}

TEST(occasions_are_told_apart) {
    static const struct {
        const char *fault;
        uint32_t firings;
    } cases[] = {
        {"crash: left, on: exit of right", 11},
        {"crash: left, on: start of right, during: storm", 10}, /* at 20 ms it is just before */
        {"crash: left, on: init_failed of right", 0},
        {"crash: left, on: escalation of top", 0},
        {"crash: shop, on: first_call of left", 1}, /* and nobody calls `right` */
        {"crash: left, on: first_call of right", 0},
        {"crash: left, on: restart of shop/**", 0},
        {"crash: left, on: restart of right, min_gap: 25ms", 5},
        {"crash: left, on: restart of right, delay: 15ms, limit: 3", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run("virtual", cases[i].fault);
        if (count() != cases[i].firings)
            rs_test_fail(__FILE__, __LINE__, "%s: %u firings", cases[i].fault, count());
        finish();
    }
}

/* A fault that its own blows set off again, four times as often as it may strike. */
TEST(a_storm_of_events_lets_go_what_it_cannot_keep) {
    run("virtual", "crash: \"**\", pick: all, on: exit of **, min_gap: 2ms");
    CHECK(count() > 100);
    CHECK(rs_load(&shared->occasions.at[0].let_go, rs_relaxed) > 0);
    CHECK(rs_load(&shared->occasions.at[0].pending, rs_relaxed) <= RS_OCCASIONS_PENDING_MAX);
    finish();
}

TEST(occasions_wake_on_real_cores_too) {
    run("real", "crash: left, on: exit of right");
    CHECK(count() > 0);
    for (uint32_t i = 0; i < count(); i++) /* on a busy machine it may still be dead */
        CHECK(blow(i)->role == 0 || strcmp(victim(i), "left") == 0);
    finish();
}

/* ------------------------------------------------------------------ nothing at all */

TEST(what_never_fires_changes_nothing) {
    static const char *const faults[] = {"every: 1ms, limit: 0",         "every: 1ms, pick: 0",
                                         "every: 1ms, pick: 0%",         "every: 1ms, chance: 0%",
                                         "every: 1ms, duty: 0s of 10ms", "rate: 0/s"};
    char hash[2][40];
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        char fault[128];
        snprintf(fault, sizeof fault, "crash: left, %s", faults[i]);
        run("virtual", fault);
        CHECK_INT(count(), 0);
        CHECK(!rs_injector_needed(&plan->faults[0]));
        rs_trace_hash_print(&shared->hash, hash[i > 0]);
        if (i) CHECK_STR(hash[1], hash[0]);
        finish();
    }
}

TEST_MAIN()
