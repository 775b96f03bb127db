/* ambush_test.c: whole runs in which starts and stops go wrong: who is restarted, when, and what
 * supervisors count, as OTP does.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/test/trial.h"

#include <stdio.h>
#include <stdlib.h>

#define MS 1000000.0

/* ------------------------------------------------------------------ runs */

static const char *const clocks[] = {"clock: virtual", "clock: real, threads: 2"};

static rs_plan *parse_under(const char *clock, const char *tree, const char *more) {
    char text[4096];
    snprintf(text, sizeof text, "scenario: test\nruntime: { %s }\n%s%s", clock, tree, more);
    return parse(text);
}

static trial run_checked(rs_plan *plan) {
    trial made = run_plan(plan);
    CHECK_INT(made.ending.status, RS_RESULT_COMPLETE);
    CHECK_INT(value(made.result, "calls.lost", NULL), 0);
    CHECK(value(made.result, "calls.open", NULL) == 0);
    return made;
}

typedef void judging(const rs_result *result);

/* Under the virtual clock twice, which must be the same run, and under the real one. */
static void run_everywhere(const char *tree, const char *more, judging *judge) {
    trial first = run_checked(parse_under(clocks[0], tree, more));
    trial second = run_checked(parse_under(clocks[0], tree, more));
    trial real = run_checked(parse_under(clocks[1], tree, more));
    CHECK_STR(first.result->trace_hash, second.result->trace_hash);
    judge(first.result);
    judge(real.result);
    finish_trial(&first);
    finish_trial(&second);
    finish_trial(&real);
}

static uint64_t outcome(const rs_result *result, const char *fault, rs_strike_outcome which) {
    for (size_t i = 0; i < result->faults.count; i++)
        if (strcmp(result->faults.at[i].id, fault) == 0)
            return result->faults.at[i].outcomes[which];
    rs_test_fail(__FILE__, __LINE__, "there is no fault %s", fault);
}

static uint64_t hits(const rs_result *result, const char *fault) {
    return outcome(result, fault, RS_STRIKE_HIT);
}

/* A label that nothing happened to has no row. */
static double labelled(const rs_result *result, const char *metric, const char *path,
                       const char *cause) {
    const rs_result_metric *found =
        rs_result_find(result, metric, &(rs_result_labels){.path = path, .cause = cause});
    return found ? found->value.value : 0;
}

static void check_restarts(const rs_result *result, const char *path, double count,
                           double unfinished) {
    CHECK_INT(labelled(result, "restart.count", path, NULL), count);
    CHECK_INT(labelled(result, "restart.unfinished", path, NULL), unfinished);
}

static double retried(const rs_result *result) {
    const rs_result_metric *found =
        rs_result_find(result, "restart.started", &(rs_result_labels){.cause = "init_retry"});
    return found ? (double)found->histogram->count : 0;
}

static double longest(const rs_result *result, const char *metric, const char *path) {
    const rs_result_metric *found =
        rs_result_find(result, metric, &(rs_result_labels){.path = path});
    CHECK(found && found->histogram->count);
    return (double)found->histogram->max;
}

/* ------------------------------------------------------------------ init_fail */

/* How many restarts `top` allows, of the whole shop, and the shop of its children. What is laid at
 * 0 s lies there at 150 ms, also on a machine that is busy otherwise. */
#define SHOP(TOP, INTENSITY)                                                                       \
    "tree:\n"                                                                                      \
    "  id: top\n"                                                                                  \
    "  strategy: one_for_one\n"                                                                    \
    "  intensity: " TOP "\n"                                                                       \
    "  children:\n"                                                                                \
    "    - id: shop\n"                                                                             \
    "      strategy: one_for_one\n"                                                                \
    "      intensity: " INTENSITY "\n"                                                             \
    "      children: [{ id: db, worker: echo }, { id: web, worker: echo }]\n"                      \
    "load: [{ id: all, target: shop/db, clients: 2, rate: 1k/s, timeout: 100ms }]\n"               \
    "phases: { on: 300ms, off: 100ms }\n"

