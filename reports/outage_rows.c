/* outage_rows.c: what outages have come to, as rows of a result.
 * SPDX-License-Identifier: MIT
 */
#include "reports/outage_rows.h"

#include "reports/rows.h"

#include <stdio.h>
#include <stdlib.h>

#define ANY RS_OUTAGE_ANY

static void add_counts(rs_outage_sum *sum, const rs_outage_cell *cell) {
    sum->deaths += cell->deaths;
    sum->unserved += cell->unserved;
    sum->lost += cell->lost;
    sum->unfinished += cell->unfinished;
    sum->not_due += cell->not_due;
}

static void add_latencies(rs_outage_sum *sum, const rs_outage_cell *cell) {
    for (uint32_t i = 0; i < RS_OUTAGE_STAGE_COUNT; i++) {
        if (cell->stages[i].count) rs_histogram_merge(&sum->stages[i], &cell->stages[i]);
        if (i >= RS_OUTAGE_STARTED) sum->never[i] += cell->unfinished;
    }
    sum->never[RS_OUTAGE_REACHABLE] += cell->unreached;
}

void rs_outage_rows_add(rs_outage_sum *sum, const rs_outage_cell *cell, uint32_t parts) {
    if (cell && parts & RS_OUTAGE_COUNTS) add_counts(sum, cell);
    if (cell && parts & RS_OUTAGE_LATENCIES) add_latencies(sum, cell);
}

typedef struct range {
    uint32_t first, end;
} range;

static range range_of(uint32_t wanted, uint32_t count) {
    return wanted == ANY ? (range){0, count} : (range){wanted, wanted + 1};
}

static void add_kind(rs_outage_sum *sum, const rs_outages *outages, const rs_outage_slice *slice,
                     uint32_t kind, uint32_t parts) {
    range faults = range_of(slice->fault, outages->faults);
    range phases = range_of(slice->phase, outages->phases);
    for (uint32_t slot = 0; slot < outages->slots; slot++)
        for (uint32_t fault = faults.first; fault < faults.end; fault++)
            for (uint32_t phase = phases.first; phase < phases.end; phase++)
                rs_outage_rows_add(sum, rs_outages_cell(outages, slot, fault, kind, phase), parts);
}

static uint32_t parts_of(const rs_outage_slice *slice, uint32_t kind) {
    bool counts = slice->kind != ANY || kind != RS_OUTAGE_INIT_RETRY;
    bool latencies = !slice->counts_only && (slice->kind != ANY || kind == RS_OUTAGE_FAULT);
    return (counts ? RS_OUTAGE_COUNTS : 0) | (latencies ? RS_OUTAGE_LATENCIES : 0);
}

rs_outage_sum *rs_outage_rows_add_up(const rs_outages *outages, const rs_outage_slice *slice) {
    rs_outage_sum *sum = rs_rows_alloc(sizeof *sum);
    range kinds = range_of(slice->kind, RS_OUTAGE_KIND_COUNT);
    for (uint32_t kind = kinds.first; kind < kinds.end; kind++)
        add_kind(sum, outages, slice, kind, parts_of(slice, kind));
    return sum;
}

/* ------------------------------------------------------------------ rows */

void rs_outage_rows_put_stages(rs_result *result, const rs_outage_sum *sum,
                               const rs_result_labels *labels) {
    for (uint32_t i = 0; i < RS_OUTAGE_STAGE_COUNT; i++) {
        char name[64];
        snprintf(name, sizeof name, "restart.%s", rs_outage_stage_word((rs_outage_stage)i));
        if (sum->stages[i].count || sum->never[i] || !labels)
            rs_result_add_histogram(result, name, labels, &sum->stages[i], sum->never[i]);
    }
}

void rs_outage_rows_put_count(rs_result *result, const char *name, const rs_result_labels *labels,
                              uint64_t count) {
    const rs_result_labels phase = {.phase = labels ? labels->phase : NULL};
    if (count || !labels || rs_result_labels_equal(labels, &phase))
        rs_result_add_number(result, name, labels, (double)count);
}

void rs_outage_rows_put_counts(rs_result *result, const rs_outage_sum *sum,
                               const rs_result_labels *labels) {
    rs_outage_rows_put_count(result, "restart.count", labels, sum->deaths - sum->not_due);
    rs_outage_rows_put_count(result, "restart.unserved", labels, sum->unserved);
    rs_outage_rows_put_count(result, "restart.unfinished", labels, sum->unfinished);
    rs_outage_rows_put_count(result, "restart.not_due", labels, sum->not_due);
}

uint64_t rs_outage_rows_put(rs_result *result, const rs_outages *outages, rs_outage_slice slice,
                            const rs_result_labels *labels) {
    rs_outage_sum *sum = rs_outage_rows_add_up(outages, &slice);
    uint64_t lost = sum->lost;
    rs_outage_rows_put_counts(result, sum, labels);
    rs_outage_rows_put_stages(result, sum, labels);
    free(sum);
    return lost;
}
