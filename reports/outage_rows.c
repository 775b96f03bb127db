/* outage_rows.c: what outages have come to, as rows of a result.
 * SPDX-License-Identifier: MIT
 */
#include "reports/outage_rows.h"

#include "reports/rows.h"

#include <stdio.h>
#include <stdlib.h>

#define ANY RS_OUTAGE_ANY

void rs_outage_rows_add(rs_outage_cell *sum, const rs_outage_cell *cell, bool counts_only) {
    if (!cell) return;
    sum->deaths += cell->deaths;
    sum->unserved += cell->unserved;
    sum->lost += cell->lost;
    sum->unfinished += cell->unfinished;
    sum->not_due += cell->not_due;
    sum->unreached += cell->unreached;
    for (uint32_t i = 0; !counts_only && i < RS_OUTAGE_STAGE_COUNT; i++)
        if (cell->stages[i].count) rs_histogram_merge(&sum->stages[i], &cell->stages[i]);
}

static void add_kind(rs_outage_cell *sum, const rs_outages *outages, const rs_outage_slice *slice,
                     uint32_t kind) {
    for (uint32_t slot = 0; slot < outages->slots; slot++)
        for (uint32_t fault = 0; fault < outages->faults; fault++)
            for (uint32_t phase = 0; phase < outages->phases; phase++) {
                if (slice->fault != ANY && fault != slice->fault) continue;
                if (slice->phase != ANY && phase != slice->phase) continue;
                rs_outage_rows_add(sum, rs_outages_cell(outages, slot, fault, kind, phase),
                                   slice->counts_only);
            }
}

static bool has_kind(const rs_outage_slice *slice, uint32_t kind) {
    if (slice->kind != ANY) return kind == slice->kind;
    return slice->counts_only ? kind != RS_OUTAGE_INIT_RETRY : kind == RS_OUTAGE_FAULT;
}

rs_outage_cell *rs_outage_rows_add_up(const rs_outages *outages, const rs_outage_slice *slice) {
    rs_outage_cell *sum = rs_rows_alloc(sizeof *sum);
    for (uint32_t kind = 0; kind < RS_OUTAGE_KIND_COUNT; kind++)
        if (has_kind(slice, kind)) add_kind(sum, outages, slice, kind);
    return sum;
}

/* ------------------------------------------------------------------ rows */

static uint64_t unfinished_at(const rs_outage_cell *sum, rs_outage_stage stage) {
    if (stage < RS_OUTAGE_STARTED) return 0;
    return sum->unfinished + (stage == RS_OUTAGE_REACHABLE ? sum->unreached : 0);
}

void rs_outage_rows_put_stages(rs_result *result, const rs_outage_cell *sum,
                               const rs_result_labels *labels) {
    for (uint32_t i = 0; i < RS_OUTAGE_STAGE_COUNT; i++) {
        char name[64];
        uint64_t unfinished = unfinished_at(sum, (rs_outage_stage)i);
        snprintf(name, sizeof name, "restart.%s", rs_outage_stage_word((rs_outage_stage)i));
        if (sum->stages[i].count || unfinished || !labels)
            rs_result_add_histogram(result, name, labels, &sum->stages[i], unfinished);
    }
}

void rs_outage_rows_put_count(rs_result *result, const char *name, const rs_result_labels *labels,
                              uint64_t count) {
    const rs_result_labels phase = {.phase = labels ? labels->phase : NULL};
    if (count || !labels || rs_result_labels_equal(labels, &phase))
        rs_result_add_number(result, name, labels, (double)count);
}

void rs_outage_rows_put_counts(rs_result *result, const rs_outage_cell *sum,
                               const rs_result_labels *labels) {
    rs_outage_rows_put_count(result, "restart.count", labels, sum->deaths - sum->not_due);
    rs_outage_rows_put_count(result, "restart.unserved", labels, sum->unserved);
    rs_outage_rows_put_count(result, "restart.unfinished", labels, sum->unfinished);
    rs_outage_rows_put_count(result, "restart.not_due", labels, sum->not_due);
}

uint64_t rs_outage_rows_put(rs_result *result, const rs_outages *outages, rs_outage_slice slice,
                            const rs_result_labels *labels) {
    slice.counts_only = true;
    rs_outage_cell *sum = rs_outage_rows_add_up(outages, &slice);
    uint64_t lost = sum->lost;
    rs_outage_rows_put_counts(result, sum, labels);
    free(sum);
    slice.counts_only = false;
    sum = rs_outage_rows_add_up(outages, &slice);
    rs_outage_rows_put_stages(result, sum, labels);
    free(sum);
    return lost;
}
