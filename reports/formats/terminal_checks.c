/* terminal_checks.c: which checks have looked at the history of a run, and what they found.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/terminal_parts.h"

static void paint_finding(rs_paint *paint, const rs_result_finding *finding) {
    rs_paint_to(paint, 2);
    rs_paint_left(paint, RS_PAINT_BAD, 2, "✗");
    rs_paint_text(paint, RS_PAINT_BOLD, finding->check ? finding->check : "");
    if (finding->role && *finding->role) {
        rs_paint_text(paint, RS_PAINT_PLAIN, " ");
        rs_paint_text(paint, RS_PAINT_PLAIN, finding->role);
    }
    rs_paint_text(paint, RS_PAINT_PLAIN, ":");
    rs_paint_to(paint, paint->column + 1);
    rs_paint_wrap(paint, RS_PAINT_PLAIN, finding->text ? finding->text : "");
    for (size_t i = 0; i < finding->events.count; i++) {
        rs_paint_to(paint, 6);
        rs_paint_wrap(paint, RS_PAINT_DIM, finding->events.at[i]);
    }
}

static void paint_names(rs_paint *paint, const rs_result *result) {
    for (size_t i = 0; i < result->checks.count; i++)
        rs_terminal_item(paint, RS_PAINT_DIM, 4, result->checks.at[i]);
    rs_paint_end(paint);
}

/* What is not known was not seen, whatever the row says besides. */
static void paint_one_sometimes(rs_paint *paint, const rs_result_sometimes *row) {
    bool seen = row->known && row->seen;
    rs_paint_to(paint, 2);
    rs_paint_left(paint, seen ? RS_PAINT_GOOD : RS_PAINT_DIM, 2,
                  seen         ? "✓"
                  : row->known ? "–"
                               : "?");
    rs_paint_text(paint, RS_PAINT_PLAIN, row->text ? row->text : "");
    rs_paint_to(paint, paint->column + 3);
    rs_paint_text(paint, RS_PAINT_DIM, seen ? "seen" : row->known ? "not seen" : row->why);
    rs_paint_end(paint);
}

void rs_terminal_sometimes(rs_paint *paint, const rs_result *result) {
    if (result->sometimes.count == 0) return;
    rs_terminal_heading(paint, "SOMETIMES");
    rs_paint_end(paint);
    for (size_t i = 0; i < result->sometimes.count; i++)
        paint_one_sometimes(paint, &result->sometimes.at[i]);
}

void rs_terminal_checks(rs_paint *paint, const rs_result *result) {
    if (result->checks.count == 0 && result->findings.count == 0) return;
    rs_terminal_heading(paint, "CHECKS");
    rs_paint_end(paint);
    if (result->findings.count == 0) {
        rs_paint_to(paint, 2);
        rs_paint_left(paint, RS_PAINT_GOOD, 2, "✓");
    }
    paint_names(paint, result);
    for (size_t i = 0; i < result->findings.count; i++)
        paint_finding(paint, &result->findings.at[i]);
    rs_terminal_more(paint, result->findings_omitted);
}
