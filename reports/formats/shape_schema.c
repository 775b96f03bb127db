/* shape_schema.c: see shape_schema.h.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/shape_schema.h"

#include "reports/formats/events.h"
#include "reports/formats/shape.h"

#include <string.h>

#define DRAFT "https://json-schema.org/draft/2020-12/schema"

/* ------------------------------------------------------------------ values */

static json_t *make_count(void) {
    return json_pack("{s:s, s:i}", "type", "integer", "minimum", 0);
}

static json_t *make_number(void) {
    return json_pack("{s:[s, s]}", "type", "number", "null");
}

static json_t *make_hex(void) {
    return json_pack("{s:s, s:s}", "type", "string", "pattern", "^0x[0-9a-f]{1,16}$");
}

static json_t *make_text(void) {
    return json_pack("{s:s}", "type", "string");
}

/* From 2^53 on as decimal text, since many readers know only doubles. */
static json_t *make_u64(void) {
    json_t *large = json_pack("{s:s, s:s}", "type", "string", "pattern", "^[0-9]{1,20}$");
    return json_pack("{s:[o, o]}", "anyOf", make_count(), large);
}

static json_t *words(const char *const *list, size_t count) {
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(all, json_string(list[i]));
    return json_pack("{s:o}", "enum", all);
}

/* ------------------------------------------------------------------ tables of fields */

static json_t *value_of(const rs_field *field) {
    switch (field->type) {
    case RS_FIELD_TEXT:
    case RS_FIELD_CHARS: return make_text();
    case RS_FIELD_U64: return make_u64();
    case RS_FIELD_U32: return make_count();
    case RS_FIELD_HEX: return make_hex();
    case RS_FIELD_BOOL: return json_pack("{s:s}", "type", "boolean");
    case RS_FIELD_OPTIONAL: return make_number();
    case RS_FIELD_WORD: break;
    }
    return words(field->words, field->size);
}

/* Adds a key; takes the reference to `value`. */
static void add(json_t *object, const char *key, json_t *value, const char *about) {
    if (*about) json_object_set_new(value, "description", json_string(about));
    json_object_set_new(json_object_get(object, "properties"), key, value);
}

static void add_fields(json_t *object, const rs_field *fields) {
    for (const rs_field *field = fields; field->key; field++)
        add(object, field->key, value_of(field), field->about);
}

static json_t *make_object(const rs_field *fields) {
    json_t *object = json_pack("{s:s, s:{}}", "type", "object", "properties");
    if (fields) add_fields(object, fields);
    return object;
}

static void need(json_t *object, const char *key) {
    json_object_set_new(object, "required", json_pack("[s]", key));
}

static json_t *list_of(json_t *items) {
    return json_pack("{s:s, s:o}", "type", "array", "items", items);
}

/* ------------------------------------------------------------------ a result */

static json_t *make_scenario(void) {
    json_t *scenario = make_object(rs_shape_scenario);
    add(scenario, "plan", json_pack("{s:s}", "type", "object"), "resolved: with all defaults");
    return scenario;
}

/* [index of the bin, how many values] */
static json_t *make_bins(void) {
    json_t *pair = list_of(make_u64());
    json_object_set_new(pair, "minItems", json_integer(2));
    json_object_set_new(pair, "maxItems", json_integer(2));
    json_t *bins = make_object(NULL);
    add(bins, "scheme", json_pack("{s:s}", "const", RS_HISTOGRAM_SCHEME),
        "bins of 1/128 of an octave; up to 255 each value has its own");
    add(bins, "pairs", list_of(pair), "[index of a bin, how many values are in it]");
    need(bins, "scheme");
    return bins;
}

/* null is infinite: so many restarts never came. */
static json_t *make_percentiles(void) {
    json_t *value = json_pack("{s:[o, {s:s}]}", "anyOf", make_u64(), "type", "null");
    return json_pack("{s:s, s:{s:o}, s:b}", "type", "object", "patternProperties",
                     "^p[0-9]{1,2}([.][0-9]+)?$", value, "additionalProperties", 0);
}

static json_t *make_metric(void) {
    json_t *metric = make_object(rs_shape_metric);
    add(metric, "labels", make_object(rs_shape_labels), "of what it is; of all without");
    add(metric, "value", make_number(), "of counter, ratio, gauge; null: not known");
    add(metric, "count", make_u64(), "of a histogram: values");
    add(metric, "unfinished", make_u64(), "of a histogram: infinite values, which are not counted");
    add(metric, "sum", make_u64(), "of a histogram");
    add(metric, "min", make_u64(), "of a histogram's values");
    add(metric, "max", make_u64(), "of a histogram's values");
    add(metric, "mean", make_number(), "of a histogram; null is infinite");
    add(metric, "percentiles", make_percentiles(), "of a histogram; null is infinite");
    add(metric, "bins", make_bins(), "of a histogram: all of it");
    need(metric, "name");
    return metric;
}

