/* ab_test.c: `respawn ab`. Verdicts are of virtual time, where the truth is known to the
 * nanosecond. SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#include <jansson.h>
#include <math.h>
#include <signal.h>

#define DUEL    "ab scenarios/cli/test/duel.yaml "
#define VIRTUAL DUEL "--set runtime.clock=virtual "

static json_t *verdict_of(const char *arguments, int status) {
    char path[256];
    snprintf(path, sizeof path, "%s", scratch("verdict.json"));
    unlink(path);
    CHECK_EXIT(command_line("%s --export-json %s", arguments, path), status);
    json_t *verdict = json_load_file(path, 0, NULL);
    CHECK(verdict != NULL);
    CHECK_STR(json_string_value(json_object_get(verdict, "format")), "respawn.verdict/1.0");
    CHECK_INT(json_integer_value(json_object_get(verdict, "status")), status);
    return verdict;
}

static json_t *metric_of(const json_t *verdict, size_t index) {
    return json_array_get(json_object_get(verdict, "metrics"), index);
}

static double slowdown_of(const json_t *metric, const char *end) {
    return json_number_value(json_object_get(json_object_get(metric, "slowdown"), end));
}

static const char *word_of(const json_t *object, const char *key) {
    return json_string_value(json_object_get(object, key));
}

/* ------------------------------------------------------------------ words */

TEST(a_program_is_as_fast_as_itself) {
    json_t *verdict = verdict_of(VIRTUAL "--a-set runtime.costs.work=10ns", 0);
    CHECK_STR(word_of(verdict, "verdict"), "no regression");
    CHECK_INT(json_array_size(json_object_get(verdict, "pairs")), 8);
    CHECK(slowdown_of(metric_of(verdict, 0), "low") == 0);
    CHECK(slowdown_of(metric_of(verdict, 1), "high") == 0);
    CHECK_SAYS(the_program.out, "no regression: whatever B is slower by, it is less than 5 %");
    json_decref(verdict);
}

/* What a call costs is callbacks and messages, and nothing else passes time. */
TEST(what_costs_twice_is_slower) {
    json_t *verdict = verdict_of(VIRTUAL "--b-set runtime.costs.callback=2us", 3);
    CHECK_STR(word_of(verdict, "verdict"), "regression");
    for (size_t i = 0; i < 2; i++) {
        const json_t *metric = metric_of(verdict, i);
        double a = json_number_value(json_object_get(metric, "a"));
        double b = json_number_value(json_object_get(metric, "b"));
        double slower = i ? b / a - 1 : a / b - 1;
        CHECK(slower > 0.3);
        CHECK(fabs(slowdown_of(metric, "middle") - slower) < 0.01 * slower);
        CHECK_STR(word_of(metric, "word"), "regression");
    }
    CHECK_SAYS(the_program.out, "regression: calls.throughput of B is slower by +");
    json_decref(verdict);
    verdict = verdict_of(VIRTUAL "--a-set runtime.costs.callback=2us", 0);
    CHECK(slowdown_of(metric_of(verdict, 0), "high") < -0.2);
    json_decref(verdict);
}

TEST(what_must_be_caught_is_asked_for) {
    CHECK_EXIT(VIRTUAL "--b-set runtime.costs.callback=1030ns", 0);
    CHECK_SAYS(the_program.out, "changed, below the threshold: ");
    CHECK_EXIT(VIRTUAL "--b-set runtime.costs.callback=1030ns --threshold 1%", 3);
    CHECK_SAYS(the_program.out, "and 1 % must be caught");
}

TEST(each_gated_metric_has_its_own_word) {
    json_t *verdict = verdict_of(VIRTUAL "--set 'gate=[calls.issued, calls.latency_uncorrected.p50,"
                                         "calls.latency.p50]' --a-set runtime.costs.work=10ns",
                                 4);
    CHECK_STR(word_of(metric_of(verdict, 1), "word"), "no regression");
    CHECK_STR(word_of(metric_of(verdict, 2), "word"), "not measured");
    CHECK(json_is_null(json_object_get(metric_of(verdict, 2), "slowdown")));
    CHECK_SAYS(the_program.out, "no number in 8 of 8 pairs: no samples");
    json_decref(verdict);
}

