/* options.c: the flags of all commands.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/options.h"

#include "reports/formats/escape.h"
#include "reports/rows.h"
#include "runtime/base/units.h"
#include "scenarios/cli/baselines.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/probe.h"
#include "scenarios/cli/shard.h"
#include "scenarios/cli/streams.h"
#include "scenarios/language/vocabulary.h"
#include "scenarios/language/word.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --repeat beyond this is a typing error. */
#define REPEAT_MAX 100000u
/* Half a GiB of memory, and a file of 2 GB, which no viewer opens. */
#define TRACE_SLICES_MAX 16000000u
/* Processes of a search; more than any machine has processors. */
#define JOBS_MAX      1024u
#define THRESHOLD_PPM 50000u
/* Failures of trees as large as the talk's are small after a second. */
#define SHRINK_NS UINT64_C(10000000000)
/* A hundred times what a large life takes. */
#define LIFE_TIMEOUT_NS UINT64_C(30000000000)

typedef struct rs_flag {
    const char *name;
    const char *argument; /* NULL: takes none */
    unsigned groups;
    const char *help;
    bool (*set)(rs_options *options, const char *flag, const char *value);
} rs_flag;

/* ------------------------------------------------------------------ values */

static bool set_set(rs_options *options, const char *flag, const char *value) {
    if (!strchr(value, '=')) return rs_streams_refuse("--%s %s: expected KEY=VALUE", flag, value);
    options->sets[options->set_count++] = strdup(value);
    return true;
}

/* The seed is a key of the scenario as any other; the language checks it. */
static bool set_seed(rs_options *options, const char *flag, const char *value) {
    (void)flag;
    char *set = rs_rows_alloc(strlen(value) + sizeof "runtime.seed=");
    sprintf(set, "runtime.seed=%s", value);
    options->sets[options->set_count++] = set;
    options->seed = value;
    return true;
}

/* sweep.c reads it. */
static bool set_vary(rs_options *options, const char *flag, const char *value) {
    (void)flag;
    options->varies[options->vary_count++] = value;
    return true;
}

static bool set_find_limit(rs_options *options, const char *flag, const char *value) {
    if (strchr(value, '='))
        return rs_streams_refuse(
            "--%s %s: expected a KEY alone; it begins at what the scenario says", flag, value);
    options->find_limit = value;
    return true;
}

static bool set_directory(rs_options *options, const char *flag, const char *value) {
    (void)flag;
    options->directory = value;
    return true;
}

static bool set_repeat(rs_options *options, const char *flag, const char *value) {
    const char *why = "";
    rs_err err = rs_units_parse_count(value, &options->repeat, &why);
    if (err != RS_OK) return rs_streams_refuse("--%s %s: %s", flag, value, why);
    if (options->repeat >= 1 && options->repeat <= REPEAT_MAX) return true;
    return rs_streams_refuse("--%s %s: expected 1 to %u", flag, value, REPEAT_MAX);
}

/* "1..1000", or one seed. */
static bool set_seeds(rs_options *options, const char *flag, const char *value) {
    const char *dots = strstr(value, ".."), *why = "";
    char first[32];
    snprintf(first, sizeof first, "%.*s", dots ? (int)(dots - value) : 31, value);
    bool fine = rs_units_parse_count(first, &options->first_seed, &why) == RS_OK;
    options->last_seed = options->first_seed;
    if (fine && dots) fine = rs_units_parse_count(dots + 2, &options->last_seed, &why) == RS_OK;
    options->seeds = value;
    if (!fine) return rs_streams_refuse("--%s %s: expected A..B: %s", flag, value, why);
    if (options->first_seed > options->last_seed)
        return rs_streams_refuse("--%s %s: the first is behind the last", flag, value);
    if (options->last_seed - options->first_seed < UINT64_MAX) return true;
    return rs_streams_refuse("--%s %s: more than 2^64 - 1 seeds cannot be counted", flag, value);
}

