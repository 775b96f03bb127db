/* keep_test.c: what deaths lose, in whole runs, by whatever way to die.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/keep.h"

#include "runtime/otp/gen_server.h"
#include "scenarios/engine/test/trial.h"

/* Each call is one more thing kept. */
static rs_next keeper_init(void *state, const void *args, uint32_t bytes) {
    (void)state;
    (void)args;
    (void)bytes;
    rs_keep(0);
    return RS_INIT_OK;
}

static rs_next keeper_call(void *state, rs_from from, const rs_message *request) {
    (void)from;
    rs_keep(++*(uint64_t *)state);
    return rs_reply(request->type, request->payload, request->bytes);
}

static const rs_gen_server keeper_server = {
    .name = "keeper", .state_bytes = 8, .init = keeper_init, .handle_call = keeper_call};
static const rs_worker keeper = {.name = "keeper", .about = "keeps", .server = &keeper_server};

/* A successor has all but two of what there was, as from a copy that lags. */
static uint64_t copies;

static rs_next lagging_init(void *state, const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    uint64_t *count = state;
    *count = copies > 2 ? copies - 2 : 0;
    rs_keep(*count);
    return RS_INIT_OK;
}

static rs_next lagging_call(void *state, rs_from from, const rs_message *request) {
    rs_next next = keeper_call(state, from, request);
    copies = *(uint64_t *)state;
    return next;
}

static const rs_gen_server lagging_server = {
    .name = "lagging", .state_bytes = 8, .init = lagging_init, .handle_call = lagging_call};
static const rs_worker lagging = {.name = "lagging", .about = "lags", .server = &lagging_server};

/* One call a millisecond, so 51 are kept when the blow falls at 50.5 ms. */
static trial lose(const rs_worker *worker, const char *how, const char *restart) {
    char text[1024];
    snprintf(text, sizeof text,
             "scenario: test\n"
             "runtime: { clock: virtual }\n"
             "tree:\n"
             "  id: top\n"
             "  strategy: one_for_one\n"
             "  intensity: 10\n"
             "  children: [{ id: only, worker: echo, restart: %s }]\n"
             "load: [{ id: all, target: only, clients: 1, rate: 1k/s }]\n"
             "phases: { calm: 10ms, storm: 90ms, heal: 20ms }\n"
             "faults: [{ id: k, crash: only, how: %s, at: 40500us, during: storm }]\n",
             restart, how);
    rs_plan *plan = parse(text);
    put_worker(plan->root->children[0], worker);
    trial made = run_plan(plan);
    CHECK_INT(made.ending.status, RS_RESULT_COMPLETE);
    CHECK(value(made.result, "faults.hit", NULL) == 1);
    return made;
}

static void check_lost(const rs_worker *worker, const char *how, const char *restart,
                       double expected) {
    trial made = lose(worker, how, restart);
    CHECK_INT(value(made.result, "scores.lost", NULL), expected);
    finish_trial(&made);
}

TEST(a_native_crash_loses_what_was_kept) {
    check_lost(&keeper, "segv", "permanent", 51);
    check_lost(&keeper, "stack_overflow", "permanent", 51);
}

TEST(a_kill_loses_what_was_kept) {
    check_lost(&keeper, "kill", "permanent", 51);
}

TEST(a_process_that_is_not_replaced_loses_everything) {
    check_lost(&keeper, "segv", "temporary", 51);
}

TEST(a_successor_that_has_most_of_it_loses_the_rest) {
    check_lost(&lagging, "segv", "permanent", 2);
}

TEST(losses_are_told_apart) {
    trial made = lose(&keeper, "segv", "permanent");
    CHECK(value(made.result, "scores.lost", &(rs_result_labels){.phase = "storm"}) == 51);
    CHECK(value(made.result, "scores.lost", &(rs_result_labels){.phase = "heal"}) == 0);
    CHECK(value(made.result, "scores.lost", &(rs_result_labels){.fault = "k"}) == 51);
    CHECK(value(made.result, "scores.lost", &(rs_result_labels){.path = "only"}) == 51);
    CHECK(value(made.result, "scores.lost", &(rs_result_labels){.cause = "fault"}) == 51);
    finish_trial(&made);
}

/* Who keeps nothing worth a word has nothing to lose, and says nothing of it. */
TEST(without_a_word_nothing_is_known) {
    trial made = lose(rs_worker_find("echo"), "segv", "permanent");
    const rs_result_metric *metric = rs_result_find(made.result, "scores.lost", NULL);
    CHECK(metric && !metric->value.known);
    finish_trial(&made);
}

/* Ten tables of ten scores each, filled long before three of them die. */
static trial crash_tables(const char *storage) {
    char text[2048];
    snprintf(text, sizeof text,
             "scenario: test\n"
             "runtime: { clock: virtual }\n"
             "tree:\n"
             "  id: top\n"
             "  strategy: rest_for_one\n"
             "  children:\n"
             "    - id: tables\n"
             "      strategy: simple_one_for_one\n"
             "      intensity: 100\n"
             "      child: { worker: high_scores_table, storage: %s, restart: temporary }\n"
             "    - { id: registry, worker: high_scores_registry, tables: tables }\n"
             "setup: [{ add_games: registry, count: 10 }]\n"
             "load:\n"
             "  - { id: all, target: registry, clients: 4, mix: { add_score: 100%% }, "
             "during: fill }\n"
             "phases: { fill: 50ms, storm: 50ms, heal: 20ms }\n"
             "faults:\n"
             "  - { id: k, crash: tables/*, how: segv, at: 10ms, pick: 3, during: storm }\n",
             storage);
    trial made = run_plan(parse(text));
    CHECK_INT(value(made.result, "faults.hit", NULL), 3);
    return made;
}

TEST(tables_come_back_empty) {
    trial made = crash_tables("memory");
    CHECK_INT(value(made.result, "scores.lost", NULL), 30);
    CHECK(value(made.result, "scores.lost", &(rs_result_labels){.path = "tables/*"}) == 30);
    finish_trial(&made);
}

TEST(tables_whose_scores_are_stored_come_back_full) {
    trial made = crash_tables("ets");
    CHECK_INT(value(made.result, "scores.lost", NULL), 0);
    finish_trial(&made);
}

TEST_MAIN()