/* Counts, rates and distributions: of two phases, what is left without the first is the second. */
TEST(the_warm_phase_is_left_out) {
    json_t *verdict = verdict_of(VIRTUAL "--set 'gate=[calls.throughput, calls.throughput during "
                                         "steady, calls.throughput during warm]' "
                                         "--a-set 'phases={warm: 1ms, steady: 10ms}'",
                                 0);
    double all = json_number_value(json_object_get(metric_of(verdict, 0), "a"));
    double steady = json_number_value(json_object_get(metric_of(verdict, 1), "a"));
    double warm = json_number_value(json_object_get(metric_of(verdict, 2), "a"));
    CHECK(all > 0 && all == steady && warm != steady);
    json_decref(verdict);
    verdict = verdict_of(VIRTUAL "--set 'gate=[calls.latency_uncorrected.count, "
                                 "calls.latency_uncorrected.count during steady, calls.issued, "
                                 "calls.issued during steady]' --a-set runtime.costs.work=10ns",
                         4);
    for (size_t i = 0; i < 4; i += 2)
        CHECK(json_equal(json_object_get(metric_of(verdict, i), "a"),
                         json_object_get(metric_of(verdict, i + 1), "a")));
    json_decref(verdict);
}

/* ------------------------------------------------------------------ pairs */

TEST(pairs_share_a_seed_and_go_both_ways) {
    json_t *verdict = verdict_of(VIRTUAL "--a-set runtime.costs.work=10ns --seed 7", 0), *pair;
    const char *before = "", *order_before = "";
    size_t index, first_b = 0;
    json_array_foreach(json_object_get(verdict, "pairs"), index, pair) {
        const char *order = word_of(pair, "order"), *seed = word_of(pair, "seed");
        CHECK(strcmp(seed, before) != 0);
        if (index % 2) CHECK(strcmp(order, order_before) != 0);
        CHECK(json_equal(json_object_get(pair, "a"), json_object_get(pair, "b")));
        first_b += strcmp(order, "BA") == 0;
        before = seed, order_before = order;
    }
    CHECK_INT(first_b, 4);
    json_decref(verdict);
}

TEST(two_builds_may_be_compared) {
    const char *build = getenv("RESPAWN_BUILD");
    CHECK_EXIT(command_line(VIRTUAL "--a %s/respawn --b %s/respawn", build, build), 0);
    CHECK_SAYS(the_program.out, "no regression");
}

#define PRICES                                                                                     \
    "ab scenarios/cli/starter/respawn.yaml --set runtime.clock=virtual "                           \
    "--set 'phases={warm: 1ms, trouble: 30ms, calm: 5ms}' "

/* The starter's worker, with so many steps to an answer, built as its Makefile does. */
static const char *build_worker(const char *name, unsigned steps) {
    static char paths[2][256];
    static unsigned next;
    char *path = paths[next++ % 2];
    const char *source = getenv("RESPAWN_SOURCE"), *folder = scratch(name);
    const char *build =
        command_line("rm -rf %s && cp -r scenarios/cli/starter %s && cd %s && "
                     "sed -i 's/STEPS 3000u/STEPS %uu/' worker.c && make -s RESPAWN=%s",
                     folder, folder, folder, steps, source ? source : ".");
    CHECK_INT(system(build), 0);
    snprintf(path, sizeof paths[0], "%s/worker.so", folder);
    return path;
}

/* Both bring the same word, in whatever order the flags stand. */
TEST(two_builds_of_a_worker_may_be_compared) {
    const char *a = build_worker("a", 3000), *b = build_worker("b", 6000);
    CHECK_EXIT(command_line(PRICES "--a-plugin %s --b-plugin %s", a, b), 3);
    CHECK_SAYS(the_program.out, "regression: calls.latency_uncorrected.p50 of B is slower by +9");
    CHECK_SAYS(the_program.out, b);
    CHECK_EXIT(command_line(PRICES "--b-plugin %s --a-plugin %s", a, b), 0);
    CHECK_SAYS(the_program.out, "no regression: ");
    CHECK_EXIT(command_line(PRICES "--plugin %s --a-set runtime.seed=1", a), 0);
    CHECK_INT(system(command_line("rm -rf /tmp/respawn-test.%d.[ab]", (int)getpid())), 0);
}

