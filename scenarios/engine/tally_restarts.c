/* tally_restarts.c: restart latencies and counts of a run, told apart by phase, cause, fault and
 * path, and what the dead kept and was lost.
 * SPDX-License-Identifier: MIT
 */
#include "reports/outage_rows.h"
#include "reports/rows.h"
#include "scenarios/engine/tally.h"

#include <stdlib.h>

#define ANY RS_OUTAGE_ANY

/* Bins of all paths together: 15 bytes each, so 450 KB of the 2 MB that a million restarts may
 * make. */
#define BINS_MAX 30000u

/* Latencies are of what befell the node itself. Owner: free() it. */
static rs_outage_sum *add_up_node(const rs_outages *outages, uint32_t node, uint32_t parts) {
    rs_outage_sum *sum = rs_rows_alloc(sizeof *sum);
    for (uint32_t slot = 0; slot < outages->slots; slot++) {
        rs_outage_rows_add(sum, rs_outages_node_cell(outages, slot, node, true), parts);
        rs_outage_rows_add(sum, rs_outages_node_cell(outages, slot, node, false),
                           parts & RS_OUTAGE_COUNTS);
    }
    return sum;
}

/* ------------------------------------------------------------------ rows */

/* Where nobody said that it keeps anything, what was lost is not known. */
static void put_lost(rs_result *result, const rs_shared *shared, const rs_result_labels *labels,
                     uint64_t lost) {
    if (rs_load(&shared->keeps.declared, rs_relaxed))
        rs_outage_rows_put_count(result, "scores.lost", labels, lost);
    else if (!labels)
        rs_result_add_metric(result, "scores.lost", NULL);
}

static void put(rs_result *result, const rs_shared *shared, rs_outage_slice slice,
                const rs_result_labels *labels) {
    put_lost(result, shared, labels, rs_outage_rows_put(result, &shared->outages, slice, labels));
}

/* Counts alone, of which no distribution is wanted. */
static void put_counts(rs_result *result, const rs_shared *shared, const rs_outage_sum *sum,
                       const rs_result_labels *labels) {
    rs_outage_rows_put_counts(result, sum, labels);
    put_lost(result, shared, labels, sum->lost);
}

/* Deaths after which a start failed are told twice, the second time as init_retry. */
static void put_kinds(rs_result *result, const rs_shared *shared, uint32_t phase,
                      const char *phase_name) {
    for (uint32_t kind = 0; kind < RS_OUTAGE_KIND_COUNT; kind++) {
        rs_result_labels labels = {.phase = phase_name,
                                   .cause = rs_outage_kind_word((rs_outage_kind)kind)};
        put(result, shared, (rs_outage_slice){ANY, kind, phase, false}, &labels);
    }
}

static void put_phases(rs_result *result, const rs_shared *shared) {
    for (uint32_t phase = 0; phase < shared->plan->phase_count; phase++) {
        rs_result_labels labels = {.phase = shared->plan->phases[phase].name};
        if (rs_tally_phase_ns(shared, phase) == 0) continue;
        put(result, shared, (rs_outage_slice){ANY, ANY, phase, false}, &labels);
        put_kinds(result, shared, phase, labels.phase);
    }
}

static void put_faults(rs_result *result, const rs_shared *shared) {
    for (uint32_t i = 0; i < shared->plan->fault_count; i++) {
        rs_result_labels labels = {.fault = shared->plan->faults[i].id};
        put(result, shared, (rs_outage_slice){1 + i, ANY, ANY, false}, &labels);
    }
}

/* ------------------------------------------------------------------ paths */

static uint64_t count_deaths(const rs_outages *outages, uint32_t node) {
    uint64_t deaths = 0;
    for (uint32_t slot = 0; slot < outages->slots; slot++)
        for (int own = 0; own < 2; own++) {
            const rs_outage_cell *cell = rs_outages_node_cell(outages, slot, node, own);
            deaths += cell ? cell->deaths : 0;
        }
    return deaths;
}

