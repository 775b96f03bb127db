/* markdown_tables.c: what was measured, as tables.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/markdown_parts.h"
#include "reports/formats/number.h"
#include "reports/outage.h"
#include "runtime/base/units.h"

#include <inttypes.h>
#include <string.h>

static rs_optional value_of(const rs_result *result, const char *name, const char *phase) {
    return rs_result_metric_value(result, name, &(rs_result_labels){.phase = phase});
}

/* ------------------------------------------------------------------ cells */

void rs_markdown_count(rs_optional count, FILE *out) {
    char text[RS_UNITS_TEXT_BYTES] = "–";
    if (count.known && count.value >= 0)
        rs_units_format_count(rs_number_whole(count.value), text, sizeof text);
    rs_markdown_cell(text, out);
}

static void put_bytes(rs_optional bytes, FILE *out) {
    char text[RS_UNITS_TEXT_BYTES] = "–";
    if (bytes.known && bytes.value >= 0)
        rs_units_format_bytes(rs_number_whole(bytes.value), text, sizeof text);
    rs_markdown_cell(text, out);
}

static void put_rate(rs_optional rate, FILE *out) {
    char text[RS_UNITS_TEXT_BYTES] = "–";
    if (rate.known && rate.value >= 0) rs_units_format_rate(rate.value, text, sizeof text);
    rs_markdown_cell(text, out);
}

static void put_share(rs_optional share, FILE *out) {
    char text[RS_UNITS_TEXT_BYTES] = "–";
    if (rs_number_is_share(share)) rs_units_format_share(share.value, text, sizeof text);
    rs_markdown_cell(text, out);
}

static void put_time(uint64_t ns, FILE *out) {
    char text[RS_UNITS_TEXT_BYTES];
    rs_markdown_cell(rs_units_format_duration(ns, text, sizeof text), out);
}

/* ------------------------------------------------------------------ latency */

static void put_quantiles_head(const char *what, FILE *out) {
    fprintf(out,
            "| %s | count | p50 | p90 | p99 | p99.9 | max |\n"
            "|---|--:|--:|--:|--:|--:|--:|\n",
            what);
}

/* The unfinished count as slower than every measured one, as they do in expectations. */
static void put_quantiles(const char *name, const rs_result_metric *metric, FILE *out) {
    static const uint32_t asked[] = {RS_P50, RS_P90, RS_P99, RS_P999, RS_P100};
    const rs_histogram *histogram = metric->histogram;
    rs_markdown_cell(name, out);
    rs_markdown_count(rs_known((double)histogram->count), out);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        uint64_t value = rs_histogram_percentile_open(histogram, asked[i], metric->unfinished);
        if (histogram->count + metric->unfinished == 0)
            rs_markdown_cell("–", out);
        else if (value == UINT64_MAX)
            rs_markdown_cell("never", out);
        else
            put_time(value, out);
    }
    fputs("|\n", out);
}

static const rs_result_metric *find_samples(const rs_result *result, const char *name) {
    const rs_result_metric *metric = rs_result_find(result, name, NULL);
    return metric && metric->histogram ? metric : NULL;
}

/* One of a line of numbers, behind its `words`. What is not known is left out. */
typedef struct fact {
    const char *metric, *words;
} fact;

static void put_facts(const rs_result *result, const fact *facts, size_t count, FILE *out) {
    const char *joint = "\n";
    for (size_t i = 0; i < count; i++) {
        char text[RS_UNITS_TEXT_BYTES];
        rs_optional value = value_of(result, facts[i].metric, NULL);
        if (!value.known || value.value < 0) continue;
        rs_units_format_count(rs_number_whole(value.value), text, sizeof text);
        fprintf(out, "%s%s: %s", joint, facts[i].words, text);
        joint = " · ";
    }
    if (*joint != '\n') fputc('\n', out);
}

