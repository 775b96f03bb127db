/* explore_test.c: `respawn explore`: what is found is made small, and does not depend on who looked
 * for it.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/sanitize.h"
#include "scenarios/cli/test/search.h"

#include <jansson.h>

/* ------------------------------------------------------------------ searching */

TEST(what_is_found_is_small_and_repeats) {
    char directory[128], path[256], text[PROGRAM_TEXT];
    snprintf(directory, sizeof directory, "%s", scratch("failures"));
    CHECK_EXIT(
        command_line("explore " TWO_OWNERS " --seeds 1..10 --shrink 3s --output %s", directory), 1);
    CHECK_SAYS(the_program.out, "two_owners  10 lives, seeds 1..10\n");
    CHECK_SAYS(the_program.out, "1 to 6 blows of segv, kill, at most 10 /s; never hit: game, "
                                "tables, registry");
    CHECK_SAYS(the_program.out, "orphans at tables/*\n");
    snprintf(path, sizeof path, "%s/two_owners-orphans-tables.yaml", directory);
    read_text(path, text);
    CHECK_SAYS(text, "respawn.failure/1");
    CHECK_SAYS(text, "check: \"orphans\"");
    CHECK_SAYS(text, "path: \"tables/*\"");
    CHECK_SAYS(text, "story:");
    CHECK_INT(count(text, "strikes: [\""), 1);
    CHECK_INT(count(text, "how: "), 1);      /* one fault */
    CHECK_INT(count(text, "ns tables/"), 1); /* that strikes once */
    CHECK(strstr(text, "load:") == NULL);    /* that nobody plays */
    CHECK_EXIT(command_line("replay %s", path), 1);
    CHECK_SAYS(the_program.out, "repeated: orphans at tables/*: ");
    CHECK_SAYS(the_program.out, "exactly: ");
    remove_tree(directory);
}

/* A case without time to heal would fail with any blow at all. */
TEST(what_is_small_has_time_to_heal) {
    char directory[128], path[256], text[PROGRAM_TEXT];
    snprintf(directory, sizeof directory, "%s", scratch("failures"));
    CHECK_EXIT(
        command_line("explore " SLOW_START " --seeds 1..30 --shrink 3s --output %s", directory), 1);
    snprintf(path, sizeof path, "%s/slow_start-healed-a.yaml", directory);
    read_text(path, text);
    CHECK_SAYS(text, "init_hang");
    CHECK_SAYS(text, "heal: 2s");
    CHECK_EXIT(command_line("replay %s", path), 1);
    remove_tree(directory);
}

/* Without their games the players would fail, too, but that is not what was found. */
TEST(what_fails_by_faults_keeps_one) {
    char directory[128], path[256];
    snprintf(directory, sizeof directory, "%s", scratch("failures"));
    CHECK_EXIT(
        command_line(
            "explore scenarios/talk/as_presented.yaml --seeds 211..211 --shrink 3s --output %s "
            "--set checks=none --set 'expect=[calls.availability >= 99%% during heal]'",
            directory),
        1);
    snprintf(path, sizeof path, "%s/as_presented-expect_calls_availability_99_during_heal.yaml",
             directory);
    /* On a busy machine it is still large. */
    CHECK_INT(system(command_line("grep -q strikes: %s && grep -q add_games: %s", path, path)), 0);
    remove_tree(directory);
}

/* "< 5" and "== 5" are one word in the name of a file. */
TEST(each_kind_has_a_file_of_its_own) {
    char directory[128], path[256], texts[2][PROGRAM_TEXT];
    snprintf(directory, sizeof directory, "%s", scratch("failures"));
    CHECK_EXIT(
        command_line("explore " SLOW_START " --seeds 1..2 --shrink 3s --output %s", directory), 1);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/slow_start-expect_calls_issued_5%s.yaml", directory,
                 i ? "-2" : "");
        read_text(path, texts[i]);
    }
    CHECK_SAYS(texts[0], "check: \"expect: calls.issued < 5\"");
    CHECK_SAYS(texts[1], "check: \"expect: calls.issued == 5\"");
    remove_tree(directory);
}

/* What is hit stands in the story of its own failure, not in that of another place. */
TEST(a_story_is_of_its_own_place) {
    char directory[128], path[256], text[PROGRAM_TEXT];
    snprintf(directory, sizeof directory, "%s", scratch("failures"));
    CHECK_EXIT(command_line("explore " SLOW_START " --seeds 1..60 --shrink 3s --output %s "
                            "--set explore.protect=root",
                            directory),
               1);
    snprintf(path, sizeof path, "%s/slow_start-healed-b.yaml", directory);
    read_text(path, text);
    CHECK_SAYS(strstr(text, "story:"), " b#1 ");
    remove_tree(directory);
}

