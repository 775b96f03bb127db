/* terminal_latency.c: restarts by stage, calls by outcome, waits for a core; how long each took.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/number.h"
#include "reports/formats/terminal_parts.h"
#include "reports/outage.h"
#include "runtime/base/units.h"

#include <string.h>

#define LABEL_COLUMNS 22
#define COUNT_COLUMNS 8

/* Five times share what is left of the line. */
static unsigned time_columns(const rs_paint *paint) {
    unsigned share = (paint->width - LABEL_COLUMNS - 2 - COUNT_COLUMNS) / 5;
    return share < 11 ? share : 11;
}

static void paint_time(rs_paint *paint, uint64_t ns, bool never) {
    char text[RS_UNITS_TEXT_BYTES] = "never";
    if (!never) rs_units_format_duration(ns, text, sizeof text);
    rs_paint_right(paint, never ? RS_PAINT_BAD : RS_PAINT_PLAIN, time_columns(paint), text);
}

static void paint_quantiles_head(rs_paint *paint) {
    static const char *const names[] = {"count", "p50", "p90", "p99", "p99.9", "max"};
    rs_paint_to(paint, LABEL_COLUMNS + 2);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        rs_paint_right(paint, RS_PAINT_DIM, i ? time_columns(paint) : COUNT_COLUMNS, names[i]);
    rs_paint_end(paint);
}

/* The unfinished count as slower than every measured one, as they do in expectations. */
static void paint_numbers(rs_paint *paint, const rs_result_metric *metric) {
    static const uint32_t asked[] = {RS_P50, RS_P90, RS_P99, RS_P999, RS_P100};
    const rs_histogram *histogram = metric->histogram;
    rs_terminal_count(paint, COUNT_COLUMNS, rs_known((double)histogram->count));
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        uint64_t value = rs_histogram_percentile_open(histogram, asked[i], metric->unfinished);
        if (histogram->count + metric->unfinished == 0)
            rs_paint_right(paint, RS_PAINT_DIM, time_columns(paint), "–");
        else
            paint_time(paint, value, value == UINT64_MAX);
    }
    rs_paint_end(paint);
}

static void paint_quantiles(rs_paint *paint, const char *name, const rs_result_metric *metric) {
    rs_paint_to(paint, 2);
    rs_paint_left(paint, RS_PAINT_PLAIN, LABEL_COLUMNS, name);
    paint_numbers(paint, metric);
}

static bool paint_metric(rs_paint *paint, const rs_result *result, const char *label,
                         const char *name, const char *cause) {
    rs_result_labels labels = {.cause = cause};
    const rs_result_metric *metric = rs_result_find(result, name, &labels);
    if (!metric || !metric->histogram) return false;
    paint_quantiles(paint, label, metric);
    return true;
}

static bool only_labelled_by_cause(const rs_result_metric *metric) {
    rs_result_labels only = {.cause = metric->labels.cause};
    return metric->labels.cause && rs_result_labels_equal(&metric->labels, &only);
}

static void paint_causes(rs_paint *paint, const rs_result *result) {
    for (size_t i = 0; i < result->metrics.count; i++) {
        const rs_result_metric *metric = &result->metrics.at[i];
        if (strcmp(metric->name, "restart.reachable") != 0 || !metric->histogram ||
            !only_labelled_by_cause(metric) || strcmp(metric->labels.cause, "fault") == 0)
            continue;
        rs_paint_to(paint, 2);
        rs_paint_left_print(paint, RS_PAINT_PLAIN, LABEL_COLUMNS, "reachable, %s",
                            metric->labels.cause);
        paint_numbers(paint, metric);
    }
}

/* Writes `number words` when the number is known and not 0; `word` is for one. */
static void paint_some(rs_paint *paint, rs_optional count, const char *word, const char *words,
                       rs_paint_style style) {
    char number[RS_UNITS_TEXT_BYTES];
    if (!count.known || count.value <= 0) return;
    rs_units_format_count(rs_number_whole(count.value), number, sizeof number);
    rs_terminal_item_print(paint, style, 2, "%s %s", number, count.value == 1 ? word : words);
}

static void paint_work(rs_paint *paint, const rs_result *result) {
    const rs_result_metric *work = rs_result_find(result, "work.per_restart", NULL);
    char median[RS_UNITS_TEXT_BYTES], most[RS_UNITS_TEXT_BYTES];
    if (!work || !work->histogram || work->histogram->max == 0) return;
    rs_units_format_count(rs_histogram_percentile(work->histogram, RS_P50), median, sizeof median);
    rs_units_format_count(work->histogram->max, most, sizeof most);
    rs_terminal_item_print(paint, RS_PAINT_PLAIN, 2, "%s step%s of work each (median), %s at most",
                           median, strcmp(median, "1") == 0 ? "" : "s", most);
}

