/* best_test.c: who is on the front, and what is said of them.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/best.h"

#include "reports/rows.h"
#include "runtime/base/test/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS 4u

static double samples[ROWS][RS_COLUMNS];
static rs_table_row rows[ROWS];
static const char *const keys[] = {"tree.strategy"};
static const char *const settings[ROWS][1] = {{"a"}, {"b"}, {"c"}, {"d"}};

static void set(uint32_t index, double available, double failed, double escalations, double lost) {
    rs_table_row *row = &rows[index];
    *row = (rs_table_row){
        .settings = settings[index], .repetitions = 1, .clock = "virtual", .complete = true};
    for (uint32_t i = 0; i < RS_COLUMNS; i++) {
        samples[index][i] = NAN;
        row->samples[i] = &samples[index][i];
    }
    samples[index][RS_COLUMN_AVAILABLE] = available;
    samples[index][RS_COLUMN_FAILED] = failed;
    samples[index][RS_COLUMN_ESCALATIONS] = escalations;
    samples[index][RS_COLUMN_SCORES] = lost;
}

static const char *paint(uint32_t count) {
    static char text[4096];
    FILE *out = fmemopen(text, sizeof text, "w");
    rs_table table = {.keys = keys, .key_count = 1, .rows = rows, .row_count = count};
    rs_paint to = {.out = out, .width = 100};
    rs_best_paint(&table, &to);
    fclose(out);
    return text;
}

TEST(the_better_in_one_thing_and_no_worse_in_another_beats) {
    set(0, 0.9, 10, 1, 5);
    set(1, 0.9, 10, 0, 5);
    CHECK(rs_best_beats(&rows[1], &rows[0]));
    CHECK(!rs_best_beats(&rows[0], &rows[1]));
    set(0, 0.91, 10, 1, 5);
    CHECK(!rs_best_beats(&rows[1], &rows[0]));
    CHECK(!rs_best_beats(&rows[0], &rows[1]));
    set(0, 0.9, 10, 0, NAN);
    CHECK(!rs_best_beats(&rows[1], &rows[0])); /* what is not known speaks for nobody */
}

TEST(one_that_beats_all_is_best_in_everything) {
    set(0, 0.9, 10, 1, 5);
    set(1, 1, 0, 0, 0);
    set(2, 0.99, 1, 0, 0);
    const char *text = paint(3);
    CHECK(strstr(text, "BEST  in everything\n  strategy b\n") != NULL);
    CHECK(strstr(text, "strategy a") == NULL && strstr(text, "strategy c") == NULL);
}

TEST(each_of_a_front_is_told_with_its_price) {
    set(0, 0.5, 100, 0, 3);
    set(1, 0.99, 2, 4, 3);
    set(2, 0.4, 110, 4, 9);
    set(3, 0.5, 100, 0, 3);
    const char *text = paint(4);
    CHECK(strstr(text, "none of these is beaten") != NULL);
    CHECK(strstr(text,
                 "  strategy a (and 1 more alike)\n    escalations 0; but availability 50.00 % "
                 "(best: 99.00 %), calls failed 100") != NULL);
    CHECK(strstr(text, "  strategy b\n    availability 99.00 %, calls failed 2; but escalations 4 "
                       "(best: 0)\n") != NULL);
    CHECK(strstr(text, "strategy c") == NULL && strstr(text, "strategy d") == NULL);
}

TEST(a_run_that_was_cut_short_is_not_the_best) {
    set(0, 1, 0, 0, 0);
    set(1, 0.9, 5, 0, 0);
    rows[0].complete = false;
    const char *text = paint(2);
    CHECK(strstr(text, "strategy b") != NULL && strstr(text, "strategy a") == NULL);
}

TEST(where_nothing_broke_there_is_nothing_to_choose) {
    set(0, 1, 0, 0, 0);
    set(1, 1, 0, 0, 0);
    CHECK_STR(paint(2), "");
}

TEST_MAIN()
