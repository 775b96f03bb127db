/* load.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/load.h"

#include "reports/formats/shape.h"
#include "reports/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool read_into(rs_reader *reader, const json_t *parent, const char *key,
                      const rs_field *fields, void *row) {
    const json_t *value = json_object_get(parent, key);
    if (!value) return true;
    snprintf(reader->where, sizeof reader->where, "%s", key);
    return rs_fields_read(reader, value, fields, row);
}

/* Finds the array `key` of `parent`, of `most` rows; a missing one is empty. */
static bool find_array(rs_reader *reader, const json_t *parent, const char *key, size_t most,
                       const json_t **array) {
    *array = json_object_get(parent, key);
    snprintf(reader->where, sizeof reader->where, "%s", key);
    if (*array && !json_is_array(*array)) return rs_fields_fail(reader, "", "must be an array");
    if (json_array_size(*array) > most) return rs_fields_fail(reader, "", "has too many rows");
    return true;
}

static void enter_row(rs_reader *reader, const char *key, size_t index) {
    snprintf(reader->where, sizeof reader->where, "%s[%zu]", key, index);
}

static bool read_scenario(rs_reader *reader, const json_t *root) {
    if (!read_into(reader, root, "scenario", rs_shape_scenario, reader->result)) return false;
    json_t *plan = json_object_get(json_object_get(root, "scenario"), "plan");
    reader->result->plan = json_incref(plan);
    return true;
}

static bool read_rows(rs_reader *reader, const json_t *root, const rs_shape_rows *rows) {
    const json_t *array;
    if (!find_array(reader, root, rows->key, RS_LOAD_ROWS_MAX, &array)) return false;
    rs_shape_any *any = (void *)((char *)reader->result + rows->offset);
    for (size_t i = 0; i < json_array_size(array); i++) {
        enter_row(reader, rows->key, i);
        void *row = rs_rows_add((void **)&any->at, &any->count, &any->room, rows->row_size);
        if (!rs_fields_read(reader, json_array_get(array, i), rows->fields, row)) return false;
    }
    return true;
}

static bool read_number(rs_reader *reader, const json_t *object, const char *key, uint64_t *value) {
    const json_t *json = json_object_get(object, key);
    if (!json || rs_fields_get_u64(json, value)) return true;
    return rs_fields_fail(reader, key, "must be a number that is whole and not negative");
}

static bool read_pair(rs_reader *reader, const json_t *pair, rs_histogram *histogram) {
    uint64_t index, count;
    if (json_array_size(pair) != 2 || !rs_fields_get_u64(json_array_get(pair, 0), &index) ||
        !rs_fields_get_u64(json_array_get(pair, 1), &count))
        return rs_fields_fail(reader, "bins.pairs", "must be pairs [index, count]");
    if (index >= RS_HISTOGRAM_BINS)
        return rs_fields_fail(reader, "bins.pairs", "has an index that is too large");
    histogram->bins[index] = count;
    return true;
}

static bool read_bins(rs_reader *reader, const json_t *bins, rs_histogram *histogram) {
    const char *scheme = json_string_value(json_object_get(bins, "scheme"));
    if (!scheme || strcmp(scheme, RS_HISTOGRAM_SCHEME) != 0)
        return rs_fields_fail(reader, "bins.scheme", "must be \"" RS_HISTOGRAM_SCHEME "\"");
    const json_t *pairs = json_object_get(bins, "pairs");
    for (size_t i = 0; i < json_array_size(pairs); i++)
        if (!read_pair(reader, json_array_get(pairs, i), histogram)) return false;
    return true;
}

static bool read_histogram(rs_reader *reader, const json_t *object, rs_result_metric *metric) {
    uint64_t min = 0;
    rs_histogram *histogram = metric->histogram = rs_rows_alloc(sizeof *histogram);
    if (!read_number(reader, object, "count", &histogram->count) ||
        !read_number(reader, object, "sum", &histogram->sum) ||
        !read_number(reader, object, "min", &min) ||
        !read_number(reader, object, "max", &histogram->max) ||
        !read_number(reader, object, "unfinished", &metric->unfinished) ||
        !read_bins(reader, json_object_get(object, "bins"), histogram))
        return false;
    if (histogram->count) histogram->not_min = ~min;
    if (rs_histogram_valid(histogram)) return true;
    return rs_fields_fail(reader, "bins", "contradict count, min or max");
}

