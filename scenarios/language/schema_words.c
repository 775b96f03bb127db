/* schema_words.c: what the words in capitals of a form stand for: patterns, words, catalogues.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/units.h"
#include "runtime/sched/sched.h"
#include "scenarios/checks/check.h"
#include "scenarios/language/form.h"
#include "scenarios/language/plan.h"
#include "scenarios/language/schema.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ helpers */

static json_t *any_of(json_t *list) {
    return json_pack("{s:o}", "anyOf", list);
}

/* What is written like `form`, in a catalogue's words. */
static json_t *written(const char *form, const char *about) {
    json_t *schema = rs_form_schema(form);
    json_object_set_new(schema, "description", json_string(about));
    return schema;
}

/* What follows `prefix` in `syntax`; NULL: it begins otherwise. */
static const char *behind(const char *syntax, const char *prefix) {
    size_t length = strlen(prefix);
    return strncmp(syntax, prefix, length) == 0 ? syntax + length : NULL;
}

/* ------------------------------------------------------------------ plain values */

static json_t *make_anything(void) {
    return json_object();
}

/* To YAML many a text is a number. */
static json_t *make_text(void) {
    return json_pack("{s:[s, s, s]}", "type", "string", "number", "boolean");
}

static json_t *make_boolean(void) {
    return json_pack("{s:s}", "type", "boolean");
}

static json_t *make_phases(void) {
    return json_pack("{s:s, s:{s:s}, s:{s:s}, s:i}", "type", "object", "propertyNames", "$ref",
                     "#/$defs/ID", "additionalProperties", "$ref", "#/$defs/DURATION",
                     "minProperties", 1);
}

/* ------------------------------------------------------------------ catalogues */

static json_t *make_workers(void) {
    json_t *list = json_array();
    for (size_t i = 0; rs_workers[i]; i++)
        json_array_append_new(list, rs_schema_word(rs_workers[i]->name, rs_workers[i]->about));
    return any_of(list);
}

static json_t *make_faults(void) {
    json_t *list = json_array();
    for (size_t i = 0; rs_faults[i]; i++)
        json_array_append_new(list, rs_schema_word(rs_faults[i]->name, rs_faults[i]->about));
    return any_of(list);
}

static json_t *make_schedulers(void) {
    json_t *list = json_array();
    for (size_t i = 0; rs_scheds[i]; i++) {
        const rs_sched_kind *kind = rs_scheds[i];
        char form[96];
        json_array_append_new(list, rs_schema_word(kind->name, kind->about));
        for (uint32_t p = 0; p < RS_SCHED_PARAMETERS_MAX && kind->parameters[p].name; p++) {
            snprintf(form, sizeof form, "%.40s%s", kind->name, p ? "(COUNT, COUNT)" : "(COUNT)");
            json_array_append_new(list, written(form, kind->about));
        }
    }
    return any_of(list);
}

static json_t *make_checks(void) {
    json_t *list = json_array();
    for (size_t i = 0; rs_checks[i]; i++) {
        char form[96];
        snprintf(form, sizeof form, "%.60s(DURATION)", rs_checks[i]->name);
        json_array_append_new(list, rs_schema_word(rs_checks[i]->name, rs_checks[i]->about));
        if (rs_checks[i]->takes_time)
            json_array_append_new(list, written(form, rs_checks[i]->about));
    }
    return any_of(list);
}

static json_t *make_arrivals(void) {
    json_t *list = json_array();
    for (size_t i = 0; rs_loads[i]; i++) {
        const char *form = behind(rs_loads[i]->syntax, "rate: ");
        if (form) json_array_append_new(list, written(form, rs_loads[i]->about));
    }
    return any_of(list);
}

static json_t *make_keys(void) {
    json_t *list = json_array();
    for (const rs_load_word *word = rs_load_words; word->syntax; word++) {
        const char *form = behind(word->syntax, "keys: ");
        if (form) json_array_append_new(list, written(form, word->about));
    }
    return any_of(list);
}

static json_t *make_distribution(void) {
    json_t *list = json_array();
    for (const char *const *form = rs_distribution_forms; *form; form++)
        json_array_append_new(list, rs_form_schema(*form));
    return any_of(list);
}

/* ------------------------------------------------------------------ what workers do */

/* The operations of all workers: whose they are is not known here. */
static json_t *make_mix(void) {
    json_t *mix =
        json_pack("{s:s, s:{}, s:b}", "type", "object", "properties", "additionalProperties", 0);
    for (size_t i = 0; rs_workers[i]; i++)
        for (uint32_t k = 0; k < rs_workers[i]->operation_count; k++) {
            const rs_operation *operation = &rs_workers[i]->operations[k];
            json_object_set_new(json_object_get(mix, "properties"), operation->name,
                                written("SHARE", operation->about));
        }
    return mix;
}