static bool set_jobs(rs_options *options, const char *flag, const char *value) {
    const char *why = "";
    uint64_t jobs;
    rs_err err = rs_units_parse_count(value, &jobs, &why);
    if (err != RS_OK) return rs_streams_refuse("--%s %s: %s", flag, value, why);
    if (jobs < 1 || jobs > JOBS_MAX)
        return rs_streams_refuse("--%s %s: expected 1 to %u", flag, value, JOBS_MAX);
    options->jobs = (uint32_t)jobs;
    return true;
}

static bool set_shard(rs_options *options, const char *flag, const char *value) {
    char why[512];
    return rs_shard_read(value, &options->shard, &options->shards, why, sizeof why) ||
           rs_streams_refuse("--%s %s: %s", flag, value, why);
}

static bool set_first(rs_options *options, const char *flag, const char *value) {
    const char *why = "";
    rs_err err = rs_units_parse_count(value, &options->first_failures, &why);
    if (err != RS_OK) return rs_streams_refuse("--%s %s: %s", flag, value, why);
    return options->first_failures ? true
                                   : rs_streams_refuse("--%s %s: expected 1 or more", flag, value);
}

static bool set_shrink(rs_options *options, const char *flag, const char *value) {
    const char *why = "";
    rs_err err = rs_units_parse_duration(value, &options->shrink_ns, &why);
    return err == RS_OK || rs_streams_refuse("--%s %s: %s", flag, value, why);
}

static bool set_output(rs_options *options, const char *flag, const char *value) {
    (void)flag;
    options->output = value;
    return true;
}

#define SIDE(NAME)                                                                                 \
    static bool set_##NAME(rs_options *options, const char *flag, const char *value) {             \
        (void)flag;                                                                                \
        options->NAME.program = value;                                                             \
        return true;                                                                               \
    }                                                                                              \
    static bool set_##NAME##_set(rs_options *options, const char *flag, const char *value) {       \
        if (!strchr(value, '='))                                                                   \
            return rs_streams_refuse("--%s %s: expected KEY=VALUE", flag, value);                  \
        options->NAME.sets[options->NAME.set_count++] = value;                                     \
        return true;                                                                               \
    }                                                                                              \
    static bool set_##NAME##_plugin(rs_options *options, const char *flag, const char *value) {    \
        (void)flag;                                                                                \
        options->NAME.plugins[options->NAME.plugin_count++] = (rs_plugin){value, NULL};            \
        return true;                                                                               \
    }
SIDE(a)
SIDE(b)

static bool set_threshold(rs_options *options, const char *flag, const char *value) {
    const char *why = "";
    rs_err err = rs_units_parse_share(value, &options->threshold_ppm, &why);
    if (err != RS_OK) return rs_streams_refuse("--%s %s: %s", flag, value, why);
    return options->threshold_ppm ? true
                                  : rs_streams_refuse("--%s %s: must be more than 0", flag, value);
}

static bool set_budget(rs_options *options, const char *flag, const char *value) {
    const char *why = "";
    rs_err err = rs_units_parse_duration(value, &options->budget_ns, &why);
    return err == RS_OK || rs_streams_refuse("--%s %s: %s", flag, value, why);
}

static bool set_baseline(rs_options *options, const char *flag, const char *value) {
    options->baseline = value;
    return rs_baselines_is_name(value) ||
           rs_streams_refuse("--%s %s: a name has small letters, digits, '_' and '-', at most %u",
                             flag, value, RS_BASELINES_NAME_MAX);
}

#define PATH(NAME)                                                                                 \
    static bool set_##NAME(rs_options *options, const char *flag, const char *value) {             \
        (void)flag;                                                                                \
        options->NAME = value;                                                                     \
        return true;                                                                               \
    }
PATH(json)
PATH(markdown)
PATH(html)

static bool read_timeout(const char *flag, const char *value, uint64_t *timeout_ns) {
    const char *why = "";
    if (rs_units_parse_duration(value, timeout_ns, &why) != RS_OK)
        return rs_streams_refuse("--%s %s: %s", flag, value, why);
    return *timeout_ns ? true : rs_streams_refuse("--%s %s: must be more than 0", flag, value);
}

static bool set_timeout(rs_options *options, const char *flag, const char *value) {
    options->timeout = value;
    return read_timeout(flag, value, &options->timeout_ns);
}

