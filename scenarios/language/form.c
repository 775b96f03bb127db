/* form.c: see form.h.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/form.h"

#include "runtime/base/assert.h"
#include "runtime/base/units.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"

/* ------------------------------------------------------------------ words in capitals */

/* How many letters of `text` are a word in capitals; 0: it does not begin with one. */
static size_t word_length(const char *text) {
    size_t length = strspn(text, CAPITALS);
    return length < 2 || islower((unsigned char)text[length]) ? 0 : length;
}

static const rs_form_word *find_word(const char *name, size_t length) {
    for (const rs_form_word *word = rs_form_words; word->name; word++)
        if (strlen(word->name) == length && strncmp(word->name, name, length) == 0) return word;
    RS_UNREACHABLE(); /* a slip in a table */
}

static void put_words(const char *const *words, FILE *out) {
    for (const char *const *word = words; *word; word++)
        fprintf(out, "%c%s", word == words ? '(' : '|', *word);
    fputc(')', out);
}

static void put_word(const rs_form_word *word, FILE *out) {
    char quantity[RS_UNITS_PATTERN_BYTES];
    if (word->words)
        put_words(word->words, out);
    else if (word->units)
        fputs(rs_units_pattern((rs_units_kind)(word->units - 1), quantity, sizeof quantity), out);
    else
        fprintf(out, "(%s)", word->pattern);
}

/* ------------------------------------------------------------------ texts */

/* Spaces beside brackets and commas matter nowhere. */
static void put_letter(char letter, FILE *out) {
    if (letter == '(')
        fputs("[(] *", out);
    else if (letter == ')')
        fputs(" *[)]", out);
    else if (letter == ',')
        fputs(" *, *", out);
    else if (strchr(".*+?[]{}|^$\\", letter))
        fprintf(out, "[%c]", letter);
    else
        fputc(letter, out);
}

void rs_form_put(const char *text, FILE *out) {
    while (*text) {
        size_t length = word_length(text);
        if (length)
            put_word(find_word(text, length), out);
        else
            put_letter(*text, out);
        bool is_comma = *text == ',';
        text += length ? length : 1;
        if (is_comma) text += strspn(text, " ");
    }
}

char *rs_form_pattern(const char *text) {
    char *pattern = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&pattern, &length);
    RS_ASSERT(out != NULL);
    rs_form_put(text, out);
    RS_ASSERT(fclose(out) == 0);
    return pattern;
}

/* Editors show patternErrorMessage instead of a pattern that nobody can read. */
json_t *rs_form_text(const char *pattern, const char *about) {
    json_t *schema = json_pack("{s:s}", "type", "string");
    json_object_set_new(schema, "pattern", json_sprintf("^(%s)$", pattern));
    if (!about) return schema;
    json_object_set_new(schema, "description", json_string(about));
    json_object_set_new(schema, "patternErrorMessage", json_string(about));
    return schema;
}

/* ------------------------------------------------------------------ definitions */

static json_t *define_words(const char *const *words) {
    json_t *list = json_array();
    for (; *words; words++) json_array_append_new(list, json_string(*words));
    return json_pack("{s:o}", "enum", list);
}

/* A plain count is a number to YAML, one with a suffix a text; digits that are a text were in
 * quotes.
 */
static json_t *define_units(rs_units_kind kind) {
    char pattern[RS_UNITS_PATTERN_BYTES];
    rs_units_pattern(kind, pattern, sizeof pattern);
    json_t *text = rs_form_text(pattern, rs_units_hint(kind));
    if (kind != RS_UNITS_COUNT) return text;
    json_object_set_new(text, "not", json_pack("{s:s}", "pattern", "[0-9]$"));
    json_t *number = json_pack("{s:s, s:i}", "type", "integer", "minimum", 0);
    return json_pack("{s:s, s:[o, o]}", "description", rs_units_hint(kind), "anyOf", number, text);
}

json_t *rs_form_definition(const rs_form_word *word) {
    if (word->make) return word->make();
    if (word->words) return define_words(word->words);
    if (word->units) return define_units((rs_units_kind)(word->units - 1));
    return rs_form_text(word->pattern, word->about);
}

/* ------------------------------------------------------------------ forms */

static json_t *refer(const char *name, size_t length) {
    return json_pack("{s:o}", "$ref", json_sprintf("#/$defs/%.*s", (int)length, name));
}

static json_t *make_list(const char *form, size_t length) {
    bool is_filled = form[length - 1] == '+';
    char *inside = strndup(form + 1, length - 2 - is_filled);
    json_t *list = json_pack("{s:s, s:o}", "type", "array", "items", rs_form_schema(inside));
    if (is_filled) json_object_set_new(list, "minItems", json_integer(1));
    free(inside);
    return list;
}

static json_t *make_text(const char *form, size_t length) {
    char *text = strndup(form, length), *pattern = rs_form_pattern(text);
    json_t *schema = rs_form_text(pattern, text);
    free(pattern);
    free(text);
    return schema;
}

/* NULL: it is a word as it stands. */
static json_t *make_alternative(const char *form, size_t length) {
    bool has_words = false;
    if (*form == '[') return make_list(form, length);
    if (*form == '{') return refer(form + 1, length - 2);
    if (word_length(form) == length) return refer(form, length);
    if (strspn(form, "0123456789") >= length) return json_pack("{s:i}", "const", atoi(form));
    for (size_t i = 0; i < length && !has_words; i++) has_words = word_length(form + i);
    return has_words ? make_text(form, length) : NULL;
}

/* The length of the first alternative: up to a bar outside of brackets, without the space there. */
static size_t alternative_length(const char *form) {
    size_t length = 0;
    for (int depth = 0; form[length] && (depth || form[length] != '|'); length++)
        depth += (form[length] == '[') - (form[length] == ']');
    while (length && form[length - 1] == ' ') length--;
    return length;
}

/* What is one of several: words are told together. */
static json_t *join(json_t *words, json_t *others) {
    size_t word_count = json_array_size(words);
    json_t *known = json_pack("{s:O}", "enum", words);
    if (word_count) json_array_insert(others, 0, known);
    json_decref(known);
    json_t *joined = json_array_size(others) == 1 ? json_incref(json_array_get(others, 0))
                                                  : json_pack("{s:O}", "anyOf", others);
    json_decref(words);
    json_decref(others);
    return joined;
}

json_t *rs_form_schema(const char *form) {
    json_t *words = json_array(), *others = json_array();
    while (*form) {
        size_t length = alternative_length(form);
        json_t *other = make_alternative(form, length);
        if (other)
            json_array_append_new(others, other);
        else
            json_array_append_new(words, json_stringn(form, length));
        form += length;
        form += strspn(form, " |");
    }
    return join(words, others);
}
