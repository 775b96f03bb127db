/* draw_test.c: what is drawn stays within the envelope, and depends on the seed alone.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/explore/draw.h"

#include "runtime/base/test/test.h"
#include "runtime/base/units.h"
#include "scenarios/language/fault_how.h"
#include "scenarios/language/fault_when.h"
#include "scenarios/language/language.h"

#include <string.h>

#define SEEDS 3000u

static rs_plan *parse(const char *explore) {
    char text[2048];
    snprintf(text, sizeof text,
             "scenario: test\nclocks: [virtual]\n"
             "tree:\n  id: top\n  strategy: one_for_one\n  children:\n"
             "    - { id: a, worker: echo }\n    - { id: b, worker: echo }\n"
             "    - id: tables\n      strategy: simple_one_for_one\n"
             "      child: { worker: high_scores_table }\n"
             "    - { id: registry, worker: high_scores_registry, tables: tables }\n"
             "setup:\n  - { add_games: registry, count: 3 }\n"
             "phases: { run: 10s, heal: 1s }\n%s",
             explore);
    rs_diagnostics *problems = rs_diagnostics_create();
    rs_plan *plan = rs_plan_parse("test.yaml", text, strlen(text), NULL, 0, problems);
    if (!plan) rs_diagnostics_print(problems, stderr);
    rs_diagnostics_destroy(problems);
    CHECK(plan != NULL);
    return plan;
}

static bool is_same(const rs_plan *a, const rs_plan *b) {
    if (a->fault_count != b->fault_count) return false;
    for (uint32_t i = 0; i < a->fault_count; i++) {
        const rs_plan_fault *x = &a->faults[i], *y = &b->faults[i];
        if (x->how != y->how || x->at_ns != y->at_ns || strcmp(x->id, y->id) != 0 ||
            memcmp(x->arguments, y->arguments, sizeof x->arguments) != 0)
            return false;
    }
    return true;
}

TEST(a_seed_always_draws_the_same) {
    rs_plan *plan =
        parse("explore: { faults: [segv, kill, exit], max_faults: 8, max_rate: 5/s }\n");
    rs_draw one, other;
    uint32_t different = 0;
    rs_draw_init(&one, plan);
    rs_draw_init(&other, plan);
    for (uint64_t seed = 1; seed <= 200; seed++) {
        rs_draw_for(&other, seed + 1000); /* what came before matters not */
        CHECK(is_same(rs_draw_for(&one, seed), rs_draw_for(&other, seed)));
        different += !is_same(rs_draw_for(&one, seed), rs_draw_for(&other, seed + 1));
    }
    CHECK(different > 190);
    rs_draw_fini(&one);
    rs_draw_fini(&other);
    rs_plan_destroy(plan);
}

TEST(what_is_protected_is_never_hit) {
    rs_plan *plan = parse("explore: { faults: [segv, kill], protect: [root, a, tables/*] }\n");
    rs_draw draw;
    uint32_t b = 0, tables = 0, registry = 0;
    rs_draw_init(&draw, plan);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const rs_plan *drawn = rs_draw_for(&draw, seed);
        for (uint32_t i = 0; i < drawn->fault_count; i++) {
            const char *path = drawn->faults[i].crash;
            b += strcmp(path, "b") == 0;
            tables += strcmp(path, "tables") == 0;
            registry += strcmp(path, "registry") == 0;
            CHECK(strcmp(path, "b") == 0 || strcmp(path, "tables") == 0 ||
                  strcmp(path, "registry") == 0);
        }
    }
    CHECK(b && tables && registry);
    rs_draw_fini(&draw);
    rs_plan_destroy(plan);
}

static uint64_t blows_of(const rs_plan_fault *fault) {
    bool repeats = strcmp(fault->how->name, "init_fail") == 0;
    return fault->pick_value * (repeats ? fault->arguments[0] : 1);
}

/* Those of the second that begins with the fault. */
static uint64_t blows_within(const rs_plan *drawn, uint32_t first) {
    uint64_t from_ns = drawn->faults[first].at_ns, count = 0;
    for (uint32_t i = 0; i < drawn->fault_count; i++)
        if (drawn->faults[i].at_ns >= from_ns && drawn->faults[i].at_ns < from_ns + 1000000000)
            count += blows_of(&drawn->faults[i]);
    return count;
}

/* No second has more blows than the rate allows, and no life more than it may, also where a fault
 * strikes several processes, or several starts. */