static bool set_life_timeout(rs_options *options, const char *flag, const char *value) {
    options->life_timeout = value;
    return read_timeout(flag, value, &options->life_timeout_ns);
}

static bool set_events(rs_options *options, const char *flag, const char *value) {
    (void)flag;
    options->events = value;
    return true;
}

/* The linker's words hold what the file has as names. */
static bool refuse_plugin(const char *flag, const char *why) {
    char safe[8 * RS_CODE_WHY_BYTES];
    rs_escape_terminal(why, safe, sizeof safe);
    return rs_streams_refuse("--%s %s", flag, safe);
}

/* Whose version it is, or nobody's: then it has words. */
static bool look_into(const char *flag, rs_plugin *plugin) {
    rs_probe probe;
    if (rs_probe_file(plugin->path, &probe) != RS_OK) return refuse_plugin(flag, probe.why);
    if (!*probe.module) return true;
    const rs_worker *worker = rs_worker_find(probe.module);
    if (worker)
        plugin->worker = worker->name;
    else
        snprintf(probe.why, sizeof probe.why,
                 "%.200s is a version of '%.100s', which is no worker (respawn list workers shows "
                 "them)",
                 plugin->path, probe.module);
    return worker || refuse_plugin(flag, probe.why);
}

/* What the plugin adds is there for the flags behind it, and for all that the command reads. */
static bool add_words(const char *flag, const rs_plugin *plugin) {
    rs_code_object object;
    if (plugin->worker) return true;
    return (rs_code_object_link(plugin->path, &object) == RS_OK &&
            rs_vocabulary_add(&object, plugin->path) == RS_OK) ||
           refuse_plugin(flag, object.why);
}

/* Looked into at once, so that a wrong file is known before anything runs. Runs load copies. */
static bool set_plugin(rs_options *options, const char *flag, const char *value) {
    rs_plugin *plugin = &options->plugins[options->plugin_count++];
    *plugin = (rs_plugin){value, NULL};
    return look_into(flag, plugin) && add_words(flag, plugin);
}

/* Behind all flags: both sides may bring the same words, and the program has them once. It reads
 * with B's; so A's are looked into, by a child, while B's are not there yet. */
static bool add_sides(rs_options *options) {
    bool fine = true;
    for (uint32_t i = 0; fine && i < options->a.plugin_count; i++)
        fine = look_into("a-plugin", &options->a.plugins[i]);
    for (uint32_t i = 0; fine && i < options->b.plugin_count; i++)
        fine = look_into("b-plugin", &options->b.plugins[i]) &&
               add_words("b-plugin", &options->b.plugins[i]);
    return fine;
}

static bool set_crashes(rs_options *options, const char *flag, const char *value) {
    (void)flag;
    options->crashes = value;
    return true;
}

static bool set_trace(rs_options *options, const char *flag, const char *value) {
    (void)flag;
    options->trace = value;
    return true;
}

static bool set_trace_slices(rs_options *options, const char *flag, const char *value) {
    const char *why = "";
    if (rs_units_parse_count(value, &options->trace_slices, &why) != RS_OK)
        return rs_streams_refuse("--%s %s: %s", flag, value, why);
    return (options->trace_slices >= 1 && options->trace_slices <= TRACE_SLICES_MAX) ||
           rs_streams_refuse("--%s %s: expected 1 to %u", flag, value, TRACE_SLICES_MAX);
}

static bool set_export(rs_options *options, const char *flag, const char *value) {
    if (options->export_count == RS_OPTIONS_EXPORTS_MAX)
        return rs_streams_refuse("--%s: at most %u exports", flag, RS_OPTIONS_EXPORTS_MAX);
    const rs_format *format = rs_format_find(flag + strlen("export-"));
    options->exports[options->export_count++] = (rs_export){format, value};
    return true;
}

#define SWITCH(NAME)                                                                               \
    static bool set_##NAME(rs_options *options, const char *flag, const char *value) {             \
        (void)flag;                                                                                \
        (void)value;                                                                               \
        return options->NAME = true;                                                               \
    }
