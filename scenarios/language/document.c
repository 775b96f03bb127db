/* document.c: YAML as a bounded tree. libyaml's event interface is driven by hand: its document
 * interface resolves aliases, accepts duplicate keys and has no bound on depth.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/document.h"

#include "runtime/base/assert.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

typedef struct builder {
    yaml_parser_t parser;
    yaml_event_t event; /* the one looked at */
    const char *bytes;
    size_t length;
    rs_place origin;
    rs_plan_memory *memory;
    rs_diagnostics *diagnostics;
    bool failed; /* the rest of the text cannot be read */
} builder;

static rs_place place_of(const builder *b, yaml_mark_t mark) {
    if (b->origin.line == 0) return b->origin;
    return (rs_place){b->origin.file, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1};
}

/* What a person most likely did where libyaml only knows that it is stuck. */
static const char *hint_at(const builder *b, size_t index) {
    const char *context = b->parser.context;
    if (context && strstr(context, "scanning an alias")) return "; a text with '*' needs quotes";
    if (index < b->length && b->bytes[index] == '\t') return "; indent with spaces, not tabs";
    return "";
}

static void report_syntax(builder *b) {
    const yaml_parser_t *parser = &b->parser;
    const char *problem = parser->problem ? parser->problem : "cannot be read";
    const char *context = parser->context ? parser->context : "";
    rs_diagnostic_add(b->diagnostics, place_of(b, parser->problem_mark), "not YAML: %s%s%s%s",
                      problem, *context ? ", " : "", context,
                      hint_at(b, parser->problem_mark.index));
    b->failed = true;
}

/* next moves to the next event; on failure it is a stream end, at which every loop stops. */
static void next(builder *b) {
    yaml_event_delete(&b->event);
    if (b->failed || !yaml_parser_parse(&b->parser, &b->event)) {
        if (!b->failed) report_syntax(b);
        memset(&b->event, 0, sizeof b->event);
        b->event.type = YAML_STREAM_END_EVENT;
    }
}

rs_document_node *rs_document_create(rs_document_kind kind, rs_place place,
                                     rs_plan_memory *memory) {
    rs_document_node *node = rs_plan_memory_take(memory, sizeof *node);
    node->kind = kind;
    node->place = place;
    return node;
}

void rs_document_append(rs_document_node *node, rs_document_entry entry, rs_plan_memory *memory) {
    RS_ASSERT(node->kind == RS_DOCUMENT_LIST || node->kind == RS_DOCUMENT_MAPPING);
    if (node->count == node->capacity) {
        uint32_t capacity = node->capacity ? node->capacity * 2 : 4;
        rs_document_entry *grown = rs_plan_memory_array(memory, capacity, sizeof *grown);
        if (node->count) memcpy(grown, node->entries, node->count * sizeof *grown);
        node->entries = grown;
        node->capacity = capacity;
    }
    node->entries[node->count++] = entry;
}

rs_document_entry *rs_document_find(const rs_document_node *mapping, const char *key) {
    if (mapping->kind != RS_DOCUMENT_MAPPING) return NULL;
    for (uint32_t i = 0; i < mapping->count; i++)
        if (strcmp(mapping->entries[i].key, key) == 0) return &mapping->entries[i];
    return NULL;
}

void rs_document_remove(rs_document_node *mapping, const char *key) {
    rs_document_entry *entry = rs_document_find(mapping, key);
    if (!entry) return;
    size_t behind = (size_t)(mapping->entries + mapping->count - (entry + 1));
    memmove(entry, entry + 1, behind * sizeof *entry);
    mapping->count--;
}

/* refuse_marks reports an anchor or a tag, which would make text mean something else. */
static void refuse_marks(builder *b, const yaml_char_t *anchor, const yaml_char_t *tag) {
    rs_place place = place_of(b, b->event.start_mark);
    if (anchor)
        rs_diagnostic_add(b->diagnostics, place, "anchor '&%.60s': anchors are not allowed",
                          (const char *)anchor);
    if (tag)
        rs_diagnostic_add(b->diagnostics, place, "tag '%.60s': tags are not allowed",
                          (const char *)tag);
}

static rs_document_node *build(builder *b, uint32_t depth);

static rs_document_node *build_broken(builder *b, rs_place place) {
    next(b);
    return rs_document_create(RS_DOCUMENT_BROKEN, place, b->memory);
}

static rs_document_node *build_alias(builder *b) {
    rs_place place = place_of(b, b->event.start_mark);
    rs_diagnostic_add(b->diagnostics, place,
                      "alias '*%.60s': aliases are not allowed; a text with '*' needs quotes",
                      (const char *)b->event.data.alias.anchor);
    return build_broken(b, place);
}

static rs_document_node *build_scalar(builder *b) {
    rs_place place = place_of(b, b->event.start_mark);
    rs_document_node *node = rs_document_create(RS_DOCUMENT_SCALAR, place, b->memory);
    refuse_marks(b, b->event.data.scalar.anchor, b->event.data.scalar.tag);
    const char *text = (const char *)b->event.data.scalar.value;
    size_t length = b->event.data.scalar.length;
    node->plain = b->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->text = rs_plan_memory_copy(b->memory, text, length);
    if (strlen(node->text) != length) { /* "\0" in double quotes */
        rs_diagnostic_add(b->diagnostics, place, "a text must not contain a NUL character");
        node->kind = RS_DOCUMENT_BROKEN;
    }
    next(b);
    return node;
}