static bool read_value(rs_reader *reader, const json_t *json, const char *key, rs_optional *value) {
    if (!json || json_is_null(json)) return true;
    if (!json_is_number(json)) return rs_fields_fail(reader, key, "must be a number or null");
    *value = rs_known(json_number_value(json));
    return true;
}

static bool read_metric(rs_reader *reader, const json_t *object, rs_result_metric *metric) {
    if (!rs_fields_read(reader, object, rs_shape_metric, metric)) return false;
    if (!metric->name) return rs_fields_fail(reader, "name", "is missing");
    const json_t *labels = json_object_get(object, "labels");
    if (labels && !rs_fields_read(reader, labels, rs_shape_labels, &metric->labels)) return false;
    if (metric->kind == RS_METRIC_HISTOGRAM && json_object_get(object, "bins"))
        return read_histogram(reader, object, metric);
    return read_value(reader, json_object_get(object, "value"), "value", &metric->value);
}

static bool read_metrics(rs_reader *reader, const json_t *root) {
    const json_t *array;
    size_t histograms = 0;
    if (!find_array(reader, root, "metrics", RS_LOAD_ROWS_MAX, &array)) return false;
    for (size_t i = 0; i < json_array_size(array); i++) {
        rs_result_metric *metric = RS_ROWS_ADD(&reader->result->metrics);
        enter_row(reader, "metrics", i);
        if (!read_metric(reader, json_array_get(array, i), metric)) return false;
        histograms += metric->histogram != NULL;
        if (histograms > RS_LOAD_HISTOGRAMS_MAX)
            return rs_fields_fail(reader, "", "is one histogram too many");
    }
    return true;
}

/* `ids` numbers the faults as faults.totals does. */
static bool read_strike_fault(rs_reader *reader, const json_t *object, rs_names *ids,
                              rs_strike *strike) {
    const char *id = json_string_value(json_object_get(object, "fault"));
    if (id) strike->fault = rs_names_number(ids, id);
    if (id && strike->fault < reader->result->faults.count) return true;
    return rs_fields_fail(reader, "fault", "must be the id of a fault in faults.totals");
}

static bool read_strike(rs_reader *reader, const json_t *object, rs_names *ids, rs_strike *strike) {
    *strike = (rs_strike){.role = ""};
    if (!rs_fields_read(reader, object, rs_shape_strike, strike)) return false;
    if (!read_number(reader, object, "detected_ns", &strike->detected_ns) ||
        !read_number(reader, object, "noticed_ns", &strike->noticed_ns) ||
        !read_number(reader, object, "started_ns", &strike->started_ns))
        return false;
    if (json_is_null(json_object_get(object, "restart_ns")))
        strike->restart_ns = RS_STRIKE_NEVER;
    else if (!read_number(reader, object, "restart_ns", &strike->restart_ns))
        return false;
    return read_strike_fault(reader, object, ids, strike);
}

static bool read_kept(rs_reader *reader, const json_t *faults, rs_names *ids, const char *key,
                      rs_strikes *strikes) {
    const json_t *array;
    if (!find_array(reader, faults, key, RS_LOAD_ROWS_MAX, &array)) return false;
    for (size_t i = 0; i < json_array_size(array); i++) {
        rs_strike strike;
        enter_row(reader, key, i);
        if (!read_strike(reader, json_array_get(array, i), ids, &strike)) return false;
        rs_strikes_offer(strikes, &strike);
    }
    return true;
}

