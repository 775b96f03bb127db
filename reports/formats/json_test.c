/* json_test.c: what is written can be read by a strict reader, and by us without loss.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/load.h"
#include "reports/formats/sample.h"
#include "reports/formats/test/consumer.h"

#include <errno.h>

extern const rs_format rs_format_json;

static rs_result *load(const char *text, size_t length, char *message, size_t size) {
    rs_result *result = NULL;
    FILE *stream = fmemopen((void *)(uintptr_t)text, length, "r");
    rs_err err = rs_result_load(stream, "r.json", &result, message, size);
    fclose(stream);
    CHECK((err == RS_OK) == (result != NULL));
    return result;
}

static rs_result *reload(const rs_result *result) {
    char message[512] = "";
    size_t length;
    char *text = text_of_result(&rs_format_json, result, &length);
    rs_result *again = load(text, length, message, sizeof message);
    CHECK_STR(message, "");
    free(text);
    return again;
}

static void check_round_trip(rs_result *result) {
    size_t length, length_again;
    char *text = text_of_result(&rs_format_json, result, &length);
    rs_result *again = reload(result);
    char *text_again = text_of_result(&rs_format_json, again, &length_again);
    CHECK_STR(text_again, text);
    free(text), free(text_again);
    rs_result_destroy(again), rs_result_destroy(result);
}

static json_t *parsed(const rs_result *result) {
    size_t length;
    char *text = text_of_result(&rs_format_json, result, &length);
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    CHECK(root != NULL);
    free(text);
    return root;
}

TEST(the_sample_survives_a_round_trip) {
    check_round_trip(sample_result());
}

TEST(conditions_say_what_they_spoil_and_by_how_much) {
    rs_result *result = sample_result();
    json_t *root = parsed(result), *trust = json_object_get(root, "trust");
    CHECK_INT(json_array_size(trust), 4);
    const json_t *step = json_array_get(trust, 1), *steal = json_array_get(trust, 2);
    CHECK_STR(json_string_value(json_object_get(step, "condition")), "clock_step");
    CHECK(json_number_value(json_object_get(step, "observed")) == 12500000);
    CHECK(json_number_value(json_object_get(step, "threshold")) == 10000000);
    CHECK_STR(json_string_value(json_object_get(step, "unit")), "ns");
    CHECK_STR(json_string_value(json_object_get(step, "spoils")), "restart, calls");
    CHECK(json_is_true(json_object_get(step, "spoiled")));
    CHECK(json_is_null(json_object_get(steal, "observed")));
    CHECK(json_is_false(json_object_get(steal, "spoiled")));
    json_decref(root);
    check_round_trip(result);
}

TEST(a_strike_tells_the_stages_that_were_reached) {
    rs_result *result = sample_result();
    json_t *root = parsed(result), *slowest = json_object_get(root, "faults");
    slowest = json_object_get(slowest, "slowest");
    const json_t *never = json_array_get(slowest, 0), *late = json_array_get(slowest, 2);
    CHECK(json_is_null(json_object_get(never, "restart_ns")));
    CHECK(!json_object_get(never, "started_ns"));
    CHECK_INT(json_integer_value(json_object_get(never, "noticed_ns")), 13000);
    CHECK_INT(json_integer_value(json_object_get(late, "started_ns")), 45000);
    json_decref(root), rs_result_destroy(result);
}

TEST(an_aborted_run_is_a_complete_file) {
    rs_result *result = rs_result_create();
    json_t *root = parsed(result);
    static const char *const keys[] = {"format",  "status",      "verdict", "scenario", "seed",
                                       "machine", "build",       "phases",  "metrics",  "faults",
                                       "tree",    "repetitions", "memory",  "timeline", "notes"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!json_object_get(root, keys[i])) rs_test_fail(__FILE__, __LINE__, "no %s", keys[i]);
    CHECK_STR(json_string_value(json_object_get(root, "status")), "aborted");
    json_decref(root);
    check_round_trip(result);
}

TEST(histograms_come_back_bin_by_bin) {
    rs_result *result = sample_result(), *again = reload(result);
    for (size_t i = 0; i < result->metrics.count; i++) {
        const rs_result_metric *a = &result->metrics.at[i], *b = &again->metrics.at[i];
        CHECK((a->histogram != NULL) == (b->histogram != NULL));
        if (a->histogram) CHECK(memcmp(a->histogram, b->histogram, sizeof *a->histogram) == 0);
        CHECK_INT(b->unfinished, a->unfinished);
        CHECK(rs_result_labels_equal(&a->labels, &b->labels));
    }
    CHECK(memcmp(&result->timeline, &again->timeline, sizeof result->timeline) == 0);
    CHECK(json_equal(result->plan, again->plan));
    rs_result_destroy(result), rs_result_destroy(again);
}

TEST(random_histograms_survive) {
    rs_histogram *histogram = rs_rows_alloc(sizeof *histogram);
    for (uint64_t round = 0; round < 20; round++) {
        rs_prng prng;
        rs_prng_init_indexed(&prng, 41, "json", round);
        rs_histogram_init(histogram);
        for (uint64_t i = rs_prng_below(&prng, 300); i > 0; i--)
            rs_histogram_record_many(histogram, rs_prng_next(&prng) >> rs_prng_below(&prng, 64),
                                     1 + rs_prng_below(&prng, UINT64_C(1) << 50));
        rs_result *result = rs_result_create();
        rs_result_add_histogram(result, "sched.wait", NULL, histogram, rs_prng_next(&prng));
        rs_result *again = reload(result);
        CHECK(memcmp(again->metrics.at[0].histogram, histogram, sizeof *histogram) == 0);
        rs_result_destroy(again);
        check_round_trip(result);
    }
    free(histogram);
}

TEST(not_available_is_null_and_never_zero) {
    rs_result *result = rs_result_create();
    rs_histogram *empty = rs_rows_alloc(sizeof *empty);
    rs_result_add_metric(result, "calls.lost", NULL);
    rs_result_add_histogram(result, "restart.served", NULL, empty, 0);
    rs_result_add_histogram(result, "restart.served", NULL, empty, 5);
    json_t *root = parsed(result), *metrics = json_object_get(root, "metrics");
    CHECK(json_is_null(json_object_get(json_array_get(metrics, 0), "value")));
    CHECK(!json_object_get(json_array_get(metrics, 1), "min"));
    CHECK_INT(json_object_size(json_object_get(json_array_get(metrics, 1), "percentiles")), 0);
    const json_t *never = json_object_get(json_array_get(metrics, 2), "percentiles");
    CHECK(json_is_null(json_object_get(never, "p50")));
    json_decref(root), free(empty), rs_result_destroy(result);
}

/* Many that never came would make the mean of those that did a lie. */
TEST(a_mean_is_that_of_all) {
    rs_result *result = rs_result_create();
    rs_histogram *histogram = rs_rows_alloc(sizeof *histogram);
    rs_result_add_histogram(result, "restart.served", NULL, histogram, 0);
    rs_result_add_histogram(result, "restart.served", NULL, histogram, 5);
    rs_histogram_record_many(histogram, 1000, 10);
    rs_result_add_histogram(result, "restart.served", NULL, histogram, 0);
    rs_result_add_histogram(result, "restart.served", NULL, histogram, 90);
    rs_histogram_record_many(histogram, UINT64_MAX - 1, 2); /* saturates the sum */
    rs_result_add_histogram(result, "restart.served", NULL, histogram, 0);
    json_t *root = parsed(result), *metrics = json_object_get(root, "metrics"), *means[5];
    for (size_t i = 0; i < 5; i++) means[i] = json_object_get(json_array_get(metrics, i), "mean");
    CHECK(!means[0] && json_is_null(means[1]));
    CHECK_INT(json_integer_value(means[2]), 1000);
    CHECK(json_is_null(means[3]) && !means[4]);
    CHECK_INT(json_integer_value(json_object_get(json_array_get(metrics, 3), "max")), 1000);
    json_decref(root), free(histogram);
    check_round_trip(result);
}

