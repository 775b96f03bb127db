/* tally_restarts_test.c: restarts told apart by the paths of the plan's nodes.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/tally.h"
#include "scenarios/engine/test/trial.h"

static double count_of(const trial *made, const char *path) {
    const rs_result_labels labels = {.path = path};
    const rs_result_metric *metric = rs_result_find(made->result, "restart.count", &labels);
    return metric ? metric->value.value : 0;
}

static const rs_result_metric *reachable_of(const trial *made, const char *path) {
    const rs_result_labels labels = {.path = path};
    return rs_result_find(made->result, "restart.reachable", &labels);
}

/* A group of two deep in the tree, tables with their registry, and a bystander. */
TEST(restarts_are_told_apart_by_path) {
    trial made =
        run_plan(parse("scenario: test\n"
                       "runtime: { clock: virtual }\n"
                       "tree:\n"
                       "  id: top\n"
                       "  strategy: one_for_one\n"
                       "  intensity: 100\n"
                       "  children:\n"
                       "    - id: tables\n"
                       "      strategy: simple_one_for_one\n"
                       "      intensity: 100\n"
                       "      child: { worker: high_scores_table, restart: temporary }\n"
                       "    - { id: registry, worker: high_scores_registry, tables: tables }\n"
                       "    - id: shop\n"
                       "      strategy: one_for_all\n"
                       "      intensity: 100\n"
                       "      children: [{ id: db, worker: echo }, { id: web, worker: echo }]\n"
                       "setup: [{ add_games: registry, count: 5 }]\n"
                       "phases: { storm: 50ms, heal: 20ms }\n"
                       "faults:\n"
                       "  - { id: t, crash: tables/*, how: kill, every: 5ms, during: storm }\n"
                       "  - { id: d, crash: shop/db, how: kill, every: 10ms, during: storm }\n"
                       "expect:\n"
                       "  - 'restart.count{path=tables/*} == 9'\n"
                       "  - 'restart.count{path=shop/*} == 8'\n"
                       "  - 'restart.count{path=registry} == 0'\n"
                       "  - 'restart.reachable{path=shop/db}.count == 4'\n"));
    CHECK_INT(made.result->verdict, RS_VERDICT_PASSED);
    CHECK(count_of(&made, "tables/*") == 9);
    CHECK(count_of(&made, "shop/db") == 4);
    CHECK(count_of(&made, "shop/web") == 4);
    CHECK(count_of(&made, "registry") == 0);
    CHECK(count_of(&made, "shop") == 0);
    CHECK_INT(reachable_of(&made, "tables/*")->histogram->count, 9);
    CHECK_INT(reachable_of(&made, "shop/db")->histogram->count, 4);
    CHECK(reachable_of(&made, "shop/web") == NULL); /* only ever as a sibling */
    finish_trial(&made);
}

TEST(a_restart_that_never_came_is_infinite_for_its_path) {
    trial made =
        run_plan(parse("scenario: test\n"
                       "runtime: { clock: virtual }\n"
                       "tree: { id: top, strategy: one_for_one, intensity: 0,\n"
                       "        children: [{ id: a, worker: echo }, { id: b, worker: echo }] }\n"
                       "phases: { storm: 50ms, heal: 20ms }\n"
                       "faults: [{ id: k, crash: a, how: kill, at: 10ms, during: storm }]\n"
                       "expect: ['model: restart.reachable{path=a}.max < 1s']\n"));
    CHECK(made.result->expectations.at[0].never);
    CHECK_INT(reachable_of(&made, "a")->unfinished, 1);
    CHECK(reachable_of(&made, "b") == NULL); /* it was taken along: no fault of its own */
    CHECK(value(made.result, "restart.unfinished", &(rs_result_labels){.path = "b"}) == 1);
    finish_trial(&made);
}

/* However many nodes a plan has, distributions are kept for those that died most. */
TEST(a_wide_tree_keeps_the_distributions_of_the_worst) {
    enum { WIDTH = RS_TALLY_PATHS_MAX + 20 };
    char text[8192] = "scenario: test\n"
                      "runtime: { clock: virtual }\n"
                      "tree:\n"
                      "  id: top\n"
                      "  strategy: one_for_one\n"
                      "  intensity: 10000\n"
                      "  children:\n";
    size_t used = strlen(text);
    for (int i = 0; i < WIDTH; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "    - { id: n%d, worker: echo }\n", i);
    snprintf(text + used, sizeof text - used,
             "phases: { storm: 100ms, heal: 20ms }\n"
             "faults:\n"
             "  - { id: all, crash: '*', how: kill, at: 10ms, pick: all, during: storm }\n"
             "  - { id: one, crash: n%d, how: kill, every: 10ms, during: storm }\n",
             WIDTH - 1);
    trial made = run_plan(parse(text));
    uint32_t distributions = 0, counts = 0;
    char last[16];
    snprintf(last, sizeof last, "n%d", WIDTH - 1);
    for (int i = 0; i < WIDTH; i++) {
        char path[16];
        snprintf(path, sizeof path, "n%d", i);
        counts += count_of(&made, path) > 0;
        distributions += reachable_of(&made, path) != NULL;
    }
    CHECK_INT(counts, WIDTH);
    CHECK_INT(distributions, RS_TALLY_PATHS_MAX);
    CHECK(reachable_of(&made, last) && reachable_of(&made, "n0"));
    CHECK_INT(made.result->notes.count, 1);
    CHECK_STR(made.result->notes.at[0].text,
              "restart latencies are told apart for the 32 paths with the most deaths, of 52");
    finish_trial(&made);
}

static void fill(rs_histogram *histogram, uint32_t bins) {
    for (uint32_t i = 0; i < bins; i++) histogram->bins[1000 + i] = 1;
    histogram->count = bins;
}

/* Six nodes with 1,500 bins in each of five stages: four of them fit. */
TEST(wide_distributions_of_many_paths_have_no_room) {
    rs_plan *plan = parse("scenario: test\n"
                          "tree: { id: top, strategy: one_for_one, children: [\n"
                          "  { id: a, worker: echo }, { id: b, worker: echo },\n"
                          "  { id: c, worker: echo }, { id: d, worker: echo },\n"
                          "  { id: e, worker: echo }, { id: f, worker: echo }] }\n");
    rs_shared *shared = rs_shared_create(plan, 1, false, NULL);
    trial made = {.plan = plan, .result = rs_result_create()};
    for (uint32_t node = 2; node <= 7; node++) {
        size_t index = (size_t)node * 2 + 1; /* of its own deaths, in the only slot */
        rs_outage_cell *cell = &shared->outages.node_cells[index];
        rs_store(&shared->outages.node_used[index], 1, rs_relaxed);
        cell->deaths = 1500 + node;
        for (uint32_t i = 0; i < RS_OUTAGE_STAGE_COUNT; i++) fill(&cell->stages[i], 1500);
    }
    rs_tally_restarts(made.result, shared);
    CHECK(!reachable_of(&made, "a") && !reachable_of(&made, "b"));
    CHECK(reachable_of(&made, "c") && reachable_of(&made, "f"));
    CHECK(count_of(&made, "a") == 1502);
    CHECK_STR(made.result->notes.at[0].text,
              "restart latencies are told apart for the 4 paths with the most deaths, of 6");
    rs_shared_destroy(shared);
    finish_trial(&made);
}

TEST_MAIN()
