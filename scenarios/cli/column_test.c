/* column_test.c: what stands in the cells of a sweep's table.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "scenarios/cli/column.h"

#include <math.h>

static const char *cell(rs_column_id id, double value) {
    static char text[RS_UNITS_TEXT_BYTES];
    rs_column_print(id, value, text);
    return text;
}

TEST(what_lacks_a_little_is_not_the_whole) {
    CHECK_STR(cell(RS_COLUMN_AVAILABLE, 0.9999999), "99.99 %");
    CHECK_STR(cell(RS_COLUMN_AVAILABLE, 0.97526), "97.53 %");
    CHECK_STR(cell(RS_COLUMN_AVAILABLE, 1), "100.00 %");
    CHECK_STR(cell(RS_COLUMN_IDLE, 0.9996), "99.9 %");
    CHECK_STR(cell(RS_COLUMN_IDLE, 0), "0.0 %");
}

TEST(what_is_not_known_and_what_never_came_are_words) {
    CHECK_STR(cell(RS_COLUMN_AVAILABLE, NAN), "–");
    CHECK_STR(cell(RS_COLUMN_WAIT_P99, INFINITY), "never");
}

TEST_MAIN()
