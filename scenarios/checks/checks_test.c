/* checks_test.c: each check finds the defect that is planted in its territory – a scenario that
 * asks for it, or a worker that does one thing wrong – and nothing where there is none.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/checks/check.h"

#include "scenarios/checks/test/verdicts.h"
#include "scenarios/workers/high_scores_table.h"

static trial run(const char *text) {
    return run_plan(parse(text));
}

static const rs_plan_node *child(const rs_plan *plan, uint32_t index) {
    return plan->root->children[index];
}

/* ---------------------------------------------------------------- alive */

TEST(an_escalation_to_the_top_is_the_end_of_the_application) {
    trial made = run(CLOCK "tree: { id: top, strategy: one_for_one, intensity: 1, children: [\n"
                           "  { id: left, worker: echo }] }\n"
                           "phases: { storm: 500ms, heal: 200ms }\n"
                           "faults: [{ id: f, crash: left, how: kill, every: 100ms,\n"
                           "           may_miss: true }]\n"
                           "checks: [alive]\n");
    check_found(&made, "alive", "top",
                "the application ended: its top supervisor died of shutdown");
    finish_trial(&made);
}

TEST(an_application_that_is_stopped_in_the_end_was_alive) {
    trial made =
        run(ROW("one_for_all") "faults: [{ id: f, crash: left, how: kill, every: 100ms }]\n"
                               "checks: all\n");
    check_clean(&made);
    CHECK_INT(made.result->checks.count, 12);
    finish_trial(&made);
}

/* ---------------------------------------------------------------- orphans */

TEST(two_owners_of_a_restart_leave_an_orphan) {
    trial made = run(GAMES("") KILL_TABLES "checks: [orphans]\n");
    check_found(&made, "orphans", "tables/game-", "two live in tables/game-");
    CHECK(count_findings(made.result, "orphans") <= 8);
    finish_trial(&made);
}

TEST(one_owner_leaves_none) {
    trial made = run(GAMES(", restart: temporary") KILL_TABLES "checks: all\n");
    check_clean(&made);
    finish_trial(&made);
}

/* ---------------------------------------------------------------- healed */

TEST(a_registry_that_forgets_leaves_a_tree_that_is_not_whole) {
    trial made = run(GAMES(", restart: temporary") "faults: [{ id: f, crash: registry, how: kill, "
                                                   "at: 10ms, during: storm }]\n"
                                                   "checks: [healed]\n");
    check_found(&made, "healed", "tables/game-", "is alive, but nothing leads to it");
    finish_trial(&made);
}

TEST(who_is_set_up_and_gone_is_missed) {
    trial made = run(GAMES(", restart: temporary") "faults: [{ id: f, crash: tables, how: kill, "
                                                   "at: 10ms, during: storm },\n"
                                                   "         { id: g, crash: registry, how: kill, "
                                                   "at: 10ms, during: storm }]\n"
                                                   "checks: [healed]\n");
    check_found(&made, "healed", "tables/game-", "is not there any more");
    finish_trial(&made);
}

#define SLOW_TREE(CHECKS)                                                                          \
    CLOCK "tree: { id: top, strategy: one_for_one, children: [\n"                                  \
          "  { id: left, worker: echo, backoff: 300ms }] }\n"                                      \
          "phases: { storm: 500ms, heal: 1s }\n"                                                   \
          "faults: [{ id: f, crash: left, how: kill, at: 499ms }]\n"                               \
          "checks: [" CHECKS "]\n"

TEST(the_stated_time_to_heal_counts) {
    trial made = run(SLOW_TREE("healed(200ms)"));
    check_found(&made, "healed", "left", "is not there any more");
    finish_trial(&made);
    made = run(SLOW_TREE("healed(400ms)"));
    check_clean(&made);
    finish_trial(&made);
    made = run(SLOW_TREE("healed"));
    check_clean(&made);
    finish_trial(&made);
}

TEST(who_is_not_due_is_not_missed) {
    trial made = run(CLOCK "tree: { id: top, strategy: one_for_all, intensity: 10, children: [\n"
                           "  { id: left, worker: echo, restart: temporary },\n"
                           "  { id: right, worker: echo }] }\n"
                           "phases: { storm: 500ms, heal: 200ms }\n"
                           "faults: [{ id: f, crash: right, how: kill, at: 100ms }]\n"
                           "checks: all\n");
    check_clean(&made);
    finish_trial(&made);
}

/* ---------------------------------------------------------------- registries */

static const rs_worker *registry(void) {
    return rs_worker_find("high_scores_registry");
}

