/* sweep_json.c: the table of a sweep as JSON.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/sweep_json.h"

#include "reports/formats/fields.h"
#include "scenarios/cli/best.h"

#include <math.h>

static json_t *key_json(const rs_table *table, uint32_t index) {
    json_t *object = json_object();
    json_object_set_new(object, "key", rs_fields_text(table->keys[index]));
    json_object_set_new(object, "name", rs_fields_text(rs_table_key(table, index)));
    return object;
}

static json_t *column_json(uint32_t index) {
    static const char *const units[] = {"ns", "per_s", "count", "share"};
    const rs_column *column = &rs_columns[index];
    const rs_metric *metric = rs_metric_find(column->metric);
    json_t *object = json_object();
    json_object_set_new(object, "group", json_string(column->group));
    json_object_set_new(object, "name", json_string(column->name));
    json_object_set_new(object, "metric", json_string(column->metric));
    json_object_set_new(object, "unit", json_string(units[column->unit]));
    json_object_set_new(object, "better", json_string(rs_metric_better_word(metric->better)));
    return object;
}

/* JSON has no infinity: "never" is a word of its own. */
static json_t *value_json(double value) {
    if (isinf(value)) return json_string("never");
    return isnan(value) ? json_null() : rs_fields_number(value);
}

/* As on the terminal: where nothing broke, or there is one row, none is the best. */
static bool is_best(const rs_table *table, const rs_table_row *row) {
    return table->row_count > 1 && !rs_table_is_calm(table) && rs_best_is_unbeaten(table, row);
}

static json_t *row_json(const rs_table *table, const rs_table_row *row) {
    json_t *object = json_object(), *settings = json_array(), *values = json_array();
    for (uint32_t i = 0; i < table->key_count; i++)
        json_array_append_new(settings, rs_fields_text(row->settings[i]));
    for (uint32_t i = 0; i < RS_COLUMNS; i++)
        json_array_append_new(values, value_json(rs_table_median(row, i)));
    json_object_set_new(object, "settings", settings);
    json_object_set_new(object, "clock", json_string(row->clock));
    json_object_set_new(object, "verdict", json_string(row->verdict));
    json_object_set_new(object, "complete", json_boolean(row->complete));
    json_object_set_new(object, "repetitions", rs_fields_u64(row->repetitions));
    json_object_set_new(object, "best", json_boolean(is_best(table, row)));
    json_object_set_new(object, "values", values);
    return object;
}

static json_t *told_json(const rs_sweep_told *told) {
    const rs_table *table = told->table;
    json_t *object = json_object(), *keys = json_array();
    json_t *columns = json_array(), *rows = json_array();
    for (uint32_t i = 0; i < table->key_count; i++) json_array_append_new(keys, key_json(table, i));
    for (uint32_t i = 0; i < RS_COLUMNS; i++) json_array_append_new(columns, column_json(i));
    for (uint32_t i = 0; i < table->row_count; i++)
        if (table->rows[i].clock) json_array_append_new(rows, row_json(table, &table->rows[i]));
    json_object_set_new(object, "format", json_string(RS_SWEEP_FORMAT));
    json_object_set_new(object, "scenario", rs_fields_text(told->scenario));
    if (told->about) json_object_set_new(object, "about", rs_fields_text(told->about));
    json_object_set_new(object, "combinations", json_integer(table->row_count));
    json_object_set_new(object, "repetitions", rs_fields_u64(told->repetitions));
    json_object_set_new(object, "keys", keys);
    json_object_set_new(object, "columns", columns);
    json_object_set_new(object, "rows", rows);
    return object;
}

rs_err rs_sweep_json(const rs_sweep_told *told, FILE *stream) {
    json_t *object = told_json(told);
    int failed = json_dumpf(object, stream, JSON_COMPACT | JSON_REAL_PRECISION(12));
    json_decref(object);
    return failed ? RS_EIO : RS_OK;
}
