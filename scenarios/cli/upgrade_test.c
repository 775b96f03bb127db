/* upgrade_test.c: scenarios with upgrades, and the shared objects that the command line names.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#define UPGRADE "scenarios/upgrade.yaml"
#define VIRTUAL "--set runtime.clock=virtual "
/* Small enough for a sanitizer. */
#define SMALL                                                                                      \
    UPGRADE " --set setup[0].count=100 --set load.players.rate=5k/s --set expect[0]='upgrade."     \
            "count >= 80' "

#define ARGUMENTS 2048
static char first[ARGUMENTS], second[ARGUMENTS];

static const char *append(char arguments[ARGUMENTS], const char *command, const char *name) {
    const char *build = getenv("RESPAWN_BUILD");
    int length =
        snprintf(arguments, ARGUMENTS, "%s --plugin %s/%s.so", command, build ? build : ".", name);
    RS_ASSERT(length < ARGUMENTS);
    return arguments;
}

/* A command line with the plugin `name`, which the build has made, in it; or with two. */
static const char *with(const char *command, const char *name) {
    return append(first, command, name);
}

static const char *with_two(const char *command, const char *name, const char *other) {
    return append(second, with(command, name), other);
}

TEST(all_tables_are_changed_under_load_and_no_call_is_lost) {
    CHECK_EXIT(with("run " SMALL, "plugins/high_scores_table_2"), 0);
    CHECK_SAYS(the_program.out, "processes were changed");
    CHECK_SAYS(the_program.out, "0 lost");
}

TEST(an_upgrade_is_the_same_twice_in_virtual_time) {
    CHECK_EXIT(with("run " SMALL VIRTUAL "--verify-determinism", "plugins/high_scores_table_2"), 0);
    CHECK_SAYS(the_program.out, "run twice");
    CHECK_SAYS(the_program.out, "--plugin "); /* in the command that repeats it */
}

/* A search carries them out, draws beside them, and what it finds repeats with the same code. */
TEST(a_search_carries_out_upgrades) {
    static const char few[] = "explore " UPGRADE " --set setup[0].count=20 --set "
                              "load.players.rate=1k/s --set 'explore={faults: [own, kill], "
                              "protect: [root, registry, tables]}' --set checks=none --seeds ";
    char arguments[ARGUMENTS], directory[128], path[256], one[64], text[PROGRAM_TEXT];
    snprintf(directory, sizeof directory, "%s", scratch("failures"));
    snprintf(arguments, sizeof arguments, "%s1..4 --jobs 3 --set 'expect=[upgrade.count >= 1]'",
             few);
    CHECK_EXIT(arguments, 2);
    CHECK_SAYS(the_program.err, "upgrade 'to_2' needs another version of the worker");
    CHECK_EXIT(with(arguments, "plugins/high_scores_table_2"), 0);
    CHECK_SAYS(the_program.out, "  every life survived\n");
    CHECK_INT(sscanf(strstr(the_program.out, "traces"), "traces %63s", one), 1);
    *strstr(arguments, "--jobs 3") = 0;
    strcat(arguments, "--jobs 1 --set 'expect=[upgrade.count >= 1]'");
    CHECK_EXIT(with(arguments, "plugins/high_scores_table_2"), 0);
    CHECK_SAYS(the_program.out, one);
    snprintf(arguments, sizeof arguments,
             "%s1..1 --set 'expect=[upgrade.count < 5]' --shrink 3s --output %s", few, directory);
    CHECK_EXIT(with(arguments, "plugins/high_scores_table_2"), 1);
    snprintf(path, sizeof path, "%s/upgrade-expect_upgrade_count_5.yaml", directory);
    read_text(path, text);
    CHECK_SAYS(text, "upgrades:\n");
    snprintf(arguments, sizeof arguments, "replay %s", path);
    CHECK_EXIT(arguments, 2);
    CHECK_EXIT(with(arguments, "plugins/high_scores_table_2"), 1);
    CHECK_SAYS(the_program.out, "exactly: ");
    snprintf(arguments, sizeof arguments, "rm -rf %s", directory);
    CHECK_INT(system(arguments), 0);
}

TEST(who_only_reads_a_scenario_needs_no_plugin_and_who_runs_it_is_told_of_it) {
    CHECK_EXIT("validate " UPGRADE, 0);
    CHECK_SAYS(the_program.out, "upgrade  to_2: every high_scores_table to another version, once "
                                "at 200 ms of\n           storm; a run needs it: --plugin FILE");
    CHECK_EXIT("run " UPGRADE, 2);
    CHECK_SAYS(the_program.err, UPGRADE ":40:5: upgrade 'to_2' needs another version of the worker "
                                        "'high_scores_table': add --plugin FILE");
    CHECK_EXIT("sweep " UPGRADE " --vary load.players.clients=1,2", 2);
    CHECK_SAYS(the_program.err, "add --plugin FILE");
}

