/* terminal_facts.c: faults, the state at the end, memory, expectations.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/number.h"
#include "reports/formats/terminal_parts.h"
#include "runtime/base/units.h"

#include <inttypes.h>
#include <string.h>

#define NUMBER_COLUMNS 12
#define PLACE_BYTES    48 /* of two numbers */

static const struct {
    const char *name;
    unsigned columns;
} fault_columns[] = {
    {"struck", 9}, {"hit", 9}, {"no victim", 11}, {"already dead", 14}, {"survived", 10},
};
#define FAULT_COLUMNS 53

static void paint_fault(rs_paint *paint, const rs_result_fault *fault) {
    rs_paint_to(paint, 2);
    rs_paint_left_print(paint, RS_PAINT_PLAIN, paint->width - FAULT_COLUMNS - 2, "%s  %s%s%s",
                        fault->id ? fault->id : "", fault->how ? fault->how : "",
                        fault->how && fault->target ? " → " : "",
                        fault->target ? fault->target : "");
    rs_terminal_count(paint, fault_columns[0].columns, rs_known((double)fault->struck));
    for (size_t i = 0; i < RS_STRIKE_OUTCOME_COUNT; i++)
        rs_terminal_count(paint, fault_columns[i + 1].columns,
                          rs_known((double)fault->outcomes[i]));
    rs_paint_end(paint);
}

void rs_terminal_faults(rs_paint *paint, const rs_result *result) {
    if (result->faults.count == 0) return;
    rs_terminal_heading(paint, "FAULTS");
    rs_paint_to(paint, paint->width - FAULT_COLUMNS);
    for (size_t i = 0; i < sizeof fault_columns / sizeof *fault_columns; i++)
        rs_paint_right(paint, RS_PAINT_DIM, fault_columns[i].columns, fault_columns[i].name);
    rs_paint_end(paint);
    for (size_t i = 0; i < result->faults.count; i++) paint_fault(paint, &result->faults.at[i]);
}

static const struct {
    const char *metric, *sentence;
} states[] = {
    {"orphans", "orphans"},
    {"orphans.unsupervised", "  alive without a chain of supervisors to the root"},
    {"orphans.unreachable", "  alive in a role that nothing leads to"},
    {"entries.stale", "names and entries that lead to the dead"},
    {"scores.lost", "scores lost"},
};

void rs_terminal_state(rs_paint *paint, const rs_result *result) {
    bool begun = false;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        rs_optional count = rs_result_metric_value(result, states[i].metric, NULL);
        char text[RS_UNITS_TEXT_BYTES];
        if (!count.known) continue;
        if (!begun) {
            rs_terminal_heading(paint, "IN THE END");
            rs_paint_end(paint);
        }
        begun = true;
        rs_units_format_count(rs_number_whole(count.value), text, sizeof text);
        rs_paint_right(paint, count.value > 0 ? RS_PAINT_BAD : RS_PAINT_PLAIN, 10, text);
        rs_paint_to(paint, 12);
        rs_paint_text(paint, RS_PAINT_PLAIN, states[i].sentence);
        rs_paint_end(paint);
    }
}

static void paint_bytes(rs_paint *paint, rs_optional bytes) {
    char text[RS_UNITS_TEXT_BYTES] = "–";
    if (bytes.known && bytes.value >= 0)
        rs_units_format_bytes(rs_number_whole(bytes.value), text, sizeof text);
    rs_paint_right(paint, bytes.known ? RS_PAINT_PLAIN : RS_PAINT_DIM, NUMBER_COLUMNS, text);
}

static void paint_change(rs_paint *paint, const rs_result_memory *memory) {
    char text[RS_UNITS_TEXT_BYTES], signed_text[RS_UNITS_TEXT_BYTES + 4];
    if (!memory->before.known || !memory->after.known) return;
    double change = memory->after.value - memory->before.value;
    rs_units_format_bytes(rs_number_whole(change < 0 ? -change : change), text, sizeof text);
    const char *sign = change > 0 ? "+" : change < 0 ? "−" : "";
    snprintf(signed_text, sizeof signed_text, "%s%s", sign, change == 0 ? "same" : text);
    rs_paint_right(paint, RS_PAINT_DIM, NUMBER_COLUMNS, signed_text);
}

