/* reorder_test.c: events come out in the order of their times.
 * SPDX-License-Identifier: MIT
 */
#include "reports/reorder.h"

#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"

static void put(rs_reorder *reorder, int64_t time_ns, uint64_t line) {
    rs_reorder_put(reorder, &(rs_reorder_event){.time_ns = time_ns, .line = line});
}

TEST(the_oldest_comes_first_and_of_equals_the_one_told_first) {
    rs_reorder reorder = {0};
    rs_reorder_event event, before = {.time_ns = INT64_MIN};
    rs_prng prng;
    rs_prng_init(&prng, 1, "reorder");
    for (uint64_t line = 0; line <= RS_REORDER_EVENTS; line++) {
        CHECK(!rs_reorder_is_full(&reorder));
        put(&reorder, (int64_t)rs_prng_below(&prng, 1000) - 500, line);
    }
    CHECK(rs_reorder_is_full(&reorder));
    for (uint32_t i = 0; i <= RS_REORDER_EVENTS; i++, before = event) {
        CHECK(rs_reorder_take(&reorder, &event));
        CHECK(event.time_ns > before.time_ns ||
              (event.time_ns == before.time_ns && event.line > before.line));
    }
    CHECK(!rs_reorder_take(&reorder, &event));
    rs_reorder_fini(&reorder);
}

TEST(what_lies_before_the_last_that_was_taken_is_late) {
    rs_reorder reorder = {0};
    rs_reorder_event event;
    CHECK(!rs_reorder_is_late(&reorder, INT64_MIN));
    put(&reorder, -5, 1);
    CHECK(!rs_reorder_is_late(&reorder, -6)); /* it is still held back */
    CHECK(rs_reorder_take(&reorder, &event));
    CHECK(rs_reorder_is_late(&reorder, -6));
    CHECK(!rs_reorder_is_late(&reorder, -5));
    rs_reorder_fini(&reorder);
}

TEST_MAIN()
