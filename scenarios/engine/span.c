/* span.c: calls counted in each window of a phase.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/span.h"

#include "reports/rows.h"
#include "scenarios/engine/map.h"
#include "scenarios/engine/verdict.h"

#include <stdlib.h>
#include <string.h>

static bool asks_for_latency(const rs_plan_expectation *expectation) {
    return strncmp(expectation->metric, "calls.latency", strlen("calls.latency")) == 0;
}

static uint32_t count_spans(const rs_plan *plan) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < plan->expectation_count; i++)
        count += plan->expectations[i].window_ns != 0;
    return count;
}

static size_t windows_bytes(const rs_span *span) {
    return sizeof *span->windows * span->count;
}

static size_t bins_bytes(const rs_span *span) {
    return sizeof *span->bins * RS_HISTOGRAM_BINS * span->count;
}

/* A rest of the phase that is shorter than a window is none. */
static bool init_span(rs_span *span, const rs_plan *plan, const rs_plan_expectation *expectation,
                      rs_larder *larder) {
    const rs_plan_phase *phase = &plan->phases[expectation->during];
    span->expectation = expectation;
    span->begin_ns = phase->start_ns;
    span->window_ns = expectation->window_ns;
    span->count = (uint32_t)(phase->duration_ns / span->window_ns);
    span->windows = rs_map_create(larder, windows_bytes(span));
    if (asks_for_latency(expectation)) span->bins = rs_map_create(larder, bins_bytes(span));
    return span->windows && (span->bins || !asks_for_latency(expectation));
}

bool rs_spans_init(rs_spans *spans, const rs_plan *plan, rs_larder *larder) {
    uint32_t count = count_spans(plan);
    if (!count) return true;
    spans->at = rs_map_create(larder, sizeof *spans->at * count);
    if (!spans->at) return false;
    for (uint32_t i = 0; i < plan->expectation_count; i++)
        if (plan->expectations[i].window_ns &&
            !init_span(&spans->at[spans->count++], plan, &plan->expectations[i], larder))
            return false;
    return true;
}

void rs_spans_fini(rs_spans *spans, rs_larder *larder) {
    for (uint32_t i = 0; i < spans->count; i++) {
        const rs_span *span = &spans->at[i];
        rs_map_destroy(larder, span->windows, windows_bytes(span), windows_bytes(span));
        rs_map_destroy(larder, span->bins, bins_bytes(span), RS_MAP_UNKNOWN);
    }
    rs_map_destroy(larder, spans->at, sizeof *spans->at * spans->count, RS_MAP_UNKNOWN);
    *spans = (rs_spans){0};
}

/* ---------------------------------------------------------------- counting */

/* The number of the window that holds `time_ns`; UINT32_MAX: none does. */
static uint32_t window_of(const rs_span *span, uint64_t time_ns) {
    if (time_ns < span->begin_ns) return UINT32_MAX;
    uint64_t number = (time_ns - span->begin_ns) / span->window_ns;
    return number < span->count ? (uint32_t)number : UINT32_MAX;
}

/* Relaxed, here and below: sums, read when the run is over. */
void rs_spans_issue(const rs_spans *spans, uint64_t intended_ns) {
    for (uint32_t i = 0; i < spans->count; i++) {
        uint32_t window = window_of(&spans->at[i], intended_ns);
        if (window != UINT32_MAX) rs_add(&spans->at[i].windows[window].issued, 1, rs_relaxed);
    }
}

static void answer(const rs_span *span, uint32_t window, uint64_t latency_ns) {
    rs_add(&span->windows[window].answered, 1, rs_relaxed);
    if (!span->bins) return;
    size_t bin = (size_t)window * RS_HISTOGRAM_BINS + rs_histogram_index(latency_ns);
    rs_add(&span->bins[bin], 1, rs_relaxed);
}

void rs_spans_answer(const rs_spans *spans, uint64_t intended_ns, uint64_t start_ns,
                     uint64_t end_ns) {
    for (uint32_t i = 0; i < spans->count; i++) {
        const rs_span *span = &spans->at[i];
        bool raw = strcmp(span->expectation->metric, "calls.latency_uncorrected") == 0;
        uint32_t window = window_of(span, intended_ns), done = window_of(span, end_ns);
        if (window != UINT32_MAX) answer(span, window, end_ns - (raw ? start_ns : intended_ns));
        if (done != UINT32_MAX) rs_add(&span->windows[done].done, 1, rs_relaxed);
    }
}