TEST(large_integers_are_text) {
    rs_result *result = rs_result_create();
    result->elapsed_ns = (UINT64_C(1) << 53) - 1;
    result->threads = UINT64_C(1) << 53;
    result->seed = UINT64_MAX;
    json_t *root = parsed(result);
    CHECK_INT(json_integer_value(json_object_get(root, "elapsed_ns")), 9007199254740991);
    CHECK_STR(json_string_value(json_object_get(root, "threads")), "9007199254740992");
    CHECK_STR(json_string_value(json_object_get(root, "seed")), "0xffffffffffffffff");
    json_decref(root);
    check_round_trip(result);
}

TEST(hostile_text_stays_text) {
    rs_result *result = rs_result_create();
    result->scenario = "\"}],\n\x01\x1b[31m\xff\xc0\x80</script>\\";
    rs_result_add_phase(result, "\xed\xa0\x80");
    json_t *root = parsed(result);
    const json_t *name = json_object_get(json_object_get(root, "scenario"), "name");
    CHECK_STR(json_string_value(name), "\"}],\n\x01\x1b[31m\uFFFD\uFFFD\uFFFD</script>\\");
    json_decref(root);
    rs_result_destroy(result);
}

TEST(a_million_restarts_stay_below_two_megabytes) {
    static const char *const stages[] = {"restart.detected",  "restart.noticed", "restart.started",
                                         "restart.reachable", "restart.served",  "calls.latency"};
    rs_result *result = sample_result();
    rs_histogram *histogram = rs_rows_alloc(sizeof *histogram);
    rs_prng prng;
    rs_prng_init(&prng, 51, "million");
    for (int i = 0; i < 1000000; i++) {
        uint64_t ns = 1000 + rs_prng_exponential(&prng, UINT64_C(1) << rs_prng_below(&prng, 30));
        rs_histogram_record(histogram, ns);
        rs_strike strike = {.time_ns = (uint64_t)i * 1000,
                            .restart_ns = ns,
                            .incarnation = 7,
                            .role = "tables/a-rather-long-name-of-a-game",
                            .outcome = i % 200 == 0 ? RS_STRIKE_NO_VICTIM : RS_STRIKE_HIT};
        rs_result_add_strike(result, &strike);
        rs_timeline_add(&result->timeline, strike.time_ns, RS_TIMELINE_ANSWERED, 100000);
    }
    static const char *const phases[] = {"warm", "steady", "storm", "heal", NULL};
    for (size_t s = 0; s < 6; s++)
        for (size_t p = 0; p < 5; p++)
            rs_result_add_histogram(result, stages[s], &(rs_result_labels){.phase = phases[p]},
                                    histogram, 0);
    size_t length;
    free(text_of_result(&rs_format_json, result, &length));
    CHECK(length < 2000000);
    free(histogram), rs_result_destroy(result);
}

