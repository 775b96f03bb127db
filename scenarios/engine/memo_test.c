/* memo_test.c: what is remembered, and what is not.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/memo.h"

#include "runtime/base/test/test.h"

TEST(the_last_value_of_each_key_is_remembered) {
    rs_memo memo = {0};
    CHECK(rs_memo_get(&memo, 7) == UINT32_MAX);
    for (uint32_t i = 1; i <= 10000; i++) rs_memo_put(&memo, (uint64_t)i << 32, i);
    for (uint32_t i = 1; i <= 10000; i += 2) rs_memo_put(&memo, (uint64_t)i << 32, 2 * i);
    for (uint32_t i = 1; i <= 10000; i++)
        CHECK_INT(rs_memo_get(&memo, (uint64_t)i << 32), i % 2 ? 2 * i : i);
    CHECK(rs_memo_get(&memo, 7) == UINT32_MAX);
    CHECK_INT(memo.count, 10000);
    rs_memo_fini(&memo);
}

TEST_MAIN()