void rs_markdown_restarts(const rs_result *result, FILE *out) {
    static const fact facts[] = {{"restart.count", "deaths due a restart"},
                                 {"restart.unfinished", "never finished"},
                                 {"restart.unserved", "never asked"},
                                 {"restart.not_due", "not due one"},
                                 {"escalations", "supervisors that gave up"}};
    if (!value_of(result, "restart.count", NULL).known &&
        !find_samples(result, "restart.reachable"))
        return;
    fputs("#### Restarts\n\n", out);
    put_quantiles_head("from the fault until", out);
    for (unsigned i = 0; i < RS_OUTAGE_STAGE_COUNT; i++) {
        const char *stage = rs_outage_stage_word((rs_outage_stage)i);
        char name[64];
        snprintf(name, sizeof name, "restart.%s", stage);
        const rs_result_metric *metric = find_samples(result, name);
        if (metric) put_quantiles(stage, metric, out);
    }
    put_facts(result, facts, sizeof facts / sizeof *facts, out);
    fputc('\n', out);
}

static void put_failures(const rs_result *result, FILE *out) {
    size_t told = 0;
    for (size_t i = 0; i < result->metrics.count; i++) {
        const rs_result_metric *metric = &result->metrics.at[i];
        rs_result_labels cause = {.cause = metric->labels.cause};
        char text[RS_UNITS_TEXT_BYTES];
        if (strcmp(metric->name, "calls.failed") != 0 || !cause.cause || !metric->value.known ||
            !rs_result_labels_equal(&metric->labels, &cause) || told++ >= RS_MARKDOWN_ROWS)
            continue;
        rs_units_format_count(rs_number_whole(metric->value.value), text, sizeof text);
        fprintf(out, "%s%s ", told == 1 ? "\nfailed by: " : " · ", text);
        rs_markdown_text(cause.cause, out);
    }
    if (told) fputc('\n', out);
    rs_markdown_more(told, out);
}

static void put_availability(const rs_result *result, FILE *out) {
    char text[RS_UNITS_TEXT_BYTES];
    rs_optional calls = value_of(result, "calls.availability", NULL);
    rs_optional windows = value_of(result, "calls.availability_time", NULL);
    if (rs_number_is_share(calls))
        fprintf(out, "\nanswered %s of the calls\n",
                rs_units_format_share(calls.value, text, sizeof text));
    if (rs_number_is_share(windows))
        fprintf(out, "\nevery call answered in %s of the 10 ms windows\n",
                rs_units_format_share(windows.value, text, sizeof text));
}

void rs_markdown_calls(const rs_result *result, FILE *out) {
    static const fact facts[] = {{"calls.issued", "issued"}, {"calls.answered", "answered"},
                                 {"calls.failed", "failed"}, {"calls.open", "open"},
                                 {"calls.lost", "lost"},     {"calls.retries", "retries"}};
    const rs_result_metric *corrected = find_samples(result, "calls.latency");
    const rs_result_metric *uncorrected = find_samples(result, "calls.latency_uncorrected");
    if (!value_of(result, "calls.issued", NULL).known) return;
    fputs("#### Calls\n\n", out);
    if (corrected || uncorrected) put_quantiles_head("latency", out);
    if (corrected) put_quantiles("from the intended start", corrected, out);
    if (uncorrected)
        put_quantiles(corrected ? "uncorrected" : "closed loop, uncorrected", uncorrected, out);
    put_facts(result, facts, sizeof facts / sizeof *facts, out);
    put_failures(result, out);
    put_availability(result, out);
    fputc('\n', out);
}

/* ------------------------------------------------------------------ the plan */

