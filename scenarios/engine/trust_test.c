/* trust_test.c: which spoiled numbers make which runs untrusted.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/trust.h"

#include "scenarios/engine/verdict.h"
#include "scenarios/language/test/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A run whose calls took 1 ms and were a thousand per second, and lost none. */
typedef struct measured {
    rs_plan *plan;
    rs_result *result;
} measured;

static measured measure(const char *expect, const char *gate) {
    char text[1024];
    snprintf(text, sizeof text,
             "scenario: t\n"
             "tree: { id: t, strategy: one_for_one, children: [{ id: a, worker: echo }] }\n"
             "load: [{ id: all, target: a, clients: 1 }]\n"
             "phases: { on: 1s, off: 1s }\n"
             "expect: [%s]\n"
             "gate: [%s]\n",
             expect, gate);
    measured run = {parse(text), rs_result_create_bare()};
    rs_histogram *histogram = rs_rows_alloc(sizeof *histogram);
    rs_histogram_record_many(histogram, 1000000, 2000);
    run.result->status = RS_RESULT_COMPLETE;
    rs_result_add_phase(run.result, "on")->end_ns = UINT64_C(1000000000);
    rs_result_add_histogram(run.result, "calls.latency", NULL, histogram, 0);
    rs_result_add_histogram(run.result, "calls.latency_uncorrected", NULL, histogram, 0);
    rs_result_add_histogram(run.result, "sched.wait", NULL, histogram, 0);
    rs_result_add_number(run.result, "calls.throughput", NULL, 1000);
    rs_result_add_number(run.result, "calls.failed", NULL, 20);
    rs_result_add_number(run.result, "calls.lost", NULL, 0);
    rs_result_add_metric(run.result, "orphans", NULL);
    free(histogram);
    return run;
}

static void spoil(measured *run, const char *condition, bool slows, const char *spoils) {
    rs_result_condition *row = rs_result_add_condition(run->result, condition);
    row->unit = "1", row->slows = slows, row->spoils = spoils;
    row->observed = rs_known(0.723), row->threshold = rs_known(0.5);
    row->spoiled = true;
}

static void end(measured *run) {
    rs_result_destroy(run->result);
    rs_plan_destroy(run->plan);
}

/* What the program exits with when the machine, which `slows`, has spoiled `spoils`. */
static int exit_with(const char *expect, const char *gate, bool slows, const char *spoils) {
    measured run = measure(expect, gate);
    spoil(&run, "busy_neighbour", slows, spoils);
    rs_verdict_judge(run.result, run.plan);
    int status = rs_verdict_exit_code(run.result);
    end(&run);
    return status;
}

static int exit_of(const char *expect, const char *gate) {
    return exit_with(expect, gate, true, "restart, calls");
}

/* ------------------------------------------------------------------ what decides */

TEST(who_judges_no_timing_is_never_untrusted) {
    CHECK_INT(exit_of("", ""), 0);
    CHECK_INT(exit_of("calls.lost == 0", ""), 0);
    CHECK_INT(exit_of("calls.lost == 0", "calls.failed"), 0);
    CHECK_INT(exit_of("calls.failed == 0", ""), 1);
    CHECK_INT(exit_of("orphans == 0", ""), 4);
    CHECK_INT(exit_of("calls.latency.count > 5", ""), 0);
}

TEST(a_spoiled_number_fails_nobody) {
    CHECK_INT(exit_of("calls.latency.p50 < 100us", ""), 7);
    CHECK_INT(exit_of("calls.throughput > 2k/s", ""), 7);
    CHECK_INT(exit_of("calls.failed.rate == 5/s", ""), 7);
}

/* On a machine that was too slow, fast enough is fast enough. */
TEST(what_holds_although_the_machine_was_slow_holds) {
    CHECK_INT(exit_of("calls.latency.p50 < 2ms", ""), 0);
    CHECK_INT(exit_of("calls.latency.p50 <= 2ms", ""), 0);
    CHECK_INT(exit_of("calls.throughput >= 900/s", ""), 0);
    CHECK_INT(exit_of("calls.latency.p50 > 100us", ""), 7);
    CHECK_INT(exit_of("calls.throughput < 2k/s", ""), 7);
    CHECK_INT(exit_of("calls.failed.rate < 100/s", ""), 7);
    CHECK_INT(exit_with("calls.latency.p50 < 2ms", "", false, "calls"), 7);
}

TEST(a_gate_that_reads_a_spoiled_number_is_untrusted) {
    CHECK_INT(exit_of("calls.lost == 0", "calls.throughput"), 7);
    CHECK_INT(exit_of("", "calls.latency_uncorrected.p50"), 7);
    CHECK_INT(exit_of("", "sched.wait.p50"), 0);
}

