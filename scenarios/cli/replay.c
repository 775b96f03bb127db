/* replay.c: `respawn replay`: repeats the failure that a file of a search shows.
 *
 * With the build that wrote it the repetition is exact: the same trace. With another one it is
 * tolerant, since costs and orders may have changed: it counts that the same check fails at the
 * same place, and which blows found nobody is told.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/command.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/scenario.h"
#include "scenarios/cli/streams.h"
#include "scenarios/engine/map.h"
#include "scenarios/engine/strikes.h"
#include "scenarios/explore/apart.h"
#include "scenarios/explore/failure.h"
#include "scenarios/language/fault_strikes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* As many lines as anybody reads. */
#define UNMATCHED_MAX 16u

/* In memory that parent and child share. */
typedef struct rs_replay_notes {
    rs_findings findings;
    uint32_t unmatched_count;
    char unmatched[UNMATCHED_MAX][160];
} rs_replay_notes;

static void note_unmatched(rs_replay_notes *notes, const rs_shared *shared, uint32_t fault) {
    for (uint32_t i = 0; i < rs_strikes_count(shared, fault); i++) {
        const rs_blow *blow = &shared->blows.lists[fault].at[i];
        char text[RS_FAULT_STRIKES_BYTES];
        if (rs_load(&blow->landed, rs_relaxed) || !rs_strikes_is_blow(shared, fault, blow))
            continue;
        rs_strikes_print(shared, fault, i, text, sizeof text);
        if (notes->unmatched_count < UNMATCHED_MAX)
            snprintf(notes->unmatched[notes->unmatched_count], sizeof *notes->unmatched,
                     "%.40s: %.100s", shared->plan->faults[fault].id, text);
        notes->unmatched_count++;
    }
}

static void look(void *context, const rs_shared *shared) {
    rs_replay_notes *notes = context;
    notes->findings = shared->findings;
    for (uint32_t i = 0; i < shared->plan->fault_count; i++) note_unmatched(notes, shared, i);
}

static void print_story(const rs_replay_notes *notes, const rs_plan_failure *failure) {
    for (uint32_t i = 0; i < notes->findings.count; i++) {
        const rs_finding *finding = &notes->findings.at[i];
        if (strcmp(finding->check->name, failure->check) != 0) continue;
        for (uint32_t k = 0; k < finding->event_count; k++)
            printf("  %s\n", finding->events[k].text);
        return;
    }
}

static void print_unmatched(const rs_replay_notes *notes) {
    for (uint32_t i = 0; i < notes->unmatched_count && i < UNMATCHED_MAX; i++)
        printf("  hit nobody: %s\n", notes->unmatched[i]);
    if (notes->unmatched_count > UNMATCHED_MAX)
        printf("  … and %u more\n", notes->unmatched_count - UNMATCHED_MAX);
}

static bool is_same_build(const rs_plan_failure *failure) {
    char build[256];
    return strcmp(failure->build, rs_failure_build(build, sizeof build)) == 0;
}

static int judge(const rs_plan_failure *failure, const rs_attempt *attempt,
                 const rs_replay_notes *notes) {
    char hash[32];
    const rs_attempt_failure *shown = rs_attempt_find(attempt, failure->check, failure->path);
    bool same = is_same_build(failure);
    snprintf(hash, sizeof hash, "1:%016" PRIx64, attempt->hash);
    bool exact = strcmp(hash, failure->hash) == 0;
    if (!shown) {
        printf("not repeated: %s%s%s holds\n", failure->check, *failure->path ? " at " : "",
               failure->path);
        print_unmatched(notes);
        return RS_EXIT_NONDETERMINISM;
    }
    printf("repeated: %s%s%s: %s\n", shown->check, *shown->path ? " at " : "", shown->path,
           shown->text);
    print_story(notes, failure);
    if (exact)
        printf("exactly: every event and every call is the same (%s)\n", hash);
    else if (same)
        printf("but not exactly: the trace is %s, it was %s with this very build\n", hash,
               failure->hash);
    else
        printf("with another build than the one that found it (%s); the trace differs\n",
               failure->build);
    print_unmatched(notes);
    return same && !exact ? RS_EXIT_NONDETERMINISM : RS_EXIT_FAILED;
}

static int replay(const rs_options *options, const rs_plan *plan) {
    uint64_t timeout_ns = options->timeout_ns ? options->timeout_ns : UINT64_C(60000000000);
    rs_replay_notes *notes = rs_map_create(sizeof *notes);
    rs_attempt attempt;
    int status = RS_EXIT_ABORTED;
    if (notes && rs_apart_run(plan, plan->runtime.seed, timeout_ns, &attempt, look, notes))
        status = judge(plan->failure, &attempt, notes);
    else
        rs_streams_refuse("no process for the run");
    rs_map_destroy(notes, sizeof *notes);
    return status;
}

int rs_command_replay(const rs_options *options) {
    rs_plan *plan = rs_scenario_load(options);
    int status = RS_EXIT_USAGE;
    if (plan && !plan->failure)
        rs_streams_refuse("%s: this is no file of a failure: `respawn explore` writes those "
                          "(respawn run repeats a scenario)",
                          options->arguments[0]);
    else if (plan)
        status = replay(options, plan);
    rs_plan_destroy(plan);
    return status;
}
