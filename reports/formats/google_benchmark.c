/* google_benchmark.c: the result as Google Benchmark writes its own, for the tools around it: a row
 * per statistic and repetition, as of a benchmark with manual time and one iteration a repetition.
 * Those tools read times only, so a throughput is told as the time per event, and what is neither a
 * time nor a throughput is left out. So are numbers that are not known or infinite, and repetitions
 * that did not reach their end: a row is a number there.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/escape.h"
#include "reports/formats/fields.h"
#include "reports/formats/format.h"
#include "reports/verdict/baseline.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MARK "\"executable\": \"respawn\""

typedef struct writer {
    const rs_result *result;
    FILE *out;
    json_int_t family; /* statistics so far that have rows */
    bool begun;        /* a row was written */
    bool failed;
} writer;

static void put_json(writer *to, json_t *value) {
    const size_t flags = JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(17);
    to->failed |= json_dumpf(value, to->out, flags) != 0;
    json_decref(value);
}

/* ------------------------------------------------------------------ rows */

typedef struct statistic {
    const char *name; /* in the result */
    size_t index;     /* of the value, where it was seen first */
    char *row;        /* its name here */
    bool is_rate;
} statistic;

static bool is_called(const rs_result_repetition *repetition, size_t index, const char *name) {
    return index < repetition->values.count && strcmp(repetition->values.at[index].name, name) == 0;
}

/* `index` is where it should be: repetitions are much the same. */
static const rs_result_value *find_value(const rs_result_repetition *repetition, const char *name,
                                         size_t index) {
    if (is_called(repetition, index, name)) return &repetition->values.at[index];
    for (size_t i = 0; i < repetition->values.count; i++)
        if (is_called(repetition, i, name)) return &repetition->values.at[i];
    return NULL;
}

/* In ns; 0 or less: there is nothing to tell. */
static double time_of(const statistic *of, const rs_result_repetition *repetition) {
    const rs_result_value *row = find_value(repetition, of->name, of->index);
    bool whole =
        repetition->status == RS_RESULT_COMPLETE || repetition->status == RS_RESULT_UNTRUSTED;
    if (!whole || !row || !row->value.known) return 0;
    double time = of->is_rate ? 1e9 / row->value.value : row->value.value;
    return isfinite(time) ? time : 0;
}

/* No processor's time is known of what was measured, and the readers need a number that can be
 * compared: the time stands in both places. */
static json_t *row_json(const writer *to, const statistic *of,
                        const rs_result_repetition *repetition, double time) {
    const rs_result *result = to->result;
    json_t *row = json_object();
    json_object_set_new(row, "name", rs_fields_text(of->row));
    json_object_set_new(row, "family_index", json_integer(to->family));
    json_object_set_new(row, "per_family_instance_index", json_integer(0));
    json_object_set_new(row, "run_name", rs_fields_text(of->row));
    json_object_set_new(row, "run_type", json_string("iteration"));
    json_object_set_new(row, "repetitions", json_integer((json_int_t)result->repetitions.count));
    json_object_set_new(row, "repetition_index", rs_fields_u64(repetition->number));
    if (result->threads) json_object_set_new(row, "threads", rs_fields_u64(result->threads));
    json_object_set_new(row, "iterations", json_integer(1));
    json_object_set_new(row, "real_time", rs_fields_number(time));
    json_object_set_new(row, "cpu_time", rs_fields_number(time));
    json_object_set_new(row, "time_unit", json_string("ns"));
    if (repetition->status != RS_RESULT_COMPLETE)
        json_object_set_new(row, "label", json_string(rs_result_status_word(repetition->status)));
    return row;
}

static void put_rows(writer *to, const statistic *of) {
    bool any = false;
    for (size_t i = 0; i < to->result->repetitions.count; i++) {
        const rs_result_repetition *repetition = &to->result->repetitions.at[i];
        double time = time_of(of, repetition);
        if (time <= 0) continue;
        fputs(to->begun ? ",\n    " : "\n    ", to->out);
        put_json(to, row_json(to, of, repetition, time));
        to->begun = any = true;
    }
    to->family += any;
}

