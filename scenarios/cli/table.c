/* table.c: what the runs of a sweep say, as one table.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/table.h"

#include "reports/rows.h"
#include "runtime/base/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GAP_COLUMNS    2u
#define NUMBER_COLUMNS 8u

typedef enum rs_table_unit { NS, PER_S, COUNT, SHARE } rs_table_unit;

/* Columns with one `group` stand below that word. */
typedef struct rs_table_column {
    const char *group, *name, *metric;
    uint32_t millionths; /* of a distribution; 0: a plain value */
    rs_table_unit unit;
} rs_table_column;

static const rs_table_column columns[RS_TABLE_COLUMNS] = {
    {"", "calls", "calls.throughput", 0, PER_S},
    {"", "messages", "messages.throughput", 0, PER_S},
    {"restart started", "p50", "restart.started", RS_P50, NS},
    {"restart started", "p99", "restart.started", RS_P99, NS},
    {"call latency", "p50", "calls.latency", RS_P50, NS},
    {"call latency", "p99", "calls.latency", RS_P99, NS},
    {"… uncorrected", "p50", "calls.latency_uncorrected", RS_P50, NS},
    {"… uncorrected", "p99", "calls.latency_uncorrected", RS_P99, NS},
    {"waited for a core", "p50", "sched.wait", RS_P50, NS},
    {"waited for a core", "p99", "sched.wait", RS_P99, NS},
    {"waited for a core", "longest", "sched.longest_wait", 0, NS},
    {"cores", "idle", "sched.idle", 0, SHARE},
    {"", "steals", "sched.steals", 0, COUNT},
    {"", "wakes", "sched.wakes", 0, COUNT},
    {"", "preempted", "sched.preemptions", 0, COUNT},
};

/* ------------------------------------------------------------------ numbers */

/* Where there is a latency from the intended start, the other one says less. */
static bool is_superseded(const rs_table_column *column, const rs_result *result) {
    if (strcmp(column->metric, "calls.latency_uncorrected") != 0) return false;
    const rs_result_metric *corrected = rs_result_find(result, "calls.latency", NULL);
    return corrected && corrected->histogram;
}

static double read_metric(const rs_table_column *column, const rs_result *result) {
    const rs_result_metric *metric = rs_result_find(result, column->metric, NULL);
    if (!metric || is_superseded(column, result)) return NAN;
    if (!column->millionths) return metric->value.known ? metric->value.value : NAN;
    if (!metric->histogram || metric->histogram->count + metric->unfinished == 0) return NAN;
    uint64_t value =
        rs_histogram_percentile_open(metric->histogram, column->millionths, metric->unfinished);
    return value == UINT64_MAX ? INFINITY : (double)value;
}

void rs_table_add(rs_table_row *row, const rs_result *result) {
    for (uint32_t i = 0; i < RS_TABLE_COLUMNS; i++)
        row->samples[i][row->repetitions] = read_metric(&columns[i], result);
    row->repetitions++;
}