#define FAIL_THRICE                                                                                \
    "faults:\n"                                                                                    \
    "  - { id: crash, crash: shop/db, how: kill, at: 150ms, during: on }\n"                        \
    "  - { id: fail, crash: shop/db, how: init_fail(3), at: 0s, during: on }\n"

/* S14, S18: the death and each start that failed count. */
static void judge_patient(const rs_result *result) {
    CHECK_INT(hits(result, "fail"), 3);
    CHECK_INT(hits(result, "crash"), 1);
    CHECK(value(result, "escalations", NULL) == 0);
    check_restarts(result, "shop/db", 1, 0);
    CHECK(retried(result) == 1);
    CHECK_INT(result->crash_reasons.count, 1);
    CHECK_STR(result->crash_reasons.at[0].reason, "{error,init_fail}");
    CHECK_INT(result->crash_reasons.at[0].count, 3);
    CHECK(value(result, "orphans", NULL) == 0);
}

TEST(failed_starts_are_tried_again) {
    run_everywhere(SHOP("1", "4"), FAIL_THRICE, judge_patient);
}

/* S13, S15: the fourth attempt is one too many, so the third start is not tried again. */
static void judge_impatient(const rs_result *result) {
    CHECK_INT(hits(result, "fail"), 3);
    CHECK(value(result, "escalations", NULL) == 1);
    check_restarts(result, "shop/db", 1, 0);
    check_restarts(result, "shop/web", 1, 0);
    check_restarts(result, "shop", 1, 0);
    CHECK(labelled(result, "restart.count", NULL, "escalation") == 2);
}

TEST(failed_starts_exhaust_the_intensity) {
    run_everywhere(SHOP("1", "3"), FAIL_THRICE, judge_impatient);
}

/* S7: who fails at the start of its supervisor fails that start; `top` tries again, as often as it
 * must: under the real clock the shop may find the names of the last one's children taken (S23). */
static void judge_boot(const rs_result *result) {
    CHECK_INT(hits(result, "fail"), 1);
    CHECK(value(result, "escalations", NULL) == 0);
    check_restarts(result, "shop", 1, 0);
    CHECK(retried(result) >= 2); /* of the shop, and of web */
    CHECK(value(result, "orphans", NULL) == 0);
}

TEST(a_child_that_fails_at_boot_fails_its_supervisor) {
    run_everywhere(SHOP("100", "1"),
                   "faults:\n"
                   "  - { id: crash, crash: shop, how: kill, at: 150ms, during: on }\n"
                   "  - { id: fail, crash: shop/web, how: init_fail, at: 0s, during: on }\n",
                   judge_boot);
}

/* ------------------------------------------------------------------ positions */

static const char down_for_a_while[] =
    "tree: { id: top, strategy: one_for_one, intensity: 9, children: [\n"
    "  { id: db, worker: echo, backoff: 400ms }] }\n"
    "load: [{ id: all, target: db, clients: 1, rate: 1k/s, timeout: 50ms }]\n"
    "phases: { on: 300ms, more: 700ms, off: 300ms }\n";

static void judge_empty(const rs_result *result) {
    CHECK_INT(hits(result, "fail"), 1);
    CHECK(retried(result) == 1);
    CHECK(longest(result, "restart.started", "db") >= 800 * MS); /* twice */
}

TEST(an_empty_role_is_lain_in_wait_at) {
    run_everywhere(down_for_a_while,
                   "faults:\n"
                   "  - { id: crash, crash: db, how: kill, at: 0s, during: on }\n"
                   "  - { id: fail, crash: db, how: init_fail, at: 150ms }\n",
                   judge_empty);
}

static void judge_too_late(const rs_result *result) {
    CHECK_INT(hits(result, "fail"), 0);
    CHECK_INT(outcome(result, "fail", RS_STRIKE_SURVIVED), 1);
    check_restarts(result, "db", 1, 0);
    CHECK(retried(result) == 0);
    CHECK_INT(result->verdict, RS_VERDICT_INCONCLUSIVE);
}

