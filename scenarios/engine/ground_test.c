/* ground_test.c: faults of the runtime in a run: what becomes of the tree, and that all are
 * counted. SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/test/trial.h"

static trial run(const char *clock, const char *supervisor, const char *faults) {
    char text[2048];
    snprintf(text, sizeof text,
             "scenario: test\n"
             "runtime: { clock: %s, threads: 2, scheduler: steal }\n"
             "tree:\n"
             "  id: top\n"
             "  strategy: one_for_one\n"
             "  %s\n"
             "load: [{ id: all, target: left, clients: 2, rate: 1k/s, timeout: 1s }]\n"
             "phases: { storm: 200ms, heal: 100ms }\n"
             "faults:\n%s",
             clock, supervisor, faults);
    return run_plan(parse(text));
}

#define PLAIN                                                                                      \
    "intensity: 3\n"                                                                               \
    "  children: [{ id: left, worker: echo }, { id: right, worker: echo }]"
/* Each call to `left` makes it call `right`, which takes a message. */
#define BUSY                                                                                       \
    "intensity: 100\n"                                                                             \
    "  children:\n"                                                                                \
    "    - { id: right, worker: service }\n"                                                       \
    "    - { id: left, worker: service, depends_on: right }"
#define PATIENT                                                                                    \
    "intensity: 3\n"                                                                               \
    "  children: [{ id: left, worker: echo }, { id: right, worker: echo, backoff: 50ms }]"

static double count_of(const trial *made, const char *metric, const char *fault) {
    return value(made->result, metric, &(rs_result_labels){.fault = fault});
}

static void check_hits(const trial *made, const char *fault, double hits, double misses) {
    CHECK(count_of(made, "faults.hit", fault) == hits);
    CHECK(count_of(made, "faults.missed", fault) == misses);
}

static uint64_t restarts(const trial *made, const char *fault) {
    const rs_result_metric *metric =
        rs_result_find(made->result, "restart.started", &(rs_result_labels){.fault = fault});
    return metric && metric->histogram ? metric->histogram->count : 0;
}

/* ------------------------------------------------------------------ who is hit */

#define FAIL "  - { id: f, how: fail_alloc(5), every: 20ms, during: storm }\n"

/* Clients and injectors ask for memory as well, and are spared. */
static void check_fail_alloc(const char *clock) {
    trial made = run(clock, BUSY, FAIL);
    CHECK_INT(made.ending.status, RS_RESULT_COMPLETE);
    CHECK(count_of(&made, "faults.hit", "f") > 5);
    for (uint32_t i = 0; i < made.result->first.count; i++) {
        const rs_strike *strike = &made.result->first.at[i];
        if (strike->outcome != RS_STRIKE_HIT) continue;
        const char *role = strike->role; /* the root's is "" */
        CHECK(strcmp(role, "left") == 0 || strcmp(role, "right") == 0 || *role == 0);
    }
    finish_trial(&made);
}

TEST(an_allocation_that_fails_ends_who_asked) {
    check_fail_alloc("virtual");
}
TEST(an_allocation_that_fails_ends_who_asked_in_real_time) {
    check_fail_alloc("real");
}

/* Echoes ask for none: the first would be that of who is counted, or stopped, in the end. */
TEST(who_is_counted_in_the_end_is_spared) {
    trial made =
        run("virtual", PLAIN, "  - { id: f, how: fail_alloc(1), at: 20ms, may_miss: true }\n");
    CHECK_INT(made.ending.status, RS_RESULT_COMPLETE);
    check_hits(&made, "f", 0, 1);
    finish_trial(&made);
}

/* Nobody works before the last phase, and all do then: `during` ends it as well. */
static void check_late(const char *faults) {
    char text[1024];
    snprintf(text, sizeof text,
             "scenario: test\n"
             "runtime: { clock: virtual }\n"
             "tree:\n  id: top\n  strategy: one_for_one\n  " BUSY "\n"
             "load: [{ id: all, target: left, rate: 1k/s, during: heal }]\n"
             "phases: { storm: 100ms, lull: 100ms, heal: 100ms }\n"
             "faults:\n%s",
             faults);
    trial made = run_plan(parse(text));
    CHECK_INT(made.ending.status, RS_RESULT_COMPLETE);
    check_hits(&made, "f", 0, 1);
    finish_trial(&made);
}

TEST(no_allocation_fails_in_the_last_phase) {
    check_late("  - { id: f, how: fail_alloc(1), at: 190ms, may_miss: true }\n");
    check_late("  - { id: f, how: fail_alloc(1), at: 50ms, during: storm, may_miss: true }\n");
    check_late("  - { id: f, how: fail_alloc(2), strikes: [190ms], may_miss: true }\n");
}

