/* explore_test.c: `respawn explore`, `replay` and `merge`: what is found is made small, repeats
 * exactly, and does not depend on who looked for it.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/sanitize.h"
#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#include <jansson.h>

#define TWO_OWNERS "scenarios/cli/test/two_owners.yaml"
#define SURVIVOR   "scenarios/cli/test/survivor.yaml"
#define SLOW_START "scenarios/cli/test/slow_start.yaml"

static void remove_tree(const char *directory) {
    char text[256];
    snprintf(text, sizeof text, "rm -rf %s", directory);
    CHECK_INT(system(text), 0);
}

/* What the search prints behind "traces". */
static const char *traces(void) {
    static char text[4][32];
    static unsigned next;
    char *word = text[next++ % 4];
    const char *at = strstr(the_program.out, "traces");
    CHECK(at != NULL);
    CHECK_INT(sscanf(at, "traces %16s", word), 1);
    return word;
}

static size_t count(const char *text, const char *part) {
    size_t times = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part)) times++;
    return times;
}

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

/* What one shard has not seen another may. */
TEST(a_shard_may_miss_what_is_to_be_seen) {
    static const char set[] = "--set 'sometimes=[calls.issued == 1]'";
    CHECK_EXIT(command_line("explore " SURVIVOR " --seeds 1..4 %s", set), 1);
    CHECK_SAYS(the_program.out, "NOT SEEN");
    CHECK_EXIT(command_line("explore " SURVIVOR " --seeds 1..4 --shard 1/2 %s", set), 0);
    CHECK_SAYS(the_program.out, "not here");
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

/* With a plugin whose fault `vanish` ends the program. */
static const char *with_words(const char *arguments) {
    static char text[1024];
    const char *build = getenv("RESPAWN_BUILD");
    snprintf(text, sizeof text, "%s --plugin %s/tests/words_good.so", arguments,
             build ? build : ".");
    return text;
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

TEST(what_was_found_in_the_talk_still_repeats) {
    static const char *const names[] = {"first_crash", "second_crash", "fourth_crash",
                                        "eighth_crash", "scores_lost"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        CHECK_EXIT(command_line("replay scenarios/talk/found/%s.yaml", names[i]), 1);
        CHECK_SAYS(the_program.out, "repeated: ");
    }
}

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

/* ------------------------------------------------------------------ repeating */

static const char *failure_file(char directory[128]) {
    static char path[256];
    snprintf(directory, 128, "%s", scratch("failures"));
    CHECK_EXIT(
        command_line("explore " TWO_OWNERS " --seeds 1..10 --shrink 3s --output %s", directory), 1);
    snprintf(path, sizeof path, "%s/two_owners-orphans-tables.yaml", directory);
    return path;
}

/* Rewrites the file with the first `from` replaced. */
static void change(const char *path, const char *from, const char *to) {
    static char text[PROGRAM_TEXT], changed[PROGRAM_TEXT];
    read_text(path, text);
    const char *at = strstr(text, from);
    CHECK(at != NULL);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    write_text(path, changed);
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

/* ------------------------------------------------------------------ shards */

static const char *shard_file(const char *directory, int index) {
    static char path[2][256];
    snprintf(path[index % 2], sizeof *path, "%s/%d.json", directory, index);
    return path[index % 2];
}

static void explore_shard(const char *directory, int index, int shards, const char *more) {
    CHECK_EXIT(command_line("explore " SURVIVOR " --seeds 5..44 --shard %d/%d --export-json %s %s",
                            index, shards, shard_file(directory, index), more),
               0);
}

TEST(shards_are_the_whole) {
    char directory[128], whole[32];
    snprintf(directory, sizeof directory, "%s", scratch("shards"));
    CHECK_INT(mkdir(directory, 0777), 0);
    CHECK_EXIT("explore " SURVIVOR " --seeds 5..44", 0);
    snprintf(whole, sizeof whole, "%s", traces());
    for (int i = 1; i <= 3; i++) explore_shard(directory, i, 3, "");
    CHECK_EXIT(command_line("merge %s/1.json %s/3.json %s/2.json -o %s/all.json", directory,
                            directory, directory, directory),
               0);
    CHECK_STR(traces(), whole);
    CHECK_SAYS(the_program.out, "40 lives, seeds 5..44, joined from 3 shards");
    remove_tree(directory);
}

TEST(what_does_not_fit_is_refused) {
    char directory[128];
    snprintf(directory, sizeof directory, "%s", scratch("shards"));
    CHECK_INT(mkdir(directory, 0777), 0);
    explore_shard(directory, 1, 2, "");
    CHECK_EXIT(command_line("merge %s/1.json", directory), 2);
    CHECK_SAYS(the_program.err, "shard 2 of 2 is missing");
    CHECK_EXIT(command_line("merge %s/1.json %s/1.json", directory, directory), 2);
    CHECK_SAYS(the_program.err, "both are shard 1");
    explore_shard(directory, 2, 2, "--set tree.intensity=99");
    CHECK_EXIT(command_line("merge %s/1.json %s/2.json", directory, directory), 2);
    CHECK_SAYS(the_program.err, "their plans differ");
    explore_shard(directory, 2, 2, "--force");
    change(shard_file(directory, 2), "1 to 8 blows", "1 to 9 blows");
    CHECK_EXIT(command_line("merge %s/1.json %s/2.json", directory, directory), 2);
    CHECK_SAYS(the_program.err, "their envelopes differ");
    CHECK_EXIT(command_line("merge %s/1.json scenarios/smoke.yaml", directory), 2);
    change(shard_file(directory, 1), "\"failed\": 0", "\"failed\": 3");
    CHECK_EXIT(command_line("merge %s/1.json %s/2.json", directory, directory), 2);
    CHECK_SAYS(the_program.err, "'failures' is missing or odd");
    CHECK_EXIT(command_line("merge %s/1.json %s/none.json", directory, directory), 2);
    CHECK_EXIT("merge", 2);
    remove_tree(directory);
}

/* Of another file in it, wherever it lies and whatever its name is. */
TEST(shards_of_different_plugins_are_refused) {
    char directory[128];
    const char *build = getenv("RESPAWN_BUILD");
    snprintf(directory, sizeof directory, "%s", scratch("shards"));
    CHECK_INT(mkdir(directory, 0777), 0);
    explore_shard(directory, 1, 2, with_words(""));
    explore_shard(directory, 2, 2, "");
    CHECK_EXIT(command_line("merge %s/1.json %s/2.json", directory, directory), 2);
    CHECK_SAYS(the_program.err, "they ran with different plugins: words_good.so (0x");
    CHECK_SAYS(the_program.err, "); and none\n");
    CHECK_INT(system(command_line("cp %s/tests/words_good.so %s/other.so", build ? build : ".",
                                  directory)),
              0);
    char plugin[256];
    snprintf(plugin, sizeof plugin, "--force --plugin %s/other.so", directory);
    explore_shard(directory, 2, 2, plugin);
    CHECK_EXIT(command_line("merge %s/1.json %s/2.json", directory, directory), 0);
    CHECK_INT(system(command_line("printf x >> %s/other.so", directory)), 0);
    explore_shard(directory, 2, 2, plugin);
    CHECK_EXIT(command_line("merge %s/1.json %s/2.json", directory, directory), 2);
    CHECK_SAYS(the_program.err, "different plugins: words_good.so (0x");
    CHECK_SAYS(the_program.err, "; and other.so (0x");
    remove_tree(directory);
}

/* The same by a real program that starts others, which tells each its number. */
TEST(gnu_parallel_spreads_a_search) {
    char directory[128], whole[32], text[1024];
    const char *build = getenv("RESPAWN_BUILD");
    snprintf(directory, sizeof directory, "%s", scratch("shards"));
    CHECK_INT(mkdir(directory, 0777), 0);
    CHECK_EXIT("explore " SURVIVOR " --seeds 5..44", 0);
    snprintf(whole, sizeof whole, "%s", traces());
    snprintf(text, sizeof text,
             "seq 4 | parallel --will-cite -j2 '%s/respawn explore " SURVIVOR
             " --quiet --jobs 1 --seeds 5..44 --shard auto/4 --export-json %s/{}.json'",
             build ? build : ".", directory);
    CHECK_INT(system(text), 0);
    CHECK_EXIT(command_line("merge %s/1.json %s/2.json %s/3.json %s/4.json", directory, directory,
                            directory, directory),
               0);
    CHECK_STR(traces(), whole);
    remove_tree(directory);
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
