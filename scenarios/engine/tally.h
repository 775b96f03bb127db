/* tally.h: adds up what a run left in shared memory into a result.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TALLY_H
#define RS_TALLY_H

#include "reports/result.h"
#include "scenarios/engine/shared.h"
#include "scenarios/engine/watch.h"

/* rs_tally_scenario writes what is known of a run before it begins: scenario, settings, gate. */
void rs_tally_scenario(rs_result *result, const rs_plan *plan);

/* rs_tally_fill writes everything that was measured into `result`. Called once per run, when the
 * child is gone. */
void rs_tally_fill(rs_result *result, rs_shared *shared, const rs_ending *ending);

/* rs_tally_expected writes what the plan's expectations speak of, and little more: thousands of
 * runs a second have no time for a report. */
void rs_tally_expected(rs_result *result, rs_shared *shared, const rs_ending *ending);

/* rs_tally_needs_all tells whether the plan's expectations speak of more than counts. */
bool rs_tally_needs_all(const rs_plan *plan);

/* The parts of it, one file each; totals are numbers without labels and no distributions. */
void rs_tally_restart_totals(rs_result *result, rs_shared *shared);
void rs_tally_call_totals(rs_result *result, const rs_shared *shared, const rs_ending *ending);
void rs_tally_state_totals(rs_result *result, const rs_shared *shared);
void rs_tally_restarts(rs_result *result, rs_shared *shared);
void rs_tally_calls(rs_result *result, const rs_shared *shared, const rs_ending *ending);
void rs_tally_faults(rs_result *result, rs_shared *shared);
void rs_tally_work(rs_result *result, const rs_shared *shared);
void rs_tally_sched(rs_result *result, const rs_shared *shared);
void rs_tally_upgrades(rs_result *result, const rs_shared *shared);
void rs_tally_state(rs_result *result, const rs_shared *shared);
void rs_tally_checks(rs_result *result, const rs_shared *shared);

/* rs_tally_phase_ns returns how much of phase `index` the run went through. */
uint64_t rs_tally_phase_ns(const rs_shared *shared, uint32_t index);

/* rs_tally_node_path returns the path of a node of the plan (see rs_shared_node): a template's ends
 * in a star, the root's is its id. Owner: `result`. */
const char *rs_tally_node_path(rs_result *result, const rs_shared *shared, uint32_t node);

/* rs_tally_node_kind returns the word of what `node` is: its worker's, or its strategy's; static.
 */
const char *rs_tally_node_kind(const rs_plan_node *node);

/* rs_tally_outcome returns what came of `blow`, as far as is known by now. */
rs_strike_outcome rs_tally_outcome(const rs_shared *shared, const rs_blow *blow);

/* rs_tally_restart_ns returns how long the restart after `blow` took, see rs_strike. */
uint64_t rs_tally_restart_ns(const rs_shared *shared, const rs_blow *blow);

/* rs_tally_outcome returns what came of `blow`. */
rs_strike_outcome rs_tally_outcome(const rs_shared *shared, const rs_blow *blow);

/* Distributions are told apart for so many paths at most: ten thousand would fill a disk. */
#define RS_TALLY_PATHS_MAX 32u

typedef struct rs_tally_path {
    uint32_t node;
    uint64_t deaths;
} rs_tally_path;

/* rs_tally_choose_paths writes the nodes with the most deaths to `paths`, which has room for
 * RS_TALLY_PATHS_MAX, most first, and returns how many those are. */
uint32_t rs_tally_choose_paths(const rs_shared *shared, rs_tally_path *paths);

#endif
