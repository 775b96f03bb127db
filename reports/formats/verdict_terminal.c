/* verdict_terminal.c: a verdict on a terminal: a line per metric, then what follows from them.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/verdict.h"

#include "reports/formats/number.h"
#include "runtime/base/units.h"

#include <math.h>
#include <string.h>

#define COLUMN_GAP 2u
#define NAME_MIN   6u

/* Counts and shares both have the unit 1. */
static bool is_share(const rs_verdict_metric *metric, double value) {
    const char *rest;
    const rs_metric *known = rs_metric_split(metric->name, &rest);
    return known && known->kind == RS_METRIC_RATIO && value >= 0 && value <= 1;
}

void rs_verdict_value(const rs_verdict_metric *metric, double value, char *text, size_t bytes) {
    const char *unit = metric->unit;
    if (isnan(value))
        snprintf(text, bytes, "–");
    else if (isinf(value))
        snprintf(text, bytes, "never");
    else if (strcmp(unit, "ns") == 0)
        rs_units_format_duration(rs_number_whole(value + 0.5), text, bytes);
    else if (strcmp(unit, "bytes") == 0)
        rs_units_format_bytes(rs_number_whole(value), text, bytes);
    else if (strcmp(unit, "per_s") == 0)
        rs_units_format_rate(value, text, bytes);
    else if (strcmp(unit, "instructions") == 0)
        snprintf(text, bytes, "%.0f", value);
    else if (is_share(metric, value))
        rs_units_format_share(value, text, bytes);
    else
        snprintf(text, bytes, "%.4g", value);
}

void rs_verdict_change(double logarithm, char *text, size_t bytes) {
    double slowdown = rs_verdict_slowdown(logarithm);
    if (fabs(slowdown) < 10)
        snprintf(text, bytes, "%+.1f %%", fabs(slowdown) < 0.0005 ? 0 : slowdown * 100);
    else
        snprintf(text, bytes, "×%.0f", slowdown + 1);
}

static rs_paint_style style_of(rs_experiment_word word) {
    switch (word) {
    case RS_WORD_REGRESSION: return RS_PAINT_BAD;
    case RS_WORD_IDENTICAL:
    case RS_WORD_NOT_SEEN:
    case RS_WORD_NO_REGRESSION: return RS_PAINT_GOOD;
    case RS_WORD_SUSPECT:
    case RS_WORD_WAITS:
    case RS_WORD_MISSING: return RS_PAINT_DOUBT;
    default: return RS_PAINT_PLAIN;
    }
}

static unsigned name_columns(const rs_verdict *verdict) {
    unsigned most = NAME_MIN;
    for (size_t i = 0; i < verdict->metrics.count; i++) {
        unsigned columns = rs_paint_columns(verdict->metrics.at[i].name);
        if (columns > most) most = columns;
    }
    return most;
}

static void paint_side(const rs_verdict_side *side, rs_paint *paint) {
    rs_paint_to(paint, COLUMN_GAP);
    rs_paint_left(paint, RS_PAINT_BOLD, 6, side->name);
    rs_paint_wrap(paint, RS_PAINT_DIM, side->what);
}

static void paint_head(const rs_verdict *verdict, unsigned names, rs_paint *paint) {
    rs_paint_to(paint, COLUMN_GAP);
    rs_paint_left(paint, RS_PAINT_DIM, names, "gate");
    rs_paint_right(paint, RS_PAINT_DIM, 12, verdict->a.name);
    rs_paint_right(paint, RS_PAINT_DIM, 12, verdict->b.name);
    rs_paint_right(paint, RS_PAINT_DIM, 10, "slower by");
    rs_paint_end(paint);
}

static void paint_metric(const rs_verdict_metric *metric, unsigned names, rs_paint *paint) {
    char text[96], low[32], high[32];
    rs_paint_to(paint, COLUMN_GAP);
    rs_paint_left(paint, RS_PAINT_PLAIN, names, metric->name);
    rs_verdict_value(metric, metric->a, text, sizeof text);
    rs_paint_right(paint, RS_PAINT_PLAIN, 12, text);
    rs_verdict_value(metric, metric->b, text, sizeof text);
    rs_paint_right(paint, RS_PAINT_PLAIN, 12, text);
    rs_verdict_change(metric->interval.middle, text, sizeof text);
    rs_paint_right(paint, RS_PAINT_BOLD, 10, metric->known ? text : "–");
    rs_verdict_change(metric->interval.low, low, sizeof low);
    rs_verdict_change(metric->interval.high, high, sizeof high);
    snprintf(text, sizeof text, "[%s, %s]", low, high);
    rs_paint_text(paint, RS_PAINT_PLAIN, "  ");
    bool has_ends = metric->known && rs_verdict_has_ends(&metric->interval);
    rs_paint_left(paint, RS_PAINT_DIM, 19, has_ends ? text : "");
    rs_paint_text(paint, RS_PAINT_PLAIN, " ");
    rs_paint_text(paint, style_of(metric->word), rs_experiment_words(metric->word));
    rs_paint_end(paint);
    if (!metric->note) return;
    rs_paint_to(paint, 2 * COLUMN_GAP);
    rs_paint_wrap(paint, RS_PAINT_DIM, metric->note);
}

static rs_paint_style style_of_status(int status) {
    return status == 0 ? RS_PAINT_GOOD : status == 4 || status == 7 ? RS_PAINT_DOUBT : RS_PAINT_BAD;
}

void rs_verdict_paint(const rs_verdict *verdict, rs_paint *paint) {
    unsigned names = name_columns(verdict);
    rs_paint_text(paint, RS_PAINT_BOLD, verdict->scenario);
    rs_paint_end(paint);
    paint_side(&verdict->a, paint);
    paint_side(&verdict->b, paint);
    rs_paint_end(paint);
    if (verdict->metrics.count) paint_head(verdict, names, paint);
    for (size_t i = 0; i < verdict->metrics.count; i++)
        paint_metric(&verdict->metrics.at[i], names, paint);
    if (verdict->metrics.count) rs_paint_end(paint);
    rs_paint_to(paint, COLUMN_GAP);
    rs_paint_text(paint, style_of_status(verdict->status), verdict->word);
    rs_paint_text(paint, RS_PAINT_PLAIN, ": ");
    rs_paint_wrap(paint, RS_PAINT_PLAIN, verdict->why);
    rs_paint_to(paint, COLUMN_GAP);
    rs_paint_wrap(paint, RS_PAINT_DIM, verdict->how);
    for (size_t i = 0; i < verdict->notes.count; i++) {
        rs_paint_to(paint, COLUMN_GAP);
        rs_paint_wrap(paint, RS_PAINT_DOUBT, verdict->notes.at[i]);
    }
}