static bool read_misses(rs_reader *reader, const json_t *faults, rs_names *ids) {
    const json_t *array;
    if (!find_array(reader, faults, "misses", RS_LOAD_ROWS_MAX, &array)) return false;
    for (size_t i = 0; i < json_array_size(array); i++) {
        enter_row(reader, "misses", i);
        rs_strike *strike = RS_ROWS_ADD(&reader->result->misses);
        if (!read_strike(reader, json_array_get(array, i), ids, strike)) return false;
    }
    reader->where[0] = '\0';
    return read_number(reader, faults, "misses_omitted", &reader->result->misses_omitted);
}

static bool read_totals(rs_reader *reader, const json_t *faults, rs_names *ids) {
    const json_t *array;
    if (!find_array(reader, faults, "totals", RS_LOAD_FAULTS_MAX, &array)) return false;
    for (size_t i = 0; i < json_array_size(array); i++) {
        enter_row(reader, "totals", i);
        rs_result_fault *fault = RS_ROWS_ADD(&reader->result->faults);
        if (!rs_fields_read(reader, json_array_get(array, i), rs_shape_fault, fault)) return false;
        if (!fault->id) return rs_fields_fail(reader, "id", "is missing");
        if (rs_names_number(ids, fault->id) != i)
            return rs_fields_fail(reader, "id", "is that of another fault");
    }
    return true;
}

static bool read_strikes(rs_reader *reader, const json_t *faults, rs_names *ids) {
    rs_result *result = reader->result;
    return read_totals(reader, faults, ids) && read_misses(reader, faults, ids) &&
           read_kept(reader, faults, ids, "first", &result->first) &&
           read_kept(reader, faults, ids, "slowest", &result->slowest);
}

static bool read_faults(rs_reader *reader, const json_t *root) {
    const json_t *faults = json_object_get(root, "faults");
    rs_names ids = {0};
    bool read = !faults || read_strikes(reader, faults, &ids);
    rs_names_fini(&ids);
    return read;
}

static bool read_window(rs_reader *reader, const json_t *row, const int *columns,
                        uint64_t *counts) {
    for (size_t c = 0; c < RS_TIMELINE_COLUMN_COUNT; c++) {
        if (columns[c] < 0) continue;
        const json_t *count = json_array_get(row, (size_t)columns[c]);
        if (!rs_fields_get_u64(count, &counts[c]))
            return rs_fields_fail(reader, "windows", "must be rows with a count per column");
    }
    return true;
}

/* Where each of our columns stands in the file's; -1: it has none. */
static void find_columns(const json_t *names, int columns[RS_TIMELINE_COLUMN_COUNT]) {
    for (unsigned c = 0; c < RS_TIMELINE_COLUMN_COUNT; c++) {
        columns[c] = -1;
        for (size_t i = 0; i < json_array_size(names) && i < 100; i++) {
            const char *name = json_string_value(json_array_get(names, i));
            if (name && strcmp(name, rs_timeline_word((rs_timeline_column)c)) == 0)
                columns[c] = (int)i;
        }
    }
}

static bool read_timeline(rs_reader *reader, const json_t *root) {
    const json_t *object = json_object_get(root, "timeline"), *windows;
    rs_timeline *timeline = &reader->result->timeline;
    int columns[RS_TIMELINE_COLUMN_COUNT];
    uint64_t window_ns = RS_TIMELINE_WINDOW_NS;
    if (!object) return true;
    if (!find_array(reader, object, "windows", RS_LOAD_ROWS_MAX, &windows)) return false;
    snprintf(reader->where, sizeof reader->where, "timeline");
    if (!read_number(reader, object, "window_ns", &window_ns)) return false;
    while (timeline->doublings < 32 && rs_timeline_window_ns(timeline) < window_ns)
        timeline->doublings++;
    if (rs_timeline_window_ns(timeline) != window_ns)
        return rs_fields_fail(reader, "window_ns", "must be 10 ms times a power of two");
    if (json_array_size(windows) > RS_TIMELINE_WINDOWS)
        return rs_fields_fail(reader, "windows", "has too many rows");
    find_columns(json_object_get(object, "columns"), columns);
    timeline->used = (uint32_t)json_array_size(windows);
    for (size_t i = 0; i < timeline->used; i++)
        if (!read_window(reader, json_array_get(windows, i), columns, timeline->counts[i]))
            return false;
    return true;
}

