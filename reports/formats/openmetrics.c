/* openmetrics.c: the result for a monitoring system, in base units: OpenMetrics 1.0 text. It has
 * only types that the older Prometheus text has too, so that a Pushgateway or a textfile collector
 * reads it as well, and no timestamps, which those refuse.
 * Told are the metrics of the catalogue, which gives name, type, unit and help of each family, so
 * that a file from elsewhere cannot invent any. What is not available has no line.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/escape.h"
#include "reports/formats/format.h"
#include "reports/formats/number.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define NAME_BYTES 128u
#define MARK       "# HELP respawn_run "

/* One label; without a value there is none. */
typedef struct label {
    const char *name, *value;
} label;

/* What a unit of results is here: the end of a family's name, and by what its values are divided.
 */
typedef struct base {
    const char *unit, *word;
    double divisor;
} base;

static const base bases[] = {
    {"ns", "seconds", 1e9},
    {"bytes", "bytes", 1},
    {"per_s", "per_second", 1},
    {"ratio", "ratio", 1},
};

/* A family of lines under one name. */
typedef struct family {
    char name[NAME_BYTES];
    const base *base; /* NULL: a number of things */
    const char *scenario;
    FILE *out;
} family;

/* ------------------------------------------------------------------ lines */

static void put_number(double value, FILE *out) {
    char text[RS_NUMBER_BYTES];
    if (isinf(value))
        fputs(value > 0 ? "+Inf" : "-Inf", out);
    else
        fputs(rs_number_text(value, text), out);
}

static void put_label(const family *of, const label *one, bool *begun) {
    if (!one->value) return;
    fprintf(of->out, "%s%s=\"", *begun ? "," : "{", one->name);
    rs_escape_put(rs_escape_label, one->value, of->out);
    fputc('"', of->out);
    *begun = true;
}

/* One without a name ends `labels`. `suffix` stands behind the family's name. */
static void put_sample(const family *of, const char *suffix, const label *labels, double value) {
    bool begun = false;
    if (isnan(value)) return;
    fprintf(of->out, "%s%s", of->name, suffix);
    put_label(of, &(label){"scenario", of->scenario}, &begun);
    for (; labels->name; labels++) put_label(of, labels, &begun);
    fputs(begun ? "} " : " ", of->out);
    put_number(value, of->out);
    fputc('\n', of->out);
}

static const base *find_base(const char *unit) {
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
        if (strcmp(bases[i].unit, unit) == 0) return &bases[i];
    return NULL;
}

/* `word` goes into the name behind the metric's: "", "_min". */
static family begin_family(const rs_result *result, const char *name, const char *word,
                           const char *unit, FILE *out) {
    family of = {.base = find_base(unit), .scenario = result->scenario, .out = out};
    int length = snprintf(of.name, sizeof of.name, "respawn_%.60s%.20s", name, word);
    for (char *at = of.name; *at; at++)
        if (*at == '.') *at = '_';
    if (of.base) snprintf(of.name + length, sizeof of.name - (size_t)length, "_%s", of.base->word);
    return of;
}

static void put_head(const family *of, const char *type, const char *before, const char *help) {
    fprintf(of->out, "# HELP %s %s%s\n# TYPE %s %s\n", of->name, before, help, of->name, type);
    if (of->base) fprintf(of->out, "# UNIT %s %s\n", of->name, of->base->word);
}

static double in_base(const family *of, double value) {
    return of->base ? value / of->base->divisor : value;
}

/* ------------------------------------------------------------------ metrics */

#define LABELS_MAX 6u

/* The labels of a metric, with room for one more. Returns how many. */
static size_t take_labels(const rs_result_metric *metric, label labels[LABELS_MAX + 1]) {
    const rs_result_labels *from = &metric->labels;
    const label all[] = {{"phase", from->phase},
                         {"fault", from->fault},
                         {"load", from->load},
                         {"path", from->path},
                         {"cause", from->cause}};
    memset(labels, 0, sizeof *labels * (LABELS_MAX + 1));
    memcpy(labels, all, sizeof all);
    return sizeof all / sizeof *all;
}

/* Writes the lines of one metric under one family. */
typedef void (*tell)(const family *of, const rs_result_metric *metric);

static void tell_value(const family *of, const rs_result_metric *metric) {
    label labels[LABELS_MAX + 1];
    if (!metric->value.known) return;
    take_labels(metric, labels);
    put_sample(of, "", labels, in_base(of, metric->value.value));
}

