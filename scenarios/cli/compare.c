/* compare.c: `respawn compare`: is what was recorded last slower than what was recorded before?
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/likeness.h"
#include "reports/verdict/sessions.h"
#include "scenarios/cli/baselines.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/comparison.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/streams.h"
#include "scenarios/cli/verdicts.h"

#include <stdio.h>

#define WHY_BYTES 1024u

/* ------------------------------------------------------------------ what may be compared */

static bool read_all(rs_comparison *comparison, const rs_options *options) {
    if (options->argument_count < 2)
        return rs_streams_refuse("usage: respawn compare [FLAGS] BASE… NEW (%u given): baselines "
                                 "by name or file, or results; the last is what is judged",
                                 options->argument_count);
    uint32_t last = options->argument_count - 1;
    for (uint32_t i = 0; i < last; i++)
        if (!rs_baselines_read(&comparison->base, options->arguments[i])) return false;
    if (comparison->base.sessions.count == 0)
        return rs_streams_refuse("%s has no session", options->arguments[0]);
    if (comparison->base.sessions.count > RS_SESSIONS_MAX)
        return rs_streams_refuse("more than %u sessions to compare with", RS_SESSIONS_MAX);
    comparison->result = rs_baselines_result(options->arguments[last]);
    if (!comparison->result) return false;
    return rs_baselines_take(&comparison->now, comparison->result, options->arguments[last]);
}

static bool refuse(const rs_baseline_session *a, const rs_baseline_session *b, const char *why) {
    return rs_streams_refuse("%s and %s cannot be compared: %s", a->source, b->source, why);
}

/* In virtual time whoever says the same is the same. */
static bool is_double(const rs_baseline_session *a, const rs_baseline_session *b) {
    return !rs_baseline_is_virtual(a) && rs_likeness_are_one(a, b);
}

static bool may_stand_beside(const rs_comparison *comparison, size_t index) {
    const rs_baseline_session *one = &comparison->base.sessions.at[index],
                              *now = &comparison->now.sessions.at[0];
    char why[WHY_BYTES];
    if (!rs_likeness_ask_alike(one, now, why, sizeof why)) return refuse(one, now, why);
    if (is_double(one, now)) return refuse(one, now, "they are one and the same session");
    for (size_t i = 0; i < index; i++)
        if (is_double(&comparison->base.sessions.at[i], one))
            return refuse(&comparison->base.sessions.at[i], one,
                          "they are one and the same session");
    return true;
}

static bool is_possible(const rs_comparison *comparison) {
    for (size_t i = 0; i < comparison->base.sessions.count; i++)
        if (!may_stand_beside(comparison, i)) return false;
    return true;
}

/* ------------------------------------------------------------------ life */

static int run(rs_comparison *comparison, const rs_options *options) {
    rs_verdict_files files;
    if (!rs_verdict_files_open(&files, options)) return RS_EXIT_USAGE;
    rs_comparison_conclude(comparison, (double)options->threshold_ppm / 1e6);
    return rs_verdict_files_tell(&files, options, &comparison->verdict);
}

int rs_command_compare(const rs_options *options) {
    char name[512];
    rs_comparison comparison = {.name = name};
    int status = RS_EXIT_USAGE;
    snprintf(name, sizeof name, "%.400s%s", options->argument_count ? options->arguments[0] : "",
             options->argument_count > 2 ? " …" : "");
    if (read_all(&comparison, options) && is_possible(&comparison))
        status = run(&comparison, options);
    rs_comparison_fini(&comparison);
    return status;
}
