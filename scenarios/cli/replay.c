/* replay.c: `respawn replay`: repeats the failure that a file of a search shows.
 *
 * With the build that wrote it the repetition is exact: the same trace. With another one it is
 * tolerant, since costs and orders may have changed: it counts that the same check fails at the
 * same place, and it is told which blows found nobody, and which choices nobody to choose.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/escape.h"
#include "runtime/base/units.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/replay_result.h"
#include "scenarios/cli/scenario.h"
#include "scenarios/cli/streams.h"
#include "scenarios/engine/map.h"
#include "scenarios/engine/recording.h"
#include "scenarios/engine/strikes.h"
#include "scenarios/explore/apart.h"
#include "scenarios/explore/failure.h"
#include "scenarios/language/fault_strikes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* As many lines as anybody reads. */
#define UNMATCHED_MAX 16u

/* A choice of one who was not there. */
typedef struct rs_replay_unfit {
    uint64_t number; /* from 1 */
    uint32_t rank, ready;
} rs_replay_unfit;

/* In memory that parent and child share. */
typedef struct rs_replay_notes {
    rs_findings findings;
    uint32_t unmatched_count;
    char unmatched[UNMATCHED_MAX][160];
    uint64_t unfit_count, unasked_count; /* of the choices */
    rs_replay_unfit unfit[UNMATCHED_MAX];
} rs_replay_notes;

/* What a stranger has written may hold more than text. */
static void put(const char *lead, const char *text) {
    fputs(lead, stdout);
    rs_escape_put(rs_escape_terminal, text, stdout);
}

static void put_failure(const char *lead, const char *check, const char *path) {
    put(lead, check);
    if (*path) put(" at ", path);
}

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

/* What was followed is recorded as it came out: of a rank that there was not, the youngest. */
static void note_choices(rs_replay_notes *notes, const rs_shared *shared) {
    const rs_choices *choices = shared->plan->failure->choices, *made = shared->record;
    if (!choices || !made || !rs_sched_name(shared->plan->runtime.scheduler)->replays) return;
    notes->unasked_count = choices->count > made->count ? choices->count - made->count : 0;
    for (uint64_t i = 0; i < choices->count && i < made->count && i < made->room; i++) {
        if (made->at[i] == choices->at[i]) continue;
        if (notes->unfit_count < UNMATCHED_MAX)
            notes->unfit[notes->unfit_count] =
                (rs_replay_unfit){i + 1, choices->at[i], made->at[i] + 1};
        notes->unfit_count++;
    }
}

static void look(void *context, const rs_shared *shared) {
    rs_replay_notes *notes = context;
    notes->findings = shared->findings;
    note_choices(notes, shared);
    for (uint32_t i = 0; i < shared->plan->fault_count; i++) note_unmatched(notes, shared, i);
}

static void print_story(const rs_replay_notes *notes, const rs_plan *plan) {
    const rs_plan_failure *failure = plan->failure;
    for (uint32_t i = 0; i < notes->findings.count; i++) {
        const rs_finding *finding = &notes->findings.at[i];
        if (!rs_attempt_tells(finding, failure->check, failure->path)) continue;
        for (uint32_t k = 0; k < finding->event_count; k++)
            put("  ", finding->events[k].text), putchar('\n');
        return;
    }
}

static void print_choices(const rs_replay_notes *notes) {
    for (uint64_t i = 0; i < notes->unfit_count && i < UNMATCHED_MAX; i++)
        printf("  did not fit: choice %" PRIu64 ": rank %" PRIu32 ", and %" PRIu32 " were ready\n",
               notes->unfit[i].number, notes->unfit[i].rank, notes->unfit[i].ready);
    if (notes->unfit_count > UNMATCHED_MAX)
        printf("  … and %" PRIu64 " more\n", notes->unfit_count - UNMATCHED_MAX);
    if (notes->unasked_count)
        printf("  never came up: the last %" PRIu64 " of the choices\n", notes->unasked_count);
}

static void print_unmatched(const rs_replay_notes *notes) {
    for (uint32_t i = 0; i < notes->unmatched_count && i < UNMATCHED_MAX; i++)
        put("  hit nobody: ", notes->unmatched[i]), putchar('\n');
    if (notes->unmatched_count > UNMATCHED_MAX)
        printf("  … and %u more\n", notes->unmatched_count - UNMATCHED_MAX);
    print_choices(notes);
}