/* One that hears of no death: its DOWN messages are dropped. */
static rs_gen_server deaf_server;
static rs_worker deaf_registry;

static trial run_deaf(const char *checks) {
    char text[2048];
    snprintf(text, sizeof text, "%s%s", GAMES(", restart: temporary") KILL_TABLES, checks);
    rs_plan *plan = parse(text);
    deaf_server = *registry()->server;
    deaf_server.handle_info = NULL;
    deaf_registry = *registry();
    deaf_registry.server = &deaf_server;
    put_worker(child(plan, 1), &deaf_registry);
    return run_plan(plan);
}

TEST(an_entry_that_leads_to_the_dead_is_found_in_the_end) {
    trial made = run_deaf("checks: [names]\n");
    check_found(&made, "names", "tables/game-", "a registry's entry leads to tables/game-");
    finish_trial(&made);
}

TEST(callers_who_are_led_to_the_dead_are_found_on_their_way) {
    trial made = run_deaf("checks: [registry_stale]\n");
    check_found(&made, "registry_stale", "tables/game-", "callers are led to tables/game-");
    finish_trial(&made);
}

/* It is asked before a death that it hears of long after, behind the question. */
TEST(a_slow_registry_answers_what_it_knew) {
    rs_plan *plan = parse(GAMES(
        ", restart: temporary") "faults:\n"
                                "  - { id: slow, crash: registry, how: slow(300ms), at: 90ms }\n"
                                "  - { id: kills, crash: tables/*, how: kill, pick: all, at: 100ms "
                                "}\n"
                                "checks: [registry_stale]\n");
    ((rs_plan_load *)(uintptr_t)plan->loads)->timeout_ns = UINT64_C(1000000000);
    trial made = run_plan(plan);
    CHECK(value(made.result, "calls.failed", NULL) > 0);
    check_clean(&made);
    finish_trial(&made);
}

/* ---------------------------------------------------------------- memory */

/* One that watches its supervisor once more for each table that dies, and never stops. */
static rs_next watch_too_much(void *state, const rs_message *info) {
    if (info->kind == RS_MESSAGE_DOWN) rs_monitor(rs_self_parent());
    return registry()->server->handle_info(state, info);
}

TEST(what_is_never_let_go_of_is_found) {
    rs_plan *plan = parse(GAMES(", restart: temporary") KILL_TABLES "checks: [memory]\n");
    deaf_server = *registry()->server;
    deaf_server.handle_info = watch_too_much;
    deaf_registry = *registry();
    deaf_registry.server = &deaf_server;
    put_worker(child(plan, 1), &deaf_registry);
    trial made = run_plan(plan);
    CHECK_INT(count_findings(made.result, "memory"), 1);
    const rs_result_finding *finding = find_finding(made.result, "memory");
    CHECK(strstr(finding->text, "hold more links and monitors"));
    CHECK(strstr(finding->text, "told is who came and went last"));
    CHECK(finding->events.count > 0);
    for (size_t i = 0; i < finding->events.count; i++)
        CHECK(strstr(finding->events.at[i], " is started") ||
              strstr(finding->events.at[i], " ends: "));
    finish_trial(&made);
}

static rs_next watch_at_each_call(void *state, rs_from from, const rs_message *request) {
    rs_monitor(rs_self_parent());
    return rs_worker_high_scores_table.server->handle_call(state, from, request);
}

TEST(where_nobody_came_or_went_it_says_so) {
    rs_plan *plan = parse(GAMES(", restart: temporary") "checks: [memory]\n");
    static rs_gen_server server;
    static rs_worker worker;
    server = *rs_worker_high_scores_table.server;
    server.handle_call = watch_at_each_call;
    worker = rs_worker_high_scores_table;
    worker.server = &server;
    put_worker(child(plan, 0)->child, &worker);
    trial made = run_plan(plan);
    const rs_result_finding *finding = find_finding(made.result, "memory");
    CHECK(strstr(finding->text, "hold more links and monitors"));
    CHECK(strstr(finding->text, "whose they are is not counted: nobody came or went"));
    CHECK_INT(finding->events.count, 0);
    finish_trial(&made);
}

/* ---------------------------------------------------------------- tables */

static rs_gen_server bad_server;
static rs_worker bad_table;

static trial run_table(rs_next (*handle_call)(void *state, rs_from from, const rs_message *request),
                       const char *faults) {
    char text[2048];
    snprintf(text, sizeof text, "%s%s", GAMES(", restart: temporary") "checks: [scores]\n", faults);
    rs_plan *plan = parse(text);
    bad_server = *rs_worker_high_scores_table.server;
    bad_server.handle_call = handle_call;
    bad_table = rs_worker_high_scores_table;
    bad_table.server = &bad_server;
    put_worker(child(plan, 0)->child, &bad_table);
    return run_plan(plan);
}

