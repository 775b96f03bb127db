/* table.c: what the runs of a sweep say, as one table.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/table.h"

#include "reports/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GAP_COLUMNS    2u
#define NUMBER_COLUMNS 8u

void rs_table_add(rs_table_row *row, const rs_result *result) {
    for (uint32_t i = 0; i < RS_COLUMNS; i++)
        row->samples[i][row->repetitions] = rs_column_read(i, result);
    row->repetitions++;
}

void rs_table_judge(rs_table_row *row, const rs_result *result) {
    static const rs_paint_style styles[] = {RS_PAINT_DOUBT, RS_PAINT_GOOD, RS_PAINT_BAD,
                                            RS_PAINT_DIM};
    bool is_complete = result->status == RS_RESULT_COMPLETE;
    row->complete = rs_result_is_whole(result);
    row->verdict = is_complete ? rs_result_verdict_word(result->verdict)
                               : rs_result_status_word(result->status);
    row->style = is_complete ? styles[result->verdict] : RS_PAINT_BAD;
    row->clock = result->clock && strcmp(result->clock, "virtual") == 0 ? "virtual" : "real";
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double rs_table_median(const rs_table_row *row, uint32_t column) {
    double *known = rs_rows_alloc(sizeof *known * (row->repetitions + 1));
    size_t count = 0;
    for (uint64_t i = 0; i < row->repetitions; i++)
        if (!isnan(row->samples[column][i])) known[count++] = row->samples[column][i];
    if (count) qsort(known, count, sizeof *known, compare);
    double value = count ? known[(count - 1) / 2] : NAN;
    free(known);
    return value;
}

/* ------------------------------------------------------------------ the table */

/* The rows of one clock, some of the columns, and of those the ones that say anything about them.
 */
typedef struct rs_table_part {
    const rs_table *table;
    const char *clock;
    rs_column_id from, to;
    bool has_verdict, shown[RS_COLUMNS];
    unsigned *setting_columns;
} rs_table_part;

bool rs_table_is_of(const rs_table_row *row, const char *clock) {
    return row->clock && strcmp(row->clock, clock) == 0;
}

static void choose_columns(rs_table_part *part) {
    for (uint32_t i = part->from; i < part->to; i++)
        for (uint32_t r = 0; r < part->table->row_count; r++)
            if (rs_table_is_of(&part->table->rows[r], part->clock))
                part->shown[i] |= !isnan(rs_table_median(&part->table->rows[r], i));
}

bool rs_table_is_calm(const rs_table *table) {
    for (uint32_t r = 0; r < table->row_count; r++)
        for (uint32_t i = 0; table->rows[r].clock && i < RS_COLUMN_OUTCOMES; i++)
            if (!rs_column_is_calm(i, rs_table_median(&table->rows[r], i))) return false;
    return true;
}

/* The last step of a key tells it, unless another key ends alike. */
const char *rs_table_key(const rs_table *table, uint32_t index) {
    const char *key = table->keys[index], *dot = strrchr(key, '.'), *name = dot ? dot + 1 : key;
    for (uint32_t i = 0; i < table->key_count; i++) {
        const char *other = strrchr(table->keys[i], '.');
        if (i != index && strcmp(other ? other + 1 : table->keys[i], name) == 0) return key;
    }
    return name;
}

static unsigned widest(const rs_table *table, uint32_t key) {
    unsigned most = rs_paint_columns(rs_table_key(table, key));
    for (uint32_t i = 0; i < table->row_count; i++) {
        unsigned one = rs_paint_columns(table->rows[i].settings[key]);
        if (one > most) most = one;
    }
    return most;
}

#define VERDICT_COLUMNS 13u

static unsigned left_columns(const rs_table_part *part) {
    unsigned sum = GAP_COLUMNS + (part->has_verdict ? VERDICT_COLUMNS : 0);
    for (uint32_t i = 0; i < part->table->key_count; i++)
        sum += part->setting_columns[i] + GAP_COLUMNS;
    return sum;
}

/* How much of a line a column of numbers takes; what is not shown, nothing. */
static unsigned columns_of(const rs_table_part *part, uint32_t column) {
    unsigned name = (unsigned)strlen(rs_columns[column].name);
    return part->shown[column] ? 1 + (name > NUMBER_COLUMNS ? name : NUMBER_COLUMNS) : 0;
}

