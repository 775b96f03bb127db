/* merge.c: `respawn merge`: joins the shards of a search.
 *
 * What is joined is what would have been found without cutting: the same plan, the same build,
 * every shard once. Anything else is refused, since it would claim lives that nobody has lived.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/command.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/files.h"
#include "scenarios/cli/streams.h"
#include "scenarios/cli/summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct rs_merge {
    const rs_options *options;
    rs_account *accounts; /* as many as arguments */
    uint32_t count;       /* that were read */
    rs_files files;
    rs_file *file; /* NULL: not asked for */
} rs_merge;

static bool read_all(rs_merge *merge) {
    const rs_options *options = merge->options;
    bool fine = true;
    for (uint32_t i = 0; i < options->argument_count; i++) {
        char why[256];
        rs_account *account = &merge->accounts[merge->count];
        if (rs_account_read(account, options->arguments[i], why, sizeof why))
            merge->count++;
        else
            fine = rs_streams_refuse("%s: %s", options->arguments[i], why);
    }
    return fine;
}

static bool are_of_one_search(const rs_merge *merge) {
    const char *const *names = merge->options->arguments;
    for (uint32_t i = 1; i < merge->count; i++) {
        char why[1024];
        if (!rs_account_differs(&merge->accounts[0], &merge->accounts[i], why, sizeof why))
            continue;
        return rs_streams_refuse("%s, %s: %s", names[0], names[i], why);
    }
    return true;
}

/* No shard twice, and none missing. */
static bool are_whole(const rs_merge *merge) {
    const char *const *names = merge->options->arguments;
    uint64_t shards = merge->accounts[0].shards;
    for (uint32_t i = 0; i < merge->count; i++) {
        const rs_account *account = &merge->accounts[i];
        if (!account->shard) return rs_streams_refuse("%s: it is joined already", names[i]);
        for (uint32_t k = 0; k < i; k++)
            if (merge->accounts[k].shard == account->shard)
                return rs_streams_refuse("%s, %s: both are shard %" PRIu64, names[k], names[i],
                                         account->shard);
    }
    if (merge->count == shards) return true;
    for (uint64_t shard = 1; shard <= shards; shard++) {
        bool there = false;
        for (uint32_t i = 0; i < merge->count; i++) there |= merge->accounts[i].shard == shard;
        if (!there)
            return rs_streams_refuse("shard %" PRIu64 " of %" PRIu64 " is missing", shard, shards);
    }
    return true;
}

/* A shard that was cut short has fewer lives than its seeds. */
static bool are_complete(const rs_merge *merge) {
    for (uint32_t i = 0; i < merge->count; i++) {
        const rs_account *account = &merge->accounts[i];
        const rs_crew_options crew = {.first_seed = account->first_seed,
                                      .last_seed = account->last_seed,
                                      .shard = account->shard,
                                      .shards = account->shards};
        if (account->search.lives != rs_crew_count(&crew))
            return rs_streams_refuse(
                "%s: it has %" PRIu64 " of its %" PRIu64 " lives; it was cut short",
                merge->options->arguments[i], account->search.lives, rs_crew_count(&crew));
    }
    return true;
}

static int join(rs_merge *merge) {
    rs_account *whole = &merge->accounts[0];
    for (uint32_t i = 1; i < merge->count; i++)
        rs_search_join(&whole->search, &merge->accounts[i].search);
    whole->shard = whole->shards > 1 ? 0 : whole->shard;
    rs_search_sort(&whole->search);
    FILE *out = rs_files_take_stdout(&merge->files) ? stderr : stdout;
    if (!merge->options->quiet) rs_summary_print(whole, NULL, out);
    if (merge->file) rs_account_write(whole, merge->file->stream);
    int status = rs_summary_status(whole);
    return rs_files_commit(merge->file) ? status : rs_exit_worse(status, RS_EXIT_ABORTED);
}

int rs_command_merge(const rs_options *options) {
    rs_merge merge = {
        .options = options,
        .accounts = rs_rows_alloc(sizeof *merge.accounts * ((size_t)options->argument_count + 1))};
    int status = RS_EXIT_USAGE;
    if (options->argument_count == 0)
        rs_streams_refuse("merge needs the files of all shards of a search");
    else if (read_all(&merge) && are_of_one_search(&merge) && are_whole(&merge) &&
             are_complete(&merge) &&
             rs_files_open(&merge.files, options->output, RS_ACCOUNT_MARK, options->force,
                           &merge.file))
        status = join(&merge);
    for (uint32_t i = 0; i < merge.count; i++) rs_account_fini(&merge.accounts[i]);
    free(merge.accounts);
    return status;
}
