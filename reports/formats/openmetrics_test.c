/* openmetrics_test.c: families as the Python client of Prometheus reads them.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/sample.h"
#include "reports/formats/test/consumer.h"
#include "reports/formats/test/hostile.h"

#include <math.h>

extern const rs_format rs_format_openmetrics;

static json_t *read_back(const rs_result *result) {
    return consume_json(&rs_format_openmetrics, result,
                        PYTHON "reports/formats/test/openmetrics_read.py \"$FILE\"");
}

static const json_t *find_family(const json_t *read, const char *name) {
    const json_t *family = json_object_get(read, name);
    if (!family) rs_test_fail(__FILE__, __LINE__, "no family %s", name);
    return family;
}

static void check_family(const json_t *read, const char *name, const char *type, const char *unit,
                         size_t samples) {
    const json_t *family = find_family(read, name);
    CHECK_STR(text_in(family, "type"), type);
    CHECK_STR(text_in(family, "unit"), unit);
    CHECK(strlen(text_in(family, "help")) > 8);
    if (json_object_size(json_object_get(family, "samples")) != samples)
        rs_test_fail(__FILE__, __LINE__, "%s has %zu samples", name,
                     json_object_size(json_object_get(family, "samples")));
}

/* `key` is what follows the family's name. */
static void check_sample(const json_t *read, const char *name, const char *key, double value) {
    const json_t *one = json_object_get(json_object_get(find_family(read, name), "samples"), key);
    if (!one) rs_test_fail(__FILE__, __LINE__, "no sample %s%s", name, key);
    double read_value =
        json_is_string(one) ? strtod(json_string_value(one), NULL) : json_number_value(one);
    if (read_value != value)
        rs_test_fail(__FILE__, __LINE__, "%s%s is %.17g, not %.17g", name, key, read_value, value);
}

static double seconds(const rs_result *result, const char *name, uint32_t millionths) {
    const rs_result_metric *metric = rs_result_find(result, name, NULL);
    uint64_t ns = rs_histogram_percentile_open(metric->histogram, millionths, metric->unfinished);
    return ns == UINT64_MAX ? (double)INFINITY : (double)ns / 1e9;
}

TEST(distributions_are_summaries_in_seconds) {
    rs_result *result = sample_result();
    json_t *read = read_back(result);
    const char *name = "respawn_restart_served_seconds";
    const rs_result_metric *served = rs_result_find(result, "restart.served", NULL);
    check_family(read, name, "summary", "seconds", 7);
    check_sample(read, name, "{quantile=0.5}", seconds(result, "restart.served", RS_P50));
    check_sample(read, name, "{quantile=0.99}", seconds(result, "restart.served", RS_P99));
    check_sample(read, name, "{quantile=0.9999}", (double)INFINITY);
    check_sample(read, name, "_count{}", 4711);
    check_sample(read, name, "_sum{}", (double)served->histogram->sum / 1e9);
    check_sample(read, "respawn_restart_served_min_seconds", "{}",
                 (double)rs_histogram_min(served->histogram) / 1e9);
    check_sample(read, "respawn_restart_served_max_seconds", "{}",
                 (double)served->histogram->max / 1e9);
    check_family(read, "respawn_restart_served_unfinished", "gauge", "", 1);
    check_sample(read, "respawn_restart_served_unfinished", "{}", 2);
    check_family(read, "respawn_restart_reachable_seconds", "summary", "seconds", 14);
    check_sample(read, "respawn_restart_reachable_seconds", "_count{cause=sibling}", 12);
    json_decref(read), rs_result_destroy(result);
}

TEST(each_kind_has_its_type_and_base_unit) {
    rs_result *result = sample_result();
    json_t *read = read_back(result);
    check_family(read, "respawn_calls_failed", "counter", "", 7);
    check_sample(read, "respawn_calls_failed", "_total{}", 3211);
    check_sample(read, "respawn_calls_failed", "_total{cause=noproc}", 3207);
    check_sample(read, "respawn_calls_failed", "_total{phase=steady}", 0);
    check_family(read, "respawn_calls_throughput_per_second", "gauge", "per_second", 5);
    check_sample(read, "respawn_calls_throughput_per_second", "{phase=storm}", 1234000);
    check_family(read, "respawn_calls_availability_ratio", "gauge", "ratio", 5);
    check_sample(read, "respawn_calls_availability_ratio", "{}", 13716907.0 / 13720118);
    check_family(read, "respawn_elapsed_seconds", "gauge", "seconds", 1);
    check_sample(read, "respawn_elapsed_seconds", "{}", 11.412);
    check_family(read, "respawn_memory_category_bytes", "gauge", "bytes", 10);
    check_sample(read, "respawn_memory_category_bytes", "{at=end,category=stacks}", 2162688);
    json_decref(read), rs_result_destroy(result);
}

