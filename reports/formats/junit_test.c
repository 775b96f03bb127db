/* junit_test.c: what readers of JUnit XML understand: a schema, and Python.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/sample.h"
#include "reports/formats/test/consumer.h"
#include "reports/formats/test/hostile.h"

extern const rs_format rs_format_junit;

#define READ                                                                                       \
    "log=$(xmllint --noout --nonet --schema reports/formats/test/junit.xsd \"$FILE\" 2>&1) || "    \
    "{ echo \"$log\"; exit 1; }; " PYTHON "reports/formats/test/junit_read.py \"$FILE\""

static json_t *read_back(const rs_result *result) {
    return consume_json(&rs_format_junit, result, READ);
}

static int count_in(const json_t *read, const char *key) {
    int said = (int)number_in(json_object_get(read, "counts"), key);
    CHECK_INT(number_in(json_object_get(read, "told"), key), said);
    return said;
}

static void check_counts(const json_t *read, int tests, int failures, int errors, int skipped) {
    CHECK_INT(count_in(read, "tests"), tests);
    CHECK_INT(count_in(read, "failures"), failures);
    CHECK_INT(count_in(read, "errors"), errors);
    CHECK_INT(count_in(read, "skipped"), skipped);
    CHECK(json_is_true(json_object_get(read, "same")));
}

static const json_t *find_case(const json_t *read, const char *group, const char *name) {
    const json_t *cases = json_object_get(read, "cases");
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *one = json_array_get(cases, i);
        if (strcmp(text_in(one, "class"), group) == 0 && strcmp(text_in(one, "name"), name) == 0)
            return one;
    }
    rs_test_fail(__FILE__, __LINE__, "no case %s of %s", name, group);
}

static void check_case(const json_t *read, const char *group, const char *name, const char *ending,
                       const char *message) {
    const json_t *one = find_case(read, group, name);
    CHECK_STR(text_in(one, "ending"), ending);
    CHECK_STR(text_in(one, "message"), message);
}

TEST(each_expectation_is_a_case) {
    rs_result *result = sample_result();
    json_t *read = read_back(result);
    check_counts(read, 12, 2, 0, 4);
    check_case(read, "high_scores.expect", "calls.lost == 0", "(none)", "(none)");
    check_case(read, "high_scores.expect", "orphans == 0", "failure", "observed: 4987");
    check_case(read, "high_scores.expect", "restart.served.p99.99 < 50ms", "skipped",
               "inconclusive: 4713 samples; p99.99 needs 100000");
    check_case(read, "high_scores.expect", "model: calls.latency.p99 < 1ms", "skipped",
               "skipped: only under the virtual clock");
    const json_t *failed = find_case(read, "high_scores.expect", "orphans == 0");
    CHECK_STR(text_in(failed, "type"), "expectation");
    CHECK_STR(text_in(failed, "body"), "\nexpected: orphans == 0\nobserved: 4987\n"
                                       "at scenarios/high_scores.yaml:42:5\n");
    json_decref(read), rs_result_destroy(result);
}

TEST(checks_tell_their_story_and_doubt_is_no_failure) {
    rs_result *result = sample_result();
    json_t *read = read_back(result);
    check_case(read, "high_scores.checks", "healed", "(none)", "(none)");
    check_case(read, "high_scores.checks", "orphans", "failure",
               "two live in tables/game-17: #2 and #3, for 2 s, until the end");
    CHECK_STR(text_in(find_case(read, "high_scores.checks", "orphans"), "body"),
              "\ntables/game-17: two live in tables/game-17: #2 and #3, for 2 s, until the end\n"
              "    t=4.000000s tables/game-17#1 ends: sigsegv\n"
              "    t=4.000010s tables/game-17#2 is started\n");
    check_case(read, "high_scores.sometimes", "crash of registry", "(none)", "(none)");
    check_case(read, "high_scores.sometimes", "escalation", "skipped", "not seen in this run");
    check_case(read, "high_scores.sometimes", "restart.count > 9", "skipped",
               "not known: not measured in this run");
    json_decref(read), rs_result_destroy(result);
}

TEST(the_suite_says_what_ran_and_how_to_repeat_it) {
    rs_result *result = sample_result();
    json_t *read = read_back(result);
    CHECK_STR(text_in(read, "root"), "testsuites");
    CHECK_STR(text_in(read, "name"), "high_scores");
    CHECK_STR(text_in(read, "time"), "11.412000000");
    CHECK_STR(text_in(read, "timestamp"), "2026-03-01T12:00:00");
    const char *out = text_in(read, "out");
    const char *repeat = "to repeat it: respawn run scenarios/high_scores.yaml --seed 0x1\n"
                         "1 of 6 expectations failed\n3 more findings are not told\nwarning: the ";
    CHECK(strncmp(out, repeat, strlen(repeat)) == 0);
    const json_t *properties = json_object_get(read, "properties");
    CHECK_STR(text_in(properties, "seed"), "0x1");
    CHECK_STR(text_in(properties, "load.players.clients"), "64");
    CHECK_STR(text_in(properties, "trace_hash"), "1:be3252e3cf88f5bf");
    json_decref(read), rs_result_destroy(result);
}

#define RUN "the run goes through all its phases, and decides"

TEST(a_run_that_was_aborted_is_an_error) {
    rs_result *result = rs_result_create();
    json_t *read = read_back(result);
    check_counts(read, 1, 0, 1, 0);
    check_case(read, "scenario.run", RUN, "error", "aborted: the run ended before its time");
    CHECK_STR(text_in(find_case(read, "scenario.run", RUN), "type"), "aborted");
    CHECK_STR(text_in(read, "time"), "(none)");
    CHECK_STR(text_in(read, "out"), "");
    json_decref(read);
    result->status = RS_RESULT_UNTRUSTED, result->reason = "busy";
    result->started_at = "20x6-03-01T12:00:00Z";
    read = read_back(result);
    CHECK_STR(text_in(read, "timestamp"), "(none)");
    check_case(read, "scenario.run", RUN, "error", "untrusted: busy");
    json_decref(read), rs_result_destroy(result);
}

TEST(a_verdict_that_no_other_case_gives_is_that_of_the_run) {
    rs_result *result = rs_result_create();
    result->status = RS_RESULT_COMPLETE, result->reason = "no fault hit";
    json_t *read = read_back(result);
    check_counts(read, 1, 0, 0, 1);
    check_case(read, "scenario.run", RUN, "skipped", "inconclusive: no fault hit");
    json_decref(read);
    result->verdict = RS_VERDICT_FAILED;
    read = read_back(result);
    check_counts(read, 1, 1, 0, 0);
    check_case(read, "scenario.run", RUN, "failure", "failed: no fault hit");
    json_decref(read);
    rs_result_add_finding(result, "healed")->text =
        "2 are dead"; /* by a check that is not listed */
    read = read_back(result);
    check_counts(read, 2, 1, 0, 0);
    check_case(read, "scenario.checks", "healed", "failure", "2 are dead");
    json_decref(read);
    result->verdict = RS_VERDICT_PASSED, result->findings.count = 0;
    read = read_back(result);
    check_counts(read, 1, 0, 0, 0);
    json_decref(read), rs_result_destroy(result);
}

