/* repetition.c: one number per statistic and repetition.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/repetition.h"

#include "scenarios/engine/observation.h"

#include <stdio.h>
#include <string.h>

static bool is_gate(const rs_plan *plan, const char *name) {
    for (uint32_t i = 0; i < plan->gate_count; i++)
        if (strcmp(plan->gate[i].text, name) == 0) return true;
    return false;
}

static void add(rs_result *result, const rs_plan *plan, rs_result_repetition *repetition,
                const char *name, rs_optional value) {
    if (!is_gate(plan, name)) rs_result_add_value(result, repetition, name, value);
}

static void add_percentiles(rs_result *result, const rs_plan *plan,
                            rs_result_repetition *repetition, const rs_result_metric *metric) {
    static const struct {
        const char *name;
        uint32_t millionths;
    } asked[] = {{"p50", RS_P50}, {"p90", RS_P90}, {"p99", RS_P99}, {"p99.9", RS_P999}};
    uint64_t samples = metric->histogram->count + metric->unfinished;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        char name[96];
        uint64_t value = rs_histogram_percentile_open(metric->histogram, asked[i].millionths,
                                                      metric->unfinished);
        bool known = samples && value != UINT64_MAX;
        snprintf(name, sizeof name, "%s.%s", metric->name, asked[i].name);
        add(result, plan, repetition, name, known ? rs_known((double)value) : (rs_optional){0});
    }
}

static bool is_total(const rs_result_metric *metric) {
    return rs_result_labels_equal(&metric->labels, &(rs_result_labels){0});
}

static void add_gates(rs_result *result, const rs_plan *plan, rs_result_repetition *repetition,
                      const rs_result *from) {
    for (uint32_t i = 0; i < plan->gate_count; i++) {
        rs_observation seen;
        rs_observation_gate(from, plan, &plan->gate[i], &seen);
        if (seen.never)
            rs_result_add_never(result, repetition, plan->gate[i].text);
        else
            rs_result_add_value(result, repetition, plan->gate[i].text,
                                seen.known ? rs_known(seen.value) : (rs_optional){0});
    }
}

void rs_repetition_add(rs_result *result, const rs_plan *plan, uint64_t number,
                       const rs_result *from) {
    rs_result_repetition *repetition = rs_result_add_repetition(result);
    repetition->number = number;
    repetition->seed = from->seed;
    repetition->status = from->status;
    add_gates(result, plan, repetition, from);
    for (size_t i = 0; i < from->metrics.count; i++) {
        const rs_result_metric *metric = &from->metrics.at[i];
        if (!is_total(metric)) continue;
        if (metric->histogram)
            add_percentiles(result, plan, repetition, metric);
        else
            add(result, plan, repetition, metric->name, metric->value);
    }
}
