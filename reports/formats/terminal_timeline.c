/* terminal_timeline.c: phases, and what happened over time.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/number.h"
#include "reports/formats/terminal_parts.h"
#include "runtime/base/units.h"

#include <string.h>

#define LABEL_COLUMNS  12
#define LENGTH_COLUMNS 9
/* As many as a scenario may have; each row looks for its numbers among all. */
#define PHASES_SHOWN 64u

/* Five numbers share what is left of the line. */
static unsigned number_columns(const rs_paint *paint) {
    unsigned share = (paint->width - LABEL_COLUMNS - 1 - LENGTH_COLUMNS) / 5;
    return share < 12 ? share : 12;
}

static void paint_rate(rs_paint *paint, rs_optional rate) {
    char text[RS_UNITS_TEXT_BYTES] = "–";
    if (rate.known) rs_units_format_rate(rate.value, text, sizeof text);
    rs_paint_right(paint, rate.known ? RS_PAINT_PLAIN : RS_PAINT_DIM, number_columns(paint), text);
}

static void paint_share(rs_paint *paint, rs_optional share) {
    char text[RS_UNITS_TEXT_BYTES] = "–";
    bool known = rs_number_is_share(share);
    if (known) rs_units_format_share(share.value, text, sizeof text);
    rs_paint_right(paint, known ? RS_PAINT_PLAIN : RS_PAINT_DIM, number_columns(paint), text);
}

/* Those that came, as in the tree: restarts that were due, but for the unfinished. */
static rs_optional restarts_of(const rs_result *result, const rs_result_labels *labels) {
    rs_optional due = rs_result_metric_value(result, "restart.count", labels);
    rs_optional unfinished = rs_result_metric_value(result, "restart.unfinished", labels);
    if (due.known && unfinished.known) due.value -= unfinished.value;
    return due;
}

static void paint_phase(rs_paint *paint, const rs_result *result, const rs_result_phase *phase) {
    char text[RS_UNITS_TEXT_BYTES];
    rs_result_labels labels = {.phase = phase->name};
    rs_paint_to(paint, 2);
    rs_paint_left(paint, phase->faulty ? RS_PAINT_BOLD : RS_PAINT_PLAIN, LABEL_COLUMNS - 1,
                  phase->name);
    rs_units_format_duration(phase->end_ns - phase->start_ns, text, sizeof text);
    rs_paint_right(paint, RS_PAINT_DIM, LENGTH_COLUMNS, text);
    paint_rate(paint, rs_result_metric_value(result, "calls.throughput", &labels));
    paint_rate(paint, rs_result_metric_value(result, "messages.throughput", &labels));
    rs_terminal_count(paint, number_columns(paint),
                      rs_result_metric_value(result, "calls.failed", &labels));
    paint_share(paint, rs_result_metric_value(result, "calls.availability", &labels));
    rs_terminal_count(paint, number_columns(paint), restarts_of(result, &labels));
    rs_paint_end(paint);
}

void rs_terminal_phases(rs_paint *paint, const rs_result *result) {
    static const char *const names[] = {"calls", "messages", "failed", "available", "restarts"};
    if (result->phases.count == 0) return;
    rs_terminal_heading(paint, "PHASES");
    rs_paint_to(paint, LABEL_COLUMNS + 1);
    rs_paint_right(paint, RS_PAINT_DIM, LENGTH_COLUMNS, "length");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        rs_paint_right(paint, RS_PAINT_DIM, number_columns(paint), names[i]);
    rs_paint_end(paint);
    size_t count = result->phases.count, shown = count < PHASES_SHOWN ? count : PHASES_SHOWN;
    for (size_t i = 0; i < shown; i++) paint_phase(paint, result, &result->phases.at[i]);
    rs_terminal_more(paint, count - shown);
}

/* Columns of the screen, each the mean of the windows that fall into it. */
typedef struct grid {
    const rs_timeline *timeline;
    unsigned columns;
} grid;