TEST(the_run_its_expectations_and_conditions_are_told) {
    rs_result *result = sample_result();
    json_t *read = read_back(result);
    char run[512];
    snprintf(run, sizeof run,
             "{clock=real,scheduler=steal,seed=0x1,started_at=2026-03-01T12:00:00Z,status=complete,"
             "verdict=failed,version=%s}",
             result->build.version);
    check_sample(read, "respawn_run", run, 1);
    CHECK_STR(json_string_value(json_array_get(
                  json_object_get(find_family(read, "respawn_run"), "scenarios"), 0)),
              "high_scores");
    check_family(read, "respawn_expectation", "gauge", "", 6);
    check_sample(
        read, "respawn_expectation",
        "{column=5,expectation=orphans == 0,file=scenarios/high_scores.yaml,index=1,line=42,"
        "verdict=failed}",
        1);
    check_family(read, "respawn_condition_spoiled", "gauge", "", 2);
    check_sample(read, "respawn_condition_spoiled", "{condition=clock_step}", 1);
    check_sample(read, "respawn_condition_spoiled", "{condition=busy_neighbour}", 0);
    json_decref(read), rs_result_destroy(result);
}

TEST(what_is_not_known_has_no_sample) {
    rs_result *result = sample_result();
    json_t *read = read_back(result);
    check_family(read, "respawn_entries_stale", "counter", "", 0);
    json_decref(read), rs_result_destroy(result);
    result = rs_result_create();
    read = read_back(result);
    CHECK_INT(json_object_size(read), 1);
    check_family(read, "respawn_run", "gauge", "", 1);
    json_decref(read);
    rs_histogram *empty = calloc(1, sizeof *empty);
    rs_result_add_histogram(result, "restart.served", NULL, empty, 0);
    rs_result_add_metric(result, "memory.live", NULL);
    read = read_back(result);
    check_family(read, "respawn_memory_live_bytes", "gauge", "bytes", 0);
    check_family(read, "respawn_restart_served_seconds", "summary", "seconds", 2);
    check_sample(read, "respawn_restart_served_seconds", "_count{}", 0);
    check_family(read, "respawn_restart_served_max_seconds", "gauge", "seconds", 0);
    json_decref(read), free(empty), rs_result_destroy(result);
}

TEST(equal_expectations_are_told_apart) {
    rs_result *result = rs_result_create();
    for (int i = 0; i < 2; i++) {
        rs_result_expectation *row = rs_result_add_expectation(result, "orphans == 0");
        row->file = "--set expect=[orphans == 0, orphans == 0]";
        row->verdict = RS_VERDICT_PASSED;
    }
    json_t *read = read_back(result);
    check_family(read, "respawn_expectation", "gauge", "", 2);
    json_decref(read), rs_result_destroy(result);
}

/* The catalogue says what is told: another unit, another kind and another name are not. */
TEST(a_file_cannot_invent_families) {
    rs_result *result = rs_result_create();
    rs_result_add_number(result, "memory.live", NULL, 4096);
    rs_result_add_number(result, "memory.resident", NULL, 4096);
    result->metrics.at[1].unit = "1";
    rs_result_add_number(result, "calls.lost", NULL, -1);
    rs_result_add_number(result, "orphans", NULL, 3);
    result->metrics.at[3].name = "x 1\nrespawn_run";
    json_t *read = read_back(result);
    CHECK_INT(json_object_size(read), 3);
    check_sample(read, "respawn_memory_live_bytes", "{}", 4096);
    check_family(read, "respawn_calls_lost", "counter", "", 0);
    json_decref(read), rs_result_destroy(result);
}

TEST(hostile_text_stays_in_its_label) {
    rs_result *result = hostile_result();
    json_t *read = read_back(result);
    const char *shown = hostile_shown();
    char key[40 * sizeof HOSTILE];
    snprintf(key, sizeof key, "{cause=%s,phase=%s,quantile=0.5}", shown, shown);
    check_sample(read, "respawn_restart_reachable_seconds", key,
                 seconds(result, "restart.reachable", RS_P50));
    snprintf(key, sizeof key, "_count{cause=%s,phase=%s}", shown, shown);
    check_sample(read, "respawn_restart_reachable_seconds", key, 6);
    check_family(read, "respawn_restart_reachable_seconds", "summary", "seconds", 12);
    check_sample(read, "respawn_calls_issued", "_total{}", 1e300);
    snprintf(key, sizeof key, "{load=%s}", shown);
    check_sample(read, "respawn_calls_availability_ratio", key, -1.5);
    snprintf(key, sizeof key,
             "{column=1,expectation=%s,file=%s,index=0,line=7,verdict=inconclusive}", shown, shown);
    check_sample(read, "respawn_expectation", key, 1);
    const json_t *run = find_family(read, "respawn_run");
    CHECK_STR(json_string_value(json_array_get(json_object_get(run, "scenarios"), 0)), shown);
    json_decref(read), rs_result_destroy(result);
}

TEST_MAIN()
