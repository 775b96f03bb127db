/* csv_test.c: tables as Python and SQLite read them.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/sample.h"
#include "reports/formats/test/consumer.h"
#include "reports/formats/test/hostile.h"

#include <math.h>

extern const rs_format rs_format_csv;

static json_t *read_back(const rs_result *result) {
    return consume_json(&rs_format_csv, result,
                        PYTHON "reports/formats/test/csv_read.py \"$FILE\"");
}

/* An empty cell is what is not available. */
static void check_number(const json_t *row, const char *column, bool known, double value) {
    const char *cell = text_in(row, column);
    char *end;
    if (!known) {
        CHECK_STR(cell, "");
        return;
    }
    CHECK(*cell != '\0');
    double read = strtod(cell, &end);
    if (*end || read != value)
        rs_test_fail(__FILE__, __LINE__, "%s of %s is %s, not %.17g", column,
                     text_in(row, "metric"), cell, value);
}

static double open_value(const rs_result_metric *metric, uint32_t millionths) {
    uint64_t value =
        rs_histogram_percentile_open(metric->histogram, millionths, metric->unfinished);
    return value == UINT64_MAX ? (double)INFINITY : (double)value;
}

static void check_histogram(const json_t *row, const rs_result_metric *metric) {
    static const struct {
        const char *column;
        uint32_t millionths;
    } asked[] = {{"p50", RS_P50},    {"p90", RS_P90},      {"p99", RS_P99},
                 {"p99.9", RS_P999}, {"p99.99", RS_P9999}, {"max", RS_P100}};
    const rs_histogram *histogram = metric->histogram;
    check_number(row, "value", false, 0);
    check_number(row, "count", true, (double)histogram->count);
    check_number(row, "unfinished", true, (double)metric->unfinished);
    check_number(row, "sum", true, (double)histogram->sum);
    check_number(row, "min", true, (double)rs_histogram_min(histogram));
    check_number(row, "mean", true,
                 metric->unfinished ? (double)INFINITY : rs_histogram_mean(histogram));
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        check_number(row, asked[i].column, true, open_value(metric, asked[i].millionths));
}

static void check_plain(const json_t *row, const rs_result_metric *metric) {
    static const char *const none[] = {"count", "unfinished", "sum",    "min", "p50", "p90",
                                       "p99",   "p99.9",      "p99.99", "max", "mean"};
    check_number(row, "value", metric->value.known, metric->value.value);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) check_number(row, none[i], false, 0);
}

static void check_text(const json_t *row, const char *column, const char *text) {
    CHECK_STR(text_in(row, column), text ? text : "");
}

static void check_labels(const json_t *row, const rs_result_labels *labels) {
    check_text(row, "phase", labels->phase);
    check_text(row, "fault", labels->fault);
    check_text(row, "load", labels->load);
    check_text(row, "path", labels->path);
    check_text(row, "cause", labels->cause);
}

TEST(a_row_per_metric_and_a_cell_per_number) {
    rs_result *result = sample_result();
    json_t *rows = read_back(result);
    CHECK_INT(json_array_size(rows), result->metrics.count);
    for (size_t i = 0; i < result->metrics.count; i++) {
        const rs_result_metric *metric = &result->metrics.at[i];
        const json_t *row = json_array_get(rows, i);
        check_text(row, "scenario", "high_scores");
        check_text(row, "seed", "0x1");
        check_text(row, "started_at", "2026-03-01T12:00:00Z");
        check_text(row, "status", "complete");
        check_text(row, "verdict", "failed");
        check_text(row, "metric", metric->name);
        check_text(row, "kind", rs_metric_kind_word(metric->kind));
        check_text(row, "unit", metric->unit);
        check_text(row, "better", rs_metric_better_word(metric->better));
        check_labels(row, &metric->labels);
        if (metric->histogram)
            check_histogram(row, metric);
        else
            check_plain(row, metric);
    }
    json_decref(rows), rs_result_destroy(result);
}