/* A count that is none is left out. */
static void tell_total(const family *of, const rs_result_metric *metric) {
    label labels[LABELS_MAX + 1];
    if (!metric->value.known || !(metric->value.value >= 0) || isinf(metric->value.value)) return;
    take_labels(metric, labels);
    put_sample(of, "_total", labels, in_base(of, metric->value.value));
}

static void tell_quantiles(const family *of, const rs_result_metric *metric) {
    static const struct {
        const char *word;
        uint32_t millionths;
    } asked[] = {{"0.5", RS_P50},
                 {"0.9", RS_P90},
                 {"0.99", RS_P99},
                 {"0.999", RS_P999},
                 {"0.9999", RS_P9999}};
    label labels[LABELS_MAX + 1];
    size_t last = take_labels(metric, labels);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        uint64_t value = rs_histogram_percentile_open(metric->histogram, asked[i].millionths,
                                                      metric->unfinished);
        labels[last] = (label){"quantile", asked[i].word};
        put_sample(of, "", labels,
                   value == UINT64_MAX ? (double)INFINITY : in_base(of, (double)value));
    }
}

/* Count and sum are of the samples that ended; a saturated sum says nothing. */
static void tell_summary(const family *of, const rs_result_metric *metric) {
    const rs_histogram *histogram = metric->histogram;
    label labels[LABELS_MAX + 1];
    if (!histogram) return;
    take_labels(metric, labels);
    if (histogram->count + metric->unfinished) tell_quantiles(of, metric);
    put_sample(of, "_count", labels, (double)histogram->count);
    if (histogram->sum != UINT64_MAX)
        put_sample(of, "_sum", labels, in_base(of, (double)histogram->sum));
}

static void tell_least(const family *of, const rs_result_metric *metric) {
    label labels[LABELS_MAX + 1];
    if (!metric->histogram || !metric->histogram->count) return;
    take_labels(metric, labels);
    put_sample(of, "", labels, in_base(of, (double)rs_histogram_min(metric->histogram)));
}

static void tell_most(const family *of, const rs_result_metric *metric) {
    label labels[LABELS_MAX + 1];
    if (!metric->histogram || !metric->histogram->count) return;
    take_labels(metric, labels);
    put_sample(of, "", labels, in_base(of, (double)metric->histogram->max));
}

static void tell_unfinished(const family *of, const rs_result_metric *metric) {
    label labels[LABELS_MAX + 1];
    if (!metric->histogram) return;
    take_labels(metric, labels);
    put_sample(of, "", labels, (double)metric->unfinished);
}

/* Whether the file means what the catalogue does by that name. */
static bool is_of(const rs_metric *metric, const rs_result_metric *row) {
    return strcmp(row->name, metric->name) == 0 && row->kind == metric->kind && row->unit &&
           strcmp(row->unit, metric->unit) == 0;
}

static void put_rows(const family *of, const rs_result *result, const rs_metric *metric,
                     tell tell_one) {
    for (size_t i = 0; i < result->metrics.count; i++)
        if (is_of(metric, &result->metrics.at[i])) tell_one(of, &result->metrics.at[i]);
}

static void put_gauge(const rs_result *result, const rs_metric *metric, const char *word,
                      const char *before, const char *unit, tell tell_one, FILE *out) {
    family of = begin_family(result, metric->name, word, unit, out);
    put_head(&of, "gauge", before, metric->about);
    put_rows(&of, result, metric, tell_one);
}

static void put_distribution(const rs_result *result, const rs_metric *metric, FILE *out) {
    family of = begin_family(result, metric->name, "", metric->unit, out);
    put_head(&of, "summary", "", metric->about);
    put_rows(&of, result, metric, tell_summary);
    put_gauge(result, metric, "_min", "the least: ", metric->unit, tell_least, out);
    put_gauge(result, metric, "_max", "the most of what ended: ", metric->unit, tell_most, out);
    put_gauge(result, metric, "_unfinished", "how many never ended: ", "1", tell_unfinished, out);
}

static void put_metric(const rs_result *result, const rs_metric *metric, FILE *out) {
    if (metric->kind == RS_METRIC_HISTOGRAM) {
        put_distribution(result, metric, out);
    } else if (metric->kind == RS_METRIC_COUNTER) {
        family of = begin_family(result, metric->name, "", metric->unit, out);
        put_head(&of, "counter", "", metric->about);
        put_rows(&of, result, metric, tell_total);
    } else {
        const char *unit = metric->kind == RS_METRIC_RATIO ? "ratio" : metric->unit;
        put_gauge(result, metric, "", "", unit, tell_value, out);
    }
}

