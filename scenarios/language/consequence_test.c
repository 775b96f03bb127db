/* consequence_test.c
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/consequence.h"

#include "scenarios/language/plan_json.h"
#include "scenarios/language/print.h"
#include "scenarios/language/test/parse.h"

#include <stdlib.h>

static char *told(const rs_plan *plan) {
    static char text[16384];
    memset(text, 0, sizeof text);
    FILE *out = fmemopen(text, sizeof text, "w");
    rs_plan_print_consequences(plan, out);
    fclose(out);
    return text;
}

static void check_says(const char *text, const char *expected) {
    if (!strstr(text, expected))
        rs_test_fail(__FILE__, __LINE__, "nowhere \"%s\" in:\n%s", expected, text);
}

static const char two_levels[] = "scenario: s\n"
                                 "tree:\n"
                                 "  id: app\n"
                                 "  strategy: one_for_all\n"
                                 "  children:\n"
                                 "    - id: shop\n"
                                 "      intensity: 0\n"
                                 "      restart: transient\n"
                                 "      children: [{ id: db, worker: echo }]\n"
                                 "    - id: api\n"
                                 "      strategy: rest_for_one\n"
                                 "      intensity: 10\n"
                                 "      period: 60s\n"
                                 "      children:\n"
                                 "        - { id: a, worker: echo, restart: transient }\n"
                                 "        - { id: b, worker: echo }\n"
                                 "        - { id: c, worker: echo, restart: temporary }\n";

TEST(one_crash_and_one_too_many) {
    rs_plan *plan = parse(two_levels);
    const char *text = told(plan);
    check_says(text, "the 2nd crash within 5 s ends the supervisor app");
    check_says(text, "it is the root: the run ends");
    check_says(text, "the 1st crash within 5 s ends the supervisor shop, and with it shop/db");
    check_says(text, "it stays down: it gave up with reason shutdown");
    check_says(text, "when api/a ends, it is restarted (unless it ended normally), and with it "
                     "api/b; gone for good: api/c");
    check_says(text, "when api/c ends, it is not restarted");
    check_says(text, "the 11th crash within 60 s ends the supervisor api");
    check_says(text, "app then starts it again (permanent), and restarts shop, shop/db");
    check_says(text, "22 crashes, quick enough, end the run");
    CHECK_INT(rs_plan_crashes_to_end(plan->root), 2);
    CHECK_INT(rs_plan_crashes_to_end(plan->root->children[0]), 0);
    CHECK_INT(rs_plan_crashes_to_end(plan->root->children[1]), 22);
    rs_plan_destroy(plan);
}

TEST(significant_children_take_their_supervisor_along) {
    rs_plan *plan =
        parse("scenario: s\n"
              "tree:\n"
              "  id: app\n"
              "  strategy: one_for_one\n"
              "  auto_shutdown: any_significant\n"
              "  children:\n"
              "    - { id: job, worker: echo, restart: temporary, significant: true }\n"
              "    - id: team\n"
              "      strategy: one_for_one\n"
              "      auto_shutdown: all_significant\n"
              "      children:\n"
              "        - { id: a, worker: echo, restart: transient, significant: true }\n"
              "        - { id: b, worker: echo, restart: transient, significant: true }\n"
              "        - { id: c, worker: echo, restart: temporary }\n");
    const char *text = told(plan);
    check_says(text, "when job ends, it is not restarted (temporary); it is significant: app shuts "
                     "down, and the run ends\n");
    check_says(text, "when team/a ends, it is restarted (unless it ended normally); it is "
                     "significant: when it ended normally, team shuts down once the last of its "
                     "significant children has ended\n");
    check_says(text, "when team/c ends, it is not restarted (temporary)\n");
    rs_plan_destroy(plan);
}

static const char games[] = "scenario: s\n"
                            "tree:\n"
                            "  id: app\n"
                            "  strategy: rest_for_one\n"
                            "  children:\n"
                            "    - id: tables\n"
                            "      strategy: simple_one_for_one\n"
                            "      intensity: 3\n"
                            "      child: { worker: high_scores_table }\n"
                            "    - { id: registry, worker: high_scores_registry, tables: tables }\n"
                            "setup: [{ add_games: registry, count: 6 }]\n"
                            "load: [{ id: l, target: registry }]\n"
                            "faults: [{ id: f, crash: tables/3, how: segv, rate: 1k/s }]\n"
                            "expect: [calls.lost == 0]\n";

TEST(dynamic_children_are_counted_and_forgotten) {
    rs_plan *plan = parse(games);
    const char *text = told(plan);
    check_says(text, "the 4th crash within 5 s ends the supervisor tables, and with it 6 × "
                     "high_scores_table");
    check_says(text, "app then starts it again (permanent), without the children it had, and "
                     "restarts registry");
    rs_plan_destroy(plan);
}

TEST(waits_before_restarts_are_told) {
    rs_plan *plan = parse(
        "scenario: s\n"
        "tree:\n"
        "  id: app\n"
        "  strategy: one_for_one\n"
        "  children:\n"
        "    - { id: a, worker: echo, backoff: 10ms }\n"
        "    - { id: b, worker: echo, backoff: { first: 1ms, factor: 3, max: 2s } }\n"
        "    - { id: t, strategy: simple_one_for_one, child: { worker: echo, backoff: 5ms } }\n"
        "    - { id: u, strategy: simple_one_for_one, child: { worker: echo } }\n");
    const char *text = told(plan);
    check_says(text, "when a ends, it is restarted after 10 ms\n");
    check_says(text, "when b ends, it is restarted after 1 ms, then 3 times as long each time, up "
                     "to 2 s, until it has lived for 4 s\n");
    check_says(text, "a crashed echo is restarted after 5 ms, the others untouched\n");
    check_says(text, "more than 1 restarts within 5 s would end the supervisor app");
    check_says(text, "more than 1 restarts within 5 s would end the supervisor t");
    CHECK(strstr(text, "quick enough") == NULL); /* `app` has children that wait */
    check_says(text, "the 2nd crash within 5 s ends the supervisor u");
    rs_plan_destroy(plan);
}

