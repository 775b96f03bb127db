/* list.c: `respawn list`: the words that a scenario can use, from the same catalogues that give
 * them their meaning.
 * SPDX-License-Identifier: MIT
 */
#include "reports/metric.h"
#include "runtime/sched/sched.h"
#include "scenarios/checks/check.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/flags.h"
#include "scenarios/cli/streams.h"
#include "scenarios/cli/words.h"
#include "scenarios/engine/condition.h"
#include "scenarios/language/fault_how.h"
#include "scenarios/language/fault_when.h"
#include "scenarios/language/key_words.h"
#include "scenarios/language/settings.h"
#include "scenarios/language/word.h"
#include "scenarios/loads/load.h"
#include "scenarios/workers/worker.h"

#include <stdio.h>
#include <string.h>

static void print_line(const char *name, const char *about) {
    printf("  %-30s %s\n", name, about);
}

static void print_option(const rs_option *option) {
    char text[128];
    const char *fallback = option->fallback;
    snprintf(text, sizeof text, "%s:", option->key);
    printf("      %-26s %s%s%s%s\n", text, option->help ? option->help : "",
           fallback && *fallback ? " (default "
           : !fallback           ? " (required"
                                 : "",
           fallback ? fallback : "", fallback && !*fallback ? "" : ")");
}

static void list_workers(void) {
    for (size_t i = 0; rs_workers[i]; i++) {
        const rs_worker *worker = rs_workers[i];
        print_line(worker->name, worker->about);
        for (uint32_t k = 0; k < worker->option_count; k++) print_option(&worker->options[k]);
        for (uint32_t k = 0; k < worker->operation_count; k++)
            printf("      mix %-22s %s\n", worker->operations[k].name, worker->operations[k].about);
        for (uint32_t k = 0; k < worker->setup_action_count; k++)
            printf("      setup %-20s %s\n", worker->setup_actions[k].name,
                   worker->setup_actions[k].about);
    }
}

static void list_faults(void) {
    for (size_t i = 0; rs_faults[i]; i++) {
        char syntax[RS_FAULT_SYNTAX_BYTES];
        print_line(rs_fault_how_syntax(rs_faults[i], syntax, sizeof syntax), rs_faults[i]->about);
    }
}

static void list_triggers(void) {
    for (size_t i = 0; rs_fault_when_helps[i].example; i++) {
        print_line(rs_fault_when_helps[i].example, rs_fault_when_helps[i].about);
        if (strncmp(rs_fault_when_helps[i].example, "on:", 3) != 0) continue;
#define X(NAME, WORD, MEANING) printf("      %-22s %s\n", WORD, MEANING);
        RS_PLAN_OCCASIONS(X)
#undef X
    }
}

static void list_loads(void) {
    for (size_t i = 0; rs_loads[i]; i++)
        printf("  %-39s %s\n", rs_loads[i]->syntax, rs_loads[i]->about);
    for (const rs_load_word *word = rs_load_words; word->syntax; word++)
        printf("  %-39s %s\n", word->syntax, word->about);
}

static void list_metrics(void) {
    for (const rs_metric *metric = rs_metrics; metric->name; metric++)
        printf("  %-26s %-9s  %s%s%s\n", metric->name, rs_metric_kind_word(metric->kind),
               metric->about, *metric->labels ? "; by " : "", metric->labels);
}

/* All files that a run can leave. */
static void list_formats(void) {
    static rs_flags list;
    rs_flags_init(&list, RS_FLAGS_RUN);
    for (size_t i = 0; i < list.count; i++) {
        char name[64];
        if (strncmp(list.at[i].name, "export-", 7) != 0) continue;
        snprintf(name, sizeof name, "--%s", list.at[i].name);
        print_line(name, list.at[i].help);
    }
    rs_flags_fini(&list);
}

static void list_schedulers(void) {
    for (size_t i = 0; rs_scheds[i]; i++) print_line(rs_scheds[i]->name, rs_scheds[i]->about);
}

static void list_checks(void) {
    for (size_t i = 0; rs_checks[i]; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s", rs_checks[i]->name,
                 rs_checks[i]->takes_time ? "(DURATION)" : "");
        print_line(name, rs_checks[i]->about);
    }
}

/* Words in capitals stand for what everybody expects of them. */
static void print_key(const rs_key *key) {
    char text[128];
    snprintf(text, sizeof text, "%s: %s", key->name, key->form);
    printf("      %-38s %s%s\n", text, key->about, key->is_needed ? " (required)" : "");
}

static void list_keys(void) {
    for (const rs_key_section *section = rs_key_sections; section->name; section++) {
        printf("  %s\n", section->title);
        for (const rs_key *key = section->keys; key->name; key++) print_key(key);
    }
}

static void list_conditions(void) {
    for (const rs_condition *condition = rs_conditions; condition->name; condition++) {
        char threshold[RS_RESULT_CONDITION_BYTES];
        rs_result_condition unit = {.unit = condition->unit};
        rs_result_condition_value(&unit, rs_known(condition->threshold), threshold,
                                  sizeof threshold);
        printf("  %-18s > %-6s  %s; spoils %s\n", condition->name, threshold, condition->about,
               condition->spoils);
    }
}

#define LISTS(X)                                                                                   \
    X(workers)                                                                                     \
    X(faults)                                                                                      \
    X(triggers)                                                                                    \
    X(schedulers)                                                                                  \
    X(loads)                                                                                       \
    X(checks)                                                                                      \
    X(metrics)                                                                                     \
    X(formats)                                                                                     \
    X(keys)                                                                                        \
    X(conditions)

#define X(WORD) #WORD,
const char *const rs_words_list[] = {LISTS(X) NULL};
#undef X
#define X(WORD) list_##WORD,
static void (*const lists[])(void) = {LISTS(X)};
#undef X

static bool refuse(const char *given) {
    const char *nearest = rs_word_nearest(given, rs_words_list);
    char all[256];
    size_t used = 0;
    for (size_t i = 0; rs_words_list[i]; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s %s", i ? "," : "",
                                 rs_words_list[i]);
    if (nearest)
        return rs_streams_refuse("there is no list of '%s' – did you mean '%s'?", given, nearest);
    return rs_streams_refuse("there is no list of '%s', but of%s", given, all);
}

static void list_all(void) {
    for (size_t i = 0; rs_words_list[i]; i++) {
        printf("%s%s\n", i ? "\n" : "", rs_words_list[i]);
        lists[i]();
    }
}

/* The keys of one scenario, as --set takes them. */
static int list_settings(const char *path) {
    rs_diagnostics *diagnostics = rs_diagnostics_create();
    bool is_read = rs_settings_list(path, diagnostics, stdout);
    rs_diagnostics_print(diagnostics, stderr);
    rs_diagnostics_destroy(diagnostics);
    return is_read ? RS_EXIT_PASSED : RS_EXIT_USAGE;
}

int rs_command_list(const rs_options *options) {
    const char *const *arguments = options->arguments;
    if (options->argument_count == 2 && strcmp(arguments[0], "keys") == 0)
        return list_settings(arguments[1]);
    if (options->argument_count > 1) {
        rs_streams_refuse("usage: respawn list [KIND] or respawn list keys SCENARIO");
        return RS_EXIT_USAGE;
    }
    if (options->argument_count == 0) {
        list_all();
        return RS_EXIT_PASSED;
    }
    int index = rs_word_index(arguments[0], rs_words_list);
    if (index < 0)
        refuse(arguments[0]);
    else
        lists[index]();
    return index < 0 ? RS_EXIT_USAGE : RS_EXIT_PASSED;
}
