/* shard_test.c: which part of a search this process is to do.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/shard.h"

#include "runtime/base/test/test.h"

#include <stdlib.h>

static uint64_t shard, shards;
static char why[512];

static bool read(const char *text) {
    shard = shards = 0;
    *why = 0;
    return rs_shard_read(text, &shard, &shards, why, sizeof why);
}

static void forget(void) {
    static const char *const names[] = {
        "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN",   "SLURM_ARRAY_TASK_COUNT",
        "CI_NODE_INDEX",       "CI_NODE_TOTAL",          "JOB_COMPLETION_INDEX",
        "CIRCLE_NODE_INDEX",   "BUILDKITE_PARALLEL_JOB", "PARALLEL_SEQ"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) unsetenv(names[i]);
}

TEST(an_index_and_a_count) {
    CHECK(read("2/8"));
    CHECK_INT(shard, 2);
    CHECK_INT(shards, 8);
    CHECK(read("1/1"));
}

TEST(what_makes_no_sense_is_refused) {
    static const char *const texts[] = {"0/3", "4/3",   "-1/3",   "1",
                                        "/3",  "1/",    "a/3",    "1/3x",
                                        "1/0", "auto/", "auto/x", "99999999999999999999/3"};
    forget();
    setenv("PARALLEL_SEQ", "1", 1);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        CHECK(!read(texts[i]));
        CHECK(*why);
    }
}

TEST(a_slurm_array_may_begin_anywhere) {
    forget();
    setenv("SLURM_ARRAY_TASK_ID", "12", 1);
    setenv("SLURM_ARRAY_TASK_MIN", "10", 1);
    setenv("SLURM_ARRAY_TASK_COUNT", "4", 1);
    CHECK(read("auto"));
    CHECK_INT(shard, 3);
    CHECK_INT(shards, 4);
}

TEST(kubernetes_counts_from_0_and_tells_no_count) {
    forget();
    setenv("JOB_COMPLETION_INDEX", "0", 1);
    CHECK(!read("auto"));
    CHECK(read("auto/5"));
    CHECK_INT(shard, 1);
    CHECK_INT(shards, 5);
    setenv("JOB_COMPLETION_INDEX", "5", 1);
    CHECK(!read("auto/5"));
}

TEST(gitlab_tells_both) {
    forget();
    setenv("CI_NODE_INDEX", "2", 1);
    setenv("CI_NODE_TOTAL", "2", 1);
    CHECK(read("auto"));
    CHECK_INT(shard, 2);
}

TEST(nobody_tells) {
    forget();
    CHECK(!read("auto"));
    CHECK(!read("auto/2"));
}

TEST_MAIN()
