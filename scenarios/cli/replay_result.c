/* replay_result.c: repeats the run that a result file tells of.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/replay_result.h"

#include "reports/rows.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/once.h"
#include "scenarios/cli/result_file.h"
#include "scenarios/cli/scenario.h"
#include "scenarios/cli/streams.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool rs_replay_is_result(const char *path) {
    FILE *file = fopen(path, "r");
    int first = ' ';
    while (file && (first == ' ' || first == '\n')) first = fgetc(file);
    if (file) fclose(file);
    return file && first == '{';
}

static char *format_set(const char *key, const char *value) {
    char *text = rs_rows_alloc(strlen(key) + strlen(value) + 2);
    sprintf(text, "%s=%s", key, value);
    return text;
}

/* The command line that made the result, but for what it wrote. Owner: fini_options. */
static void make_options(rs_options *made, const rs_options *options, const rs_result *result) {
    char seed[24];
    *made = *options;
    made->arguments = &result->scenario_file;
    made->argument_count = 1;
    made->sets = rs_rows_alloc(sizeof *made->sets * (result->settings.count + 3));
    made->set_count = 0;
    for (size_t i = 0; i < result->settings.count; i++)
        made->sets[made->set_count++] =
            format_set(result->settings.at[i].key, result->settings.at[i].value);
    snprintf(seed, sizeof seed, "0x%" PRIx64, result->seed);
    made->sets[made->set_count++] = format_set("runtime.seed", seed);
    made->sets[made->set_count++] = format_set("runtime.clock", "virtual");
}

static void fini_options(rs_options *made) {
    for (uint32_t i = 0; i < made->set_count; i++) free(made->sets[i]);
    free(made->sets);
}

static int compare(const rs_result *before, const rs_once *once) {
    const char *after = once->result->trace_hash ? once->result->trace_hash : "";
    if (once->result->status != RS_RESULT_COMPLETE) return once->status;
    if (strcmp(after, before->trace_hash) == 0) {
        printf("repeated exactly: every event and every call is the same (%s)\n", after);
        return once->status;
    }
    printf("not repeated: the trace is %s, it was %.64s\n", after, before->trace_hash);
    return RS_EXIT_NONDETERMINISM;
}

static int replay(const rs_options *options, const rs_result *before) {
    rs_plan *plan = rs_scenario_load(options);
    int status = RS_EXIT_USAGE;
    if (plan && before->scenario_hash && strcmp(plan->source_hash, before->scenario_hash) != 0) {
        rs_streams_refuse("%s: it has changed since that result was made", options->arguments[0]);
    } else if (plan) {
        rs_once once = rs_once_run(options, plan, before->seed, (rs_once_story){.events_fd = -1});
        status = once.at_once ? RS_EXIT_ABORTED : compare(before, &once);
        rs_result_destroy(once.result);
    }
    rs_plan_destroy(plan);
    return status;
}

int rs_replay_result(const rs_options *options) {
    rs_result *before = rs_result_file_read(options->arguments[0]);
    int status = RS_EXIT_USAGE;
    rs_options made;
    if (!before) return status;
    if (options->set_count) {
        rs_streams_refuse("a result is repeated as it was: leave out --set and --seed");
    } else if (!rs_result_is_whole(before)) {
        rs_streams_refuse("%s: only a whole run can be repeated; this one is %s",
                          options->arguments[0], rs_result_status_word(before->status));
    } else if (!before->clock || strcmp(before->clock, "virtual") != 0 || !before->trace_hash ||
               !before->scenario_file) {
        rs_streams_refuse("%s: only a run in virtual time repeats exactly; this one was not",
                          options->arguments[0]);
    } else {
        make_options(&made, options, before);
        status = replay(&made, before);
        fini_options(&made);
    }
    rs_result_destroy(before);
    return status;
}