void rs_table_judge(rs_table_row *row, const rs_result *result) {
    static const rs_paint_style styles[] = {RS_PAINT_DOUBT, RS_PAINT_GOOD, RS_PAINT_BAD,
                                            RS_PAINT_DIM};
    bool is_complete = result->status == RS_RESULT_COMPLETE;
    row->verdict = is_complete ? rs_result_verdict_word(result->verdict)
                               : rs_result_status_word(result->status);
    row->style = is_complete ? styles[result->verdict] : RS_PAINT_BAD;
    row->clock = result->clock && strcmp(result->clock, "virtual") == 0 ? "virtual" : "real";
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The lower one of two in the middle: a number that was measured. */
static double median(const rs_table_row *row, uint32_t column) {
    double *known = rs_rows_alloc(sizeof *known * (row->repetitions + 1));
    size_t count = 0;
    for (uint64_t i = 0; i < row->repetitions; i++)
        if (!isnan(row->samples[column][i])) known[count++] = row->samples[column][i];
    if (count) qsort(known, count, sizeof *known, compare);
    double value = count ? known[(count - 1) / 2] : NAN;
    free(known);
    return value;
}

static uint64_t whole(double value) {
    return value > 0 ? (uint64_t)(value + 0.5) : 0;
}

static void print_number(double value, rs_table_unit unit, char text[RS_UNITS_TEXT_BYTES]) {
    if (isnan(value))
        strcpy(text, "–");
    else if (isinf(value))
        strcpy(text, "never");
    else if (unit == NS)
        rs_units_format_duration(whole(value), text, RS_UNITS_TEXT_BYTES);
    else if (unit == PER_S)
        rs_units_format_rate(value, text, RS_UNITS_TEXT_BYTES);
    else if (unit == SHARE)
        snprintf(text, RS_UNITS_TEXT_BYTES, "%.1f %%", value * 100);
    else
        rs_units_format_count(whole(value), text, RS_UNITS_TEXT_BYTES);
}

/* ------------------------------------------------------------------ the table */

/* The rows of one clock, and the columns that say anything about them. */
typedef struct rs_table_part {
    const rs_table *table;
    const char *clock;
    bool shown[RS_TABLE_COLUMNS];
    unsigned *setting_columns;
} rs_table_part;

static bool is_of(const rs_table_row *row, const char *clock) {
    return row->clock && strcmp(row->clock, clock) == 0;
}

static void choose_columns(rs_table_part *part) {
    for (uint32_t i = 0; i < RS_TABLE_COLUMNS; i++)
        for (uint32_t r = 0; r < part->table->row_count; r++)
            if (is_of(&part->table->rows[r], part->clock))
                part->shown[i] |= !isnan(median(&part->table->rows[r], i));
}

/* The last step of a key tells it, unless another key ends alike. */
static const char *short_key(const rs_table *table, uint32_t index) {
    const char *key = table->keys[index], *dot = strrchr(key, '.'), *name = dot ? dot + 1 : key;
    for (uint32_t i = 0; i < table->key_count; i++) {
        const char *other = strrchr(table->keys[i], '.');
        if (i != index && strcmp(other ? other + 1 : table->keys[i], name) == 0) return key;
    }
    return name;
}

static unsigned widest(const rs_table *table, uint32_t key) {
    unsigned most = rs_paint_columns(short_key(table, key));
    for (uint32_t i = 0; i < table->row_count; i++) {
        unsigned one = rs_paint_columns(table->rows[i].settings[key]);
        if (one > most) most = one;
    }
    return most;
}

#define VERDICT_COLUMNS 13u

static unsigned left_columns(const rs_table_part *part) {
    unsigned sum = GAP_COLUMNS + VERDICT_COLUMNS;
    for (uint32_t i = 0; i < part->table->key_count; i++)
        sum += part->setting_columns[i] + GAP_COLUMNS;
    return sum;
}

/* How much of a line a column of numbers takes; what is not shown, nothing. */
static unsigned columns_of(const rs_table_part *part, uint32_t column) {
    unsigned name = (unsigned)strlen(columns[column].name);
    return part->shown[column] ? 1 + (name > NUMBER_COLUMNS ? name : NUMBER_COLUMNS) : 0;
}

static void paint_groups(const rs_table_part *part, rs_paint *paint) {
    unsigned at = left_columns(part);
    for (uint32_t i = 0; i < RS_TABLE_COLUMNS;) {
        uint32_t first = i;
        unsigned span = 0;
        for (; i < RS_TABLE_COLUMNS && strcmp(columns[i].group, columns[first].group) == 0; i++)
            span += columns_of(part, i);
        if (span && *columns[first].group) {
            if (paint->column < at) rs_paint_to(paint, at);
            rs_paint_right(paint, RS_PAINT_DIM, span, columns[first].group);
        }
        at += span;
    }
    rs_paint_end(paint);
}

static void paint_head(const rs_table_part *part, rs_paint *paint) {
    rs_paint_to(paint, GAP_COLUMNS);
    for (uint32_t i = 0; i < part->table->key_count; i++)
        rs_paint_left(paint, RS_PAINT_BOLD, part->setting_columns[i] + GAP_COLUMNS,
                      short_key(part->table, i));
    rs_paint_left(paint, RS_PAINT_DIM, VERDICT_COLUMNS, "verdict");
    for (uint32_t i = 0; i < RS_TABLE_COLUMNS; i++)
        if (part->shown[i])
            rs_paint_right(paint, RS_PAINT_DIM, columns_of(part, i), columns[i].name);
    rs_paint_end(paint);
}

static void paint_row(const rs_table_part *part, const rs_table_row *row, rs_paint *paint) {
    rs_paint_to(paint, GAP_COLUMNS);
    for (uint32_t i = 0; i < part->table->key_count; i++)
        rs_paint_left(paint, RS_PAINT_PLAIN, part->setting_columns[i] + GAP_COLUMNS,
                      row->settings[i]);
    rs_paint_left(paint, row->style, VERDICT_COLUMNS, row->verdict);
    for (uint32_t i = 0; i < RS_TABLE_COLUMNS; i++) {
        char text[RS_UNITS_TEXT_BYTES];
        double value = median(row, i);
        if (!part->shown[i]) continue;
        print_number(value, columns[i].unit, text);
        rs_paint_right(paint, isnan(value) ? RS_PAINT_DIM : RS_PAINT_PLAIN, columns_of(part, i),
                       text);
    }
    rs_paint_end(paint);
}

static void paint_part(rs_table_part *part, rs_paint *paint) {
    choose_columns(part);
    rs_paint_end(paint);
    rs_paint_print(paint, RS_PAINT_BOLD, "%s",
                   strcmp(part->clock, "real") == 0 ? "REAL TIME" : "VIRTUAL TIME");
    rs_paint_end(paint);
    paint_groups(part, paint);
    paint_head(part, paint);
    for (uint32_t i = 0; i < part->table->row_count; i++)
        if (is_of(&part->table->rows[i], part->clock))
            paint_row(part, &part->table->rows[i], paint);
}

static bool has_any(const rs_table *table, const char *clock) {
    for (uint32_t i = 0; i < table->row_count; i++)
        if (is_of(&table->rows[i], clock)) return true;
    return false;
}

void rs_table_paint(const rs_table *table, rs_paint *paint) {
    static const char *const clocks[] = {"real", "virtual"};
    unsigned *widths = rs_rows_alloc(sizeof *widths * (table->key_count + 1));
    for (uint32_t i = 0; i < table->key_count; i++) widths[i] = widest(table, i);
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        rs_table_part part = {.table = table, .clock = clocks[i], .setting_columns = widths};
        if (has_any(table, clocks[i])) paint_part(&part, paint);
    }
    free(widths);
}