SWITCH(verify_determinism)
SWITCH(count_instructions)
SWITCH(live)
SWITCH(quiet)
SWITCH(no_color)
SWITCH(force)
SWITCH(dry_run)
SWITCH(help)
SWITCH(version)

/* ------------------------------------------------------------------ the table */

#define SCENARIO (RS_FLAGS_SCENARIO)
#define RUN      (RS_FLAGS_RUN)
#define SWEEP    (RS_FLAGS_SWEEP)
#define AB       (RS_FLAGS_AB)
#define REPORT   (RS_FLAGS_REPORT)

static const rs_flag flags[] = {
    {"set", "KEY=VALUE", SCENARIO, "sets any key of the scenario by its dotted path", set_set},
    {"seed", "N", SCENARIO, "the seed that all chance comes from", set_seed},
    {"a", "PATH", AB, "the build of respawn on side A (this one)", set_a},
    {"b", "PATH", AB, "the build of respawn on side B (this one)", set_b},
    {"a-set", "KEY=VALUE", AB, "sets a key on side A alone", set_a_set},
    {"b-set", "KEY=VALUE", AB, "sets a key on side B alone", set_b_set},
    {"a-plugin", "FILE", AB, "a shared object on side A alone: two builds of your worker",
     set_a_plugin},
    {"b-plugin", "FILE", AB, "a shared object on side B alone; the scenario is read with its words",
     set_b_plugin},
    {"threshold", "SHARE", AB | RS_FLAGS_COMPARE, "the slowdown that must be caught (5%)",
     set_threshold},
    {"budget", "DURATION", AB, "what all pairs may take by the wall's clock", set_budget},
    {"count-instructions", NULL, AB, "in virtual time: compares instructions, with valgrind",
     set_count_instructions},
    {"export-json", "FILE", AB | RS_FLAGS_COMPARE, "the verdict, with all that it was made of",
     set_json},
    {"export-markdown", "FILE", AB | RS_FLAGS_COMPARE, "the verdict, as a page's section",
     set_markdown},
    {"export-html", "FILE", AB | RS_FLAGS_COMPARE | SWEEP | RS_FLAGS_EXPLORE,
     "a page with charts for any browser, in one file", set_html},
    {"vary", "KEY=V1,V2", SWEEP, "sets a key to each of these, or each of A..B", set_vary},
    {"find-limit", "KEY", SWEEP, "finds up to which value of a key all expectations hold",
     set_find_limit},
    {"plugin", "FILE",
     RUN | SWEEP | AB | RS_FLAGS_VALIDATE | RS_FLAGS_LIST | RS_FLAGS_EXPLORE | RS_FLAGS_REPLAY,
     "a shared object with words of your own, or with what upgrades load", set_plugin},
    {"seeds", "A..B", RS_FLAGS_EXPLORE, "the seeds to try (1..1000)", set_seeds},
    {"jobs", "N", RS_FLAGS_EXPLORE, "processes at a time (one for each processor)", set_jobs},
    {"shard", "I/N", RS_FLAGS_EXPLORE,
     "each N-th of the seeds, from the I-th on; auto: as the environment says", set_shard},
    {"first", "N", RS_FLAGS_EXPLORE, "ends when N kinds of failure are found", set_first},
    {"shrink", "DURATION", RS_FLAGS_EXPLORE, "how long each failure is made smaller (10s)",
     set_shrink},
    {"output", "FILE", RS_FLAGS_MERGE, "where the whole is written; -o is short for it",
     set_output},
    {"output", "DIR", RS_FLAGS_EXPLORE, "where failures are written (failures)", set_output},
    {"repeat", "N", RUN | SWEEP, "runs N times, each with a seed of its own", set_repeat},
    {"save-baseline", "NAME", RUN, "adds the run to the sessions of a baseline, for compare",
     set_baseline},
    {"timeout", "DURATION", RUN | SWEEP | AB | RS_FLAGS_REPLAY,
     "ends a run that takes longer by the wall's clock", set_timeout},
    {"life-timeout", "DURATION", RS_FLAGS_EXPLORE,
     "ends a life that takes longer by the wall's clock (30s)", set_life_timeout},
    {"verify-determinism", NULL, RUN, "runs twice in virtual time and compares every event",
     set_verify_determinism},
    {"live", NULL, RUN, "shows tree, rates, latencies and faults in the terminal, as they come",
     set_live},
    {"export-events", "FILE", RUN, "every event as a line of JSON, while it happens", set_events},
    {"export-crashes", "FILE", RUN, "the report of each crash as a line of JSON", set_crashes},
    {"export-trace", "FILE", RUN, "what ran where, lives, faults, restarts; for Perfetto",
     set_trace},
    {"trace-slices", "N", RUN, "how many slices a trace keeps at most (262144)", set_trace_slices},
    {"export-json", "FILE", RS_FLAGS_EXPLORE, "what the search has come to, for merge",
     set_directory},
    {"export-json", "DIR", SWEEP, "each row's result, as a file in that directory", set_directory},
    {"force", NULL,
     RUN | SWEEP | AB | REPORT | RS_FLAGS_COMPARE | RS_FLAGS_EXPLORE | RS_FLAGS_MERGE,
     "overwrites files that are no results", set_force},
    {"quiet", NULL,
     RUN | SWEEP | AB | REPORT | RS_FLAGS_COMPARE | RS_FLAGS_EXPLORE | RS_FLAGS_MERGE,
     "prints nothing but errors", set_quiet},
    {"dry-run", NULL, RS_FLAGS_VALIDATE, "also shows whom each fault would hit", set_dry_run},
    {"no-color", NULL, RS_FLAGS_ANY, "no colours; so does the variable NO_COLOR", set_no_color},
    {"help", NULL, RS_FLAGS_ANY, "shows this", set_help},
    {"version", NULL, RS_FLAGS_ANY, "shows the version", set_version},
};
#define FLAG_COUNT (sizeof flags / sizeof *flags)
/* The fixed flags and --export-FORMAT for each format. */
#define FLAGS_MAX 64u