TEST(a_tree_that_survives) {
    CHECK_EXIT("explore " SURVIVOR " --seeds 1..30", 0);
    CHECK_SAYS(the_program.out, "every life survived\n");
    CHECK_SAYS(the_program.out, "exit ");
    CHECK_SAYS(the_program.out, "kill ");
    CHECK_SAYS(the_program.out, "segv ");
}

TEST(a_search_that_hits_nobody_shows_nothing) {
    CHECK_EXIT("explore " SURVIVOR " --seeds 1..5 --set explore.faults=[duplicate] "
               "--set load=[]",
               4);
    CHECK_SAYS(the_program.out, "nothing was hit");
}

TEST(who_looks_changes_nothing) {
    char one[32], many[32];
    CHECK_EXIT("explore " SURVIVOR " --seeds 5..44 --jobs 1", 0);
    snprintf(one, sizeof one, "%s", traces());
    CHECK_EXIT("explore " SURVIVOR " --seeds 5..44 --jobs 7", 0);
    snprintf(many, sizeof many, "%s", traces());
    CHECK_STR(one, many);
    CHECK_EXIT("explore " SURVIVOR " --seeds 6..45 --jobs 2", 0);
    CHECK(strcmp(one, traces()) != 0);
}

TEST(enough_is_enough) {
    char directory[128];
    snprintf(directory, sizeof directory, "%s", scratch("failures"));
    CHECK_EXIT(command_line("explore " TWO_OWNERS
                            " --seeds 1..100000 --first 1 --shrink 1s --output %s",
                            directory),
               1);
    CHECK_SAYS(the_program.out, "orphans at tables/*\n");
    remove_tree(directory);
}

TEST(a_life_that_takes_its_process_along_is_a_finding) {
    char directory[128];
    snprintf(directory, sizeof directory, "%s", scratch("failures"));
    CHECK_EXIT(command_line("%s --output %s --shrink 1s --set explore.faults=[vanish,kill]",
                            with_words("explore " SURVIVOR " --seeds 1..9"), directory),
               1);
    CHECK_SAYS(the_program.out, "  aborted\n");
    CHECK_SAYS(the_program.out, "the run ended its process with status 3");
    CHECK_EXIT(command_line("%s %s/survivor-aborted.yaml", with_words("replay"), directory), 1);
    CHECK_SAYS(the_program.out, "repeated: aborted: ");
    remove_tree(directory);
}

#define ENDLESS "--set load.callers.rate=max --set phases.run=10h"

/* A limit of the machine's time says nothing of the tree: that is no failure, and not survived. */
TEST(a_life_that_takes_too_long_is_told_and_no_failure) {
    char directory[128];
    snprintf(directory, sizeof directory, "%s", scratch("failures"));
    CHECK_EXIT(command_line("explore " SURVIVOR
                            " --seeds 7..8 --life-timeout 300ms --output %s " ENDLESS,
                            directory),
               6);
    CHECK_SAYS(the_program.out, "  2 of 2 lives took longer than a life may by the wall's clock");
    CHECK_SAYS(the_program.out, "first with seed 7, ended after at least ");
    CHECK_SAYS(the_program.out, " of 36001 s simulated; that limit is of the\n");
    CHECK(!strstr(the_program.out, "failed, in"));
    CHECK(!strstr(the_program.out, "survived"));
    CHECK(access(directory, F_OK) != 0);
    CHECK_SAYS(the_program.err, "2 lives had not ended after 300 ms of real time, first that of "
                                "seed 7; to give it longer:\n");
    CHECK_SAYS(the_program.err, ENDLESS " --seeds 7..7 --life-timeout 3010ms\n");
}

/* A minute of its own time takes longer than a second of the wall, or it is more than half over. */
TEST(how_far_a_late_life_has_come_is_known) {
    unsigned whole = 0;
    double reached = 0;
    CHECK_EXIT("explore " SURVIVOR " --seeds 7..7 --life-timeout 1s --set phases.run=10h "
               "--set load.callers.rate=1k/s",
               6);
    const char *at = strstr(the_program.out, "at least ");
    CHECK(at && sscanf(at, "at least %lf s of %u s", &reached, &whole) == 2);
    CHECK(reached >= 1 && reached < 36001);
}

/* ------------------------------------------------------------------ more than one thing fails */

/* Expectations of which none holds. */
static const char *expect(unsigned count) {
    static char text[2048];
    size_t used = (size_t)snprintf(text, sizeof text, "--set 'expect=[");
    for (unsigned i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%scalls.issued == %u",
                                 i ? "," : "", 100001 + i);
    snprintf(text + used, sizeof text - used, "]'");
    return text;
}

