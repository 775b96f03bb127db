/* reader.c: typed values out of document nodes.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/reader.h"

#include "runtime/base/units.h"
#include "scenarios/language/word.h"

#include <inttypes.h>
#include <string.h>

static const char *const kind_words[] = {"nothing", "a single value", "a list", "a mapping"};

static bool expect_kind(rs_reader *reader, const rs_document_node *node, const char *what,
                        rs_document_kind kind) {
    if (node->kind == RS_DOCUMENT_BROKEN) return false;
    if (node->kind == kind) return true;
    bool is_empty = node->kind == RS_DOCUMENT_SCALAR && node->plain && !*node->text;
    rs_reader_problem(reader, node->place, "%s must be %s, not %s", what, kind_words[kind],
                      is_empty ? "empty" : kind_words[node->kind]);
    return false;
}

bool rs_reader_mapping(rs_reader *reader, const rs_document_node *node, const char *what) {
    return expect_kind(reader, node, what, RS_DOCUMENT_MAPPING);
}

bool rs_reader_list(rs_reader *reader, const rs_document_node *node, const char *what) {
    return rs_reader_list_of(reader, node, what, RS_READER_ITEMS_MAX);
}

bool rs_reader_list_of(rs_reader *reader, const rs_document_node *node, const char *what,
                       uint32_t max) {
    if (!expect_kind(reader, node, what, RS_DOCUMENT_LIST)) return false;
    if (node->count <= max) return true;
    rs_reader_problem(reader, node->place, "%s has more than %u entries", what, max);
    return false;
}

void rs_reader_keys(rs_reader *reader, const rs_document_node *mapping, const char *const *known) {
    for (uint32_t i = 0; i < mapping->count; i++) {
        const rs_document_entry *entry = &mapping->entries[i];
        if (rs_word_index(entry->key, known) < 0)
            rs_diagnostic_unknown(reader->diagnostics, entry->place, "key", entry->key, known);
    }
}

const rs_document_node *rs_reader_get(const rs_document_node *mapping, const char *key) {
    const rs_document_entry *entry = rs_document_find(mapping, key);
    return entry ? entry->value : NULL;
}

const rs_document_node *rs_reader_need(rs_reader *reader, const rs_document_node *mapping,
                                       const char *key, const char *owner) {
    const rs_document_node *value = rs_reader_get(mapping, key);
    if (!value) rs_reader_problem(reader, mapping->place, "%s needs '%s'", owner, key);
    return value;
}

static bool is_null(const rs_document_node *node) {
    return node->plain && (!*node->text || !strcmp(node->text, "~") || !strcmp(node->text, "null"));
}

const char *rs_reader_text(rs_reader *reader, const rs_document_node *node, const char *what) {
    if (!expect_kind(reader, node, what, RS_DOCUMENT_SCALAR)) return NULL;
    if (!is_null(node)) return node->text;
    rs_reader_problem(reader, node->place, "%s has no value", what);
    return NULL;
}

static bool is_id(const char *text) {
    if (*text < 'a' || *text > 'z') return false;
    return text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_")] == 0;
}

const char *rs_reader_id(rs_reader *reader, const rs_document_node *node, const char *what) {
    const char *text = rs_reader_text(reader, node, what);
    if (!text) return NULL;
    if (!is_id(text)) {
        rs_reader_problem(reader, node->place,
                          "%s '%.60s': an id is a small letter, then small letters, digits and _",
                          what, text);
        return NULL;
    }
    if (strlen(text) <= RS_READER_ID_BYTES_MAX) return text;
    rs_reader_problem(reader, node->place, "%s is longer than %u letters", what,
                      RS_READER_ID_BYTES_MAX);
    return NULL;
}

int rs_reader_word(rs_reader *reader, const rs_document_node *node, const char *what,
                   const char *const *words) {
    const char *text = rs_reader_text(reader, node, what);
    int index = text ? rs_word_index(text, words) : -1;
    if (text && index < 0)
        rs_diagnostic_unknown(reader->diagnostics, node->place, what, text, words);
    return index;
}

bool rs_reader_boolean(rs_reader *reader, const rs_document_node *node, const char *what,
                       bool *value) {
    const char *text = rs_reader_text(reader, node, what);
    if (!text) return false;
    bool is_true = node->plain && strcmp(text, "true") == 0;
    if (is_true || (node->plain && strcmp(text, "false") == 0)) {
        *value = is_true;
        return true;
    }
    rs_reader_problem(reader, node->place, "%s '%.60s': write true or false, without quotes", what,
                      text);
    return false;
}

typedef rs_err parser(const char *text, uint64_t *value, const char **why);
typedef const char *printer(uint64_t value, char *text, size_t size);

static bool read_unit(rs_reader *reader, const rs_document_node *node, const char *what,
                      parser *parse, uint64_t *value) {
    const char *text = rs_reader_text(reader, node, what), *why;
    if (!text) return false;
    if (parse(text, value, &why) == RS_OK) return true;
    rs_reader_problem(reader, node->place, "%s '%.60s': %s", what, text, why);
    return false;
}

static bool check_range(rs_reader *reader, const rs_document_node *node, const char *what,
                        uint64_t value, uint64_t min, uint64_t max, printer *print) {
    if (value >= min && value <= max) return true;
    char low[RS_UNITS_TEXT_BYTES], high[RS_UNITS_TEXT_BYTES];
    rs_reader_problem(reader, node->place, "%s '%.60s' is out of range: from %s to %s", what,
                      node->text, print(min, low, sizeof low), print(max, high, sizeof high));
    return false;
}

bool rs_reader_count(rs_reader *reader, const rs_document_node *node, const char *what,
                     uint64_t min, uint64_t max, uint64_t *value) {
    uint64_t read;
    if (node->kind == RS_DOCUMENT_SCALAR && !node->plain) {
        rs_reader_problem(reader, node->place,
                          "%s \"%.60s\" is a text: write a number without quotes", what,
                          node->text);
        return false;
    }
    if (!read_unit(reader, node, what, rs_units_parse_count, &read)) return false;
    if (!check_range(reader, node, what, read, min, max, rs_units_format_count)) return false;
    *value = read;
    return true;
}

bool rs_reader_duration(rs_reader *reader, const rs_document_node *node, const char *what,
                        uint64_t min, uint64_t max, uint64_t *ns) {
    uint64_t read;
    if (!read_unit(reader, node, what, rs_units_parse_duration, &read)) return false;
    if (!check_range(reader, node, what, read, min, max, rs_units_format_duration)) return false;
    *ns = read;
    return true;
}

bool rs_reader_bytes(rs_reader *reader, const rs_document_node *node, const char *what,
                     uint64_t min, uint64_t max, uint64_t *bytes) {
    uint64_t read;
    if (!read_unit(reader, node, what, rs_units_parse_bytes, &read)) return false;
    if (!check_range(reader, node, what, read, min, max, rs_units_format_bytes)) return false;
    *bytes = read;
    return true;
}

bool rs_reader_share(rs_reader *reader, const rs_document_node *node, const char *what,
                     uint64_t *ppm) {
    return read_unit(reader, node, what, rs_units_parse_share, ppm);
}

static int find_phase(const rs_plan *plan, const char *name) {
    for (uint32_t i = 0; i < plan->phase_count; i++)
        if (strcmp(plan->phases[i].name, name) == 0) return (int)i;
    return -1;
}

void rs_reader_unknown_phase(rs_reader *reader, rs_place place, const char *name) {
    if (!reader->has_phases) return;
    const rs_plan *plan = reader->plan;
    const char **words =
        rs_plan_memory_array(reader->memory, plan->phase_count + 1u, sizeof *words);
    for (uint32_t i = 0; i < plan->phase_count; i++) words[i] = plan->phases[i].name;
    rs_diagnostic_unknown(reader->diagnostics, place, "phase", name, words);
}

int rs_reader_phase(rs_reader *reader, const rs_document_node *node) {
    const char *name = rs_reader_text(reader, node, "'during'");
    if (!name) return -1;
    int phase = find_phase(reader->plan, name);
    if (phase < 0) rs_reader_unknown_phase(reader, node->place, name);
    return phase;
}

bool rs_reader_argument(rs_reader *reader, const char *text, const char **name,
                        const char **argument) {
    const char *open = strchr(text, '(');
    size_t length = strlen(text);
    *name = text;
    *argument = NULL;
    if (!open) return !strchr(text, ')');
    if (text[length - 1] != ')') return false;
    *name = rs_plan_memory_copy(reader->memory, text, (size_t)(open - text));
    const char *begin = open + 1, *end = text + length - 1;
    while (begin < end && *begin == ' ') begin++;
    while (end > begin && end[-1] == ' ') end--;
    *argument = rs_plan_memory_copy(reader->memory, begin, (size_t)(end - begin));
    return true;
}
