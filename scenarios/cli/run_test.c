/* run_test.c: what a run leaves behind, however it ends.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/format.h"
#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#include <dirent.h>
#include <sys/mount.h>

/* ------------------------------------------------------------------ bad input */

TEST(a_missing_scenario_is_named) {
    CHECK_EXIT("run /nowhere/at/all.yaml", 2);
    CHECK_SAYS(the_program.err, "/nowhere/at/all.yaml");
}

TEST(a_directory_is_no_scenario) {
    CHECK_EXIT("run scenarios", 2);
    CHECK_SAYS(the_program.err, "directory");
}

TEST(an_empty_scenario_is_refused) {
    CHECK_EXIT("run /dev/null", 2);
    CHECK(the_program.err[0] != 0);
}

TEST(an_export_that_cannot_be_written_stops_the_run_before_it_starts) {
    CHECK_EXIT("run scenarios/smoke.yaml --export-json /nowhere/result.json", 2);
    CHECK_SAYS(the_program.err, "/nowhere/result.json");
    CHECK_STR(the_program.out, "");
    CHECK_EXIT("run scenarios/smoke.yaml --export-events /nowhere/events.jsonl", 2);
    CHECK_STR(the_program.out, "");
}

TEST(a_file_has_one_name_however_it_is_written) {
    char path[256], command[1024];
    snprintf(path, sizeof path, "%s", scratch("twice"));
    snprintf(command, sizeof command,
             "run scenarios/smoke.yaml --export-json %s --export-csv /tmp/../%s", path, path);
    CHECK_EXIT(command, 2);
    CHECK_SAYS(the_program.err, "two exports to one file");
    CHECK(!exists(path));
}

TEST(a_file_that_is_no_result_is_not_overwritten) {
    const char *path = scratch("precious.json");
    char arguments[256], text[PROGRAM_TEXT];
    write_text(path, "int main(void);\n");
    snprintf(arguments, sizeof arguments, "run scenarios/smoke.yaml --export-json %s", path);
    CHECK_EXIT(arguments, 2);
    CHECK_SAYS(the_program.err, "--force");
    read_text(path, text);
    CHECK_STR(text, "int main(void);\n");
    strcat(arguments, " --force --quiet");
    CHECK_EXIT(arguments, 0);
    read_text(path, text);
    CHECK_SAYS(text, "respawn.result/1");
    unlink(path);
}

/* The mark of a format is how its own files are known, so the next run may take their place. */
TEST(each_format_goes_to_a_file_and_the_next_run_replaces_it) {
    char arguments[2048], text[PROGRAM_TEXT];
    size_t used = (size_t)snprintf(arguments, sizeof arguments, "run scenarios/smoke.yaml --quiet");
    for (size_t i = 0; rs_formats[i]; i++)
        if (rs_formats[i]->mark)
            used += (size_t)snprintf(arguments + used, sizeof arguments - used, " --export-%s %s",
                                     rs_formats[i]->name, scratch(rs_formats[i]->name));
    CHECK_EXIT(arguments, 0);
    CHECK_EXIT(arguments, 0);
    for (size_t i = 0; rs_formats[i]; i++) {
        const char *path = scratch(rs_formats[i]->name);
        if (!rs_formats[i]->mark) continue;
        read_text(path, text);
        CHECK_SAYS(text, rs_formats[i]->mark);
        unlink(path);
    }
}

/* /dev/full takes no byte, as a full disk does. */
TEST(a_full_disk_is_an_error_and_the_summary_is_still_printed) {
    CHECK_EXIT("run scenarios/smoke.yaml --export-json /dev/full", 6);
    CHECK_SAYS(the_program.err, "/dev/full: No space left on device");
    CHECK_SAYS(the_program.out, "EXPECTED");
    CHECK_EXIT("run scenarios/smoke.yaml --export-events /dev/full", 6);
    CHECK_SAYS(the_program.err, "/dev/full: No space left on device");
}

