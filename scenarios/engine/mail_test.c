/* mail_test.c: faults of mail in whole runs: which messages they hit, what callers see of it, and
 * that no call counts as lost of which a fault is to blame.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/mail.h"

#include "runtime/otp/gen_server.h"
#include "scenarios/engine/map.h"
#include "scenarios/engine/test/trial.h"

#include <stdio.h>
#include <stdlib.h>

#define VIRTUAL "{ clock: virtual, seed: 7 }"
#define REAL    "{ clock: real, threads: 2 }"

/* Twenty clients call ten tables, 10,000 times a second. */
static trial play(const char *runtime, const char *faults) {
    char text[16384];
    int length =
        snprintf(text, sizeof text,
                 "scenario: test\n"
                 "runtime: %s\n"
                 "tree:\n"
                 "  id: top\n"
                 "  strategy: one_for_one\n"
                 "  intensity: 1000\n"
                 "  children:\n"
                 "    - { id: registry, worker: high_scores_registry, tables: tables }\n"
                 "    - id: tables\n"
                 "      strategy: simple_one_for_one\n"
                 "      intensity: 1000\n"
                 "      child: { worker: high_scores_table, restart: temporary }\n"
                 "setup: [{ add_games: registry, count: 10 }]\n"
                 "load:\n"
                 "  - { id: players, target: registry, clients: 20, rate: 10k/s, timeout: 10ms,\n"
                 "      mix: { add_score: 50%%, current_scores: 50%% } }\n"
                 "phases: { warm: 20ms, storm: 400ms, heal: 100ms }\n"
                 "faults: [%s]\n"
                 "expect: [calls.lost == 0, calls.open == 0, orphans == 0]\n",
                 runtime, faults);
    CHECK(length < (int)sizeof text);
    return run_plan(parse(text));
}

static double calls(const trial *made, const char *what) {
    return value(made->result, what, NULL);
}

static double failed_of(const trial *made, const char *reason) {
    const rs_result_metric *metric =
        rs_result_find(made->result, "calls.failed", &(rs_result_labels){.cause = reason});
    return metric ? metric->value.value : 0;
}

static double hits(const trial *made) {
    return (double)made->result->faults.at[0].outcomes[RS_STRIKE_HIT];
}

/* A busy machine under a sanitizer makes few calls, and some are late by themselves. */
static bool is_real(const trial *made) {
    return strcmp(made->result->clock, "real") == 0;
}

static void hits_many(const trial *made) {
    CHECK(hits(made) > (is_real(made) ? 0 : 100));
}

/* Whatever happens to mail, each call has an end, none is lost, and no memory stays behind. */
static void is_sound(const trial *made) {
    CHECK_INT(made->result->status, RS_RESULT_COMPLETE);
    for (size_t i = 0; i < made->result->expectations.count; i++)
        CHECK_INT(made->result->expectations.at[i].verdict, RS_VERDICT_PASSED);
    CHECK(calls(made, "calls.issued") ==
          calls(made, "calls.answered") + calls(made, "calls.failed"));
    for (size_t i = 0; i < made->result->memory.count; i++) {
        const rs_result_memory *row = &made->result->memory.at[i];
        if (strcmp(row->name, "messages") != 0 && strcmp(row->name, "timers") != 0) continue;
        CHECK(row->after.known || is_real(made)); /* not always quiet */
        if (row->before.known && row->after.known) CHECK(row->after.value == row->before.value);
    }
}

/* ------------------------------------------------------------------ drop */

static void check_drop(const char *runtime, const char *fault) {
    trial made = play(runtime, fault);
    is_sound(&made);
    hits_many(&made);
    CHECK(failed_of(&made, "timeout") >= hits(&made));
    CHECK(calls(&made, "calls.failed") == hits(&made) || is_real(&made));
    finish_trial(&made);
}

TEST(a_dropped_request_is_a_timeout) {
    check_drop(VIRTUAL, "{ id: f, mail: tables/*, how: drop, probability: 10%, during: storm }");
}

TEST(a_dropped_reply_is_a_timeout) {
    check_drop(VIRTUAL, "{ id: f, mail: players, how: drop, probability: 10%, during: storm }");
}

TEST(mail_is_dropped_on_real_threads) {
    check_drop(REAL, "{ id: f, mail: tables/*, how: drop, probability: 10%, during: storm }");
    check_drop(REAL, "{ id: f, mail: players, from: tables/*, how: drop, every: 2ms }");
}