TEST(a_full_disk_is_reported) {
    FILE *full = fopen("/dev/full", "w");
    rs_result *result = sample_result();
    rs_err err = rs_format_json.write(result, full);
    CHECK(err == RS_EIO || fclose(full) != 0);
    rs_result_destroy(result);
}

TEST(malformed_files_are_refused_with_their_place) {
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{\n\"format\": \n}", "r.json:3:1: unexpected token near '}'"},
        {"{\"format\":1,\"format\":2}", "r.json:1:20: duplicate object key near '\"format\"'"},
        {" ", "r.json:1:1: '[' or '{' expected near end of file"},
        {"[]", "r.json: format: must be \"respawn.result/1.0\""},
        {"{\"format\":\"respawn.result/2.0\"}", "r.json: format: must be \"respawn.result/1.0\""},
#define CASE(BODY, MESSAGE) {"{\"format\":\"respawn.result/1.7\"," BODY "}", "r.json: " MESSAGE}
        CASE("\"status\":\"fine\"",
             "status: must be one of aborted complete timed_out interrupted untrusted"),
        CASE("\"seed\":7", "seed: must be text like \"0x2a\""),
        CASE("\"seed\":\"0x10000000000000000\"", "seed: must be text like \"0x2a\""),
        CASE("\"threads\":-1", "threads: must be a number that is whole and not negative"),
        CASE("\"machine\":[]", "machine: must be an object"),
        CASE("\"machine\":{\"cores\":4294967296}",
             "machine.cores: must be a number that is whole, not negative and below 2^32"),
        CASE("\"phases\":{}", "phases: must be an array"),
        CASE("\"phases\":[{},{\"name\":3}]", "phases[1].name: must be text"),
        CASE("\"metrics\":[{}]", "metrics[0].name: is missing"),
        CASE("\"metrics\":[{\"name\":\"a\",\"kind\":\"heap\"}]",
             "metrics[0].kind: must be one of histogram counter ratio gauge"),
        CASE("\"metrics\":[{\"name\":\"a\",\"bins\":{\"scheme\":\"log10\"}}]",
             "metrics[0].bins.scheme: must be \"log2/7\""),
        CASE("\"metrics\":[{\"name\":\"a\",\"bins\":{\"scheme\":\"log2/7\",\"pairs\":[[7424,1]]}}]",
             "metrics[0].bins.pairs: has an index that is too large"),
        CASE("\"metrics\":[{\"name\":\"a\",\"count\":2,\"min\":1,\"max\":1,"
             "\"bins\":{\"scheme\":\"log2/7\",\"pairs\":[[1,1]]}}]",
             "metrics[0].bins: contradict count, min or max"),
        CASE("\"faults\":{\"first\":[{\"fault\":\"x\"}]}",
             "first[0].fault: must be the id of a fault in faults.totals"),
        CASE("\"faults\":{\"totals\":[{\"id\":\"x\"},{\"id\":\"y\"},{\"id\":\"x\"}]}",
             "totals[2].id: is that of another fault"),
        CASE("\"timeline\":{\"window_ns\":15000000}",
             "timeline.window_ns: must be 10 ms times a power of two"),
        CASE("\"gate\":[1]", "gate: must hold texts"),
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char message[512] = "";
        rs_result *result = load(cases[i].text, strlen(cases[i].text), message, sizeof message);
        CHECK_STR(message, cases[i].message);
        CHECK(result == NULL);
    }
}

