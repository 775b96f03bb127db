/* tally_upgrades.c: what became of the upgrades. A run that plans none says nothing of them.
 * SPDX-License-Identifier: MIT
 */
#include "reports/rows.h"
#include "scenarios/engine/tally.h"

#include <inttypes.h>
#include <stdlib.h>

static void put_suspended(rs_result *result, const rs_upgrades *upgrades) {
    rs_histogram *suspended = rs_rows_alloc(sizeof *suspended);
    uint64_t told = rs_load(&upgrades->told, rs_relaxed);
    for (uint64_t i = 0; i < told && i < RS_UPGRADES_TOLD_MAX; i++)
        rs_histogram_record(suspended, upgrades->suspended_ns[i]);
    rs_result_add_histogram(result, "upgrade.suspended", NULL, suspended, 0);
    free(suspended);
}

static void put(rs_result *result, const char *name, const rs_atomic_u64 *count) {
    rs_result_add_number(result, name, NULL, (double)rs_load(count, rs_relaxed));
}

/* By reason, over all upgrades. */
static void put_refusals(rs_result *result, const rs_shared *shared) {
    const rs_upgrades *upgrades = &shared->upgrades;
    for (uint32_t reason = 0; reason <= RS_REASONS_MAX; reason++) {
        uint64_t refused = 0;
        for (uint32_t i = 0; i < shared->plan->upgrade_count; i++)
            refused += rs_load(&upgrades->each[i].refused[reason], rs_relaxed);
        const char *text = rs_reasons_text(&upgrades->reasons, reason);
        const rs_result_labels labels = {.cause = rs_result_text(result, text)};
        if (refused) rs_result_add_number(result, "upgrade.failed", &labels, (double)refused);
    }
}

static void warn(rs_result *result, const rs_atomic_u64 *count, const char *what) {
    uint64_t processes = rs_load(count, rs_relaxed);
    if (!processes) return;
    rs_result_add_warning(result, rs_result_print(result, "%" PRIu64 " process%s %s", processes,
                                                  processes == 1 ? "" : "es", what));
}

static void warn_of_retreat(rs_result *result, const rs_upgrades *upgrades) {
    if (!rs_load(&upgrades->taken_back, rs_relaxed)) return;
    rs_result_add_warning(
        result, rs_result_print(result,
                                "a new version crashed within its first %u calls and was taken "
                                "back; %" PRIu64 " processes were changed back to the old one",
                                RS_CODE_TRIAL_CALLS, rs_load(&upgrades->restored, rs_relaxed)));
    warn(result, &upgrades->killed,
         rs_load(&upgrades->one_way, rs_relaxed)
             ? "of a version taken back were killed: the old version has no code_change"
             : "of a version taken back were killed: the old version's code_change refused them");
}

void rs_tally_upgrades(rs_result *result, const rs_shared *shared) {
    const rs_upgrades *upgrades = &shared->upgrades;
    if (shared->plan->upgrade_count == 0) return;
    put_suspended(result, upgrades);
    put(result, "upgrade.count", &upgrades->upgraded);
    put(result, "upgrade.failed", &upgrades->failed);
    put_refusals(result, shared);
    put(result, "upgrade.taken_back", &upgrades->taken_back);
    warn_of_retreat(result, upgrades);
    warn(result, &upgrades->purged,
         "had refused an upgrade and ran the version before the last when the next was loaded: "
         "there are no three, so they were killed");
    warn(result, &upgrades->left_suspended,
         "were still suspended at the end: code_change had not returned");
}