/* All flags of some groups, the formats' included. Texts of formats are allocated and freed. */
typedef struct rs_flag_list {
    rs_flag at[FLAGS_MAX];
    size_t count;
} rs_flag_list;

static bool is_taken(const rs_flag *flag, unsigned groups) {
    return flag->groups == RS_FLAGS_ANY || (flag->groups & groups);
}

static void add_format(rs_flag_list *list, const rs_format *format) {
    char *name = rs_rows_alloc(strlen(format->name) + sizeof "export-");
    sprintf(name, "export-%s", format->name);
    list->at[list->count++] = (rs_flag){name, "FILE", RUN | REPORT, format->about, set_export};
}

static void make_list(rs_flag_list *list, unsigned groups) {
    list->count = 0;
    for (size_t i = 0; i < FLAG_COUNT; i++)
        if (is_taken(&flags[i], groups)) list->at[list->count++] = flags[i];
    for (size_t i = 0; (groups & (RUN | REPORT)) && rs_formats[i]; i++)
        add_format(list, rs_formats[i]);
}

static void free_list(rs_flag_list *list) {
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i].set == set_export) free((char *)(uintptr_t)list->at[i].name);
}

static void print_flag(const rs_flag *flag, FILE *out) {
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", flag->name, flag->argument ? " " : "",
             flag->argument ? flag->argument : "");
    fprintf(out, "  %-32s %s\n", left, flag->help);
}

void rs_options_help(unsigned groups, FILE *out) {
    rs_flag_list list;
    make_list(&list, groups);
    for (size_t i = 0; i < list.count; i++) print_flag(&list.at[i], out);
    free_list(&list);
}

void rs_options_visit(unsigned groups,
                      void (*visit)(void *context, const char *name, const char *argument),
                      void *context) {
    rs_flag_list list;
    make_list(&list, groups);
    for (size_t i = 0; i < list.count; i++) visit(context, list.at[i].name, list.at[i].argument);
    free_list(&list);
}

/* ------------------------------------------------------------------ reading */