static double column_mean(const grid *chart, unsigned at, rs_timeline_column column) {
    uint32_t used = chart->timeline->used;
    uint32_t first = (uint32_t)((uint64_t)at * used / chart->columns);
    uint32_t last = (uint32_t)((uint64_t)(at + 1) * used / chart->columns);
    uint64_t sum = 0;
    for (uint32_t i = first; i < last; i++) sum += chart->timeline->counts[i][column];
    return last > first ? (double)sum / (last - first) : 0;
}

static double largest(const grid *chart, rs_timeline_column column) {
    double most = 0;
    for (unsigned at = 0; at < chart->columns; at++) {
        double mean = column_mean(chart, at, column);
        if (mean > most) most = mean;
    }
    return most;
}

/* A column with anything in it shows at least the lowest bar: one failed call must be seen. */
static void paint_bars(rs_paint *paint, const grid *chart, const char *name,
                       rs_timeline_column column, rs_paint_style style) {
    static const char *const bars[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    double most = largest(chart, column);
    char line[RS_TIMELINE_WINDOWS * 3 + 1] = "";
    size_t end = 0; /* behind the last bar: lines end without blanks */
    if (most <= 0) return;
    for (unsigned at = 0; at < chart->columns; at++) {
        double share = column_mean(chart, at, column) / most;
        unsigned level = share > 0 ? 1 + (unsigned)(share * 7.0) : 0;
        strcat(line, bars[level]);
        if (level > 0) end = strlen(line);
    }
    line[end] = '\0';
    rs_paint_to(paint, 2);
    rs_paint_left(paint, RS_PAINT_PLAIN, LABEL_COLUMNS, name);
    rs_paint_text(paint, style, line);
    rs_paint_end(paint);
}

static void paint_ruler(rs_paint *paint, const rs_result *result, const grid *chart) {
    uint64_t total_ns = rs_timeline_window_ns(chart->timeline) * chart->timeline->used;
    unsigned origin = LABEL_COLUMNS + 2;
    for (size_t i = 0; i < result->phases.count; i++) {
        const rs_result_phase *phase = &result->phases.at[i];
        double share = (double)phase->start_ns / (double)total_ns;
        if (share >= 1) continue;
        unsigned column = origin + (unsigned)(share * chart->columns);
        if (column < paint->column) continue; /* no room to name it */
        if (column > paint->column) rs_paint_to(paint, column);
        rs_paint_print(paint, RS_PAINT_DIM, "╵%s", phase->name ? phase->name : "");
    }
    rs_paint_end(paint);
}

void rs_terminal_timeline(rs_paint *paint, const rs_result *result) {
    grid chart = {&result->timeline, paint->width - LABEL_COLUMNS - 2};
    char text[RS_UNITS_TEXT_BYTES];
    if (chart.timeline->used < 2) return;
    if (chart.timeline->used < chart.columns) chart.columns = chart.timeline->used;
    rs_terminal_heading(paint, "TIMELINE");
    uint64_t total_ns = rs_timeline_window_ns(chart.timeline) * chart.timeline->used;
    rs_units_format_duration(total_ns / chart.columns, text, sizeof text);
    rs_paint_to(paint, LABEL_COLUMNS + 2);
    rs_paint_print(paint, RS_PAINT_DIM, "one column is %s; each row has its own scale", text);
    rs_paint_end(paint);
    paint_bars(paint, &chart, "answered", RS_TIMELINE_ANSWERED, RS_PAINT_GOOD);
    paint_bars(paint, &chart, "failed", RS_TIMELINE_FAILED, RS_PAINT_BAD);
    paint_bars(paint, &chart, "faults", RS_TIMELINE_FAULTS, RS_PAINT_DOUBT);
    paint_bars(paint, &chart, "restarts", RS_TIMELINE_RESTARTS, RS_PAINT_PLAIN);
    paint_ruler(paint, result, &chart);
}
