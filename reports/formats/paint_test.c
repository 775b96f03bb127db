/* paint_test.c: text in columns.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/paint.h"

#include "runtime/base/test/test.h"

#include <locale.h>
#include <stdlib.h>

static void check_columns(const char *text, unsigned expected) {
    unsigned columns = rs_paint_columns(text);
    if (columns != expected)
        rs_test_fail(__FILE__, __LINE__, "%s takes %u columns, not %u", text, columns, expected);
}

/* ------------------------------------------------------------------ how wide a letter is */

TEST(usual_letters_take_a_column) {
    check_columns("", 0);
    check_columns("tables/game-7", 13);
    check_columns("Zürich 54 µs", 12);
    check_columns("├─│└╵█░▁▇…–→×✓✗", 15);
    check_columns("\x1b[2J\xff", 11); /* \x1b[2J\xff */
}

TEST(east_asian_letters_take_two) {
    check_columns("東京", 4);
    check_columns("한글", 4);
    check_columns("ｗｉｄｅ", 8);
    check_columns("\U00020000", 2);
}

TEST(pictures_take_two) {
    check_columns("\U0001f680", 2); /* a rocket, and what surrounds it */
    check_columns("\U0001f6eb", 2);
    check_columns("\U0001f7e0\U0001f7eb", 4);
    check_columns("\u2705\u26a1", 4);
    check_columns("\U0001f600\U0001f910", 4);
    check_columns("\u2713\u2600", 2); /* older ones are letters */
}

TEST(marks_take_none) {
    check_columns("e\u0301", 1);
    check_columns("\u2764\ufe0f", 1);
    check_columns("א\u05b8", 1);
    check_columns("ก\u0e34", 1);
    check_columns("a\u1dc4\u20d0\ufe20", 1);
}

/* ------------------------------------------------------------------ text in columns */

static char *left(unsigned columns, const char *text) {
    char *drawn;
    size_t length;
    rs_paint paint = {.out = open_memstream(&drawn, &length), .width = 80};
    rs_paint_left(&paint, RS_PAINT_PLAIN, columns, text);
    CHECK_INT(paint.column, columns);
    rs_paint_text(&paint, RS_PAINT_PLAIN, "|");
    CHECK_INT(fclose(paint.out), 0);
    return drawn;
}

static void check_left(unsigned columns, const char *text, const char *expected) {
    char *drawn = left(columns, text);
    CHECK_STR(drawn, expected);
    free(drawn);
}

/* A letter that is too wide for the last column leaves it blank, and a mark stays with its letter.
 */
TEST(a_cut_falls_between_letters) {
    check_left(6, "rocket", "rocket|");
    check_left(5, "rocket", "rock…|");
    check_left(3, "\U0001f680\U0001f680", "\U0001f680…|");
    check_left(2, "\U0001f680\U0001f680", "… |");
    check_left(4, "\U0001f680\U0001f680", "\U0001f680\U0001f680|");
    check_left(3, "ae\u0301io", "ae\u0301…|");
    check_left(0, "rocket", "|");
}

/* ------------------------------------------------------------------ whose locale it is */

TEST(the_users_locale_is_neither_asked_nor_touched) {
    locale_t mine = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    CHECK(uselocale(mine) == LC_GLOBAL_LOCALE);
    check_columns("\U0001f680", 2);
    CHECK(uselocale((locale_t)0) == mine);
    CHECK(uselocale(LC_GLOBAL_LOCALE) == mine);
    freelocale(mine);
    CHECK_STR(setlocale(LC_ALL, NULL), "C");
}

TEST_MAIN()
