/* baseline_json.c: respawn.baseline/1.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/baseline_json.h"

#include "reports/formats/load.h"
#include "reports/formats/shape.h"
#include "reports/verdict/sessions.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(KEY, MEMBER)                                                                          \
    { .key = KEY, .type = RS_FIELD_TEXT, .offset = offsetof(rs_baseline_session, MEMBER) }

static const rs_field head[] = {
    TEXT("started_at", started_at),
    TEXT("clock", clock),
    {.key = "elapsed_ns",
     .type = RS_FIELD_U64,
     .offset = offsetof(rs_baseline_session, elapsed_ns)},
    {.key = "seed", .type = RS_FIELD_HEX, .offset = offsetof(rs_baseline_session, seed)},
    TEXT("trace_hash", trace_hash),
    {0},
};

static const rs_field scenario[] = {
    TEXT("name", scenario),
    TEXT("hash", scenario_hash),
    {0},
};

/* ------------------------------------------------------------------ writing */

static json_t *gate_json(const rs_baseline_gate *gate, uint32_t repetitions) {
    json_t *object = json_object(), *values = json_array();
    json_object_set_new(object, "name", rs_fields_text(gate->name));
    json_object_set_new(object, "unit", rs_fields_text(gate->unit));
    json_object_set_new(object, "better", json_string(rs_metric_better_word(gate->better)));
    for (uint32_t i = 0; i < repetitions; i++)
        json_array_append_new(values, rs_fields_open(gate->values[i]));
    json_object_set_new(object, "values", values);
    return object;
}

static json_t *session_json(const rs_baseline_session *session) {
    json_t *object = rs_fields_object(head, session), *settings = json_array(),
           *gates = json_array();
    for (size_t i = 0; i < session->settings.count; i++)
        json_array_append_new(settings,
                              rs_fields_object(rs_shape_setting, &session->settings.at[i]));
    for (uint32_t i = 0; i < session->gate_count; i++)
        json_array_append_new(gates, gate_json(&session->gates[i], session->repetitions));
    json_object_set_new(object, "scenario", rs_fields_object(scenario, session));
    json_object_set_new(object, "settings", settings);
    json_object_set_new(object, "machine", rs_fields_object(rs_shape_machine, &session->machine));
    json_object_set_new(object, "build", rs_fields_object(rs_shape_build, &session->build));
    json_object_set_new(object, "gate", gates);
    return object;
}

rs_err rs_baseline_json_write(const rs_baseline *baseline, FILE *stream) {
    fputs("{\"format\": \"" RS_BASELINE_FORMAT "\",\n\"sessions\": [", stream);
    for (size_t i = 0; i < baseline->sessions.count; i++) {
        json_t *session = session_json(&baseline->sessions.at[i]);
        fputs(i ? ",\n" : "\n", stream);
        json_dumpf(session, stream, JSON_COMPACT | JSON_REAL_PRECISION(17));
        json_decref(session);
    }
    fputs("\n]}\n", stream);
    return ferror(stream) ? RS_EIO : RS_OK;
}

/* ------------------------------------------------------------------ reading */

/* Of one that is read: `where` for messages, and whose texts they are. */
static bool read_object(rs_reader *reader, const json_t *parent, const char *key,
                        const rs_field *fields, void *row) {
    const json_t *object = json_object_get(parent, key);
    return json_is_object(object) ? rs_fields_read(reader, object, fields, row)
                                  : rs_fields_fail(reader, key, "must be an object");
}

static bool find_array(rs_reader *reader, const json_t *parent, const char *key, size_t min,
                       size_t max, const json_t **array) {
    char problem[96];
    *array = json_object_get(parent, key);
    size_t count = json_array_size(*array);
    if (json_is_array(*array) && count >= min && count <= max) return true;
    snprintf(problem, sizeof problem, "must be an array of %zu to %zu", min, max);
    return rs_fields_fail(reader, key, problem);
}

static bool read_settings(rs_reader *reader, const json_t *object, rs_baseline_session *session) {
    const json_t *array;
    if (!find_array(reader, object, "settings", 0, RS_LOAD_ROWS_MAX, &array)) return false;
    for (size_t i = 0; i < json_array_size(array); i++) {
        rs_result_setting *setting = RS_ROWS_ADD(&session->settings);
        if (!rs_fields_read(reader, json_array_get(array, i), rs_shape_setting, setting))
            return false;
        if (!setting->key || !setting->value)
            return rs_fields_fail(reader, "settings", "must have a key and a value each");
    }
    return true;
}

static bool read_number(const json_t *json, double *value) {
    const char *word = json_string_value(json);
    *value = json_is_number(json) ? json_number_value(json) : (double)NAN;
    if (word && strcmp(word, "never") == 0) *value = (double)INFINITY;
    return json_is_null(json) || *value >= 0;
}

