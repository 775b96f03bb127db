/* tally_calls.c: what clients asked for and got, and how long it took.
 * SPDX-License-Identifier: MIT
 */
#include "reports/rows.h"
#include "scenarios/engine/tally.h"

#include <stdlib.h>

#define ANY UINT32_MAX

typedef struct rs_slice {
    uint32_t load, phase; /* ANY: all */
} rs_slice;

static bool takes(uint32_t wanted, uint32_t index) {
    return wanted == ANY || wanted == index;
}

/* ------------------------------------------------------------------ counts */

static rs_ledger_counts add_up(const rs_shared *shared, rs_slice slice) {
    rs_ledger_counts sum = {0};
    const rs_plan *plan = shared->plan;
    for (uint32_t load = 0, client = 0; load < plan->load_count; load++)
        for (uint32_t n = 0; n < plan->loads[load].clients; n++, client++)
            for (uint32_t phase = 0; phase < shared->ledgers.phases; phase++) {
                if (!takes(slice.load, load) || !takes(slice.phase, phase)) continue;
                const rs_ledger_counts *one =
                    &rs_ledgers_page(&shared->ledgers, client)->phases[phase];
                sum.issued += one->issued;
                sum.answered += one->answered;
                sum.failed += one->failed;
                sum.done += one->done;
                sum.retries += one->retries;
                sum.expired += one->expired;
            }
    return sum;
}

static void put_counts(rs_result *result, const rs_shared *shared, rs_slice slice,
                       const rs_result_labels *labels) {
    rs_ledger_counts sum = add_up(shared, slice);
    double issued = (double)sum.issued, answered = (double)sum.answered;
    double failed = (double)sum.failed;
    rs_result_add_number(result, "calls.issued", labels, issued);
    rs_result_add_number(result, "calls.answered", labels, answered);
    rs_result_add_number(result, "calls.failed", labels, failed);
    rs_result_add_number(result, "calls.open", labels, issued - answered - failed);
    rs_result_add_number(result, "calls.attempts", labels,
                         (double)(sum.issued - sum.expired + sum.retries));
    rs_result_add_number(result, "calls.retries", labels, (double)sum.retries);
    rs_result_metric *share = rs_result_add_metric(result, "calls.availability", labels);
    if (sum.issued) share->value = rs_known(answered / issued);
}

static uint64_t count_failed(const rs_shared *shared, rs_slice slice, uint32_t reason) {
    uint64_t sum = 0;
    for (uint32_t load = 0; load < shared->ledgers.loads; load++)
        for (uint32_t phase = 0; phase < shared->ledgers.phases; phase++)
            if (takes(slice.load, load) && takes(slice.phase, phase))
                sum +=
                    rs_load(rs_ledgers_failed(&shared->ledgers, load, phase, reason), rs_relaxed);
    return sum;
}

static void put_reasons(rs_result *result, const rs_shared *shared, rs_slice slice,
                        rs_result_labels labels) {
    for (uint32_t reason = 0; reason <= RS_REASONS_MAX; reason++) {
        uint64_t failed = count_failed(shared, slice, reason);
        if (!failed) continue;
        const char *text = rs_reasons_text(&shared->ledgers.reasons, reason);
        labels.cause = rs_result_text(result, text);
        rs_result_add_number(result, "calls.failed", &labels, (double)failed);
    }
}

/* ------------------------------------------------------------------ latency */

static void put_histogram(rs_result *result, const char *name, const rs_result_labels *labels,
                          const rs_histogram *histogram) {
    if (histogram->count) rs_result_add_histogram(result, name, labels, histogram, 0);
}

typedef struct rs_latencies {
    rs_histogram latency, raw, late;
} rs_latencies;

static void add_stripe(rs_latencies *sum, const rs_ledger_stripe *stripe) {
    if (!stripe) return;
    if (stripe->latency.count) rs_histogram_merge(&sum->latency, &stripe->latency);
    if (stripe->raw.count) rs_histogram_merge(&sum->raw, &stripe->raw);
    if (stripe->late.count) rs_histogram_merge(&sum->late, &stripe->late);
}