/* A metric is spoiled by its name, or by what its name begins with up to a dot. */
TEST(conditions_say_what_they_spoil) {
    CHECK_INT(exit_with("", "calls.latency_uncorrected.p50", true, "calls.latency"), 0);
    CHECK_INT(exit_with("", "calls.latency.p50", true, "calls.latency"), 7);
    CHECK_INT(exit_with("", "calls.latency.p50", true, "calls.latency.p99"), 0);
    CHECK_INT(exit_with("", "calls.latency.p99", true, "calls.latency.p99"), 7);
    CHECK_INT(exit_with("calls.latency.p99.5 < 1us", "", true, "calls.latency.p99"), 7);
    CHECK_INT(exit_with("", "sched.wait.p50", true, "restart, sched"), 7);
    CHECK_INT(exit_with("", "sched.wait.p50", true, "restart, sched.w"), 0);
}

/* ------------------------------------------------------------------ what is worse */

TEST(what_is_wrong_is_wrong_on_any_machine) {
    CHECK_INT(exit_of("calls.failed == 0, calls.latency.p50 < 100us", "calls.throughput"), 1);
    measured run = measure("calls.failed == 0, calls.latency.p50 < 100us", "");
    spoil(&run, "busy_neighbour", true, "calls");
    rs_verdict_judge(run.result, run.plan);
    CHECK_INT(run.result->status, RS_RESULT_UNTRUSTED);
    CHECK_INT(run.result->verdict, RS_VERDICT_FAILED);
    CHECK_STR(run.result->reason, "1 of 2 expectations failed");
    end(&run);
}

TEST(a_run_that_was_cut_short_is_not_called_untrusted) {
    measured run = measure("calls.latency.p50 < 100us", "calls.throughput");
    run.result->status = RS_RESULT_ABORTED;
    spoil(&run, "busy_neighbour", true, "calls");
    rs_verdict_judge(run.result, run.plan);
    CHECK_INT(run.result->status, RS_RESULT_ABORTED);
    end(&run);
}

TEST(what_is_within_its_threshold_spoils_nothing) {
    measured run = measure("calls.latency.p50 < 100us", "calls.throughput");
    spoil(&run, "busy_neighbour", true, "calls");
    run.result->trust.at[0].spoiled = false;
    rs_verdict_judge(run.result, run.plan);
    CHECK_INT(run.result->status, RS_RESULT_COMPLETE);
    CHECK_INT(rs_verdict_exit_code(run.result), 1);
    end(&run);
}

/* ------------------------------------------------------------------ what is told */

TEST(the_reason_names_the_condition) {
    measured run = measure("calls.latency.p50 < 100us", "");
    spoil(&run, "busy_neighbour", true, "calls");
    rs_verdict_judge(run.result, run.plan);
    CHECK_INT(run.result->status, RS_RESULT_UNTRUSTED);
    CHECK_INT(run.result->verdict, RS_VERDICT_INCONCLUSIVE);
    CHECK_STR(run.result->reason, "'calls.latency.p50 < 100us' cannot be trusted: busy_neighbour "
                                  "is 72.3 %, beyond 50 %");
    CHECK_INT(run.result->expectations.at[0].verdict, RS_VERDICT_INCONCLUSIVE);
    CHECK_STR(run.result->expectations.at[0].observed, "1 ms");
    end(&run);
}

TEST(a_stored_result_is_judged_the_same) {
    measured run = measure("calls.lost == 0, calls.latency.p50 < 100us", "");
    spoil(&run, "busy_neighbour", true, "calls");
    rs_verdict_judge(run.result, run.plan);
    run.result->expectations.count = 0;
    rs_verdict_judge(run.result, run.plan);
    CHECK_INT(rs_verdict_exit_code(run.result), 7);
    CHECK_INT(run.result->expectations.at[0].verdict, RS_VERDICT_PASSED);
    end(&run);
}

TEST(a_repetition_that_is_spoiled_spoils_them_all) {
    measured first = measure("", ""), second = measure("", "");
    spoil(&first, "busy_neighbour", true, "calls"), first.result->trust.at[0].spoiled = false;
    spoil(&first, "steal", true, "calls"), first.result->trust.at[1].spoiled = false;
    spoil(&second, "busy_neighbour", true, "calls"), second.result->trust.at[0].spoiled = false;
    spoil(&second, "steal", true, "calls"), second.result->trust.at[1].observed.value = 0.9;
    second.result->trust.at[0].observed.value = 0.1;
    rs_trust_take(first.result, second.result);
    end(&second);
    CHECK(!first.result->trust.at[0].spoiled && first.result->trust.at[1].spoiled);
    CHECK(first.result->trust.at[0].observed.value == 0.723);
    CHECK(first.result->trust.at[1].observed.value == 0.9);
    CHECK_STR(first.result->trust.at[1].name, "steal");
    end(&first);
}

TEST_MAIN()
