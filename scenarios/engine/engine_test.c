/* engine_test.c: from the text of a scenario to its result.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/engine.h"

#include "reports/outage.h"
#include "runtime/base/sanitize.h"
#include "runtime/otp/gen_server.h"
#include "scenarios/engine/test/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const char echo_tree[] = "scenario: test\n"
                                "tree:\n"
                                "  id: top\n"
                                "  strategy: one_for_all\n"
                                "  intensity: 1000\n"
                                "  children:\n"
                                "    - { id: left, worker: echo }\n"
                                "    - { id: right, worker: echo }\n";

static trial run_echo(const char *more) {
    char text[2048];
    snprintf(text, sizeof text, "%s%s", echo_tree, more);
    return run_plan(parse(text));
}

/* ------------------------------------------------------------------ calls */

static void check_sums(const rs_result *result) {
    double issued = value(result, "calls.issued", NULL), failed = 0;
    double answered = value(result, "calls.answered", NULL);
    CHECK(issued > 0);
    CHECK(issued == answered + value(result, "calls.failed", NULL));
    CHECK(value(result, "calls.open", NULL) == 0);
    for (size_t i = 0; i < result->metrics.count; i++) {
        const rs_result_metric *metric = &result->metrics.at[i];
        bool reason = metric->labels.cause && !metric->labels.phase;
        if (strcmp(metric->name, "calls.failed") == 0 && reason) failed += metric->value.value;
    }
    CHECK(failed == value(result, "calls.failed", NULL));
}

TEST(every_call_of_a_closed_loop_has_an_outcome) {
    trial made = run_echo("load: [{ id: all, target: left, clients: 8 }]\n"
                          "phases: { on: 200ms, off: 100ms }\n"
                          "faults: [{ id: k, crash: left, how: kill, every: 2ms, during: on }]\n");
    CHECK_INT(made.ending.status, RS_RESULT_COMPLETE);
    check_sums(made.result);
    CHECK(value(made.result, "calls.lost", NULL) == 0);
    CHECK(rs_result_find(made.result, "calls.latency", NULL) == NULL);
    CHECK(rs_result_find(made.result, "calls.latency_uncorrected", NULL) != NULL);
    finish_trial(&made);
}

TEST(an_open_loop_issues_what_its_rate_says) {
    trial made = run_echo("load: [{ id: all, target: left, clients: 4, rate: 1k/s }]\n"
                          "phases: { on: 500ms, off: 100ms }\n");
    check_sums(made.result);
    CHECK(value(made.result, "calls.issued", NULL) == 600);
    CHECK(value(made.result, "calls.issued", &(rs_result_labels){.phase = "on"}) == 500);
    CHECK(rs_result_find(made.result, "calls.latency", NULL)->histogram->count == 600);
    finish_trial(&made);
}

static bool warns(const rs_result *result, const char *part) {
    for (size_t i = 0; i < result->notes.count; i++)
        if (result->notes.at[i].warning && strstr(result->notes.at[i].text, part)) return true;
    return false;
}

/* A service of 1 ms per request, asked 10,000 times a second by one client: 2,000 requests are due,
 * and there is time for 300. */
TEST(requests_that_were_never_sent_are_told) {
    trial made = run_plan(parse("scenario: test\n"
                                "runtime: { clock: virtual }\n"
                                "tree:\n"
                                "  id: top\n"
                                "  strategy: one_for_one\n"
                                "  children: [{ id: s, worker: service, service_time: 1ms }]\n"
                                "load: [{ id: all, target: s, rate: 10k/s, timeout: 100ms }]\n"
                                "phases: { on: 100ms, off: 100ms }\n"));
    CHECK(value(made.result, "calls.issued", NULL) == 300);
    CHECK(warns(made.result, "load all: about 1700 requests were due and never sent"));
    finish_trial(&made);
}

TEST(a_load_during_one_phase_is_silent_in_others) {
    trial made = run_echo("load: [{ id: all, target: left, clients: 2, rate: 1k/s, during: two }]\n"
                          "phases: { one: 100ms, two: 100ms, three: 100ms }\n");
    CHECK(value(made.result, "calls.issued", &(rs_result_labels){.phase = "one"}) == 0);
    CHECK(value(made.result, "calls.issued", &(rs_result_labels){.phase = "two"}) == 100);
    CHECK(value(made.result, "calls.issued", &(rs_result_labels){.phase = "three"}) == 0);
    finish_trial(&made);
}

