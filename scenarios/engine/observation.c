/* observation.c: looks up what a run observed of one metric.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/observation.h"

#include "reports/outage.h"
#include "reports/rows.h"
#include "runtime/base/units.h"
#include "scenarios/language/word.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the rows that an expectation speaks of add up to. */
typedef struct rs_gathered {
    uint32_t rows;
    bool known;
    double sum;
    rs_histogram histogram;
    uint64_t unfinished;
} rs_gathered;

/* ------------------------------------------------------------------ which rows */

static const char *label_of(const rs_result_labels *labels, const char *name) {
    if (strcmp(name, "fault") == 0) return labels->fault;
    if (strcmp(name, "load") == 0) return labels->load;
    if (strcmp(name, "path") == 0) return labels->path;
    if (strcmp(name, "cause") == 0 || strcmp(name, "reason") == 0) return labels->cause;
    return NULL;
}

static int count_labels(const rs_result_labels *labels) {
    return (labels->fault != NULL) + (labels->load != NULL) + (labels->path != NULL) +
           (labels->cause != NULL);
}

/* What was tried again has a row of its own besides that of its death: it counts once, unless it is
 * all that is asked for. */
static bool is_told_twice(const rs_result_labels *labels, const rs_plan_expectation *expectation) {
    bool is_of_roles = rs_metric_has_label(rs_metric_find(expectation->metric), "path");
    if (!is_of_roles || !labels->cause) return false;
    if (strcmp(labels->cause, rs_outage_kind_word(RS_OUTAGE_INIT_RETRY)) != 0) return false;
    for (uint32_t kind = 0; kind < RS_OUTAGE_INIT_RETRY; kind++)
        if (rs_word_matches(expectation->label_glob, rs_outage_kind_word((rs_outage_kind)kind)))
            return true;
    return false;
}

static bool matches_label(const rs_result_labels *labels, const rs_plan_expectation *expectation) {
    if (!expectation->label) return count_labels(labels) == 0;
    if (strcmp(expectation->label, "phase") == 0) return count_labels(labels) == 0;
    const char *label = label_of(labels, expectation->label);
    return label && count_labels(labels) == 1 && rs_word_matches(expectation->label_glob, label) &&
           !is_told_twice(labels, expectation);
}

static bool matches_phase(const rs_result_labels *labels, const rs_plan_expectation *expectation,
                          const char *phase) {
    if (expectation->label && strcmp(expectation->label, "phase") == 0)
        return labels->phase && rs_word_matches(expectation->label_glob, labels->phase);
    if (!phase || !labels->phase) return phase == labels->phase;
    return strcmp(labels->phase, phase) == 0;
}

static bool is_meant(const rs_result_metric *metric, const rs_plan_expectation *expectation,
                     const char *phase) {
    return strcmp(metric->name, expectation->metric) == 0 &&
           matches_phase(&metric->labels, expectation, phase) &&
           matches_label(&metric->labels, expectation);
}

static void gather(rs_gathered *all, const rs_result *result,
                   const rs_plan_expectation *expectation, const char *phase) {
    for (size_t i = 0; i < result->metrics.count; i++) {
        const rs_result_metric *metric = &result->metrics.at[i];
        if (!is_meant(metric, expectation, phase)) continue;
        all->rows++;
        all->known |= metric->value.known;
        all->sum += metric->value.known ? metric->value.value : 0;
        all->unfinished += metric->unfinished;
        if (metric->histogram) rs_histogram_merge(&all->histogram, metric->histogram);
    }
}

static bool measures(const rs_result *result, const rs_plan_expectation *expectation,
                     const char *phase) {
    for (size_t i = 0; i < result->metrics.count; i++) {
        const rs_result_metric *metric = &result->metrics.at[i];
        const char *of = metric->labels.phase;
        if (strcmp(metric->name, expectation->metric) == 0 && (phase == NULL) == (of == NULL) &&
            (metric->value.known || metric->histogram))
            return true;
    }
    return false;
}

/* ------------------------------------------------------------------ values */

/* How long the phases last that an expectation speaks of. */
static double seconds_of(const rs_result *result, const rs_plan_expectation *expectation,
                         const char *phase) {
    bool by_label = expectation->label && strcmp(expectation->label, "phase") == 0;
    double seconds = 0;
    for (size_t i = 0; i < result->phases.count; i++) {
        const rs_result_phase *one = &result->phases.at[i];
        if (phase && strcmp(one->name, phase) != 0) continue;
        if (by_label && !rs_word_matches(expectation->label_glob, one->name)) continue;
        seconds += (double)(one->end_ns - one->start_ns) / 1e9;
    }
    return seconds;
}

