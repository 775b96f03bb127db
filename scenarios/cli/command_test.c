/* command_test.c: commands, flags, and what they refuse.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#include "scenarios/cli/exit.h"

TEST(help_is_a_success) {
    CHECK_EXIT("--help", 0);
    CHECK_SAYS(the_program.out, "usage: respawn COMMAND");
    CHECK_EXIT("run --help", 0);
    CHECK_SAYS(the_program.out, "--verify-determinism");
    CHECK_SAYS(the_program.out, "--export-json FILE");
    CHECK_EXIT("validate --help", 0);
    CHECK_EXIT("list --help", 0);
    CHECK_EXIT("run -h", 0);
    CHECK_SAYS(the_program.out, "--verify-determinism");
}

TEST(version_names_the_build) {
    CHECK_EXIT("--version", 0);
    CHECK_SAYS(the_program.out, "respawn 0");
}

TEST(nothing_given_is_a_usage_error) {
    CHECK_EXIT("", 2);
    CHECK_SAYS(the_program.err, "usage:");
}

TEST(unknown_words_get_the_nearest_known_one) {
    CHECK_EXIT("rnu scenarios/smoke.yaml", 2);
    CHECK_SAYS(the_program.err, "unknown command 'rnu' – did you mean 'run'?");
    CHECK_EXIT("run --sede 1 scenarios/smoke.yaml", 2);
    CHECK_SAYS(the_program.err, "unknown flag '--sede' – did you mean '--seed'?");
    CHECK_EXIT("run -xq scenarios/smoke.yaml", 2);
    CHECK_SAYS(the_program.err, "unknown flag '-x'");
    CHECK_EXIT("run scenarios/smoke.yaml --quiet=no", 2);
    CHECK_SAYS(the_program.err, "--quiet takes no value");
    CHECK_EXIT("list worker", 2);
    CHECK_SAYS(the_program.err, "did you mean 'workers'?");
    CHECK_EXIT("list nonsense", 2);
    CHECK_SAYS(the_program.err, "schedulers");
}

TEST(values_of_flags_are_checked) {
    CHECK_EXIT("run --repeat 0 scenarios/smoke.yaml", 2);
    CHECK_EXIT("run --repeat many scenarios/smoke.yaml", 2);
    CHECK_EXIT("run --timeout 5 scenarios/smoke.yaml", 2);
    CHECK_SAYS(the_program.err, "--timeout 5:");
    CHECK_EXIT("run --set nothing scenarios/smoke.yaml", 2);
    CHECK_SAYS(the_program.err, "KEY=VALUE");
    CHECK_EXIT("run scenarios/smoke.yaml --trace-slices 5", 2);
    CHECK_SAYS(the_program.err, "--trace-slices is of a trace: add --export-trace FILE");
    CHECK_EXIT("run scenarios/smoke.yaml --timeout", 2);
    CHECK_SAYS(the_program.err, "needs a value");
    CHECK_EXIT("run --seed minus scenarios/smoke.yaml", 2);
    CHECK_EXIT("run", 2);
    CHECK_EXIT("run scenarios/smoke.yaml scenarios/null.yaml", 2);
}

TEST(lists_name_the_catalogues) {
    CHECK_EXIT("list", 0);
    CHECK_SAYS(the_program.out, "high_scores_registry");
    CHECK_SAYS(the_program.out, "stack_overflow");
    CHECK_SAYS(the_program.out, "restart.reachable");
    CHECK_SAYS(the_program.out, "--export-json");
    CHECK_EXIT("list schedulers", 0);
    CHECK_SAYS(the_program.out, "fifo");
    CHECK_EXIT("list conditions", 0);
    CHECK_SAYS(the_program.out, "busy_neighbour     > 50 % ");
}

TEST(list_shows_the_keys_of_each_section) {
    CHECK_EXIT("list keys", 0);
    CHECK_SAYS(the_program.out, "  explore\n      faults: FAULT | own | all | [FAULT | own | all]");
    CHECK_SAYS(the_program.out, "  tree: budget\n      restarts: COUNT ");
    CHECK_SAYS(the_program.out, "  failure\n      check: TEXT  ");
    CHECK_SAYS(the_program.out, " probability: SHARE "); /* a fault's trigger */
    CHECK_SAYS(the_program.out, " min_gap: DURATION ");
}