TEST(given_arrivals_that_were_never_sent_are_told) {
    trial made =
        run_plan(parse("scenario: test\n"
                       "runtime: { clock: virtual }\n"
                       "tree:\n"
                       "  id: top\n"
                       "  strategy: one_for_one\n"
                       "  children: [{ id: s, worker: service, service_time: 40ms }]\n"
                       "load:\n"
                       "  - { id: all, target: s, timeout: 100ms, clients: 2, arrivals: [\n"
                       "      '1ms 0 request 0', '2ms 0 request 0', '3ms 0 request 0',\n"
                       "      '4ms 0 request 0', '5ms 0 request 0', '6ms 0 request 0'] }\n"
                       "phases: { on: 10ms, off: 10ms }\n"));
    CHECK(value(made.result, "calls.issued", NULL) == 3);
    CHECK(value(made.result, "calls.answered", NULL) == 3);
    CHECK(warns(made.result, "load all: about 3 requests were due and never sent"));
    finish_trial(&made);
}

TEST(a_burst_and_a_ramp_issue_what_they_say) {
    trial made = run_echo("runtime: { clock: virtual }\n"
                          "load:\n"
                          "  - { id: b, target: left, clients: 4, rate: burst(9 every 100ms) }\n"
                          "  - { id: r, target: left, clients: 4, rate: ramp(0/s to 1k/s) }\n"
                          "phases: { on: 500ms, off: 500ms }\n");
    const rs_result_labels b = {.load = "b"}, r = {.load = "r"};
    check_sums(made.result);
    CHECK_INT(value(made.result, "calls.issued", &b), 90);
    CHECK_INT(value(made.result, "calls.issued", &r), 500);
    finish_trial(&made);
}

/* Fifty calls wait for a slow server when the last phase ends: they are answered too late. */
TEST(what_is_answered_in_the_drain_is_no_throughput) {
    trial made = run_plan(parse("scenario: test\n"
                                "runtime: { clock: virtual }\n"
                                "tree: { id: top, strategy: one_for_one, children: [\n"
                                "  { id: slow, worker: service, service_time: 2ms }] }\n"
                                "load: [{ id: all, target: slow, clients: 100, rate: 1k/s }]\n"
                                "phases: { on: 80ms, off: 20ms }\n"));
    double total = value(made.result, "calls.throughput", NULL);
    CHECK(value(made.result, "calls.answered", NULL) == 100);
    CHECK(total > 450 && total < 550);
    CHECK(value(made.result, "calls.throughput", &(rs_result_labels){.load = "all"}) == total);
    finish_trial(&made);
}

/* A minute is how long its load would wait for an answer. */
TEST(a_tree_that_has_ended_is_not_waited_for) {
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    trial made = run_plan(parse("scenario: test\n"
                                "runtime: { clock: real }\n"
                                "tree: { id: top, strategy: one_for_one, intensity: 0,\n"
                                "  children: [{ id: a, worker: echo }, { id: b, worker: echo }] }\n"
                                "load: [{ id: all, target: a, clients: 4, timeout: 1m }]\n"
                                "phases: { on: 100ms, off: 100ms }\n"
                                "faults: [{ id: k, crash: a, how: kill, at: 50ms }]\n"));
    clock_gettime(CLOCK_MONOTONIC, &end);
    CHECK_INT(made.ending.status, RS_RESULT_COMPLETE);
    CHECK(value(made.result, "escalations", NULL) == 1);
    CHECK(value(made.result, "restart.unfinished", NULL) > 0);
    CHECK(end.tv_sec - begin.tv_sec < 30);
    check_sums(made.result);
    finish_trial(&made);
}

/* ------------------------------------------------------------------ labels */

static bool has_row(const rs_result *result, const char *name, const char *label) {
    for (size_t i = 0; i < result->metrics.count; i++) {
        const rs_result_labels *labels = &result->metrics.at[i].labels;
        const struct {
            const char *name, *value;
        } all[] = {{"phase", labels->phase}, {"fault", labels->fault}, {"load", labels->load},
                   {"path", labels->path},   {"cause", labels->cause}, {"reason", labels->cause}};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++)
            if (strcmp(result->metrics.at[i].name, name) == 0 && strcmp(all[k].name, label) == 0 &&
                all[k].value)
                return true;
    }
    return false;
}