static bool read_values(rs_reader *reader, const json_t *object, rs_baseline_session *session,
                        rs_baseline_gate *gate) {
    const json_t *array;
    if (!find_array(reader, object, "values", 1, RS_BASELINE_NUMBERS_MAX, &array)) return false;
    uint32_t count = (uint32_t)json_array_size(array);
    if (session->gate_count > 1 && count != session->repetitions)
        return rs_fields_fail(reader, "values", "must be as many as those of the first gate");
    session->repetitions = count;
    gate->values = rs_rows_alloc(sizeof *gate->values * count);
    for (uint32_t i = 0; i < count; i++)
        if (!read_number(json_array_get(array, i), &gate->values[i]))
            return rs_fields_fail(reader, "values",
                                  "must be numbers from 0 on, null, or \"never\"");
    return true;
}

/* What the file says of a metric must be what this program knows. */
static bool is_as_known(const json_t *object, const char *key, const char *known) {
    const char *said = json_string_value(json_object_get(object, key));
    return said && strcmp(said, known) == 0;
}

static bool read_gate(rs_reader *reader, const json_t *object, rs_baseline_session *session,
                      rs_baseline_gate *gate) {
    const char *name = json_string_value(json_object_get(object, "name"));
    if (name) name = rs_texts_copy(reader->texts, name, strlen(name));
    if (!name || !rs_baseline_gate_read(gate, name))
        return rs_fields_fail(reader, "name", "must be a metric that can be gated");
    if (!is_as_known(object, "unit", gate->unit))
        return rs_fields_fail(reader, "unit", "is not that of the metric");
    if (!is_as_known(object, "better", rs_metric_better_word(gate->better)))
        return rs_fields_fail(reader, "better", "is not that of the metric");
    return read_values(reader, object, session, gate);
}

static bool read_gates(rs_reader *reader, const json_t *object, rs_baseline_session *session) {
    const json_t *array;
    char where[sizeof reader->where];
    if (!find_array(reader, object, "gate", 1, RS_EXPERIMENT_METRICS, &array)) return false;
    memcpy(where, reader->where, sizeof where);
    for (size_t i = 0; i < json_array_size(array); i++) {
        rs_baseline_gate *gate = &session->gates[session->gate_count++];
        snprintf(reader->where, sizeof reader->where, "%.100s.gate[%zu]", where, i);
        if (!read_gate(reader, json_array_get(array, i), session, gate)) return false;
    }
    memcpy(reader->where, where, sizeof where);
    return true;
}

static bool is_clock(const char *clock) {
    return clock && (strcmp(clock, "real") == 0 || strcmp(clock, "virtual") == 0);
}

static bool read_session(rs_reader *reader, const json_t *object, rs_baseline_session *session) {
    if (!rs_fields_read(reader, object, head, session) ||
        !read_object(reader, object, "scenario", scenario, session) ||
        !read_object(reader, object, "machine", rs_shape_machine, &session->machine) ||
        !read_object(reader, object, "build", rs_shape_build, &session->build) ||
        !read_settings(reader, object, session) || !read_gates(reader, object, session))
        return false;
    if (!session->scenario || !session->scenario_hash)
        return rs_fields_fail(reader, "scenario", "must have a name and a hash");
    if (!session->started_at) return rs_fields_fail(reader, "started_at", "is missing");
    if (is_clock(session->clock)) return true;
    return rs_fields_fail(reader, "clock", "must be \"real\" or \"virtual\"");
}

static bool read_sessions(rs_reader *reader, const json_t *root, const char *name,
                          rs_baseline *baseline) {
    const json_t *array;
    const char *format = json_string_value(json_object_get(root, "format"));
    const char *source = rs_texts_copy(reader->texts, name, strlen(name));
    if (!format || strncmp(format, RS_BASELINE_MARK "1.", strlen(RS_BASELINE_MARK "1.")) != 0)
        return rs_fields_fail(reader, "format", "must be \"" RS_BASELINE_FORMAT "\"");
    if (!find_array(reader, root, "sessions", 0, RS_SESSIONS_MAX, &array)) return false;
    for (size_t i = 0; i < json_array_size(array); i++) {
        snprintf(reader->where, sizeof reader->where, "sessions[%zu]", i);
        bool has_room = rs_baseline_has_room(baseline, 0);
        rs_baseline_session *session = RS_ROWS_ADD(&baseline->sessions);
        session->source = source;
        if (!read_session(reader, json_array_get(array, i), session)) return false;
        if (!has_room) return rs_fields_fail(reader, "", "is more than there is room for");
    }
    return true;
}

rs_err rs_baseline_json_load(FILE *stream, const char *name, rs_baseline *baseline, char *message,
                             size_t size) {
    json_t *root = NULL;
    rs_reader reader = {.texts = &baseline->texts};
    rs_err err = rs_load_json(stream, name, &root, message, size);
    if (err) return err;
    bool read = read_sessions(&reader, root, name, baseline);
    json_decref(root);
    if (read) return RS_OK;
    snprintf(message, size, "%s: %s", name, reader.message);
    return RS_ESYNTAX;
}