TEST(a_plugin_of_one_side_is_looked_into) {
    const char *b = build_worker("b", 3000);
    CHECK_EXIT(VIRTUAL "--a-plugin /nowhere.so", 2);
    CHECK_SAYS(the_program.err, "--a-plugin /nowhere.so");
    CHECK_EXIT(VIRTUAL "--b-plugin scenarios/smoke.yaml", 2);
    CHECK_SAYS(the_program.err, "--b-plugin scenarios/smoke.yaml is no shared object");
    CHECK_EXIT(command_line(PRICES "--a-plugin %s", b), 2);
    CHECK_SAYS(the_program.err, "unknown worker 'prices'");
    CHECK_EXIT(command_line(VIRTUAL "--plugin %s --b-plugin %s", b, b), 2);
    CHECK_SAYS(the_program.err, "brings a worker 'prices', and respawn has one already");
    CHECK_EXIT(command_line(PRICES "--b-plugin %s", b), 2);
    CHECK_SAYS(the_program.out, "side A could not be measured: ");
    CHECK_SAYS(the_program.out, "One of your own comes with --plugin FILE");
    CHECK_INT(system(command_line("rm -rf /tmp/respawn-test.%d.b", (int)getpid())), 0);
}

/* What the machine says is not known here; but it says something, and all of it is there. */
TEST(real_time_has_a_word) {
    char path[256];
    snprintf(path, sizeof path, "%s", scratch("verdict.json"));
    run_program(command_line(DUEL "--a-set runtime.costs.work=10ns --threshold 50%% --budget 20s "
                                  "--export-json %s",
                             path));
    int status = the_program.status;
    CHECK(status == 0 || status == 4 || status == 7);
    if (status == 7) CHECK_SAYS(the_program.out, "too many repetitions are spoiled: ");
    json_t *verdict = json_load_file(path, 0, NULL);
    CHECK(verdict != NULL);
    CHECK(json_number_value(json_object_get(metric_of(verdict, 0), "a")) > 0);
    json_decref(verdict);
}

/* ------------------------------------------------------------------ what goes wrong */

TEST(wrong_is_not_slow) {
    CHECK_EXIT(VIRTUAL "--b-set 'expect=[calls.issued == 5]'", 1);
    CHECK_SAYS(the_program.out, "failed: side B is wrong, not slow: calls.issued == 5: ");
    CHECK_SAYS(the_program.err, "to repeat it: ");
}

/* Copied into a shell, it is the side that failed which runs, by whatever name it was called. */
TEST(what_repeats_a_failure_is_the_program_that_failed) {
    char old[256];
    snprintf(old, sizeof old, "%s", scratch("an old build"));
    CHECK_INT(symlink(command_line("%s/respawn", getenv("RESPAWN_BUILD")), old), 0);
    CHECK_EXIT(command_line(VIRTUAL "--b '%s' --b-set 'expect=[calls.issued == 5]'", old), 1);
    CHECK_SAYS(the_program.err, command_line("to repeat it: '%s' run ", old));
    unlink(old);
}

/* What runs the program may be a script, as those of build systems are. */
TEST(a_side_may_be_a_script) {
    char script[256];
    snprintf(script, sizeof script, "%s", scratch("side.sh"));
    write_text(script,
               command_line("#!/bin/sh\nexec %s/respawn \"$@\"\n", getenv("RESPAWN_BUILD")));
    CHECK_INT(chmod(script, 0755), 0);
    CHECK_EXIT(command_line(VIRTUAL "--b %s", script), 0);
    unlink(script);
}

TEST(a_missed_deadline_is_told_and_does_not_decide) {
    CHECK_EXIT(VIRTUAL "--set 'expect=[\"model: calls.latency_uncorrected.p50 < 1ns\"]' "
                       "--a-set runtime.costs.work=10ns",
               0);
    CHECK_SAYS(the_program.out, "expectations on timing failed in ");
}

