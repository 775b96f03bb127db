/* verdict_test.c: which observations keep which expectations.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/verdict.h"

#include "scenarios/language/test/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Judges `expectation` over a result with `samples` restarts of 1 ms and `unfinished` more. */
static rs_result_expectation judge(const char *expectation, uint64_t samples, uint64_t unfinished) {
    char text[512];
    snprintf(text, sizeof text,
             "scenario: t\n"
             "tree: { id: t, strategy: one_for_one, children: [{ id: a, worker: echo }] }\n"
             "phases: { on: 1s, off: 1s }\n"
             "expect: ['%s']\n",
             expectation);
    rs_plan *plan = parse(text);
    rs_result *result = rs_result_create();
    rs_histogram *histogram = calloc(1, sizeof *histogram);
    rs_histogram_record_many(histogram, 1000000, samples);
    result->status = RS_RESULT_COMPLETE;
    rs_result_add_histogram(result, "restart.started", NULL, histogram, unfinished);
    rs_result_add_number(result, "calls.failed", NULL, 7);
    rs_result_add_number(result, "calls.failed", &(rs_result_labels){.cause = "noproc"}, 5);
    rs_result_add_number(result, "calls.failed", &(rs_result_labels){.cause = "timeout"}, 2);
    rs_result_add_metric(result, "orphans", NULL);
    rs_result_add_number(result, "restart.count", NULL, 9);
    rs_result_add_number(result, "restart.count", &(rs_result_labels){.path = "a"}, 9);
    rs_result_add_number(result, "restart.count", &(rs_result_labels){.cause = "fault"}, 6);
    rs_result_add_number(result, "restart.count", &(rs_result_labels){.cause = "sibling"}, 3);
    rs_result_add_number(result, "restart.count", &(rs_result_labels){.cause = "init_retry"}, 4);
    rs_verdict_judge(result, plan);
    rs_result_expectation judged = result->expectations.at[0];
    if (judged.why) judged.why = strdup(judged.why);
    free(histogram);
    rs_result_destroy(result);
    rs_plan_destroy(plan);
    return judged;
}

/* What `expectation` comes to. */
static rs_result_verdict verdict(const char *expectation, uint64_t samples, uint64_t unfinished) {
    rs_result_expectation judged = judge(expectation, samples, unfinished);
    free((char *)(uintptr_t)judged.why);
    return judged.verdict;
}

TEST(a_percentile_needs_ten_samples_beyond_it) {
    CHECK_INT(verdict("restart.started.p99 < 2ms", 999, 0), RS_VERDICT_INCONCLUSIVE);
    CHECK_INT(verdict("restart.started.p99 < 2ms", 1000, 0), RS_VERDICT_PASSED);
    CHECK_INT(verdict("restart.started.p99 < 1us", 1000, 0), RS_VERDICT_FAILED);
    CHECK_INT(verdict("restart.started.max < 2ms", 0, 0), RS_VERDICT_INCONCLUSIVE);
}

TEST(unfinished_restarts_are_infinitely_slow) {
    CHECK_INT(verdict("restart.started.p99 < 2ms", 1000, 11), RS_VERDICT_FAILED);
    CHECK(judge("restart.started.p99 < 2ms", 1000, 11).never);
    CHECK_INT(verdict("restart.started.p50 < 2ms", 1000, 11), RS_VERDICT_PASSED);
    CHECK_INT(verdict("restart.started.mean < 2ms", 1000, 1), RS_VERDICT_FAILED);
}

TEST(labels_choose_rows) {
    CHECK_INT(verdict("calls.failed == 7", 1, 0), RS_VERDICT_PASSED);
    CHECK_INT(verdict("calls.failed{reason=noproc} == 5", 1, 0), RS_VERDICT_PASSED);
    CHECK_INT(verdict("calls.failed{reason=*o*} == 7", 1, 0), RS_VERDICT_PASSED);
    CHECK_INT(verdict("calls.failed{reason=sigsegv} == 0", 1, 0), RS_VERDICT_PASSED);
    CHECK_INT(verdict("restart.count{path=a} == 9", 1, 0), RS_VERDICT_PASSED);
    CHECK_INT(verdict("restart.count{path=t} == 0", 1, 0), RS_VERDICT_PASSED);
}

TEST(what_was_tried_again_adds_to_nothing_that_it_is_a_part_of) {
    CHECK_INT(verdict("restart.count{cause=*} == 9", 1, 0), RS_VERDICT_PASSED);
    CHECK_INT(verdict("restart.count{cause=*i*} == 3", 1, 0), RS_VERDICT_PASSED);
    CHECK_INT(verdict("restart.count{cause=init_retry} == 4", 1, 0), RS_VERDICT_PASSED);
    CHECK_INT(verdict("restart.count{cause=init*} == 4", 1, 0), RS_VERDICT_PASSED);
}

TEST(what_was_not_measured_is_not_0) {
    CHECK_INT(verdict("orphans == 0", 1, 0), RS_VERDICT_INCONCLUSIVE);
}

TEST(what_phases_do_not_tell_apart_is_judged_over_the_whole_run) {
    CHECK_INT(verdict("calls.failed == 7 during on", 1, 0), RS_VERDICT_PASSED);
    rs_result_expectation judged = judge("calls.failed == 7 during on", 1, 0);
    CHECK_STR(judged.why, "over the whole run");
    free((char *)(uintptr_t)judged.why);
}

TEST_MAIN()