TEST(budgets_are_told) {
    rs_plan *plan = parse("scenario: s\n"
                          "tree:\n"
                          "  id: app\n"
                          "  strategy: one_for_one\n"
                          "  children:\n"
                          "    - { id: a, worker: echo, budget: { restarts: 3, period: 10s } }\n"
                          "    - id: t\n"
                          "      strategy: simple_one_for_one\n"
                          "      child: { worker: echo, budget: { restarts: 1, period: 1m } }\n");
    const char *text = told(plan);
    check_says(text, "when a ends, it is restarted; with more than 3 restarts due within 10 s it "
                     "stays down\n");
    check_says(text, "a crashed echo is restarted, the others untouched; with more than 1 restart "
                     "due within 60 s it stays down\n");
    rs_plan_destroy(plan);
}

TEST(fences_are_told) {
    rs_plan *plan = parse("scenario: s\n"
                          "tree:\n"
                          "  id: app\n"
                          "  strategy: one_for_one\n"
                          "  children:\n"
                          "    - { id: a, worker: echo, fence: 5s }\n");
    check_says(told(plan), "when a ends, it is restarted, but not while the last one is still in a "
                           "system call, for up to 5 s\n");
    rs_plan_destroy(plan);
}

TEST(a_dry_run_names_victims_and_times) {
    static char text[4096];
    rs_plan *plan = parse("scenario: s\n"
                          "tree:\n"
                          "  id: app\n"
                          "  strategy: one_for_one\n"
                          "  children:\n"
                          "    - { id: a, worker: echo }\n"
                          "    - { id: b, worker: echo }\n"
                          "    - { id: t, strategy: simple_one_for_one, child: { worker: echo } }\n"
                          "phases: { warm: 1s, storm: 2s, heal: 1s }\n"
                          "faults:\n"
                          "  - { id: once, crash: a, how: kill, at: 500ms, during: storm }\n"
                          "  - { id: often, crash: '*', how: kill, every: 500ms, during: storm }\n"
                          "  - { id: late, crash: b, how: kill, every: 2s, during: storm }\n"
                          "  - { id: rare, crash: t/*, how: kill, rate: poisson(3/s), pick: 2 }\n");
    FILE *out = fmemopen(text, sizeof text, "w");
    rs_plan_print_strikes(plan, out);
    fclose(out);
    check_says(text, "once: a, once at 1.5 s\n");
    check_says(text, "often: one of * (a, b, t), from 1 s to 3 s, 3 times\n");
    check_says(text, "late: b, from 1 s to 3 s, never: the first strike would come too late\n");
    check_says(text, "rare: 2 of t/* (echo, started during the run), from 0 ns to 3 s, about 9 "
                     "times\n");
    rs_plan_destroy(plan);
}

TEST(the_plan_is_printed_and_becomes_json) {
    static char text[8192];
    rs_plan *plan = parse(games);
    FILE *out = fmemopen(text, sizeof text, "w");
    rs_plan_print(plan, out);
    fclose(out);
    check_says(text, "tables: simple_one_for_one, 3 in 5 s, permanent");
    check_says(text, "segv tables/3 (high_scores_table, started during the run), at a rate");
    check_says(text, "load     l: 1 client on registry via registry");
    json_t *json = rs_plan_to_json(plan);
    char *dump = json_dumps(json, JSON_COMPACT);
    check_says(dump, "\"runtime\":{\"clock\":\"real\"");
    check_says(dump, "{\"add_games\":\"registry\",\"count\":6");
    check_says(dump, "\"rate_per_ks\":1000000");
    check_says(dump, "\"explore\":{\"own\":true,\"faults\":[],\"max_faults\":8,"
                     "\"max_rate_per_ks\":2000,\"protect\":[\"root\"]}");
    free(dump);
    json_decref(json);
    rs_plan_destroy(plan);
}

TEST_MAIN()
