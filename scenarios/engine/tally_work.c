/* tally_work.c: how many steps workers declared for one restart. A restart that never came counts
 * as infinite, as everywhere. SPDX-License-Identifier: MIT
 */
#include "reports/rows.h"
#include "scenarios/engine/tally.h"

#include <stdlib.h>

#define ANY UINT32_MAX

/* Which blows to look at. */
typedef struct rs_slice {
    uint32_t fault, phase, node; /* ANY: all */
} rs_slice;

typedef struct rs_work_sum {
    rs_histogram steps;
    uint64_t unfinished;
} rs_work_sum;

static bool is_meant(const rs_shared *shared, const rs_slice *slice, const rs_blow *blow) {
    if (slice->node != ANY && rs_shared_node(shared, blow->role) != slice->node) return false;
    if (slice->phase == ANY) return true;
    int64_t since_ns = rs_shared_since(shared, rs_load(&blow->time_ns, rs_relaxed));
    return rs_ledger_phase(shared->plan, since_ns > 0 ? (uint64_t)since_ns : 0) == slice->phase;
}

static void add_blow(rs_work_sum *sum, const rs_shared *shared, const rs_blow *blow) {
    if (rs_load(&blow->outcome, rs_relaxed) != RS_STRIKE_HIT) return;
    uint64_t restart_ns = rs_tally_restart_ns(shared, blow);
    if (restart_ns == RS_STRIKE_NEVER) sum->unfinished++;
    if (restart_ns == RS_STRIKE_NEVER || restart_ns == RS_STRIKE_NOT_DUE) return;
    rs_histogram_record(&sum->steps, rs_load(&blow->work, rs_relaxed));
}

static void add_fault(rs_work_sum *sum, const rs_shared *shared, const rs_slice *slice,
                      uint32_t fault) {
    const rs_blow_list *list = &shared->blows.lists[fault];
    uint32_t count = rs_blows_count(list);
    for (uint32_t i = 0; i < count; i++)
        if (is_meant(shared, slice, &list->at[i])) add_blow(sum, shared, &list->at[i]);
}

static void put(rs_result *result, const rs_shared *shared, rs_slice slice,
                const rs_result_labels *labels) {
    rs_work_sum *sum = rs_rows_alloc(sizeof *sum);
    for (uint32_t fault = 0; fault < shared->plan->fault_count; fault++)
        if (slice.fault == ANY || slice.fault == fault) add_fault(sum, shared, &slice, fault);
    if (sum->steps.count || sum->unfinished || !labels)
        rs_result_add_histogram(result, "work.per_restart", labels, &sum->steps, sum->unfinished);
    free(sum);
}

void rs_tally_work(rs_result *result, const rs_shared *shared) {
    const rs_plan *plan = shared->plan;
    rs_tally_path paths[RS_TALLY_PATHS_MAX];
    uint32_t count = rs_tally_choose_paths(shared, paths);
    put(result, shared, (rs_slice){ANY, ANY, ANY}, NULL);
    for (uint32_t i = 0; i < plan->phase_count; i++)
        put(result, shared, (rs_slice){ANY, i, ANY},
            &(rs_result_labels){.phase = plan->phases[i].name});
    for (uint32_t i = 0; i < plan->fault_count; i++)
        put(result, shared, (rs_slice){i, ANY, ANY},
            &(rs_result_labels){.fault = plan->faults[i].id});
    for (uint32_t i = 0; i < count; i++)
        put(result, shared, (rs_slice){ANY, ANY, paths[i].node},
            &(rs_result_labels){.path = rs_tally_node_path(result, shared, paths[i].node)});
}
