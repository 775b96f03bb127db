/* timeline_test.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/timeline.h"
#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"

static rs_timeline first, second, both;

static uint64_t total(const rs_timeline *timeline, rs_timeline_column column) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < RS_TIMELINE_WINDOWS; i++) sum += timeline->counts[i][column];
    return sum;
}

TEST(a_count_lands_in_its_window) {
    rs_timeline_add(&first, 9999999, RS_TIMELINE_ANSWERED, 3);
    rs_timeline_add(&first, 10000000, RS_TIMELINE_FAILED, 4);
    CHECK_INT(first.counts[0][RS_TIMELINE_ANSWERED], 3);
    CHECK_INT(first.counts[1][RS_TIMELINE_FAILED], 4);
    CHECK_INT(first.used, 2);
}

TEST(a_long_run_doubles_the_windows_and_loses_nothing) {
    for (uint64_t i = 0; i < 5000; i++)
        rs_timeline_add(&first, i * 10000000, RS_TIMELINE_RESTARTS, 1);
    CHECK_INT(rs_timeline_window_ns(&first), 80000000);
    CHECK_INT(total(&first, RS_TIMELINE_RESTARTS), 5000);
    CHECK_INT(first.used, 625);
    for (uint32_t i = 0; i < 625; i++) CHECK_INT(first.counts[i][RS_TIMELINE_RESTARTS], 8);
}

TEST(the_end_of_time_has_a_window) {
    rs_timeline_add(&first, 0, RS_TIMELINE_FAULTS, 1);
    rs_timeline_add(&first, UINT64_MAX, RS_TIMELINE_FAULTS, 1);
    CHECK_INT(total(&first, RS_TIMELINE_FAULTS), 2);
    CHECK(first.used <= RS_TIMELINE_WINDOWS);
}

TEST(merge_equals_counting_in_one) {
    rs_prng prng;
    for (uint64_t round = 0; round < 50; round++) {
        rs_prng_init_indexed(&prng, 21, "timeline", round);
        memset(&first, 0, sizeof first), memset(&second, 0, sizeof first);
        memset(&both, 0, sizeof both);
        for (int i = 0; i < 200; i++) {
            rs_timeline *one = rs_prng_below(&prng, 2) ? &first : &second;
            uint64_t time_ns = rs_prng_below(&prng, one == &first ? 30000000000 : 9000000000);
            rs_timeline_column column = (rs_timeline_column)rs_prng_below(&prng, 5);
            rs_timeline_add(one, time_ns, column, 1);
            rs_timeline_add(&both, time_ns, column, 1);
        }
        if (round % 2) {
            rs_timeline_merge(&first, &second);
            CHECK(memcmp(&first, &both, sizeof both) == 0);
        } else {
            rs_timeline_merge(&second, &first);
            CHECK(memcmp(&second, &both, sizeof both) == 0);
        }
    }
}

TEST_MAIN()