static void set(rs_observation *observation, double value) {
    observation->known = true;
    observation->value = value;
}

static void set_open(rs_observation *observation, uint64_t value) {
    observation->never = value == UINT64_MAX;
    set(observation, observation->never ? (double)INFINITY : (double)value);
}

/* A percentile says something when ten samples lie beyond its rank. */
static void set_percentile(rs_observation *observation, const rs_gathered *all,
                           const char *aggregate, double share) {
    uint32_t millionths = (uint32_t)(share * 1e6 + 0.5);
    uint64_t needed = UINT64_C(10000000) / (RS_P100 - millionths);
    set_open(observation,
             rs_histogram_percentile_open(&all->histogram, millionths, all->unfinished));
    if (observation->samples >= needed) return;
    observation->known = false;
    snprintf(observation->why, sizeof observation->why, "%" PRIu64 " samples; %s needs %" PRIu64,
             observation->samples, aggregate, needed);
}

static void set_aggregate(rs_observation *observation, const rs_gathered *all,
                          const char *aggregate, double seconds) {
    double share;
    observation->samples = all->histogram.count + all->unfinished;
    if (strcmp(aggregate, "count") == 0)
        set(observation, (double)observation->samples);
    else if (strcmp(aggregate, "rate") == 0)
        set(observation, (double)observation->samples / seconds);
    else if (observation->samples == 0)
        snprintf(observation->why, sizeof observation->why, "no samples");
    else if (strcmp(aggregate, "min") == 0)
        set_open(observation,
                 all->histogram.count ? rs_histogram_min(&all->histogram) : UINT64_MAX);
    else if (strcmp(aggregate, "max") == 0)
        set_open(observation, all->unfinished ? UINT64_MAX : all->histogram.max);
    else if (strcmp(aggregate, "mean") == 0 && all->unfinished)
        set_open(observation, UINT64_MAX);
    else if (strcmp(aggregate, "mean") == 0)
        set(observation, rs_histogram_mean(&all->histogram));
    else if (rs_metric_percentile(aggregate, &share))
        set_percentile(observation, all, aggregate, share);
}

static void set_value(rs_observation *observation, const rs_gathered *all,
                      const rs_plan_expectation *expectation, double seconds) {
    const rs_metric *metric = rs_metric_find(expectation->metric);
    if (metric->kind == RS_METRIC_HISTOGRAM) {
        set_aggregate(observation, all, expectation->aggregate, seconds);
        return;
    }
    if (all->known)
        set(observation, expectation->aggregate ? all->sum / seconds : all->sum);
    else
        snprintf(observation->why, sizeof observation->why, "not measured in this run");
}

/* Of windows the worst speaks for all; one without samples says nothing, but is no reason to pass.
 */
static void find_window(const rs_result *result, const rs_plan_expectation *expectation,
                        rs_observation *observation) {
    double share = 0;
    for (size_t i = 0; i < result->windows.count; i++) {
        const rs_result_window *row = &result->windows.at[i];
        char start[RS_UNITS_TEXT_BYTES];
        if (strcmp(row->text, expectation->text) != 0) continue;
        observation->known = row->worst.known;
        observation->value = row->worst.value;
        observation->samples = row->samples;
        snprintf(observation->why, sizeof observation->why,
                 "in the worst of %" PRIu64 " windows, from %s on", row->windows,
                 rs_units_format_duration(row->start_ns, start, sizeof start));
    }
    if (!observation->known) snprintf(observation->why, sizeof observation->why, "no samples");
    if (expectation->aggregate && rs_metric_percentile(expectation->aggregate, &share) &&
        observation->known && observation->samples < expectation->min_samples) {
        observation->known = false;
        snprintf(observation->why, sizeof observation->why,
                 "a window has %" PRIu64 " samples; %s needs %" PRIu64, observation->samples,
                 expectation->aggregate, expectation->min_samples);
    }
}

/* Of a share, those that it is a share of. */
static void count_samples(const rs_result *result, const rs_plan_expectation *expectation,
                          const char *phase, rs_observation *observation) {
    rs_plan_expectation issued = *expectation;
    rs_gathered *all = rs_rows_alloc(sizeof *all);
    issued.metric = "calls.issued";
    gather(all, result, &issued, phase);
    observation->samples = (uint64_t)all->sum;
    free(all);
}