/* Each text of the array `key`, of `most` at most, which may be missing, goes to `take`. */
static bool read_texts(rs_reader *reader, const json_t *parent, const char *key, size_t most,
                       void (*take)(rs_result *result, void *row, const char *text), void *row) {
    const json_t *array = json_object_get(parent, key);
    if (array && !json_is_array(array)) return rs_fields_fail(reader, key, "must be an array");
    if (json_array_size(array) > most) return rs_fields_fail(reader, key, "has too many rows");
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *text = json_string_value(json_array_get(array, i));
        if (!text) return rs_fields_fail(reader, key, "must be texts");
        take(reader->result, row, text);
    }
    return true;
}

/* `row` is a set of names, as the keys of an object. */
static void take_never(rs_result *result, void *row, const char *text) {
    (void)result;
    json_object_set_new(row, text, json_true());
}

static bool read_values(rs_reader *reader, json_t *values, const json_t *never,
                        rs_result_repetition *repetition) {
    const char *key;
    json_t *value;
    if (json_object_size(values) > RS_LOAD_ROWS_MAX)
        return rs_fields_fail(reader, "values", "has too many rows");
    json_object_foreach(values, key, value) {
        rs_optional number = {0};
        if (!read_value(reader, value, key, &number)) return false;
        rs_result_add_value(reader->result, repetition, key, number);
        bool open = !number.known && json_object_get(never, key);
        repetition->values.at[repetition->values.count - 1].never = open;
    }
    return true;
}

static bool read_repetition(rs_reader *reader, const json_t *object) {
    rs_result_repetition *repetition = rs_result_add_repetition(reader->result);
    if (!rs_fields_read(reader, object, rs_shape_repetition, repetition)) return false;
    json_t *never = json_object();
    bool read = read_texts(reader, object, "never", RS_LOAD_ROWS_MAX, take_never, never) &&
                read_values(reader, json_object_get(object, "values"), never, repetition);
    json_decref(never);
    return read;
}

static bool read_repetitions(rs_reader *reader, const json_t *root) {
    const json_t *array;
    if (!find_array(reader, root, "repetitions", RS_LOAD_ROWS_MAX, &array)) return false;
    for (size_t i = 0; i < json_array_size(array); i++) {
        enter_row(reader, "repetitions", i);
        if (!read_repetition(reader, json_array_get(array, i))) return false;
    }
    return true;
}

static void take_check(rs_result *result, void *row, const char *text) {
    (void)row;
    rs_result_add_check(result, text);
}

static void take_event(rs_result *result, void *row, const char *text) {
    rs_result_add_event(result, row, text);
}

static bool read_finding(rs_reader *reader, const json_t *object) {
    rs_result_finding *finding = RS_ROWS_ADD(&reader->result->findings);
    return rs_fields_read(reader, object, rs_shape_finding, finding) &&
           read_texts(reader, object, "events", RS_LOAD_ROWS_MAX, take_event, finding);
}

static bool read_findings(rs_reader *reader, const json_t *root) {
    const json_t *array;
    reader->where[0] = '\0';
    if (!read_texts(reader, root, "checks", RS_LOAD_CHECKS_MAX, take_check, NULL) ||
        !read_number(reader, root, "findings_omitted", &reader->result->findings_omitted) ||
        !find_array(reader, root, "findings", RS_LOAD_FINDINGS_MAX, &array))
        return false;
    for (size_t i = 0; i < json_array_size(array); i++) {
        enter_row(reader, "findings", i);
        if (!read_finding(reader, json_array_get(array, i))) return false;
    }
    return true;
}