TEST(a_side_that_is_no_respawn_is_told) {
    CHECK_EXIT(VIRTUAL "--b /bin/true", 6);
    CHECK_SAYS(the_program.out, "aborted: side B could not be measured: it left no result");
    CHECK_EXIT(VIRTUAL "--b /bin/echo", 6);
    CHECK_SAYS(the_program.out, "side B could not be measured: its result:1:");
    CHECK_EXIT(VIRTUAL "--b /nowhere", 2);
    CHECK_SAYS(the_program.err, "side B: /nowhere: No such file or directory");
    CHECK_EXIT(VIRTUAL "--a scenarios/smoke.yaml", 2);
    CHECK_SAYS(the_program.err, "side A: scenarios/smoke.yaml: Permission denied");
}

TEST(what_cannot_be_compared_is_refused) {
    CHECK_EXIT(VIRTUAL, 2);
    CHECK_SAYS(the_program.err, "what is compared?");
    CHECK_EXIT("ab scenarios/smoke.yaml --b-set runtime.threads=1", 2);
    CHECK_SAYS(the_program.err, "scenarios/smoke.yaml has no 'gate' to compare by");
    CHECK_EXIT(DUEL "--b-set runtime.clock=virtual", 2);
    CHECK_SAYS(the_program.err, "real and virtual time cannot be compared");
    CHECK_EXIT(DUEL "--b-set gate=[calls.issued]", 2);
    CHECK_SAYS(the_program.err, "the sides have different gates");
    CHECK_EXIT(DUEL "--b-set runtime.thread=1", 2);
    CHECK_SAYS(the_program.err, "did you mean 'threads'?");
    CHECK_EXIT(DUEL "--b-set runtime.threads", 2);
    CHECK_SAYS(the_program.err, "expected KEY=VALUE");
    CHECK_EXIT(DUEL "--b-set runtime.threads=1 --threshold 0%", 2);
    CHECK_SAYS(the_program.err, "--threshold 0%: must be more than 0");
    CHECK_EXIT(DUEL "--b-set runtime.threads=1 --budget 0s", 2);
    CHECK_SAYS(the_program.err, "--budget 0s: must be more than 0");
    CHECK_EXIT("ab scenarios/upgrade.yaml --set gate=[calls.throughput] --b-set runtime.threads=1",
               2);
    CHECK_SAYS(the_program.err, "needs another version of the worker");
}

TEST(the_budget_ends_it) {
    CHECK_EXIT(VIRTUAL "--b-set runtime.costs.work=10ns --budget 1ms", 4);
    CHECK_SAYS(the_program.out, "inconclusive: the budget ends before the next look");
}

/* Whoever is asked to stop, the repetition under way stops as well: nothing of it is left. */
TEST(an_interruption_ends_both) {
    start_program(DUEL "--set 'phases={warm: 1ms, steady: 1h}' --timeout 2h "
                       "--b-set runtime.costs.work=10ns");
    sleep_ms(1000);
    kill(the_program.pid, SIGTERM);
    await_program();
    CHECK_INT(the_program.status, 6);
    CHECK_SAYS(the_program.out, "aborted: interrupted after 0 pairs");
}

/* ------------------------------------------------------------------ files */

TEST(two_files_are_two) {
    char path[256];
    snprintf(path, sizeof path, "%s", scratch("verdict"));
    CHECK_EXIT(command_line(VIRTUAL "--b-set runtime.threads=1 --export-json %s --export-markdown "
                                    "/tmp/../%s",
                            path, path),
               2);
    CHECK_SAYS(the_program.err, "two exports to one file");
    CHECK(!exists(path));
}

TEST(markdown_is_for_a_page) {
    char path[256], text[PROGRAM_TEXT];
    snprintf(path, sizeof path, "%s", scratch("verdict.md"));
    CHECK_EXIT(command_line(
                   VIRTUAL "--b-set runtime.costs.callback=2us --quiet --export-markdown %s", path),
               3);
    CHECK_STR(the_program.out, "");
    read_text(path, text);
    CHECK_SAYS(text, "### ❌ duel: regression\n");
    CHECK_SAYS(text, "| calls.throughput | ");
    CHECK_EXIT(command_line(VIRTUAL "--b-set runtime.costs.callback=2us --export-markdown "
                                    "scenarios/smoke.yaml"),
               2);
    CHECK_SAYS(the_program.err, "scenarios/smoke.yaml");
}

TEST_MAIN()