/* Half of the calls add scores. */
TEST(a_message_is_told_by_its_type) {
    trial made = play(VIRTUAL, "{ id: f, mail: tables/*, message: add_score, how: duplicate, "
                               "probability: 100%, during: storm }");
    is_sound(&made);
    double issued = value(made.result, "calls.issued", &(rs_result_labels){.phase = "storm"});
    CHECK(hits(&made) > issued * 0.45 && hits(&made) < issued * 0.55);
    finish_trial(&made);
}

TEST(senders_are_told_apart) {
    trial made = play(VIRTUAL, "{ id: f, mail: tables/*, from: registry, how: drop, "
                               "probability: 100%, may_miss: true }");
    is_sound(&made);
    CHECK(hits(&made) == 0);
    CHECK(calls(&made, "calls.failed") == 0);
    finish_trial(&made);
}

/* Starts and restarts go through supervisors: were their mail lost, the tree would hang. */
TEST(supervisors_and_the_harness_are_left_alone) {
    trial made = play(VIRTUAL, "{ id: f, mail: '**', how: drop, probability: 100%, during: storm },"
                               "{ id: k, crash: tables/*, how: kill, every: 20ms, during: storm }");
    is_sound(&made);
    CHECK(value(made.result, "calls.throughput", &(rs_result_labels){.phase = "storm"}) == 0);
    CHECK(failed_of(&made, "timeout") == hits(&made));
    CHECK(value(made.result, "restart.count", NULL) == 19);
    CHECK(value(made.result, "restart.unfinished", NULL) == 0);
    finish_trial(&made);
}

/* ------------------------------------------------------------------ the other kinds */

static void check_harmless(const char *runtime, const char *how) {
    char fault[128];
    snprintf(fault, sizeof fault,
             "{ id: f, mail: '**', how: %s, probability: 20%%, during: storm }", how);
    trial made = play(runtime, fault);
    is_sound(&made);
    hits_many(&made);
    CHECK(calls(&made, "calls.failed") == 0 || is_real(&made));
    finish_trial(&made);
}

TEST(what_arrives_in_time_is_no_failure) {
    const char *const kinds[] = {"delay(1ms)", "duplicate", "reorder(2ms)", "flood(50)"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) check_harmless(VIRTUAL, kinds[i]);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) check_harmless(REAL, kinds[i]);
}

TEST(what_is_delayed_beyond_the_timeout_is_not_lost) {
    trial made = play(VIRTUAL, "{ id: f, mail: '**', how: delay(15ms), probability: 10%, "
                               "during: storm }");
    is_sound(&made);
    hits_many(&made);
    CHECK(failed_of(&made, "timeout") == hits(&made));
    finish_trial(&made);
}

static rs_atomic_u64 *handled; /* in memory that the child shares */

static rs_next count_call(void *state, rs_from from, const rs_message *request) {
    rs_add(handled, 1, rs_relaxed);
    return rs_worker_find("echo")->server->handle_call(state, from, request);
}

static trial count_echoes(const char *faults) {
    char text[1024];
    rs_worker counting = *rs_worker_find("echo");
    rs_gen_server server = *counting.server;
    server.handle_call = count_call;
    counting.server = &server;
    snprintf(text, sizeof text,
             "scenario: test\n"
             "runtime: { clock: virtual }\n"
             "tree: { id: top, strategy: one_for_one, children: [{ id: echo, worker: echo }] }\n"
             "load: [{ id: all, target: echo, rate: 1k/s, timeout: 5ms }]\n"
             "phases: { storm: 100ms, heal: 10ms }\n"
             "faults: [%s]\n",
             faults);
    rs_store(handled, 0, rs_relaxed);
    rs_plan *plan = parse(text);
    put_worker(plan->root->children[0], &counting);
    return run_plan(plan);
}

TEST(a_request_that_comes_twice_is_handled_twice_and_answered_once) {
    handled = rs_map_create(NULL, sizeof *handled);
    trial made = count_echoes("{ id: f, mail: echo, how: duplicate, every: 10ms }");
    CHECK(hits(&made) == 9);
    CHECK_INT(rs_load(handled, rs_relaxed), 110 + 9);
    CHECK(calls(&made, "calls.answered") == 110);
    finish_trial(&made);
    made = count_echoes("{ id: f, mail: echo, how: drop, every: 10ms, limit: 4 }");
    CHECK(hits(&made) == 4);
    CHECK_INT(rs_load(handled, rs_relaxed), 110 - 4);
    finish_trial(&made);
    rs_map_destroy(NULL, handled, sizeof *handled, RS_MAP_UNKNOWN);
}

/* ------------------------------------------------------------------ when */

