/* path_test.c: patterns, and the positions they name.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/path.h"

#include "runtime/base/test/test.h"

TEST(a_star_stands_for_one_step) {
    CHECK(rs_path_matches("tables/*", "tables/game-1"));
    CHECK(!rs_path_matches("tables/*", "tables"));
    CHECK(!rs_path_matches("tables/*", "tables/"));
    CHECK(!rs_path_matches("tables/*", "tables/a/b"));
    CHECK(rs_path_matches("*", "registry"));
    CHECK(!rs_path_matches("*", ""));
    CHECK(rs_path_matches("", ""));
    CHECK(!rs_path_matches("tables", "tables/a"));
}

TEST_MAIN()