static rs_next answer_well(void *state, rs_from from, const rs_message *request) {
    return rs_worker_high_scores_table.server->handle_call(state, from, request);
}

static void swap_first(rs_high_scores_table *table) {
    rs_score first = table->scores[0];
    table->scores[0] = table->scores[1];
    table->scores[1] = first;
}

static rs_next swap_two(void *state, rs_from from, const rs_message *request) {
    rs_high_scores_table *table = state;
    bool swaps = request->type == &rs_current_scores_type && table->count > 1;
    if (swaps) swap_first(table);
    rs_next next = answer_well(state, from, request);
    if (swaps) swap_first(table);
    return next;
}

/* Without a death, which might have lost them. */
static rs_next forget_all(void *state, rs_from from, const rs_message *request) {
    rs_high_scores_table *table = state;
    if (table->count == 4 && request->type == &rs_current_scores_type) table->count = 0;
    return answer_well(state, from, request);
}

static rs_next say_the_place_before(void *state, rs_from from, const rs_message *request) {
    const rs_high_scores_table *table = state;
    if (request->type != &rs_add_score_type || table->count < 3)
        return answer_well(state, from, request);
    rs_position wrong = {.position = table->max_players + 1, .room = table->max_players};
    return rs_reply(&rs_position_type, &wrong, sizeof wrong);
}

TEST(a_table_whose_scores_are_not_in_order_is_found) {
    trial made = run_table(swap_two, "");
    check_found(&made, "scores", "tables/game-", "tells scores that are not in order");
    finish_trial(&made);
}

TEST(a_table_that_forgets_while_it_lives_is_found) {
    trial made = run_table(forget_all, "");
    check_found(&made, "scores", "tables/game-", "tells other scores than those");
    finish_trial(&made);
}

TEST(a_table_that_goes_beyond_its_bound_is_found) {
    trial made = run_table(say_the_place_before, "");
    check_found(&made, "scores", "tables/game-", "at a place beyond its bound");
    finish_trial(&made);
}

TEST(scores_that_a_death_loses_are_no_mistake_of_the_table) {
    trial made = run_table(answer_well, KILL_TABLES);
    check_clean(&made);
    finish_trial(&made);
}

TEST(scores_that_are_kept_or_not_are_told_apart) {
    trial made = run(GAMES(", restart: temporary") KILL_TABLES "checks: [scores_kept]\n");
    check_found(&made, "scores_kept", "tables/game-", "lost: what tables/game-");
    finish_trial(&made);
    made = run(GAMES(", restart: temporary, storage: ets") KILL_TABLES
               "checks: [scores_kept, scores]\n");
    check_clean(&made);
    finish_trial(&made);
}

/* ---------------------------------------------------------------- replies */

static const rs_type wrong_type = {.name = "wrong"};

static rs_next answer_twice(void *state, rs_from from, const rs_message *request) {
    (void)state;
    rs_reply_to(from, request->type, request->payload, request->bytes);
    rs_reply_to(from, request->type, request->payload, request->bytes);
    return RS_NOREPLY;
}

static rs_next answer_wrong(void *state, rs_from from, const rs_message *request) {
    (void)state, (void)from, (void)request;
    return rs_reply(&wrong_type, NULL, 0);
}

/* To whoever asked before. */
static rs_next answer_another(void *state, rs_from from, const rs_message *request) {
    rs_pid *last = state, to = *last ? *last : from.pid;
    *last = from.pid;
    rs_reply_to((rs_from){to, from.ref, from.server}, request->type, request->payload,
                request->bytes);
    return RS_NOREPLY;
}

static trial run_echo(rs_next (*handle_call)(void *state, rs_from from,
                                             const rs_message *request)) {
    static rs_gen_server server;
    static rs_worker worker;
    rs_plan *plan = parse(ROW("one_for_one") "checks: [replies]\n");
    worker = *child(plan, 0)->worker;
    server = *worker.server;
    server.handle_call = handle_call;
    server.state_bytes = sizeof(rs_pid);
    worker.server = &server;
    put_worker(child(plan, 0), &worker);
    return run_plan(plan);
}

TEST(two_answers_to_one_request_are_found) {
    trial made = run_echo(answer_twice);
    check_found(&made, "replies", "left", "left answers one request twice");
    finish_trial(&made);
}

TEST(an_answer_of_another_type_is_found) {
    trial made = run_echo(answer_wrong);
    check_found(&made, "replies", "left", "is none of that operation");
    finish_trial(&made);
}