TEST(a_firing_without_a_message_is_a_miss) {
    trial made = play(VIRTUAL, "{ id: f, mail: registry, from: tables/*, how: drop, at: 10ms }");
    CHECK_INT(made.result->faults.at[0].outcomes[RS_STRIKE_NO_VICTIM], 1);
    CHECK(hits(&made) == 0);
    CHECK_INT(made.result->verdict, RS_VERDICT_INCONCLUSIVE);
    CHECK_STR(made.result->reason, "fault 'f' never hit");
    finish_trial(&made);
}

TEST(a_limit_holds_for_a_probability_too) {
    trial made = play(VIRTUAL, "{ id: f, mail: tables/*, how: drop, probability: 50%, limit: 3 }");
    is_sound(&made);
    CHECK(hits(&made) == 3);
    finish_trial(&made);
}

TEST(a_probability_of_0_does_nothing_at_all) {
    trial quiet = play(VIRTUAL, "");
    trial made = play(VIRTUAL, "{ id: f, mail: tables/*, how: drop, probability: 0% }");
    CHECK_STR(made.result->trace_hash, quiet.result->trace_hash);
    finish_trial(&quiet);
    finish_trial(&made);
}

/* Each call is one message to a table: 4,200 in warm and storm. */
TEST(a_fault_can_wait_for_messages) {
    trial made = play(VIRTUAL, "{ id: f, crash: tables/*, how: kill, after: 500 messages }");
    CHECK_INT(made.result->faults.at[0].struck, 8);
    finish_trial(&made);
    made = play(VIRTUAL, "{ id: f, crash: registry, how: kill, after: 1k messages, limit: 1 }");
    CHECK_INT(made.result->faults.at[0].struck, 1);
    finish_trial(&made);
    made = play(VIRTUAL, "{ id: f, mail: tables/*, message: add_score, how: drop, "
                         "after: 100 messages, limit: 5 }");
    is_sound(&made);
    CHECK(hits(&made) == 5);
    finish_trial(&made);
}

TEST(a_fault_can_wait_for_messages_on_real_threads) {
    trial made = play(REAL, "{ id: f, crash: tables/*, how: kill, after: 50 messages }");
    CHECK(made.result->faults.at[0].struck > 0 && made.result->faults.at[0].struck <= 84);
    finish_trial(&made);
    made = play(REAL, "{ id: f, mail: tables/*, how: drop, after: 50 messages, limit: 1 }");
    is_sound(&made);
    CHECK(hits(&made) == 1);
    finish_trial(&made);
}

/* ------------------------------------------------------------------ the same again */

/* The blows of `made`, as a scenario has them. */
static void write_strikes(const trial *made, char *text, size_t bytes) {
    const rs_strike **sorted = rs_strikes_sorted(&made->result->first);
    size_t count = made->result->first.count, used = 0;
    for (size_t i = 0; i < count && used < bytes; i++)
        used += (size_t)snprintf(text + used, bytes - used, "%s%lluns %s#%llu", i ? ", " : "",
                                 (unsigned long long)sorted[i]->time_ns, sorted[i]->role,
                                 (unsigned long long)sorted[i]->incarnation);
    CHECK(used < bytes);
    free(sorted);
}

static void check_again(const char *mail, const char *how, const char *when) {
    char fault[8192], strikes[7168];
    snprintf(fault, sizeof fault, "{ id: f, mail: %s, how: %s, %s }", mail, how, when);
    trial once = play(VIRTUAL, fault);
    trial twice = play(VIRTUAL, fault);
    CHECK_STR(once.result->trace_hash, twice.result->trace_hash);
    write_strikes(&once, strikes, sizeof strikes);
    snprintf(fault, sizeof fault, "{ id: f, mail: %s, how: %s, strikes: [%s] }", mail, how,
             strikes);
    trial again = play(VIRTUAL, fault);
    CHECK(hits(&once) > 10);
    CHECK(hits(&again) == hits(&once));
    CHECK_STR(again.result->trace_hash, once.result->trace_hash);
    finish_trial(&once);
    finish_trial(&twice);
    finish_trial(&again);
}

TEST(what_is_written_down_hits_the_same_messages_again) {
    check_again("tables/*", "drop", "probability: 1%");
    check_again("players", "drop", "every: 10ms");
    check_again("'**'", "reorder", "after: 200 messages");
    check_again("tables/*", "delay(5ms)", "rate: poisson(50/s)");
    check_again("tables/*", "flood(20)", "every: 20ms");
    check_again("players", "duplicate", "probability: 1%");
}

TEST_MAIN()
