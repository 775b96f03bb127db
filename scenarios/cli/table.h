/* table.h: what the runs of a sweep say, as one table: a row for each combination of settings.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_TABLE_H
#define RS_CLI_TABLE_H

#include "reports/formats/paint.h"
#include "scenarios/cli/column.h"

#include <stdint.h>

typedef struct rs_table_row {
    const char *const *settings; /* one for each varied key */
    double *samples[RS_COLUMNS]; /* one for each repetition: NAN: not available; INFINITY:
                                          never */
    uint64_t repetitions;
    const char *verdict, *clock; /* NULL: it has not run */
    bool complete;               /* all its runs were */
    rs_paint_style style;
} rs_table_row;

typedef struct rs_table {
    const char *const *keys;
    uint32_t key_count;
    rs_table_row *rows;
    uint32_t row_count;
} rs_table;

/* rs_table_add adds what a repetition says to `row`, whose samples have room. */
void rs_table_add(rs_table_row *row, const rs_result *result);

/* rs_table_judge takes the verdict over all repetitions of `row`. */
void rs_table_judge(rs_table_row *row, const rs_result *result);

/* rs_table_median returns the median of a row's column over its repetitions, the lower one of two
 * in the middle: a number that was measured. NAN: not available. */
double rs_table_median(const rs_table_row *row, uint32_t column);

/* rs_table_is_of says whether the row has run under that clock, `real` or `virtual`. */
bool rs_table_is_of(const rs_table_row *row, const char *clock);

/* rs_table_key returns the shortest ending of a varied key that tells it from the others. */
const char *rs_table_key(const rs_table *table, uint32_t index);

/* rs_table_is_calm says whether nothing broke in any row. */
bool rs_table_is_calm(const rs_table *table);

/* rs_table_paint writes the rows that have run: those of the real and of the virtual clock in
 * tables of their own, medians over the repetitions, and no column in which nothing is known. */
void rs_table_paint(const rs_table *table, rs_paint *paint);

#endif
