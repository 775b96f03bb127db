/* operation_test.c: operations that are tried again, and those that must be over in time.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/client.h"
#include "scenarios/engine/map.h"
#include "scenarios/engine/test/trial.h"

#include <stdio.h>

static trial run(const char *worker, const char *load) {
    char text[1024];
    snprintf(text, sizeof text,
             "scenario: test\n"
             "runtime: { clock: virtual }\n"
             "tree: { id: top, strategy: one_for_one, intensity: 1000, children: [\n"
             "  { id: s, worker: %s }] }\n"
             "phases: { on: 1s, off: 1s }\n"
             "load: [{ id: all, target: s, during: on, %s }]\n",
             worker, load);
    return run_plan(parse(text));
}

static double failed_of(const trial *made, const char *cause) {
    const rs_result_labels labels = {.cause = cause};
    return rs_result_find(made->result, "calls.failed", &labels)
               ? value(made->result, "calls.failed", &labels)
               : 0;
}

/* Issued, attempts, retries. */
static void check_counts(const trial *made, double issued, double attempts, double retries) {
    const rs_result_labels on = {.phase = "on"}, all = {.load = "all"};
    CHECK_INT(value(made->result, "calls.issued", NULL), issued);
    CHECK_INT(value(made->result, "calls.attempts", NULL), attempts);
    CHECK_INT(value(made->result, "calls.retries", NULL), retries);
    CHECK_INT(value(made->result, "calls.retries", &on), retries);
    CHECK_INT(value(made->result, "calls.attempts", &all), attempts);
    CHECK_INT(value(made->result, "calls.open", NULL), 0);
    CHECK_INT(value(made->result, "calls.lost", NULL), 0);
}

/* ------------------------------------------------------------------ retries */

TEST(each_retry_is_one_more_attempt_of_one_call) {
    trial made = run("service, service_time: 200ms",
                     "rate: 2/s, timeout: 10ms, retry: { times: 3, backoff: 1ms }");
    check_counts(&made, 2, 8, 6);
    CHECK_INT(failed_of(&made, "timeout"), 2);
    finish_trial(&made);
}

TEST(without_retries_attempts_are_calls) {
    trial made = run("service, service_time: 500ms", "rate: 2/s, timeout: 10ms");
    check_counts(&made, 2, 2, 0);
    finish_trial(&made);
}

TEST(only_what_it_is_for_is_tried_again) {
    trial made = run("service, service_time: 500ms",
                     "rate: 2/s, timeout: 10ms, retry: { times: 3, on: [noproc, killed] }");
    check_counts(&made, 2, 2, 0);
    finish_trial(&made);
    made = run("service, service_time: 200ms",
               "rate: 2/s, timeout: 10ms, retry: { times: 3, on: [noproc, timeout] }");
    check_counts(&made, 2, 8, 6);
    finish_trial(&made);
}

/* ------------------------------------------------------------------ what attempts ask for */

#define SEEN_MAX 16u

typedef struct seen {
    uint64_t time_ns, key, drawn;
} seen;

/* In memory that the child of a run shares. */
typedef struct witness {
    uint32_t count;
    seen at[SEEN_MAX];
} witness;

static witness *the_witness;

static seen *look(rs_client *client) {
    CHECK(the_witness->count < SEEN_MAX);
    seen *one = &the_witness->at[the_witness->count++];
    one->time_ns = rs_now_ns();
    one->key = rs_client_key(client);
    one->drawn = rs_prng_next(rs_client_prng(client));
    return one;
}

/* Every third attempt works. */
static void perform_at_last(rs_client *client) {
    look(client);
    if (the_witness->count % 3) rs_client_fail(client, rs_atom_find("boom"));
}

static trial run_witnessed(void (*perform)(rs_client *client), const char *load) {
    static rs_operation operation;
    char text[1024];
    operation = (rs_operation){"echo", "is looked at", perform, 100};
    the_witness = rs_map_create(NULL, sizeof *the_witness);
    CHECK(the_witness != NULL);
    snprintf(text, sizeof text,
             "scenario: test\n"
             "runtime: { clock: virtual }\n"
             "tree: { id: top, children: [{ id: e, worker: echo }] }\n"
             "phases: { on: 1s, off: 1s }\n"
             "load: [{ id: all, target: e, during: on, %s }]\n",
             load);
    rs_plan *plan = parse(text);
    ((rs_plan_mix *)(uintptr_t)plan->loads[0].mix)->operation = &operation;
    ((rs_plan_load *)(uintptr_t)plan->loads)->key_count = 1000000;
    return run_plan(plan);
}

static void finish_witnessed(trial *made) {
    rs_map_destroy(NULL, the_witness, sizeof *the_witness, RS_MAP_UNKNOWN);
    finish_trial(made);
}

static void check_attempts(const seen *at) {
    CHECK(at[1].drawn == at[0].drawn && at[2].drawn == at[0].drawn);
    CHECK(at[1].key == at[0].key && at[2].key == at[0].key);
    CHECK(at[3].drawn != at[0].drawn && at[3].key != at[0].key);
    CHECK_INT((at[1].time_ns - at[0].time_ns) / 1000000, 10);
    CHECK_INT((at[2].time_ns - at[1].time_ns) / 1000000, 30);
}