TEST(hostile_text_stays_text) {
    rs_result *result = hostile_result();
    json_t *read = read_back(result);
    char group[9 * sizeof HOSTILE], expected[40 * sizeof HOSTILE];
    const char *shown = hostile_shown();
    check_counts(read, 7, 2, 0, 3);
    CHECK_STR(text_in(read, "name"), shown);
    CHECK_STR(text_in(read, "timestamp"), "(none)");
    snprintf(group, sizeof group, "%s.checks", shown);
    check_case(read, group, shown, "failure", shown);
    snprintf(expected, sizeof expected, "\n%s: %s\n    %s\n", shown, shown, shown);
    CHECK_STR(text_in(find_case(read, group, shown), "body"), expected);
    snprintf(group, sizeof group, "%s.sometimes", shown);
    snprintf(expected, sizeof expected, "not known: %s", shown);
    check_case(read, group, shown, "skipped", expected);
    snprintf(expected, sizeof expected, "to repeat it: %s\n%s\nwarning: %s\nnote: %s\n", shown,
             shown, shown, shown);
    CHECK_STR(text_in(read, "out"), expected);
    CHECK_STR(text_in(json_object_get(read, "properties"), shown), shown);
    json_decref(read), rs_result_destroy(result);
}

TEST_MAIN()