static void refuse_unknown(const rs_flag_list *list, const char *given) {
    const char *words[FLAGS_MAX + 1] = {NULL};
    char word[64];
    const char *name = given + strspn(given, "-");
    snprintf(word, sizeof word, "%.*s", (int)strcspn(name, "="), name);
    for (size_t i = 0; i < list->count; i++) words[i] = list->at[i].name;
    const char *nearest = rs_word_nearest(word, words);
    if (nearest)
        rs_streams_refuse("unknown flag '%s' – did you mean '--%s'?", given, nearest);
    else
        rs_streams_refuse("unknown flag '%s' (--help shows them all)", given);
}

/* getopt may have moved on already, so of a short flag only its letter is sure. */
static void refuse_flag(const rs_flag_list *list, const char *given) {
    if (optopt >= 256)
        rs_streams_refuse("--%s takes no value", list->at[optopt - 256].name);
    else if (optopt)
        rs_streams_refuse("unknown flag '-%c' (--help shows them all)", optopt);
    else
        refuse_unknown(list, given);
}

/* What single flags cannot know. */
static bool agree(const rs_options *options) {
    if (!options->live || !options->quiet) return true;
    return rs_streams_refuse("--live and --quiet: one shows what the other keeps away; leave one "
                             "of them out");
}

/* Below 0 when the command has no such flag. */
static int index_of(const rs_flag_list *list, const char *name) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i].name, name) == 0) return (int)i;
    return -256;
}

static bool read_flags(rs_options *options, const rs_flag_list *list, int argc, char **argv) {
    struct option table[FLAGS_MAX + 1] = {{NULL, 0, NULL, 0}};
    for (size_t i = 0; i < list->count; i++)
        table[i] =
            (struct option){list->at[i].name, list->at[i].argument != NULL, NULL, (int)i + 256};
    opterr = 0;
    optind = 0;
    for (int got; (got = getopt_long(argc, argv, ":ho:", table, NULL)) != -1;) {
        const char *given = argv[optind - 1];
        if (got == ':') return rs_streams_refuse("%s needs a value (--help shows how)", given);
        if (got == '?') refuse_flag(list, given);
        if (got == '?') return false;
        options->help |= got == 'h';
        if (got == 'h') continue;
        if (got == 'o') got = index_of(list, "output") + 256;
        if (got < 256) return rs_streams_refuse("unknown flag '-o' (--help shows them all)");
        const rs_flag *flag = &list->at[got - 256];
        if (!flag->set(options, flag->name, optarg)) return false;
    }
    options->arguments = (const char *const *)argv + optind;
    options->argument_count = (uint32_t)(argc - optind);
    return options->help || options->version || (agree(options) && add_sides(options));
}

bool rs_options_read(rs_options *options, const rs_command *command, int argc, char **argv) {
    rs_flag_list list;
    *options = (rs_options){.command = command,
                            .repeat = 1,
                            .shrink_ns = SHRINK_NS,
                            .life_timeout_ns = LIFE_TIMEOUT_NS,
                            .threshold_ppm = THRESHOLD_PPM};
    options->sets = rs_rows_alloc(sizeof *options->sets * (size_t)(argc + 1));
    options->plugins = rs_rows_alloc(sizeof *options->plugins * (size_t)(argc + 1));
    options->varies = rs_rows_alloc(sizeof *options->varies * (size_t)(argc + 1));
    options->a.sets = rs_rows_alloc(sizeof *options->a.sets * (size_t)(argc + 1));
    options->b.sets = rs_rows_alloc(sizeof *options->b.sets * (size_t)(argc + 1));
    options->a.plugins = rs_rows_alloc(sizeof *options->a.plugins * (size_t)(argc + 1));
    options->b.plugins = rs_rows_alloc(sizeof *options->b.plugins * (size_t)(argc + 1));
    make_list(&list, command->flags);
    bool read = read_flags(options, &list, argc, argv);
    free_list(&list);
    return read;
}

void rs_options_fini(rs_options *options) {
    for (uint32_t i = 0; i < options->set_count; i++) free(options->sets[i]);
    free(options->sets);
    free(options->varies);
    free(options->a.sets);
    free(options->b.sets);
    free(options->a.plugins);
    free(options->b.plugins);
    free(options->plugins);
}
