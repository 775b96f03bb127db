/* orphan_test.c: registries that are right, and some that are wrong, at the end of whole runs.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/orphan.h"

#include "scenarios/engine/test/trial.h"
#include "scenarios/workers/entries.h"
#include "scenarios/workers/high_scores_registry.h"

#define GAMES "10"
#define MS    UINT64_C(1000000)

static const char tree[] = "scenario: test\n"
                           "runtime: { clock: virtual }\n"
                           "tree:\n"
                           "  id: top\n"
                           "  strategy: one_for_one\n"
                           "  children:\n"
                           "    - id: tables\n"
                           "      strategy: simple_one_for_one\n"
                           "      intensity: 100\n"
                           "      child: { worker: high_scores_table, restart: temporary }\n"
                           "    - { id: registry, worker: high_scores_registry, tables: tables }\n"
                           "load: [{ id: all, target: registry, clients: 2 }]\n";

#define TEN_GAMES "setup: [{ add_games: registry, count: " GAMES " }]\n"
#define STORM                                                                                      \
    "phases: { storm: 50ms, heal: 20ms }\n"                                                        \
    "faults: [{ id: k, crash: tables/*, how: segv, at: 10ms, pick: 3, during: storm }]\n"

/* The registry of the catalogue, but for some callbacks. */
static rs_worker wrong;
static rs_gen_server wrong_server;

static const rs_gen_server *right_server(void) {
    return rs_worker_find("high_scores_registry")->server;
}

static void begin_wrong(void) {
    wrong = *rs_worker_find("high_scores_registry");
    wrong_server = *wrong.server;
    wrong.server = &wrong_server;
}

static trial run_with(const rs_worker *registry, const char *more) {
    char text[2048];
    snprintf(text, sizeof text, "%s%s", tree, more);
    rs_plan *plan = parse(text);
    if (registry) put_worker(plan->root->children[1], registry);
    trial made = run_plan(plan);
    CHECK_INT(made.ending.status, RS_RESULT_COMPLETE);
    return made;
}

static void check(const trial *made, double unsupervised, double unreachable, double stale) {
    CHECK_INT(value(made->result, "orphans.unsupervised", NULL), unsupervised);
    CHECK_INT(value(made->result, "orphans.unreachable", NULL), unreachable);
    CHECK_INT(value(made->result, "entries.stale", NULL), stale);
    CHECK_INT(value(made->result, "orphans", NULL),
              unsupervised > unreachable ? unsupervised : unreachable);
}

TEST(a_right_registry_leaves_nothing) {
    trial made = run_with(NULL, TEN_GAMES STORM);
    check(&made, 0, 0, 0);
    finish_trial(&made);
}

/* More entries than fit into one answer. */
TEST(a_registry_of_many_pages_is_heard_to_the_end) {
    trial made = run_with(NULL, "setup: [{ add_games: registry, count: 1000 }]\n" STORM);
    check(&made, 0, 0, 0);
    finish_trial(&made);
}

/* A message of any kind but a call is dropped, so it never hears of a death. */
TEST(a_registry_that_drops_down_messages_is_caught) {
    begin_wrong();
    wrong_server.handle_info = NULL;
    trial made = run_with(&wrong, TEN_GAMES STORM);
    CHECK_INT(value(made.result, "faults.hit", NULL), 3);
    check(&made, 0, 0, 3);
    finish_trial(&made);
}

/* The talk's mistake: the registry's successor knows no game, and its tables live on. */
TEST(tables_that_a_new_registry_does_not_know_are_unreachable) {
    trial made = run_with(NULL, TEN_GAMES "phases: { storm: 50ms, heal: 20ms }\n"
                                          "faults: [{ id: k, crash: registry, how: kill, at: 10ms, "
                                          "during: storm }]\n");
    check(&made, 0, 10, 0);
    finish_trial(&made);
}

/* Nor are tables whose registry is gone for good. */
TEST(tables_without_a_registry_are_unreachable) {
    char text[2048];
    snprintf(text, sizeof text, "%s%s", tree,
             TEN_GAMES "phases: { storm: 50ms, heal: 20ms }\n"
                       "faults: [{ id: k, crash: registry, how: kill, at: 10ms, "
                       "during: storm }]\n");
    rs_plan *plan = parse(text);
    ((rs_plan_node *)(uintptr_t)plan->root->children[1])->restart = RS_PLAN_TEMPORARY;
    trial made = run_plan(plan);
    check(&made, 0, 10, 0);
    finish_trial(&made);
}

/* ------------------------------------------------------------------ what registries say */

static rs_pid somebody;

/* It leads the callers of one game to the table of another. */
static rs_next tell_lies(void *state, rs_from from, const rs_message *request) {
    if (request->type != &rs_list_entries_type)
        return right_server()->handle_call(state, from, request);
    rs_role_entries answer = {
        .count = 2,
        .at = {{.key = "game-0", .pid = somebody}, {.key = "game-none", .pid = somebody}}};
    return rs_reply(&rs_role_entries_type, &answer, sizeof answer);
}