/* What the catalogue says of labels decides which expectations are refused. */
TEST(metrics_are_told_apart_as_the_catalogue_says) {
    static const char *const labels[] = {"phase", "fault", "load", "path", "cause"};
    trial made = run_echo("runtime: { clock: virtual }\n"
                          "load: [{ id: all, target: left, clients: 4, rate: 1k/s }]\n"
                          "phases: { on: 200ms, off: 100ms }\n"
                          "faults: [{ id: k, crash: left, how: kill, rate: 1k/s, during: on }]\n");
    CHECK(value(made.result, "calls.failed", NULL) > 0);
    for (const rs_metric *metric = rs_metrics; metric->name; metric++) {
        const rs_result_metric *total = rs_result_find(made.result, metric->name, NULL);
        if (!total || !(total->histogram || total->value.value > 0)) continue; /* rows of nothing */
        for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
            if (has_row(made.result, metric->name, labels[i]) !=
                rs_metric_has_label(metric, labels[i]))
                rs_test_fail(__FILE__, __LINE__, "%s by %s", metric->name, labels[i]);
    }
    finish_trial(&made);
}

/* parse() fails the test when the language does not know one. */
TEST(every_cause_of_a_restart_is_a_word_of_the_language) {
    for (uint32_t i = 0; i < RS_OUTAGE_KIND_COUNT; i++) {
        char text[1024];
        snprintf(text, sizeof text, "%sexpect: ['restart.count{cause=%s} == 0']\n", echo_tree,
                 rs_outage_kind_word((rs_outage_kind)i));
        rs_plan_destroy(parse(text));
    }
}

TEST(the_rate_of_a_phase_is_over_its_own_time) {
    trial made = run_echo("runtime: { clock: virtual }\n"
                          "load: [{ id: all, target: left, rate: 1k/s }]\n"
                          "phases: { on: 200ms, off: 600ms }\n"
                          "expect: ['model: calls.issued{phase=on}.rate == 1k/s',\n"
                          "         'model: calls.issued.rate == 1k/s during on',\n"
                          "         'model: calls.issued{phase=*}.rate == 1k/s']\n");
    CHECK_INT(made.result->verdict, RS_VERDICT_PASSED);
    finish_trial(&made);
}

/* ------------------------------------------------------------------ restarts */

TEST(siblings_are_told_apart_from_victims) {
    trial made = run_echo("runtime: { clock: virtual }\n" /* a busy machine must not matter */
                          "phases: { on: 200ms, off: 100ms }\n"
                          "faults: [{ id: k, crash: left, how: kill, every: 20ms, during: on }]\n"
                          "expect: [faults.hit == 9, restart.unfinished == 0]\n");
    const rs_result_labels sibling = {.cause = "sibling"}, fault = {.cause = "fault"};
    CHECK_INT(made.result->verdict, RS_VERDICT_PASSED);
    CHECK(value(made.result, "restart.count", &fault) == 9);
    CHECK(value(made.result, "restart.count", &sibling) == 9);
    CHECK(value(made.result, "restart.count", NULL) == 18);
    CHECK_INT(rs_result_find(made.result, "restart.started", NULL)->histogram->count, 9);
    CHECK_INT(rs_result_find(made.result, "restart.reachable", &sibling)->histogram->count, 9);
    CHECK(value(made.result, "restart.count", &(rs_result_labels){.fault = "k"}) == 18);
    finish_trial(&made);
}

/* True when both readings were made at quiet moments; a busy machine may not grant one. */
static bool compare_memory(void) {
    trial made = run_echo("load: [{ id: all, target: right, clients: 8 }]\n"
                          "phases: { warm: 100ms, on: 200ms, off: 100ms }\n"
                          "faults: [{ id: k, crash: left, how: segv, every: 1ms, during: on }]\n");
    bool quiet = made.result->notes.count == 0;
    CHECK(value(made.result, "faults.hit", NULL) > 0);
    CHECK(made.result->memory.count == 9);
    for (size_t i = 0; quiet && i < made.result->memory.count; i++) {
        const rs_result_memory *memory = &made.result->memory.at[i];
        CHECK(memory->before.known && memory->after.known);
        if (strcmp(memory->name, "resident") != 0)
            CHECK_INT(memory->after.value, memory->before.value);
    }
    finish_trial(&made);
    return quiet;
}

TEST(memory_before_and_after_is_equal_to_the_byte) {
    bool quiet = false;
    for (int i = 0; i < 10 && !quiet; i++) quiet = compare_memory();
    CHECK(quiet);
}