static void put_metrics(const rs_result *result, FILE *out) {
    for (const rs_metric *metric = rs_metrics; metric->name; metric++)
        for (size_t i = 0; i < result->metrics.count; i++)
            if (is_of(metric, &result->metrics.at[i])) {
                put_metric(result, metric, out);
                break;
            }
}

/* ------------------------------------------------------------------ the rest */

/* Labels of a gauge that is always 1: what there is to know about the run as text. */
static void put_run(const rs_result *result, FILE *out) {
    char seed[24];
    snprintf(seed, sizeof seed, "0x%" PRIx64, result->seed);
    const label labels[] = {{"status", rs_result_status_word(result->status)},
                            {"verdict", rs_result_verdict_word(result->verdict)},
                            {"clock", result->clock},
                            {"scheduler", result->scheduler},
                            {"seed", seed},
                            {"started_at", result->started_at},
                            {"version", result->build.version[0] ? result->build.version : NULL},
                            {NULL, NULL}};
    family of = begin_family(result, "run", "", "1", out);
    put_head(&of, "gauge", "", "what ran and how it ended; always 1");
    put_sample(&of, "", labels, 1);
    if (!result->elapsed_ns) return;
    of = begin_family(result, "elapsed", "", "ns", out);
    put_head(&of, "gauge", "", "how long it took by the wall");
    put_sample(&of, "", &(label){NULL, NULL}, in_base(&of, (double)result->elapsed_ns));
}

/* Of --set come expectations without a place, and the same one perhaps twice: their index, as in
 * the result, tells them apart. */
static void put_expectations(const rs_result *result, FILE *out) {
    family of = begin_family(result, "expectation", "", "1", out);
    if (result->expectations.count)
        put_head(&of, "gauge", "", "what was expected, and the verdict on it; always 1");
    for (size_t i = 0; i < result->expectations.count; i++) {
        const rs_result_expectation *row = &result->expectations.at[i];
        char index[24], line[24], column[24];
        snprintf(index, sizeof index, "%zu", i);
        snprintf(line, sizeof line, "%" PRIu64, row->line);
        snprintf(column, sizeof column, "%" PRIu64, row->column);
        const label labels[] = {{"index", index},
                                {"expectation", row->text},
                                {"verdict", rs_result_verdict_word(row->verdict)},
                                {"file", row->file},
                                {"line", row->line ? line : NULL},
                                {"column", row->line ? column : NULL},
                                {NULL, NULL}};
        put_sample(&of, "", labels, 1);
    }
}

static void put_memory(const rs_result *result, FILE *out) {
    family of = begin_family(result, "memory_category", "", "bytes", out);
    if (result->memory.count)
        put_head(&of, "gauge", "", "memory by category, before the first fault and at the end");
    for (size_t i = 0; i < result->memory.count; i++) {
        const rs_result_memory *row = &result->memory.at[i];
        label labels[] = {{"category", row->name}, {"at", "before"}, {NULL, NULL}};
        if (row->before.known) put_sample(&of, "", labels, row->before.value);
        labels[1].value = "end";
        if (row->after.known) put_sample(&of, "", labels, row->after.value);
    }
}

static void put_trust(const rs_result *result, FILE *out) {
    family of = begin_family(result, "condition_spoiled", "", "1", out);
    if (result->trust.count)
        put_head(&of, "gauge", "", "whether a condition of the machine spoiled the numbers");
    for (size_t i = 0; i < result->trust.count; i++) {
        const rs_result_condition *row = &result->trust.at[i];
        const label labels[] = {{"condition", row->name}, {NULL, NULL}};
        if (row->observed.known) put_sample(&of, "", labels, row->spoiled);
    }
}

static rs_err write_openmetrics(const rs_result *result, FILE *stream) {
    put_run(result, stream);
    put_expectations(result, stream);
    put_metrics(result, stream);
    put_memory(result, stream);
    put_trust(result, stream);
    fputs("# EOF\n", stream);
    return ferror(stream) ? RS_EIO : RS_OK;
}

extern const rs_format rs_format_openmetrics;
const rs_format rs_format_openmetrics = {
    .name = "openmetrics",
    .about = "numbers in base units for Prometheus and its kin, as OpenMetrics text",
    .extension = "om",
    .write = write_openmetrics,
    .mark = MARK,
};
