/* settings.c: walks through a document beside the tables of keys.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/settings.h"

#include "scenarios/language/document.h"
#include "scenarios/language/key_words.h"
#include "scenarios/language/plan_memory.h"
#include "scenarios/language/source.h"
#include "scenarios/workers/worker.h"

#include <string.h>

typedef struct walk {
    rs_plan_memory *memory;
    FILE *out;
} walk;

#define JOIN(WALK, ...) rs_plan_memory_format((WALK)->memory, __VA_ARGS__)

static void walk_section(const walk *this, const rs_document_node *mapping, const char *section,
                         const char *before);

static const rs_document_node *value_of(const rs_document_node *mapping, const char *key) {
    if (!mapping || mapping->kind != RS_DOCUMENT_MAPPING) return NULL;
    const rs_document_entry *entry = rs_document_find(mapping, key);
    return entry ? entry->value : NULL;
}

static const char *text_of(const rs_document_node *mapping, const char *key) {
    const rs_document_node *value = value_of(mapping, key);
    return value && value->kind == RS_DOCUMENT_SCALAR ? value->text : NULL;
}

/* Of a name that could not be set, or moves a stranger's text into a shell, nothing is told. */
static bool is_plain(const char *name) {
    return *name && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")];
}

/* ------------------------------------------------------------------ mappings of several sections
 */

static void walk_worker(const walk *this, const rs_document_node *mapping, const char *before) {
    const char *name = text_of(mapping, "worker");
    const rs_worker *worker = name ? rs_worker_find(name) : NULL;
    walk_section(this, mapping, "worker", before);
    for (uint32_t i = 0; worker && i < worker->option_count; i++)
        fprintf(this->out, "%s%s\n", before, worker->options[i].key);
}

static void walk_mapping(const walk *this, const rs_document_node *mapping, const char *section,
                         const char *before) {
    bool is_child = strcmp(section, "child") == 0;
    if (is_child) section = value_of(mapping, "worker") ? "worker" : "supervisor";
    if (strcmp(section, "worker") == 0)
        walk_worker(this, mapping, before);
    else
        walk_section(this, mapping, section, before);
    if (strcmp(section, "fault") != 0) return;
    walk_section(this, mapping, "triggers", before);
    walk_section(this, mapping, "modifiers", before);
}

/* Entries go by their ids, or by their numbers. */
static void walk_list(const walk *this, const rs_document_node *list, const char *section,
                      const char *path) {
    if (!list || list->kind != RS_DOCUMENT_LIST) return;
    for (uint32_t i = 0; i < list->count; i++) {
        const rs_document_node *item = list->entries[i].value;
        const char *id = text_of(item, "id");
        const char *before =
            id && is_plain(id) ? JOIN(this, "%s.%s.", path, id) : JOIN(this, "%s[%u].", path, i);
        walk_mapping(this, item, section, before);
    }
}

/* What the file has, where keys are names of the file's own. */
static void walk_entries(const walk *this, const rs_document_node *node, const char *path) {
    if (!node || node->kind == RS_DOCUMENT_SCALAR) return;
    for (uint32_t i = 0; i < node->count; i++) {
        const rs_document_entry *entry = &node->entries[i];
        if (entry->key && is_plain(entry->key))
            fprintf(this->out, "%s.%s\n", path, entry->key);
        else if (!entry->key)
            walk_entries(this, entry->value, JOIN(this, "%s[%u]", path, i));
    }
}

/* ------------------------------------------------------------------ keys */

/* The section that a form speaks of; NULL: none. */
static const char *section_of(const walk *this, const char *form) {
    const char *open = strchr(form, '{');
    if (strstr(form, "CHILD")) return "child";
    if (strcmp(form, "TEMPLATE") == 0) return "worker";
    return open ? JOIN(this, "%.*s", (int)strcspn(open + 1, "}"), open + 1) : NULL;
}

static bool has_own_names(const char *form) {
    return strcmp(form, "PHASES") == 0 || strcmp(form, "MIX") == 0 || strcmp(form, "[SETUP]") == 0;
}

/* A mapping that is one of several forms is told as a whole until the file has it. */
static void walk_key(const walk *this, const rs_document_node *mapping, const rs_key *key,
                     const char *before) {
    const rs_document_node *value = value_of(mapping, key->name);
    const char *path = JOIN(this, "%s%s", before, key->name);
    const char *section = section_of(this, key->form);
    bool is_there = value && value->kind == RS_DOCUMENT_MAPPING;
    bool is_template = strcmp(key->form, "TEMPLATE") == 0;
    if (section && *key->form == '[')
        walk_list(this, value, section, path);
    else if (section && (is_there || (*key->form == '{' && !value)))
        walk_mapping(this, value, section, JOIN(this, "%s.", path));
    else if (has_own_names(key->form))
        walk_entries(this, value, path);
    else if (!is_template)
        fprintf(this->out, "%s\n", path);
}

static void walk_section(const walk *this, const rs_document_node *mapping, const char *section,
                         const char *before) {
    const rs_key_section *keys = rs_key_section_find(section);
    for (const rs_key *key = keys->keys; key->name; key++) walk_key(this, mapping, key, before);
}

bool rs_settings_list(const char *path, rs_diagnostics *diagnostics, FILE *out) {
    rs_plan_memory *memory = rs_plan_memory_create();
    const walk this = {memory, out};
    rs_document_node *scenario = NULL;
    rs_source source;
    if (rs_source_read(path, memory, diagnostics, &source))
        scenario = rs_document_parse(source.bytes, source.length, (rs_place){source.file, 1, 1},
                                     memory, diagnostics);
    if (scenario) walk_section(&this, scenario, "scenario", "");
    rs_plan_memory_destroy(memory);
    return scenario != NULL;
}
