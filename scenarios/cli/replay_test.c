/* replay_test.c: `respawn replay`: what was found repeats exactly, or it is said that it does not.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/test/search.h"

TEST(what_was_found_in_the_talk_still_repeats) {
    static const char *const names[] = {"first_crash", "second_crash", "fourth_crash",
                                        "eighth_crash", "scores_lost"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        CHECK_EXIT(command_line("replay scenarios/talk/found/%s.yaml", names[i]), 1);
        CHECK_SAYS(the_program.out, "repeated: ");
    }
}

static const char *failure_file(char directory[128]) {
    static char path[256];
    snprintf(directory, 128, "%s", scratch("failures"));
    CHECK_EXIT(
        command_line("explore " TWO_OWNERS " --seeds 1..10 --shrink 3s --output %s", directory), 1);
    snprintf(path, sizeof path, "%s/two_owners-orphans-tables.yaml", directory);
    return path;
}

TEST(what_does_not_repeat_is_said) {
    char directory[128];
    const char *path = failure_file(directory);
    change(path, "#1\"]", "#7\"]");
    CHECK_EXIT(command_line("replay %s", path), 5);
    CHECK_SAYS(the_program.out, "not repeated: orphans at tables/* holds\n");
    CHECK_SAYS(the_program.out, "hit nobody: ");
    remove_tree(directory);
}

TEST(another_build_is_tolerated) {
    char directory[128];
    const char *path = failure_file(directory);
    change(path, "build: \"", "build: \"9.9.9 ");
    change(path, "hash: \"1:", "hash: \"1:f");
    CHECK_EXIT(command_line("replay %s", path), 1);
    CHECK_SAYS(the_program.out, "with another build");
    change(path, "build: \"9.9.9 ", "build: \"");
    CHECK_EXIT(command_line("replay %s", path), 5);
    CHECK_SAYS(the_program.out, "but not exactly");
    remove_tree(directory);
}

TEST(a_failure_is_a_scenario) {
    char directory[128];
    const char *path = failure_file(directory);
    CHECK_EXIT(command_line("run %s", path), 1);
    CHECK_SAYS(the_program.out, "orphans");
    CHECK_EXIT(command_line("validate %s", path), 0);
    remove_tree(directory);
}

TEST(a_result_of_virtual_time_repeats) {
    char path[128];
    snprintf(path, sizeof path, "%s", scratch("result.json"));
    CHECK_EXIT(
        command_line("run " SURVIVOR " --seed 77 --set tree.intensity=99 --export-json %s", path),
        0);
    CHECK_EXIT(command_line("replay %s", path), 0);
    CHECK_SAYS(the_program.out, "repeated exactly");
    CHECK_EXIT(command_line("replay %s --seed 9", path), 2);
    CHECK_SAYS(the_program.err, "leave out --set and --seed");
    change(path, "\"status\":\"complete\"", "\"status\":\"interrupted\"");
    CHECK_EXIT(command_line("replay %s", path), 2);
    CHECK_SAYS(the_program.err, "only a whole run can be repeated; this one is interrupted");
    change(path, "\"status\":\"interrupted\"", "\"status\":\"complete\"");
    change(path, "\"0x4d\"", "\"0x4e\"");
    CHECK_EXIT(command_line("replay %s", path), 5);
    CHECK_SAYS(the_program.out, "not repeated");
    unlink(path);
    CHECK_EXIT(command_line("run scenarios/null.yaml --set phases.run=10ms --set gate=[] --quiet "
                            "--export-json %s",
                            path),
               0);
    CHECK_EXIT(command_line("replay %s", path), 2);
    CHECK_SAYS(the_program.err, "only a run in virtual time repeats");
    unlink(path);
}

TEST(a_replay_that_takes_too_long_is_no_repetition) {
    char directory[128];
    snprintf(directory, sizeof directory, "%s", scratch("failures"));
    CHECK_EXIT(
        command_line("explore " TWO_OWNERS " --seeds 1..10 --shrink 0s --output %s", directory), 1);
    CHECK_EXIT(command_line("replay %s/two_owners-orphans-tables.yaml --timeout 300ms "
                            "--set phases.play=10h --set 'load=[{ id: more, target: registry, via: "
                            "registry, rate: max }]'",
                            directory),
               6);
    CHECK_SAYS(the_program.out, "not repeated: orphans at tables/*: the run took longer than it "
                                "may by the wall's clock (--timeout); it had simulated at least ");
    remove_tree(directory);
}

TEST_MAIN()