TEST(what_was_laid_is_gone_after_its_phase) {
    run_everywhere(down_for_a_while,
                   "faults:\n"
                   "  - { id: crash, crash: db, how: kill, at: 0s, during: on }\n"
                   "  - { id: fail, crash: db, how: init_fail, at: 150ms, during: on }\n",
                   judge_too_late);
}

TEST(the_last_phase_is_free_of_what_was_laid_before) {
    run_everywhere(down_for_a_while,
                   "faults:\n"
                   "  - { id: crash, crash: db, how: kill, at: 750ms }\n"
                   "  - { id: fail, crash: db, how: init_fail, at: 900ms }\n",
                   judge_too_late);
}

static const char tables[] =
    "tree: { id: top, strategy: one_for_one, intensity: 9, children: [\n"
    "  { id: tables, strategy: simple_one_for_one, intensity: 100,\n"
    "    child: { worker: high_scores_table, restart: temporary } },\n"
    "  { id: registry, worker: high_scores_registry, tables: tables }] }\n"
    "setup: [{ add_games: registry, count: 10 }]\n"
    "load: [{ id: all, target: registry, via: registry, clients: 2, rate: 1k/s, timeout: 50ms }]\n"
    "phases: { on: 300ms, off: 200ms }\n";

/* What a registry starts by start_child is a role's start as well. */
static void judge_tables(const rs_result *result) {
    CHECK_INT(hits(result, "fail"), 6);
    CHECK_INT(outcome(result, "fail", RS_STRIKE_SURVIVED), 7);
    check_restarts(result, "tables/*", 3, 0);
    CHECK(retried(result) == 3);
    CHECK(value(result, "orphans", NULL) == 0);
}

TEST(children_of_a_template_are_lain_in_wait_at) {
    run_everywhere(
        tables,
        "faults:\n"
        "  - { id: fail, crash: tables/*, how: init_fail(2), pick: all, at: 0s,\n"
        "      during: on }\n"
        "  - { id: crash, crash: tables/*, how: kill, pick: 3, at: 150ms, during: on }\n",
        judge_tables);
}

/* ------------------------------------------------------------------ chance, and as written down */

#define OFTEN                                                                                      \
    "tree: { id: top, strategy: one_for_one, intensity: 10000, period: 1s, children: [\n"          \
    "  { id: db, worker: echo }, { id: web, worker: echo }] }\n"                                   \
    "load: [{ id: all, target: web, clients: 1, rate: 100/s }]\n"                                  \
    "phases: { on: 500ms, off: 100ms }\n"                                                          \
    "faults:\n"                                                                                    \
    "  - { id: crash, crash: db, how: kill, every: 1ms, during: on }\n"

/* 499 starts are due, and as many more as fail: of 2n, n. */
static void judge_half(const rs_result *result) {
    double restarts = labelled(result, "restart.count", "db", NULL);
    double failed = (double)hits(result, "fail");
    CHECK(restarts > 100);
    CHECK(failed > restarts * 0.7 && failed < restarts * 1.4);
    CHECK(retried(result) > restarts * 0.3 && retried(result) < restarts * 0.7);
}

TEST(half_of_the_starts_fail) {
    run_everywhere(OFTEN,
                   "  - { id: fail, crash: db, how: \"init_fail(1000000, 50%)\", at: 0s, "
                   "during: on }\n",
                   judge_half);
}

TEST(each_start_fails_by_chance) {
    run_everywhere(OFTEN,
                   "  - { id: fail, crash: db, how: init_fail, probability: 50%, during: on }\n",
                   judge_half);
}

static void judge_limited(const rs_result *result) {
    CHECK_INT(hits(result, "fail"), 5);
}

TEST(so_many_starts_fail_by_chance_and_no_more) {
    run_everywhere(OFTEN,
                   "  - { id: fail, crash: \"**\", how: init_fail, probability: 100%, limit: 5,\n"
                   "      during: on }\n",
                   judge_limited);
}