TEST(plugins_of_no_use_are_refused_before_anything_runs) {
    CHECK_EXIT("run " UPGRADE " --plugin /nowhere.so", 2);
    CHECK_SAYS(the_program.err, "--plugin /nowhere.so: No such file");
    CHECK_EXIT("run " UPGRADE " --plugin " UPGRADE, 2);
    CHECK_SAYS(the_program.err, "is no shared object");
    CHECK_EXIT(with("run scenarios/smoke.yaml", "plugins/high_scores_table_2"), 2);
    CHECK_SAYS(the_program.err, "the scenario upgrades no 'high_scores_table'");
    CHECK_EXIT(with("run " UPGRADE, "tests/odd_stranger"), 2);
    CHECK_SAYS(the_program.err, "is a version of 'counter', which is no worker");
}

TEST(who_reads_a_scenario_may_have_its_plugins_checked_as_who_runs_it) {
    CHECK_EXIT(with("validate " UPGRADE, "plugins/high_scores_table_2"), 0);
    CHECK_EXIT("validate " UPGRADE " --plugin /nowhere.so", 2);
    CHECK_SAYS(the_program.err, "No such file");
    CHECK_EXIT(with("validate scenarios/smoke.yaml", "plugins/high_scores_table_2"), 2);
    CHECK_SAYS(the_program.err, "the scenario upgrades no 'high_scores_table'");
}

TEST(more_plugins_than_upgrades_are_refused) {
    CHECK_EXIT(
        with_two("validate " UPGRADE, "plugins/high_scores_table_2", "plugins/high_scores_table_2"),
        2);
    CHECK_SAYS(the_program.err, "high_scores_table_2.so is one too many: the scenario upgrades "
                                "'high_scores_table' 1 time");
}

/* Whoever loads these is ended: it must not be the program. */
TEST(a_plugin_that_ends_who_loads_it_is_refused_in_words) {
    CHECK_EXIT(with("run " UPGRADE, "tests/table_that_exits"), 2);
    CHECK_SAYS(the_program.err, "table_that_exits.so ends the program when it is loaded");
    CHECK_EXIT(with("run " UPGRADE, "tests/table_that_aborts"), 2);
    CHECK_SAYS(the_program.err, "table_that_aborts.so is damaged: loading it ends with SIGABRT");
    CHECK_EXIT(with("run " UPGRADE " --timeout 1s", "tests/table_that_hangs"), 2);
    CHECK_SAYS(the_program.err, "table_that_hangs.so did not finish loading within 5 s");
}

/* Its headers are in order, what they lead to is not: only the linker sees that, or dies of it. */
TEST(a_plugin_whose_insides_are_damaged_is_refused_in_words) {
    static char bytes[1 << 20];
    char command[512];
    const char *path = scratch("damaged.so"),
               *whole = strstr(with("", "plugins/high_scores_table_2"), "--plugin ");
    FILE *file = fopen(whole + strlen("--plugin "), "rb");
    RS_ASSERT(file != NULL);
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    memset(bytes + 0x600, 0xff, 0x200); /* names, symbols, relocations */
    file = fopen(path, "wb");
    RS_ASSERT(file != NULL && fwrite(bytes, 1, length, file) == length);
    fclose(file);
    snprintf(command, sizeof command, "validate " UPGRADE " --plugin %s", path);
    CHECK_EXIT(command, 2);
    CHECK_SAYS(the_program.err, path);
    unlink(path);
}

/* Its first call crashes: the old version goes on, and the run says so. */
TEST(a_version_that_crashes_is_taken_back) {
    CHECK_EXIT(with("run " SMALL VIRTUAL, "tests/table_that_crashes"), 1);
    CHECK_SAYS(the_program.out, "1 version was taken back");
    CHECK_SAYS(the_program.out, "crashed within its first 1000 calls");
    CHECK_SAYS(the_program.out, "killed: the old version's code_change refused them");
    CHECK_SAYS(the_program.out, "0 lost");
}

TEST(who_the_old_version_knows_is_changed_back_and_not_killed) {
    CHECK_EXIT(with("run " SMALL VIRTUAL, "tests/table_that_is_known"), 1);
    CHECK_SAYS(the_program.out, "was taken back; ");
    CHECK(!strstr(the_program.out, "was taken back; 0 "));
    CHECK(!strstr(the_program.out, "killed"));
}

#define ECHOES                                                                                     \
    "scenario: echoes\n"                                                                           \
    "runtime: { clock: virtual }\n"                                                                \
    "tree:\n"                                                                                      \
    "  id: app\n"                                                                                  \
    "  strategy: one_for_one\n"                                                                    \
    "  intensity: 10\n"                                                                            \
    "  children: [ { id: a, worker: echo }, { id: b, worker: echo }, { id: c, worker: echo } ]\n"  \
    "load: [ { id: l, target: a, clients: 1, rate: 1k/s, timeout: 1s } ]\n"                        \
    "phases: { warm: 100ms, heal: 100ms }\n"                                                       \
    "upgrades: [ { id: u, worker: echo, at: 10ms } ]\n"

TEST(a_version_without_a_way_back_costs_processes_and_the_run_says_so) {
    char command[256];
    const char *path = scratch("echoes.yaml");
    write_text(path, ECHOES);
    snprintf(command, sizeof command, "run %s", path);
    run_program(with(command, "tests/echo_that_crashes"));
    CHECK_SAYS(the_program.out, "2 processes of a version taken back were killed: the old version "
                                "has no code_change");
    unlink(path);
}

