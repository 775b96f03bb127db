/* result_test.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/result.h"
#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

TEST(a_fresh_result_says_aborted) {
    rs_result *result = rs_result_create();
    CHECK_STR(rs_result_status_word(result->status), "aborted");
    CHECK_STR(rs_result_verdict_word(result->verdict), "inconclusive");
    CHECK_STR(result->stream_scheme, RS_PRNG_SCHEME);
    CHECK_INT(strlen(result->started_at), 20);
    CHECK(result->machine.cores > 0);
    rs_result_destroy(result);
    rs_result_destroy(NULL);
}

TEST(texts_are_copies_that_stay) {
    rs_result *result = rs_result_create();
    static const char *texts[5000];
    char number[32];
    for (int i = 0; i < 5000; i++) {
        snprintf(number, sizeof number, "tables/game-%d", i);
        texts[i] = rs_result_text(result, number);
    }
    for (int i = 0; i < 5000; i++) {
        snprintf(number, sizeof number, "tables/game-%d", i);
        CHECK_STR(texts[i], number);
    }
    static char large[100000];
    memset(large, 'x', sizeof large - 1);
    CHECK_STR(rs_result_text(result, large), large);
    CHECK_STR(rs_result_print(result, "%d of %s", 3, "four"), "3 of four");
    CHECK(rs_result_text(result, NULL) == NULL);
    rs_result_destroy(result);
}

TEST(a_metric_is_found_by_all_its_labels) {
    rs_result *result = rs_result_create();
    rs_result_labels storm = {.phase = "storm"}, timeout = {.phase = "storm", .cause = "timeout"};
    rs_result_add_number(result, "calls.failed", NULL, 1);
    rs_result_add_number(result, "calls.failed", &storm, 2);
    rs_result_add_number(result, "calls.failed", &timeout, 3);
    CHECK_INT(rs_result_find(result, "calls.failed", NULL)->value.value, 1);
    CHECK_INT(rs_result_find(result, "calls.failed", &storm)->value.value, 2);
    CHECK_INT(rs_result_find(result, "calls.failed", &timeout)->value.value, 3);
    CHECK(rs_result_find(result, "calls.lost", NULL) == NULL);
    rs_result_labels heal = {.phase = "heal"};
    CHECK(rs_result_find(result, "calls.failed", &heal) == NULL);
    CHECK_STR(result->metrics.at[0].unit, "1");
    rs_result_destroy(result);
}

TEST_DIES(a_metric_outside_the_catalogue_is_refused, SIGABRT) {
    rs_result_add_number(rs_result_create(), "restart.speed", NULL, 1);
}

TEST(the_histogram_is_a_copy) {
    static rs_histogram histogram;
    rs_histogram_record(&histogram, 7);
    rs_result *result = rs_result_create();
    rs_result_add_histogram(result, "restart.served", NULL, &histogram, 4);
    rs_histogram_record(&histogram, 8);
    const rs_result_metric *metric = rs_result_find(result, "restart.served", NULL);
    CHECK_INT(metric->histogram->count, 1);
    CHECK_INT(metric->unfinished, 4);
    rs_result_destroy(result);
}

static uint64_t all_times[20000], all_restarts[20000];

static int ascending(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

TEST(the_first_and_the_slowest_thousand_are_kept) {
    rs_result *result = rs_result_create();
    rs_prng prng;
    rs_prng_init(&prng, 31, "strikes");
    rs_result_add_fault(result, "crashes");
    char role[32];
    for (size_t i = 0; i < 20000; i++) {
        all_times[i] = rs_prng_below(&prng, 1000000000);
        all_restarts[i] = 1 + rs_prng_below(&prng, 1000000);
        snprintf(role, sizeof role, "r%" PRIu64, all_times[i]);
        rs_strike strike = {.time_ns = all_times[i], .restart_ns = all_restarts[i], .role = role};
        rs_result_add_strike(result, &strike);
    }
    qsort(all_times, 20000, sizeof *all_times, ascending);
    qsort(all_restarts, 20000, sizeof *all_restarts, ascending);
    const rs_strike **first = rs_strikes_sorted(&result->first);
    const rs_strike **slowest = rs_strikes_sorted(&result->slowest);
    CHECK_INT(result->first.count, 1000);
    CHECK_INT(result->slowest.count, 1000);
    for (size_t i = 0; i < 1000; i++) {
        CHECK_INT(first[i]->time_ns, all_times[i]);
        CHECK_INT(slowest[i]->restart_ns, all_restarts[19999 - i]);
        snprintf(role, sizeof role, "r%" PRIu64, first[i]->time_ns);
        CHECK_STR(first[i]->role, role);
    }
    CHECK_INT(result->faults.at[0].struck, 20000);
    CHECK_INT(result->faults.at[0].outcomes[RS_STRIKE_HIT], 20000);
    free(first), free(slowest);
    rs_result_destroy(result);
}

TEST(misses_are_kept_and_counted_beyond_the_limit) {
    rs_result *result = rs_result_create();
    rs_result_add_fault(result, "crashes");
    rs_strike strike = {.outcome = RS_STRIKE_NO_VICTIM};
    for (uint64_t i = 0; i < RS_RESULT_MISSES + 10; i++) {
        strike.time_ns = i;
        rs_result_add_strike(result, &strike);
    }
    CHECK_INT(result->misses.count, RS_RESULT_MISSES);
    CHECK_INT(result->misses_omitted, 10);
    CHECK_INT(result->slowest.count, 0);
    CHECK_INT(result->faults.at[0].outcomes[RS_STRIKE_NO_VICTIM], RS_RESULT_MISSES + 10);
    rs_result_destroy(result);
}

TEST_MAIN()
