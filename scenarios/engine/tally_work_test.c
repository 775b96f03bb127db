/* tally_work_test.c: the steps of one restart, which tell a recovery in O(1) from one in O(n).
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/gen_server.h"
#include "scenarios/engine/test/trial.h"

#define GAMES 50

static const rs_histogram *steps_of(const trial *made, const rs_result_labels *labels) {
    const rs_result_metric *metric = rs_result_find(made->result, "work.per_restart", labels);
    CHECK(metric && metric->histogram);
    return metric->histogram;
}

static trial replace_tables(const rs_worker *registry) {
    rs_plan *plan =
        parse("scenario: test\n"
              "runtime: { clock: virtual }\n"
              "tree:\n"
              "  id: top\n"
              "  strategy: rest_for_one\n"
              "  children:\n"
              "    - id: tables\n"
              "      strategy: simple_one_for_one\n"
              "      intensity: 100\n"
              "      child: { worker: high_scores_table, restart: temporary }\n"
              "    - { id: registry, worker: high_scores_registry, tables: tables }\n"
              "setup: [{ add_games: registry, count: 50 }]\n"
              "load: [{ id: all, target: registry, clients: 2 }]\n"
              "phases: { storm: 50ms, heal: 20ms }\n"
              "faults: [{ id: k, crash: tables/*, how: segv, every: 2ms, during: storm }]\n"
              "expect: [work.per_restart.max < 10, 'work.per_restart{path=tables/*}.p50 < 10']\n");
    if (registry) put_worker(plan->root->children[1], registry);
    return run_plan(plan);
}

TEST(a_registry_that_looks_a_table_up_takes_two_steps) {
    trial made = replace_tables(NULL);
    const rs_histogram *steps = steps_of(&made, NULL);
    CHECK_INT(steps->count, 24);
    CHECK_INT(rs_histogram_min(steps), 2);
    CHECK_INT(steps->max, 2);
    CHECK_INT(steps_of(&made, &(rs_result_labels){.phase = "storm"})->count, 24);
    CHECK_INT(steps_of(&made, &(rs_result_labels){.fault = "k"})->count, 24);
    CHECK_INT(steps_of(&made, &(rs_result_labels){.path = "tables/*"})->count, 24);
    CHECK_INT(made.result->verdict, RS_VERDICT_PASSED);
    finish_trial(&made);
}

/* As in the talk: it walks over all games to find the one whose table died. */
static rs_next walk(void *state, const rs_message *info) {
    if (info->kind == RS_MESSAGE_DOWN) rs_work(GAMES);
    return rs_worker_find("high_scores_registry")->server->handle_info(state, info);
}

TEST(a_registry_that_walks_over_all_games_shows) {
    rs_worker walker = *rs_worker_find("high_scores_registry");
    rs_gen_server server = *walker.server;
    server.handle_info = walk;
    walker.server = &server;
    trial made = replace_tables(&walker);
    CHECK_INT(rs_histogram_min(steps_of(&made, NULL)), GAMES + 2);
    CHECK_INT(made.result->verdict, RS_VERDICT_FAILED);
    CHECK_STR(made.result->expectations.at[0].observed, "52");
    finish_trial(&made);
}

static trial restart_services(const char *strategy, const char *restart) {
    char text[1024];
    snprintf(text, sizeof text,
             "scenario: test\n"
             "runtime: { clock: virtual }\n"
             "tree:\n"
             "  id: top\n"
             "  strategy: %s\n"
             "  intensity: 3\n"
             "  children:\n"
             "    - { id: db, worker: service, start_time: 1ms, restart: %s }\n"
             "    - { id: cache, worker: service, start_time: 1ms }\n"
             "    - { id: web, worker: service, start_time: 1ms }\n"
             "phases: { storm: 50ms, heal: 20ms }\n"
             "faults: [{ id: k, crash: db, how: segv, at: 10ms, during: storm }]\n",
             strategy, restart);
    return run_plan(parse(text));
}

/* The siblings' starts belong to the restart that brought them about, also those that come after
 * the victim itself is back. */
TEST(a_group_restart_takes_the_steps_of_the_group) {
    trial one = restart_services("one_for_one", "permanent");
    CHECK_INT(steps_of(&one, NULL)->max, 1);
    finish_trial(&one);
    trial all = restart_services("one_for_all", "permanent");
    CHECK_INT(steps_of(&all, NULL)->count, 1);
    CHECK_INT(steps_of(&all, NULL)->max, 3);
    finish_trial(&all);
}

TEST(a_death_that_is_not_due_a_restart_takes_none) {
    trial made = restart_services("one_for_one", "temporary");
    const rs_result_metric *metric = rs_result_find(made.result, "work.per_restart", NULL);
    CHECK_INT(metric->histogram->count + metric->unfinished, 0);
    finish_trial(&made);
}

TEST(a_restart_that_never_came_takes_forever) {
    trial made =
        run_plan(parse("scenario: test\n"
                       "runtime: { clock: virtual }\n"
                       "tree: { id: top, strategy: one_for_one, intensity: 0,\n"
                       "        children: [{ id: db, worker: service }] }\n"
                       "phases: { storm: 50ms, heal: 20ms }\n"
                       "faults: [{ id: k, crash: db, how: segv, at: 10ms, during: storm }]\n"
                       "expect: [work.per_restart.max < 10]\n"));
    CHECK_INT(rs_result_find(made.result, "work.per_restart", NULL)->unfinished, 1);
    CHECK_INT(made.result->verdict, RS_VERDICT_FAILED);
    CHECK(made.result->expectations.at[0].never);
    finish_trial(&made);
}

TEST_MAIN()
