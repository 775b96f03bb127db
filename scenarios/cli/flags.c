/* flags.c: the table of flags.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/flags.h"

#include "reports/rows.h"
#include "runtime/base/assert.h"

#include <stdlib.h>
#include <string.h>

/* --repeat beyond this is a typing error. */
#define REPEAT_MAX 100000u
/* Half a GiB of memory, and a file of 2 GB, which no viewer opens. */
#define TRACE_SLICES_MAX 16000000u
/* Processes of a search; more than any machine has processors. */
#define JOBS_MAX 1024u

#define SCENARIO (RS_FLAGS_SCENARIO)
#define RUN      (RS_FLAGS_RUN)
#define SWEEP    (RS_FLAGS_SWEEP)
#define AB       (RS_FLAGS_AB)
#define REPORT   (RS_FLAGS_REPORT)

/* What a flag sets, and how. */
#define SWITCH(FIELD)             rs_flag_switch, offsetof(rs_options, FIELD), 0, 0
#define TEXT(FIELD)               rs_flag_text, offsetof(rs_options, FIELD), 0, 0
#define DURATION(FIELD, LEAST)    rs_flag_duration, offsetof(rs_options, FIELD), LEAST, UINT64_MAX
#define COUNT(FIELD, LEAST, MOST) rs_flag_count, offsetof(rs_options, FIELD), LEAST, MOST
#define SIDE(NAME, FIELD)         rs_flag_##NAME, offsetof(rs_options, FIELD), 0, 0
#define OWN(NAME)                 rs_flag_##NAME, 0, 0, 0

