/* schema.c: the schema as a whole, and how tables of keys become mappings.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/schema.h"

#include "scenarios/language/form.h"
#include "scenarios/language/word.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ mappings */

void rs_schema_need(json_t *mapping, const char *key) {
    json_array_append_new(json_object_get(mapping, "required"), json_string(key));
}

static void add_key(json_t *mapping, const char *key, json_t *value, const char *about) {
    if (about) json_object_set_new(value, "description", json_string(about));
    json_object_set_new(json_object_get(mapping, "properties"), key, value);
}

void rs_schema_add_keys(json_t *mapping, const rs_key_section *section,
                        const char *const *without) {
    for (const rs_key *key = section->keys; key->name; key++) {
        if (without && rs_word_index(key->name, without) >= 0) continue;
        add_key(mapping, key->name, rs_form_schema(key->form), key->about);
        if (key->is_needed) rs_schema_need(mapping, key->name);
    }
}

static json_t *make_mapping(void) {
    return json_pack("{s:s, s:{}, s:[], s:b}", "type", "object", "properties", "required",
                     "additionalProperties", 0);
}

json_t *rs_schema_mapping(const rs_key_section *section, const char *const *without) {
    json_t *mapping = make_mapping();
    rs_schema_add_keys(mapping, section, without);
    return mapping;
}

json_t *rs_schema_has(const char *key) {
    return json_pack("{s:[s]}", "required", key);
}

json_t *rs_schema_word(const char *word, const char *about) {
    return json_pack("{s:s, s:s*}", "const", word, "description", about);
}

/* ------------------------------------------------------------------ options */

static json_t *words_of(const rs_option *option) {
    json_t *list = json_array();
    for (const char *const *word = option->words; *word; word++)
        json_array_append_new(list, json_string(*word));
    return json_pack("{s:o}", "enum", list);
}

/* Within the bounds of the table, as far as it is a number to YAML; 10k is a text. */
static json_t *integer_of(const rs_option *option) {
    json_t *schema = rs_form_schema("COUNT"), *number;
    bool is_bounded = option->min || option->max;
    if (!is_bounded) return schema;
    number = json_pack("{s:I, s:I}", "minimum", (json_int_t)option->min, "maximum",
                       (json_int_t)option->max);
    json_object_update(schema, number);
    json_decref(number);
    return schema;
}

static json_t *value_of(const rs_option *option) {
    switch (option->type) {
    case RS_OPTION_INTEGER: return integer_of(option);
    case RS_OPTION_DURATION: return rs_form_schema("DURATION");
    case RS_OPTION_BYTES: return rs_form_schema("BYTES");
    case RS_OPTION_SHARE: return rs_form_schema("SHARE");
    case RS_OPTION_BOOLEAN: return rs_form_schema("BOOLEAN");
    case RS_OPTION_ID: return rs_form_schema("ID");
    case RS_OPTION_TEXT: return rs_form_schema("TEXT");
    case RS_OPTION_WORD: return words_of(option);
    case RS_OPTION_PATH: return rs_form_schema("PATH");
    case RS_OPTION_PATHS: return rs_form_schema("PATH | [PATH]");
    case RS_OPTION_DISTRIBUTION: break;
    }
    return rs_form_schema("DISTRIBUTION");
}

/* As YAML reads it. */
static json_t *default_of(const rs_option *option) {
    const char *text = option->fallback;
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    return value ? value : json_string(text);
}

void rs_schema_add_options(json_t *mapping, const rs_option *options, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        const rs_option *option = &options[i];
        json_t *value = value_of(option);
        if (option->fallback && *option->fallback)
            json_object_set_new(value, "default", default_of(option));
        add_key(mapping, option->key, value, option->help);
        if (!option->fallback) rs_schema_need(mapping, option->key);
    }
}

/* ------------------------------------------------------------------ the whole */

/* More requests at once than one rate, or other times for a closed loop. */
static void add_load_rule(json_t *definitions) {
    json_t *both = json_pack("{s:[s, s]}", "required", "rate", "arrivals");
    json_object_set_new(json_object_get(definitions, "load"), "not", both);
}

/* Those that are more than a list of keys are made by whoever knows. */
static json_t *make_section(const rs_key_section *section) {
    if (strcmp(section->name, "fault") == 0) return rs_schema_fault();
    if (strcmp(section->name, "root") == 0) return rs_schema_root();
    return rs_schema_mapping(section, NULL);
}

/* Parts of other sections have no schema of their own. */
static bool is_part(const rs_key_section *section) {
    static const char *const parts[] = {"scenario", "worker",    "supervisor",
                                        "triggers", "modifiers", NULL};
    return rs_word_index(section->name, parts) >= 0;
}

static json_t *make_definitions(void) {
    json_t *definitions = json_object();
    for (const rs_key_section *section = rs_key_sections; section->name; section++)
        if (!is_part(section))
            json_object_set_new(definitions, section->name, make_section(section));
    for (const rs_form_word *word = rs_form_words; word->name; word++)
        json_object_set_new(definitions, word->name, rs_form_definition(word));
    rs_schema_tree(definitions);
    add_load_rule(definitions);
    return definitions;
}

json_t *rs_schema_scenario(void) {
    json_t *schema = json_pack(
        "{s:s, s:s, s:s}", "$schema", "https://json-schema.org/draft/2020-12/schema", "title",
        "a scenario of respawn", "$comment", "made by `respawn schema`; do not edit");
    json_t *mapping = rs_schema_mapping(rs_key_section_find("scenario"), NULL);
    json_object_update(schema, mapping);
    json_decref(mapping);
    json_object_set_new(schema, "$defs", make_definitions());
    return schema;
}