TEST(every_attempt_asks_for_the_same_and_waits_longer) {
    trial made =
        run_witnessed(perform_at_last, "rate: 2/s, retry: { times: 5, backoff: 10ms, factor: 3 }");
    check_counts(&made, 2, 6, 4);
    CHECK_INT(value(made.result, "calls.answered", NULL), 2);
    check_attempts(the_witness->at);
    const rs_histogram *latency = rs_result_find(made.result, "calls.latency", NULL)->histogram;
    CHECK_INT(latency->count, 2);
    CHECK_INT(latency->max / 1000000, 40);
    finish_witnessed(&made);
}

TEST(a_closed_loop_tries_again_too) {
    trial made = run_witnessed(
        perform_at_last, "think: 600ms, retry: { times: 5, backoff: 10ms, factor: 3, on: [boom] }");
    check_counts(&made, 2, 6, 4);
    check_attempts(the_witness->at);
    finish_witnessed(&made);
}

TEST(no_wait_is_longer_than_the_longest_and_some_are_shorter_by_chance) {
    trial made = run_witnessed(
        perform_at_last, "rate: 2/s, retry: { times: 2, backoff: 10ms, factor: 9, max: 20ms }");
    CHECK_INT((the_witness->at[2].time_ns - the_witness->at[1].time_ns) / 1000000, 20);
    finish_witnessed(&made);
    made = run_witnessed(perform_at_last,
                         "rate: 2/s, retry: { times: 2, backoff: 10ms, factor: 1, jitter: 50% }");
    const seen *at = the_witness->at;
    uint64_t first_ns = at[1].time_ns - at[0].time_ns, second_ns = at[2].time_ns - at[1].time_ns;
    CHECK(first_ns >= 5000000 && first_ns <= 10010000 && second_ns >= 5000000);
    CHECK(first_ns != second_ns);
    finish_witnessed(&made);
}

/* ------------------------------------------------------------------ deadlines */

/* 20 ms, 10 ms to wait, and the rest of 50 ms for the second attempt: not its timeout. */
TEST(the_last_attempt_has_what_is_left_until_the_deadline) {
    trial made = run("service, service_time: 500ms",
                     "rate: 2/s, timeout: 30ms, deadline: 50ms, retry: { times: 9 }");
    check_counts(&made, 2, 4, 2);
    CHECK_INT(failed_of(&made, "deadline"), 2);
    CHECK_INT(failed_of(&made, "timeout"), 0);
    finish_trial(&made);
}

static void say_nothing(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    for (;;) rs_receive(NULL, NULL, RS_FOREVER);
}

static void perform_and_look(rs_client *client) {
    static const rs_type type = {.name = "question"};
    look(client);
    rs_client_call(client, rs_spawn(say_nothing, NULL, 0), &type, NULL, 0);
    look(client);
}

TEST(the_deadline_counts_from_the_intended_start) {
    trial made = run_witnessed(perform_and_look, "rate: 1/s, timeout: 30ms, deadline: 50ms, "
                                                 "retry: { times: 9, backoff: 10ms }");
    const seen *at = the_witness->at;
    CHECK_INT(the_witness->count, 4);
    CHECK_INT((at[1].time_ns - at[0].time_ns) / 1000000, 30);
    CHECK_INT((at[2].time_ns - at[0].time_ns) / 1000000, 40);
    CHECK_INT((at[3].time_ns - at[0].time_ns) / 1000000, 50);
    CHECK_INT(failed_of(&made, "deadline"), 1);
    finish_witnessed(&made);
}

/* The next operation of a closed loop begins when this one is over. */
TEST(nobody_waits_for_a_retry_beyond_the_deadline) {
    trial made = run_witnessed(perform_and_look, "timeout: 300ms, deadline: 350ms, "
                                                 "retry: { times: 9, backoff: 100ms }");
    const seen *at = the_witness->at;
    CHECK_INT(the_witness->count, 6); /* three operations, of one attempt each */
    CHECK_INT((at[1].time_ns - at[0].time_ns) / 1000000, 300);
    CHECK_INT((at[2].time_ns - at[0].time_ns) / 1000000, 350);
    CHECK_INT(value(made.result, "calls.attempts", NULL), 3);
    CHECK_INT(failed_of(&made, "deadline"), 3);
    finish_witnessed(&made);
}

/* The first of ten takes all the time that the others had. */
TEST(what_is_past_its_deadline_is_not_sent_at_all) {
    trial made = run("service, service_time: 500ms", "rate: burst(10 every 2s), deadline: 20ms");
    check_counts(&made, 10, 1, 0);
    CHECK_INT(failed_of(&made, "deadline"), 10);
    finish_trial(&made);
}

TEST(a_deadline_that_is_kept_changes_nothing) {
    trial made = run("service, service_time: 10ms", "rate: 10/s, deadline: 50ms");
    check_counts(&made, 10, 10, 0);
    CHECK_INT(value(made.result, "calls.answered", NULL), 10);
    finish_trial(&made);
}

/* ------------------------------------------------------------------ thinking */

TEST(who_thinks_asks_less_often) {
    trial made = run("service, service_time: 10ms", "clients: 1, think: 90ms");
    check_counts(&made, 10, 10, 0);
    CHECK(rs_result_find(made.result, "calls.latency", NULL) == NULL);
    finish_trial(&made);
}

TEST_MAIN()
