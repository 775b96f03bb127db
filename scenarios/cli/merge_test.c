/* merge_test.c: `respawn merge`: shards of a search are the whole, or they are refused.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/test/search.h"

/* What one shard has not seen another may. */
TEST(a_shard_may_miss_what_is_to_be_seen) {
    static const char set[] = "--set 'sometimes=[calls.issued == 1]'";
    CHECK_EXIT(command_line("explore " SURVIVOR " --seeds 1..4 %s", set), 1);
    CHECK_SAYS(the_program.out, "NOT SEEN");
    CHECK_EXIT(command_line("explore " SURVIVOR " --seeds 1..4 --shard 1/2 %s", set), 0);
    CHECK_SAYS(the_program.out, "not here");
}

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

TEST_MAIN()
