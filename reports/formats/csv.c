/* csv.c: a table (RFC 4180) with a row per metric: first what ran, so that the tables of many runs
 * can stand below each other, then labels and aggregates in columns of their own.
 * A cell without anything is not available. Infinity is 1e999, which readers of decimal numbers
 * round to it: a word would be text, and SQLite would take it for 0.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/escape.h"
#include "reports/formats/format.h"
#include "reports/formats/number.h"

#include <inttypes.h>
#include <math.h>

#define RUN_COLUMNS "scenario,seed,started_at,status,verdict"
#define MARK        RUN_COLUMNS ",metric,kind,unit,better"
#define HEAD                                                                                       \
    MARK ",phase,fault,load,path,cause,value,count,unfinished,sum,min,p50,p90,p99,p99.9,p99.99,"   \
         "max,mean"
#define SAMPLE_CELLS 8  /* from min on */
#define NUMBER_CELLS 11 /* from count on */

typedef struct table {
    FILE *out;
    bool begun; /* the row has a cell */
} table;

static void begin_cell(table *to) {
    if (to->begun) fputc(',', to->out);
    to->begun = true;
}

static void end_row(table *to) {
    fputs("\r\n", to->out);
    to->begun = false;
}

static void put_text(table *to, const char *text) {
    begin_cell(to);
    if (!text) return;
    fputc('"', to->out);
    rs_escape_put(rs_escape_csv, text, to->out);
    fputc('"', to->out);
}

static void put_nothing(table *to, int cells) {
    for (int i = 0; i < cells; i++) begin_cell(to);
}

static void put_whole(table *to, uint64_t value) {
    begin_cell(to);
    fprintf(to->out, "%" PRIu64, value);
}

static void put_number(table *to, rs_optional number) {
    char text[RS_NUMBER_BYTES];
    begin_cell(to);
    if (!number.known || isnan(number.value)) return;
    if (isinf(number.value))
        fputs(number.value > 0 ? "1e999" : "-1e999", to->out);
    else
        fputs(rs_number_text(number.value, text), to->out);
}

/* The largest value stands for one that never came. */
static void put_open(table *to, uint64_t value) {
    if (value == UINT64_MAX)
        put_number(to, rs_known((double)INFINITY));
    else
        put_whole(to, value);
}

/* As expectations see them: unfinished ones are slower than every other. */
static void put_samples(table *to, const rs_result_metric *metric) {
    static const uint32_t asked[] = {RS_P50, RS_P90, RS_P99, RS_P999, RS_P9999, RS_P100};
    const rs_histogram *histogram = metric->histogram;
    put_open(to, histogram->count ? rs_histogram_min(histogram) : UINT64_MAX);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        put_open(to, rs_histogram_percentile_open(histogram, asked[i], metric->unfinished));
    put_number(to, rs_number_mean(metric));
}

static void put_histogram(table *to, const rs_result_metric *metric) {
    const rs_histogram *histogram = metric->histogram;
    put_nothing(to, 1); /* it has no plain value */
    put_whole(to, histogram->count);
    put_whole(to, metric->unfinished);
    if (histogram->sum == UINT64_MAX)
        put_nothing(to, 1);
    else
        put_whole(to, histogram->sum);
    if (histogram->count + metric->unfinished)
        put_samples(to, metric);
    else
        put_nothing(to, SAMPLE_CELLS);
}

static void put_value(table *to, const rs_result_metric *metric) {
    put_number(to, metric->value);
    put_nothing(to, NUMBER_CELLS);
}

static void put_run(table *to, const rs_result *result) {
    char seed[24];
    snprintf(seed, sizeof seed, "0x%" PRIx64, result->seed);
    put_text(to, result->scenario);
    put_text(to, seed);
    put_text(to, result->started_at);
    put_text(to, rs_result_status_word(result->status));
    put_text(to, rs_result_verdict_word(result->verdict));
}

static void put_metric(table *to, const rs_result_metric *metric) {
    const rs_result_labels *labels = &metric->labels;
    const char *const texts[] = {metric->name,  rs_metric_kind_word(metric->kind),
                                 metric->unit,  rs_metric_better_word(metric->better),
                                 labels->phase, labels->fault,
                                 labels->load,  labels->path,
                                 labels->cause};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) put_text(to, texts[i]);
    if (metric->histogram)
        put_histogram(to, metric);
    else
        put_value(to, metric);
}

static rs_err write_csv(const rs_result *result, FILE *stream) {
    table to = {.out = stream};
    fputs(HEAD, stream);
    end_row(&to);
    for (size_t i = 0; i < result->metrics.count; i++) {
        put_run(&to, result);
        put_metric(&to, &result->metrics.at[i]);
        end_row(&to);
    }
    return ferror(stream) ? RS_EIO : RS_OK;
}

extern const rs_format rs_format_csv;
const rs_format rs_format_csv = {
    .name = "csv",
    .about = "a table with a row per metric, for spreadsheets and databases",
    .extension = "csv",
    .write = write_csv,
    .mark = MARK,
};
