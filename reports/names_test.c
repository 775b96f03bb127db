/* names_test.c: texts and their numbers; rows and their keys.
 * SPDX-License-Identifier: MIT
 */
#include "reports/names.h"

#include "runtime/base/test/test.h"

#include <stdio.h>

TEST(a_text_keeps_its_number) {
    rs_names names = {0};
    char text[32];
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 5000; i++) {
            snprintf(text, sizeof text, "tables/game-%u", i);
            CHECK_INT(rs_names_number(&names, text), i);
        }
    CHECK_INT(rs_names_number(&names, ""), 5000);
    CHECK_INT(names.rows.count, 5001);
    CHECK_STR(names.rows.at[4999], "tables/game-4999");
    rs_names_fini(&names);
    CHECK_INT(rs_names_number(&names, "anew"), 0);
    rs_names_fini(&names);
}

TEST(rows_of_one_key_are_all_found) {
    rs_lookup lookup = {0};
    uint32_t row, sum = 0, found = 0;
    size_t at = 0;
    CHECK(!rs_lookup_next(&lookup, 7, &at, &row));
    for (uint32_t i = 0; i < 1000; i++) rs_lookup_add(&lookup, i % 10, i);
    for (at = 0; rs_lookup_next(&lookup, 7, &at, &row); found++) sum += row;
    CHECK_INT(found, 100);
    CHECK_INT(sum, 100 * 7 + 10 * (99 * 100 / 2));
    at = 0;
    CHECK(!rs_lookup_next(&lookup, 10, &at, &row));
    rs_lookup_fini(&lookup);
}

TEST_MAIN()