/* A file system that fills up while the result is written leaves no half of it. */
TEST(a_disk_that_fills_up_keeps_no_half_result) {
    char arguments[256];
    const char *disk = scratch("disk");
    CHECK_INT(mkdir(disk, 0700), 0);
    if (mount("tmpfs", disk, "tmpfs", 0, "size=4k") != 0) {
        rmdir(disk);
        return; /* only root can */
    }
    snprintf(arguments, sizeof arguments, "run scenarios/smoke.yaml --export-json %s/r.json", disk);
    int status = run_program(arguments);
    unsigned left = 0;
    DIR *directory = opendir(disk);
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        left += entry->d_name[0] != '.';
    if (directory) closedir(directory);
    umount(disk);
    rmdir(disk);
    CHECK_INT(status, 6);
    CHECK_INT(left, 0);
    CHECK_SAYS(the_program.err, "No space left on device");
}

/* ------------------------------------------------------------------ verdicts */

TEST(a_good_run_passes_and_says_how_to_repeat_it) {
    CHECK_EXIT("run scenarios/smoke.yaml", 0);
    CHECK_SAYS(the_program.out, "passed");
    CHECK_SAYS(the_program.out, "respawn run scenarios/smoke.yaml --seed 1");
    CHECK_STR(the_program.err, "");
}

TEST(a_failed_expectation_is_status_1_and_ends_with_a_command) {
    CHECK_EXIT("run scenarios/smoke.yaml --set 'expect=[faults.hit >= 2]'", 1);
    CHECK_SAYS(the_program.out, "failed");
    char *last = strrchr(the_program.err, '\n');
    CHECK(last && last[1] == 0);
    CHECK_SAYS(the_program.err, "--set 'expect=[faults.hit >= 2]' --seed 1\n");
}

/* Runs what the last line of stderr says, as somebody who copies it would. */
static int run_the_repeating_line(void) {
    static const char lead[] = "to repeat it: ";
    char *line = strstr(the_program.err, lead);
    if (!line) rs_test_fail(__FILE__, __LINE__, "no command in:\n%s", the_program.err);
    char command[4096];
    snprintf(command, sizeof command, "%.*s >/dev/null 2>&1",
             (int)strcspn(line + strlen(lead), "\n"), line + strlen(lead));
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
}

TEST(the_line_that_repeats_a_run_repeats_it) {
    const char *path = scratch("it's a \"$file\".yaml");
    char text[PROGRAM_TEXT], arguments[512];
    read_text("scenarios/smoke.yaml", text);
    write_text(path, text);
    snprintf(arguments, sizeof arguments,
             "run '/tmp/respawn-test.%d.it'\\''s a \"$file\".yaml' "
             "--set 'expect=[\"faults.hit{fault=*} >= 2\"]' --seed 0x7 --repeat 2",
             (int)getpid());
    CHECK_EXIT(arguments, 1);
    CHECK_INT(run_the_repeating_line(), 1);
    unlink(path);
    CHECK_EXIT("run scenarios/smoke.yaml --set phases.heal=20s --timeout 600ms", 6);
    CHECK_SAYS(the_program.err, " --timeout 600ms\n");
    CHECK_INT(run_the_repeating_line(), 6);
}

TEST(a_program_with_a_space_in_its_name_is_repeated_as_well) {
    char link[512];
    const char *build = getenv("RESPAWN_BUILD");
    snprintf(link, sizeof link, "%s/re spawn %d", build ? build : ".", (int)getpid());
    CHECK_INT(symlink("respawn", link), 0);
    static char name[64];
    snprintf(name, sizeof name, "'re spawn %d'", (int)getpid());
    the_program_name = name;
    int status = run_program("run scenarios/smoke.yaml --set 'expect=[faults.hit >= 2]'");
    int again = status == 1 ? run_the_repeating_line() : -1;
    unlink(link);
    CHECK_INT(status, 1);
    CHECK_INT(again, 1);
}

TEST(too_few_samples_are_inconclusive) {
    CHECK_EXIT("run scenarios/smoke.yaml --set 'expect=[restart.started.p99 < 1s]'", 4);
    CHECK_SAYS(the_program.out, "needs 1000");
}