static void put_latencies(rs_result *result, const rs_shared *shared, rs_slice slice,
                          const rs_result_labels *labels) {
    rs_latencies *sum = rs_rows_alloc(sizeof *sum);
    for (uint32_t load = 0; load < shared->ledgers.loads; load++)
        for (uint32_t phase = 0; phase < shared->ledgers.phases; phase++)
            for (uint32_t i = 0; i < RS_LEDGER_STRIPES; i++)
                if (takes(slice.load, load) && takes(slice.phase, phase))
                    add_stripe(sum, rs_ledgers_stripe(&shared->ledgers, load, phase, i));
    put_histogram(result, "calls.latency", labels, &sum->latency);
    put_histogram(result, "calls.latency_uncorrected", labels, &sum->raw);
    put_histogram(result, "harness.late", labels, &sum->late);
    free(sum);
}

/* ------------------------------------------------------------------ windows */

/* Windows that begin in [begin, end). */
static void put_availability_time(rs_result *result, const rs_shared *shared, uint64_t begin_ns,
                                  uint64_t end_ns, const rs_result_labels *labels) {
    uint64_t used = 0, good = 0;
    uint64_t first = (begin_ns + RS_LEDGER_WINDOW_NS - 1) / RS_LEDGER_WINDOW_NS;
    for (uint64_t i = first; i < RS_LEDGER_WINDOWS_MAX && i * RS_LEDGER_WINDOW_NS < end_ns; i++) {
        const rs_ledger_window *window = &shared->ledgers.windows[i];
        uint32_t failed = rs_load(&window->failed, rs_relaxed);
        used += failed || rs_load(&window->answered, rs_relaxed);
        good += !failed && rs_load(&window->answered, rs_relaxed);
    }
    rs_result_metric *share = rs_result_add_metric(result, "calls.availability_time", labels);
    if (used) share->value = rs_known((double)good / (double)used);
}

static void fill_timeline(rs_result *result, const rs_shared *shared, uint64_t end_ns) {
    for (uint64_t i = 0; i < RS_LEDGER_WINDOWS_MAX && i * RS_LEDGER_WINDOW_NS < end_ns; i++) {
        const rs_ledger_window *window = &shared->ledgers.windows[i];
        uint64_t at_ns = i * RS_LEDGER_WINDOW_NS;
        uint64_t answered = rs_load(&window->done_answered, rs_relaxed);
        uint64_t failed = rs_load(&window->done_failed, rs_relaxed);
        if (answered) rs_timeline_add(&result->timeline, at_ns, RS_TIMELINE_ANSWERED, answered);
        if (failed) rs_timeline_add(&result->timeline, at_ns, RS_TIMELINE_FAILED, failed);
    }
}

/* ------------------------------------------------------------------ all together */

/* Answered within the phases, not in the drain after them. */
static uint64_t count_done(const rs_shared *shared, uint32_t load) {
    uint32_t drain = shared->plan->phase_count;
    return add_up(shared, (rs_slice){load, ANY}).done -
           add_up(shared, (rs_slice){load, drain}).done;
}

static void put_rate(rs_result *result, const char *name, const rs_result_labels *labels,
                     uint64_t count, uint64_t ns) {
    if (ns) rs_result_add_number(result, name, labels, (double)count * 1e9 / (double)ns);
}

static void put_phases(rs_result *result, const rs_shared *shared) {
    for (uint32_t i = 0; i < shared->plan->phase_count; i++) {
        const rs_plan_phase *phase = &shared->plan->phases[i];
        rs_result_labels labels = {.phase = phase->name};
        uint64_t ns = rs_tally_phase_ns(shared, i);
        if (!ns) continue;
        put_counts(result, shared, (rs_slice){ANY, i}, &labels);
        put_reasons(result, shared, (rs_slice){ANY, i}, labels);
        put_latencies(result, shared, (rs_slice){ANY, i}, &labels);
        put_availability_time(result, shared, phase->start_ns, phase->start_ns + ns, &labels);
        put_rate(result, "calls.throughput", &labels, add_up(shared, (rs_slice){ANY, i}).done, ns);
    }
}

