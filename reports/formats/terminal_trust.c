/* terminal_trust.c: what the machine and the harness did to the numbers: one line when all is well.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/number.h"
#include "reports/formats/terminal_parts.h"

static void paint_spoiled(rs_paint *paint, const rs_result_condition *condition) {
    char observed[RS_RESULT_CONDITION_BYTES], threshold[RS_RESULT_CONDITION_BYTES];
    rs_result_condition_value(condition, condition->observed, observed, sizeof observed);
    rs_result_condition_value(condition, condition->threshold, threshold, sizeof threshold);
    rs_paint_to(paint, 2);
    rs_paint_left(paint, RS_PAINT_BAD, 2, "!");
    rs_paint_text(paint, RS_PAINT_BOLD, condition->name ? condition->name : "");
    rs_paint_print(paint, RS_PAINT_BAD, " %s", observed);
    rs_paint_print(paint, RS_PAINT_PLAIN, ", beyond %s", threshold);
    if (condition->why) rs_paint_print(paint, RS_PAINT_DIM, " (%s)", condition->why);
    rs_paint_text(paint, RS_PAINT_PLAIN, "; spoils");
    rs_paint_to(paint, paint->column + 1);
    rs_paint_wrap(paint, RS_PAINT_PLAIN, condition->spoils ? condition->spoils : "");
}

static void paint_calm(rs_paint *paint, const rs_result_condition *condition) {
    char value[RS_RESULT_CONDITION_BYTES];
    if (condition->spoiled || !condition->observed.known) return;
    rs_result_condition_value(condition, condition->observed, value, sizeof value);
    rs_terminal_item_print(paint, RS_PAINT_DIM, 4, "%s %s", condition->name ? condition->name : "",
                           value);
}

static void paint_unknown(rs_paint *paint, const rs_result *result) {
    const char *before = "not available: ";
    for (size_t i = 0; i < result->trust.count; i++) {
        const rs_result_condition *condition = &result->trust.at[i];
        if (condition->observed.known) continue;
        rs_terminal_item_print(paint, RS_PAINT_DIM, 4, "%s%s", before,
                               condition->name ? condition->name : "");
        before = "";
    }
}

void rs_terminal_trust(rs_paint *paint, const rs_result *result) {
    if (result->trust.count == 0) return;
    rs_terminal_heading(paint, "TRUST");
    rs_paint_end(paint);
    for (size_t i = 0; i < result->trust.count; i++)
        if (result->trust.at[i].spoiled) paint_spoiled(paint, &result->trust.at[i]);
    rs_paint_to(paint, 2);
    bool well = rs_number_spoiled(result) == 0;
    rs_paint_left(paint, well ? RS_PAINT_GOOD : RS_PAINT_DIM, 2, well ? "✓" : "·");
    for (size_t i = 0; i < result->trust.count; i++) paint_calm(paint, &result->trust.at[i]);
    paint_unknown(paint, result);
    rs_paint_end(paint);
}