static json_t *make_finding(void) {
    json_t *finding = make_object(rs_shape_finding);
    add(finding, "events", list_of(make_text()), "that tell the story, in order");
    return finding;
}

static json_t *make_repetition(void) {
    json_t *repetition = make_object(rs_shape_repetition);
    json_t *values =
        json_pack("{s:s, s:o}", "type", "object", "additionalProperties", make_number());
    add(repetition, "values", values, "of each metric{labels}.aggregate; null: not known");
    add(repetition, "never", list_of(make_text()), "those of them that are infinite");
    return repetition;
}

static json_t *make_strikes(void) {
    json_t *strike = make_object(rs_shape_strike);
    add(strike, "fault", make_text(), "id of a fault in `totals`");
    add(strike, "restart_ns", json_pack("{s:[o, {s:s}]}", "anyOf", make_u64(), "type", "null"),
        "until the role was reachable again; null: it never was");
    add(strike, "detected_ns", make_u64(), "until the runtime knew the death");
    add(strike, "noticed_ns", make_u64(), "until the supervisor took the exit");
    add(strike, "started_ns", make_u64(), "until the replacement's init returned");
    need(strike, "fault");
    return list_of(strike);
}

static json_t *make_faults(void) {
    json_t *faults = make_object(NULL), *total = make_object(rs_shape_fault);
    need(total, "id");
    add(faults, "totals", list_of(total), "of each fault");
    add(faults, "misses", make_strikes(), "that hit nobody");
    add(faults, "misses_omitted", make_u64(), "of which there were too many to tell");
    add(faults, "first", make_strikes(), "the first thousand");
    add(faults, "slowest", make_strikes(), "the thousand with the longest restarts");
    return faults;
}

static json_t *make_timeline(void) {
    json_t *timeline = make_object(NULL);
    add(timeline, "window_ns", make_u64(), "how long a window is");
    add(timeline, "columns", list_of(make_text()), "what is counted");
    add(timeline, "windows", list_of(list_of(make_u64())), "the counts of each, in their columns");
    return timeline;
}

static void add_arrays(json_t *result) {
    for (const rs_shape_rows *rows = rs_shape_arrays; rows->key; rows++)
        add(result, rows->key, list_of(make_object(rows->fields)), rows->about);
}

json_t *rs_shape_schema_result(void) {
    json_t *result = json_pack("{s:s, s:s, s:s, s:{}}", "$schema", DRAFT, "title",
                               "a result of respawn", "type", "object", "properties");
    json_t *format =
        json_pack("{s:s, s:s}", "type", "string", "pattern", "^respawn[.]result/1[.][0-9]+$");
    add(result, "format", format, "which this is");
    need(result, "format");
    add_fields(result, rs_shape_head);
    add(result, "scenario", make_scenario(), "what was run");
    add(result, "machine", make_object(rs_shape_machine), "where");
    add(result, "build", make_object(rs_shape_build), "by which program");
    add_arrays(result);
    add(result, "gate", list_of(make_text()), "metrics that compare judges by");
    add(result, "metrics", list_of(make_metric()), "what was measured");
    add(result, "checks", list_of(make_text()), "that have looked at the whole history");
    add(result, "findings", list_of(make_finding()), "of the checks");
    add(result, "findings_omitted", make_u64(), "of which there were too many to tell");
    add(result, "repetitions", list_of(make_repetition()), "of --repeat");
    add(result, "faults", make_faults(), "what struck");
    add(result, "timeline", make_timeline(), "what happened when");
    return result;
}

/* ------------------------------------------------------------------ events */

static json_t *make_event(void) {
    json_t *list = json_array();
#define X(NAME, WORD, MEANING)                                                                     \
    json_array_append_new(list, json_pack("{s:s, s:s}", "const", WORD, "description", MEANING));
    RS_EVENTS(X)
#undef X
    return json_pack("{s:o}", "anyOf", list);
}

static json_t *make_time(void) {
    return json_pack("{s:s}", "type", "integer");
}

/* Keys name their types as the makers do. */
#define X(TYPE, KEY, MEMBER, ABOUT) add(object, KEY, make_##TYPE(), ABOUT);

static json_t *make_header(void) {
    json_t *object = make_object(NULL);
    add(object, "format", json_pack("{s:s}", "const", RS_EVENTS_FORMAT), "which this is");
    RS_EVENTS_HEADER_KEYS(X)
    need(object, "format");
    return object;
}

static json_t *make_line(void) {
    json_t *object = make_object(NULL);
    RS_EVENTS_LINE_KEYS(X)
    json_object_set_new(object, "required", json_pack("[s, s]", "t_ns", "event"));
    return object;
}

json_t *rs_shape_schema_events(void) {
    return json_pack("{s:s, s:s, s:s, s:[o, o]}", "$schema", DRAFT, "title",
                     "a line of the events of a run", "description",
                     "the first line says what it is, each other one is an event", "anyOf",
                     make_header(), make_line());
}