static bool is_same_build(const rs_plan_failure *failure) {
    char build[256];
    return strcmp(failure->build, rs_failure_build(build, sizeof build)) == 0;
}

/* Whether it would have been repeated nobody knows when the run did not get that far. */
static int judge_missing(const rs_plan_failure *failure, const rs_attempt *attempt,
                         const rs_replay_notes *notes) {
    const rs_attempt_failure *aborted = rs_attempt_find(attempt, "aborted", "");
    char reached[RS_UNITS_TEXT_BYTES];
    put_failure("not repeated: ", failure->check, failure->path);
    if (aborted)
        put(": ", aborted->text);
    else if (attempt->late)
        printf(": the run took longer than it may by the wall's clock (--timeout); it had "
               "simulated at least %s",
               rs_units_format_duration(attempt->simulated_ns, reached, sizeof reached));
    else
        printf(" holds");
    putchar('\n');
    print_unmatched(notes);
    return aborted || attempt->late ? RS_EXIT_ABORTED : RS_EXIT_NONDETERMINISM;
}

static void print_exactness(const rs_plan_failure *failure, const char *hash, bool same,
                            bool exact) {
    if (exact)
        printf("exactly: every event and every call is the same (%s)\n", hash);
    else if (same)
        printf("but not exactly: the trace is %s", hash), put(", it was ", failure->hash),
            puts(" with this very build");
    else
        put("with another build than the one that found it (", failure->build),
            puts("); the trace differs");
}

static int judge(const rs_plan *plan, const rs_attempt *attempt, const rs_replay_notes *notes) {
    const rs_plan_failure *failure = plan->failure;
    char hash[32];
    const rs_attempt_failure *shown = rs_attempt_find(attempt, failure->check, failure->path);
    bool same = is_same_build(failure);
    snprintf(hash, sizeof hash, "1:%016" PRIx64, attempt->hash);
    bool exact = strcmp(hash, failure->hash) == 0;
    if (!shown) return judge_missing(failure, attempt, notes);
    put_failure("repeated: ", shown->check, shown->path);
    put(": ", shown->text), putchar('\n');
    print_story(notes, plan);
    if (!attempt->hash) return RS_EXIT_FAILED; /* a run that took its process along has no trace */
    print_exactness(failure, hash, same, exact);
    print_unmatched(notes);
    return same && !exact ? RS_EXIT_NONDETERMINISM : RS_EXIT_FAILED;
}

static int replay(const rs_options *options, const rs_plan *plan) {
    uint64_t timeout_ns = options->timeout_ns ? options->timeout_ns : UINT64_C(60000000000);
    rs_replay_notes *notes = rs_map_create(NULL, sizeof *notes);
    rs_attempt attempt;
    int status = RS_EXIT_ABORTED;
    const rs_attempt_order order = {
        plan, plan->runtime.seed, {options->plugins, options->plugin_count}};
    if (notes && rs_apart_run(&order, timeout_ns, &attempt, look, notes))
        status = judge(plan, &attempt, notes);
    else
        rs_streams_refuse("no process for the run");
    rs_map_destroy(NULL, notes, sizeof *notes, RS_MAP_UNKNOWN);
    return status;
}

int rs_command_replay(const rs_options *options) {
    if (options->argument_count == 1 && rs_replay_is_result(options->arguments[0]))
        return rs_replay_result(options);
    rs_plan *plan = rs_scenario_load(options);
    int status = RS_EXIT_USAGE;
    if (plan && !plan->failure)
        rs_streams_refuse("%s: this is no file of a failure: `respawn explore` writes those "
                          "(respawn run repeats a scenario)",
                          options->arguments[0]);
    else if (plan && plan->runtime.clock != RS_PLAN_VIRTUAL)
        rs_streams_refuse("%s: failures are repeated in virtual time: runtime.clock is real",
                          options->arguments[0]);
    else if (plan)
        status = replay(options, plan);
    rs_plan_destroy(plan);
    return status;
}
