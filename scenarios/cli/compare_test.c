/* compare_test.c: `run --save-baseline` and `respawn compare`, the real program. What real sessions
 * measure is not known here: where truth is asked for, their files are given other numbers.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#include <jansson.h>
#include <time.h>

#define VIRTUAL "--set runtime.clock=virtual --quiet "
/* No neighbour spoils what is no time: these runs are trusted on any machine. */
#define REAL "--set gate=[memory.live] --quiet "

static char duel[512];

/* Each test has a folder of its own, since baselines lie where one stands. */
static void settle(void) {
    char here[512];
    const char *source = getenv("RESPAWN_SOURCE");
    snprintf(duel, sizeof duel, "%s/scenarios/cli/test/duel.yaml",
             source ? source : getcwd(here, sizeof here));
    const char *folder = scratch("folder");
    CHECK(mkdir(folder, 0777) == 0 && chdir(folder) == 0);
}

static void leave(void) {
    char folder[512];
    CHECK(getcwd(folder, sizeof folder) != NULL && chdir("/") == 0);
    CHECK_INT(system(command_line("rm -r %s", folder)), 0);
}

static json_t *load(const char *path) {
    json_t *root = json_load_file(path, 0, NULL);
    CHECK(root != NULL);
    return root;
}

static void store(json_t *root, const char *path) {
    CHECK(json_dump_file(root, path, 0) == 0);
    json_decref(root);
}

static size_t sessions_in(const char *path) {
    json_t *root = load(path);
    size_t count = json_array_size(json_object_get(root, "sessions"));
    json_decref(root);
    return count;
}

/* ------------------------------------------------------------------ numbers of our own */

static json_t *first(json_t *object, const char *key) {
    return json_array_get(json_object_get(object, key), 0);
}

/* `count` sessions a day apart, with `values` of the first gate. */
static void write_baseline(const char *path, const double *values, size_t count) {
    json_t *root = load(path), *sessions = json_object_get(root, "sessions");
    json_t *model = json_deep_copy(json_array_get(sessions, 0));
    json_array_clear(sessions);
    for (size_t i = 0; i < count; i++) {
        json_t *session = json_deep_copy(model), *gate = first(session, "gate");
        json_object_set_new(session, "started_at",
                            json_string(command_line("2026-01-%02zuT00:00:00Z", i + 1)));
        json_object_set_new(gate, "values", json_pack("[f]", values[i]));
        json_array_append_new(sessions, session);
    }
    json_decref(model);
    store(root, path);
}

static void write_number_of(const char *path, size_t repetition, const char *name, double value) {
    json_t *root = load(path), *repetitions = json_object_get(root, "repetitions");
    json_object_set_new(json_object_get(json_array_get(repetitions, repetition), "values"), name,
                        json_real(value));
    store(root, path);
}

static void write_number(const char *path, const char *name, double value) {
    write_number_of(path, 0, name, value);
}

static void write_text_at(const char *path, const char *object, const char *key,
                          const char *value) {
    json_t *root = load(path), *at = *object ? json_object_get(root, object) : root;
    json_object_set_new(at, key, json_string(value));
    store(root, path);
}

/* A real baseline `main` of five sessions around 1000 bytes, and a result `new.json`. */
static void record(void) {
    const double values[] = {1000, 1003, 998, 1001, 999};
    settle();
    CHECK_EXIT(command_line("run %s " REAL "--save-baseline main --export-json new.json", duel), 0);
    write_baseline(".respawn/main.json", values, 5);
}

static void check_new(double value, int status, const char *says) {
    write_number("new.json", "memory.live", value);
    CHECK_EXIT("compare main new.json", status);
    CHECK_SAYS(the_program.out, says);
}

/* ------------------------------------------------------------------ baselines */