TEST(all_that_fails_in_a_life_is_counted) {
    char directory[128], arguments[3072];
    snprintf(directory, sizeof directory, "%s", scratch("failures"));
    snprintf(arguments, sizeof arguments,
             "explore " SURVIVOR " --seeds 1..3 --shrink 0s --output %s %s", directory, expect(20));
    CHECK_EXIT(arguments, 1);
    CHECK_SAYS(the_program.out, "3 of 3 lives failed, in 20 ways:\n");
    CHECK_INT(count(the_program.out, "      3 of 3 lives, first with seed 1: it was "), 20);
    CHECK(!strstr(the_program.out, "no room"));
    remove_tree(directory);
}

TEST(what_finds_no_room_is_counted) {
    char directory[128], arguments[3072];
    snprintf(directory, sizeof directory, "%s", scratch("failures"));
    snprintf(arguments, sizeof arguments,
             "explore " SURVIVOR " --seeds 1..2 --shrink 0s --quiet --output %s --export-json "
             "%s.json %s",
             directory, directory, expect(66));
    CHECK_EXIT(arguments, 1);
    CHECK_EXIT(command_line("merge %s.json", directory), 1);
    CHECK_SAYS(the_program.out, "2 of 2 lives failed, in 64 ways:\n");
    CHECK_SAYS(the_program.out, "  and 4 failures of yet other kinds, for which there was no room");
    remove_tree(directory);
    CHECK_INT(unlink(command_line("%s.json", directory)), 0);
}

/* Where it is not the same place, a check goes on telling. */
TEST(a_check_tells_of_each_place) {
    char path[128], text[2048];
    size_t used = (size_t)snprintf(text, sizeof text,
                                   "scenario: many\n"
                                   "clocks: [virtual]\n"
                                   "tree:\n"
                                   "  id: top\n"
                                   "  intensity: 1000\n"
                                   "  children:\n");
    for (int i = 0; i < 12; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "    - { id: e%d, worker: echo, backoff: 10s }\n", i);
    snprintf(text + used, sizeof text - used,
             "phases: { run: 1s, heal: 1s }\n"
             "faults: [{ crash: '*', how: kill, pick: all, at: 100ms }]\n"
             "checks: [healed]\n");
    snprintf(path, sizeof path, "%s", scratch("many.yaml"));
    write_text(path, text);
    CHECK_EXIT(command_line("run %s", path), 1);
    CHECK_INT(count(the_program.out, "healed e"), 12);
    unlink(path);
}

/* At one place eight are as good as many. */
TEST(a_check_tells_no_more_of_one_place) {
    CHECK_EXIT("run " TWO_OWNERS " --set setup[0].count=20 --set checks=[orphans] --set "
               "'faults=[{ crash: tables/*, how: kill, pick: all, at: 1s }]'",
               1);
    CHECK_INT(count(the_program.out, "orphans tables/"), 8);
    CHECK_SAYS(the_program.out, "and 24 more");
}

/* ------------------------------------------------------------------ the talk */

/* Whatever its names, counts and periods are. `places` are where each of the five is found. */
static void find_the_talks_bugs(const char *path, const char *const places[5]) {
    char directory[128];
    snprintf(directory, sizeof directory, "%s", scratch("failures"));
    CHECK_EXIT(command_line("explore %s --seeds 1..3 --shrink 0s --output %s", path, directory), 1);
    for (int i = 0; i < 5; i++) CHECK_SAYS(the_program.out, places[i]);
    remove_tree(directory);
}

TEST(the_talks_bugs_are_found) {
    static const char *const places[] = {"orphans at tables/*", "registry_stale at tables/*",
                                         "expect: escalations == 0", "alive at high_scores",
                                         "expect: scores.lost == 0"};
    find_the_talks_bugs("scenarios/talk/as_presented.yaml", places);
}

/* Replaces every `from`; the longest first, where one is part of another. */
static void replace_all(char text[PROGRAM_TEXT], const char *from, const char *to) {
    static char made[PROGRAM_TEXT];
    size_t used = 0;
    for (const char *at = text; *at; at++) {
        bool is_from = strncmp(at, from, strlen(from)) == 0;
        used += (size_t)snprintf(made + used, sizeof made - used, "%.*s", is_from ? 100 : 1,
                                 is_from ? to : at);
        if (is_from) at += strlen(from) - 1;
    }
    snprintf(text, PROGRAM_TEXT, "%s", made);
}

