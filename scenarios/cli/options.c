/* options.c: command lines.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/options.h"

#include "reports/rows.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/flags.h"
#include "scenarios/cli/plugin_file.h"
#include "scenarios/cli/streams.h"
#include "scenarios/language/word.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define THRESHOLD_PPM 50000u
/* Failures of trees as large as the talk's are small after a second. */
#define SHRINK_NS UINT64_C(10000000000)
/* A hundred times what a large life takes. */
#define LIFE_TIMEOUT_NS UINT64_C(30000000000)
/* What getopt calls the first long flag: no letter. */
#define FIRST_LONG 256

static void print_flag(const rs_flag *flag, FILE *out) {
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", flag->name, flag->argument ? " " : "",
             flag->argument ? flag->argument : "");
    fprintf(out, "  %-32s %s\n", left, flag->help);
}

void rs_options_help(unsigned groups, FILE *out) {
    rs_flags list;
    rs_flags_init(&list, groups);
    for (size_t i = 0; i < list.count; i++) print_flag(&list.at[i], out);
    rs_flags_fini(&list);
}

void rs_options_visit(unsigned groups,
                      void (*visit)(void *context, const char *name, const char *argument),
                      void *context) {
    rs_flags list;
    rs_flags_init(&list, groups);
    for (size_t i = 0; i < list.count; i++) visit(context, list.at[i].name, list.at[i].argument);
    rs_flags_fini(&list);
}

/* ------------------------------------------------------------------ reading */

static void refuse_unknown(const rs_flags *list, const char *given) {
    const char *words[RS_FLAGS_MAX + 1] = {NULL};
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
static void refuse_flag(const rs_flags *list, const char *given) {
    if (optopt >= FIRST_LONG)
        rs_streams_refuse("--%s takes no value", list->at[optopt - FIRST_LONG].name);
    else if (optopt)
        rs_streams_refuse("unknown flag '-%c' (--help shows them all)", optopt);
    else
        refuse_unknown(list, given);
}

/* What single flags cannot know. */
static bool agree(const rs_options *options) {
    if (options->live && options->quiet)
        return rs_streams_refuse("--live and --quiet: one shows what the other keeps away; leave "
                                 "one of them out");
    if (options->trace_slices && !options->trace)
        return rs_streams_refuse("--trace-slices is of a trace: add --export-trace FILE");
    return true;
}

/* Both sides may bring the same words, and the program has them once. It reads with B's; so A's are
 * looked into, by a child, while B's are not there yet. */
static bool add_sides(rs_options *options) {
    bool fine = true;
    for (uint32_t i = 0; fine && i < options->a.plugin_count; i++)
        fine = rs_plugin_file_look("a-plugin", &options->a.plugins[i]);
    for (uint32_t i = 0; fine && i < options->b.plugin_count; i++)
        fine = rs_plugin_file_look("b-plugin", &options->b.plugins[i]) &&
               rs_plugin_file_add("b-plugin", &options->b.plugins[i]);
    return fine;
}

/* NULL after a message: there is none such. `got` is what getopt says. */
static const rs_flag *flag_of(const rs_flags *list, int got, const char *given) {
    if (got == ':') {
        rs_streams_refuse("%s needs a value (--help shows how)", given);
        return NULL;
    }
    if (got == '?') {
        refuse_flag(list, given);
        return NULL;
    }
    if (got == 'h') return rs_flags_find(list, "help");
    if (got != 'o') return &list->at[got - FIRST_LONG];
    const rs_flag *output = rs_flags_find(list, "output");
    if (!output) rs_streams_refuse("unknown flag '-o' (--help shows them all)");
    return output;
}

static bool read_flags(rs_options *options, const rs_flags *list, int argc, char **argv) {
    struct option table[RS_FLAGS_MAX + 1] = {{NULL, 0, NULL, 0}};
    for (size_t i = 0; i < list->count; i++)
        table[i] = (struct option){list->at[i].name, list->at[i].argument != NULL, NULL,
                                   (int)i + FIRST_LONG};
    opterr = 0;
    optind = 0;
    for (int got; (got = getopt_long(argc, argv, ":ho:", table, NULL)) != -1;) {
        const rs_flag *flag = flag_of(list, got, argv[optind - 1]);
        if (!flag || !flag->set(options, flag, optarg)) return false;
    }
    options->arguments = (const char *const *)argv + optind;
    options->argument_count = (uint32_t)(argc - optind);
    return options->help || options->version || (agree(options) && add_sides(options));
}

bool rs_options_read(rs_options *options, const rs_command *command, int argc, char **argv) {
    rs_flags list;
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
    rs_flags_init(&list, command->flags);
    bool read = read_flags(options, &list, argc, argv);
    rs_flags_fini(&list);
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
