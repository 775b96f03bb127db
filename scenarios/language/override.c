/* override.c: `--set KEY=VALUE` on the document.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/override.h"

#include "scenarios/language/fault_when.h"
#include "scenarios/language/key_words.h"
#include "scenarios/language/utf8.h"
#include "scenarios/language/word.h"

#include <stdlib.h>
#include <string.h>

/* One more than a document's depth makes no sense. */
#define STEPS_MAX RS_DOCUMENT_DEPTH_MAX

/* A load has one of these. */
static const char *const schedules[] = {"rate", "arrivals", NULL};

typedef struct override {
    rs_place place; /* the option's text */
    const char *steps[STEPS_MAX];
    uint32_t step_count;
    rs_document_node *value;
    rs_plan_memory *memory;
    rs_diagnostics *diagnostics;
} override;

static bool fail(override *o, const char *format, const char *detail) {
    char message[256];
    snprintf(message, sizeof message, format, detail);
    rs_diagnostic_add(o->diagnostics, o->place, "%s", message);
    return false;
}

/* ---- the option's text ---- */

static rs_place place_of(const char *option, rs_plan_memory *memory) {
    const char *dots = strlen(option) > 100 ? "…" : "";
    return (rs_place){rs_plan_memory_format(memory, "--set %.100s%s", option, dots), 0, 0};
}

static bool is_text(const char *option) {
    for (size_t left = strlen(option), step; left; left -= step, option += step) {
        step = rs_utf8_step(option, left);
        if (!step || (rs_utf8_is_control(option, step) && *option != '\n')) return false;
    }
    return true;
}

static bool add_step(override *o, const char *step, size_t length) {
    if (length == 0) return fail(o, "an empty step in the key%s", "");
    if (o->step_count == STEPS_MAX) return fail(o, "the key has too many steps%s", "");
    o->steps[o->step_count++] = rs_plan_memory_copy(o->memory, step, length);
    return true;
}

/* "setup[0].count" and "setup.[0].count" are the steps "setup", "[0]", "count". */
static bool split_key(override *o, const char *key, const char *end) {
    while (key < end) {
        size_t length = strcspn(key + 1, ".[=") + 1;
        if (*key == '.') length = 0;
        if (length > (size_t)(end - key)) length = (size_t)(end - key);
        if (!add_step(o, key, length)) return false;
        key += length;
        if (key < end && *key == '.' && ++key == end) return add_step(o, key, 0);
    }
    return o->step_count || fail(o, "write --set KEY=VALUE%s", "");
}

static bool parse_value(override *o, const char *text) {
    if (!*text) return fail(o, "the value is missing%s", "");
    o->value = rs_document_parse(text, strlen(text), o->place, o->memory, o->diagnostics);
    return o->value;
}

/* ---- the way through the document ---- */

static const char *id_of(const rs_document_node *item) {
    const rs_document_entry *id = rs_document_find(item, "id");
    return id && id->value->kind == RS_DOCUMENT_SCALAR ? id->value->text : NULL;
}

static bool report_id(override *o, const rs_document_node *list, const char *step) {
    const char **ids = rs_plan_memory_array(o->memory, list->count + 1u, sizeof *ids);
    uint32_t used = 0;
    for (uint32_t i = 0; i < list->count; i++)
        if (id_of(list->entries[i].value)) ids[used++] = id_of(list->entries[i].value);
    if (!used && list->count)
        return fail(o, "'%.60s': the entries of this list have no ids; write [0] for the first",
                    step);
    rs_diagnostic_unknown(o->diagnostics, o->place, "id", step, ids);
    return false;
}

static rs_document_entry *find_item(override *o, rs_document_node *list, const char *step) {
    if (*step == '[') {
        char *end;
        unsigned long index = strtoul(step + 1, &end, 10);
        bool is_index = step[1] >= '0' && step[1] <= '9' && strcmp(end, "]") == 0;
        if (is_index && index < list->count) return &list->entries[index];
        fail(o, "no entry %.60s in this list", step);
        return NULL;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        const char *id = id_of(list->entries[i].value);
        if (id && strcmp(id, step) == 0) return &list->entries[i];
    }
    report_id(o, list, step);
    return NULL;
}

