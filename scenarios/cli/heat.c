/* heat.c: shades stand beside the numbers, so that a map says the same without colours.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/heat.h"

#include <math.h>
#include <string.h>

#define GAP_COLUMNS   2u
#define CELL_COLUMNS  12u
#define SHADE_COLUMNS 3u /* of a cell */

typedef struct rs_heat {
    const rs_table *table;
    rs_column_id id;
    uint32_t across; /* values of the last key */
    double low, high;
} rs_heat;

/* The last key changes fastest: the first row's value of it comes back after so many rows. */
static uint32_t count_across(const rs_table *table) {
    uint32_t last = table->key_count - 1, count = 1;
    while (count < table->row_count &&
           strcmp(table->rows[count].settings[last], table->rows[0].settings[last]) != 0)
        count++;
    return count;
}

/* A number of infinity is never a low or a high: it is darker than all. */
static bool find_range(rs_heat *heat) {
    heat->low = INFINITY;
    heat->high = -INFINITY;
    bool differs = false;
    for (uint32_t i = 0; i < heat->table->row_count; i++) {
        double value = rs_table_median(&heat->table->rows[i], heat->id);
        differs |= isinf(value);
        if (!isfinite(value)) continue;
        if (value < heat->low) heat->low = value;
        if (value > heat->high) heat->high = value;
    }
    return differs || heat->high > heat->low;
}

/* 0 is the best, 1 the worst. */
static double badness(const rs_heat *heat, double value) {
    if (isinf(value)) return 1;
    if (heat->high <= heat->low) return 0;
    double share = (value - heat->low) / (heat->high - heat->low);
    return heat->id == RS_COLUMN_AVAILABLE ? 1 - share : share;
}

static void paint_cell(const rs_heat *heat, const rs_table_row *row, rs_paint *paint) {
    static const char *const shades[] = {"", " ░░", " ▒▒", " ▓▓", " ██"};
    static const rs_paint_style styles[] = {RS_PAINT_GOOD, RS_PAINT_GOOD, RS_PAINT_DOUBT,
                                            RS_PAINT_DOUBT, RS_PAINT_BAD};
    double value = rs_table_median(row, heat->id);
    char text[RS_UNITS_TEXT_BYTES];
    unsigned end = paint->column + CELL_COLUMNS;
    uint32_t shade = isnan(value) ? 0 : (uint32_t)(badness(heat, value) * 4.999);
    rs_column_print(heat->id, value, text);
    rs_paint_right(paint, isnan(value) ? RS_PAINT_DIM : styles[shade], CELL_COLUMNS - SHADE_COLUMNS,
                   text);
    rs_paint_text(paint, styles[shade], shades[shade]);
    if (paint->column < end) rs_paint_to(paint, end);
}

static unsigned label_columns(const rs_heat *heat) {
    unsigned most = rs_paint_columns(rs_table_key(heat->table, heat->table->key_count - 1));
    for (uint32_t i = 0; i < heat->table->row_count; i += heat->across) {
        unsigned columns = 0;
        for (uint32_t key = 0; key + 1 < heat->table->key_count; key++)
            columns += (key ? 1 : 0) + rs_paint_columns(heat->table->rows[i].settings[key]);
        if (columns > most) most = columns;
    }
    return most + GAP_COLUMNS;
}

static void paint_label(const rs_heat *heat, const rs_table_row *row, unsigned columns,
                        rs_paint *paint) {
    char text[256] = "";
    for (uint32_t key = 0; key + 1 < heat->table->key_count; key++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s", key ? " " : "", row->settings[key]);
    }
    rs_paint_left(paint, RS_PAINT_PLAIN, columns, text);
}

static void paint_head(const rs_heat *heat, unsigned columns, rs_paint *paint) {
    uint32_t last = heat->table->key_count - 1;
    rs_paint_end(paint);
    rs_paint_text(paint, RS_PAINT_BOLD, rs_column_word(heat->id));
    rs_paint_end(paint);
    rs_paint_to(paint, GAP_COLUMNS);
    rs_paint_left(paint, RS_PAINT_BOLD, columns, rs_table_key(heat->table, last));
    for (uint32_t i = 0; i < heat->across; i++)
        rs_paint_right(paint, RS_PAINT_DIM, i ? CELL_COLUMNS : CELL_COLUMNS - SHADE_COLUMNS,
                       heat->table->rows[i].settings[last]);
    rs_paint_end(paint);
}

static void paint_map(const rs_heat *heat, rs_paint *paint) {
    unsigned columns = label_columns(heat);
    paint_head(heat, columns, paint);
    for (uint32_t i = 0; i < heat->table->row_count; i++) {
        if (i % heat->across == 0) rs_paint_to(paint, GAP_COLUMNS);
        if (i % heat->across == 0) paint_label(heat, &heat->table->rows[i], columns, paint);
        paint_cell(heat, &heat->table->rows[i], paint);
        if ((i + 1) % heat->across == 0) rs_paint_end(paint);
    }
}

static bool has_one_clock(const rs_table *table) {
    for (uint32_t i = 0; i < table->row_count; i++)
        if (!table->rows[i].clock || strcmp(table->rows[i].clock, table->rows[0].clock) != 0)
            return false;
    return true;
}

void rs_heat_paint(const rs_table *table, rs_paint *paint) {
    static const rs_column_id shown[] = {RS_COLUMN_AVAILABLE, RS_COLUMN_FAILED, RS_COLUMN_RESTARTS,
                                         RS_COLUMN_ESCALATIONS, RS_COLUMN_SCORES};
    if (table->key_count < 2 || !has_one_clock(table)) return;
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        rs_heat heat = {.table = table, .id = shown[i], .across = count_across(table)};
        if (find_range(&heat)) paint_map(&heat, paint);
    }
}