/* Once for each of the ten that are killed first. Under the real clock the start may be sooner. */
TEST(a_start_fails_after_something_has_happened) {
    trial made = run_checked(
        parse_under(clocks[0],
                    "tree: { id: top, strategy: one_for_one, intensity: 100, children: [\n"
                    "  { id: db, worker: echo, backoff: 5ms }] }\n"
                    "load: [{ id: all, target: db, clients: 1, rate: 100/s, timeout: 50ms }]\n"
                    "phases: { on: 700ms, off: 100ms }\n",
                    "faults:\n"
                    "  - { id: crash, crash: db, how: kill, every: 50ms, limit: 10, during: on }\n"
                    "  - { id: fail, crash: db, how: init_fail, on: exit of db, during: on }\n"));
    CHECK_INT(hits(made.result, "fail"), 10);
    CHECK(retried(made.result) == 10);
    finish_trial(&made);
}

/* The sum of the incarnations that were hit by the second fault. */
static uint64_t whose(const rs_result *result) {
    const rs_strike **strikes = rs_strikes_sorted(&result->first);
    uint64_t sum = 0;
    for (size_t i = 0; i < result->first.count; i++)
        if (strikes[i]->fault == 1) sum += strikes[i]->incarnation;
    free(strikes);
    return sum;
}

static void judge_written(const rs_result *result) {
    CHECK_INT(whose(result), 3 + 7 + 7);
    CHECK_INT(hits(result, "fail"), 3);
    CHECK_INT(outcome(result, "fail", RS_STRIKE_SURVIVED), 0);
    CHECK(retried(result) == 2);
}

/* From its time on each waits for the incarnation that it names. */
TEST(what_is_written_down_happens_to_that_incarnation) {
    run_everywhere(OFTEN,
                   "  - { id: fail, crash: db, how: init_fail,\n"
                   "      strikes: [\"0s db#3\", \"0s db#7\", \"0s db#7\"] }\n",
                   judge_written);
}

/* ------------------------------------------------------------------ init_slow, init_hang */

static void judge_slow(const rs_result *result) {
    CHECK_INT(hits(result, "slow"), 1);
    check_restarts(result, "shop/db", 1, 0);
    CHECK(longest(result, "restart.started", "shop/db") >= 30 * MS);
    CHECK(retried(result) == 0);
}

TEST(a_slow_init_is_waited_for) {
    run_everywhere(SHOP("1", "1"),
                   "faults:\n"
                   "  - { id: crash, crash: shop/db, how: segv, at: 150ms, during: on }\n"
                   "  - { id: slow, crash: shop/db, how: init_slow(30ms), at: 0s, during: on }\n",
                   judge_slow);
}

/* Nobody is above `shop` to lose patience, and the end of the run is not held up. */
static void judge_hang(const rs_result *result) {
    CHECK_INT(hits(result, "hang"), 1);
    check_restarts(result, "shop/db", 1, 1);
    const rs_result_metric *orphans = rs_result_find(result, "orphans", NULL);
    CHECK(orphans && !orphans->value.known); /* for `shop` does not tell */
}

TEST(a_start_that_hangs_is_waited_for_until_the_end) {
    run_everywhere(SHOP("1", "1"),
                   "faults:\n"
                   "  - { id: crash, crash: shop/db, how: kill, at: 150ms, during: on }\n"
                   "  - { id: hang, crash: shop/db, how: init_hang, at: 0s, during: on }\n",
                   judge_hang);
}

/* S20, S23: whoever stops the supervisor that waits kills it when its `shutdown` is over, and the
 * start dies with it. */
static void judge_killed(const rs_result *result) {
    CHECK_INT(hits(result, "hang"), 1);
    check_restarts(result, "shop/db", 1, 0);
    check_restarts(result, "shop", 1, 0);
    check_restarts(result, "other", 1, 0);
    CHECK(longest(result, "restart.started", "other") >= 100 * MS);
    CHECK(value(result, "orphans", NULL) == 0);
}

