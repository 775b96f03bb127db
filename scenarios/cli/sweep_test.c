/* sweep_test.c: `respawn sweep`: one table over all combinations.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#include <jansson.h>

#define SMOKE   "sweep scenarios/smoke.yaml "
#define VIRTUAL SMOKE "--set runtime.clock=virtual "

/* line_with returns the first line of the output that begins, after blanks, with `start`. */
static const char *line_with(const char *start) {
    static char line[1024];
    for (const char *at = the_program.out; *at; at += strcspn(at, "\n"), at += *at == '\n') {
        const char *text = at + strspn(at, " ");
        if (strncmp(text, start, strlen(start)) != 0) continue;
        snprintf(line, sizeof line, "%.*s", (int)strcspn(text, "\n"), text);
        return line;
    }
    rs_test_fail(__FILE__, __LINE__, "no line '%s…' in:\n%s", start, the_program.out);
}

static size_t count(const char *text, const char *part) {
    size_t times = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part)) times++;
    return times;
}

TEST(every_combination_is_a_row) {
    CHECK_EXIT(VIRTUAL "--vary runtime.scheduler=steal,'pct(3, 10k)' --vary runtime.threads=1..3",
               0);
    CHECK_SAYS(the_program.out, "smoke  6 combinations\n");
    CHECK_INT(count(the_program.out, " passed "), 6);
    CHECK(strncmp(line_with("scheduler "), "scheduler    threads  verdict", 29) == 0);
    CHECK(strncmp(line_with("steal        1 "), "steal        1        passed", 28) == 0);
    line_with("pct(3, 10k)  3        passed");
    CHECK_SAYS(the_program.out, "VIRTUAL TIME");
    CHECK(strstr(the_program.out, "REAL TIME") == NULL);
    CHECK(strstr(the_program.out, "wakes") == NULL); /* there are none in virtual time */
    CHECK_STR(the_program.err, "");
}

TEST(a_row_says_what_its_run_says) {
    CHECK_EXIT(VIRTUAL "--vary faults.strike.how=kill --seed 5", 0);
    const char *speeds = strstr(the_program.out, "restart started");
    CHECK(speeds != NULL);
    CHECK_SAYS(line_with("kill "), " 99.80 %        1        1           0");
    memmove(the_program.out, speeds, strlen(speeds) + 1);
    CHECK_SAYS(line_with("kill "), " 2.02 k/s");
    char arguments[256];
    snprintf(arguments, sizeof arguments,
             "run scenarios/smoke.yaml --set runtime.clock=virtual "
             "--set faults.strike.how=kill --seed 5");
    char row[1024];
    snprintf(row, sizeof row, "%s", line_with("kill "));
    CHECK_EXIT(arguments, 0);
    const char *longest = strstr(the_program.out, "longest wait ");
    CHECK(longest != NULL);
    char value[32];
    snprintf(value, sizeof value, " %.*s ", (int)strcspn(longest + 13, "\xc2\n") - 1, longest + 13);
    CHECK_SAYS(row, value);
}

#define TALK "sweep scenarios/talk/as_presented.yaml "

/* The walk over all games that each death costs. */
TEST(work_per_restart_grows_with_the_games) {
    CHECK_EXIT(
        TALK
        "--vary setup[0].count=100,1k,10k --set 'faults=[{crash: tables/*, how: kill, at: 1s}]' "
        "--set 'expect=[calls.lost == 0]' --set 'phases={storm: 2s, heal: 1s}'",
        0);
    CHECK_SAYS(the_program.out, "work per restart");
    CHECK_SAYS(line_with("100 "), " 101 ");
    CHECK_SAYS(line_with("1k "), " 1001 ");
    CHECK_SAYS(line_with("10k "), " 10 k ");
}

TEST(two_settings_make_maps_and_none_that_is_beaten_is_best) {
    CHECK_EXIT(TALK "--vary tree.strategy=one_for_one,one_for_all "
                    "--vary tree.children.tables.intensity=1,3",
               1);
    const char *map = strstr(the_program.out, "\navailability\n  intensity ");
    CHECK(map != NULL && strstr(map, "\nscores lost\n") != NULL);
    CHECK_INT(count(map, " ██"), count(map, "██"));
    CHECK(count(map, "██") >= 4);
    CHECK(strstr(map, " \n") == NULL);
    const char *best = strstr(map, "\nBEST");
    CHECK(best != NULL);
    CHECK(strstr(best, "strategy one_for_all, intensity 3\n    availability ") != NULL);
    CHECK(strstr(best, "strategy one_for_one, intensity 1\n") != NULL); /* loses least */
}