/* The readers print it as it is, so it must be fit for a terminal. Owner: free() it. */
static char *name_row(const rs_result *result, const statistic *of) {
    const char *scenario = result->scenario ? result->scenario : "scenario";
    size_t room = RS_ESCAPE_ROOM(scenario) + RS_ESCAPE_ROOM(of->name) + 64;
    char *row = rs_rows_alloc(room);
    size_t used = rs_escape_terminal(scenario, row, room);
    row[used++] = '/';
    used += rs_escape_terminal(of->name, row + used, room - used);
    snprintf(row + used, room - used, "%s/manual_time", of->is_rate ? "/ns_per_event" : "");
    return row;
}

/* False when it is neither a time nor a rate. */
static bool read_statistic(const rs_result_repetition *repetition, size_t index, statistic *of) {
    rs_baseline_gate gate;
    const char *name = repetition->values.at[index].name;
    if (!rs_baseline_gate_read(&gate, name)) return false;
    *of = (statistic){.name = name, .index = index, .is_rate = strcmp(gate.unit, "per_s") == 0};
    return of->is_rate || strcmp(gate.unit, "ns") == 0;
}

static bool is_first(const rs_result *result, size_t repetition, const statistic *of) {
    for (size_t i = 0; i < repetition; i++)
        if (find_value(&result->repetitions.at[i], of->name, of->index)) return false;
    return true;
}

static void put_benchmarks(writer *to) {
    for (size_t r = 0; r < to->result->repetitions.count; r++) {
        const rs_result_repetition *repetition = &to->result->repetitions.at[r];
        for (size_t i = 0; i < repetition->values.count; i++) {
            statistic of;
            if (!read_statistic(repetition, i, &of) || !is_first(to->result, r, &of)) continue;
            of.row = name_row(to->result, &of);
            put_rows(to, &of);
            free(of.row);
        }
    }
}

/* ------------------------------------------------------------------ the file */

static void set_text(json_t *object, const char *key, const char *text) {
    if (text && *text) json_object_set_new(object, key, rs_fields_text(text));
}

/* Google Benchmark's keys first, as far as they are known, then our own, which it takes as the
 * user's. */
static json_t *context_json(const rs_result *result) {
    json_t *context = json_object();
    bool release = strcmp(result->build.type, "release") == 0;
    char seed[24];
    snprintf(seed, sizeof seed, "0x%" PRIx64, result->seed);
    set_text(context, "date", result->started_at);
    if (result->machine.cores_online)
        json_object_set_new(context, "num_cpus", json_integer(result->machine.cores_online));
    if (result->build.type[0])
        set_text(context, "library_build_type", release ? "release" : "debug");
    set_text(context, "respawn_version", result->build.version);
    set_text(context, "scenario", result->scenario);
    set_text(context, "seed", seed);
    set_text(context, "clock", result->clock);
    set_text(context, "scheduler", result->scheduler);
    set_text(context, "status", rs_result_status_word(result->status));
    set_text(context, "verdict", rs_result_verdict_word(result->verdict));
    set_text(context, "reproduce", result->reproduce);
    return context;
}

static void put_context(writer *to) {
    json_t *context = context_json(to->result), *value;
    const char *key;
    fputs("{\n  \"context\": {\n    " MARK, to->out);
    json_object_foreach(context, key, value) {
        fprintf(to->out, ",\n    \"%s\": ", key);
        put_json(to, json_incref(value));
    }
    fputs("\n  },\n", to->out);
    json_decref(context);
}

static rs_err write_google_benchmark(const rs_result *result, FILE *stream) {
    writer to = {.result = result, .out = stream};
    put_context(&to);
    fputs("  \"benchmarks\": [", stream);
    put_benchmarks(&to);
    fputs(to.begun ? "\n  ]\n}\n" : "]\n}\n", stream);
    return to.failed || ferror(stream) ? RS_EIO : RS_OK;
}

extern const rs_format rs_format_google_benchmark;
const rs_format rs_format_google_benchmark = {
    .name = "google-benchmark",
    .about = "times and throughputs as Google Benchmark writes them",
    .extension = "json",
    .write = write_google_benchmark,
    .mark = MARK,
};
