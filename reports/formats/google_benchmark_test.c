/* google_benchmark_test.c: what Google Benchmark's own compare.py makes of two results, and what
 * github-action-benchmark reads of one.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/sample.h"
#include "reports/formats/test/consumer.h"
#include "reports/formats/test/hostile.h"

#include <math.h>

extern const rs_format rs_format_google_benchmark;

static json_t *read_back(const rs_result *result) {
    return consume_json(&rs_format_google_benchmark, result,
                        PYTHON "reports/formats/test/google_benchmark_read.py \"$FILE\"");
}

/* A result of so many repetitions; its times are `factor` times as long. */
static rs_result *repeated(uint64_t repetitions, double factor) {
    rs_result *result = rs_result_create();
    result->scenario = "shop", result->threads = 2;
    for (uint64_t i = 0; i < repetitions; i++) {
        rs_result_repetition *to = rs_result_add_repetition(result);
        double more = (double)i;
        to->number = i, to->status = RS_RESULT_COMPLETE;
        rs_result_add_value(result, to, "restart.reachable.p50", rs_known(factor * (41000 + more)));
        rs_result_add_value(result, to, "calls.throughput during steady",
                            rs_known(1e6 / factor / (1 + more)));
        rs_result_add_value(result, to, "harness.clock", rs_known(factor * 20.5));
        rs_result_add_value(result, to, "calls.issued", rs_known(1000));
        rs_result_add_value(result, to, "calls.availability", rs_known(1));
        rs_result_add_value(result, to, "restart.served.p50", (rs_optional){.value = 7});
        rs_result_add_never(result, to, "restart.served.p99");
    }
    return result;
}

static void check_bench(const json_t *read, size_t index, const char *name, double value) {
    const json_t *bench = json_array_get(json_object_get(read, "benches"), index);
    char extra[128];
    CHECK_STR(text_in(bench, "name"), name);
    CHECK_STR(text_in(bench, "unit"), "ns/iter");
    if (fabs(number_in(bench, "value") - value) > value * 1e-12)
        rs_test_fail(__FILE__, __LINE__, "%s is %.17g", name, number_in(bench, "value"));
    CHECK(sscanf(text_in(bench, "extra"), "iterations: 1 cpu: %127[0-9.] ns threads: 2", extra) ==
          1);
    CHECK(strtod(extra, NULL) == number_in(bench, "value"));
}

TEST(a_row_per_statistic_and_repetition) {
    rs_result *result = repeated(3, 1);
    json_t *read = read_back(result);
    CHECK_INT(json_array_size(json_object_get(read, "benches")), 9);
    for (size_t i = 0; i < 3; i++) {
        double more = (double)i;
        check_bench(read, i, "shop/restart.reachable.p50/manual_time", 41000 + more);
        check_bench(read, 3 + i, "shop/calls.throughput during steady/ns_per_event/manual_time",
                    1000 * (1 + more));
        check_bench(read, 6 + i, "shop/harness.clock/manual_time", 20.5);
    }
    json_decref(read), rs_result_destroy(result);
}

TEST(the_context_says_what_ran_and_where) {
    rs_result *result = sample_result();
    json_t *read = read_back(result), *context = json_object_get(read, "context");
    CHECK_STR(text_in(context, "executable"), "respawn");
    CHECK_STR(text_in(context, "date"), "2026-03-01T12:00:00Z");
    CHECK_INT(number_in(context, "num_cpus"), 2);
    CHECK_STR(text_in(context, "library_build_type"), "release");
    CHECK_STR(text_in(context, "seed"), "0x1");
    CHECK_STR(text_in(context, "verdict"), "failed");
    CHECK(!json_object_get(context, "host_name")); /* not known */
    CHECK_INT(json_array_size(json_object_get(read, "benches")), 1);
    check_bench(read, 0, "high_scores/calls.throughput/ns_per_event/manual_time", 1e9 / 1246991.25);
    json_decref(read), rs_result_destroy(result);
}

