/* result.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/result.h"

#include "runtime/base/assert.h"
#include "runtime/base/prng.h"
#include "runtime/base/units.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *time_of_day(rs_result *result) {
    char text[32];
    time_t now = time(NULL);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return rs_result_text(result, text);
}

rs_result *rs_result_create_bare(void) {
    rs_result *result = rs_rows_alloc(sizeof *result);
    result->slowest.slowest = true;
    result->stream_scheme = RS_PRNG_SCHEME;
    return result;
}

rs_result *rs_result_create(void) {
    rs_result *result = rs_result_create_bare();
    result->started_at = time_of_day(result);
    rs_machine_probe(&result->machine);
    rs_machine_build(&result->build);
    return result;
}

void rs_result_destroy(rs_result *result) {
    if (!result) return;
    for (size_t i = 0; i < result->metrics.count; i++) free(result->metrics.at[i].histogram);
    for (size_t i = 0; i < result->repetitions.count; i++)
        free(result->repetitions.at[i].values.at);
    for (size_t i = 0; i < result->findings.count; i++) free(result->findings.at[i].events.at);
    void *rows[] = {
        result->settings.at,      result->phases.at, result->metrics.at,  result->expectations.at,
        result->faults.at,        result->nodes.at,  result->memory.at,   result->repetitions.at,
        result->notes.at,         result->gate.at,   result->misses.at,   result->crashes.at,
        result->crash_reasons.at, result->checks.at, result->findings.at, result->sometimes.at,
        result->windows.at,       result->trust.at,
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) free(rows[i]);
    rs_strikes_fini(&result->first);
    rs_strikes_fini(&result->slowest);
    rs_texts_fini(&result->texts);
    json_decref(result->plan);
    free(result);
}

const char *rs_result_text(rs_result *result, const char *text) {
    return text ? rs_texts_copy(&result->texts, text, strlen(text)) : NULL;
}

const char *rs_result_print(rs_result *result, const char *format, ...) {
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0) rs_panic(__FILE__, __LINE__, "out of memory for the report");
    const char *copy = rs_texts_copy(&result->texts, text, (size_t)length);
    free(text);
    return copy;
}

void rs_result_add_setting(rs_result *result, const char *key, const char *value) {
    rs_result_setting *setting = RS_ROWS_ADD(&result->settings);
    setting->key = rs_result_text(result, key);
    setting->value = rs_result_text(result, value);
}

rs_result_phase *rs_result_add_phase(rs_result *result, const char *name) {
    rs_result_phase *phase = RS_ROWS_ADD(&result->phases);
    phase->name = rs_result_text(result, name);
    return phase;
}

rs_result_expectation *rs_result_add_expectation(rs_result *result, const char *text) {
    rs_result_expectation *expectation = RS_ROWS_ADD(&result->expectations);
    expectation->text = rs_result_text(result, text);
    return expectation;
}

rs_result_fault *rs_result_add_fault(rs_result *result, const char *id) {
    rs_result_fault *fault = RS_ROWS_ADD(&result->faults);
    fault->id = rs_result_text(result, id);
    return fault;
}

rs_result_node *rs_result_add_node(rs_result *result, const char *path) {
    rs_result_node *node = RS_ROWS_ADD(&result->nodes);
    node->path = rs_result_text(result, path);
    return node;
}

rs_result_memory *rs_result_add_memory(rs_result *result, const char *name) {
    rs_result_memory *memory = RS_ROWS_ADD(&result->memory);
    memory->name = rs_result_text(result, name);
    return memory;
}

rs_result_repetition *rs_result_add_repetition(rs_result *result) {
    return RS_ROWS_ADD(&result->repetitions);
}

void rs_result_add_value(rs_result *result, rs_result_repetition *repetition, const char *name,
                         rs_optional value) {
    rs_result_value *row = RS_ROWS_ADD(&repetition->values);
    row->name = rs_result_text(result, name);
    row->value = value;
}

void rs_result_add_never(rs_result *result, rs_result_repetition *repetition, const char *name) {
    rs_result_add_value(result, repetition, name, (rs_optional){0});
    repetition->values.at[repetition->values.count - 1].never = true;
}

rs_result_crash *rs_result_add_crash(rs_result *result, const char *reason) {
    rs_result_crash *crash = RS_ROWS_ADD(&result->crashes);
    crash->reason = rs_result_text(result, reason);
    return crash;
}

void rs_result_add_crash_reason(rs_result *result, const char *reason, uint64_t count) {
    rs_result_reason *row = RS_ROWS_ADD(&result->crash_reasons);
    row->reason = rs_result_text(result, reason);
    row->count = count;
}

rs_result_sometimes *rs_result_add_sometimes(rs_result *result, const char *text) {
    rs_result_sometimes *sometimes = RS_ROWS_ADD(&result->sometimes);
    sometimes->text = rs_result_text(result, text);
    return sometimes;
}

rs_result_window *rs_result_add_window(rs_result *result, const char *text) {
    rs_result_window *window = RS_ROWS_ADD(&result->windows);
    window->text = rs_result_text(result, text);
    return window;
}

void rs_result_add_check(rs_result *result, const char *name) {
    const char **row = RS_ROWS_ADD(&result->checks);
    *row = rs_result_text(result, name);
}

rs_result_finding *rs_result_add_finding(rs_result *result, const char *check) {
    rs_result_finding *finding = RS_ROWS_ADD(&result->findings);
    finding->check = rs_result_text(result, check);
    return finding;
}

void rs_result_add_event(rs_result *result, rs_result_finding *finding, const char *text) {
    const char **row = RS_ROWS_ADD(&finding->events);
    *row = rs_result_text(result, text);
}

static void add_note(rs_result *result, bool warning, const char *text) {
    rs_result_note *note = RS_ROWS_ADD(&result->notes);
    note->warning = warning;
    note->text = rs_result_text(result, text);
}

void rs_result_add_warning(rs_result *result, const char *text) {
    add_note(result, true, text);
}

void rs_result_add_note(rs_result *result, const char *text) {
    add_note(result, false, text);
}

rs_result_condition *rs_result_add_condition(rs_result *result, const char *name) {
    rs_result_condition *condition = RS_ROWS_ADD(&result->trust);
    condition->name = rs_result_text(result, name);
    return condition;
}

void rs_result_add_gate(rs_result *result, const char *name) {
    const char **row = RS_ROWS_ADD(&result->gate);
    *row = rs_result_text(result, name);
}

static rs_result_labels copy_labels(rs_result *result, const rs_result_labels *labels) {
    if (!labels) return (rs_result_labels){0};
    return (rs_result_labels){
        .phase = rs_result_text(result, labels->phase),
        .fault = rs_result_text(result, labels->fault),
        .load = rs_result_text(result, labels->load),
        .path = rs_result_text(result, labels->path),
        .cause = rs_result_text(result, labels->cause),
    };
}

rs_result_metric *rs_result_add_metric(rs_result *result, const char *name,
                                       const rs_result_labels *labels) {
    const rs_metric *known = rs_metric_find(name);
    RS_ASSERT(known);
    rs_result_metric *metric = RS_ROWS_ADD(&result->metrics);
    metric->name = known->name;
    metric->kind = known->kind;
    metric->unit = known->unit;
    metric->better = known->better;
    metric->labels = copy_labels(result, labels);
    return metric;
}

void rs_result_add_number(rs_result *result, const char *name, const rs_result_labels *labels,
                          double value) {
    rs_result_metric *metric = rs_result_add_metric(result, name, labels);
    RS_ASSERT(metric->kind != RS_METRIC_HISTOGRAM);
    metric->value = rs_known(value);
}

void rs_result_add_histogram(rs_result *result, const char *name, const rs_result_labels *labels,
                             const rs_histogram *histogram, uint64_t unfinished) {
    rs_result_metric *metric = rs_result_add_metric(result, name, labels);
    RS_ASSERT(metric->kind == RS_METRIC_HISTOGRAM);
    metric->histogram = rs_rows_alloc(sizeof *histogram);
    *metric->histogram = *histogram;
    metric->unfinished = unfinished;
}

static void add_miss(rs_result *result, const rs_strike *strike) {
    if (result->misses.count < RS_RESULT_MISSES)
        *(rs_strike *)RS_ROWS_ADD(&result->misses) = *strike;
    else
        result->misses_omitted++;
}

void rs_result_add_strike(rs_result *result, const rs_strike *strike) {
    RS_ASSERT(strike->fault < result->faults.count && strike->outcome < RS_STRIKE_OUTCOME_COUNT);
    rs_result_fault *fault = &result->faults.at[strike->fault];
    fault->struck++;
    fault->outcomes[strike->outcome]++;
    bool missed = strike->outcome != RS_STRIKE_HIT;
    bool slow =
        strike->restart_ns != RS_STRIKE_NOT_DUE && rs_strikes_wants(&result->slowest, strike);
    if (!missed && !slow && !rs_strikes_wants(&result->first, strike)) return;
    rs_strike kept = *strike; /* only now is the role worth a copy */
    kept.role = rs_result_text(result, strike->role ? strike->role : "");
    rs_strikes_offer(&result->first, &kept);
    if (slow) rs_strikes_offer(&result->slowest, &kept);
    if (missed) add_miss(result, &kept);
}