void rs_spans_fail(const rs_spans *spans, uint64_t intended_ns) {
    for (uint32_t i = 0; i < spans->count; i++) {
        uint32_t window = window_of(&spans->at[i], intended_ns);
        if (window != UINT32_MAX) rs_add(&spans->at[i].windows[window].failed, 1, rs_relaxed);
    }
}

/* ---------------------------------------------------------------- telling */

typedef struct rs_span_value {
    double value;
    uint64_t samples;
} rs_span_value;

/* Each latency counts as the middle of its bin. */
static rs_span_value latency_of(const rs_span *span, uint32_t number) {
    rs_histogram *histogram = rs_rows_alloc(sizeof *histogram);
    rs_atomic_u32 *bins = &span->bins[(size_t)number * RS_HISTOGRAM_BINS];
    for (uint32_t i = 0; i < RS_HISTOGRAM_BINS; i++) {
        uint32_t count = rs_load(&bins[i], rs_relaxed);
        uint64_t low = rs_histogram_low(i);
        if (count)
            rs_histogram_record_many(histogram, low + (rs_histogram_high(i) - low) / 2, count);
    }
    double share = 0;
    rs_metric_percentile(span->expectation->aggregate, &share);
    uint64_t value = rs_histogram_percentile(histogram, (uint32_t)(share * 1e6 + 0.5));
    rs_span_value found = {(double)value, histogram->count};
    free(histogram);
    return found;
}

static rs_span_value value_of(const rs_span *span, uint32_t number) {
    const char *metric = span->expectation->metric;
    rs_span_window *window = &span->windows[number];
    uint32_t issued = rs_load(&window->issued, rs_relaxed);
    uint32_t answered = rs_load(&window->answered, rs_relaxed);
    uint32_t done = rs_load(&window->done, rs_relaxed);
    if (span->bins) return latency_of(span, number);
    if (strcmp(metric, "calls.availability") == 0)
        return (rs_span_value){issued ? (double)answered / issued : 0, issued};
    if (strcmp(metric, "calls.throughput") == 0)
        return (rs_span_value){done * 1e9 / (double)span->window_ns, done};
    if (strcmp(metric, "calls.issued") == 0) return (rs_span_value){issued, issued};
    if (strcmp(metric, "calls.answered") == 0) return (rs_span_value){answered, issued};
    return (rs_span_value){rs_load(&window->failed, rs_relaxed), issued};
}

/* Whether `a` speaks more against the expectation than `b`. */
static bool is_worse(const rs_plan_expectation *expectation, double a, double b) {
    switch (expectation->op) {
    case RS_PLAN_LT:
    case RS_PLAN_LE: return a > b;
    case RS_PLAN_GT:
    case RS_PLAN_GE: return a < b;
    default:
        return !rs_verdict_compare(a, expectation->op, expectation->value) &&
               rs_verdict_compare(b, expectation->op, expectation->value);
    }
}

/* A share or a percentile of nothing says nothing; a count or a rate does. */
static bool says_something(const rs_span *span, const rs_span_value *value) {
    bool of_samples = span->bins || strcmp(span->expectation->metric, "calls.availability") == 0;
    return value->samples || !of_samples;
}

static void fill_span(const rs_span *span, rs_result *result) {
    rs_result_window *row = rs_result_add_window(result, span->expectation->text);
    row->windows = span->count;
    row->samples = UINT64_MAX;
    for (uint32_t i = 0; i < span->count; i++) {
        rs_span_value here = value_of(span, i);
        if (here.samples < row->samples) row->samples = here.samples;
        if (!says_something(span, &here)) continue;
        if (row->worst.known && !is_worse(span->expectation, here.value, row->worst.value))
            continue;
        row->worst = rs_known(here.value);
        row->start_ns = span->begin_ns + i * span->window_ns;
    }
}

void rs_spans_fill(const rs_spans *spans, rs_result *result) {
    for (uint32_t i = 0; i < spans->count; i++) fill_span(&spans->at[i], result);
}