static bool read_gate(rs_reader *reader, const json_t *root) {
    const json_t *array;
    if (!find_array(reader, root, "gate", RS_LOAD_ROWS_MAX, &array)) return false;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *name = json_string_value(json_array_get(array, i));
        if (!name) return rs_fields_fail(reader, "", "must hold texts");
        rs_result_add_gate(reader->result, name);
    }
    return true;
}

static bool check_format(rs_reader *reader, const json_t *root) {
    const char *format = json_string_value(json_object_get(root, "format"));
    if (format && strncmp(format, RS_RESULT_MARK "1.", strlen(RS_RESULT_MARK "1.")) == 0)
        return true;
    return rs_fields_fail(reader, "format", "must be \"" RS_RESULT_FORMAT "\"");
}

static bool read_result(rs_reader *reader, const json_t *root) {
    rs_result *result = reader->result;
    if (!check_format(reader, root) || !rs_fields_read(reader, root, rs_shape_head, result) ||
        !read_scenario(reader, root) ||
        !read_into(reader, root, "machine", rs_shape_machine, &result->machine) ||
        !read_into(reader, root, "build", rs_shape_build, &result->build))
        return false;
    for (const rs_shape_rows *rows = rs_shape_arrays; rows->key; rows++)
        if (!read_rows(reader, root, rows)) return false;
    return read_gate(reader, root) && read_findings(reader, root) && read_metrics(reader, root) &&
           read_repetitions(reader, root) && read_faults(reader, root) &&
           read_timeline(reader, root);
}

static rs_err parse(const char *bytes, size_t length, const char *name, json_t **root,
                    char *message, size_t size) {
    json_error_t error;
    *root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);
    if (*root) return RS_OK;
    snprintf(message, size, "%s:%d:%d: %s", name, error.line, error.column, error.text);
    return RS_ESYNTAX;
}

static rs_err slurp(FILE *stream, const char *name, char **bytes, size_t *length, char *message,
                    size_t size) {
    size_t room = 1 << 16;
    char *all = rs_rows_alloc(room);
    *length = 0;
    for (size_t got; (got = fread(all + *length, 1, room - *length, stream)) > 0;) {
        *length += got;
        if (*length < room) continue;
        char *larger = rs_rows_alloc(room *= 2);
        memcpy(larger, all, *length);
        free(all);
        all = larger;
        if (*length > RS_LOAD_BYTES_MAX) break;
    }
    *bytes = all;
    if (ferror(stream)) return snprintf(message, size, "%s: %s", name, strerror(errno)), RS_EIO;
    if (*length <= RS_LOAD_BYTES_MAX) return RS_OK;
    snprintf(message, size, "%s: is larger than %u MiB", name, RS_LOAD_BYTES_MAX >> 20);
    return RS_ELIMIT;
}

/* What a file says nothing about must not be said of this machine. */
static rs_result *create_blank(void) {
    rs_result *result = rs_result_create();
    result->stream_scheme = result->started_at = NULL;
    result->machine = (rs_machine){0};
    result->build = (rs_build){0};
    return result;
}

static rs_err load_root(const json_t *root, const char *name, rs_result **result, char *message,
                        size_t size) {
    rs_reader reader = {.result = create_blank()};
    reader.texts = &reader.result->texts;
    if (read_result(&reader, root)) {
        *result = reader.result;
        return RS_OK;
    }
    snprintf(message, size, "%s: %s", name, reader.message);
    rs_result_destroy(reader.result);
    return RS_ESYNTAX;
}

rs_err rs_load_json(FILE *stream, const char *name, struct json_t **root, char *message,
                    size_t size) {
    char *bytes;
    size_t length;
    rs_err err = slurp(stream, name, &bytes, &length, message, size);
    if (!err) err = parse(bytes, length, name, root, message, size);
    free(bytes);
    return err;
}

rs_err rs_result_load(FILE *stream, const char *name, rs_result **result, char *message,
                      size_t size) {
    json_t *root = NULL;
    rs_err err = rs_load_json(stream, name, &root, message, size);
    if (err) return err;
    err = load_root(root, name, result, message, size);
    json_decref(root);
    return err;
}