TEST(a_start_that_hangs_ends_with_its_supervisor) {
    run_everywhere("tree:\n"
                   "  id: top\n"
                   "  strategy: one_for_all\n"
                   "  intensity: 100\n" /* S23: the new one may find the old one's name taken */
                   "  children:\n"
                   "    - id: shop\n"
                   "      strategy: one_for_one\n"
                   "      shutdown: 100ms\n"
                   "      children: [{ id: db, worker: echo }]\n"
                   "    - { id: other, worker: echo }\n"
                   "load: [{ id: all, target: other, clients: 1, rate: 1k/s, timeout: 50ms }]\n"
                   "phases: { on: 500ms, off: 100ms }\n",
                   "faults:\n"
                   "  - { id: crash, crash: shop/db, how: kill, at: 150ms, during: on }\n"
                   "  - { id: hang, crash: shop/db, how: init_hang, at: 0s, during: on }\n"
                   "  - { id: last, crash: other, how: kill, at: 250ms, during: on }\n",
                   judge_killed);
}

/* ------------------------------------------------------------------ terminate_hang */

/* S20: `web` is stopped for `db`, which is restarted when that is over. */
static void judge_stop(const rs_result *result) {
    CHECK_INT(hits(result, "hang"), 1);
    CHECK(longest(result, "restart.started", "db") >= 100 * MS);
    check_restarts(result, "db", 1, 0);
    CHECK(labelled(result, "restart.count", NULL, "sibling") == 1);
}

#define PAIR(MORE)                                                                                 \
    "tree: { id: top, strategy: rest_for_one, intensity: 9, children: [\n"                         \
    "  { id: db, worker: echo }, { id: web, worker: echo, shutdown: 100ms " MORE "}] }\n"          \
    "load: [{ id: all, target: db, clients: 1, rate: 1k/s, timeout: 50ms }]\n"                     \
    "phases: { on: 300ms, off: 200ms }\n"                                                          \
    "faults:\n"                                                                                    \
    "  - { id: crash, crash: db, how: kill, at: 150ms, during: on }\n"

TEST(a_stop_that_hangs_is_ended_when_shutdown_is_over) {
    run_everywhere(PAIR(""),
                   "  - { id: hang, crash: web, how: terminate_hang, at: 0s, during: on }\n",
                   judge_stop);
}

TEST(a_stop_that_hangs_as_written_down) {
    run_everywhere(PAIR(""),
                   "  - { id: hang, crash: web, how: terminate_hang, strikes: [\"10ms web#1\"] }\n",
                   judge_stop);
}

/* Who starts while it is laid traps exits as well. */
static void judge_second_stop(const rs_result *result) {
    CHECK_INT(hits(result, "hang"), 1);
    CHECK(longest(result, "restart.started", "db") >= 100 * MS);
    check_restarts(result, "db", 1, 0);
}

TEST(a_stop_hangs_of_who_started_since) {
    run_everywhere(PAIR(", backoff: 40ms"),
                   "  - { id: first, crash: web, how: kill, at: 0s, during: on }\n"
                   "  - { id: hang, crash: web, how: terminate_hang, at: 20ms, during: on }\n",
                   judge_second_stop);
}

/* ------------------------------------------------------------------ hang */

/* Nobody waits for the end of a process that hangs. */
static void judge_process(const rs_result *result) {
    CHECK_INT(hits(result, "hang"), 1);
    check_restarts(result, "shop/db", 0, 0);
    CHECK(value(result, "calls.failed", NULL) > 0);
    CHECK(value(result, "restart.count", NULL) == 0);
}

TEST(a_process_that_hangs_is_nobodys_business) {
    run_everywhere("tree: { id: top, strategy: one_for_one, children: [\n"
                   "  { id: shop, strategy: one_for_one, children: [\n"
                   "    { id: db, worker: echo, shutdown: infinity }] }] }\n"
                   "load: [{ id: all, target: shop/db, clients: 2, timeout: 20ms }]\n"
                   "phases: { on: 100ms, off: 100ms }\n",
                   "faults: [{ id: hang, crash: shop/db, how: hang, at: 50ms, during: on }]\n",
                   judge_process);
}

TEST_MAIN()
