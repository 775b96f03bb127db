/* setup.c: the `setup` of a scenario: what is prepared before time zero. An entry names its action
 * by a key: `- { add_games: registry, count: 10000 }`.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/section.h"
#include "scenarios/language/word.h"

#include <string.h>

/* Every action of every worker, once. */
static const char *const *action_words(rs_reader *reader) {
    uint32_t count = 0, used = 0;
    for (uint32_t i = 0; rs_workers[i]; i++) count += rs_workers[i]->setup_action_count;
    const char **words = rs_plan_memory_array(reader->memory, count + 1u, sizeof *words);
    for (uint32_t i = 0; rs_workers[i]; i++)
        for (uint32_t j = 0; j < rs_workers[i]->setup_action_count; j++)
            if (rs_word_index(rs_workers[i]->setup_actions[j].name, words) < 0)
                words[used++] = rs_workers[i]->setup_actions[j].name;
    return words;
}

static const rs_document_entry *find_action_key(const rs_document_node *mapping,
                                                const char *const *actions) {
    for (uint32_t i = 0; i < mapping->count; i++)
        if (rs_word_index(mapping->entries[i].key, actions) >= 0) return &mapping->entries[i];
    return NULL;
}

static const rs_setup_action *find_action(const rs_worker *worker, const char *name) {
    for (uint32_t i = 0; i < worker->setup_action_count; i++)
        if (strcmp(worker->setup_actions[i].name, name) == 0) return &worker->setup_actions[i];
    return NULL;
}

static void report_action(rs_reader *reader, const rs_worker *worker,
                          const rs_document_entry *entry) {
    uint32_t count = worker->setup_action_count;
    const char **words = rs_plan_memory_array(reader->memory, count + 1u, sizeof *words);
    for (uint32_t i = 0; i < count; i++) words[i] = worker->setup_actions[i].name;
    const char *what = rs_plan_memory_format(reader->memory, "setup of worker '%s'", worker->name);
    rs_diagnostic_unknown(reader->diagnostics, entry->place, what, entry->key, words);
}

static void read_options(rs_reader *reader, const rs_document_node *mapping, const char *name,
                         rs_plan_setup *setup) {
    const rs_setup_action *action = setup->action;
    const char *const own[] = {name, NULL};
    rs_reader_keys(reader, mapping,
                   rs_option_keys(reader, own, action->options, action->option_count));
    void *config = rs_plan_memory_take(reader->memory, action->config_bytes);
    rs_option_read(reader, action->options, action->option_count, mapping, name, config);
    setup->config = config;
}

static void read_setup(rs_reader *reader, const rs_document_node *mapping, rs_plan_setup *setup) {
    if (!rs_reader_mapping(reader, mapping, "a setup")) return;
    const char *const *actions = action_words(reader);
    const rs_document_entry *entry = find_action_key(mapping, actions);
    setup->place = mapping->place;
    if (!entry && mapping->count)
        rs_diagnostic_unknown(reader->diagnostics, mapping->entries[0].place, "setup",
                              mapping->entries[0].key, actions);
    else if (!entry)
        rs_reader_problem(reader, mapping->place, "an empty setup");
    if (!entry) return;
    setup->target = rs_tree_target(reader, entry->value, entry->key);
    if (!setup->target) return;
    setup->action = find_action(setup->target->worker, entry->key);
    if (setup->action)
        read_options(reader, mapping, entry->key, setup);
    else
        report_action(reader, setup->target->worker, entry);
}

void rs_section_setup(rs_reader *reader, const rs_document_node *scenario) {
    const rs_document_node *list = rs_reader_get(scenario, "setup");
    if (!list || !rs_reader_list(reader, list, "'setup'")) return;
    rs_plan_setup *setups = rs_plan_memory_array(reader->memory, list->count, sizeof *setups);
    for (uint32_t i = 0; i < list->count; i++)
        read_setup(reader, list->entries[i].value, &setups[i]);
    reader->plan->setups = setups;
    reader->plan->setup_count = list->count;
}
