/* metric_test.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/metric.h"
#include "runtime/base/test/test.h"

TEST(names_are_unique_and_every_entry_is_complete) {
    for (const rs_metric *metric = rs_metrics; metric->name; metric++) {
        CHECK(metric->unit && metric->about && *metric->about);
        CHECK(metric->labels);
        CHECK(rs_metric_find(metric->name) == metric);
    }
    CHECK(!rs_metric_find("restart"));
}

TEST(the_longest_name_wins) {
    const char *rest;
    CHECK_STR(rs_metric_split("orphans.unreachable", &rest)->name, "orphans.unreachable");
    CHECK_STR(rest, "");
    CHECK_STR(rs_metric_split("orphans.rate", &rest)->name, "orphans");
    CHECK_STR(rest, ".rate");
    CHECK_STR(rs_metric_split("restart.reachable{cause=fault}.p99", &rest)->name,
              "restart.reachable");
    CHECK_STR(rest, "{cause=fault}.p99");
    CHECK_STR(rs_metric_split("calls.availability during storm", &rest)->name,
              "calls.availability");
    CHECK(!rs_metric_split("restart.reachables.p99", &rest));
    CHECK(!rs_metric_split("", &rest));
}

TEST(labels_are_whole_words) {
    const rs_metric *failed = rs_metric_find("calls.failed");
    CHECK(rs_metric_has_label(failed, "phase") && rs_metric_has_label(failed, "reason"));
    CHECK(!rs_metric_has_label(failed, "fault") && !rs_metric_has_label(failed, "reas"));
    CHECK(!rs_metric_has_label(rs_metric_find("orphans"), "load"));
    CHECK(!rs_metric_has_label(rs_metric_find("orphans"), ""));
}

TEST(percentiles_lie_between_0_and_100) {
    double share = 0;
    CHECK(rs_metric_percentile("p99.9", &share) && share > 0.99899 && share < 0.99901);
    CHECK(rs_metric_percentile("p50", &share) && share > 0.499 && share < 0.501);
    CHECK(rs_metric_percentile("p99.9999", &share) && share < 0.9999991);
    const char *const wrong[] = {"p0",   "p100", "p",      "p-5",  "p0x5",     "p5e1",
                                 "p50.", "99",   "p99.9x", "pnan", "p99.99999"};
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(!rs_metric_percentile(wrong[i], &share));
}

TEST(aggregates_fit_their_kind) {
    const rs_metric *histogram = rs_metric_find("restart.reachable");
    CHECK(rs_metric_takes(histogram, "p99.99") && rs_metric_takes(histogram, "mean"));
    CHECK(!rs_metric_takes(histogram, NULL) && !rs_metric_takes(histogram, "median"));
    const rs_metric *counter = rs_metric_find("calls.lost");
    CHECK(rs_metric_takes(counter, NULL) && rs_metric_takes(counter, "rate"));
    CHECK(!rs_metric_takes(counter, "p99"));
    CHECK(!rs_metric_takes(rs_metric_find("calls.availability"), "mean"));
    CHECK_STR(rs_metric_unit(histogram, "p99"), "ns");
    CHECK_STR(rs_metric_unit(histogram, "count"), "1");
    CHECK_STR(rs_metric_unit(histogram, "rate"), "per_s");
}

TEST_MAIN()
