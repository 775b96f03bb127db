/* condition_test.c: each threshold, from readings whose truth is known.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/condition.h"

#include "runtime/base/test/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND UINT64_C(1000000000)

/* A run of a second on which nothing lay: two threads on two processors, clocks that agree. */
typedef struct world {
    rs_surroundings start, end;
    rs_evidence evidence;
    rs_result *result;
} world;

static rs_reading reading(uint64_t value) {
    return (rs_reading){true, value};
}

static rs_surroundings calm(uint64_t at_ns) {
    return (rs_surroundings){
        .taken = true,
        .clocks = {.raw_ns = 5 * SECOND + at_ns, .run_ns = 3 * SECOND + at_ns, .wall_ns = at_ns},
        .waited_ns = reading(7),
        .busy_ns = reading(40 * SECOND + at_ns),
        .stolen_ns = reading(SECOND),
        .step_ns = SECOND / 100,
        .throttled_ns = reading(9),
        .spin_ns = reading(10000),
    };
}

static void begin(world *it) {
    *it = (world){.start = calm(0), .end = calm(SECOND), .result = rs_result_create_bare()};
    it->evidence = (rs_evidence){.start = &it->start,
                                 .end = &it->end,
                                 .threads = 2,
                                 .processors = 2,
                                 .clock_step_ns = rs_known(0),
                                 .unsent = rs_known(0),
                                 .result = it->result};
}

static const rs_result_condition *judge(world *it, const char *name) {
    it->result->trust.count = 0;
    rs_condition_add_all(it->result, &it->evidence);
    for (size_t i = 0; i < it->result->trust.count; i++)
        if (strcmp(it->result->trust.at[i].name, name) == 0) return &it->result->trust.at[i];
    rs_test_fail(__FILE__, __LINE__, "no condition %s", name);
    return NULL;
}

static void end(world *it) {
    rs_result_destroy(it->result);
}

/* By name: what is observed is `expected`, and spoils or not. */
static void check(world *it, const char *name, double expected, bool spoiled) {
    const rs_result_condition *row = judge(it, name);
    if (!row->observed.known) rs_test_fail(__FILE__, __LINE__, "%s: %s", name, row->why);
    if (fabs(row->observed.value - expected) > 1e-6 * (1 + fabs(expected)))
        rs_test_fail(__FILE__, __LINE__, "%s is %g, not %g", name, row->observed.value, expected);
    if (row->spoiled != spoiled)
        rs_test_fail(__FILE__, __LINE__, "%s at %g: spoiled is %d", name, expected, row->spoiled);
}

/* Not available: no number, no harm, and a reason. */
static void check_unknown(world *it, const char *name) {
    const rs_result_condition *row = judge(it, name);
    CHECK(!row->observed.known && !row->spoiled && row->why && *row->why);
}

/* ------------------------------------------------------------------ nothing at all */

TEST(a_calm_run_is_spoiled_by_nothing) {
    world it;
    begin(&it);
    static const char *const names[] = {"busy_neighbour", "steal",      "throttled",
                                        "thermal_drift",  "clock_slew", "clock_step"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) check(&it, names[i], 0, false);
    check_unknown(&it, "late_clients");
    end(&it);
}

TEST(what_was_not_read_is_not_available) {
    world it;
    begin(&it);
    it.start = it.end = (rs_surroundings){.taken = false};
    it.evidence.unsent = it.evidence.clock_step_ns = (rs_optional){.known = false};
    rs_condition_add_all(it.result, &it.evidence);
    size_t count = it.result->trust.count;
    for (size_t i = 0; i < count; i++) check_unknown(&it, rs_conditions[i].name);
    end(&it);
    begin(&it), it.end.waited_ns.known = false, check_unknown(&it, "busy_neighbour"), end(&it);
    begin(&it), it.start.stolen_ns.known = false, check_unknown(&it, "steal"), end(&it);
    begin(&it), it.end.throttled_ns.known = false, check_unknown(&it, "throttled"), end(&it);
    begin(&it), it.end.spin_ns.known = false, check_unknown(&it, "thermal_drift"), end(&it);
}

/* ------------------------------------------------------------------ the machine */

/* Two threads: both waiting half of the second makes a second. */
TEST(a_neighbour_may_have_half_of_each_thread) {
    world it;
    begin(&it);
    it.end.waited_ns = reading(7 + SECOND - 1000000), check(&it, "busy_neighbour", 0.4995, false);
    it.end.waited_ns = reading(7 + SECOND + 1000000), check(&it, "busy_neighbour", 0.5005, true);
    it.end.waited_ns = reading(7 + 9 * SECOND), check(&it, "busy_neighbour", 1, true);
    it.end.waited_ns = reading(6), check_unknown(&it, "busy_neighbour");
    end(&it);
}

