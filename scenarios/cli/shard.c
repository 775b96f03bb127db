/* shard.c: which part of a search this process is to do.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/shard.h"

#include "runtime/base/units.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Who starts a program many times, and how it tells which time this is. */
typedef struct rs_shard_source {
    const char *index, *first, *count; /* variables; first NULL: counts from `from` */
    uint64_t from;
} rs_shard_source;

static const rs_shard_source sources[] = {
    {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_COUNT", 0},
    {"JOB_COMPLETION_INDEX", NULL, "JOB_COMPLETIONS", 0}, /* Kubernetes, an indexed job */
    {"CI_NODE_INDEX", NULL, "CI_NODE_TOTAL", 1},          /* GitLab */
    {"CIRCLE_NODE_INDEX", NULL, "CIRCLE_NODE_TOTAL", 0},
    {"BUILDKITE_PARALLEL_JOB", NULL, "BUILDKITE_PARALLEL_JOB_COUNT", 0},
    {"PARALLEL_SEQ", NULL, "PARALLEL_TOTAL", 1}, /* GNU parallel, which tells no count */
};
#define SOURCE_COUNT (sizeof sources / sizeof *sources)

static bool read_number(const char *text, uint64_t *number) {
    size_t digits = text ? strspn(text, "0123456789") : 0;
    if (!digits || text[digits] || digits > 18) return false;
    *number = strtoull(text, NULL, 10);
    return true;
}

/* True when `source` speaks at all. */
static bool ask(const rs_shard_source *source, uint64_t *shard, uint64_t *count, bool *counted) {
    uint64_t index, first = source->from;
    if (!read_number(getenv(source->index), &index)) return false;
    if (source->first && !read_number(getenv(source->first), &first)) first = source->from;
    *shard = index - first + 1;
    *counted = read_number(getenv(source->count), count);
    return index >= first;
}

static bool fail(char *why, size_t bytes, const char *text) {
    snprintf(why, bytes, "%s", text);
    return false;
}

static bool read_auto(const char *count, uint64_t *shard, uint64_t *shards, char *why,
                      size_t bytes) {
    uint64_t given = 0, told = 0;
    bool counted = false, found = false;
    if (count && !read_number(count, &given)) return fail(why, bytes, "expected auto/N");
    for (size_t i = 0; i < SOURCE_COUNT && !found; i++)
        found = ask(&sources[i], shard, &told, &counted);
    if (!found)
        return fail(why, bytes,
                    "nothing in the environment says which shard this is (SLURM_ARRAY_TASK_ID, "
                    "JOB_COMPLETION_INDEX, CI_NODE_INDEX, CIRCLE_NODE_INDEX, "
                    "BUILDKITE_PARALLEL_JOB, PARALLEL_SEQ)");
    if (!count && !counted)
        return fail(why, bytes, "the environment does not say of how many shards; auto/N does");
    *shards = count ? given : told;
    return true;
}

bool rs_shard_read(const char *text, uint64_t *shard, uint64_t *shards, char *why, size_t bytes) {
    const char *slash = strchr(text, '/');
    char index[32];
    snprintf(index, sizeof index, "%.*s", (int)(slash ? slash - text : 31), text);
    if (strcmp(index, "auto") == 0) {
        if (!read_auto(slash ? slash + 1 : NULL, shard, shards, why, bytes)) return false;
    } else if (!slash || !read_number(index, shard) || !read_number(slash + 1, shards)) {
        return fail(why, bytes, "expected I/N, such as 2/8, auto or auto/N");
    }
    if (*shard >= 1 && *shard <= *shards) return true;
    snprintf(why, bytes, "there is no shard %" PRIu64 " of %" PRIu64, *shard, *shards);
    return false;
}
