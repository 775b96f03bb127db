/* json.c: writes respawn.result/1.0. Each top-level key and each row of an array stands on a line
 * of its own, so that results can be read, grepped and diffed.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/format.h"
#include "reports/formats/number.h"
#include "reports/formats/shape.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

typedef struct writer {
    FILE *stream;
    bool first; /* no key was written yet */
    bool failed;
} writer;

static void put(writer *out, const char *text) {
    out->failed |= fputs(text, out->stream) < 0;
}

static void put_json(writer *out, json_t *value) {
    const size_t flags = JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(17);
    out->failed |= json_dumpf(value, out->stream, flags) != 0;
}

static void put_key(writer *out, const char *key) {
    put(out, out->first ? "\n\"" : ",\n\"");
    put(out, key);
    put(out, "\":");
    out->first = false;
}

/* Takes the reference to `value`. */
static void put_member(writer *out, const char *key, json_t *value) {
    put_key(out, key);
    put_json(out, value);
    json_decref(value);
}

/* Takes the reference to `row`. */
static void put_row(writer *out, size_t index, json_t *row) {
    put(out, index ? ",\n  " : "\n  ");
    put_json(out, row);
    json_decref(row);
}

static void put_members(writer *out, const rs_field *fields, const void *row) {
    json_t *object = rs_fields_object(fields, row), *value;
    const char *key;
    json_object_foreach(object, key, value) put_member(out, key, json_incref(value));
    json_decref(object);
}

static void put_scenario(writer *out, const rs_result *result) {
    json_t *scenario = rs_fields_object(rs_shape_scenario, result);
    if (result->plan) json_object_set(scenario, "plan", result->plan);
    put_member(out, "scenario", scenario);
}

static json_t *percentile(const rs_result_metric *metric, uint32_t millionths) {
    uint64_t value =
        rs_histogram_percentile_open(metric->histogram, millionths, metric->unfinished);
    return value == UINT64_MAX ? json_null() : rs_fields_u64(value);
}

static json_t *percentiles_of(const rs_result_metric *metric) {
    json_t *all = json_object();
    if (metric->histogram->count + metric->unfinished == 0) return all;
    json_object_set_new(all, "p50", percentile(metric, RS_P50));
    json_object_set_new(all, "p90", percentile(metric, RS_P90));
    json_object_set_new(all, "p99", percentile(metric, RS_P99));
    json_object_set_new(all, "p99.9", percentile(metric, RS_P999));
    json_object_set_new(all, "p99.99", percentile(metric, RS_P9999));
    return all;
}

static json_t *bins_of(const rs_histogram *histogram) {
    json_t *pairs = json_array();
    rs_histogram_bin bin;
    for (uint32_t at = 0; rs_histogram_next(histogram, at, &bin); at = bin.index + 1) {
        json_t *pair = json_array();
        json_array_append_new(pair, json_integer(bin.index));
        json_array_append_new(pair, rs_fields_u64(bin.count));
        json_array_append_new(pairs, pair);
    }
    return json_pack("{s:s, s:o}", "scheme", RS_HISTOGRAM_SCHEME, "pairs", pairs);
}

/* Of an empty histogram min and max are not available, and those of others are of what ended; the
 * mean is that of all, so with unfinished ones it is infinite. */
static void add_histogram(json_t *object, const rs_result_metric *metric) {
    const rs_histogram *histogram = metric->histogram;
    rs_optional mean = rs_number_mean(metric);
    json_object_set_new(object, "count", rs_fields_u64(histogram->count));
    json_object_set_new(object, "unfinished", rs_fields_u64(metric->unfinished));
    json_object_set_new(object, "sum", rs_fields_u64(histogram->sum));
    if (histogram->count) {
        json_object_set_new(object, "min", rs_fields_u64(rs_histogram_min(histogram)));
        json_object_set_new(object, "max", rs_fields_u64(histogram->max));
    }
    if (mean.known) json_object_set_new(object, "mean", rs_fields_number(mean.value));
    json_object_set_new(object, "percentiles", percentiles_of(metric));
    json_object_set_new(object, "bins", bins_of(histogram));
}

static json_t *metric_json(const rs_result_metric *metric) {
    json_t *object = rs_fields_object(rs_shape_metric, metric);
    json_object_set_new(object, "labels", rs_fields_object(rs_shape_labels, &metric->labels));
    if (metric->histogram)
        add_histogram(object, metric);
    else
        json_object_set_new(object, "value",
                            metric->value.known ? rs_fields_number(metric->value.value)
                                                : json_null());
    return object;
}

static void put_metrics(writer *out, const rs_result *result) {
    put_key(out, "metrics");
    put(out, "[");
    for (size_t i = 0; i < result->metrics.count; i++)
        put_row(out, i, metric_json(&result->metrics.at[i]));
    put(out, "]");
}

static void put_array(writer *out, const rs_result *result, const rs_shape_rows *rows) {
    const rs_shape_any *any = (const void *)((const char *)result + rows->offset);
    put_key(out, rows->key);
    put(out, "[");
    for (size_t i = 0; i < any->count; i++)
        put_row(out, i, rs_fields_object(rows->fields, any->at + i * rows->row_size));
    put(out, "]");
}

static void set_stage(json_t *object, const char *key, uint64_t ns) {
    if (ns) json_object_set_new(object, key, rs_fields_u64(ns));
}