/* What a search would draw, in lines that fit. */
TEST(validate_tells_the_envelope) {
    CHECK_EXIT("validate scenarios/cli/test/two_owners.yaml", 0);
    CHECK_SAYS(the_program.out,
               "explore  1 to 6 blows of segv, kill, at most 10 /s; never hit: game, tables,\n"
               "           registry\n");
    CHECK_EXIT("validate scenarios/smoke.yaml", 0);
    CHECK_SAYS(the_program.out, "explore  the scenario's own faults, as often as they strike\n");
    CHECK_EXIT("validate scenarios/smoke.yaml --set clocks=[real]", 0);
    CHECK(!strstr(the_program.out, "explore"));
}

TEST(validate_tells_plan_and_consequences) {
    CHECK_EXIT("validate scenarios/high_scores.yaml", 0);
    CHECK_SAYS(the_program.out, "tables");
    CHECK_EXIT("validate --dry-run scenarios/high_scores.yaml", 0);
    CHECK_SAYS(the_program.out, "whom the faults would hit");
    CHECK_EXIT("validate --set tree.strategy=all_for_none scenarios/high_scores.yaml", 2);
}

/* The first block of YAML in the README, written out as a scenario. */
static void write_block(const char *path) {
    static char readme[PROGRAM_TEXT];
    read_text("README.md", readme);
    char *begin = strstr(readme, "```yaml\n");
    char *end = begin ? strstr(begin + 8, "```") : NULL;
    CHECK(end != NULL);
    *end = 0;
    write_text(path, begin + 8);
}

TEST(the_first_scenario_of_the_readme_is_the_one_that_is_shipped) {
    static char shipped[PROGRAM_TEXT];
    const char *path = scratch("readme.yaml");
    char arguments[256];
    CHECK_EXIT("validate scenarios/first_service.yaml", 0);
    strcpy(shipped, the_program.out);
    write_block(path);
    snprintf(arguments, sizeof arguments, "validate %s", path);
    CHECK_EXIT(arguments, 0);
    unlink(path);
    CHECK_STR(the_program.out, shipped);
}

TEST(a_strangers_text_moves_no_cursor) {
    const char *path = scratch("stranger.yaml");
    char arguments[256];
    write_text(path, "scenario: stranger\n"
                     "about: \"\\e[31mred\\nexpect   calls.lost == 0\"\n"
                     "tree: { id: t, strategy: one_for_one, children: [{ id: a, worker: echo }] }\n"
                     "expect: [\"calls.failed{reason=\\e[31m} == 0\"]\n");
    snprintf(arguments, sizeof arguments, "validate --dry-run %s", path);
    CHECK_EXIT(arguments, 0);
    unlink(path);
    CHECK(!strchr(the_program.out, '\x1b'));
    CHECK_SAYS(the_program.out, "\n         \\x1b[31mred expect   calls.lost == 0\n");
    CHECK_SAYS(the_program.out, "expect   calls.failed{reason=\\x1b[31m} == 0\n");
}

/* Names of files, flags and settings, and what is quoted of a file. */
TEST(a_message_moves_no_cursor) {
    static const char *const commands[] = {
        "run '/nowhere\x1b[31m.yaml'",
        "list 'l\x1b[31m'",
        "l\x1b[31m",
        "run scenarios/smoke.yaml '--l\x1b[31m'",
        "compare 'a\x1b[31m' 'b\x1b[31m'",
        "report '/nowhere\x1b[31m'",
        "replay '/nowhere\x1b[31m'",
        "conform '/nowhere\x1b[31m'",
        "run scenarios/smoke.yaml --set 'runtime.seed=\x1b[31m'",
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        CHECK_EXIT(commands[i], 2);
        CHECK(!strchr(the_program.err, '\x1b'));
        CHECK_SAYS(the_program.err, "\\x1b[31m");
    }
}

TEST(the_worst_status_counts) {
    CHECK_INT(rs_exit_worse(1, 6), 6);
    CHECK_INT(rs_exit_worse(5, 6), 5);
    CHECK_INT(rs_exit_worse(70, 5), 70);
    CHECK_INT(rs_exit_worse(4, 1), 1);
    CHECK_INT(rs_exit_worse(0, 4), 4);
}

TEST_MAIN()
