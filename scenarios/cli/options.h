/* options.h: what a command line asks for. flags.h has the flags.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_OPTIONS_H
#define RS_CLI_OPTIONS_H

#include "reports/formats/format.h"
#include "scenarios/engine/plugin.h"

#include <stdbool.h>
#include <stdint.h>

struct rs_command;

/* Which commands take a flag. */
enum {
    RS_FLAGS_ANY = 0,
    RS_FLAGS_SCENARIO = 1, /* commands that read a scenario */
    RS_FLAGS_RUN = 2,
    RS_FLAGS_VALIDATE = 4,
    RS_FLAGS_SWEEP = 8,
    RS_FLAGS_EXPLORE = 16,
    RS_FLAGS_REPLAY = 32,
    RS_FLAGS_MERGE = 64,
    RS_FLAGS_AB = 128,
    RS_FLAGS_LIST = 1 << 8,
    RS_FLAGS_COMPARE = 1 << 9,
    RS_FLAGS_REPORT = 1 << 10,
};

/* Files that results may be written to. */
#define RS_OPTIONS_EXPORTS_MAX 16u

typedef struct rs_export {
    const rs_format *format;
    const char *path;
} rs_export;

/* What only one side of an `ab` has. */
typedef struct rs_options_side {
    const char *program; /* path; NULL: this program */
    const char **sets;   /* KEY=VALUE, as given */
    uint32_t set_count;
    rs_plugin *plugins; /* looked into, as those of both sides */
    uint32_t plugin_count;
} rs_options_side;

typedef struct rs_options {
    const struct rs_command *command;
    const char *const *arguments; /* behind the flags */
    uint32_t argument_count;
    char **sets; /* KEY=VALUE, --seed among them; NULL-terminated */
    uint32_t set_count;
    const char **varies; /* of --vary, as given */
    uint32_t vary_count;
    const char *find_limit;   /* a key; NULL: no limit is looked for */
    const char *seed;         /* as given; NULL: the scenario's */
    uint64_t repeat;          /* at least 1 */
    uint64_t timeout_ns;      /* 0: by the plan */
    const char *timeout;      /* as given; NULL: by the plan */
    uint64_t life_timeout_ns; /* of the wall, for one life of a search */
    const char *life_timeout; /* as given; NULL: by default */
    const char *events;       /* path; NULL: not exported */
    const char *crashes;      /* likewise */
    const char *trace;        /* likewise */
    uint64_t trace_slices;    /* that it tells at most; 0: by default */
    rs_export exports[RS_OPTIONS_EXPORTS_MAX];
    uint32_t export_count;
    rs_plugin *plugins; /* shared objects that may be loaded, which were looked into */
    uint32_t plugin_count;
    const char *directory;          /* for the results of a sweep; NULL: not exported */
    uint64_t first_seed, last_seed; /* of a search, both inclusive */
    const char *seeds;              /* as given; NULL: by default */
    uint64_t shard, shards;         /* of a search, from 1; 0: it has none */
    uint64_t first_failures;        /* kinds of failure that end a search; 0: none do */
    uint64_t shrink_ns;             /* of the wall, for making one failure small */
    const char *output;             /* of failures, or joined shards; NULL: by default */
    uint64_t jobs;                  /* 0: as many as processors */
    rs_options_side a, b;
    const char *baseline;        /* name of the one that a run is added to; NULL: none */
    uint64_t threshold_ppm;      /* slowdown that must be caught */
    uint64_t budget_ns;          /* of the wall, for all pairs; 0: as long as it takes */
    const char *json, *markdown; /* files for a verdict; NULL: not exported */
    const char *html;            /* file for a page; NULL: not exported */
    bool verify_determinism, count_instructions, live, quiet;
    bool no_color, force, dry_run, help, version;
} rs_options;

/* rs_options_read reads the flags of `command` from `argv` (argv[0] is the command). False, after a
 * message on stderr, when they make no sense.
 * Owner: rs_options_fini frees what was read. */
bool rs_options_read(rs_options *options, const struct rs_command *command, int argc, char **argv);
void rs_options_fini(rs_options *options);

/* rs_options_visit calls `visit` for each flag that `groups` take: its name, what its argument is
 * called (NULL: it takes none). */
void rs_options_visit(unsigned groups,
                      void (*visit)(void *context, const char *name, const char *argument),
                      void *context);

/* rs_options_help writes the flags that `groups` take, for people. */
void rs_options_help(unsigned groups, FILE *out);

#endif
