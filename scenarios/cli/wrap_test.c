/* wrap_test.c: lines end where people can read on.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/wrap.h"

#include "runtime/base/test/test.h"

#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *wrapped(const char *line, uint32_t width) {
    static char text[1024];
    FILE *out = fmemopen(text, sizeof text, "w");
    CHECK(out != NULL);
    rs_wrap_put(line, width, out);
    fclose(out);
    return text;
}

TEST(what_fits_stays) {
    CHECK_STR(wrapped("", 10), "\n");
    CHECK_STR(wrapped("a b", 3), "a b\n");
    CHECK_STR(wrapped("  indented   text", 80), "  indented   text\n");
}

TEST(what_is_long_goes_on_further_in) {
    CHECK_STR(wrapped("  one two three", 10), "  one two\n    three\n");
    CHECK_STR(wrapped("load     one two three four", 19), "load     one two\n           three\n"
                                                          "           four\n");
    CHECK_STR(wrapped("a b  ", 3), "a b\n");
}

TEST(a_long_word_is_left_whole) {
    CHECK_STR(wrapped("  supercalifragilistic", 10), "  supercalifragilistic\n");
    CHECK_STR(wrapped("  a supercalifragilistic b", 10), "  a\n    supercalifragilistic\n    b\n");
    CHECK_STR(wrapped("      deep words", 2), "      deep\n        words\n");
}

TEST(a_character_is_a_column) {
    CHECK_STR(wrapped("8 × ä ö ü", 9), "8 × ä ö ü\n");
    CHECK_STR(wrapped(" 8 × ä ö", 7), " 8 × ä\n   ö\n");
}

TEST(a_terminal_says_how_wide_it_is) {
    struct winsize size = {.ws_row = 24, .ws_col = 123};
    int ours, theirs;
    CHECK_INT(openpty(&ours, &theirs, NULL, NULL, &size), 0);
    FILE *terminal = fdopen(theirs, "w"), *file = tmpfile();
    CHECK(terminal && file);
    CHECK_INT(rs_wrap_width(terminal), 123);
    CHECK_INT(rs_wrap_width(file), 80);
    fclose(terminal);
    fclose(file);
    close(ours);
}

TEST_MAIN()