TEST(a_supervisor_that_gives_up_leaves_restarts_unfinished) {
    trial made = run_plan(parse("scenario: test\n"
                                "tree:\n"
                                "  id: top\n"
                                "  strategy: one_for_one\n"
                                "  intensity: 1\n"
                                "  children: [{ id: only, worker: echo }]\n"
                                "load: [{ id: all, target: only, clients: 1, rate: 1k/s }]\n"
                                "phases: { on: 100ms, off: 50ms }\n"
                                "faults: [{ id: k, crash: only, how: kill, every: 20ms, "
                                "during: on }]\n"
                                "expect: [restart.reachable.max < 1s]\n"));
    CHECK_INT(made.ending.status, RS_RESULT_COMPLETE);
    CHECK(value(made.result, "escalations", NULL) == 1);
    CHECK(value(made.result, "restart.unfinished", &(rs_result_labels){.cause = "fault"}) == 1);
    CHECK_INT(made.result->verdict, RS_VERDICT_FAILED);
    CHECK(made.result->expectations.at[0].never);
    CHECK_INT(made.result->faults.at[0].outcomes[RS_STRIKE_NO_VICTIM], 2);
    check_sums(made.result);
    finish_trial(&made);
}

/* ------------------------------------------------------------------ lost calls */

static bool refuse(const rs_message *message, void *context) {
    (void)message;
    (void)context;
    return false;
}

static rs_next start_well(void *state, const void *args, uint32_t bytes) {
    (void)state;
    (void)args;
    (void)bytes;
    return RS_INIT_OK;
}

static rs_next wait_forever(void *state, rs_from from, const rs_message *request) {
    (void)state;
    (void)from;
    (void)request;
    rs_receive(refuse, NULL, RS_FOREVER);
    return RS_NOREPLY;
}

/* It lives, and takes the first request only. */
static const rs_gen_server stuck_server = {
    .name = "stuck", .init = start_well, .handle_call = wait_forever};

TEST(calls_that_nobody_ever_takes_are_lost) {
    static rs_worker stuck = {.name = "stuck", .about = "hangs", .server = &stuck_server};
    rs_plan *plan = parse("scenario: test\n"
                          "runtime: { clock: virtual }\n"
                          "tree:\n"
                          "  id: top\n"
                          "  strategy: one_for_one\n"
                          "  children: [{ id: a, worker: echo }, { id: b, worker: echo }]\n"
                          "load:\n"
                          "  - { id: good, target: a, rate: 100/s, timeout: 5ms }\n"
                          "  - { id: bad, target: b, rate: 100/s, timeout: 5ms, during: two }\n"
                          "phases: { one: 50ms, two: 50ms, three: 50ms }\n");
    put_worker(plan->root->children[1], &stuck);
    trial made = run_plan(plan);
    CHECK_INT(made.ending.status, RS_RESULT_COMPLETE);
    CHECK(value(made.result, "calls.failed", &(rs_result_labels){.load = "bad"}) == 5);
    CHECK(value(made.result, "calls.lost", NULL) == 4);
    CHECK(value(made.result, "calls.lost", &(rs_result_labels){.phase = "one"}) == 0);
    CHECK(value(made.result, "calls.lost", &(rs_result_labels){.phase = "two"}) == 4);
    CHECK(value(made.result, "calls.lost", &(rs_result_labels){.load = "good"}) == 0);
    CHECK(value(made.result, "calls.lost", &(rs_result_labels){.load = "bad"}) == 4);
    finish_trial(&made);
}

TEST(a_callee_that_dies_of_timeout_loses_no_calls) {
    trial made = run_plan(parse("scenario: test\n"
                                "runtime: { clock: virtual }\n"
                                "tree:\n"
                                "  id: top\n"
                                "  strategy: one_for_one\n"
                                "  intensity: 100\n"
                                "  children: [{ id: a, worker: service, service_time: 2ms }]\n"
                                "load: [{ id: all, target: a, clients: 4, timeout: 1s }]\n"
                                "phases: { on: 100ms, off: 50ms }\n"
                                "faults: [{ id: k, crash: a, how: exit(timeout), every: 5ms, "
                                "during: on }]\n"));
    const rs_result_labels timeout = {.cause = "timeout"};
    CHECK(value(made.result, "calls.failed", &timeout) > 10);
    CHECK(value(made.result, "calls.lost", NULL) == 0);
    finish_trial(&made);
}

/* ------------------------------------------------------------------ boot */

static rs_next refuse_to_start(void *state, const void *args, uint32_t bytes) {
    (void)state;
    (void)args;
    (void)bytes;
    return rs_stop(rs_term_tuple(2, (rs_term[]){RS_ATOM(error), rs_atom_find("no_disk")}));
}

static const rs_gen_server broken_server = {.name = "broken", .init = refuse_to_start};
static const rs_worker broken = {.name = "broken", .about = "fails", .server = &broken_server};