/* Whom a limit has stopped waits as well, but for nobody. */
TEST(a_limit_is_no_neighbour) {
    world it;
    begin(&it);
    it.end.waited_ns = reading(7 + 19 * SECOND / 10);
    it.end.throttled_ns = reading(9 + 3 * SECOND / 2);
    check(&it, "busy_neighbour", 0.2, false);
    check(&it, "throttled", 0.75, true);
    end(&it);
}

TEST(more_threads_than_processors_are_no_neighbour) {
    world it;
    begin(&it);
    it.end.waited_ns = reading(7 + 2 * SECOND);
    it.evidence.processors = 1;
    check_unknown(&it, "busy_neighbour");
    CHECK_STR(judge(&it, "busy_neighbour")->why, "2 threads on 1 processors wait for each other");
    end(&it);
}

/* One step of the counter, 10 ms, is taken off: it may have been before the run. */
TEST(the_hypervisor_may_have_half_of_what_was_wanted) {
    world it;
    begin(&it);
    it.end.stolen_ns = reading(SECOND + SECOND / 100), check(&it, "steal", 0, false);
    it.end.stolen_ns = reading(2 * SECOND), check(&it, "steal", 0.99 / 2.01, false);
    it.end.stolen_ns = reading(2 * SECOND + 4 * SECOND / 100);
    check(&it, "steal", 1.03 / 2.05, true);
    end(&it);
}

TEST(a_short_run_has_too_few_steps_to_tell_of_steal) {
    world it;
    begin(&it);
    it.end = calm(99 * SECOND / 1000), it.end.stolen_ns = reading(2 * SECOND);
    check_unknown(&it, "steal");
    it.end = calm(SECOND / 10), it.end.stolen_ns = reading(2 * SECOND);
    CHECK(judge(&it, "steal")->spoiled);
    end(&it);
}

TEST(a_limit_may_stop_threads_for_half_of_the_run) {
    world it;
    begin(&it);
    it.end.throttled_ns = reading(9 + SECOND - 2000), check(&it, "throttled", 0.499999, false);
    it.end.throttled_ns = reading(9 + SECOND + 2000), check(&it, "throttled", 0.500001, true);
    end(&it);
}

TEST(a_processor_may_become_half_as_slow_again) {
    world it;
    begin(&it);
    it.end.spin_ns = reading(15000), check(&it, "thermal_drift", 0.5, false);
    it.end.spin_ns = reading(15001), check(&it, "thermal_drift", 0.5001, true);
    it.end.spin_ns = reading(2000), check(&it, "thermal_drift", 0, false);
    end(&it);
}

/* ------------------------------------------------------------------ clocks */

TEST(the_clock_may_go_wrong_by_a_hundredth_either_way) {
    world it;
    begin(&it);
    for (int sign = -1; sign <= 1; sign += 2) {
        it.end = calm(SECOND), it.end.clocks.run_ns += (uint64_t)(sign * 9990000);
        check(&it, "clock_slew", 0.00999, false);
        it.end = calm(SECOND), it.end.clocks.run_ns += (uint64_t)(sign * 10010000);
        check(&it, "clock_slew", 0.01001, true);
        it.end.clocks.error_ns = 20000, check(&it, "clock_slew", 0.00999, false);
    }
    end(&it);
}

TEST(the_time_of_day_may_be_set_by_ten_milliseconds) {
    world it;
    begin(&it);
    it.evidence.clock_step_ns = rs_known(1e7), check(&it, "clock_step", 1e7, false);
    it.evidence.clock_step_ns = rs_known(1e7 + 1), check(&it, "clock_step", 1e7 + 1, true);
    end(&it);
}

static rs_optional step_of(const int64_t *wall_moves_ns, size_t count, uint64_t error_ns) {
    rs_steps steps = {0};
    rs_clocks clocks = {.raw_ns = SECOND, .wall_ns = 50 * SECOND, .error_ns = error_ns};
    rs_steps_take(&steps, &clocks);
    for (size_t i = 0; i < count; i++) {
        clocks.raw_ns += SECOND / 10, clocks.wall_ns += SECOND / 10;
        clocks.wall_ns += (uint64_t)wall_moves_ns[i];
        rs_steps_take(&steps, &clocks);
    }
    return steps.largest_ns;
}

