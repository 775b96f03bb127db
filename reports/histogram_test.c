/* histogram_test.c: the histogram against the sorted samples themselves.
 * SPDX-License-Identifier: MIT
 */
#include "reports/histogram.h"
#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"

#include <stdlib.h>

#define SAMPLES 20000

static rs_histogram first, second, both;
static uint64_t samples[SAMPLES];

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Values of every magnitude: uniform bits shifted by a uniform amount. */
static uint64_t any_value(rs_prng *prng) {
    return rs_prng_next(prng) >> rs_prng_below(prng, 64);
}

static void check_close(uint64_t value, uint64_t exact) {
    double error = (double)(value > exact ? value - exact : exact - value);
    if (error > 0.008 * (double)exact)
        rs_test_fail(__FILE__, __LINE__, "%" PRIu64 " is not within 0.8 %% of %" PRIu64, value,
                     exact);
}

TEST(every_bin_holds_exactly_its_values) {
    uint64_t expected_low = 0;
    for (uint32_t i = 0; i < RS_HISTOGRAM_BINS; i++) {
        uint64_t low = rs_histogram_low(i), high = rs_histogram_high(i);
        CHECK(low == expected_low);
        CHECK(rs_histogram_index(low) == i);
        CHECK(rs_histogram_index(high) == i);
        CHECK(high - low <= low / 128);
        expected_low = high + 1;
    }
    CHECK(expected_low == 0); /* the last bin ends with the range */
}

TEST(zeroed_memory_is_empty) {
    CHECK_INT(first.count, 0);
    CHECK_INT(rs_histogram_min(&first), 0);
    CHECK_INT(rs_histogram_percentile(&first, RS_P99), 0);
    CHECK(rs_histogram_mean(&first) == 0);
    CHECK(rs_histogram_valid(&first));
    rs_histogram_bin bin;
    CHECK(!rs_histogram_next(&first, 0, &bin));
}

TEST(percentiles_agree_with_sorted_samples) {
    static const uint32_t asked[] = {0,      1,      10000,   100000,   RS_P50,
                                     RS_P90, RS_P99, RS_P999, RS_P9999, RS_P100};
    for (uint64_t round = 0; round < 20; round++) {
        rs_prng prng;
        rs_prng_init_indexed(&prng, 11, "histogram", round);
        uint64_t count = 1 + rs_prng_below(&prng, SAMPLES);
        rs_histogram_init(&first);
        for (uint64_t i = 0; i < count; i++) {
            samples[i] = any_value(&prng);
            rs_histogram_record(&first, samples[i]);
        }
        qsort(samples, count, sizeof *samples, by_value);
        CHECK(rs_histogram_min(&first) == samples[0]);
        CHECK(first.max == samples[count - 1]);
        for (size_t p = 0; p < sizeof asked / sizeof *asked; p++) {
            uint64_t rank = (count * asked[p] + 999999) / 1000000;
            check_close(rs_histogram_percentile(&first, asked[p]), samples[rank ? rank - 1 : 0]);
        }
        CHECK(rs_histogram_valid(&first));
    }
}

TEST(small_values_are_exact) {
    for (uint64_t v = 0; v < 256; v++) {
        rs_histogram_init(&first);
        rs_histogram_record_many(&first, v, 3);
        rs_histogram_record(&first, 1000000);
        CHECK_INT(rs_histogram_percentile(&first, RS_P50), v);
    }
}

TEST(a_percentile_lies_among_the_samples) {
    rs_histogram_record_many(&first, 1000, 3); /* its bin goes on to 1003 */
    CHECK_INT(rs_histogram_percentile(&first, RS_P50), 1000);
    rs_histogram_record_many(&second, 1003, 3);
    CHECK_INT(rs_histogram_percentile(&second, RS_P50), 1003);
}

TEST(unfinished_samples_are_infinite) {
    for (uint64_t v = 1; v <= 99; v++) rs_histogram_record(&first, v);
    CHECK_INT(rs_histogram_percentile_open(&first, RS_P99, 1), 99);
    CHECK(rs_histogram_percentile_open(&first, RS_P99, 2) == UINT64_MAX);
    CHECK_INT(rs_histogram_percentile_open(&first, RS_P50, 2), 51);
    CHECK(rs_histogram_percentile_open(&second, RS_P50, 1) == UINT64_MAX);
    CHECK(rs_histogram_percentile_open(&first, RS_P50, UINT64_MAX) == UINT64_MAX);
}

TEST(merge_equals_recording_everything_in_one) {
    rs_prng prng;
    rs_prng_init(&prng, 12, "merge");
    for (int i = 0; i < 10000; i++) {
        uint64_t value = any_value(&prng);
        rs_histogram_record(i % 3 ? &first : &second, value);
        rs_histogram_record(&both, value);
    }
    rs_histogram_merge(&first, &second);
    CHECK(memcmp(&first, &both, sizeof both) == 0);
    rs_histogram_init(&second);
    rs_histogram_merge(&first, &second);
    CHECK(memcmp(&first, &both, sizeof both) == 0);
    rs_histogram_merge(&second, &first);
    CHECK(memcmp(&second, &both, sizeof both) == 0);
}

TEST(record_many_equals_recording_often) {
    for (int i = 0; i < 1000; i++) rs_histogram_record(&first, 12345);
    rs_histogram_record_many(&second, 12345, 1000);
    rs_histogram_record_many(&second, 1, 0);
    CHECK(memcmp(&first, &second, sizeof first) == 0);
}

TEST(the_sum_saturates) {
    rs_histogram_record(&first, UINT64_MAX - 1);
    CHECK(first.sum == UINT64_MAX - 1);
    rs_histogram_record(&first, 2);
    CHECK(first.sum == UINT64_MAX);
    rs_histogram_record_many(&second, UINT64_MAX / 2, 3);
    CHECK(second.sum == UINT64_MAX);
}

TEST(iteration_meets_every_bin_once) {
    rs_prng prng;
    rs_prng_init(&prng, 13, "bins");
    for (int i = 0; i < 5000; i++) rs_histogram_record(&first, any_value(&prng));
    rs_histogram_record(&first, UINT64_MAX);
    uint64_t total = 0;
    rs_histogram_bin bin;
    for (uint32_t at = 0; rs_histogram_next(&first, at, &bin); at = bin.index + 1) {
        CHECK(bin.index >= at && bin.count > 0 && bin.low <= bin.high);
        total += bin.count;
    }
    CHECK_INT(total, 5001);
}

TEST(disagreeing_parts_are_not_valid) {
    rs_histogram_record(&first, 1000);
    rs_histogram_record(&first, 2000);
    first.count = 3;
    CHECK(!rs_histogram_valid(&first));
    first.count = 2;
    CHECK(rs_histogram_valid(&first));
    first.max = 5000;
    CHECK(!rs_histogram_valid(&first));
}

TEST_MAIN()
