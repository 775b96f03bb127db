/* terminal_crashes.c: who crashed, and why.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/terminal_parts.h"
#include "runtime/base/units.h"

#include <inttypes.h>

#define COUNT_COLUMNS 10
/* Reasons with terms in them may be as many as there were crashes. */
#define REASONS_SHOWN 10u
#define TIME_COLUMN   13
/* So many columns of a line are kept for what stands behind. */
#define AFTER_ROLE    24u
#define AFTER_MODULE  12u
#define DETAIL_COLUMN 15

static void paint_reason(rs_paint *paint, const rs_result_reason *row) {
    rs_terminal_count(paint, COUNT_COLUMNS, rs_known((double)row->count));
    rs_paint_to(paint, COUNT_COLUMNS + 2);
    rs_paint_left(paint, RS_PAINT_PLAIN, paint->width - COUNT_COLUMNS - 2, row->reason);
    rs_paint_end(paint);
}

static void paint_others(rs_paint *paint, const rs_result *result) {
    uint64_t count = 0;
    for (size_t i = REASONS_SHOWN; i < result->crash_reasons.count; i++)
        count += result->crash_reasons.at[i].count;
    if (count) paint_reason(paint, &(rs_result_reason){"for other reasons", count});
}

/* How many columns are left on the line, but for `behind`. */
static unsigned rest_of(const rs_paint *paint, unsigned behind) {
    unsigned end = paint->column + behind;
    return end < paint->width ? paint->width - end : 0;
}

/* Who it was: its position, what it ran, or both. */
static void paint_who(rs_paint *paint, const rs_result_crash *crash) {
    if (crash->role) {
        rs_paint_most(paint, RS_PAINT_PLAIN, rest_of(paint, AFTER_ROLE), crash->role);
        rs_paint_print(paint, RS_PAINT_PLAIN, "#%" PRIu64, crash->incarnation);
    }
    if (crash->role && crash->module) rs_paint_text(paint, RS_PAINT_PLAIN, " ");
    rs_paint_most(paint, RS_PAINT_DIM, rest_of(paint, AFTER_MODULE), crash->module);
}

static void paint_why(rs_paint *paint, const rs_result_crash *crash) {
    rs_paint_to(paint, paint->column + 2);
    rs_paint_left_print(paint, RS_PAINT_BAD, rest_of(paint, 0), "%s%s%s",
                        crash->reason ? crash->reason : "", crash->place ? " in " : "",
                        crash->place ? crash->place : "");
    rs_paint_end(paint);
}

static void paint_crash(rs_paint *paint, const rs_result_crash *crash) {
    char text[RS_UNITS_TEXT_BYTES];
    rs_paint_to(paint, 2);
    rs_paint_text(paint, RS_PAINT_DIM, rs_units_format_duration(crash->time_ns, text, sizeof text));
    rs_paint_to(paint, TIME_COLUMN);
    paint_who(paint, crash);
    paint_why(paint, crash);
    if (!crash->message) return;
    rs_paint_to(paint, DETAIL_COLUMN);
    rs_paint_left_print(paint, RS_PAINT_DIM, rest_of(paint, 0), "handling %s", crash->message);
    rs_paint_end(paint);
}

/* One of each reason and place is enough for a screen. */
static bool is_told(const rs_result *result, size_t index) {
    const rs_result_crash *crash = &result->crashes.at[index];
    for (size_t i = 0; i < index; i++)
        if (rs_texts_equal(result->crashes.at[i].reason, crash->reason) &&
            rs_texts_equal(result->crashes.at[i].place, crash->place))
            return true;
    return false;
}

void rs_terminal_crashes(rs_paint *paint, const rs_result *result) {
    if (result->crash_reasons.count == 0 && result->crashes.count == 0) return;
    rs_terminal_heading(paint, "CRASHES");
    rs_paint_end(paint);
    for (size_t i = 0; i < result->crash_reasons.count && i < REASONS_SHOWN; i++)
        paint_reason(paint, &result->crash_reasons.at[i]);
    paint_others(paint, result);
    for (size_t i = 0; i < result->crashes.count && i < RS_RESULT_CRASHES; i++)
        if (!is_told(result, i)) paint_crash(paint, &result->crashes.at[i]);
    rs_paint_to(paint, 2);
    rs_paint_text(paint, RS_PAINT_DIM, "the first of each; --export-crashes has more of them");
    rs_paint_end(paint);
}