static rs_document_entry *find_or_create(override *o, rs_document_node *mapping, const char *step) {
    rs_document_entry *entry = rs_document_find(mapping, step);
    if (entry) return entry;
    rs_document_node *made = rs_document_create(RS_DOCUMENT_MAPPING, o->place, o->memory);
    rs_document_append(mapping, (rs_document_entry){step, o->place, made}, o->memory);
    return &mapping->entries[mapping->count - 1];
}

static rs_document_entry *step_into(override *o, rs_document_node *node, const char *step) {
    if (node->kind == RS_DOCUMENT_LIST) return find_item(o, node, step);
    if (node->kind == RS_DOCUMENT_MAPPING && *step != '[') return find_or_create(o, node, step);
    fail(o, *step == '[' ? "%.60s: this is no list" : "'%.60s': what comes before it has no keys",
         step);
    return NULL;
}

static void drop_others(rs_document_node *entry, const char *const *keys, const char *kept) {
    for (uint32_t i = 0; keys[i]; i++)
        if (strcmp(keys[i], kept) != 0) rs_document_remove(entry, keys[i]);
}

static bool is_in(const override *o, const char *list) {
    return o->step_count == 3 && strcmp(o->steps[0], list) == 0;
}

static void drop_modifier(rs_document_node *fault, const char *modifier, const char *trigger) {
    if (!rs_fault_when_goes(modifier, trigger)) rs_document_remove(fault, modifier);
}

/* A fault has one trigger; its new one replaces whichever it had, and what was of use to that one
 * alone. So it is with when a load's requests come. */
static void drop_triggers(const override *o, rs_document_node *parent) {
    const char *last = o->steps[o->step_count - 1];
    if (parent->kind != RS_DOCUMENT_MAPPING) return;
    if (is_in(o, "load") && rs_word_index(last, schedules) >= 0)
        drop_others(parent, schedules, last);
    if (!is_in(o, "faults") || rs_word_index(last, rs_key_words_triggers) < 0) return;
    drop_others(parent, rs_key_words_triggers, last);
    for (uint32_t i = 0; rs_key_words_modifiers[i]; i++)
        drop_modifier(parent, rs_key_words_modifiers[i], last);
    drop_modifier(parent, "pick", last);
}

static bool put_value(override *o, rs_document_node *scenario) {
    rs_document_node *node = scenario;
    for (uint32_t i = 0; i < o->step_count; i++) {
        bool is_last = i + 1 == o->step_count;
        if (is_last) drop_triggers(o, node);
        rs_document_entry *entry = step_into(o, node, o->steps[i]);
        if (!entry) return false;
        if (is_last) {
            entry->value = o->value;
            entry->place = o->place;
        }
        node = entry->value;
    }
    return true;
}

bool rs_override_apply(rs_document_node *scenario, const char *option, rs_plan_memory *memory,
                       rs_diagnostics *diagnostics) {
    override o = {.place = place_of(option, memory), .memory = memory, .diagnostics = diagnostics};
    const char *equals = strchr(option, '=');
    if (!is_text(option)) return fail(&o, "this is no text in UTF-8%s", "");
    if (!equals) return fail(&o, "write --set KEY=VALUE%s", "");
    return split_key(&o, option, equals) && parse_value(&o, equals + 1) && put_value(&o, scenario);
}

static rs_document_entry *look_into(override *o, rs_document_node *node, const char *step) {
    if (node->kind != RS_DOCUMENT_MAPPING) return step_into(o, node, step);
    rs_document_entry *entry = rs_document_find(node, step);
    if (!entry) fail(o, "the scenario has no '%.60s' there", step);
    return entry;
}

const char *rs_override_find(rs_document_node *scenario, const char *key, rs_plan_memory *memory,
                             rs_diagnostics *diagnostics) {
    override o = {.place = {key, 0, 0}, .memory = memory, .diagnostics = diagnostics};
    rs_document_node *node = scenario;
    if (!is_text(key)) fail(&o, "this is no text in UTF-8%s", "");
    if (!is_text(key) || !split_key(&o, key, key + strlen(key))) return NULL;
    for (uint32_t i = 0; node && i < o.step_count; i++) {
        rs_document_entry *entry = look_into(&o, node, o.steps[i]);
        node = entry ? entry->value : NULL;
    }
    if (node && node->kind != RS_DOCUMENT_SCALAR) fail(&o, "this is no single value%s", "");
    return node && node->kind == RS_DOCUMENT_SCALAR ? node->text : NULL;
}