bool rs_result_labels_equal(const rs_result_labels *a, const rs_result_labels *b) {
    return rs_texts_equal(a->phase, b->phase) && rs_texts_equal(a->fault, b->fault) &&
           rs_texts_equal(a->load, b->load) && rs_texts_equal(a->path, b->path) &&
           rs_texts_equal(a->cause, b->cause);
}

const rs_result_metric *rs_result_find(const rs_result *result, const char *name,
                                       const rs_result_labels *labels) {
    static const rs_result_labels total;
    if (!labels) labels = &total;
    for (size_t i = 0; i < result->metrics.count; i++) {
        const rs_result_metric *metric = &result->metrics.at[i];
        if (strcmp(metric->name, name) == 0 && rs_result_labels_equal(&metric->labels, labels))
            return metric;
    }
    return NULL;
}

rs_optional rs_result_metric_value(const rs_result *result, const char *name,
                                   const rs_result_labels *labels) {
    const rs_result_metric *metric = rs_result_find(result, name, labels);
    return metric ? metric->value : (rs_optional){0};
}

const char *rs_result_condition_value(const rs_result_condition *condition, rs_optional value,
                                      char *text, size_t size) {
    bool is_time = condition->unit && strcmp(condition->unit, "ns") == 0;
    if (!value.known)
        snprintf(text, size, "–");
    else if (is_time && value.value >= 0 && value.value < 0x1p63)
        rs_units_format_duration((uint64_t)(value.value + 0.5), text, size);
    else
        snprintf(text, size, "%.3g%s", is_time ? value.value : value.value * 100,
                 is_time ? " ns" : " %");
    return text;
}