TEST(a_limit_is_found_and_what_fails_beyond_it) {
    CHECK_EXIT(TALK "--find-limit faults.crashes.rate", 0);
    CHECK_SAYS(the_program.out, "✗ poisson(1/s) ");
    CHECK_SAYS(the_program.out,
               "faults.crashes.rate survives poisson(0.1/s); fails at poisson(0.105/s): ");
    CHECK_SAYS(the_program.err, "to repeat what fails: ");
    CHECK_SAYS(the_program.err, "--set 'faults.crashes.rate=poisson(0.105/s)'");
    char before[PROGRAM_TEXT];
    strcpy(before, the_program.out);
    CHECK_EXIT(TALK "--find-limit faults.crashes.rate", 0);
    CHECK_STR(the_program.out, before);
}

/* Two owners of a restart leave an orphan at the first crash; one owner leaves none. */
TEST(each_combination_has_a_limit_of_its_own) {
    CHECK_EXIT(TALK "--vary tree.children.tables.child.restart=permanent,temporary "
                    "--set 'expect=[orphans == 0]' --set phases.storm=1s --set load=[] "
                    "--set tree.children.tables.intensity=1000000 "
                    "--set faults.crashes.limit=1 --set faults.crashes.every=10ms --find-limit "
                    "faults.crashes.limit",
               1);
    const char *first = strstr(the_program.out, "\nrestart permanent\n");
    const char *second = strstr(the_program.out, "\nrestart temporary\n");
    CHECK(first != NULL && second != NULL && first < second);
    CHECK_SAYS(first, "fails at 1: orphans == 0: it is 1; nothing was found that passes\n");
    CHECK_SAYS(second, "survives 1020; no limit was met\n");
}

/* A run that did not come to its end says nothing of the tree. */
TEST(a_limit_of_runs_that_were_cut_short_is_none) {
    CHECK_EXIT(TALK "--find-limit faults.crashes.rate --timeout 1us --set phases.storm=9h", 6);
}

TEST(what_has_no_limit_is_refused) {
    CHECK_EXIT(TALK "--find-limit tree.strategy", 2);
    CHECK_SAYS(the_program.err,
               "--find-limit tree.strategy: 'one_for_one': there is no number in it");
    CHECK_EXIT(TALK "--find-limit tree.stratgy", 2);
    CHECK_SAYS(the_program.err, "tree.stratgy: the scenario has no 'stratgy' there");
    CHECK_EXIT(TALK "--find-limit tree.intensity=3", 2);
    CHECK_SAYS(the_program.err, "expected a KEY alone");
    CHECK_EXIT(TALK "--find-limit phases", 2);
    CHECK_SAYS(the_program.err, "phases: this is no single value");
    CHECK_EXIT(TALK "--find-limit tree.intensity --export-html /dev/null", 2);
    CHECK_SAYS(the_program.err, "--export-html shows a table, and --find-limit makes none");
    CHECK_EXIT(TALK "--find-limit tree.intensity --export-json /tmp", 2);
    CHECK_SAYS(the_program.err, "--export-json keeps the rows of a table");
    CHECK_EXIT(TALK "--find-limit tree.intensity --vary tree.intensity=1,2", 2);
    CHECK_SAYS(the_program.err, "--find-limit tree.intensity: it is varied, too");
}

TEST(real_and_virtual_time_have_tables_of_their_own) {
    CHECK_EXIT(SMOKE "--vary runtime.clock=virtual,real", 0);
    const char *real = strstr(the_program.out, "\nREAL TIME\n");
    const char *virtual = strstr(the_program.out, "\nVIRTUAL TIME\n");
    CHECK(real != NULL && virtual != NULL && real < virtual);
    CHECK(strstr(real, "wakes") != NULL && strstr(real, "wakes") < virtual);
    CHECK(strstr(virtual, "wakes") == NULL);
    CHECK_INT(count(real, " passed "), 2);
    CHECK_INT(count(virtual, " passed "), 1);
}

TEST(the_worst_run_decides) {
    CHECK_EXIT(VIRTUAL "--set 'expect=[sched.steals == 0]' "
                       "--vary runtime.threads=4 --vary runtime.scheduler=global,steal",
               1);
    line_with("4        global     passed");
    line_with("4        steal      failed");
    CHECK_SAYS(the_program.err, "respawn: to repeat it: ");
    CHECK_SAYS(the_program.err, "--set runtime.scheduler=steal --seed 1");
    CHECK_INT(count(the_program.err, "to repeat it"), 1);
}