TEST(a_fault_that_never_hits_is_inconclusive) {
    CHECK_EXIT("run scenarios/smoke.yaml --set 'faults.strike.how=signal(normal)' "
               "--set 'expect=[orphans == 0]'",
               4);
    CHECK_SAYS(the_program.out, "never hit");
}

TEST(quiet_prints_nothing) {
    CHECK_EXIT("run scenarios/smoke.yaml --quiet", 0);
    CHECK_STR(the_program.out, "");
    CHECK_STR(the_program.err, "");
}

TEST(quiet_still_says_why_a_run_failed) {
    CHECK_EXIT("run scenarios/smoke.yaml --quiet --set 'expect=[faults.hit >= 2]'", 1);
    CHECK_STR(the_program.out, "");
    CHECK(strncmp(the_program.err, "respawn: ", 9) == 0);
    CHECK_SAYS(the_program.err, "faults.hit >= 2");
    CHECK_SAYS(strchr(the_program.err, '\n'), "respawn: to repeat it: ");
}

TEST(repetitions_have_seeds_of_their_own) {
    const char *path = scratch("repeated.json");
    char arguments[256], text[PROGRAM_TEXT];
    snprintf(arguments, sizeof arguments, "run scenarios/smoke.yaml --repeat 3 --export-json %s",
             path);
    CHECK_EXIT(arguments, 0);
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    unsigned repetitions = 0;
    uint64_t seeds[3] = {0};
    while (fgets(text, sizeof text, file)) {
        const char *row = strstr(text, "{\"n\":"), *seed = row ? strstr(row, "\"seed\":") : NULL;
        if (!seed) continue;
        CHECK(repetitions < 3);
        seeds[repetitions++] = strtoull(seed + strlen("\"seed\":\""), NULL, 16);
    }
    fclose(file);
    unlink(path);
    CHECK(seeds[0] != seeds[1] && seeds[0] != seeds[2] && seeds[1] != seeds[2]);
    CHECK_INT(repetitions, 3);
}

/* Counting who is left asks the root supervisor, which no client ever does. */
TEST(what_the_harness_asks_is_no_part_of_the_story) {
    const char *path = scratch("story.jsonl");
    char arguments[256], text[PROGRAM_TEXT];
    snprintf(arguments, sizeof arguments,
             "run scenarios/smoke.yaml --set runtime.clock=virtual --export-events %s", path);
    CHECK_EXIT(arguments, 0);
    read_text(path, text);
    unlink(path);
    CHECK_SAYS(text, "\"served\",\"role\":\"left\"");
    CHECK(!strstr(text, "\"served\",\"role\":\"smoke\""));
}

/* ------------------------------------------------------------------ ends before its time */

static const char endless[] = "run scenarios/smoke.yaml --set phases.heal=60s --export-json %s";

static void start_endless(const char *path) {
    char arguments[256];
    snprintf(arguments, sizeof arguments, endless, path);
    start_program(arguments);
    sleep_ms(700);
}

static void check_aborted(const char *path) {
    char text[PROGRAM_TEXT];
    CHECK_INT(the_program.status, 6);
    read_text(path, text);
    CHECK_SAYS(text, "\"aborted\"");
    CHECK_SAYS(text, "calls.issued");
    CHECK_SAYS(the_program.out, "aborted");
    CHECK_SAYS(the_program.err, "respawn run");
    unlink(path);
}

TEST(ctrl_c_leaves_the_partial_result) {
    const char *path = scratch("interrupted.json");
    start_endless(path);
    kill(the_program.pid, SIGINT);
    await_program();
    CHECK_SAYS(the_program.err, "interrupted");
    check_aborted(path);
}

TEST(sigterm_leaves_the_partial_result) {
    const char *path = scratch("terminated.json");
    start_endless(path);
    kill(the_program.pid, SIGTERM);
    await_program();
    check_aborted(path);
}

TEST(a_terminal_that_is_closed_leaves_the_partial_result) {
    const char *path = scratch("hung_up.json");
    start_endless(path);
    kill(the_program.pid, SIGHUP);
    await_program();
    check_aborted(path);
}