static rs_next remember_table(void *state, rs_from from, const rs_message *request) {
    if (request->type == &rs_add_game_type) somebody = rs_self();
    return tell_lies(state, from, request);
}

TEST(an_entry_that_leads_to_somebody_else_leads_nobody_to_the_role) {
    begin_wrong();
    wrong_server.handle_call = remember_table;
    trial made = run_with(&wrong, TEN_GAMES "phases: { on: 20ms, heal: 20ms }\n");
    check(&made, 0, 10, 0);
    finish_trial(&made);
}

static rs_next say_nothing(void *state, rs_from from, const rs_message *request) {
    if (request->type == &rs_list_entries_type) return RS_NOREPLY;
    return right_server()->handle_call(state, from, request);
}

TEST(what_a_registry_does_not_tell_is_not_known) {
    begin_wrong();
    wrong_server.handle_call = say_nothing;
    trial made = run_with(&wrong, TEN_GAMES STORM);
    CHECK_INT(value(made.result, "orphans.unsupervised", NULL), 0);
    CHECK(!rs_result_find(made.result, "orphans.unreachable", NULL)->value.known);
    CHECK(!rs_result_find(made.result, "entries.stale", NULL)->value.known);
    CHECK(!rs_result_find(made.result, "orphans", NULL)->value.known);
    finish_trial(&made);
}

/* ------------------------------------------------------------------ grace */

static const rs_type again_type = {.name = "again"};
static rs_pid waiting;
static uint64_t delay_ns;

/* Takes each death to heart a while later: the monitor of a dead process says so once more. */
static rs_next procrastinate(void *state, const rs_message *info) {
    if (info->type == &again_type) {
        rs_monitor(waiting);
        return RS_NOREPLY;
    }
    if (info->kind != RS_MESSAGE_DOWN || info->from == waiting)
        return right_server()->handle_info(state, info);
    waiting = info->from;
    rs_send_after(delay_ns, rs_self(), &again_type, NULL, 0);
    return RS_NOREPLY;
}

/* The blow falls so late that its table is missing when the count begins. */
TEST(what_is_amiss_for_a_moment_does_not_count) {
    begin_wrong();
    wrong_server.handle_info = procrastinate;
    delay_ns = 60 * MS;
    trial made =
        run_with(&wrong, TEN_GAMES "phases: { storm: 10ms, heal: 20ms }\n"
                                   "faults: [{ id: k, crash: tables/*, how: segv, at: 5ms, "
                                   "during: storm }]\n");
    CHECK_INT(value(made.result, "faults.hit", NULL), 1);
    check(&made, 0, 0, 0);
    finish_trial(&made);
}

/* Longer than the grace is not a moment. */
TEST(what_stays_amiss_counts) {
    begin_wrong();
    wrong_server.handle_info = procrastinate;
    delay_ns = 500 * MS;
    trial made =
        run_with(&wrong, TEN_GAMES "phases: { storm: 10ms, heal: 20ms }\n"
                                   "faults: [{ id: k, crash: tables/*, how: segv, at: 5ms, "
                                   "during: storm }]\n");
    check(&made, 0, 0, 1);
    finish_trial(&made);
}

static const rs_type die_type = {.name = "die"};

static rs_next mortal_init(void *state, const void *args, uint32_t bytes) {
    rs_send_after(60 * MS, rs_self(), &die_type, NULL, 0);
    return rs_worker_find("high_scores_table")->server->init(state, args, bytes);
}

static rs_next mortal_info(void *state, const rs_message *info) {
    (void)state;
    return info->type == &die_type ? rs_stop(rs_atom_find("old")) : RS_NOREPLY;
}

/* A table that lives for 60 ms and is missed for 30 is dead from 60 to 90, from 150 to 180 …: it is
 * dead at both looks, 100 ms apart, but it was alive in between. */
TEST(what_was_well_meanwhile_does_not_count) {
    begin_wrong();
    wrong_server.handle_info = procrastinate;
    delay_ns = 30 * MS;
    rs_worker mortal = *rs_worker_find("high_scores_table");
    rs_gen_server server = *mortal.server;
    server.init = mortal_init;
    server.handle_info = mortal_info;
    mortal.server = &server;
    char text[2048];
    snprintf(text, sizeof text, "%s%s", tree,
             "setup: [{ add_games: registry, count: 1 }]\n"
             "phases: { on: 30ms, heal: 40ms }\n");
    rs_plan *plan = parse(text);
    put_worker(plan->root->children[1], &wrong);
    put_worker(plan->root->children[0]->child, &mortal);
    trial made = run_plan(plan);
    CHECK(value(made.result, "restart.not_due", NULL) == 1); /* dead when the last phase ends */
    check(&made, 0, 0, 0);
    finish_trial(&made);
}

TEST_MAIN()