/* Two steps that cancel out are found between looks, and the readings' own error is taken off. */
TEST(steps_are_found_from_look_to_look) {
    CHECK(!step_of(NULL, 0, 0).known);
    CHECK(step_of((int64_t[]){0, 0}, 2, 0).value == 0);
    CHECK(step_of((int64_t[]){0, 500, -500, 0}, 4, 0).value == 500);
    CHECK(step_of((int64_t[]){-700, 0, 100}, 3, 0).value == 700);
    CHECK(step_of((int64_t[]){-700}, 1, 100).value == 500);
    CHECK(step_of((int64_t[]){-700}, 1, 400).value == 0);
}

/* ------------------------------------------------------------------ the harness */

static void add_load(rs_result *result, const char *load, uint64_t late_ns, uint64_t latency_ns,
                     uint64_t samples) {
    rs_histogram *histogram = rs_rows_alloc(sizeof *histogram);
    rs_result_labels labels = {.load = load};
    rs_histogram_record_many(histogram, late_ns, samples);
    rs_result_add_histogram(result, "harness.late", &labels, histogram, 0);
    *histogram = (rs_histogram){0};
    rs_histogram_record_many(histogram, latency_ns, 2 * samples);
    rs_result_add_histogram(result, "calls.latency", &labels, histogram, 0);
    free(histogram);
}

static bool is_late(uint64_t late_ns, uint64_t latency_ns, uint64_t samples) {
    world it;
    begin(&it);
    add_load(it.result, "one", late_ns, latency_ns, samples);
    CHECK(judge(&it, "late_clients")->observed.known == (samples >= 20));
    bool spoiled = judge(&it, "late_clients")->spoiled;
    const rs_result_condition *tail = judge(&it, "late_tail");
    CHECK(tail->observed.known == (samples >= 1000));
    CHECK(tail->spoiled == (spoiled && samples >= 1000));
    end(&it);
    return spoiled;
}

/* The histogram rounds by less than a hundredth. */
TEST(clients_may_be_late_by_half_of_the_latency_or_by_a_millisecond) {
    CHECK(!is_late(980000, 1100000, 1000));
    CHECK(is_late(1020000, 1100000, 1000));
    CHECK(!is_late(4900000, 10000000, 1000));
    CHECK(is_late(5100000, 10000000, 1000));
    CHECK(is_late(5100000, 10000000, 999));
    CHECK(is_late(5100000, 10000000, 20));
    CHECK(!is_late(5100000, 10000000, 19));
}

/* Two in a hundred are late, and nobody else. */
TEST(a_late_tail_leaves_the_median_alone) {
    world it;
    begin(&it);
    add_load(it.result, "one", 1000, 2000, 980);
    rs_histogram_record_many(it.result->metrics.at[0].histogram, 9000000, 20);
    rs_histogram_record_many(it.result->metrics.at[1].histogram, 10000000, 40);
    CHECK(!judge(&it, "late_clients")->spoiled);
    CHECK(judge(&it, "late_tail")->spoiled);
    end(&it);
}

TEST(the_latest_load_is_told) {
    world it;
    begin(&it);
    add_load(it.result, "calm", 900000000, 2000000000, 1000);
    add_load(it.result, "late", 9000000, 10000000, 1000);
    add_load(it.result, "calm_too", 100, 200, 1000);
    const rs_result_condition *row = judge(&it, "late_clients");
    CHECK_STR(row->why, "p50 of load late");
    CHECK(row->spoiled && fabs(row->threshold.value - 5e6) < 1e5);
    end(&it);
}

TEST(a_hundredth_of_the_requests_may_go_unsent) {
    world it;
    begin(&it);
    it.evidence.unsent = rs_known(0.01), check(&it, "unsent_requests", 0.01, false);
    it.evidence.unsent = rs_known(0.0101), check(&it, "unsent_requests", 0.0101, true);
    end(&it);
}

/* ------------------------------------------------------------------ the catalogue */

static bool is_metric_or_prefix(const char *name, size_t length) {
    char text[64];
    const char *rest;
    snprintf(text, sizeof text, "%.*s", (int)length, name);
    for (const rs_metric *metric = rs_metrics; metric->name; metric++)
        if (strncmp(metric->name, text, length) == 0 &&
            (metric->name[length] == 0 || metric->name[length] == '.'))
            return true;
    const rs_metric *metric = rs_metric_split(text, &rest);
    return metric && *rest == '.' && rs_metric_takes(metric, rest + 1);
}

TEST(what_a_condition_spoils_are_metrics) {
    for (const rs_condition *one = rs_conditions; one->name; one++)
        for (const char *at = one->spoils; *at; at += strspn(at, ", ")) {
            size_t length = strcspn(at, ", ");
            if (!is_metric_or_prefix(at, length))
                rs_test_fail(__FILE__, __LINE__, "%s spoils no metric '%.*s'", one->name,
                             (int)length, at);
            at += length;
        }
}

TEST_MAIN()