static void paint_restart_counts(rs_paint *paint, const rs_result *result) {
    paint_some(paint, rs_result_metric_value(result, "restart.count", NULL), "restart was due",
               "restarts were due", RS_PAINT_PLAIN);
    paint_some(paint, rs_result_metric_value(result, "restart.unfinished", NULL), "never finished",
               "never finished", RS_PAINT_BAD);
    paint_some(paint, rs_result_metric_value(result, "restart.unserved", NULL), "was never asked",
               "were never asked", RS_PAINT_PLAIN);
    paint_some(paint, rs_result_metric_value(result, "restart.not_due", NULL),
               "death not due a restart", "deaths not due a restart", RS_PAINT_PLAIN);
    paint_some(paint, rs_result_metric_value(result, "escalations", NULL), "supervisor gave up",
               "supervisors gave up", RS_PAINT_BAD);
    paint_work(paint, result);
    if (paint->column) rs_paint_end(paint);
}

/* Zeros say that nobody died, which the tree and the phases tell already. */
static bool is_restart(const rs_result_metric *metric) {
    if (strncmp(metric->name, "restart.", 8) != 0) return false;
    if (metric->histogram) return metric->histogram->count + metric->unfinished > 0;
    return metric->value.known && metric->value.value > 0;
}

static bool has_restarts(const rs_result *result) {
    for (size_t i = 0; i < result->metrics.count; i++)
        if (is_restart(&result->metrics.at[i])) return true;
    return false;
}

void rs_terminal_restarts(rs_paint *paint, const rs_result *result) {
    if (!has_restarts(result)) return;
    rs_terminal_heading(paint, "RESTARTS");
    paint_quantiles_head(paint);
    for (unsigned i = 0; i < RS_OUTAGE_STAGE_COUNT; i++) {
        const char *stage = rs_outage_stage_word((rs_outage_stage)i);
        char name[64];
        snprintf(name, sizeof name, "restart.%s", stage);
        paint_metric(paint, result, stage, name, NULL);
    }
    paint_causes(paint, result);
    paint_restart_counts(paint, result);
}

static void paint_reasons(rs_paint *paint, const rs_result *result, const char *name,
                          const char *what) {
    for (size_t i = 0; i < result->metrics.count; i++) {
        const rs_result_metric *metric = &result->metrics.at[i];
        char number[RS_UNITS_TEXT_BYTES];
        if (strcmp(metric->name, name) != 0 || !only_labelled_by_cause(metric)) continue;
        if (!metric->value.known || metric->value.value <= 0) continue;
        rs_units_format_count(rs_number_whole(metric->value.value), number, sizeof number);
        rs_terminal_item_print(paint, RS_PAINT_PLAIN, 2, "%s %s %s", number, what,
                               metric->labels.cause);
    }
    if (paint->column) rs_paint_end(paint);
}

static void paint_count(rs_paint *paint, const rs_result *result, const char *name,
                        const char *word, bool bad) {
    char text[RS_UNITS_TEXT_BYTES] = "–";
    rs_optional count = rs_result_metric_value(result, name, NULL);
    if (count.known) rs_units_format_count(rs_number_whole(count.value), text, sizeof text);
    bad = bad && count.known && count.value > 0;
    rs_paint_print(paint, bad ? RS_PAINT_BAD : RS_PAINT_PLAIN, "%s %s", text, word);
}

static void paint_outcomes(rs_paint *paint, const rs_result *result) {
    rs_paint_to(paint, 2);
    paint_count(paint, result, "calls.issued", "issued = ", false);
    paint_count(paint, result, "calls.answered", "answered + ", false);
    paint_count(paint, result, "calls.failed", "failed", false);
    rs_paint_text(paint, RS_PAINT_PLAIN, " + ");
    paint_count(paint, result, "calls.open", "open", true);
    rs_paint_text(paint, RS_PAINT_DIM, " · ");
    paint_count(paint, result, "calls.lost", "lost", true);
    rs_paint_end(paint);
}

/* What clients add to the load of their own when calls fail. */
static void paint_attempts(rs_paint *paint, const rs_result *result) {
    rs_optional issued = rs_result_metric_value(result, "calls.issued", NULL);
    rs_optional attempts = rs_result_metric_value(result, "calls.attempts", NULL);
    char text[128];
    paint_some(paint, rs_result_metric_value(result, "calls.retries", NULL), "retry", "retries",
               RS_PAINT_PLAIN);
    if (!paint->column) return;
    if (attempts.known && issued.value > 0) {
        snprintf(text, sizeof text, "%.2f attempts for each call", attempts.value / issued.value);
        rs_terminal_item(paint, RS_PAINT_PLAIN, 2, text);
    }
    rs_paint_end(paint);
}

