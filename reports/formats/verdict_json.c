/* verdict_json.c: respawn.verdict/1.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/fields.h"
#include "reports/formats/verdict.h"
#include "reports/verdict/looks.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>

static json_t *side_json(const rs_verdict_side *side) {
    json_t *object = json_object();
    json_object_set_new(object, "name", rs_fields_text(side->name));
    json_object_set_new(object, "what", rs_fields_text(side->what));
    return object;
}

static json_t *slowdown_json(const rs_verdict *verdict, const rs_verdict_metric *metric) {
    if (!metric->known) return json_null();
    json_t *object = json_object();
    const rs_interval *interval = &metric->interval;
    json_object_set_new(object, "low", rs_fields_open(rs_verdict_slowdown(interval->low)));
    json_object_set_new(object, "middle", rs_fields_open(rs_verdict_slowdown(interval->middle)));
    json_object_set_new(object, "high", rs_fields_open(rs_verdict_slowdown(interval->high)));
    json_object_set_new(object, "method", json_string(rs_interval_method_words(interval->method)));
    json_object_set_new(object, verdict->sessions.count ? "sessions" : "pairs",
                        json_integer(metric->looked_at));
    return object;
}

/* Counts and shares both have the unit 1. Instructions are no metric of a run. */
static void set_kind(json_t *object, const rs_verdict_metric *metric) {
    const char *rest;
    const rs_metric *known = rs_metric_split(metric->name, &rest);
    if (known) json_object_set_new(object, "kind", json_string(rs_metric_kind_word(known->kind)));
}

static json_t *metric_json(const rs_verdict *verdict, size_t index) {
    const rs_verdict_metric *metric = &verdict->metrics.at[index];
    json_t *object = json_object();
    json_object_set_new(object, "name", rs_fields_text(metric->name));
    set_kind(object, metric);
    json_object_set_new(object, "unit", rs_fields_text(metric->unit));
    json_object_set_new(object, "better", json_string(rs_metric_better_word(metric->better)));
    json_object_set_new(object, "decides", json_boolean(metric->decides));
    json_object_set_new(object, "a", rs_fields_open(metric->a));
    json_object_set_new(object, "b", rs_fields_open(metric->b));
    json_object_set_new(object, "slowdown", slowdown_json(verdict, metric));
    json_object_set_new(object, "word", json_string(rs_experiment_words(metric->word)));
    if (metric->word == RS_WORD_WAITS)
        json_object_set_new(object, verdict->sessions.count ? "sessions_needed" : "pairs_needed",
                            json_integer(metric->pairs_needed));
    if (metric->note) json_object_set_new(object, "note", rs_fields_text(metric->note));
    return object;
}

static json_t *values_json(const rs_verdict *verdict, const double *values) {
    json_t *object = json_object();
    for (size_t i = 0; i < verdict->metrics.count; i++)
        json_object_set_new(object, verdict->metrics.at[i].name, rs_fields_open(values[i]));
    return object;
}

/* By how much `b` is slower than `a`, as the decision counts it: bounded, and two that never came
 * are equal. */
static json_t *slower(const rs_verdict_metric *metric, double a, double b) {
    if (isnan(a) || isnan(b)) return json_null();
    return rs_fields_open(rs_verdict_slowdown(rs_experiment_log(metric->better, a, b)));
}

/* Without `a`, slower than the base of all sessions. */
static json_t *slower_json(const rs_verdict *verdict, const double *a, const double *b) {
    json_t *object = json_object();
    for (size_t i = 0; i < verdict->metrics.count; i++) {
        const rs_verdict_metric *metric = &verdict->metrics.at[i];
        json_object_set_new(object, metric->name, slower(metric, a ? a[i] : metric->a, b[i]));
    }
    return object;
}

static json_t *pair_json(const rs_verdict *verdict, size_t index) {
    const rs_verdict_pair *pair = &verdict->pairs[index];
    char seed[24];
    json_t *object = json_object();
    snprintf(seed, sizeof seed, "0x%" PRIx64, pair->seed);
    json_object_set_new(object, "n", json_integer((json_int_t)index + 1));
    json_object_set_new(object, "seed", json_string(seed));
    json_object_set_new(object, "order", json_string(pair->b_first ? "BA" : "AB"));
    json_object_set_new(object, "a", values_json(verdict, pair->a));
    json_object_set_new(object, "b", values_json(verdict, pair->b));
    json_object_set_new(object, "slowdown", slower_json(verdict, pair->a, pair->b));
    return object;
}

static json_t *session_json(const rs_verdict *verdict, size_t index) {
    const rs_verdict_session *session = &verdict->sessions.at[index];
    json_t *object = json_object();
    json_object_set_new(object, "source", rs_fields_text(session->source));
    json_object_set_new(object, "started_at", rs_fields_text(session->when));
    json_object_set_new(object, "values", values_json(verdict, session->values));
    json_object_set_new(object, "slowdown", slower_json(verdict, NULL, session->values));
    return object;
}

/* After how many pairs it was looked. Who counts instructions looks once, and drops no pair. */
static json_t *looks_json(const rs_verdict *verdict) {
    json_t *looks = json_array();
    for (uint32_t pairs = 1; verdict->dropped && pairs <= verdict->pair_count; pairs++)
        if (rs_looks_is_one(pairs)) json_array_append_new(looks, json_integer(pairs));
    return looks;
}

/* A line per row, so that grep and diff have something to hold. */
static void put(const char *key, json_t *value, const char *behind, FILE *stream) {
    if (*key) fprintf(stream, "\"%s\": ", key);
    json_dumpf(value, stream, JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
    fputs(behind, stream);
    json_decref(value);
}

static void put_rows(const char *key, size_t count, const rs_verdict *verdict,
                     json_t *(*row)(const rs_verdict *verdict, size_t index), FILE *stream) {
    fprintf(stream, "\"%s\": [\n", key);
    for (size_t i = 0; i < count; i++)
        put("", row(verdict, i), i + 1 < count ? ",\n" : "\n", stream);
    fputs("],\n", stream);
}

rs_err rs_verdict_json(const rs_verdict *verdict, FILE *stream) {
    json_t *notes = json_array();
    for (size_t i = 0; i < verdict->notes.count; i++)
        json_array_append_new(notes, rs_fields_text(verdict->notes.at[i]));
    fputs("{", stream);
    put("format", json_string(RS_VERDICT_FORMAT), ",\n", stream);
    put("scenario", rs_fields_text(verdict->scenario), ",\n", stream);
    put("a", side_json(&verdict->a), ",\n", stream);
    put("b", side_json(&verdict->b), ",\n", stream);
    put("threshold", rs_fields_open(verdict->threshold), ",\n", stream);
    put("verdict", rs_fields_text(verdict->word), ",\n", stream);
    put("status", json_integer(verdict->status), ",\n", stream);
    put("why", rs_fields_text(verdict->why), ",\n", stream);
    put("how", rs_fields_text(verdict->how), ",\n", stream);
    put_rows("metrics", verdict->metrics.count, verdict, metric_json, stream);
    if (verdict->sessions.count) {
        put_rows("sessions", verdict->sessions.count, verdict, session_json, stream);
    } else {
        put("dropped_pairs", json_integer(verdict->dropped), ",\n", stream);
        put("looks", looks_json(verdict), ",\n", stream);
        put_rows("pairs", verdict->pair_count, verdict, pair_json, stream);
    }
    put("notes", notes, "}\n", stream);
    return ferror(stream) ? RS_EIO : RS_OK;
}