static void check_memory(const trial *made) {
    for (size_t i = 0; i < made->result->memory.count; i++) {
        const rs_result_memory *row = &made->result->memory.at[i];
        if (strcmp(row->name, "live") == 0) CHECK(row->before.value == row->after.value);
    }
}

TEST(its_victim_is_restarted_for_that_fault) {
    trial made = run("virtual", BUSY, "  - { id: f, how: fail_alloc(3), at: 50ms }\n");
    check_hits(&made, "f", 1, 0);
    CHECK_INT(restarts(&made, "f"), 1);
    check_memory(&made);
    finish_trial(&made);
}

TEST(what_nobody_asks_for_is_a_miss) {
    trial made = run("virtual", PLAIN, "  - { id: f, how: fail_alloc(1M), at: 50ms }\n");
    check_hits(&made, "f", 0, 1);
    CHECK_INT(made.result->verdict, RS_VERDICT_INCONCLUSIVE);
    finish_trial(&made);
}

/* ------------------------------------------------------------------ a full table */

#define FULL(DURATION)                                                                             \
    "  - { id: f, how: exhaust_processes(" DURATION "), at: 20ms }\n"                              \
    "  - { id: k, crash: right, how: kill, at: 50ms }\n"

/* As in OTP, a start that fails is tried again at once, and counts. The first table stays full
 * until all is over, which the harness does not mind. */
static void check_full(const char *clock) {
    trial hasty = run(clock, PLAIN, FULL("1m")), patient = run(clock, PATIENT, FULL("50ms"));
    CHECK_INT(hasty.ending.status, RS_RESULT_COMPLETE);
    check_hits(&hasty, "f", 1, 0);
    check_hits(&patient, "f", 1, 0);
    CHECK(value(hasty.result, "escalations", NULL) == 1);
    CHECK_INT(restarts(&hasty, "k"), 0);
    CHECK(value(patient.result, "escalations", NULL) == 0);
    CHECK_INT(restarts(&patient, "k"), 1);
    check_memory(&patient);
    finish_trial(&hasty);
    finish_trial(&patient);
}

TEST(a_supervisor_without_patience_escalates_on_a_full_table) {
    check_full("virtual");
}
TEST(a_supervisor_without_patience_escalates_on_a_full_table_in_real_time) {
    check_full("real");
}

/* ------------------------------------------------------------------ time */

static trial crash_four_times(const char *jump) {
    char text[1024];
    snprintf(text, sizeof text,
             "scenario: test\n"
             "runtime: { clock: virtual }\n"
             "tree:\n"
             "  id: top\n"
             "  strategy: one_for_one\n"
             "  intensity: 3\n"
             "  children: [{ id: right, worker: echo }]\n"
             "phases: { storm: 7s, heal: 100ms }\n"
             "faults:\n"
             "  - { id: k, crash: right, how: kill, every: 2ms, limit: 3 }\n"
             "  - { id: f, how: clock_jump(%s), at: 15ms }\n"
             "  - { id: l, crash: right, how: kill, at: 16ms }\n",
             jump);
    trial made = run_plan(parse(text));
    check_hits(&made, "f", 1, 0);
    check_hits(&made, "l", 1, 0);
    return made;
}

/* Four crashes within 5 s are too many, but not when 6 s have passed in between. */
TEST(a_jump_moves_the_window_of_restarts) {
    trial near = crash_four_times("1s"), far = crash_four_times("6s");
    CHECK(value(near.result, "escalations", NULL) == 1);
    CHECK(value(far.result, "escalations", NULL) == 0);
    finish_trial(&near);
    finish_trial(&far);
}

static void check_survives(const char *clock, const char *faults, double hits) {
    trial made = run(clock, PLAIN, faults);
    CHECK_INT(made.ending.status, RS_RESULT_COMPLETE);
    check_hits(&made, "f", hits, 0);
    CHECK(value(made.result, "calls.lost", NULL) == 0);
    CHECK(value(made.result, "calls.open", NULL) == 0);
    CHECK_INT(restarts(&made, "f"), 0);
    finish_trial(&made);
}

TEST(a_stall_delays_and_loses_nothing) {
    check_survives("virtual", "  - { id: f, how: 'stall(10ms, 2)', at: 50ms }\n", 1);
    check_survives("real", "  - { id: f, how: 'stall(10ms, 2)', at: 50ms }\n", 1);
}

/* Each would bring on the next if it made up for what it has missed. */
TEST(jumps_do_not_bring_on_jumps) {
    check_survives("virtual", "  - { id: f, how: clock_jump(30ms), every: 20ms }\n", 4);
}

TEST_MAIN()