TEST(sessions_are_added_to_a_baseline) {
    settle();
    CHECK_EXIT(command_line("run %s " REAL "--save-baseline my-own_2 --repeat 2", duel), 0);
    CHECK_INT(sessions_in(".respawn/my-own_2.json"), 1);
    CHECK_EXIT(
        command_line("run %s --set gate=[memory.live] --save-baseline my-own_2 --repeat 2", duel),
        0);
    CHECK_SAYS(the_program.err, "baseline my-own_2: session 2\n");
    json_t *root = load(".respawn/my-own_2.json");
    json_t *session = json_array_get(json_object_get(root, "sessions"), 1);
    CHECK_INT(json_array_size(json_object_get(first(session, "gate"), "values")), 2);
    CHECK_STR(json_string_value(json_object_get(first(session, "gate"), "unit")), "bytes");
    CHECK_STR(json_string_value(json_object_get(first(session, "gate"), "better")), "lower");
    CHECK(json_array_size(json_object_get(session, "settings")) == 1);
    CHECK(json_object_get(json_object_get(session, "machine"), "kernel") != NULL);
    json_decref(root);
    leave();
}

TEST(names_are_checked_before_anything_runs) {
    static const char *const wrong[] = {"Main", "a/b", "../x", "''", "a.b", "ä"};
    settle();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK_EXIT(command_line("run %s " REAL "--save-baseline %s", duel, wrong[i]), 2);
        CHECK_SAYS(the_program.err, "a name has small letters, digits");
    }
    CHECK(!exists(".respawn"));
    leave();
}

/* What would not fit is known beforehand: nothing has run. */
TEST(a_baseline_is_of_one_kind) {
    settle();
    CHECK_EXIT(command_line("run %s " REAL "--save-baseline main", duel), 0);
    const char *const others[] = {"--set gate=[calls.issued]",
                                  "--set runtime.threads=2 --set gate=[memory.live]",
                                  "--repeat 2 --set gate=[memory.live]",
                                  "--set runtime.clock=virtual --set gate=[memory.live]",
                                  "--seed 2 --set gate=[memory.live]"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        CHECK_EXIT(
            command_line("run %s %s --save-baseline main --export-json x.json", duel, others[i]),
            2);
        CHECK_SAYS(the_program.err, "of another kind than this run: ");
        CHECK(!exists("x.json"));
    }
    json_t *root = load(".respawn/main.json");
    json_object_set_new(json_object_get(first(root, "sessions"), "machine"), "cpu",
                        json_string("a \x1b[31mred one"));
    store(root, ".respawn/main.json");
    CHECK_EXIT(command_line("run %s " REAL "--save-baseline main", duel), 2);
    CHECK_SAYS(the_program.err, "another processor: a \\x1b[31mred one and ");
    CHECK_INT(sessions_in(".respawn/main.json"), 1);
    leave();
}

TEST(what_went_wrong_is_not_saved) {
    settle();
    CHECK_EXIT(command_line(
                   "run %s " REAL "--save-baseline main --set 'expect=[calls.issued == 5]'", duel),
               1);
    CHECK_SAYS(the_program.err, "baseline main: this run is not added, since it ended with");
    CHECK_EXIT(
        command_line("run %s " VIRTUAL "--set gate=[calls.latency.p50] --save-baseline main", duel),
        4);
    CHECK_SAYS(the_program.err, "not added, since calls.latency.p50 has no number");
    CHECK_EXIT(command_line("run %s --quiet --set gate=[] --save-baseline main", duel), 2);
    CHECK_SAYS(the_program.err, "its scenario has no 'gate' to compare by");
    CHECK(!exists(".respawn/main.json"));
    write_text(".respawn/main.json", "{\"format\": \"respawn.baseline/1.0\"}");
    CHECK_EXIT(command_line("run %s " REAL "--save-baseline main", duel), 2);
    CHECK_SAYS(the_program.err, ".respawn/main.json: sessions: must be an array");
    CHECK_EXIT(command_line("run %s " REAL "--export-json .respawn/result.json", duel), 0);
    CHECK_EXIT(command_line("run %s " REAL "--save-baseline result", duel), 2);
    CHECK_SAYS(the_program.err, ".respawn/result.json: is no baseline");
    leave();
}