TEST(what_is_not_known_has_no_row) {
    rs_result *result = rs_result_create();
    json_t *read = read_back(result);
    CHECK_INT(json_array_size(json_object_get(read, "benches")), 0);
    CHECK_STR(text_in(json_object_get(read, "context"), "status"), "aborted");
    json_decref(read), rs_result_destroy(result);
    result = repeated(3, 1);
    result->repetitions.at[0].status = RS_RESULT_ABORTED;
    result->repetitions.at[1].status = RS_RESULT_UNTRUSTED;
    for (size_t i = 0; i < 2; i++) /* no time, and a rate at which nothing happens */
        result->repetitions.at[2].values.at[i].value = rs_known(0);
    read = read_back(result);
    CHECK_INT(json_array_size(json_object_get(read, "benches")), 4);
    check_bench(read, 0, "shop/restart.reachable.p50/manual_time", 41001);
    json_decref(read), rs_result_destroy(result);
}

TEST(rows_have_the_fields_of_the_original) {
    rs_result *result = repeated(2, 1);
    result->repetitions.at[1].status = RS_RESULT_UNTRUSTED;
    json_t *file = consume_json(&rs_format_google_benchmark, result, "cat \"$FILE\"");
    const json_t *row = json_array_get(json_object_get(file, "benchmarks"), 3);
    CHECK_STR(text_in(row, "run_name"), text_in(row, "name"));
    CHECK_STR(text_in(row, "run_type"), "iteration");
    CHECK_INT(number_in(row, "family_index"), 1);
    CHECK_INT(number_in(row, "per_family_instance_index"), 0);
    CHECK_INT(number_in(row, "repetitions"), 2);
    CHECK_INT(number_in(row, "repetition_index"), 1);
    CHECK_STR(text_in(row, "label"), "untrusted");
    json_decref(file), rs_result_destroy(result);
}

TEST(hostile_text_stays_in_the_name) {
    rs_result *result = hostile_result();
    char name[20 * sizeof HOSTILE];
    json_t *read = read_back(result);
    const json_t *benches = json_object_get(read, "benches");
    CHECK_INT(json_array_size(benches), 1);
    snprintf(name, sizeof name, "%s/restart.reachable.p50 during %s/manual_time", hostile_shown(),
             hostile_shown());
    CHECK_STR(text_in(json_array_get(benches, 0), "name"), name);
    json_decref(read), rs_result_destroy(result);
}

/* The first measurement that compare.py has of the benchmark at `index`, which is called `name`. */
static const json_t *compared(const json_t *report, size_t index, const char *name) {
    const json_t *one = json_array_get(report, index);
    CHECK_STR(text_in(one, "name"), name);
    return json_array_get(json_object_get(one, "measurements"), 0);
}

#define COMPARE                                                                                    \
    PYTHON "/usr/share/benchmark/compare.py --no-color -d \"$FILE.diff\" benchmarks \"$OTHER\" "   \
           "\"$FILE\" >\"$FILE.log\" 2>&1 || { cat \"$FILE.log\"; exit 1; }; "                     \
           "cat \"$FILE.diff\"; rm \"$FILE.diff\" \"$FILE.log\""

TEST(compare_py_sees_how_much_slower_it_is) {
    rs_result *before = repeated(3, 1), *after = repeated(3, 2);
    char other[32];
    write_result(&rs_format_google_benchmark, before, other);
    setenv("OTHER", other, 1);
    json_t *report = consume_json(&rs_format_google_benchmark, after, COMPARE);
    const json_t *first = compared(report, 0, "shop/restart.reachable.p50/manual_time");
    CHECK(number_in(first, "time") == 1 && number_in(first, "cpu") == 1);
    CHECK(number_in(first, "real_time") == 41000 && number_in(first, "real_time_other") == 82000);
    const json_t *rate =
        compared(report, 1, "shop/calls.throughput during steady/ns_per_event/manual_time");
    CHECK(fabs(number_in(rate, "time") - 1) < 1e-9);
    CHECK_INT(number_in(json_object_get(json_array_get(report, 0), "utest"), "nr_of_repetitions"),
              3);
    json_decref(report), unlink(other);
    rs_result_destroy(before), rs_result_destroy(after);
}

TEST_MAIN()
