/* beside.c: the restarts of several runs in one table.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/beside.h"

#include "reports/outage.h"
#include "runtime/base/units.h"

#include <string.h>

#define STAGE_COLUMNS  11u
#define COUNT_COLUMNS  8u
#define NEVER_COLUMNS  11u
#define TIME_COLUMNS   10u
#define GAP_COLUMNS    2u
#define NUMBER_COLUMNS (GAP_COLUMNS + COUNT_COLUMNS + NEVER_COLUMNS + 3 * TIME_COLUMNS)
/* A narrow screen still shows how a name begins. */
#define NAME_COLUMNS_MIN 8u

/* The rows of one clock. */
typedef struct rs_beside_part {
    const rs_beside_row *rows;
    uint32_t count;
    bool is_virtual;
    unsigned name_columns;
} rs_beside_part;

static bool is_of(const rs_beside_part *part, const rs_beside_row *row) {
    const char *clock = row->result->clock;
    return (clock && strcmp(clock, "virtual") == 0) == part->is_virtual;
}

static unsigned widest(const rs_beside_part *part, unsigned width) {
    unsigned fixed = GAP_COLUMNS + STAGE_COLUMNS + NUMBER_COLUMNS, most = NAME_COLUMNS_MIN;
    for (uint32_t i = 0; i < part->count; i++) {
        unsigned columns = rs_paint_columns(part->rows[i].name);
        if (is_of(part, &part->rows[i]) && columns > most) most = columns;
    }
    unsigned room = width > fixed + NAME_COLUMNS_MIN ? width - fixed : NAME_COLUMNS_MIN;
    return most < room ? most : room;
}

static void paint_head(const rs_beside_part *part, rs_paint *paint) {
    rs_paint_end(paint);
    rs_paint_text(paint, RS_PAINT_BOLD, part->is_virtual ? "VIRTUAL TIME" : "REAL TIME");
    rs_paint_to(paint, GAP_COLUMNS + STAGE_COLUMNS + part->name_columns + GAP_COLUMNS);
    rs_paint_right(paint, RS_PAINT_DIM, COUNT_COLUMNS, "count");
    rs_paint_right(paint, RS_PAINT_DIM, NEVER_COLUMNS, "unfinished");
    rs_paint_right(paint, RS_PAINT_DIM, TIME_COLUMNS, "p50");
    rs_paint_right(paint, RS_PAINT_DIM, TIME_COLUMNS, "p90");
    rs_paint_right(paint, RS_PAINT_DIM, TIME_COLUMNS, "p99");
    rs_paint_end(paint);
}

static void paint_count(rs_paint *paint, unsigned columns, uint64_t count) {
    char text[RS_UNITS_TEXT_BYTES];
    rs_units_format_count(count, text, sizeof text);
    rs_paint_right(paint, RS_PAINT_PLAIN, columns, text);
}

static void paint_percentile(rs_paint *paint, const rs_result_metric *metric, uint32_t millionths) {
    char text[RS_UNITS_TEXT_BYTES] = "–";
    bool any = metric->histogram->count + metric->unfinished > 0;
    uint64_t ns = rs_histogram_percentile_open(metric->histogram, millionths, metric->unfinished);
    bool never = any && ns == UINT64_MAX;
    if (never)
        strcpy(text, "never");
    else if (any)
        rs_units_format_duration(ns, text, sizeof text);
    rs_paint_right(paint,
                   never ? RS_PAINT_BAD
                   : any ? RS_PAINT_PLAIN
                         : RS_PAINT_DIM,
                   TIME_COLUMNS, text);
}

static void paint_numbers(rs_paint *paint, const rs_result *result, const char *stage) {
    char name[64];
    snprintf(name, sizeof name, "restart.%s", stage);
    const rs_result_metric *metric = rs_result_find(result, name, NULL);
    if (!metric || !metric->histogram) {
        rs_paint_right(paint, RS_PAINT_DIM, COUNT_COLUMNS, "–");
        return;
    }
    paint_count(paint, COUNT_COLUMNS, metric->histogram->count);
    paint_count(paint, NEVER_COLUMNS, metric->unfinished);
    paint_percentile(paint, metric, RS_P50);
    paint_percentile(paint, metric, RS_P90);
    paint_percentile(paint, metric, RS_P99);
}

static void paint_stage(const rs_beside_part *part, rs_paint *paint, const char *stage) {
    const char *label = stage;
    for (uint32_t i = 0; i < part->count; i++) {
        if (!is_of(part, &part->rows[i])) continue;
        rs_paint_to(paint, GAP_COLUMNS);
        rs_paint_left(paint, RS_PAINT_BOLD, STAGE_COLUMNS, label);
        rs_paint_left(paint, RS_PAINT_PLAIN, part->name_columns, part->rows[i].name);
        rs_paint_left(paint, RS_PAINT_PLAIN, GAP_COLUMNS, "");
        paint_numbers(paint, part->rows[i].result, stage);
        rs_paint_end(paint);
        label = "";
    }
}

static void paint_part(rs_beside_part *part, rs_paint *paint) {
    bool any = false;
    for (uint32_t i = 0; i < part->count; i++) any |= is_of(part, &part->rows[i]);
    if (!any) return;
    part->name_columns = widest(part, paint->width);
    paint_head(part, paint);
    for (unsigned i = 0; i < RS_OUTAGE_STAGE_COUNT; i++)
        paint_stage(part, paint, rs_outage_stage_word((rs_outage_stage)i));
}

void rs_beside_paint(const rs_beside_row *rows, uint32_t count, rs_paint *paint) {
    rs_beside_part real = {.rows = rows, .count = count};
    rs_beside_part in_virtual_time = {.rows = rows, .count = count, .is_virtual = true};
    paint_part(&real, paint);
    paint_part(&in_virtual_time, paint);
}
