/* column.h: the columns of numbers in a sweep's table: which number of a result each one is.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_COLUMN_H
#define RS_CLI_COLUMN_H

#include "reports/metric.h"
#include "reports/result.h"
#include "runtime/base/units.h"

typedef enum rs_column_id {
    /* What got through, and what breaking cost. */
    RS_COLUMN_AVAILABLE,
    RS_COLUMN_FAILED,
    RS_COLUMN_RESTARTS,
    RS_COLUMN_ESCALATIONS,
    RS_COLUMN_SCORES,
    RS_COLUMN_WORK_P50,
    RS_COLUMN_WORK_MOST,
    RS_COLUMN_OUTCOMES, /* so many are outcomes; the others say how fast it was */
    RS_COLUMN_CALLS = RS_COLUMN_OUTCOMES,
    RS_COLUMN_MESSAGES,
    RS_COLUMN_STARTED_P50,
    RS_COLUMN_STARTED_P99,
    RS_COLUMN_LATENCY_P50,
    RS_COLUMN_LATENCY_P99,
    RS_COLUMN_UNCORRECTED_P50,
    RS_COLUMN_UNCORRECTED_P99,
    RS_COLUMN_WAIT_P50,
    RS_COLUMN_WAIT_P99,
    RS_COLUMN_WAIT_LONGEST,
    RS_COLUMN_IDLE,
    RS_COLUMN_STEALS,
    RS_COLUMN_WAKES,
    RS_COLUMN_PREEMPTED,
    RS_COLUMNS
} rs_column_id;

typedef enum rs_column_unit {
    RS_COLUMN_NS,
    RS_COLUMN_PER_S,
    RS_COLUMN_COUNT,
    RS_COLUMN_SHARE
} rs_column_unit;

/* The largest value of a distribution, whatever never came. */
#define RS_COLUMN_MOST UINT32_MAX

/* Columns with one `group` stand below that word. */
typedef struct rs_column {
    const char *group, *name, *metric;
    uint32_t millionths; /* of a distribution; 0: a plain value */
    rs_column_unit unit;
} rs_column;

extern const rs_column rs_columns[RS_COLUMNS];

/* rs_column_read returns the number in `result`; NAN: not available; INFINITY: never. */
double rs_column_read(rs_column_id id, const rs_result *result);

/* rs_column_print writes it for people. */
void rs_column_print(rs_column_id id, double value, char text[RS_UNITS_TEXT_BYTES]);

/* rs_column_word returns what the column is called in a sentence. */
const char *rs_column_word(rs_column_id id);

/* rs_column_is_calm says whether the value tells that nothing broke. */
bool rs_column_is_calm(rs_column_id id, double value);

#endif