/* Of `count` rows between `before` and `behind`. */
static void check_too_many(const char *before, const char *row, size_t count, const char *behind,
                           const char *expected) {
    char *text = NULL, message[512] = "";
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    fprintf(stream, "{\"format\":\"respawn.result/1.0\",%s", before);
    for (size_t i = 0; i < count; i++) fprintf(stream, "%s%s", i ? "," : "", row);
    fprintf(stream, "%s}", behind);
    fclose(stream);
    CHECK(load(text, length, message, sizeof message) == NULL);
    CHECK_STR(message, expected);
    free(text);
}

/* What does not fit is refused, not dropped: half a file would be another run. */
TEST(there_is_an_end_to_rows) {
    check_too_many("\"faults\":{\"totals\":[", "{}", 256, "]}",
                   "r.json: totals: has too many rows");
    check_too_many("\"checks\":[", "\"orphans\"", 256, "]", "r.json: checks: has too many rows");
    check_too_many("\"findings\":[", "{}", 4097, "]", "r.json: findings: has too many rows");
    check_too_many("\"findings\":[{\"events\":[", "\"\"", 100001, "]}]",
                   "r.json: findings[0].events: has too many rows");
    check_too_many("\"repetitions\":[{\"never\":[", "\"a\"", 100001, "]}]",
                   "r.json: repetitions[0].never: has too many rows");
}

TEST(never_names_values_that_are_not_known) {
    char message[512] = "";
    const char *text = "{\"format\":\"respawn.result/1.0\",\"repetitions\":[{\"values\":"
                       "{\"a\":null,\"b\":1,\"c\":null},\"never\":[\"x\",\"b\",\"c\",\"c\"]}]}";
    rs_result *result = load(text, strlen(text), message, sizeof message);
    CHECK_STR(message, "");
    const rs_result_value *values = result->repetitions.at[0].values.at;
    CHECK_INT(result->repetitions.at[0].values.count, 3);
    CHECK(!values[0].never && !values[1].never && values[2].never);
    rs_result_destroy(result);
}

TEST(a_long_name_is_cut_between_characters) {
    char text[600] = "{\"format\":\"respawn.result/1.0\",\"machine\":{\"cpu\":\"",
         message[512] = "";
    for (int i = 0; i < 200; i++) strcat(text, "ж");
    strcat(text, "\"}}");
    rs_result *result = load(text, strlen(text), message, sizeof message);
    CHECK_STR(message, "");
    size_t length = strlen(result->machine.cpu);
    CHECK(length > 10 && length < sizeof result->machine.cpu);
    CHECK_INT(length % 2, 0);
    rs_result_destroy(result);
}

TEST(unknown_keys_are_ignored) {
    char message[512] = "";
    const char *text = "{\"format\":\"respawn.result/1.9\",\"mood\":{\"good\":true},"
                       "\"phases\":[{\"name\":\"storm\",\"colour\":\"red\"}]}";
    rs_result *result = load(text, strlen(text), message, sizeof message);
    CHECK_STR(message, "");
    CHECK_STR(result->phases.at[0].name, "storm");
    CHECK_STR(result->machine.cpu, "");
    rs_result_destroy(result);
}

TEST(every_cut_of_a_file_is_refused) {
    size_t length;
    char message[512];
    rs_result *result = rs_result_create();
    rs_result_add_number(result, "calls.lost", NULL, 3);
    char *text = text_of_result(&rs_format_json, result, &length);
    for (size_t cut = 1; cut + 2 < length; cut++)
        CHECK(load(text, cut, message, sizeof message) == NULL);
    free(text), rs_result_destroy(result);
}

TEST_MAIN()
