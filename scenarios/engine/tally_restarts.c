/* tally_restarts.c: restart latencies, stage by stage. The total and the phases take deaths by
 * faults into their distributions, and all deaths into their counts; labels tell causes and faults
 * apart.
 * SPDX-License-Identifier: MIT
 */
#include "reports/rows.h"
#include "scenarios/engine/tally.h"

#include <stdio.h>
#include <stdlib.h>

#define ANY UINT32_MAX

/* Which cells to add up. */
typedef struct rs_slice {
    uint32_t fault, kind, phase; /* ANY: all; a kind of ANY leaves out init_retry, a subset */
} rs_slice;

static void add_cell(rs_outage_cell *sum, const rs_outage_cell *cell) {
    sum->deaths += cell->deaths;
    sum->unserved += cell->unserved;
    sum->unfinished += cell->unfinished;
    sum->not_due += cell->not_due;
    sum->unreached += cell->unreached;
    for (uint32_t i = 0; i < RS_OUTAGE_STAGE_COUNT; i++)
        if (cell->stages[i].count) rs_histogram_merge(&sum->stages[i], &cell->stages[i]);
}

static void add_kind(rs_outage_cell *sum, const rs_outages *outages, const rs_slice *slice,
                     uint32_t kind) {
    for (uint32_t slot = 0; slot < outages->slots; slot++)
        for (uint32_t fault = 0; fault < outages->faults; fault++)
            for (uint32_t phase = 0; phase < outages->phases; phase++) {
                if (slice->fault != ANY && fault != slice->fault) continue;
                if (slice->phase != ANY && phase != slice->phase) continue;
                add_cell(sum, rs_outages_cell(outages, slot, fault, kind, phase));
            }
}

/* Owner: free() it. */
static rs_outage_cell *add_up(const rs_outages *outages, const rs_slice *slice) {
    rs_outage_cell *sum = rs_rows_alloc(sizeof *sum);
    for (uint32_t kind = 0; kind < RS_OUTAGE_KIND_COUNT; kind++)
        if (slice->kind == ANY ? kind != RS_OUTAGE_INIT_RETRY : kind == slice->kind)
            add_kind(sum, outages, slice, kind);
    return sum;
}

static uint64_t unfinished_at(const rs_outage_cell *sum, rs_outage_stage stage) {
    if (stage < RS_OUTAGE_STARTED) return 0;
    return sum->unfinished + (stage == RS_OUTAGE_REACHABLE ? sum->unreached : 0);
}

static void put_stages(rs_result *result, const rs_outages *outages, rs_slice slice,
                       const rs_result_labels *labels) {
    if (slice.kind == ANY) slice.kind = RS_OUTAGE_FAULT;
    rs_outage_cell *sum = add_up(outages, &slice);
    for (uint32_t i = 0; i < RS_OUTAGE_STAGE_COUNT; i++) {
        char name[64];
        uint64_t unfinished = unfinished_at(sum, (rs_outage_stage)i);
        snprintf(name, sizeof name, "restart.%s", rs_outage_stage_word((rs_outage_stage)i));
        if (sum->stages[i].count || unfinished || !labels)
            rs_result_add_histogram(result, name, labels, &sum->stages[i], unfinished);
    }
    free(sum);
}

static void put_counts(rs_result *result, const rs_outages *outages, const rs_slice *slice,
                       const rs_result_labels *labels) {
    rs_outage_cell *sum = add_up(outages, slice);
    double deaths = (double)sum->deaths, not_due = (double)sum->not_due;
    if (sum->deaths || !labels || labels->phase) {
        rs_result_add_number(result, "restart.count", labels, deaths - not_due);
        rs_result_add_number(result, "restart.unserved", labels, (double)sum->unserved);
        rs_result_add_number(result, "restart.unfinished", labels, (double)sum->unfinished);
        rs_result_add_number(result, "restart.not_due", labels, not_due);
    }
    free(sum);
}

static void put(rs_result *result, const rs_outages *outages, rs_slice slice,
                const rs_result_labels *labels) {
    put_stages(result, outages, slice, labels);
    put_counts(result, outages, &slice, labels);
}

/* Retried starts have distributions, but are no deaths of their own. */
static void put_kinds(rs_result *result, const rs_outages *outages, uint32_t phase,
                      const char *phase_name) {
    for (uint32_t kind = 0; kind < RS_OUTAGE_KIND_COUNT; kind++) {
        rs_result_labels labels = {.phase = phase_name,
                                   .cause = rs_outage_kind_word((rs_outage_kind)kind)};
        put(result, outages, (rs_slice){ANY, kind, phase}, &labels);
    }
}

static void put_phases(rs_result *result, const rs_shared *shared) {
    for (uint32_t phase = 0; phase < shared->plan->phase_count; phase++) {
        rs_result_labels labels = {.phase = shared->plan->phases[phase].name};
        if (rs_tally_phase_ns(shared, phase) == 0) continue;
        put(result, &shared->outages, (rs_slice){ANY, ANY, phase}, &labels);
        put_kinds(result, &shared->outages, phase, labels.phase);
    }
}

static void put_faults(rs_result *result, const rs_shared *shared) {
    for (uint32_t i = 0; i < shared->plan->fault_count; i++) {
        rs_result_labels labels = {.fault = shared->plan->faults[i].id};
        put(result, &shared->outages, (rs_slice){1 + i, ANY, ANY}, &labels);
    }
}

static void settle(rs_shared *shared) {
    uint32_t count = rs_roles_count(&shared->roles);
    for (uint32_t number = 1; number <= count && !shared->settled; number++)
        rs_outage_settle(&shared->outages, &shared->roles.at[number].outage);
    shared->settled = true;
}

void rs_tally_restarts(rs_result *result, rs_shared *shared) {
    settle(shared);
    put(result, &shared->outages, (rs_slice){ANY, ANY, ANY}, NULL);
    put_kinds(result, &shared->outages, ANY, NULL);
    put_phases(result, shared);
    put_faults(result, shared);
    rs_result_add_number(result, "escalations", NULL,
                         (double)rs_load(&shared->escalations, rs_relaxed));
}