void rs_markdown_faults(const rs_result *result, FILE *out) {
    if (result->faults.count == 0) return;
    fputs("#### Faults\n\n"
          "| fault | how | target | struck | hit | no victim | already dead | survived |\n"
          "|---|---|---|--:|--:|--:|--:|--:|\n",
          out);
    for (size_t i = 0; i < result->faults.count && i < RS_MARKDOWN_ROWS; i++) {
        const rs_result_fault *fault = &result->faults.at[i];
        rs_markdown_cell(fault->id, out);
        rs_markdown_cell(fault->how, out);
        rs_markdown_cell(fault->target, out);
        rs_markdown_count(rs_known((double)fault->struck), out);
        for (size_t k = 0; k < RS_STRIKE_OUTCOME_COUNT; k++)
            rs_markdown_count(rs_known((double)fault->outcomes[k]), out);
        fputs("|\n", out);
    }
    rs_markdown_more(result->faults.count, out);
    fputc('\n', out);
}

void rs_markdown_phases(const rs_result *result, FILE *out) {
    if (result->phases.count == 0) return;
    rs_markdown_fold("Phases", out);
    fputs("| phase | from | until | calls | messages | failed | answered |\n"
          "|---|--:|--:|--:|--:|--:|--:|\n",
          out);
    for (size_t i = 0; i < result->phases.count && i < RS_MARKDOWN_ROWS; i++) {
        const rs_result_phase *phase = &result->phases.at[i];
        rs_markdown_cell(phase->name, out);
        put_time(phase->start_ns, out);
        put_time(phase->end_ns, out);
        put_rate(value_of(result, "calls.throughput", phase->name), out);
        put_rate(value_of(result, "messages.throughput", phase->name), out);
        rs_markdown_count(value_of(result, "calls.failed", phase->name), out);
        put_share(value_of(result, "calls.availability", phase->name), out);
        fputs("|\n", out);
    }
    rs_markdown_more(result->phases.count, out);
    rs_markdown_unfold(out);
}

void rs_markdown_tree(const rs_result *result, FILE *out) {
    if (result->nodes.count == 0) return;
    rs_markdown_fold("Supervision tree", out);
    fputs("| role | what | policy | planned | alive | restarts |\n|---|---|---|--:|--:|--:|\n",
          out);
    for (size_t i = 0; i < result->nodes.count && i < RS_MARKDOWN_ROWS; i++) {
        const rs_result_node *node = &result->nodes.at[i];
        rs_markdown_cell(node->path && *node->path ? node->path : node->id, out);
        rs_markdown_cell(node->kind, out);
        rs_markdown_cell(node->detail, out);
        rs_markdown_count(node->planned, out);
        rs_markdown_count(node->alive, out);
        rs_markdown_count(node->restarts, out);
        fputs("|\n", out);
    }
    rs_markdown_more(result->nodes.count, out);
    rs_markdown_unfold(out);
}

void rs_markdown_memory(const rs_result *result, FILE *out) {
    if (result->memory.count == 0) return;
    rs_markdown_fold("Memory", out);
    fputs("| memory | before | after |\n|---|--:|--:|\n", out);
    for (size_t i = 0; i < result->memory.count && i < RS_MARKDOWN_ROWS; i++) {
        const rs_result_memory *memory = &result->memory.at[i];
        rs_markdown_cell(memory->name, out);
        put_bytes(memory->before, out);
        put_bytes(memory->after, out);
        fputs("|\n", out);
    }
    rs_markdown_more(result->memory.count, out);
    rs_markdown_unfold(out);
}

void rs_markdown_crashes(const rs_result *result, FILE *out) {
    if (result->crash_reasons.count == 0) return;
    rs_markdown_fold("Crashes", out);
    fputs("| crashed | for |\n|--:|---|\n", out);
    for (size_t i = 0; i < result->crash_reasons.count && i < RS_MARKDOWN_ROWS; i++) {
        rs_markdown_count(rs_known((double)result->crash_reasons.at[i].count), out);
        rs_markdown_cell(result->crash_reasons.at[i].reason, out);
        fputs("|\n", out);
    }
    rs_markdown_more(result->crash_reasons.count, out);
    rs_markdown_unfold(out);
}