TEST(the_talks_bugs_are_found_under_other_names) {
    static const char *const places[] = {"orphans at boards/*", "registry_stale at boards/*",
                                         "expect: escalations == 0", "alive at arcade",
                                         "expect: scores.lost == 0"};
    static const char *const changes[][2] = {{"tables: tables", "tables: boards"},
                                             {"id: tables", "id: boards"},
                                             {"crash: tables/*", "crash: boards/*"},
                                             {"id: high_scores", "id: arcade"},
                                             {"id: registry", "id: index"},
                                             {"target: registry", "target: index"},
                                             {"add_games: registry", "add_games: index"},
                                             {"count: 8", "count: 5"},
                                             {"period: 5s", "period: 7s"},
                                             {"intensity: 3 ", "intensity: 4 "},
                                             {"storm: 20s", "storm: 30s"}};
    static char text[PROGRAM_TEXT];
    const char *path = scratch("copy.yaml");
    read_text("scenarios/talk/as_presented.yaml", text);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        replace_all(text, changes[i][0], changes[i][1]);
    CHECK(strstr(text, "tables/") == NULL && strstr(text, "id: boards") != NULL);
    write_text(path, text);
    find_the_talks_bugs(path, places);
    unlink(path);
}

/* ------------------------------------------------------------------ what makes no sense */

/* Not after hours. */
TEST(where_failures_go_is_known_before_the_search) {
    const char *file = scratch("no-folder");
    write_text(file, "");
    CHECK_EXIT(command_line("explore " SURVIVOR " --seeds 1..1000000000 -o %s", file), 2);
    CHECK_SAYS(the_program.err, "is no directory");
    CHECK_EXIT("explore " SURVIVOR " --seeds 1..1000000000 -o /nowhere/at/all", 2);
    CHECK_SAYS(the_program.err, "/nowhere/at/all: No such file or directory");
    unlink(file);
}

/* A search whose failures are nowhere is not whole. */
TEST(failures_that_cannot_be_written_are_told) {
    char folder[128];
    snprintf(folder, sizeof folder, "%s", scratch("taken"));
    CHECK_INT(mkdir(folder, 0777), 0);
    write_text(command_line("%s/two_owners-orphans-tables.yaml", folder), "mine\n");
    CHECK_EXIT(command_line("explore " TWO_OWNERS " --seeds 1..10 --shrink 100ms -o %s", folder),
               6);
    CHECK_SAYS(the_program.err, "exists and is no file of this kind");
    CHECK_SAYS(the_program.err, "were not written");
    remove_tree(folder);
}

/* Whoever reads it wants nothing else. */
TEST(an_export_has_standard_output_for_itself) {
    char path[128];
    snprintf(path, sizeof path, "%s", scratch("one"));
    CHECK_EXIT("explore " SURVIVOR " --seeds 1..5 --export-json -", 0);
    json_t *told = json_loads(the_program.out, 0, NULL);
    CHECK(told != NULL);
    json_decref(told);
    CHECK_SAYS(the_program.err, "5 lives");
    CHECK_EXIT(command_line("explore " SURVIVOR " --seeds 1..5 --export-json %s", path), 0);
    CHECK_EXIT(command_line("merge %s -o -", path), 0);
    told = json_loads(the_program.out, 0, NULL);
    CHECK(told != NULL);
    json_decref(told);
    CHECK_EXIT(command_line("merge %s -o CMakeLists.txt", path), 2);
    CHECK_SAYS(the_program.err, "--force");
    CHECK_STR(the_program.out, "");
    unlink(path);
    CHECK_EXIT(command_line("explore " SURVIVOR " --seeds 1..5 --export-json %s --export-html %s",
                            path, path),
               2);
    CHECK_SAYS(the_program.err, "two exports to one file");
    CHECK(!exists(path));
}

TEST(what_makes_no_sense_is_refused) {
    CHECK_EXIT("explore " SURVIVOR " --seeds 1..100000 --export-json /no/such/place.json", 2);
    CHECK_SAYS(the_program.err, "/no/such/place.json");
    CHECK_EXIT("explore " SURVIVOR " --seeds 5..1", 2);
    CHECK_SAYS(the_program.err, "the first is behind the last");
    CHECK_EXIT("explore " SURVIVOR " --seeds x", 2);
    CHECK_EXIT("explore " SURVIVOR " --seeds 0..18446744073709551615", 2);
    CHECK_EXIT("explore " SURVIVOR " --set explore.max_rate=0/s", 2);
    CHECK_EXIT("explore " SURVIVOR " --set explore.protect=[root,a,b,c,d]", 2);
    CHECK_SAYS(the_program.err, "leaves nobody");
    CHECK_EXIT("explore " SURVIVOR " --shard 3/2", 2);
    CHECK_SAYS(the_program.err, "there is no shard 3 of 2");
    CHECK_EXIT("explore " SURVIVOR " --jobs 0", 2);
    CHECK_EXIT("explore " SURVIVOR " --first 0", 2);
    CHECK_EXIT("explore", 2);
    CHECK_EXIT("replay " SURVIVOR, 2);
    CHECK_SAYS(the_program.err, "this is no file of a failure");
    CHECK_EXIT("explore " SURVIVOR " --set clocks=[real]", 2);
}

TEST_MAIN()
