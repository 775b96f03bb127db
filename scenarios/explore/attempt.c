/* attempt.c: one seed's run in the calling process.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/explore/attempt.h"

#include "runtime/base/assert.h"
#include "scenarios/engine/engine.h"
#include "scenarios/engine/host.h"
#include "scenarios/engine/recording.h"
#include "scenarios/engine/sometimes.h"
#include "scenarios/engine/tally.h"
#include "scenarios/engine/verdict.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

const rs_attempt_failure *rs_attempt_find(const rs_attempt *attempt, const char *check,
                                          const char *path) {
    for (uint32_t i = 0; i < attempt->failure_count; i++) {
        const rs_attempt_failure *failure = &attempt->failures[i];
        if (strcmp(failure->check, check) == 0 && strcmp(failure->path, path) == 0) return failure;
    }
    return NULL;
}

void rs_attempt_fail(rs_attempt *attempt, const char *check, const char *path, uint64_t time_ns,
                     const char *text) {
    rs_attempt_failure failure = {.time_ns = time_ns};
    snprintf(failure.check, sizeof failure.check, "%s", check);
    snprintf(failure.path, sizeof failure.path, "%s", path);
    snprintf(failure.text, sizeof failure.text, "%s", text);
    if (rs_attempt_find(attempt, failure.check, failure.path)) return;
    if (attempt->failure_count == RS_ATTEMPT_FAILURES_MAX)
        attempt->omitted++;
    else
        attempt->failures[attempt->failure_count++] = failure;
}

size_t rs_attempt_bytes(const rs_attempt *attempt) {
    return offsetof(rs_attempt, failures) + sizeof *attempt->failures * attempt->failure_count;
}

/* ------------------------------------------------------------------ what came of it */

bool rs_attempt_tells(const rs_finding *finding, const char *check, const char *path) {
    return strcmp(finding->check->name, check) == 0 &&
           strncmp(finding->place, path, sizeof(rs_attempt_failure){0}.path - 1) == 0;
}

static void take_findings(rs_attempt *attempt, const rs_shared *shared) {
    for (uint32_t i = 0; i < shared->findings.count; i++) {
        const rs_finding *finding = &shared->findings.at[i];
        rs_attempt_fail(attempt, finding->check->name, finding->place, finding->time_ns,
                        finding->text);
    }
    attempt->omitted += shared->findings.untold;
    attempt->unchecked = shared->findings.overrun;
}

static void take_expectations(rs_attempt *attempt, const rs_result *result) {
    for (size_t i = 0; i < result->expectations.count; i++) {
        const rs_result_expectation *row = &result->expectations.at[i];
        char check[sizeof(rs_attempt_failure){0}.check], text[160];
        if (row->verdict != RS_VERDICT_FAILED) continue;
        snprintf(check, sizeof check, "expect: %s", row->text);
        snprintf(text, sizeof text, "it was %s", row->observed ? row->observed : "never");
        rs_attempt_fail(attempt, check, "", 0, text);
    }
}

static void take_sometimes(rs_attempt *attempt, const rs_result *result) {
    for (size_t i = 0; i < result->sometimes.count && i < 64; i++)
        if (result->sometimes.at[i].known && result->sometimes.at[i].seen)
            attempt->sometimes |= UINT64_C(1) << i;
}

/* Only what is named is added up. */
static void take_result(rs_attempt *attempt, rs_shared *shared) {
    if (!shared->plan->expectation_count && !shared->plan->sometimes_count) return;
    rs_result *result = rs_result_create_bare();
    rs_ending ending = {.status = RS_RESULT_COMPLETE};
    rs_tally_expected(result, shared, &ending);
    rs_spans_fill(&shared->ledgers.spans, result);
    rs_sometimes_fill(result, shared);
    rs_verdict_judge(result, shared->plan);
    take_expectations(attempt, result);
    take_sometimes(attempt, result);
    rs_result_destroy(result);
}

static void take_hits(rs_attempt *attempt, const rs_shared *shared) {
    for (uint32_t i = 0; i < shared->plan->fault_count; i++) {
        const rs_blow_list *list = &shared->blows.lists[i];
        uint32_t kind = 0, hits = 0;
        while (rs_faults[kind] && rs_faults[kind] != shared->plan->faults[i].how) kind++;
        for (uint32_t k = 0; k < rs_load(&list->count, rs_relaxed); k++)
            hits += rs_load(&list->at[k].landed, rs_relaxed) != 0;
        if (kind < RS_ATTEMPT_KINDS_MAX) attempt->hits[kind] += hits;
    }
}

static void take(rs_attempt *attempt, rs_shared *shared) {
    attempt->hash = rs_trace_hash_value(&shared->hash);
    rs_store(&attempt->simulated_ns, rs_load(&shared->now_ns, rs_relaxed), rs_relaxed);
    take_hits(attempt, shared);
    if (rs_load(&shared->failure.set, rs_acquire)) {
        rs_attempt_fail(attempt, "aborted", "", 0, shared->failure.text);
        return;
    }
    take_findings(attempt, shared);
    take_result(attempt, shared);
}

void rs_attempt_run(const rs_attempt_order *order, rs_larder *larder, rs_attempt *attempt,
                    rs_attempt_look *look, void *context) {
    RS_ASSERT(order->plan->runtime.clock == RS_PLAN_VIRTUAL);
    *attempt = (rs_attempt){.seed = order->seed};
    rs_shared *shared = rs_shared_create(order->plan, order->seed, false, larder);
    if (!shared) {
        rs_attempt_fail(attempt, "aborted", "", 0, "not enough address space for a run");
        return;
    }
    if (!rs_tally_needs_all(order->plan)) rs_shared_count_only(shared);
    shared->plugins = order->plugins;
    shared->seen_ns = &attempt->simulated_ns;
    shared->record_arrivals = look != NULL;
    if (look) shared->record = rs_recording_create(); /* without memory there is none to look at */
    rs_engine_choose_checks(shared, true);
    rs_host_run(shared);
    take(attempt, shared);
    if (look) look(context, shared);
    if (shared->record) rs_recording_destroy(shared->record);
    rs_shared_destroy(shared);
}
