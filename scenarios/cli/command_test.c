/* command_test.c: commands, flags, and what they refuse.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/program.h"

#include "scenarios/cli/exit.h"

TEST(help_is_a_success) {
    check_exit("--help", 0);
    check_says(the_program.out, "usage: respawn COMMAND");
    check_exit("run --help", 0);
    check_says(the_program.out, "--verify-determinism");
    check_says(the_program.out, "--export-json FILE");
    check_exit("validate --help", 0);
    check_exit("list --help", 0);
}

TEST(version_names_the_build) {
    check_exit("--version", 0);
    check_says(the_program.out, "respawn 0");
}

TEST(nothing_given_is_a_usage_error) {
    check_exit("", 2);
    check_says(the_program.err, "usage:");
}

TEST(unknown_words_get_the_nearest_known_one) {
    check_exit("rnu scenarios/smoke.yaml", 2);
    check_says(the_program.err, "unknown command 'rnu' – did you mean 'run'?");
    check_exit("run --sede 1 scenarios/smoke.yaml", 2);
    check_says(the_program.err, "unknown flag '--sede' – did you mean '--seed'?");
    check_exit("list worker", 2);
    check_says(the_program.err, "did you mean 'workers'?");
    check_exit("list nonsense", 2);
    check_says(the_program.err, "schedulers");
}

TEST(commands_of_later_versions_say_so) {
    check_exit("explore scenarios/smoke.yaml", 2);
    check_says(the_program.err, "'explore' is not in this version");
}

TEST(values_of_flags_are_checked) {
    check_exit("run --repeat 0 scenarios/smoke.yaml", 2);
    check_exit("run --repeat many scenarios/smoke.yaml", 2);
    check_exit("run --timeout 5 scenarios/smoke.yaml", 2);
    check_says(the_program.err, "--timeout 5:");
    check_exit("run --set nothing scenarios/smoke.yaml", 2);
    check_says(the_program.err, "KEY=VALUE");
    check_exit("run scenarios/smoke.yaml --timeout", 2);
    check_says(the_program.err, "needs a value");
    check_exit("run --seed minus scenarios/smoke.yaml", 2);
    check_exit("run", 2);
    check_exit("run scenarios/smoke.yaml scenarios/null.yaml", 2);
}

TEST(lists_name_the_catalogues) {
    check_exit("list", 0);
    check_says(the_program.out, "high_scores_registry");
    check_says(the_program.out, "stack_overflow");
    check_says(the_program.out, "restart.reachable");
    check_says(the_program.out, "--export-json");
    check_exit("list schedulers", 0);
    check_says(the_program.out, "fifo");
}

TEST(validate_tells_plan_and_consequences) {
    check_exit("validate scenarios/high_scores.yaml", 0);
    check_says(the_program.out, "tables");
    check_exit("validate --dry-run scenarios/high_scores.yaml", 0);
    check_says(the_program.out, "whom the faults would hit");
    check_exit("validate --set tree.strategy=all_for_none scenarios/high_scores.yaml", 2);
}

TEST(the_worst_status_counts) {
    CHECK_INT(rs_exit_worse(1, 6), 6);
    CHECK_INT(rs_exit_worse(5, 6), 5);
    CHECK_INT(rs_exit_worse(70, 5), 70);
    CHECK_INT(rs_exit_worse(4, 1), 1);
    CHECK_INT(rs_exit_worse(0, 4), 4);
}

TEST_MAIN()
