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
#include "reports/names.h"
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
    char *row; /* its name here */
    bool is_rate;
} statistic;

/* A value, and of which repetition it is. */
typedef struct sample {
    uint32_t statistic; /* number of its name */
    const rs_result_repetition *repetition;
    rs_optional value;
} sample;

/* In ns; 0 or less: there is nothing to tell. */
static double time_of(const statistic *of, const sample *one) {
    const rs_result_repetition *repetition = one->repetition;
    bool whole =
        repetition->status == RS_RESULT_COMPLETE || repetition->status == RS_RESULT_UNTRUSTED;
    if (!whole || !one->value.known) return 0;
    double time = of->is_rate ? 1e9 / one->value.value : one->value.value;
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

static void put_rows(writer *to, const statistic *of, const sample *samples, size_t count) {
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        double time = time_of(of, &samples[i]);
        if (time <= 0) continue;
        fputs(to->begun ? ",\n    " : "\n    ", to->out);
        put_json(to, row_json(to, of, samples[i].repetition, time));
        to->begun = any = true;
    }
    to->family += any;
}

/* The readers print it as it is, so it must be fit for a terminal. Owner: free() it. */
static char *name_row(const rs_result *result, const char *name, bool is_rate) {
    const char *scenario = result->scenario ? result->scenario : "scenario";
    size_t room = RS_ESCAPE_ROOM(scenario) + RS_ESCAPE_ROOM(name) + 64;
    char *row = rs_rows_alloc(room);
    size_t used = rs_escape_terminal(scenario, row, room);
    row[used++] = '/';
    used += rs_escape_terminal(name, row + used, room - used);
    snprintf(row + used, room - used, "%s/manual_time", is_rate ? "/ns_per_event" : "");
    return row;
}

/* Nothing when it is neither a time nor a rate. */
static void put_statistic(writer *to, const char *name, const sample *samples, size_t count) {
    rs_baseline_gate gate;
    if (!rs_baseline_gate_read(&gate, name)) return;
    statistic of = {.is_rate = strcmp(gate.unit, "per_s") == 0};
    if (!of.is_rate && strcmp(gate.unit, "ns") != 0) return;
    of.row = name_row(to->result, name, of.is_rate);
    put_rows(to, &of, samples, count);
    free(of.row);
}

/* Statistics in the order of first mention, each by repetition. */
static int compare(const void *a, const void *b) {
    const sample *x = a, *y = b;
    if (x->statistic != y->statistic) return x->statistic < y->statistic ? -1 : 1;
    return (x->repetition > y->repetition) - (x->repetition < y->repetition);
}

static void put_sorted(writer *to, const rs_names *names, const sample *samples, size_t count) {
    for (size_t at = 0, next; at < count; at = next) {
        for (next = at; next < count && samples[next].statistic == samples[at].statistic;) next++;
        put_statistic(to, names->rows.at[samples[at].statistic], &samples[at], next - at);
    }
}

static void put_benchmarks(writer *to) {
    rs_names names = {0};
    RS_ROWS(sample) all = {0};
    for (size_t r = 0; r < to->result->repetitions.count; r++) {
        const rs_result_repetition *repetition = &to->result->repetitions.at[r];
        for (size_t i = 0; i < repetition->values.count; i++) {
            const rs_result_value *value = &repetition->values.at[i];
            sample *one = RS_ROWS_ADD(&all);
            *one = (sample){rs_names_number(&names, value->name), repetition, value->value};
        }
    }
    if (all.count) qsort(all.at, all.count, sizeof *all.at, compare);
    put_sorted(to, &names, all.at, all.count);
    free(all.at);
    rs_names_fini(&names);
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