TEST(rates_and_numbers_are_kept) {
    rs_plan *plan =
        parse("explore: { faults: [segv, kill, init_fail], max_faults: 12, max_rate: 3/s }\n");
    rs_draw draw;
    uint64_t most = 0, several = 0, repeated = 0;
    rs_draw_init(&draw, plan);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const rs_plan *drawn = rs_draw_for(&draw, seed);
        uint64_t blows = 0;
        for (uint32_t i = 0; i < drawn->fault_count; i++) {
            CHECK(drawn->faults[i].at_ns < UINT64_C(10000000000));
            CHECK(blows_within(drawn, i) <= 3);
            CHECK_INT(rs_draw_blows(&drawn->faults[i]), blows_of(&drawn->faults[i]));
            blows += blows_of(&drawn->faults[i]);
            several += drawn->faults[i].pick == RS_PLAN_PICK_COUNT;
            repeated += blows_of(&drawn->faults[i]) > drawn->faults[i].pick_value;
        }
        CHECK(blows <= 12);
        if (blows > most) most = blows;
    }
    CHECK_INT(most, 12);
    CHECK(several > SEEDS / 100 && repeated > SEEDS / 100);
    rs_draw_fini(&draw);
    rs_plan_destroy(plan);
}

/* Each kind alone somewhere, and all together somewhere: that is what a swarm is for. */
TEST(lives_have_some_of_the_kinds) {
    rs_plan *plan = parse("explore: { faults: [segv, kill, exit, abort], max_faults: 8 }\n");
    rs_draw draw;
    uint32_t with[4] = {0}, alone = 0;
    rs_draw_init(&draw, plan);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const rs_plan *drawn = rs_draw_for(&draw, seed);
        uint32_t seen = 0;
        for (uint32_t i = 0; i < drawn->fault_count; i++)
            for (uint32_t k = 0; k < 4; k++)
                if (drawn->faults[i].how == plan->envelope.kinds[k]) seen |= 1u << k;
        for (uint32_t k = 0; k < 4; k++) with[k] += seen >> k & 1;
        alone += drawn->fault_count > 3 && (seen & (seen - 1)) == 0;
    }
    for (uint32_t k = 0; k < 4; k++) CHECK(with[k] > SEEDS / 5);
    CHECK(alone > SEEDS / 50);
    rs_draw_fini(&draw);
    rs_plan_destroy(plan);
}

/* What a failure file says of a fault is that fault, to the last nanosecond. */
static void check_written(const rs_plan_fault *fault) {
    char how[512], text[1024];
    bool mail = fault->how->aim == RS_AIM_MAIL;
    snprintf(text, sizeof text, "faults: [ { id: x, at: 1s, how: \"%s\"%s%s } ]\n",
             rs_fault_how_write(fault, how, sizeof how),
             !fault->crash ? ""
             : mail        ? ", mail: "
                           : ", crash: ",
             fault->crash ? "a" : "");
    rs_plan *plan = parse(text);
    CHECK_INT(plan->fault_count, 1);
    CHECK(memcmp(plan->faults[0].arguments, fault->arguments, sizeof fault->arguments) == 0);
    rs_plan_destroy(plan);
}

TEST(what_is_drawn_strikes_and_can_be_written) {
    rs_plan *plan = parse("explore: { faults: all, max_faults: 20, max_rate: 20/s }\n");
    rs_draw draw;
    uint32_t init_fails = 0, likely = 0;
    rs_draw_init(&draw, plan);
    for (uint64_t seed = 1; seed <= 300; seed++) {
        const rs_plan *drawn = rs_draw_for(&draw, seed);
        for (uint32_t i = 0; i < drawn->fault_count; i++) {
            const rs_plan_fault *fault = &drawn->faults[i];
            CHECK(rs_fault_when_fires(fault));
            check_written(fault);
            if (strcmp(fault->how->name, "init_fail") != 0) continue;
            init_fails++;
            likely += fault->arguments[1] > RS_UNITS_SHARE_WHOLE / 100;
        }
    }
    CHECK(init_fails > 20);
    CHECK(likely > init_fails / 2);
    rs_draw_fini(&draw);
    rs_plan_destroy(plan);
}

/* A rate of 0 does nothing at all. */
TEST(no_rate_is_no_fault) {
    rs_plan *plan = parse("explore: { faults: kill, max_rate: 0/s }\n");
    rs_draw draw;
    rs_draw_init(&draw, plan);
    for (uint64_t seed = 1; seed <= 50; seed++) CHECK_INT(rs_draw_for(&draw, seed)->fault_count, 0);
    rs_draw_fini(&draw);
    rs_plan_destroy(plan);
}

TEST(own_faults_stay_when_they_are_named) {
    rs_plan *plan = parse("faults: [ { id: mine, crash: a, how: kill, at: 1s } ]\n"
                          "explore: { faults: [own, segv] }\n");
    rs_draw draw;
    rs_draw_init(&draw, plan);
    for (uint64_t seed = 1; seed <= 50; seed++) {
        const rs_plan *drawn = rs_draw_for(&draw, seed);
        CHECK(drawn->fault_count >= 1);
        CHECK_STR(drawn->faults[0].id, "mine");
    }
    rs_draw_fini(&draw);
    rs_plan_destroy(plan);
}

TEST_MAIN()