static rs_document_node *build_list(builder *b, uint32_t depth) {
    rs_place place = place_of(b, b->event.start_mark);
    rs_document_node *list = rs_document_create(RS_DOCUMENT_LIST, place, b->memory);
    refuse_marks(b, b->event.data.sequence_start.anchor, b->event.data.sequence_start.tag);
    next(b);
    while (b->event.type != YAML_SEQUENCE_END_EVENT && b->event.type != YAML_STREAM_END_EVENT) {
        rs_place item_place = place_of(b, b->event.start_mark);
        rs_document_node *item = build(b, depth + 1);
        rs_document_append(list, (rs_document_entry){NULL, item_place, item}, b->memory);
    }
    next(b);
    return list;
}

static int compare_keys(const void *left, const void *right) {
    const rs_document_entry *a = *(rs_document_entry *const *)left;
    const rs_document_entry *b = *(rs_document_entry *const *)right;
    int order = strcmp(a->key, b->key);
    return order ? order : (a > b) - (a < b);
}

static void report_duplicate(builder *b, const rs_document_entry *entry,
                             const rs_document_entry *first) {
    rs_diagnostic_add(b->diagnostics, entry->place, "duplicate key '%.60s'; the first is at %u:%u",
                      entry->key, first->place.line, first->place.column);
}

/* Sorted, so that a mapping of a hundred thousand keys costs no hour. */
static void refuse_duplicates(builder *b, rs_document_node *mapping) {
    if (mapping->count < 2) return;
    rs_document_entry **sorted = malloc(mapping->count * sizeof(rs_document_entry *));
    RS_ASSERT(sorted);
    for (uint32_t i = 0; i < mapping->count; i++) sorted[i] = &mapping->entries[i];
    qsort(sorted, mapping->count, sizeof *sorted, compare_keys);
    for (uint32_t i = 1, first = 0; i < mapping->count; i++)
        if (strcmp(sorted[i]->key, sorted[first]->key) == 0)
            report_duplicate(b, sorted[i], sorted[first]);
        else
            first = i;
    free(sorted);
}

/* build_key returns the text of a key, or NULL after reporting that it is none. */
static const char *build_key(builder *b, uint32_t depth) {
    rs_document_node *key = build(b, depth + 1);
    if (key->kind == RS_DOCUMENT_SCALAR && *key->text) return key->text;
    if (key->kind != RS_DOCUMENT_BROKEN && !b->failed)
        rs_diagnostic_add(b->diagnostics, key->place, "a key must be a word");
    return NULL;
}

static rs_document_node *build_mapping(builder *b, uint32_t depth) {
    rs_place place = place_of(b, b->event.start_mark);
    rs_document_node *mapping = rs_document_create(RS_DOCUMENT_MAPPING, place, b->memory);
    refuse_marks(b, b->event.data.mapping_start.anchor, b->event.data.mapping_start.tag);
    next(b);
    while (b->event.type != YAML_MAPPING_END_EVENT && b->event.type != YAML_STREAM_END_EVENT) {
        rs_place key_place = place_of(b, b->event.start_mark);
        const char *key = build_key(b, depth);
        rs_document_node *value = build(b, depth + 1);
        if (key) rs_document_append(mapping, (rs_document_entry){key, key_place, value}, b->memory);
    }
    refuse_duplicates(b, mapping);
    next(b);
    return mapping;
}

static rs_document_node *build_too_deep(builder *b) {
    rs_place place = place_of(b, b->event.start_mark);
    rs_diagnostic_add(b->diagnostics, place, "nested deeper than %u levels", RS_DOCUMENT_DEPTH_MAX);
    b->failed = true;
    return build_broken(b, place);
}

static rs_document_node *build(builder *b, uint32_t depth) {
    rs_place place = place_of(b, b->event.start_mark);
    bool is_collection =
        b->event.type == YAML_SEQUENCE_START_EVENT || b->event.type == YAML_MAPPING_START_EVENT;
    if (is_collection && depth >= RS_DOCUMENT_DEPTH_MAX) return build_too_deep(b);
    switch (b->event.type) {
    case YAML_SCALAR_EVENT: return build_scalar(b);
    case YAML_ALIAS_EVENT: return build_alias(b);
    case YAML_SEQUENCE_START_EVENT: return build_list(b, depth);
    case YAML_MAPPING_START_EVENT: return build_mapping(b, depth);
    default: return build_broken(b, place); /* after a failure */
    }
}

/* build_one reads stream start, document start, the tree, and insists that nothing follows. */
static rs_document_node *build_one(builder *b) {
    next(b);
    next(b);
    if (b->event.type != YAML_DOCUMENT_START_EVENT) {
        if (!b->failed) rs_diagnostic_add(b->diagnostics, b->origin, "the file says nothing");
        return NULL;
    }
    next(b);
    rs_document_node *root = build(b, 0);
    next(b);
    if (b->event.type == YAML_DOCUMENT_START_EVENT)
        rs_diagnostic_add(b->diagnostics, place_of(b, b->event.start_mark),
                          "a second document: a file holds one scenario");
    return b->failed ? NULL : root;
}

rs_document_node *rs_document_parse(const char *bytes, size_t length, rs_place origin,
                                    rs_plan_memory *memory, rs_diagnostics *diagnostics) {
    builder b = {.bytes = bytes, .length = length, .origin = origin, .memory = memory};
    b.diagnostics = diagnostics;
    RS_ASSERT(yaml_parser_initialize(&b.parser));
    yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b.parser, (const unsigned char *)bytes, length);
    rs_document_node *root = build_one(&b);
    yaml_event_delete(&b.event);
    yaml_parser_delete(&b.parser);
    return root;
}