TEST(mistakes_are_told_before_anything_runs) {
    CHECK_EXIT(SMOKE, 2);
    CHECK_SAYS(the_program.err, "sweep needs a setting to vary");
    CHECK_EXIT(SMOKE "--vary runtime.threads", 2);
    CHECK_SAYS(the_program.err, "--vary runtime.threads: expected KEY=V1,V2");
    CHECK_EXIT(VIRTUAL "--vary runtime.scheduler=steal,stael", 2);
    CHECK_SAYS(the_program.err, "--set runtime.scheduler=stael: ");
    CHECK_SAYS(the_program.err, "did you mean 'steal'?");
    CHECK_SAYS(the_program.err, "that is with --vary runtime.scheduler=stael\n");
    CHECK_EXIT(VIRTUAL "--vary phases.trouble=1s,10ms --vary load.callers.retry.tims=1,2", 2);
    CHECK_SAYS(the_program.err, "--set load.callers.retry.tims=1: unknown key 'tims'");
    CHECK_EXIT(VIRTUAL "--vary phases.trouble=1s,10ms --vary load.callers.clients=1,2", 2);
    CHECK_SAYS(the_program.err, "smoke.yaml:19:47: 'at' '50ms' is too late");
    CHECK_SAYS(the_program.err,
               "that is with --vary phases.trouble=10ms --vary load.callers.clients=1\n");
    CHECK_EXIT(VIRTUAL "--vary runtime.threads=1,2 --vary runtime.threads=4", 2);
    CHECK_SAYS(the_program.err, "--vary runtime.threads: varied twice");
    CHECK_EXIT(VIRTUAL "--vary runtime.threads=1,2,1", 2);
    CHECK_SAYS(the_program.err, "a value stands there twice");
    CHECK_EXIT(VIRTUAL "--vary runtime.threads=1..40 --vary runtime.seed=1..40", 2);
    CHECK_SAYS(the_program.err, "more than 1000 combinations");
    CHECK_EXIT(VIRTUAL "--vary runtime.threads=1 --export-events x", 2);
    CHECK_EXIT(VIRTUAL "--vary runtime.threads=1 --export-json /nowhere/at/all", 2);
    CHECK_SAYS(the_program.err, "/nowhere/at/all");
    CHECK_EXIT(VIRTUAL "--vary runtime.threads=1 --export-json CMakeLists.txt", 2);
    CHECK_SAYS(the_program.err, "is no directory");
    CHECK_STR(the_program.out, "");
}

static const char *setting_of(json_t *result, size_t index) {
    json_t *settings = json_object_get(result, "settings");
    return json_string_value(json_object_get(json_array_get(settings, index), "value"));
}

static const char *seed_of(json_t *result, size_t repetition) {
    json_t *row = json_array_get(json_object_get(result, "repetitions"), repetition);
    return json_string_value(json_object_get(row, "seed"));
}

/* A file that is somebody's is known before the row whose place it takes has run. */
TEST(a_foreign_file_stops_the_sweep_before_it_begins) {
    char folder[128];
    snprintf(folder, sizeof folder, "%s", scratch("foreign"));
    CHECK_INT(mkdir(folder, 0777), 0);
    write_text(command_line("%s/2.json", folder), "mine\n");
    CHECK_EXIT(command_line(VIRTUAL "--vary runtime.threads=1,2 --export-json %s", folder), 2);
    CHECK_SAYS(the_program.err, "2.json: exists and is no file of this kind");
    CHECK(!exists(command_line("%s/1.json", folder)));
    CHECK_EXIT(command_line("sweep scenarios/smoke.yaml --set runtime.clock=virtual --vary "
                            "runtime.threads=1,2 --export-html -"),
               0);
    CHECK(strncmp(the_program.out, "<!doctype html>", 15) == 0);
    CHECK_SAYS(the_program.err, "2 combinations");
    unlink(command_line("%s/2.json", folder));
    CHECK_INT(rmdir(folder), 0);
}

TEST(each_row_has_its_result) {
    char arguments[512], path[256];
    const char *directory = scratch("sweep");
    snprintf(arguments, sizeof arguments,
             VIRTUAL "--repeat 2 --vary runtime.threads=1,2 --export-json %s --quiet", directory);
    CHECK_EXIT(arguments, 0);
    CHECK_STR(the_program.out, "");
    CHECK_EXIT(arguments, 0); /* results are overwritten */
    for (int row = 1; row <= 2; row++) {
        json_error_t error;
        snprintf(path, sizeof path, "%s/%d.json", directory, row);
        json_t *result = json_load_file(path, 0, &error);
        if (!result) rs_test_fail(__FILE__, __LINE__, "%s: %s", path, error.text);
        CHECK_STR(setting_of(result, 0), "virtual");
        CHECK_STR(setting_of(result, 1), row == 1 ? "1" : "2");
        CHECK_INT(json_array_size(json_object_get(result, "repetitions")), 2);
        CHECK(strcmp(seed_of(result, 0), seed_of(result, 1)) != 0);
        json_decref(result);
        unlink(path);
    }
    CHECK_INT(rmdir(directory), 0);
}

TEST(repetitions_are_told) {
    CHECK_EXIT(VIRTUAL "--repeat 3 --vary runtime.threads=1", 0);
    CHECK_SAYS(the_program.out, "smoke  1 combination, each run 3 times: medians\n");
}

TEST(an_interruption_ends_the_sweep) {
    start_program(SMOKE "--set phases.heal=60s --vary runtime.scheduler=steal,global");
    sleep_ms(700);
    kill(the_program.pid, SIGINT);
    await_program();
    CHECK_INT(the_program.status, 6);
    CHECK_SAYS(the_program.err, "interrupted");
    line_with("steal      aborted");
    CHECK(strstr(the_program.out, "global ") == NULL);
}

TEST_MAIN()