TEST(an_answer_to_who_has_not_asked_is_found) {
    trial made = run_echo(answer_another);
    check_found(&made, "replies", "left", "left answers somebody who has not asked");
    finish_trial(&made);
}

/* ---------------------------------------------------------------- mail that a fault has touched */

TEST(what_a_fault_has_touched_is_nobody_elses_mistake) {
    trial made = run(GAMES(
        ", restart: temporary") "faults:\n"
                                "  - { id: d, mail: tables/*, how: drop, probability: 10%, during: "
                                "storm }\n"
                                "  - { id: e, mail: tables/*, how: duplicate, probability: 10%,\n"
                                "      during: storm }\n"
                                "checks: [calls_lost, replies, order, scores]\n");
    check_clean(&made);
    finish_trial(&made);
}

/* ---------------------------------------------------------------- how they are asked for */

TEST(checks_are_skipped_with_a_note_under_the_real_clock) {
    trial made = run("scenario: test\n"
                     "tree: { id: top, strategy: one_for_one, children: [\n"
                     "  { id: left, worker: echo }] }\n"
                     "phases: { on: 10ms, off: 10ms }\n"
                     "checks: all\n");
    CHECK_INT(made.result->checks.count, 0);
    CHECK_INT(made.result->verdict, RS_VERDICT_PASSED);
    CHECK(strstr(made.result->notes.at[0].text, "under the real clock there is none"));
    finish_trial(&made);
}

static size_t count_checks(const char *text, bool all) {
    rs_plan *plan = parse(text);
    rs_result *result = rs_result_create();
    rs_engine_options options = {.seed = 1, .events_fd = -1, .all_checks = all};
    rs_ending ending;
    int events_error;
    rs_engine_run(plan, &options, result, &ending, &events_error);
    size_t count = result->checks.count;
    rs_result_destroy(result);
    rs_plan_destroy(plan);
    return count;
}

TEST(all_checks_look_unless_the_scenario_says_which) {
    CHECK_INT(count_checks(ROW("one_for_one"), true), 12);
    CHECK_INT(count_checks(ROW("one_for_one"), false), 0);
    CHECK_INT(count_checks(ROW("one_for_one") "checks: none\n", true), 0);
    CHECK_INT(count_checks(ROW("one_for_one") "checks: [order]\n", true), 1);
}

/* ---------------------------------------------------------------- sometimes */

static bool was_seen(const trial *made, size_t index) {
    CHECK(made->result->sometimes.at[index].known);
    return made->result->sometimes.at[index].seen;
}

TEST(what_happens_sometimes_is_seen_when_it_happens) {
    trial made = run(GAMES(
        ", restart: temporary") "faults: [{ id: f, crash: tables/game-3, how: kill, every: 200ms,\n"
                                "           during: storm }]\n"
                                "sometimes:\n"
                                "  - crash of tables/*\n"
                                "  - repeated crash of one of tables/*\n"
                                "  - restart of tables/game-3\n"
                                "  - fault of tables/**\n"
                                "  - restart.count > 1\n"
                                "  - crash of registry\n"
                                "  - escalation\n"
                                "  - crash during a restart of tables/*\n"
                                "  - restart.count > 100\n");
    CHECK_INT(made.result->sometimes.count, 9);
    for (size_t i = 0; i < 5; i++) CHECK(was_seen(&made, i));
    for (size_t i = 5; i < 9; i++) CHECK(!was_seen(&made, i));
    CHECK_INT(made.result->verdict, RS_VERDICT_PASSED);
    finish_trial(&made);
}

TEST(a_crash_during_a_restart_is_one_between_an_end_and_a_start) {
    trial made = run(CLOCK "tree: { id: top, strategy: one_for_one, intensity: 9, children: [\n"
                           "  { id: left, worker: echo, backoff: 100ms },\n"
                           "  { id: right, worker: echo }] }\n"
                           "phases: { storm: 500ms, heal: 200ms }\n"
                           "faults: [{ id: f, crash: left, how: kill, at: 100ms },\n"
                           "         { id: g, crash: right, how: kill, at: 150ms }]\n"
                           "sometimes:\n"
                           "  - crash of right during a restart of left\n"
                           "  - crash during a restart of left\n"
                           "  - crash of left during a restart of right\n"
                           "  - crash of left during a restart of left\n");
    CHECK(was_seen(&made, 0) && was_seen(&made, 1));
    CHECK(!was_seen(&made, 2) && !was_seen(&made, 3));
    finish_trial(&made);
}

TEST_MAIN()
