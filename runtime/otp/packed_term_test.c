/* packed_term_test.c: what goes in comes out.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/packed_term.h"

#include "runtime/base/test/test.h"

static void check_same(const char *text) {
    rs_term term;
    CHECK_INT(rs_term_parse(text, &term), RS_OK);
    uint64_t words[RS_PACKED_TERM_WORDS];
    uint32_t count = rs_packed_term_write(term, words);
    CHECK(count >= 1 && count <= RS_PACKED_TERM_WORDS);
    rs_term again = rs_packed_term_read(words, count);
    if (!rs_term_equal(term, again)) rs_test_fail(__FILE__, __LINE__, "%s changed", text);
    rs_term_release(again);
    rs_term_release(term);
}

TEST(comes_back_equal) {
    check_same("normal");
    check_same("-17");
    check_same("{shutdown,{failed_to_start_child,a,init_failed}}");
    check_same("{a,{b,{c,{d,{e,{f,{g,1}}}}}},{}}");
    check_same("\"\"");
    check_same("[]");
    check_same("[a,{b,[1,2]},[[]],\"c\"]");
    check_same("{error,\"seven b\",x}");
    check_same("{error,\"a text of several words\",{\"eightby\",y}}");
}

TEST(what_does_not_fit_is_a_system_limit) {
    char text[2000] = "{x,\"";
    memset(text + 4, 'y', 1500);
    memcpy(text + 1504, "\"}", 3);
    rs_term term;
    CHECK_INT(rs_term_parse(text, &term), RS_OK);
    uint64_t words[RS_PACKED_TERM_WORDS];
    CHECK_INT(rs_packed_term_write(term, words), 1);
    CHECK(rs_packed_term_read(words, 1) == RS_ATOM(system_limit));
    rs_term_release(term);
}

TEST_MAIN()
