/* word_test.c
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "scenarios/language/word.h"

TEST(distances) {
    CHECK_INT(rs_word_distance("strategy", "strategy", 3), 0);
    CHECK_INT(rs_word_distance("stratergy", "strategy", 3), 1);
    CHECK_INT(rs_word_distance("virtual", "vitrual", 3), 1);
    CHECK_INT(rs_word_distance("", "abc", 3), 3);
    CHECK_INT(rs_word_distance("", "abcd", 3), 4);
    CHECK_INT(rs_word_distance("kitten", "sitting", 5), 3);
    CHECK_INT(rs_word_distance("kitten", "sitting", 2), 3);
    CHECK_INT(rs_word_distance("ab", "ba", 1), 1);
}

TEST(the_nearest_word_is_near_enough) {
    const char *const words[] = {"every", "at", "rate", "crash", "clock", NULL};
    CHECK_STR(rs_word_nearest("evry", words), "every");
    CHECK_STR(rs_word_nearest("clok", words), "clock");
    CHECK_STR(rs_word_nearest("rae", words), "rate");
    CHECK(!rs_word_nearest("zzzz", words));
    CHECK(!rs_word_nearest("x", words));
    CHECK(!rs_word_nearest("", words));
    CHECK_INT(rs_word_index("rate", words), 2);
    CHECK_INT(rs_word_index("rates", words), -1);
}

TEST(globs_match_any_text) {
    CHECK(rs_word_matches("*", ""));
    CHECK(rs_word_matches("no*c", "noproc"));
    CHECK(rs_word_matches("a*b*c", "a-b-b-c"));
    CHECK(!rs_word_matches("no*c", "noprocs"));
    CHECK(!rs_word_matches("", "x"));
}

TEST_MAIN()
