/* baseline.c: from results to sessions.
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/baseline.h"

#include "reports/verdict/sessions.h"
#include "reports/verdict/verdict.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AGGREGATE_BYTES 16u
#define SUBJECT_BYTES   512u
#define BLANKS          " \t\n"

/* ------------------------------------------------------------------ gates */

/* What follows a metric's name: "", ".aggregate", "{label=glob}.aggregate". */
static bool read_aggregate(const char *rest, char aggregate[AGGREGATE_BYTES]) {
    if (*rest == '{') {
        const char *end = strchr(rest, '}');
        if (!end) return false;
        rest = end + 1;
    }
    if (*rest == 0) return true;
    if (*rest != '.' || strlen(rest) > AGGREGATE_BYTES) return false;
    snprintf(aggregate, AGGREGATE_BYTES, "%s", rest + 1);
    return true;
}

bool rs_baseline_gate_read(rs_baseline_gate *gate, const char *name) {
    char subject[SUBJECT_BYTES], aggregate[AGGREGATE_BYTES] = "";
    const char *rest, *begin = name + strspn(name, BLANKS); /* perhaps " during PHASE" behind it */
    snprintf(subject, sizeof subject, "%.*s", (int)strcspn(begin, BLANKS), begin);
    const rs_metric *metric = rs_metric_split(subject, &rest);
    if (!metric || !read_aggregate(rest, aggregate)) return false;
    const char *asked = *aggregate ? aggregate : NULL;
    if (!rs_metric_takes(metric, asked)) return false;
    gate->name = name;
    gate->unit = rs_metric_unit(metric, asked);
    gate->better = rs_experiment_better(metric, asked);
    gate->tail = 0;
    if (asked) rs_metric_percentile(asked, &gate->tail);
    return true;
}

static double value_of(const rs_result_repetition *repetition, const char *name) {
    for (size_t i = 0; i < repetition->values.count; i++) {
        const rs_result_value *row = &repetition->values.at[i];
        if (strcmp(row->name, name) != 0) continue;
        return row->never ? (double)INFINITY : row->value.known ? row->value.value : (double)NAN;
    }
    return (double)NAN;
}

static bool say(char *why, size_t bytes, const char *text) {
    snprintf(why, bytes, "%s", text);
    return false;
}

static const char *copy(rs_baseline *baseline, const char *text) {
    return text ? rs_texts_copy(&baseline->texts, text, strlen(text)) : NULL;
}

static bool read_gate(rs_baseline *baseline, rs_baseline_gate *gate, const char *name,
                      const rs_result *result, char *why, size_t bytes) {
    if (!rs_baseline_gate_read(gate, copy(baseline, name))) {
        snprintf(why, bytes, "its gate '%.100s' is no metric of this respawn", name);
        return false;
    }
    gate->values = rs_rows_alloc(sizeof *gate->values * result->repetitions.count);
    for (size_t i = 0; i < result->repetitions.count; i++) {
        gate->values[i] = value_of(&result->repetitions.at[i], name);
        if (gate->values[i] < 0) return say(why, bytes, "it has a number below 0");
    }
    return true;
}

/* ------------------------------------------------------------------ sessions */

/* The clock and the seed are what they are, whoever said so. */
static bool is_said_above(const char *key) {
    return strcmp(key, "runtime.clock") == 0 || strcmp(key, "runtime.seed") == 0;
}

static void take_settings(rs_baseline *baseline, rs_baseline_session *session,
                          const rs_result *result) {
    for (size_t i = 0; i < result->settings.count; i++) {
        const rs_result_setting *from = &result->settings.at[i];
        if (!from->key || !from->value || is_said_above(from->key)) continue;
        rs_result_setting *setting = RS_ROWS_ADD(&session->settings);
        setting->key = copy(baseline, from->key);
        setting->value = copy(baseline, from->value);
    }
}

static bool is_whole(const rs_baseline *baseline, const rs_result *result, char *why,
                     size_t bytes) {
    bool has_clock = result->clock &&
                     (strcmp(result->clock, "real") == 0 || strcmp(result->clock, "virtual") == 0);
    if (!result->scenario || !result->scenario_hash || !has_clock || !result->started_at)
        return say(why, bytes, "it does not say its scenario, clock and time");
    if (result->gate.count == 0) return say(why, bytes, "its scenario has no 'gate' to compare by");
    if (result->gate.count > RS_EXPERIMENT_METRICS)
        return say(why, bytes, "its 'gate' has more metrics than a scenario may gate");
    if (result->repetitions.count == 0) return say(why, bytes, "it has no repetitions");
    if (!rs_baseline_has_room(baseline, result->gate.count * result->repetitions.count))
        return say(why, bytes, "there is no room for another session: begin a new baseline");
    return true;
}

bool rs_baseline_has_room(const rs_baseline *baseline, uint64_t numbers) {
    for (size_t i = 0; i < baseline->sessions.count; i++) {
        const rs_baseline_session *session = &baseline->sessions.at[i];
        numbers += (uint64_t)session->gate_count * session->repetitions;
    }
    return baseline->sessions.count < RS_SESSIONS_MAX && numbers <= RS_BASELINE_NUMBERS_MAX;
}

bool rs_baseline_add(rs_baseline *baseline, const rs_result *result, const char *source, char *why,
                     size_t bytes) {
    if (!is_whole(baseline, result, why, bytes)) return false;
    rs_baseline_session *session = RS_ROWS_ADD(&baseline->sessions);
    session->source = copy(baseline, source);
    session->scenario = copy(baseline, result->scenario);
    session->scenario_hash = copy(baseline, result->scenario_hash);
    session->clock = copy(baseline, result->clock);
    session->started_at = copy(baseline, result->started_at);
    session->trace_hash = copy(baseline, result->trace_hash);
    session->elapsed_ns = result->elapsed_ns;
    session->seed = result->seed;
    session->machine = result->machine;
    session->build = result->build;
    take_settings(baseline, session, result);
    session->repetitions = (uint32_t)result->repetitions.count;
    for (size_t i = 0; i < result->gate.count; i++) {
        rs_baseline_gate *gate = &session->gates[session->gate_count++];
        if (!read_gate(baseline, gate, result->gate.at[i], result, why, bytes)) return false;
    }
    return true;
}

double rs_baseline_number(const rs_baseline_session *session, uint32_t gate) {
    return rs_verdict_median(session->gates[gate].values, session->repetitions);
}

bool rs_baseline_is_virtual(const rs_baseline_session *session) {
    return strcmp(session->clock, "virtual") == 0;
}

void rs_baseline_fini(rs_baseline *baseline) {
    for (size_t i = 0; i < baseline->sessions.count; i++) {
        rs_baseline_session *session = &baseline->sessions.at[i];
        for (uint32_t k = 0; k < session->gate_count; k++) free(session->gates[k].values);
        free(session->settings.at);
    }
    free(baseline->sessions.at);
    rs_texts_fini(&baseline->texts);
}