static void paint_memory(rs_paint *paint, const rs_result_memory *memory) {
    rs_paint_to(paint, 2);
    rs_paint_left(paint, RS_PAINT_PLAIN, 22, memory->name);
    paint_bytes(paint, memory->before);
    paint_bytes(paint, memory->after);
    paint_change(paint, memory);
    rs_paint_end(paint);
}

void rs_terminal_memory(rs_paint *paint, const rs_result *result) {
    if (result->memory.count == 0) return;
    rs_terminal_heading(paint, "MEMORY");
    rs_paint_to(paint, 24);
    rs_paint_right(paint, RS_PAINT_DIM, NUMBER_COLUMNS, "before");
    rs_paint_right(paint, RS_PAINT_DIM, NUMBER_COLUMNS, "after");
    rs_paint_right(paint, RS_PAINT_DIM, NUMBER_COLUMNS, "change");
    rs_paint_end(paint);
    for (size_t i = 0; i < result->memory.count; i++) paint_memory(paint, &result->memory.at[i]);
}

static unsigned widest_expectation(const rs_result *result) {
    unsigned widest = 0;
    for (size_t i = 0; i < result->expectations.count; i++) {
        const char *text = result->expectations.at[i].text;
        unsigned columns = text ? rs_paint_columns(text) : 0;
        if (columns > widest) widest = columns;
    }
    return widest < 50 ? widest : 50;
}

/* Where it stands in the scenario, or which --set it came from: on a line of its own when this one
 * is full. A long path is cut, but not its line. */
static void paint_place(rs_paint *paint, const rs_result_expectation *expectation,
                        unsigned indent) {
    char line[PLACE_BYTES] = "";
    if (!expectation->file) return;
    if (expectation->line)
        snprintf(line, sizeof line, ":%" PRIu64 ":%" PRIu64, expectation->line,
                 expectation->column);
    unsigned columns = rs_paint_columns(expectation->file) + (unsigned)strlen(line);
    if (paint->column + 3 + columns > paint->width) {
        rs_paint_end(paint);
        rs_paint_to(paint, 6);
        rs_paint_most(paint, RS_PAINT_DIM, paint->width - 6 - (unsigned)strlen(line),
                      expectation->file);
        rs_paint_text(paint, RS_PAINT_DIM, line);
        return;
    }
    rs_terminal_item_print(paint, RS_PAINT_DIM, indent, "%s%s", expectation->file, line);
}

/* Ends the line. A reason that does not fit behind what stands there gets lines of its own. */
static void paint_why(rs_paint *paint, const rs_result_expectation *expectation, unsigned indent) {
    const char *why = expectation->why;
    if (why && *why && paint->column <= indent) {
        rs_paint_wrap(paint, RS_PAINT_DIM, why);
        return;
    }
    rs_paint_end(paint);
    if (!why || !*why) return;
    rs_paint_to(paint, 6);
    rs_paint_wrap(paint, RS_PAINT_DIM, why);
}

static void paint_expectation(rs_paint *paint, const rs_result_expectation *expectation,
                              unsigned columns) {
    static const rs_paint_style styles[] = {RS_PAINT_DOUBT, RS_PAINT_GOOD, RS_PAINT_BAD,
                                            RS_PAINT_DIM};
    static const char *const marks[] = {"?", "✓", "✗", "–"};
    rs_paint_style style = styles[expectation->verdict];
    rs_paint_to(paint, 2);
    rs_paint_left(paint, style, 2, marks[expectation->verdict]);
    rs_paint_left(paint, RS_PAINT_PLAIN, columns, expectation->text);
    bool failed = expectation->verdict == RS_VERDICT_FAILED;
    unsigned indent = paint->column + 3;
    rs_paint_to(paint, indent);
    rs_terminal_item(paint, failed ? style : RS_PAINT_PLAIN, indent, expectation->observed);
    if (failed) paint_place(paint, expectation, indent);
    paint_why(paint, expectation, indent);
}

void rs_terminal_expectations(rs_paint *paint, const rs_result *result) {
    if (result->expectations.count == 0) return;
    rs_terminal_heading(paint, "EXPECTED");
    unsigned columns = widest_expectation(result);
    rs_paint_to(paint, columns + 7);
    rs_paint_text(paint, RS_PAINT_DIM, "observed");
    rs_paint_end(paint);
    for (size_t i = 0; i < result->expectations.count; i++)
        paint_expectation(paint, &result->expectations.at[i], columns);
}