/* Writes `share of what` when the share is known. */
static void paint_share(rs_paint *paint, rs_optional share, const char *before, const char *after) {
    char text[128], number[RS_UNITS_TEXT_BYTES];
    if (!rs_number_is_share(share)) return;
    rs_units_format_share(share.value, number, sizeof number);
    snprintf(text, sizeof text, "%s %s %s", before, number, after);
    rs_terminal_item(paint, RS_PAINT_PLAIN, 2, text);
}

static void paint_availability(rs_paint *paint, const rs_result *result) {
    paint_share(paint, rs_result_metric_value(result, "calls.availability", NULL), "answered",
                "of the calls");
    paint_share(paint, rs_result_metric_value(result, "calls.availability_time", NULL),
                "every call answered in", "of the 10 ms windows");
    if (paint->column) rs_paint_end(paint);
}

/* Says what a latency is: from the intended start, or without that correction. */
static void paint_call_latency(rs_paint *paint, const rs_result *result) {
    const rs_result_metric *corrected = rs_result_find(result, "calls.latency", NULL);
    bool open_loop = corrected && corrected->histogram;
    if (open_loop) paint_quantiles(paint, "from intended start", corrected);
    paint_metric(paint, result, open_loop ? "uncorrected" : "latency (uncorrected)",
                 "calls.latency_uncorrected", NULL);
    if (open_loop || !rs_result_find(result, "calls.latency_uncorrected", NULL)) return;
    rs_paint_to(paint, 2);
    rs_paint_wrap(paint, RS_PAINT_DIM,
                  "closed loop: a client that waits issues nothing, so slow answers weigh too "
                  "little");
}

void rs_terminal_calls(rs_paint *paint, const rs_result *result) {
    rs_optional issued = rs_result_metric_value(result, "calls.issued", NULL);
    if (!issued.known) return;
    rs_terminal_heading(paint, "CALLS");
    paint_quantiles_head(paint);
    paint_call_latency(paint, result);
    paint_outcomes(paint, result);
    paint_attempts(paint, result);
    paint_reasons(paint, result, "calls.failed", "failed by");
    paint_availability(paint, result);
}

static void paint_longest(rs_paint *paint, const rs_result *result) {
    char text[128], number[RS_UNITS_TEXT_BYTES];
    rs_optional longest = rs_result_metric_value(result, "sched.longest_wait", NULL);
    if (!longest.known) return;
    rs_units_format_duration(rs_number_whole(longest.value), number, sizeof number);
    snprintf(text, sizeof text, "longest wait %s", number);
    rs_terminal_item(paint, RS_PAINT_PLAIN, 2, text);
}

/* What schedulers do besides, in the order in which it costs more and more. */
static void paint_doings(rs_paint *paint, const rs_result *result) {
    static const char *const doings[][3] = {{"sched.steals", "steal", "steals"},
                                            {"sched.parks", "park", "parks"},
                                            {"sched.wakes", "wake", "wakes"},
                                            {"sched.preemptions", "preemption", "preemptions"}};
    for (size_t i = 0; i < sizeof doings / sizeof *doings; i++)
        paint_some(paint, rs_result_metric_value(result, doings[i][0], NULL), doings[i][1],
                   doings[i][2], RS_PAINT_PLAIN);
    paint_share(paint, rs_result_metric_value(result, "sched.idle", NULL), "cores idle",
                "of the time");
    if (paint->column) rs_paint_end(paint);
}

void rs_terminal_scheduling(rs_paint *paint, const rs_result *result) {
    const rs_result_metric *wait = rs_result_find(result, "sched.wait", NULL);
    if (!wait || !wait->histogram || wait->histogram->count == 0) return;
    rs_terminal_heading(paint, "SCHEDULING");
    paint_quantiles_head(paint);
    paint_quantiles(paint, "ready → running", wait);
    paint_longest(paint, result);
    paint_doings(paint, result);
    if (result->clock && strcmp(result->clock, "real") != 0) return;
    rs_paint_to(paint, 2);
    rs_paint_wrap(paint, RS_PAINT_DIM,
                  "about one wait in 128 is timed, by chance; the longest is looked for among all");
}

void rs_terminal_upgrades(rs_paint *paint, const rs_result *result) {
    if (!rs_result_find(result, "upgrade.suspended", NULL)) return;
    rs_terminal_heading(paint, "UPGRADES");
    paint_quantiles_head(paint);
    paint_metric(paint, result, "suspended", "upgrade.suspended", NULL);
    paint_some(paint, rs_result_metric_value(result, "upgrade.count", NULL), "process was changed",
               "processes were changed", RS_PAINT_PLAIN);
    paint_some(paint, rs_result_metric_value(result, "upgrade.failed", NULL),
               "could not be changed", "could not be changed", RS_PAINT_BAD);
    paint_reasons(paint, result, "upgrade.failed", "refused:");
    paint_some(paint, rs_result_metric_value(result, "upgrade.taken_back", NULL),
               "version was taken back", "versions were taken back", RS_PAINT_BAD);
    if (paint->column) rs_paint_end(paint);
}
