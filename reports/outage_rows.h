/* outage_rows.h: what outages have come to, as rows of a result: restart latencies, stage by stage,
 * and counts. Without a label, distributions take deaths by faults and counts all deaths; labels
 * tell causes, faults and whatever else there is apart.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_OUTAGE_ROWS_H
#define RS_OUTAGE_ROWS_H

#include "reports/outage.h"
#include "reports/result.h"

#define RS_OUTAGE_ANY UINT32_MAX

/* Which cells to add up. RS_OUTAGE_ANY is all of them, but of kinds: for counts without init_retry,
 * which is a subset; for distributions deaths by faults alone. */
typedef struct rs_outage_slice {
    uint32_t fault, kind, phase;
    bool counts_only; /* distributions are large */
} rs_outage_slice;

/* What cells have come to: their counts, and latencies, which may be those of fewer cells. */
typedef struct rs_outage_sum {
    uint64_t deaths, unserved, lost, unfinished, not_due; /* as in rs_outage_cell */
    rs_histogram stages[RS_OUTAGE_STAGE_COUNT];
    uint64_t never[RS_OUTAGE_STAGE_COUNT]; /* of the latencies: restarts that did not come so far */
} rs_outage_sum;

#define RS_OUTAGE_COUNTS    1u
#define RS_OUTAGE_LATENCIES 2u

/* rs_outage_rows_add adds those parts of `cell` (NULL: nothing) to `sum`. */
void rs_outage_rows_add(rs_outage_sum *sum, const rs_outage_cell *cell, uint32_t parts);

/* rs_outage_rows_add_up adds up the cells of `slice`. Owner: free() it. */
rs_outage_sum *rs_outage_rows_add_up(const rs_outages *outages, const rs_outage_slice *slice);

/* rs_outage_rows_put_count appends a count. Zeros are written in the total and of each phase;
 * elsewhere a row that is missing is 0. */
void rs_outage_rows_put_count(rs_result *result, const char *name, const rs_result_labels *labels,
                              uint64_t count);

/* rs_outage_rows_put_counts appends the restart.* that are counts; the total when `labels` is NULL.
 */
void rs_outage_rows_put_counts(rs_result *result, const rs_outage_sum *sum,
                               const rs_result_labels *labels);

/* rs_outage_rows_put_stages appends the distributions that are not empty; in the total all. */
void rs_outage_rows_put_stages(rs_result *result, const rs_outage_sum *sum,
                               const rs_result_labels *labels);

/* rs_outage_rows_put appends counts and distributions of a slice, and returns how many things that
 * the dead kept are lost. */
uint64_t rs_outage_rows_put(rs_result *result, const rs_outages *outages, rs_outage_slice slice,
                            const rs_result_labels *labels);

#endif