/* Who comes last has not read before the first has written. */
TEST(runs_that_end_together_are_all_kept) {
    settle();
    char all[8192] = "";
    for (int i = 0; i < 6; i++)
        strcat(all, command_line("%s/respawn run %s " VIRTUAL "--save-baseline main & ",
                                 getenv("RESPAWN_BUILD"), duel));
    strcat(all, "wait");
    CHECK_INT(system(all), 0);
    CHECK_INT(sessions_in(".respawn/main.json"), 6);
    leave();
}

/* ------------------------------------------------------------------ real time */

TEST(real_sessions_have_a_word) {
    settle();
    for (int i = 0; i < 5; i++) {
        CHECK_EXIT(command_line("run %s " REAL "--save-baseline main", duel), 0);
        CHECK_EXIT(command_line("run %s " REAL "--export-json new.json", duel), 0);
        run_program("compare main new.json --threshold 50% --export-json verdict.json");
        CHECK(the_program.status == 0 || the_program.status == 3 || the_program.status == 4);
        json_t *verdict = load("verdict.json");
        CHECK_INT(json_array_size(json_object_get(verdict, "sessions")), (size_t)i + 2);
        json_t *slowdown = json_object_get(first(verdict, "metrics"), "slowdown");
        CHECK_INT(json_integer_value(json_object_get(slowdown, "sessions")), i + 1);
        CHECK(json_is_number(json_object_get(slowdown, "middle")));
        CHECK(json_is_number(json_object_get(slowdown, "low")) == (i == 4));
        CHECK_INT(json_integer_value(json_object_get(verdict, "status")), the_program.status);
        json_decref(verdict);
    }
    leave();
}

TEST(five_sessions_make_a_verdict) {
    record();
    check_new(1000, 0, "no regression: whatever the new one is slower by, it is less than 5 %");
    check_new(500, 0, "no regression: ");
    check_new(1075, 3, "regression: memory.live of the new one is slower by +7.");
    check_new(1026, 0, "changed, below the threshold: ");
    check_new(1042, 3, "regression: ");
    write_number("new.json", "memory.live", 1000);
    CHECK_EXIT("compare main new.json --threshold 1%", 4);
    CHECK_SAYS(the_program.out, "inconclusive: with some ");
    write_number("new.json", "memory.live", 1075);
    CHECK_EXIT("compare main new.json --threshold 10%", 0);
    CHECK_EXIT("compare main new.json --threshold 1%", 3);
    CHECK_EXIT("compare .respawn/main.json new.json --threshold 1% --quiet", 3);
    CHECK_STR(the_program.out, "");
    leave();
}

TEST(sessions_that_differ_make_none) {
    const double values[] = {1000, 1100, 900, 1050, 950};
    record();
    write_baseline(".respawn/main.json", values, 5);
    check_new(1250, 4, "sessions differ too much from one another");
    CHECK_SAYS(the_program.out, "no number of them would decide");
    check_new(10000, 3, "regression: ");
    leave();
}

TEST(fewer_than_five_suspect_at_worst) {
    const double values[] = {1000, 1003, 998, 1001};
    record();
    for (size_t count = 1; count < 5; count++) {
        write_baseline(".respawn/main.json", values, count);
        check_new(10000, 4, "suspect: memory.live of the new one is slower by");
        check_new(1010, 0, "no regression seen: nothing is slower by 5 %; ");
        CHECK_SAYS(the_program.out,
                   count == 4 ? "1 session more makes a verdict" : "sessions more make a verdict");
    }
    leave();
}

/* 24 children that take longer to start again than the run lasts. */
static void write_slow(const char *path) {
    FILE *file = fopen(path, "w");
    fputs("scenario: slow\nruntime: { clock: virtual, threads: 1 }\n"
          "phases: { storm: 10ms, heal: 10ms }\ngate: [restart.reachable.p50]\n"
          "faults:\n  - { id: k, crash: '*', how: kill, pick: all, at: 1ms, during: storm }\n"
          "tree:\n  id: root\n  strategy: one_for_one\n  intensity: 100\n  period: 1s\n"
          "  children:\n",
          file);
    for (int i = 0; i < 24; i++)
        fprintf(file, "    - { id: c%d, worker: service, start_time: 1s }\n", i);
    CHECK(fclose(file) == 0);
}