static json_t *make_action(const rs_setup_action *action) {
    json_t *mapping = json_pack("{s:s, s:s, s:{}, s:[], s:b}", "type", "object", "description",
                                action->about, "properties", "required", "additionalProperties", 0);
    json_object_set_new(json_object_get(mapping, "properties"), action->name,
                        written("PATH", action->about));
    rs_schema_need(mapping, action->name);
    rs_schema_add_options(mapping, action->options, action->option_count);
    return mapping;
}

static json_t *make_setup(void) {
    json_t *list = json_array();
    for (size_t i = 0; rs_workers[i]; i++)
        for (uint32_t k = 0; k < rs_workers[i]->setup_action_count; k++)
            json_array_append_new(list, make_action(&rs_workers[i]->setup_actions[k]));
    return any_of(list);
}

/* ------------------------------------------------------------------ the words */

static const char *const occasions[] = {
#define X(NAME, WORD, MEANING) WORD,
    RS_PLAN_OCCASIONS(X)
#undef X
        NULL};
static const char *const happenings[] = {
#define X(NAME, WORD, MEANING) WORD,
    RS_PLAN_HAPPENINGS(X)
#undef X
        NULL};

#define ATOM "[a-z][A-Za-z0-9_@]*"
/* Spaces are taken out of a reason before it is read. */
#define SPACED "[a-z][A-Za-z0-9_@ ]*"
#define STEP   "[A-Za-z0-9_.-]+"
#define CHOICE "[0-9]{1,9}([*][0-9]{1,9})?"

const rs_form_word rs_form_words[] = {
    {"DURATION", .units = 1 + RS_UNITS_DURATION},
    {"BYTES", .units = 1 + RS_UNITS_BYTES},
    {"RATE", .units = 1 + RS_UNITS_RATE},
    {"SHARE", .units = 1 + RS_UNITS_SHARE},
    {"COUNT", .units = 1 + RS_UNITS_COUNT},
    {"ANY", .make = make_anything},
    {"TEXT", .make = make_text},
    {"BOOLEAN", .make = make_boolean},
    {"ID", "an id is a small letter, then small letters, digits and _",
     .pattern = "[a-z][a-z0-9_]{0,63}"},
    {"HEX", "0x and up to 16 hexadecimal digits", .pattern = "0x[0-9a-fA-F]{1,16}"},
    {"PATH", "a path below the root, such as registry or shop/db",
     .pattern = "[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)*"},
    {"PATTERN", "a path such as shop/db; the last step may be * or **",
     .pattern = "(" STEP "/)*(" STEP "|[*]|[*][*])"},
    {"ROLE", "whose, such as tables/game-7#1", .pattern = "[^#]+(#[0-9]{1,9})?"},
    {"REASON", "a reason: an atom such as boom, or {shutdown,why}",
     .pattern = SPACED "|[{] *shutdown *, *" SPACED "[}] *"},
    {"REPORTED", "a reason as reports write it: timeout, noproc or '{shutdown,why}'",
     .pattern = ATOM "|[{][^ ]*[}]"},
    {"CHOICES", "RANK or RANK*TIMES, such as '0*57 1'", .pattern = CHOICE "( " CHOICE ")*"},
    {"EXPONENT", "an exponent, such as 1.1", .pattern = "[0-9]+([.][0-9]+)?"},
    {"CLOCK", .words = rs_key_clocks},
    {"STRATEGY", .words = rs_key_strategies},
    {"RESTART", .words = rs_key_restarts},
    {"AUTO_SHUTDOWN", .words = rs_key_auto_shutdowns},
    {"VIA", .words = rs_key_vias},
    {"OCCASION", .words = occasions},
    {"HAPPENING", .words = happenings},
    {"WORKER", .make = make_workers},
    {"FAULT", .make = make_faults},
    {"HOW", .make = rs_schema_how},
    {"SCHEDULER", .make = make_schedulers},
    {"CHECK", .make = make_checks},
    {"ARRIVALS", .make = make_arrivals},
    {"KEYS", .make = make_keys},
    {"DISTRIBUTION", .make = make_distribution},
    {"MIX", .make = make_mix},
    {"SETUP", .make = make_setup},
    {"PHASES", .make = make_phases},
    {"CHILD", .make = rs_schema_child},
    {"TEMPLATE", .make = rs_schema_template},
    {"COMPARISON", .make = rs_schema_comparison},
    {"EXPECTATION", .make = rs_schema_expectation},
    {"GATE", .make = rs_schema_gate},
    {"SOMETIMES", .make = rs_schema_sometimes},
    {NULL, NULL, NULL, NULL, 0, NULL},
};