/* Puts `path` into its place among those chosen so far, if there is one. */
static uint32_t choose_path(rs_tally_path *paths, uint32_t count, rs_tally_path path) {
    uint32_t place = count;
    while (place && paths[place - 1].deaths < path.deaths) place--;
    if (place == RS_TALLY_PATHS_MAX) return count;
    if (count < RS_TALLY_PATHS_MAX) count++;
    for (uint32_t i = count - 1; i > place; i--) paths[i] = paths[i - 1];
    paths[place] = path;
    return count;
}

uint32_t rs_tally_choose_paths(const rs_shared *shared, rs_tally_path *paths) {
    uint32_t count = 0;
    for (uint32_t node = 1; node < shared->outages.nodes; node++) {
        rs_tally_path path = {.node = node, .deaths = count_deaths(&shared->outages, node)};
        if (path.deaths) count = choose_path(paths, count, path);
    }
    return count;
}

/* Returns how many there are. */
static uint32_t put_path_counts(rs_result *result, const rs_shared *shared) {
    uint32_t paths = 0;
    for (uint32_t node = 1; node < shared->outages.nodes; node++) {
        if (count_deaths(&shared->outages, node) == 0) continue;
        rs_result_labels labels = {.path = rs_tally_node_path(result, shared, node)};
        rs_outage_sum *sum = add_up_node(&shared->outages, node, RS_OUTAGE_COUNTS);
        put_counts(result, shared, sum, &labels);
        free(sum);
        paths++;
    }
    return paths;
}

static uint32_t count_bins(const rs_outage_sum *sum) {
    uint32_t bins = 0;
    for (uint32_t i = 0; i < RS_OUTAGE_STAGE_COUNT; i++)
        for (uint32_t k = 0; sum->stages[i].count && k < RS_HISTOGRAM_BINS; k++)
            bins += sum->stages[i].bins[k] != 0;
    return bins;
}

/* False when they would take more than what is left of `room`, in bins. */
static bool put_path_stages(rs_result *result, const rs_shared *shared, uint32_t node,
                            uint32_t *room) {
    rs_outage_sum *sum = add_up_node(&shared->outages, node, RS_OUTAGE_LATENCIES);
    uint32_t bins = count_bins(sum);
    bool fits = bins <= *room;
    if (fits) {
        rs_result_labels labels = {.path = rs_tally_node_path(result, shared, node)};
        rs_outage_rows_put_stages(result, sum, &labels);
        *room -= bins;
    }
    free(sum);
    return fits;
}

static void put_paths(rs_result *result, const rs_shared *shared) {
    rs_tally_path paths[RS_TALLY_PATHS_MAX];
    uint32_t chosen = rs_tally_choose_paths(shared, paths), shown = 0, room = BINS_MAX;
    uint32_t all = put_path_counts(result, shared);
    while (shown < chosen && put_path_stages(result, shared, paths[shown].node, &room)) shown++;
    if (shown == all) return;
    rs_result_add_note(result,
                       rs_result_print(result,
                                       "restart latencies are told apart for the %u paths with "
                                       "the most deaths, of %u",
                                       shown, all));
}

/* ------------------------------------------------------------------ all together */

static void settle(rs_shared *shared) {
    uint32_t count = rs_roles_count(&shared->roles);
    for (uint32_t number = 1; number <= count; number++)
        rs_outage_settle(&shared->outages, &shared->roles.at[number].outage);
}

static void put_escalations(rs_result *result, const rs_shared *shared) {
    rs_result_add_number(result, "escalations", NULL,
                         (double)rs_load(&shared->escalations, rs_relaxed));
}

void rs_tally_restart_totals(rs_result *result, rs_shared *shared) {
    settle(shared);
    rs_outage_sum *sum =
        rs_outage_rows_add_up(&shared->outages, &(rs_outage_slice){ANY, ANY, ANY, true});
    put_counts(result, shared, sum, NULL);
    free(sum);
    put_escalations(result, shared);
}

void rs_tally_restarts(rs_result *result, rs_shared *shared) {
    settle(shared);
    put(result, shared, (rs_outage_slice){ANY, ANY, ANY, false}, NULL);
    put_kinds(result, shared, ANY, NULL);
    put_phases(result, shared);
    put_faults(result, shared);
    put_paths(result, shared);
    put_escalations(result, shared);
}