/* ------------------------------------------------------------------ three versions */

#define TABLES                                                                                     \
    "scenario: versions\n"                                                                         \
    "runtime: { clock: virtual }\n"                                                                \
    "tree:\n"                                                                                      \
    "  id: app\n"                                                                                  \
    "  strategy: rest_for_one\n"                                                                   \
    "  children:\n"                                                                                \
    "    - { id: tables, strategy: simple_one_for_one, intensity: 100,\n"                          \
    "        child: { worker: high_scores_table, restart: temporary } }\n"                         \
    "    - { id: registry, worker: high_scores_registry, tables: tables }\n"                       \
    "    - { id: seven, worker: high_scores_table, max_players: 7 }\n"                             \
    "setup: [ { add_games: registry, count: 50 } ]\n"                                              \
    "load: [ { id: l, target: registry, via: registry, clients: 2, rate: 1k/s, timeout: 1s } ]\n"  \
    "phases: { warm: 100ms, heal: 100ms }\n"                                                       \
    "upgrades:\n"                                                                                  \
    "  - { id: a, worker: high_scores_table, at: 10ms }\n"

/* Runs two upgrades, the second `later`, to these plugins. */
static void run_two(const char *later, const char *second_version, const char *third_version,
                    int status) {
    char text[2048], command[256];
    const char *path = scratch("versions.yaml");
    snprintf(text, sizeof text, TABLES "  - { id: b, worker: high_scores_table, at: %s }\n", later);
    write_text(path, text);
    snprintf(command, sizeof command, "run %s", path);
    CHECK_EXIT(with_two(command, second_version, third_version), status);
    unlink(path);
}

static void two_change(const char *later) {
    run_two(later, "tests/table_plain_2", "tests/table_plain_3", 0);
    CHECK_SAYS(the_program.out, "102 processes were changed");
    CHECK_SAYS(the_program.out, "0 lost");
    CHECK(!strstr(the_program.out, "could not be changed"));
    CHECK(!strstr(the_program.out, "killed"));
}

/* The third takes tables of the second alone: each was changed twice, also when the second upgrade
 * is due before the first can be over. */
TEST(a_worker_may_be_upgraded_twice) {
    two_change("50ms");
    two_change("10001us");
}

TEST(H2_who_has_refused_an_upgrade_is_killed_by_the_next) {
    run_two("50ms", "tests/table_change_refuses", "tests/table_plain_3", 0);
    CHECK_SAYS(the_program.out, "51 could not be changed");
    CHECK_SAYS(the_program.out, "51 processes had refused an upgrade");
}

TEST(why_an_upgrade_failed_is_told_with_counts) {
    static char text[PROGRAM_TEXT];
    char command[512];
    const char *path = scratch("upgrade.json");
    snprintf(command, sizeof command, "run " SMALL VIRTUAL "--export-json %s", path);
    CHECK_EXIT(with(command, "tests/table_change_refuses"), 1);
    CHECK_SAYS(the_program.out, "100 could not be changed");
    CHECK_SAYS(the_program.out, "100 refused: {error,unfortunate}");
    read_text(path, text);
    CHECK_SAYS(text, "{error,unfortunate}");
    CHECK_EXIT(with("run " SMALL VIRTUAL, "tests/table_change_crashes"), 1);
    CHECK_SAYS(the_program.out, "refused: {'EXIT',sigsegv}");
    unlink(path);
}

/* Who refuses is asked again after others were changed. */
TEST(who_refuses_twice_is_counted_once) {
    run_two("50ms", "tests/table_change_picks", "tests/table_plain_3", 0);
    CHECK_SAYS(the_program.out, "1 could not be changed");
    CHECK_SAYS(the_program.out, "1 refused: {error,unfortunate}");
    CHECK_SAYS(the_program.out, "1 process had refused an upgrade");
}

TEST(who_is_still_suspended_at_the_end_is_told) {
    CHECK_EXIT(with("run " SMALL VIRTUAL, "tests/table_change_sleeps"), 1);
    CHECK_SAYS(the_program.out, "8 processes were still suspended at the end");
}

TEST(upgrades_of_one_worker_are_in_order_of_time) {
    run_two("10ms", "tests/table_plain_2", "tests/table_plain_3", 2);
    CHECK_SAYS(the_program.err, "upgrade 'b' of 'high_scores_table' is due 10 ms after the start");
}

/* Only the child has the version's code. */
TEST(the_report_of_a_crash_names_functions_of_the_other_version) {
    static char text[PROGRAM_TEXT];
    char command[512];
    const char *path = scratch("crashes.jsonl");
    snprintf(command, sizeof command, "run " SMALL VIRTUAL "--export-crashes %s", path);
    CHECK_EXIT(with(command, "tests/table_that_crashes"), 1);
    read_text(path, text);
    unlink(path);
    CHECK_SAYS(text, "\"backtrace\":[\"handle_call+0x");
}

TEST_MAIN()