TEST(never_is_slower_than_anything) {
    const double soon = 1000000;
    settle();
    write_slow("slow.yaml");
    CHECK_EXIT("run slow.yaml --quiet --save-baseline slow --export-json new.json", 0);
    CHECK_EXIT("compare slow new.json", 0);
    CHECK_SAYS(the_program.out, "identical");
    CHECK_SAYS(the_program.out, "never       never");
    write_baseline(".respawn/slow.json", &soon, 1);
    CHECK_EXIT("compare slow new.json", 3);
    CHECK_SAYS(the_program.out,
               "regression: restart.reachable.p50 of the new one is slower by ×10");
    leave();
}

TEST(what_was_not_measured_is_not_judged) {
    record();
    json_t *root = load("new.json"), *repetition = first(root, "repetitions");
    json_object_set_new(json_object_get(repetition, "values"), "memory.live", json_null());
    store(root, "new.json");
    CHECK_EXIT("compare main new.json", 4);
    CHECK_SAYS(the_program.out, "inconclusive: memory.live was not measured");
    leave();
}

/* ------------------------------------------------------------------ who is compared */

TEST(another_machine_is_marked) {
    record();
    write_text_at("new.json", "machine", "kernel", "Plan 9");
    check_new(10000, 4, "suspect: ");
    CHECK_SAYS(the_program.out, "and Plan 9: so the worst that can be said is");
    CHECK_SAYS(the_program.out, "sessions of the same machine and type of build");
    check_new(1000, 0, "no regression seen: ");
    leave();
}

TEST(another_question_is_refused) {
    record();
    CHECK_EXIT(
        command_line("run %s " VIRTUAL "--export-json v.json --set gate=[memory.live]", duel), 0);
    CHECK_EXIT("compare main v.json", 2);
    CHECK_SAYS(the_program.err, "main.json and v.json cannot be compared: another clock: real and "
                                "virtual time");
    CHECK_EXIT(command_line("run %s " REAL "--export-json x.json --set runtime.threads=2", duel),
               0);
    CHECK_EXIT("compare main x.json", 2);
    CHECK_SAYS(the_program.err, "other settings: none and runtime.threads=2");
    write_text_at("new.json", "scenario", "name", "talk");
    CHECK_EXIT("compare main new.json --export-json verdict.json", 2);
    CHECK_SAYS(the_program.err, "another scenario: 'duel' and 'talk'");
    CHECK(!exists("verdict.json"));
    leave();
}

TEST(files_are_what_they_should_be) {
    record();
    CHECK_EXIT("compare new.json", 2);
    CHECK_SAYS(the_program.err, "usage: respawn compare");
    CHECK_EXIT("compare", 2);
    CHECK_EXIT("compare other new.json", 2);
    CHECK_SAYS(the_program.err, "neither .respawn/other.json nor reports/baselines/other.json");
    CHECK_EXIT("compare main .respawn/main.json", 2);
    CHECK_SAYS(the_program.err, ".respawn/main.json is a baseline: what is compared with it");
    CHECK_EXIT("compare main nowhere.json", 2);
    CHECK_EXIT("compare nowhere.json new.json", 2);
    CHECK_SAYS(the_program.err, "nowhere.json: No such file or directory");
    CHECK_EXIT(command_line("compare %s new.json", duel), 2);
    CHECK_EXIT("compare main new.json --threshold 0%", 2);
    leave();
}

TEST(results_are_sessions_too) {
    record();
    CHECK_EXIT(command_line("run %s " REAL "--export-json old.json", duel), 0);
    write_number("old.json", "memory.live", 1000);
    write_number("new.json", "memory.live", 10000);
    CHECK_EXIT("compare old.json new.json", 4);
    CHECK_SAYS(the_program.out, "suspect");
    CHECK_EXIT("compare main old.json new.json", 3);
    CHECK_SAYS(the_program.out, "main …: 6 sessions");
    CHECK_EXIT("compare old.json main old.json new.json", 2);
    CHECK_SAYS(the_program.err, "one and the same session");
    CHECK_EXIT("compare main new.json new.json", 2);
    CHECK_EXIT(command_line("run %s " REAL
                            "--set 'expect=[calls.issued == 5]' --export-json bad.json",
                            duel),
               1);
    CHECK_EXIT("compare bad.json new.json", 2);
    CHECK_SAYS(the_program.err, "bad.json: is nothing to compare with: its status is complete, its "
                                "verdict failed");
    leave();
}