static const rs_flag flags[] = {
    {"set", "KEY=VALUE", SCENARIO, "sets any key of the scenario by its dotted path", OWN(set)},
    {"seed", "N", SCENARIO, "the seed that all chance comes from", OWN(seed)},
    {"a", "PATH", AB, "the build of respawn on side A (this one)", TEXT(a.program)},
    {"b", "PATH", AB, "the build of respawn on side B (this one)", TEXT(b.program)},
    {"a-set", "KEY=VALUE", AB, "sets a key on side A alone", SIDE(side_set, a)},
    {"b-set", "KEY=VALUE", AB, "sets a key on side B alone", SIDE(side_set, b)},
    {"a-plugin", "FILE", AB, "a shared object on side A alone: two builds of your worker",
     SIDE(side_plugin, a)},
    {"b-plugin", "FILE", AB, "a shared object on side B alone; the scenario is read with its words",
     SIDE(side_plugin, b)},
    {"threshold", "SHARE", AB | RS_FLAGS_COMPARE, "the slowdown that must be caught (5%)",
     OWN(threshold)},
    {"budget", "DURATION", AB, "what all pairs may take by the wall's clock",
     DURATION(budget_ns, 1)},
    {"count-instructions", NULL, AB, "in virtual time: compares instructions, with valgrind",
     SWITCH(count_instructions)},
    {"export-json", "FILE", AB | RS_FLAGS_COMPARE, "the verdict, with all that it was made of",
     TEXT(json)},
    {"export-markdown", "FILE", AB | RS_FLAGS_COMPARE, "the verdict, as a page's section",
     TEXT(markdown)},
    {"export-html", "FILE", AB | RS_FLAGS_COMPARE | SWEEP | RS_FLAGS_EXPLORE,
     "a page with charts for any browser, in one file", TEXT(html)},
    {"vary", "KEY=V1,V2", SWEEP, "sets a key to each of these, or each of A..B", OWN(vary)},
    {"find-limit", "KEY", SWEEP, "finds up to which value of a key all expectations hold",
     OWN(find_limit)},
    {"plugin", "FILE",
     RUN | SWEEP | AB | RS_FLAGS_VALIDATE | RS_FLAGS_LIST | RS_FLAGS_EXPLORE | RS_FLAGS_REPLAY,
     "a shared object with words of your own, or with what upgrades load", OWN(plugin)},
    {"seeds", "A..B", RS_FLAGS_EXPLORE, "the seeds to try (1..1000)", OWN(seeds)},
    {"jobs", "N", RS_FLAGS_EXPLORE, "processes at a time (one for each processor)",
     COUNT(jobs, 1, JOBS_MAX)},
    {"shard", "I/N", RS_FLAGS_EXPLORE,
     "each N-th of the seeds, from the I-th on; auto: as the environment says", OWN(shard)},
    {"first", "N", RS_FLAGS_EXPLORE, "ends when N kinds of failure are found",
     COUNT(first_failures, 1, UINT64_MAX)},
    {"shrink", "DURATION", RS_FLAGS_EXPLORE, "how long each failure is made smaller (10s)",
     DURATION(shrink_ns, 0)},
    {"output", "FILE", RS_FLAGS_MERGE, "where the whole is written; -o is short for it",
     TEXT(output)},
    {"output", "DIR", RS_FLAGS_EXPLORE, "where failures are written (failures)", TEXT(output)},
    {"repeat", "N", RUN | SWEEP, "runs N times, each with a seed of its own",
     COUNT(repeat, 1, REPEAT_MAX)},
    {"save-baseline", "NAME", RUN, "adds the run to the sessions of a baseline, for compare",
     OWN(baseline)},
    {"timeout", "DURATION", RUN | SWEEP | AB | RS_FLAGS_REPLAY,
     "ends a run that takes longer by the wall's clock", OWN(timeout)},
    {"life-timeout", "DURATION", RS_FLAGS_EXPLORE,
     "ends a life that takes longer by the wall's clock (30s)", OWN(life_timeout)},
    {"verify-determinism", NULL, RUN, "runs twice in virtual time and compares every event",
     SWITCH(verify_determinism)},
    {"live", NULL, RUN, "shows tree, rates, latencies and faults in the terminal, as they come",
     SWITCH(live)},
    {"export-events", "FILE", RUN, "every event as a line of JSON, while it happens", TEXT(events)},
    {"export-crashes", "FILE", RUN, "the report of each crash as a line of JSON", TEXT(crashes)},
    {"export-trace", "FILE", RUN, "what ran where, lives, faults, restarts; for Perfetto",
     TEXT(trace)},
    {"trace-slices", "N", RUN, "how many slices a trace keeps at most (262144)",
     COUNT(trace_slices, 1, TRACE_SLICES_MAX)},
    {"export-json", "FILE", RS_FLAGS_EXPLORE, "what the search has come to, for merge", TEXT(json)},
    {"export-json", "DIR", SWEEP, "each row's result, as a file in that directory",
     TEXT(directory)},
    {"force", NULL,
     RUN | SWEEP | AB | REPORT | RS_FLAGS_COMPARE | RS_FLAGS_EXPLORE | RS_FLAGS_MERGE,
     "overwrites files that are no results", SWITCH(force)},
    {"quiet", NULL,
     RUN | SWEEP | AB | REPORT | RS_FLAGS_COMPARE | RS_FLAGS_EXPLORE | RS_FLAGS_MERGE,
     "prints nothing but errors", SWITCH(quiet)},
    {"dry-run", NULL, RS_FLAGS_VALIDATE, "also shows whom each fault would hit", SWITCH(dry_run)},
    {"no-color", NULL, RS_FLAGS_ANY, "no colours; so does the variable NO_COLOR", SWITCH(no_color)},
    {"help", NULL, RS_FLAGS_ANY, "shows this", SWITCH(help)},
    {"version", NULL, RS_FLAGS_ANY, "shows the version", SWITCH(version)},
};
#define FLAG_COUNT (sizeof flags / sizeof *flags)

static bool is_taken(const rs_flag *flag, unsigned groups) {
    return flag->groups == RS_FLAGS_ANY || (flag->groups & groups);
}

static void add(rs_flags *list, rs_flag flag) {
    RS_ASSERT(list->count < RS_FLAGS_MAX);
    list->at[list->count++] = flag;
}

static void add_format(rs_flags *list, const rs_format *format) {
    char *name = rs_rows_alloc(strlen(format->name) + sizeof "export-");
    sprintf(name, "export-%s", format->name);
    add(list, (rs_flag){name, "FILE", RUN | REPORT, format->about, OWN(export)});
}

void rs_flags_init(rs_flags *list, unsigned groups) {
    list->count = 0;
    for (size_t i = 0; i < FLAG_COUNT; i++)
        if (is_taken(&flags[i], groups)) add(list, flags[i]);
    for (size_t i = 0; (groups & (RUN | REPORT)) && rs_formats[i]; i++)
        add_format(list, rs_formats[i]);
}

void rs_flags_fini(rs_flags *list) {
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i].set == rs_flag_export) free((char *)(uintptr_t)list->at[i].name);
}

const rs_flag *rs_flags_find(const rs_flags *list, const char *name) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i].name, name) == 0) return &list->at[i];
    return NULL;
}