TEST(what_is_not_known_is_an_empty_cell) {
    rs_result *result = rs_result_create();
    json_t *rows = read_back(result);
    CHECK_INT(json_array_size(rows), 0);
    json_decref(rows);
    rs_histogram *empty = calloc(1, sizeof *empty);
    rs_result_add_metric(result, "calls.lost", NULL);
    rs_result_add_metric(result, "restart.served", NULL);
    rs_result_add_histogram(result, "restart.served", NULL, empty, 0);
    rs_result_add_histogram(result, "restart.served", NULL, empty, 5);
    rows = read_back(result);
    for (size_t i = 0; i < 2; i++) check_plain(json_array_get(rows, i), &result->metrics.at[i]);
    CHECK_STR(text_in(json_array_get(rows, 2), "count"), "0");
    static const char *const of_samples[] = {"min", "p50", "p99.99", "max", "mean"};
    for (size_t i = 0; i < sizeof of_samples / sizeof *of_samples; i++) {
        check_number(json_array_get(rows, 2), of_samples[i], false, 0);
        check_number(json_array_get(rows, 3), of_samples[i], true, (double)INFINITY);
    }
    CHECK_STR(text_in(json_array_get(rows, 0), "scenario"), "");
    CHECK_STR(text_in(json_array_get(rows, 0), "status"), "aborted");
    json_decref(rows), free(empty), rs_result_destroy(result);
}

TEST(hostile_text_is_neither_cell_nor_formula) {
    rs_result *result = hostile_result();
    json_t *rows = read_back(result);
    char shown[9 * sizeof HOSTILE];
    snprintf(shown, sizeof shown, "'%s", hostile_shown());
    CHECK_INT(json_array_size(rows), result->metrics.count);
    const json_t *row = json_array_get(rows, 1);
    check_text(row, "scenario", shown);
    check_text(row, "phase", shown);
    check_text(row, "cause", shown);
    check_number(row, "sum", false, 0); /* saturated */
    check_number(row, "p50", true, open_value(&result->metrics.at[1], RS_P50));
    check_number(row, "p99", true, (double)INFINITY);
    check_number(json_array_get(rows, 2), "value", true, 1e300);
    check_number(json_array_get(rows, 4), "value", true, -1.5);
    CHECK_STR(text_in(json_array_get(rows, 5), "value"), "0.1");
    json_decref(rows), rs_result_destroy(result);
}

/* What SQLite answers to `query` about the table `t` of `result`. Owner: free() it. */
static char *ask(const rs_result *result, const char *query) {
    char command[1024];
    snprintf(command, sizeof command, "sqlite3 :memory: \".import --csv $FILE t\" \"%s\"", query);
    return consume(&rs_format_csv, result, command);
}

TEST(a_database_computes_with_it) {
    rs_result *result = sample_result();
    char *answer = ask(result, "select count(*), sum(count), min(seed) from t"), expected[256];
    uint64_t samples = 0;
    for (size_t i = 0; i < result->metrics.count; i++)
        if (result->metrics.at[i].histogram) samples += result->metrics.at[i].histogram->count;
    snprintf(expected, sizeof expected, "%zu|%" PRIu64 "|0x1\n", result->metrics.count, samples);
    /* sum() of texts is a real number */
    char *point = strstr(answer, ".0|");
    if (point) memmove(point, point + 2, strlen(point + 2) + 1);
    CHECK_STR(answer, expected);
    free(answer);
    answer = ask(result, "select p50 + 0, [p99.99] + 0 > 1e308, [p99.99] + 0 < 1 from t where "
                         "metric = 'restart.served' and phase = '' and cause = ''");
    const rs_result_metric *served = rs_result_find(result, "restart.served", NULL);
    snprintf(expected, sizeof expected, "%.0f|1|0\n", open_value(served, RS_P50));
    CHECK_STR(answer, expected);
    free(answer), rs_result_destroy(result);
}

TEST(a_database_reads_hostile_text_as_text) {
    rs_result *result = hostile_result();
    char *answer = ask(result, "select distinct scenario from t"), expected[9 * sizeof HOSTILE];
    snprintf(expected, sizeof expected, "'%s\n", hostile_shown());
    CHECK_STR(answer, expected);
    free(answer);
    rs_result_destroy(result);
}

TEST_MAIN()