TEST(our_own_baselines_are_found) {
    record();
    CHECK(mkdir("reports", 0777) == 0);
    CHECK(rename(".respawn", "reports/baselines") == 0);
    check_new(1075, 3, "regression: ");
    leave();
}

/* ------------------------------------------------------------------ wrong is not slow */

TEST(wrong_is_not_slow) {
    record();
    CHECK_EXIT(command_line("run %s --set gate=[memory.live] --quiet --set "
                            "'expect=[calls.issued == 5]' --export-json bad.json",
                            duel),
               1);
    json_t *root = load("bad.json");
    json_array_remove(json_object_get(root, "settings"), 1);
    store(root, "bad.json");
    CHECK_EXIT("compare main bad.json", 1);
    CHECK_SAYS(the_program.out, "failed: the new one is wrong, not slow: calls.issued == 5");
    write_text_at("bad.json", "", "status", "untrusted");
    CHECK_EXIT("compare main bad.json", 1); /* wrong, whatever the machine did */
    write_text_at("new.json", "", "status", "untrusted");
    check_new(10000, 7, "not trustworthy: ");
    write_text_at("new.json", "", "status", "timed_out");
    check_new(10000, 6, "aborted: ");
    leave();
}

/* ------------------------------------------------------------------ virtual time */

TEST(virtual_time_is_identical_or_not) {
    settle();
    CHECK_EXIT(command_line("run %s " VIRTUAL "--save-baseline v --repeat 2", duel), 0);
    CHECK_EXIT(command_line("run %s " VIRTUAL "--export-json new.json --repeat 2", duel), 0);
    CHECK_EXIT("compare v new.json", 0);
    CHECK_SAYS(the_program.out, "identical: the trace and every gated number are the same");
    write_text_at("new.json", "machine", "cpu", "another");
    CHECK_EXIT("compare v new.json", 0);
    CHECK_SAYS(the_program.out, "identical: ");
    write_text_at("new.json", "", "trace_hash", "1:0");
    CHECK_EXIT("compare v new.json", 0);
    CHECK_SAYS(the_program.out, "no regression: every gated number is the same, though the traces");
    /* The median is still the same. */
    write_number_of("new.json", 1, "calls.latency_uncorrected.p50", 1000000);
    CHECK_EXIT("compare v new.json", 0);
    CHECK_SAYS(the_program.out, "changed: numbers differ");
    leave();
}

TEST(virtual_time_has_no_noise) {
    settle();
    CHECK_EXIT(command_line("run %s " VIRTUAL "--save-baseline v --export-json new.json", duel), 0);
    const double was = 5600;
    write_number("new.json", "calls.latency_uncorrected.p50", was * 1.04);
    CHECK_EXIT("compare v new.json", 0);
    CHECK_SAYS(the_program.out, "changed: numbers differ, and nothing is slower by the threshold");
    CHECK_SAYS(the_program.out, "+4.0 %");
    write_number("new.json", "calls.latency_uncorrected.p50", was * 1.05);
    CHECK_EXIT("compare v new.json --export-markdown verdict.md", 3);
    CHECK_SAYS(the_program.out, "regression: calls.latency_uncorrected.p50 of the new one");
    char text[PROGRAM_TEXT];
    read_text("verdict.md", text);
    CHECK_SAYS(text, "### ❌ duel: regression");
    CHECK_SAYS(text, "| **+5.0 %** | – | regression |");
    write_number("new.json", "calls.latency_uncorrected.p50", was / 2);
    CHECK_EXIT("compare v new.json", 0);
    CHECK_EXIT(command_line("run %s " VIRTUAL "--seed 2 --export-json new.json", duel), 0);
    CHECK_EXIT("compare v new.json", 2);
    CHECK_SAYS(the_program.err, "another seed: 0x1 and 0x2");
    leave();
}

TEST_MAIN()