static uint64_t sum_of_phases_ns(const rs_shared *shared) {
    uint64_t sum_ns = 0;
    for (uint32_t i = 0; i < shared->plan->phase_count; i++) sum_ns += rs_tally_phase_ns(shared, i);
    return sum_ns;
}

static void put_loads(rs_result *result, const rs_shared *shared) {
    uint64_t ns = sum_of_phases_ns(shared);
    for (uint32_t i = 0; i < shared->plan->load_count; i++) {
        rs_result_labels labels = {.load = shared->plan->loads[i].id};
        put_counts(result, shared, (rs_slice){i, ANY}, &labels);
        put_latencies(result, shared, (rs_slice){i, ANY}, &labels);
        put_rate(result, "calls.throughput", &labels, count_done(shared, i), ns);
    }
}

static uint64_t sum_lost(const rs_shared *shared, const uint64_t *lost, rs_slice slice) {
    uint64_t sum = 0;
    for (uint32_t load = 0; load < shared->ledgers.loads; load++)
        for (uint32_t phase = 0; phase < shared->ledgers.phases; phase++)
            if (takes(slice.load, load) && takes(slice.phase, phase))
                sum += lost[(size_t)load * shared->ledgers.phases + phase];
    return sum;
}

static void put_lost_rows(rs_result *result, const rs_shared *shared, const uint64_t *lost) {
    const rs_plan *plan = shared->plan;
    rs_result_add_number(result, "calls.lost", NULL,
                         (double)sum_lost(shared, lost, (rs_slice){ANY, ANY}));
    for (uint32_t i = 0; i < plan->phase_count; i++)
        rs_result_add_number(result, "calls.lost",
                             &(rs_result_labels){.phase = plan->phases[i].name},
                             (double)sum_lost(shared, lost, (rs_slice){ANY, i}));
    for (uint32_t i = 0; i < plan->load_count; i++)
        rs_result_add_number(result, "calls.lost", &(rs_result_labels){.load = plan->loads[i].id},
                             (double)sum_lost(shared, lost, (rs_slice){i, ANY}));
}

/* Every call that timed out must have been handled after all, or have died with its callee. The
 * fate of the last ones is known when the tree has stopped. */
static void put_lost(rs_result *result, const rs_shared *shared, const rs_ending *ending) {
    uint64_t *lost =
        rs_rows_alloc(sizeof *lost * shared->ledgers.loads * (size_t)shared->ledgers.phases);
    if (ending->status == RS_RESULT_COMPLETE && rs_ledgers_count_lost(&shared->ledgers, lost))
        put_lost_rows(result, shared, lost);
    else
        rs_result_add_metric(result, "calls.lost", NULL);
    free(lost);
}

void rs_tally_call_totals(rs_result *result, const rs_shared *shared, const rs_ending *ending) {
    if (shared->plan->load_count == 0) return;
    put_counts(result, shared, (rs_slice){ANY, ANY}, NULL);
    put_lost(result, shared, ending);
    put_availability_time(result, shared, 0, sum_of_phases_ns(shared), NULL);
}

void rs_tally_calls(rs_result *result, const rs_shared *shared, const rs_ending *ending) {
    uint64_t ns = sum_of_phases_ns(shared);
    if (shared->plan->load_count == 0) return;
    put_counts(result, shared, (rs_slice){ANY, ANY}, NULL);
    put_reasons(result, shared, (rs_slice){ANY, ANY}, (rs_result_labels){0});
    put_lost(result, shared, ending);
    put_latencies(result, shared, (rs_slice){ANY, ANY}, NULL);
    put_availability_time(result, shared, 0, ns, NULL);
    put_rate(result, "calls.throughput", NULL, count_done(shared, ANY), ns);
    put_phases(result, shared);
    put_loads(result, shared);
    fill_timeline(result, shared, ns + UINT64_C(10000000000));
}
