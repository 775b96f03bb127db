/* schema_fault.c: faults: which `how` there are, and which keys go together.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/assert.h"
#include "scenarios/language/fault_how.h"
#include "scenarios/language/fault_when.h"
#include "scenarios/language/form.h"
#include "scenarios/language/schema.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ how */

/* The word of form.h for a parameter. */
static const char *word_of(rs_option_type type) {
    switch (type) {
    case RS_OPTION_DURATION: return "DURATION";
    case RS_OPTION_BYTES: return "BYTES";
    case RS_OPTION_SHARE: return "SHARE";
    default: return "COUNT";
    }
}

/* One that may be left out takes those behind it along. */
static void put_parameters(const rs_fault_parameter *parameters, uint32_t index, FILE *out) {
    const rs_fault_parameter *this = &parameters[index];
    if (index == RS_FAULT_PARAMETERS_MAX || !this->name) return;
    bool may_lack = index && this->fallback;
    if (may_lack) fputc('(', out);
    if (index) rs_form_put(",", out);
    if (this->min < 0) fputs("-?", out);
    rs_form_put(word_of(this->type), out);
    put_parameters(parameters, index + 1, out);
    if (may_lack) fputs(")?", out);
}

static void put_how(const rs_fault_kind *kind, FILE *out) {
    bool may_lack = kind->parameters[0].fallback;
    fputs(kind->name, out);
    fputs(may_lack ? "(" : "", out);
    rs_form_put("(", out);
    if (kind->takes_reason)
        rs_form_put("REASON", out);
    else
        put_parameters(kind->parameters, 0, out);
    rs_form_put(")", out);
    fputs(may_lack ? ")?" : "", out);
}

static char *pattern_of(const rs_fault_kind *kind) {
    char *pattern = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&pattern, &length);
    RS_ASSERT(out != NULL);
    put_how(kind, out);
    RS_ASSERT(fclose(out) == 0);
    return pattern;
}

static json_t *make_how(const rs_fault_kind *kind) {
    char syntax[RS_FAULT_SYNTAX_BYTES];
    if (!kind->takes_reason && !kind->parameters[0].name)
        return rs_schema_word(kind->name, kind->about);
    char *pattern = pattern_of(kind);
    json_t *schema = rs_form_text(pattern, NULL);
    json_object_set_new(
        schema, "description",
        json_sprintf("%s: %s", rs_fault_how_syntax(kind, syntax, sizeof syntax), kind->about));
    free(pattern);
    return schema;
}

#define ANY_AIM (-1)

static json_t *make_hows(int aim) {
    json_t *list = json_array();
    for (uint32_t i = 0; rs_faults[i]; i++)
        if (aim == ANY_AIM || rs_faults[i]->aim == (rs_fault_aim)aim)
            json_array_append_new(list, make_how(rs_faults[i]));
    return json_pack("{s:o}", "anyOf", list);
}

json_t *rs_schema_how(void) {
    return make_hows(ANY_AIM);
}

/* ------------------------------------------------------------------ at what it is aimed */

static const struct {
    const char *needed;      /* NULL: nothing */
    const char *unwanted[7]; /* ended by NULL */
} aims[] = {
    [RS_AIM_PROCESS] = {"crash", {"mail", "from", "message", "probability", NULL}},
    [RS_AIM_ROLE] = {"crash", {"mail", "from", "message", NULL}},
    [RS_AIM_MAIL] = {"mail", {"crash", "pick", NULL}},
    [RS_AIM_RUNTIME] = {NULL, {"crash", "mail", "from", "message", "pick", "probability", NULL}},
};
#define AIMS ((int)(sizeof aims / sizeof *aims))

static json_t *make_aim(int aim) {
    json_t *properties = json_pack("{s:o}", "how", make_hows(aim));
    for (const char *const *key = aims[aim].unwanted; *key; key++)
        json_object_set_new(properties, *key, json_false());
    json_t *schema = json_pack("{s:o}", "properties", properties);
    if (aims[aim].needed)
        json_object_set_new(schema, "required", json_pack("[s]", aims[aim].needed));
    return schema;
}

static json_t *make_aims(void) {
    json_t *list = json_array();
    for (int aim = 0; aim < AIMS; aim++) json_array_append_new(list, make_aim(aim));
    return json_pack("{s:o}", "anyOf", list);
}

/* ------------------------------------------------------------------ when */

/* Exactly one of the triggers. */
static json_t *make_triggers(void) {
    json_t *list = json_array();
    for (const char *const *trigger = rs_key_words_triggers; *trigger; trigger++)
        json_array_append_new(list, rs_schema_has(*trigger));
    return json_pack("{s:o}", "oneOf", list);
}

/* A modifier wants one of the triggers beside which it does something. */
static json_t *make_partners(const char *modifier) {
    json_t *list = json_array();
    for (const char *const *trigger = rs_key_words_triggers; *trigger; trigger++)
        if (rs_fault_when_goes(modifier, *trigger))
            json_array_append_new(list, rs_schema_has(*trigger));
    return json_pack("{s:o}", "anyOf", list);
}

json_t *rs_schema_fault(void) {
    json_t *fault = rs_schema_mapping(rs_key_section_find("fault"), NULL);
    json_t *partners = json_pack("{s:o}", "pick", make_partners("pick"));
    for (const char *const *modifier = rs_key_words_modifiers; *modifier; modifier++)
        json_object_set_new(partners, *modifier, make_partners(*modifier));
    rs_schema_add_keys(fault, rs_key_section_find("triggers"), NULL);
    rs_schema_add_keys(fault, rs_key_section_find("modifiers"), NULL);
    json_object_set_new(fault, "allOf", json_pack("[o, o]", make_triggers(), make_aims()));
    json_object_set_new(fault, "dependentSchemas", partners);
    return fault;
}