static json_t *strike_json(const rs_result *result, const rs_strike *strike) {
    json_t *object = rs_fields_object(rs_shape_strike, strike);
    const char *id = result->faults.at[strike->fault].id;
    json_object_set_new(object, "fault", rs_fields_text(id ? id : ""));
    set_stage(object, "detected_ns", strike->detected_ns);
    set_stage(object, "noticed_ns", strike->noticed_ns);
    set_stage(object, "started_ns", strike->started_ns);
    if (strike->restart_ns == RS_STRIKE_NEVER)
        json_object_set_new(object, "restart_ns", json_null());
    else if (strike->restart_ns != RS_STRIKE_NOT_DUE)
        json_object_set_new(object, "restart_ns", rs_fields_u64(strike->restart_ns));
    return object;
}

static void put_kept(writer *out, const char *key, const rs_result *result,
                     const rs_strikes *strikes) {
    const rs_strike **sorted = rs_strikes_sorted(strikes);
    put_key(out, key);
    put(out, "[");
    for (size_t i = 0; i < strikes->count; i++) put_row(out, i, strike_json(result, sorted[i]));
    put(out, "]");
    free(sorted);
}

static void put_misses(writer *out, const rs_result *result) {
    put_key(out, "misses");
    put(out, "[");
    for (size_t i = 0; i < result->misses.count; i++)
        put_row(out, i, strike_json(result, &result->misses.at[i]));
    put(out, "]");
}

static void put_faults(writer *out, const rs_result *result) {
    put_key(out, "faults");
    put(out, "{\"totals\":[");
    for (size_t i = 0; i < result->faults.count; i++)
        put_row(out, i, rs_fields_object(rs_shape_fault, &result->faults.at[i]));
    put(out, "]");
    put_misses(out, result);
    put_member(out, "misses_omitted", rs_fields_u64(result->misses_omitted));
    put_kept(out, "first", result, &result->first);
    put_kept(out, "slowest", result, &result->slowest);
    put(out, "}");
}

static json_t *window_json(const uint64_t counts[RS_TIMELINE_COLUMN_COUNT]) {
    json_t *row = json_array();
    for (size_t c = 0; c < RS_TIMELINE_COLUMN_COUNT; c++)
        json_array_append_new(row, rs_fields_u64(counts[c]));
    return row;
}

static void put_timeline(writer *out, const rs_timeline *timeline) {
    json_t *columns = json_array(), *windows = json_array();
    for (unsigned c = 0; c < RS_TIMELINE_COLUMN_COUNT; c++)
        json_array_append_new(columns, json_string(rs_timeline_word((rs_timeline_column)c)));
    for (uint32_t i = 0; i < timeline->used; i++)
        json_array_append_new(windows, window_json(timeline->counts[i]));
    json_t *window_ns = rs_fields_u64(rs_timeline_window_ns(timeline));
    put_member(out, "timeline",
               json_pack("{s:o, s:o, s:o}", "window_ns", window_ns, "columns", columns, "windows",
                         windows));
}

static json_t *repetition_json(const rs_result_repetition *repetition) {
    json_t *object = rs_fields_object(rs_shape_repetition, repetition);
    json_t *values = json_object(), *never = json_array();
    for (size_t i = 0; i < repetition->values.count; i++) {
        const rs_result_value *row = &repetition->values.at[i];
        json_object_set_new(values, row->name,
                            row->value.known ? rs_fields_number(row->value.value) : json_null());
        if (row->never) json_array_append_new(never, rs_fields_text(row->name));
    }
    json_object_set_new(object, "values", values);
    if (json_array_size(never)) json_object_set(object, "never", never);
    json_decref(never);
    return object;
}

static void put_repetitions(writer *out, const rs_result *result) {
    put_key(out, "repetitions");
    put(out, "[");
    for (size_t i = 0; i < result->repetitions.count; i++)
        put_row(out, i, repetition_json(&result->repetitions.at[i]));
    put(out, "]");
}

static json_t *texts_json(const char *const *texts, size_t count) {
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(array, rs_fields_text(texts[i]));
    return array;
}

static void put_findings(writer *out, const rs_result *result) {
    put_member(out, "checks", texts_json(result->checks.at, result->checks.count));
    put_key(out, "findings");
    put(out, "[");
    for (size_t i = 0; i < result->findings.count; i++) {
        const rs_result_finding *finding = &result->findings.at[i];
        json_t *object = rs_fields_object(rs_shape_finding, finding);
        json_object_set_new(object, "events",
                            texts_json(finding->events.at, finding->events.count));
        put_row(out, i, object);
    }
    put(out, "]");
    put_member(out, "findings_omitted", rs_fields_u64(result->findings_omitted));
}

static void put_gate(writer *out, const rs_result *result) {
    put_member(out, "gate", texts_json(result->gate.at, result->gate.count));
}

static rs_err write_json(const rs_result *result, FILE *stream) {
    writer out = {.stream = stream, .first = true};
    put(&out, "{");
    put_member(&out, "format", json_string(RS_RESULT_FORMAT));
    put_members(&out, rs_shape_head, result);
    put_scenario(&out, result);
    put_member(&out, "machine", rs_fields_object(rs_shape_machine, &result->machine));
    put_member(&out, "build", rs_fields_object(rs_shape_build, &result->build));
    for (const rs_shape_rows *rows = rs_shape_arrays; rows->key; rows++)
        put_array(&out, result, rows);
    put_gate(&out, result);
    put_metrics(&out, result);
    put_findings(&out, result);
    put_repetitions(&out, result);
    put_faults(&out, result);
    put_timeline(&out, &result->timeline);
    put(&out, "\n}\n");
    return out.failed ? RS_EIO : RS_OK;
}

extern const rs_format rs_format_json;
const rs_format rs_format_json = {
    .name = "json",
    .about = "the complete result as JSON",
    .extension = "json",
    .write = write_json,
    .mark = RS_RESULT_MARK,
};
