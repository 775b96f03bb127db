/* explore.c: the `explore` of a scenario: the envelope within which a search draws faults, and the
 * `failure` of a file that a search has written.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/units.h"
#include "scenarios/language/choices.h"
#include "scenarios/language/key_words.h"
#include "scenarios/language/path.h"
#include "scenarios/language/section.h"
#include "scenarios/language/word.h"

#include <string.h>

/* Of a life; the rest of a cause's 255 is for the scenario's own. */
#define FAULTS_MAX 100u

/* ------------------------------------------------------------------ faults */

static const char *const *kind_words(rs_reader *reader) {
    uint32_t count = 0;
    while (rs_faults[count]) count++;
    const char **words = rs_plan_memory_array(reader->memory, count + 3u, sizeof *words);
    for (uint32_t i = 0; i < count; i++) words[i] = rs_faults[i]->name;
    words[count] = "own";
    words[count + 1] = "all";
    return words;
}

static void add_kind(rs_plan_envelope *envelope, const rs_fault_kind **kinds,
                     const rs_fault_kind *kind) {
    for (uint32_t i = 0; i < envelope->kind_count; i++)
        if (kinds[i] == kind) return;
    kinds[envelope->kind_count++] = kind;
}

/* Reasons are invented: one that no supervisor takes for an orderly end. */
static void read_kind(rs_reader *reader, const rs_document_node *value, rs_plan_envelope *envelope,
                      const rs_fault_kind **kinds) {
    const char *const *words = kind_words(reader);
    const char *text = rs_reader_text(reader, value, "'faults'");
    if (!text) return;
    int index = rs_word_index(text, words);
    if (index < 0)
        rs_diagnostic_unknown(reader->diagnostics, value->place, "fault", text, words);
    else if (strcmp(text, "own") == 0)
        envelope->own = true;
    else if (strcmp(text, "all") == 0)
        for (uint32_t i = 0; rs_faults[i]; i++) add_kind(envelope, kinds, rs_faults[i]);
    else
        add_kind(envelope, kinds, rs_faults[index]);
}

static void read_kinds(rs_reader *reader, const rs_document_node *value,
                       rs_plan_envelope *envelope) {
    uint32_t count = 0;
    while (rs_faults[count]) count++;
    const rs_fault_kind **kinds = rs_plan_memory_array(reader->memory, count + 1u, sizeof *kinds);
    envelope->kinds = kinds;
    if (value->kind == RS_DOCUMENT_SCALAR)
        read_kind(reader, value, envelope, kinds);
    else if (rs_reader_list(reader, value, "'faults'"))
        for (uint32_t i = 0; i < value->count; i++)
            read_kind(reader, value->entries[i].value, envelope, kinds);
}

/* Without a word: the file's own faults, or, where it has none, deaths by kill. */
static void default_kinds(rs_reader *reader, rs_plan_envelope *envelope) {
    envelope->own = reader->plan->fault_count > 0;
    if (envelope->own) return;
    const rs_fault_kind **kinds = rs_plan_memory_array(reader->memory, 1, sizeof *kinds);
    kinds[0] = rs_fault_find("kill");
    envelope->kinds = kinds;
    envelope->kind_count = 1;
}

/* ------------------------------------------------------------------ the envelope */

/* `root` is the top supervisor, whatever its id. */
static void read_protected(rs_reader *reader, const rs_document_node *value, const char **pattern) {
    const rs_plan_node *root = reader->plan->root, *unused[1];
    const char *text = rs_reader_text(reader, value, "'protect'");
    *pattern = text ? text : "";
    if (!text || !root) return;
    if (strcmp(text, "root") == 0)
        *pattern = "";
    else if (!rs_path_is_pattern(text))
        rs_reader_problem(reader, value->place,
                          "'protect' '%.60s': write root, or a path such as shop/db, the last step "
                          "may be *",
                          text);
    else if (!rs_path_select(root, text, unused, 0))
        rs_tree_unknown_path(reader, value->place, "path", text);
}