TEST(a_signal_that_was_ignored_from_the_start_stays_so) {
    signal(SIGHUP, SIG_IGN);
    start_program("run scenarios/smoke.yaml");
    signal(SIGHUP, SIG_DFL);
    sleep_ms(200);
    kill(the_program.pid, SIGHUP);
    await_program();
    CHECK_INT(the_program.status, 0);
}

/* Runs so short that the signal falls between two of them as often as not. */
static void interrupt_repetitions(void) {
    const char *path = scratch("repeated.json");
    char arguments[256];
    snprintf(arguments, sizeof arguments,
             "run scenarios/smoke.yaml --set runtime.clock=virtual --repeat 10000 --export-json %s",
             path);
    start_program(arguments);
    sleep_ms(1000);
    kill(the_program.pid, SIGINT);
    await_program();
    check_aborted(path);
}

TEST(a_repetition_that_was_interrupted_speaks_for_all) {
    for (int i = 0; i < 5; i++) interrupt_repetitions();
}

TEST(the_story_of_an_interrupted_check_is_kept) {
    const char *path = scratch("checked.jsonl");
    char arguments[512], text[PROGRAM_TEXT];
    snprintf(arguments, sizeof arguments,
             "run scenarios/smoke.yaml --set runtime.clock=virtual --set phases.heal=5000s "
             "--verify-determinism --export-events %s",
             path);
    start_program(arguments);
    sleep_ms(1000);
    kill(the_program.pid, SIGINT);
    await_program();
    CHECK_INT(the_program.status, 6);
    read_text(path, text);
    unlink(path);
    CHECK_SAYS(text, "respawn.events/1");
    CHECK_SAYS(text, "\"killed\"");
}

/* The child is stopped, so that it cannot wind down and the second one meets the parent waiting. */
static pid_t find_child(pid_t parent) {
    char path[64], line[64] = "";
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    CHECK(fgets(line, sizeof line, file) != NULL);
    fclose(file);
    return (pid_t)atoi(line);
}

TEST(a_second_ctrl_c_ends_at_once) {
    const char *path = scratch("twice.json");
    struct timespec begin, end;
    start_endless(path);
    pid_t child = find_child(the_program.pid);
    kill(child, SIGSTOP);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    kill(the_program.pid, SIGINT);
    sleep_ms(200);
    kill(the_program.pid, SIGINT);
    await_program();
    clock_gettime(CLOCK_MONOTONIC, &end);
    CHECK_INT(the_program.status, 6);
    CHECK(end.tv_sec - begin.tv_sec < 2);
    CHECK(!exists(path));
    CHECK(!is_running(child));
}

TEST(a_child_that_does_not_wind_down_is_killed) {
    const char *path = scratch("stuck.json");
    start_endless(path);
    kill(find_child(the_program.pid), SIGSTOP);
    kill(the_program.pid, SIGINT);
    await_program();
    check_aborted(path);
}

TEST(a_child_killed_from_outside_leaves_the_partial_result) {
    const char *path = scratch("killed.json");
    start_endless(path);
    kill(find_child(the_program.pid), SIGKILL);
    await_program();
    CHECK_SAYS(the_program.err, "signal 9");
    check_aborted(path);
}

TEST(a_runtime_that_aborts_is_an_internal_error) {
    const char *path = scratch("panic.json");
    start_endless(path);
    kill(find_child(the_program.pid), SIGABRT);
    await_program();
    unlink(path);
    CHECK_INT(the_program.status, 70);
}

TEST(a_run_that_takes_too_long_times_out) {
    CHECK_EXIT("run scenarios/smoke.yaml --set phases.heal=60s --timeout 600ms", 6);
    CHECK_SAYS(the_program.err, "did not end within");
}

TEST(a_parent_that_dies_takes_the_child_along) {
    start_endless(scratch("orphan.json"));
    pid_t child = find_child(the_program.pid);
    kill(the_program.pid, SIGKILL);
    await_program();
    sleep_ms(300);
    CHECK(!is_running(child));
}

TEST_MAIN()