static void paint_groups(const rs_table_part *part, rs_paint *paint) {
    unsigned at = left_columns(part);
    for (uint32_t i = part->from; i < part->to;) {
        uint32_t first = i;
        unsigned span = 0;
        for (; i < part->to && strcmp(rs_columns[i].group, rs_columns[first].group) == 0; i++)
            span += columns_of(part, i);
        if (span && *rs_columns[first].group) {
            if (paint->column < at) rs_paint_to(paint, at);
            rs_paint_right(paint, RS_PAINT_DIM, span, rs_columns[first].group);
        }
        at += span;
    }
    rs_paint_end(paint);
}

static void paint_head(const rs_table_part *part, rs_paint *paint) {
    rs_paint_to(paint, GAP_COLUMNS);
    for (uint32_t i = 0; i < part->table->key_count; i++)
        rs_paint_left(paint, RS_PAINT_BOLD, part->setting_columns[i] + GAP_COLUMNS,
                      rs_table_key(part->table, i));
    if (part->has_verdict) rs_paint_left(paint, RS_PAINT_DIM, VERDICT_COLUMNS, "verdict");
    for (uint32_t i = part->from; i < part->to; i++)
        if (part->shown[i])
            rs_paint_right(paint, RS_PAINT_DIM, columns_of(part, i), rs_columns[i].name);
    rs_paint_end(paint);
}

static void paint_row(const rs_table_part *part, const rs_table_row *row, rs_paint *paint) {
    rs_paint_to(paint, GAP_COLUMNS);
    for (uint32_t i = 0; i < part->table->key_count; i++)
        rs_paint_left(paint, RS_PAINT_PLAIN, part->setting_columns[i] + GAP_COLUMNS,
                      row->settings[i]);
    if (part->has_verdict) rs_paint_left(paint, row->style, VERDICT_COLUMNS, row->verdict);
    for (uint32_t i = part->from; i < part->to; i++) {
        char text[RS_UNITS_TEXT_BYTES];
        double value = rs_table_median(row, i);
        if (!part->shown[i]) continue;
        rs_column_print(i, value, text);
        rs_paint_right(paint, isnan(value) ? RS_PAINT_DIM : RS_PAINT_PLAIN, columns_of(part, i),
                       text);
    }
    rs_paint_end(paint);
}

static void paint_part(rs_table_part *part, rs_paint *paint) {
    choose_columns(part);
    paint_groups(part, paint);
    paint_head(part, paint);
    for (uint32_t i = 0; i < part->table->row_count; i++)
        if (rs_table_is_of(&part->table->rows[i], part->clock))
            paint_row(part, &part->table->rows[i], paint);
}

/* What got through, unless nothing broke; then how fast it was. */
static void paint_clock(const rs_table *table, const char *clock, unsigned *widths,
                        rs_paint *paint) {
    bool is_calm = rs_table_is_calm(table);
    rs_table_part outcomes = {
        table, clock, 0, RS_COLUMN_OUTCOMES, .has_verdict = true, .setting_columns = widths};
    rs_table_part speeds = {table,
                            clock,
                            RS_COLUMN_OUTCOMES,
                            RS_COLUMNS,
                            .has_verdict = is_calm,
                            .setting_columns = widths};
    rs_paint_end(paint);
    rs_paint_print(paint, RS_PAINT_BOLD, "%s",
                   strcmp(clock, "real") == 0 ? "REAL TIME" : "VIRTUAL TIME");
    rs_paint_end(paint);
    if (!is_calm) paint_part(&outcomes, paint);
    if (!is_calm) rs_paint_end(paint);
    paint_part(&speeds, paint);
}

static bool has_any(const rs_table *table, const char *clock) {
    for (uint32_t i = 0; i < table->row_count; i++)
        if (rs_table_is_of(&table->rows[i], clock)) return true;
    return false;
}

void rs_table_paint(const rs_table *table, rs_paint *paint) {
    static const char *const clocks[] = {"real", "virtual"};
    unsigned *widths = rs_rows_alloc(sizeof *widths * (table->key_count + 1));
    for (uint32_t i = 0; i < table->key_count; i++) widths[i] = widest(table, i);
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++)
        if (has_any(table, clocks[i])) paint_clock(table, clocks[i], widths, paint);
    free(widths);
}
