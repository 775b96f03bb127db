/* column.c: the catalogue of a sweep's columns.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/column.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NS    RS_COLUMN_NS
#define PER_S RS_COLUMN_PER_S
#define COUNT RS_COLUMN_COUNT
#define SHARE RS_COLUMN_SHARE

const rs_column rs_columns[RS_COLUMNS] = {
    [RS_COLUMN_AVAILABLE] = {"calls", "available", "calls.availability", 0, SHARE},
    [RS_COLUMN_FAILED] = {"calls", "failed", "calls.failed", 0, COUNT},
    [RS_COLUMN_RESTARTS] = {"", "restarts", "restart.count", 0, COUNT},
    [RS_COLUMN_ESCALATIONS] = {"", "escalations", "escalations", 0, COUNT},
    [RS_COLUMN_SCORES] = {"", "scores lost", "scores.lost", 0, COUNT},
    [RS_COLUMN_WORK_P50] = {"work per restart", "p50", "work.per_restart", RS_P50, COUNT},
    [RS_COLUMN_WORK_MOST] = {"work per restart", "most", "work.per_restart", RS_COLUMN_MOST, COUNT},
    [RS_COLUMN_CALLS] = {"", "calls", "calls.throughput", 0, PER_S},
    [RS_COLUMN_MESSAGES] = {"", "messages", "messages.throughput", 0, PER_S},
    [RS_COLUMN_STARTED_P50] = {"restart started", "p50", "restart.started", RS_P50, NS},
    [RS_COLUMN_STARTED_P99] = {"restart started", "p99", "restart.started", RS_P99, NS},
    [RS_COLUMN_LATENCY_P50] = {"call latency", "p50", "calls.latency", RS_P50, NS},
    [RS_COLUMN_LATENCY_P99] = {"call latency", "p99", "calls.latency", RS_P99, NS},
    [RS_COLUMN_UNCORRECTED_P50] = {"… uncorrected", "p50", "calls.latency_uncorrected", RS_P50, NS},
    [RS_COLUMN_UNCORRECTED_P99] = {"… uncorrected", "p99", "calls.latency_uncorrected", RS_P99, NS},
    [RS_COLUMN_WAIT_P50] = {"waited for a core", "p50", "sched.wait", RS_P50, NS},
    [RS_COLUMN_WAIT_P99] = {"waited for a core", "p99", "sched.wait", RS_P99, NS},
    [RS_COLUMN_WAIT_LONGEST] = {"waited for a core", "longest", "sched.longest_wait", 0, NS},
    [RS_COLUMN_IDLE] = {"cores", "idle", "sched.idle", 0, SHARE},
    [RS_COLUMN_STEALS] = {"", "steals", "sched.steals", 0, COUNT},
    [RS_COLUMN_WAKES] = {"", "wakes", "sched.wakes", 0, COUNT},
    [RS_COLUMN_PREEMPTED] = {"", "preempted", "sched.preemptions", 0, COUNT},
};

/* Where there is a latency from the intended start, the other one says less. */
static bool is_superseded(const rs_column *column, const rs_result *result) {
    if (strcmp(column->metric, "calls.latency_uncorrected") != 0) return false;
    const rs_result_metric *corrected = rs_result_find(result, "calls.latency", NULL);
    return corrected && corrected->histogram;
}

double rs_column_read(rs_column_id id, const rs_result *result) {
    const rs_column *column = &rs_columns[id];
    const rs_result_metric *metric = rs_result_find(result, column->metric, NULL);
    if (!metric || is_superseded(column, result)) return NAN;
    if (!column->millionths) return metric->value.known ? metric->value.value : NAN;
    if (!metric->histogram || metric->histogram->count + metric->unfinished == 0) return NAN;
    if (column->millionths == RS_COLUMN_MOST) return (double)metric->histogram->max;
    uint64_t value =
        rs_histogram_percentile_open(metric->histogram, column->millionths, metric->unfinished);
    return value == UINT64_MAX ? INFINITY : (double)value;
}

static uint64_t whole(double value) {
    return value > 0 ? (uint64_t)(value + 0.5) : 0;
}

/* What lacks a little is not the whole. */
static void print_share(double value, int digits, char text[RS_UNITS_TEXT_BYTES]) {
    double step = pow(10, -digits), percent = value * 100;
    if (value < 1 && percent > 100 - step) percent = 100 - step;
    snprintf(text, RS_UNITS_TEXT_BYTES, "%.*f %%", digits, percent);
}

void rs_column_print(rs_column_id id, double value, char text[RS_UNITS_TEXT_BYTES]) {
    if (isnan(value))
        strcpy(text, "–");
    else if (isinf(value))
        strcpy(text, "never");
    else if (rs_columns[id].unit == NS)
        rs_units_format_duration(whole(value), text, RS_UNITS_TEXT_BYTES);
    else if (rs_columns[id].unit == PER_S)
        rs_units_format_rate(value, text, RS_UNITS_TEXT_BYTES);
    else if (rs_columns[id].unit == SHARE)
        print_share(value, id == RS_COLUMN_AVAILABLE ? 2 : 1, text);
    else
        rs_units_format_count(whole(value), text, RS_UNITS_TEXT_BYTES);
}

const char *rs_column_word(rs_column_id id) {
    if (id == RS_COLUMN_AVAILABLE) return "availability";
    return id == RS_COLUMN_FAILED ? "calls failed" : rs_columns[id].name;
}

bool rs_column_is_calm(rs_column_id id, double value) {
    return isnan(value) || value == (id == RS_COLUMN_AVAILABLE ? 1 : 0);
}