TEST(a_worker_that_fails_its_init_at_boot_is_named_with_its_place) {
    rs_plan *plan = parse("scenario: test\n"
                          "tree:\n"
                          "  id: top\n"
                          "  strategy: one_for_one\n"
                          "  children:\n"
                          "    - id: shop\n"
                          "      strategy: one_for_one\n"
                          "      children: [{ id: db, worker: echo }]\n"
                          "phases: { on: 100ms }\n");
    put_worker(plan->root->children[0]->children[0], &broken);
    trial made = run_plan(plan);
    CHECK_STR(made.ending.reason, "child 'shop/db' did not start: {error,no_disk}");
    CHECK_STR(made.ending.place.file, "test.yaml");
    CHECK_INT(made.ending.place.line, 8);
    CHECK_INT(made.ending.exit_code, 6);
    CHECK_INT(made.result->status, RS_RESULT_ABORTED);
    CHECK(!made.ending.began);
    finish_trial(&made);
}

static rs_next leave_the_house(void *state, rs_from from, const rs_message *request) {
    (void)state;
    (void)from;
    (void)request;
    _exit(3);
}

/* Who leaves by exit owes nobody its memory: LeakSanitizer would put its own status in place. */
static bool has_left;
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void) {
    return has_left;
}

static rs_next leave_by_exit(void *state, rs_from from, const rs_message *request) {
    (void)state;
    (void)from;
    (void)request;
    has_left = true;
    exit(3);
}

/* Their locks may be held by whom they killed: the node is lost. */
static rs_next crash_in_printf(void *state, rs_from from, const rs_message *request) {
    const char *volatile nowhere = (const char *)(uintptr_t)(from.ref ? 16 : 0);
    (void)state;
    (void)request;
    fprintf(stderr, "%s %d\n", nowhere, 1);
    return RS_NOREPLY;
}

static rs_next crash_in_free(void *state, rs_from from, const rs_message *request) {
    void (*volatile release)(void *) = free;
    (void)state;
    (void)request;
    release((void *)(uintptr_t)(0x123456789010 + (from.ref ? 0 : 16)));
    return RS_NOREPLY;
}

static rs_next corrupt_the_heap(void *state, rs_from from, const rs_message *request) {
    void (*volatile release)(void *) = free;
    volatile unsigned char *block = malloc(2000);
    void *next = malloc(2000);
    (void)state;
    (void)from;
    (void)request;
    for (int i = 0; i < 2100; i++) block[i] = 0xff;
    release(next);
    release((void *)(uintptr_t)block);
    return RS_NOREPLY;
}

/* The other server's calls are all told, whatever becomes of the program. */
static void end_of_the_house(rs_next (*leave)(void *, rs_from, const rs_message *), int exit_code,
                             const char *reason) {
    const rs_gen_server leaver_server = {
        .name = "leaver", .init = start_well, .handle_call = leave};
    const rs_worker leaver = {.name = "leaver", .about = "exits", .server = &leaver_server};
    rs_plan *plan = parse("scenario: test\n"
                          "runtime: { clock: virtual }\n" /* a busy machine must not matter */
                          "tree:\n"
                          "  id: top\n"
                          "  strategy: one_for_one\n"
                          "  children: [{ id: a, worker: echo }, { id: b, worker: echo }]\n"
                          "load:\n"
                          "  - { id: good, target: a, clients: 1, rate: 1k/s, during: one }\n"
                          "  - { id: bad, target: b, clients: 1, rate: 1/s, during: two }\n"
                          "phases: { one: 100ms, two: 100ms }\n");
    put_worker(plan->root->children[1], &leaver);
    trial made = run_plan(plan);
    CHECK_INT(made.result->status, RS_RESULT_ABORTED);
    CHECK_INT(made.ending.exit_code, exit_code);
    CHECK(strstr(made.ending.reason, reason) != NULL);
    CHECK(value(made.result, "calls.answered", NULL) == 100);
    CHECK(value(made.result, "calls.open", NULL) == 1);
    finish_trial(&made);
}

TEST(code_that_calls_exit_aborts_the_run_and_loses_nothing) {
    end_of_the_house(leave_the_house, 6, "exited with status 3");
    end_of_the_house(leave_by_exit, 6, "exited with status 3");
}

TEST(a_node_that_is_lost_leaves_a_complete_result) {
    if (RS_ASAN || RS_TSAN) {
        printf("left out: the sanitizer meets these faults first\n");
        return;
    }
    end_of_the_house(crash_in_printf, 70, "signal 11");
    end_of_the_house(crash_in_free, 70, "signal 11");
    end_of_the_house(corrupt_the_heap, 70, "signal 6");
}

TEST_MAIN()