static void read_protect(rs_reader *reader, const rs_document_node *value,
                         rs_plan_envelope *envelope) {
    bool is_scalar = value && value->kind == RS_DOCUMENT_SCALAR;
    if (value && !is_scalar && !rs_reader_list(reader, value, "'protect'")) return;
    uint32_t count = !value || is_scalar ? 1 : value->count;
    const char **patterns = rs_plan_memory_array(reader->memory, count + 1u, sizeof *patterns);
    envelope->protect = patterns;
    envelope->protect_count = count;
    if (!value)
        patterns[0] = "";
    else if (is_scalar)
        read_protected(reader, value, &patterns[0]);
    else
        for (uint32_t i = 0; i < count; i++)
            read_protected(reader, value->entries[i].value, &patterns[i]);
}

static void read_max_rate(rs_reader *reader, const rs_document_node *value,
                          rs_plan_envelope *envelope) {
    const char *text = rs_reader_text(reader, value, "'max_rate'"), *why;
    if (text && rs_units_parse_rate(text, &envelope->max_rate_per_ks, &why) != RS_OK)
        rs_reader_problem(reader, value->place, "'max_rate' '%.60s': %s", text, why);
}

void rs_section_explore(rs_reader *reader, const rs_document_node *scenario) {
    static const rs_document_node none = {.kind = RS_DOCUMENT_MAPPING};
    const rs_document_node *mapping = rs_reader_get(scenario, "explore");
    rs_plan_envelope *envelope = &reader->plan->envelope;
    uint64_t max_faults = 8;
    envelope->max_rate_per_ks = 2000;
    if (mapping && !rs_reader_mapping(reader, mapping, "'explore'")) mapping = NULL;
    if (!mapping) mapping = &none;
    rs_reader_keys(reader, mapping, rs_key_words_explore);
    const rs_document_node *faults = rs_reader_get(mapping, "faults");
    const rs_document_node *most = rs_reader_get(mapping, "max_faults");
    const rs_document_node *rate = rs_reader_get(mapping, "max_rate");
    if (faults)
        read_kinds(reader, faults, envelope);
    else
        default_kinds(reader, envelope);
    if (most) rs_reader_count(reader, most, "'max_faults'", 1, FAULTS_MAX, &max_faults);
    envelope->max_faults = (uint32_t)max_faults;
    if (rate) read_max_rate(reader, rate, envelope);
    envelope->during = -1; /* a scenario with one phase may be run, if not explored */
    if (rs_reader_get(mapping, "during"))
        envelope->during = rs_phase_strike(reader, mapping, "faults");
    read_protect(reader, rs_reader_get(mapping, "protect"), envelope);
}

/* ------------------------------------------------------------------ a failure that was found */

static const char *text_of(rs_reader *reader, const rs_document_node *mapping, const char *key) {
    const rs_document_node *value = rs_reader_get(mapping, key);
    const char *text = value ? rs_reader_text(reader, value, key) : NULL;
    return text ? text : "";
}

void rs_section_failure(rs_reader *reader, const rs_document_node *scenario) {
    const rs_document_node *mapping = rs_reader_get(scenario, "failure");
    if (!mapping || !rs_reader_mapping(reader, mapping, "'failure'")) return;
    rs_plan_failure *failure = rs_plan_memory_take(reader->memory, sizeof *failure);
    rs_reader_keys(reader, mapping, rs_key_words_failure);
    rs_reader_need(reader, mapping, "check", "a failure");
    failure->place = mapping->place;
    failure->check = text_of(reader, mapping, "check");
    failure->path = text_of(reader, mapping, "path");
    failure->says = text_of(reader, mapping, "says");
    failure->build = text_of(reader, mapping, "build");
    failure->hash = text_of(reader, mapping, "hash");
    const rs_document_node *choices = rs_reader_get(mapping, "choices");
    if (choices) failure->choices = rs_choices_read(reader, choices);
    reader->plan->failure = failure;
}
