/* option.c: option tables at work: the keys of a mapping become the fields of a config struct.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/option.h"

#include "runtime/base/assert.h"
#include "scenarios/language/section.h"

#include <string.h>

static uint64_t maximum(const rs_option *option) {
    bool is_unbounded = option->min == 0 && option->max == 0;
    return is_unbounded ? INT64_MAX : (uint64_t)option->max;
}

/* Paths may name nodes further down the file: they are checked when the tree is whole. */
static const char *read_path(rs_reader *reader, const rs_option *option,
                             const rs_document_node *node, const char *what) {
    const char *text = rs_reader_text(reader, node, what);
    if (!text) return NULL;
    rs_reader_path *path = rs_plan_memory_take(reader->memory, sizeof *path);
    *path = (rs_reader_path){
        .text = text, .place = node->place, .option = option, .next = reader->paths};
    reader->paths = path;
    return text;
}

static void read_paths(rs_reader *reader, const rs_option *option, const rs_document_node *node,
                       const char *what, rs_paths *paths) {
    bool is_list = node->kind == RS_DOCUMENT_LIST;
    if (is_list && !rs_reader_list(reader, node, what)) return;
    uint32_t count = is_list ? node->count : 1, used = 0;
    const char **items = rs_plan_memory_array(reader->memory, count, sizeof *items);
    for (uint32_t i = 0; i < count; i++) {
        const rs_document_node *item = is_list ? node->entries[i].value : node;
        const char *path = read_path(reader, option, item, what);
        if (path) items[used++] = path;
    }
    *paths = (rs_paths){items, used};
}

static void read_integer(rs_reader *reader, const rs_option *option, const rs_document_node *node,
                         const char *what, int64_t *field) {
    uint64_t value = 0;
    RS_ASSERT(option->min >= 0);
    if (rs_reader_count(reader, node, what, (uint64_t)option->min, maximum(option), &value))
        *field = (int64_t)value;
}

static void read_distribution(rs_reader *reader, const rs_document_node *node, const char *what,
                              rs_distribution *distribution) {
    const char *text = rs_reader_text(reader, node, what), *why;
    if (text && rs_distribution_parse(text, distribution, &why) != RS_OK)
        rs_reader_problem(reader, node->place, "%s '%.60s': %s", what, text, why);
}

static void read_option(rs_reader *reader, const rs_option *option, const rs_document_node *node,
                        void *field) {
    const char *what = rs_plan_memory_format(reader->memory, "'%s'", option->key);
    uint64_t min = (uint64_t)option->min, max = maximum(option);
    int index;
    switch (option->type) {
    case RS_OPTION_INTEGER: read_integer(reader, option, node, what, field); break;
    case RS_OPTION_DURATION: rs_reader_duration(reader, node, what, min, max, field); break;
    case RS_OPTION_BYTES: rs_reader_bytes(reader, node, what, min, max, field); break;
    case RS_OPTION_SHARE: rs_reader_share(reader, node, what, field); break;
    case RS_OPTION_BOOLEAN: rs_reader_boolean(reader, node, what, field); break;
    case RS_OPTION_ID: *(const char **)field = rs_reader_id(reader, node, what); break;
    case RS_OPTION_TEXT: *(const char **)field = rs_reader_text(reader, node, what); break;
    case RS_OPTION_PATH: *(const char **)field = read_path(reader, option, node, what); break;
    case RS_OPTION_PATHS: read_paths(reader, option, node, what, field); break;
    case RS_OPTION_DISTRIBUTION: read_distribution(reader, node, what, field); break;
    case RS_OPTION_WORD:
        index = rs_reader_word(reader, node, what, option->words);
        if (index >= 0) *(int *)field = index;
        break;
    }
}

/* A default is written as in YAML, so it goes the way of a written value. */
static const rs_document_node *fallback_of(rs_reader *reader, const rs_option *option,
                                           rs_place place) {
    rs_document_node *node = rs_document_create(RS_DOCUMENT_SCALAR, place, reader->memory);
    node->text = option->fallback;
    node->plain = true;
    return node;
}

void rs_option_read(rs_reader *reader, const rs_option *options, uint32_t count,
                    const rs_document_node *mapping, const char *owner, void *config) {
    for (uint32_t i = 0; i < count; i++) {
        const rs_option *option = &options[i];
        const rs_document_node *node = rs_reader_get(mapping, option->key);
        if (!node && option->fallback && !*option->fallback) continue;
        if (!node && option->fallback) node = fallback_of(reader, option, mapping->place);
        if (!node) node = rs_reader_need(reader, mapping, option->key, owner);
        if (node) read_option(reader, option, node, (char *)config + option->offset);
    }
}

const char *const *rs_option_keys(rs_reader *reader, const char *const *keys,
                                  const rs_option *options, uint32_t count) {
    uint32_t own = 0;
    while (keys[own]) own++;
    const char **all = rs_plan_memory_array(reader->memory, own + count + 1u, sizeof *all);
    memcpy(all, keys, own * sizeof *all);
    for (uint32_t i = 0; i < count; i++) all[own + i] = options[i].key;
    return all;
}