/* A count that has no row under a label is 0 when the metric is measured at all; one that is not
 * told apart by phases is judged over the whole run, which is never kinder. */
void rs_observation_find(const rs_result *result, const rs_plan *plan,
                         const rs_plan_expectation *expectation, rs_observation *observation) {
    *observation = (rs_observation){.known = false};
    if (expectation->window_ns) {
        find_window(result, expectation, observation);
        return;
    }
    const char *phase = expectation->during < 0 ? NULL : plan->phases[expectation->during].name;
    rs_gathered *all = rs_rows_alloc(sizeof *all);
    if (phase && !measures(result, expectation, phase) && measures(result, expectation, NULL)) {
        phase = NULL;
        snprintf(observation->why, sizeof observation->why, "over the whole run");
    }
    gather(all, result, expectation, phase);
    bool counts = rs_metric_find(expectation->metric)->kind == RS_METRIC_COUNTER;
    if (all->rows == 0 && counts && measures(result, expectation, phase)) all->known = true;
    set_value(observation, all, expectation, seconds_of(result, expectation, phase));
    free(all);
    if (strcmp(expectation->metric, "calls.availability") == 0)
        count_samples(result, expectation, phase, observation);
}

/* ------------------------------------------------------------------ gates */

static bool is_warmed_up(const rs_result *result, const rs_plan *plan,
                         const rs_plan_expectation *gate) {
    const rs_metric *metric = rs_metric_find(gate->metric);
    bool adds_up = metric->kind == RS_METRIC_HISTOGRAM || metric->kind == RS_METRIC_COUNTER ||
                   strcmp(metric->unit, "per_s") == 0;
    return gate->during < 0 && !gate->label && adds_up && plan->phase_count > 1 &&
           strcmp(plan->phases[0].name, "warm") == 0 &&
           measures(result, gate, plan->phases[1].name);
}

/* Rates add up by the time for which they hold. */
static void add_phase(rs_gathered *all, const rs_result *result, const rs_plan_expectation *gate,
                      const char *phase, double seconds) {
    bool is_rate = rs_metric_find(gate->metric)->kind == RS_METRIC_GAUGE;
    double before = all->sum;
    gather(all, result, gate, phase);
    if (is_rate) all->sum = before + (all->sum - before) * seconds;
}

void rs_observation_gate(const rs_result *result, const rs_plan *plan,
                         const rs_plan_expectation *gate, rs_observation *observation) {
    if (!is_warmed_up(result, plan, gate)) {
        rs_observation_find(result, plan, gate, observation);
        return;
    }
    rs_gathered *all = rs_rows_alloc(sizeof *all);
    double seconds = 0;
    *observation = (rs_observation){.known = false};
    for (uint32_t i = 1; i < plan->phase_count; i++) {
        double lasts = seconds_of(result, gate, plan->phases[i].name);
        add_phase(all, result, gate, plan->phases[i].name, lasts);
        seconds += lasts;
    }
    const rs_metric *metric = rs_metric_find(gate->metric);
    if (metric->kind == RS_METRIC_GAUGE) all->sum /= seconds;
    if (metric->kind == RS_METRIC_COUNTER) all->known = true;
    set_value(observation, all, gate, seconds);
    free(all);
}

/* ------------------------------------------------------------------ for people */

static void print_number(double value, char *text, size_t bytes) {
    if (value >= 0 && value == floor(value) && value < 1e18)
        rs_units_format_count((uint64_t)value, text, bytes);
    else
        snprintf(text, bytes, "%.4g", value);
}

void rs_observation_print(const rs_observation *observation, const rs_plan_expectation *expectation,
                          char *text, size_t bytes) {
    const rs_metric *metric = rs_metric_find(expectation->metric);
    const char *unit = rs_metric_unit(metric, expectation->aggregate);
    double value = observation->value;
    if (observation->never)
        snprintf(text, bytes, "never");
    else if (strcmp(unit, "ns") == 0)
        rs_units_format_duration((uint64_t)(value + 0.5), text, bytes);
    else if (strcmp(unit, "bytes") == 0)
        rs_units_format_bytes((uint64_t)value, text, bytes);
    else if (strcmp(unit, "per_s") == 0)
        rs_units_format_rate(value, text, bytes);
    else if (metric->kind == RS_METRIC_RATIO)
        rs_units_format_share(value, text, bytes);
    else
        print_number(value, text, bytes);
}
