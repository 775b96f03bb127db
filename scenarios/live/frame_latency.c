/* frame_latency.c: how long restarts and calls took so far.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/units.h"
#include "scenarios/live/frame_parts.h"

#define LABEL_COLUMNS        21u
#define LABEL_NARROW_COLUMNS 10u
#define COUNT_COLUMNS        8u
#define TIME_COLUMNS_MIN     9u
#define TIME_COLUMNS_MAX     14u

static const char *const words[] = {
#define X(NAME, WORD, MILLIONTHS) WORD,
    RS_GLIMPSE_QUANTILES(X)
#undef X
};

/* Which columns and rows there are, as bits. */
typedef struct rs_latency_table {
    unsigned label, time; /* columns of the screen */
    uint32_t quantiles, rows;
} rs_latency_table;

/* Takes `count` of `all`, which lists them by their worth, and returns them as bits. */
static uint32_t choose(const uint32_t *all, unsigned count) {
    uint32_t chosen = 0;
    for (unsigned i = 0; i < count; i++) chosen |= 1u << all[i];
    return chosen;
}

static rs_latency_table make_table(unsigned width) {
    static const uint32_t worth[] = {RS_GLIMPSE_P99, RS_GLIMPSE_P50, RS_GLIMPSE_MAX, RS_GLIMPSE_P90,
                                     RS_GLIMPSE_P999};
    rs_latency_table table = {.label =
                                  width < RS_FRAME_WIDE ? LABEL_NARROW_COLUMNS : LABEL_COLUMNS};
    unsigned room = width - table.label - COUNT_COLUMNS, count = room / TIME_COLUMNS_MIN;
    if (count > RS_GLIMPSE_QUANTILE_COUNT) count = RS_GLIMPSE_QUANTILE_COUNT;
    if (count == 0) count = 1;
    table.time = room / count < TIME_COLUMNS_MAX ? room / count : TIME_COLUMNS_MAX;
    table.label = width - COUNT_COLUMNS - count * table.time; /* all sections end at one column */
    table.quantiles = choose(worth, count);
    return table;
}

/* Rows that this run may have something to say in. */
static uint32_t rows_of(const rs_glimpse *seen) {
    uint32_t rows = 0;
    for (uint32_t i = 0; i < RS_OUTAGE_STAGE_COUNT; i++)
        if (seen->plan->fault_count || seen->rows[i].count) rows |= 1u << i;
    if (seen->plan->load_count) rows |= 1u << RS_GLIMPSE_CALLS;
    return rows;
}

/* Of them, the `lines` that say most. */
static uint32_t choose_rows(uint32_t rows, unsigned lines) {
    static const uint32_t worth[] = {RS_OUTAGE_REACHABLE, RS_GLIMPSE_CALLS,   RS_OUTAGE_STARTED,
                                     RS_OUTAGE_NOTICED,   RS_OUTAGE_DETECTED, RS_OUTAGE_SERVED};
    uint32_t chosen = 0;
    for (unsigned i = 0; i < RS_GLIMPSE_ROWS && lines > 0; i++) {
        if (!(rows >> worth[i] & 1)) continue;
        chosen |= 1u << worth[i];
        lines--;
    }
    return chosen;
}

unsigned rs_frame_latency_wants(const rs_glimpse *seen) {
    uint32_t rows = rows_of(seen);
    return rows ? 1 + (unsigned)__builtin_popcount(rows) : 0;
}

static void draw_row(rs_paint *paint, const rs_latency_table *table, const rs_glimpse_row *row) {
    rs_paint_left(paint, RS_PAINT_PLAIN, table->label, row->name);
    rs_frame_number(paint, RS_PAINT_PLAIN, COUNT_COLUMNS, row->count);
    for (uint32_t i = 0; i < RS_GLIMPSE_QUANTILE_COUNT; i++) {
        char text[RS_UNITS_TEXT_BYTES] = "–";
        if (!(table->quantiles >> i & 1)) continue;
        if (row->count) rs_units_format_duration(row->ns[i], text, sizeof text);
        rs_paint_right(paint, row->count ? RS_PAINT_PLAIN : RS_PAINT_DIM, table->time, text);
    }
    rs_paint_end(paint);
}

static void draw_heading(rs_paint *paint, const rs_latency_table *table) {
    rs_paint_left(paint, RS_PAINT_BOLD, table->label, "LATENCY");
    rs_paint_right(paint, RS_PAINT_DIM, COUNT_COLUMNS, "count");
    for (uint32_t i = 0; i < RS_GLIMPSE_QUANTILE_COUNT; i++)
        if (table->quantiles >> i & 1) rs_paint_right(paint, RS_PAINT_DIM, table->time, words[i]);
    rs_paint_end(paint);
}

void rs_frame_latency(rs_paint *paint, const rs_glimpse *seen, unsigned lines) {
    rs_latency_table table = make_table(paint->width);
    table.rows = choose_rows(rows_of(seen), lines - 1);
    draw_heading(paint, &table);
    for (uint32_t i = 0; i < RS_GLIMPSE_ROWS; i++)
        if (table.rows >> i & 1) draw_row(paint, &table, &seen->rows[i]);
}
