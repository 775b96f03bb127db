/* span_test.c: what holds in every window of a phase.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/span.h"

#include "scenarios/engine/test/trial.h"

#include <stdio.h>

/* 100 calls a second; in the third 100 ms of the storm nobody is there to answer. */
static trial run_storm(const char *expectations) {
    char text[2048];
    snprintf(text, sizeof text,
             "scenario: test\n"
             "runtime: { clock: virtual, seed: 1 }\n"
             "tree: { id: top, strategy: one_for_one, children: [\n"
             "  { id: left, worker: echo, backoff: 50ms }] }\n"
             "load: [{ id: all, target: left, rate: 100/s, timeout: 1s }]\n"
             "phases: { calm: 105ms, storm: 450ms, heal: 200ms }\n"
             "faults: [{ id: f, crash: left, how: kill, at: 220ms, during: storm }]\n"
             "expect: [%s]\n",
             expectations);
    return run_plan(parse(text));
}

static const rs_result_expectation *row(const trial *made, size_t index) {
    CHECK(index < made->result->expectations.count);
    return &made->result->expectations.at[index];
}

TEST(one_bad_window_fails_what_holds_on_the_whole) {
    trial made = run_storm("calls.availability >= 80% during storm,\n"
                           "calls.availability >= 80% in every 100ms of storm,\n"
                           "calls.availability >= 80% in every 100ms of heal");
    CHECK_INT(row(&made, 0)->verdict, RS_VERDICT_PASSED);
    CHECK_INT(row(&made, 1)->verdict, RS_VERDICT_FAILED);
    CHECK_STR(row(&made, 1)->observed, "50 %");
    CHECK_STR(row(&made, 1)->why, "in the worst of 4 windows, from 305 ms on");
    CHECK_INT(row(&made, 2)->verdict, RS_VERDICT_PASSED);
    CHECK_INT(made.result->windows.count, 2);
    CHECK_INT(made.result->windows.at[0].start_ns, 305000000);
    CHECK_INT(made.result->windows.at[0].samples, 10);
    finish_trial(&made);
}

TEST(counts_rates_and_percentiles_are_known_by_windows) {
    trial made =
        run_storm("calls.issued == 10 in every 100ms of storm,\n"
                  "calls.failed <= 5 in every 100ms of storm,\n"
                  "calls.failed <= 4 in every 100ms of storm,\n"
                  "calls.answered >= 5 in every 100ms of storm,\n"
                  "'model: calls.throughput >= 50/s in every 100ms of storm',\n"
                  "'model: calls.throughput >= 51/s in every 100ms of storm',\n"
                  "'model: calls.latency.p50 < 1us in every 450ms of storm',\n"
                  "'model: calls.latency_uncorrected.p50 < 100us in every 450ms of storm'");
    static const rs_result_verdict verdicts[] = {
        RS_VERDICT_PASSED, RS_VERDICT_PASSED, RS_VERDICT_FAILED, RS_VERDICT_PASSED,
        RS_VERDICT_PASSED, RS_VERDICT_FAILED, RS_VERDICT_FAILED, RS_VERDICT_PASSED,
    };
    for (size_t i = 0; i < 8; i++) CHECK_INT(row(&made, i)->verdict, verdicts[i]);
    finish_trial(&made);
}

TEST(a_window_with_too_few_samples_proves_nothing) {
    trial made = run_storm("calls.availability >= 10% in every 100ms of storm min_samples 10,\n"
                           "calls.availability >= 10% in every 100ms of storm min_samples 11,\n"
                           "calls.availability >= 10% during storm min_samples 45,\n"
                           "calls.availability >= 10% during storm min_samples 46,\n"
                           "'model: calls.latency.p50 < 1ms in every 100ms of storm',\n"
                           "calls.availability >= 10% in every 1ms of storm");
    CHECK_INT(row(&made, 0)->verdict, RS_VERDICT_PASSED);
    CHECK_INT(row(&made, 1)->verdict, RS_VERDICT_INCONCLUSIVE);
    CHECK_STR(row(&made, 1)->why, "10 samples; min_samples is 11");
    CHECK_INT(row(&made, 2)->verdict, RS_VERDICT_PASSED);
    CHECK_INT(row(&made, 3)->verdict, RS_VERDICT_INCONCLUSIVE);
    CHECK_STR(row(&made, 4)->why, "a window has 5 samples; p50 needs 20");
    CHECK_INT(row(&made, 5)->verdict, RS_VERDICT_FAILED);
    finish_trial(&made);
}

TEST_MAIN()