bool rs_result_is_whole(const rs_result *result) {
    return result->status == RS_RESULT_COMPLETE || result->status == RS_RESULT_UNTRUSTED;
}

const char *rs_result_wrong(const rs_result *result, const char **seen) {
    bool late = false;
    *seen = NULL;
    for (size_t i = 0; i < result->expectations.count; i++) {
        const rs_result_expectation *one = &result->expectations.at[i];
        if (one->verdict != RS_VERDICT_FAILED) continue;
        late |= one->timing;
        if (one->timing || !one->text) continue;
        *seen = one->observed;
        return one->text;
    }
    if (result->verdict != RS_VERDICT_FAILED) return NULL;
    if (result->findings.count && result->findings.at[0].check) {
        *seen = result->findings.at[0].text;
        return result->findings.at[0].check;
    }
    return late ? NULL : result->reason ? result->reason : "its verdict is failed";
}

const char *rs_result_status_word(rs_result_status status) {
    static const char *const words[] = {
#define X(NAME, WORD, SENTENCE) WORD,
        RS_RESULT_STATUSES(X)
#undef X
    };
    RS_ASSERT(status < RS_RESULT_STATUS_COUNT);
    return words[status];
}

const char *rs_result_verdict_word(rs_result_verdict verdict) {
    static const char *const words[] = {
#define X(NAME, WORD) WORD,
        RS_RESULT_VERDICTS(X)
#undef X
    };
    RS_ASSERT(verdict < RS_VERDICT_COUNT);
    return words[verdict];
}
