/* escape_test.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/escape.h"
#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"

#include <jansson.h>
#include <stdio.h>

TEST(terminal_text_cannot_control_the_terminal) {
    char out[200];
    rs_escape_terminal("a\x1b[31mb\n\x7f\xc2\x9b\u202e\xff", out, sizeof out);
    CHECK_STR(out, "a\\x1b[31mb\\x0a\\x7f\\u009b\\u202e\\xff");
    rs_escape_terminal("tables/Zürich–東京", out, sizeof out);
    CHECK_STR(out, "tables/Zürich–東京");
}

TEST(invalid_utf8_is_replaced_byte_by_byte) {
    char out[100];
    rs_escape_utf8("\xc0\x80|\xed\xa0\x80|\xf5|\xe2\x82|\xf4\x90\x80\x80", out, sizeof out);
    CHECK_STR(out, "\uFFFD\uFFFD|\uFFFD\uFFFD\uFFFD|\uFFFD|\uFFFD\uFFFD|"
                   "\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST(a_cut_falls_between_characters) {
    char out[4];
    CHECK_INT(rs_escape_utf8("ab\u00e9", out, sizeof out), 2);
    CHECK_STR(out, "ab");
    CHECK_INT(rs_escape_terminal("a\x01", out, sizeof out), 1);
    CHECK_INT(rs_escape_json("", out, 1), 0);
    CHECK_STR(out, "");
}

TEST(any_bytes_make_a_json_string_that_a_strict_reader_takes) {
    rs_prng prng;
    rs_prng_init(&prng, 61, "escape");
    for (int round = 0; round < 20000; round++) {
        char text[32] = "", out[6 * 32 + 1], json[6 * 32 + 16];
        for (uint64_t i = rs_prng_below(&prng, 31); i > 0; i--)
            text[i - 1] = (char)(1 + rs_prng_below(&prng, 255));
        size_t length = rs_escape_json(text, out, sizeof out);
        CHECK_INT(length, strlen(out));
        snprintf(json, sizeof json, "[\"%s\"]", out);
        json_t *root = json_loads(json, 0, NULL);
        CHECK(root != NULL);
        char plain[3 * 32 + 1];
        rs_escape_utf8(text, plain, sizeof plain);
        CHECK_STR(json_string_value(json_array_get(root, 0)), plain);
        json_decref(root);
    }
}

TEST(markdown_takes_text_for_no_more_than_text) {
    char out[200];
    rs_escape_markdown("a|b *c* `d` <e> [f](g) &amp; \\ \n", out, sizeof out);
    CHECK_STR(out, "a\\|b \\*c\\* \\`d\\` \\<e\\> \\[f\\]\\(g\\) \\&amp; \\\\ \\\\x0a");
    rs_escape_markdown("http://a WWW.b https:c j@e.f", out, sizeof out);
    CHECK_STR(out, "http\\://a &#87;WW.b https:c j@<!-- -->e.f");
}

TEST(xml_takes_text_for_no_more_than_text) {
    char out[200];
    rs_escape_xml("<a b=\"c\">&lt;]]>\x01\n\xff\uffff'", out, sizeof out);
    CHECK_STR(out, "&lt;a b=&quot;c&quot;&gt;&amp;lt;]]&gt;\\x01\\x0a\\xff\\uffff'");
}

TEST(spreadsheets_take_no_text_for_a_formula) {
    static const char *const formulas[] = {"=1", "+1", "-1", "@a", "\uff1d1", "\uff0b1"};
    char out[200], expected[200];
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
        snprintf(expected, sizeof expected, "'%s", formulas[i]);
        rs_escape_csv(formulas[i], out, sizeof out);
        CHECK_STR(out, expected);
    }
    rs_escape_csv("a=1,\"b\"\r\n", out, sizeof out);
    CHECK_STR(out, "a=1,\"\"b\"\"\\x0d\\x0a");
    rs_escape_csv("\t=1", out, sizeof out);
    CHECK_STR(out, "\\x09=1");
}

TEST(labels_end_at_their_quote) {
    char out[200];
    rs_escape_label("a\"b\\c\n\xff}", out, sizeof out);
    CHECK_STR(out, "a\\\"b\\\\c\\\\x0a\\\\xff}");
}

/* With the room that is promised, nothing is cut. */
TEST(the_room_is_enough_for_any_bytes) {
    static rs_escape *const escapes[] = {rs_escape_utf8,     rs_escape_terminal, rs_escape_json,
                                         rs_escape_markdown, rs_escape_xml,      rs_escape_csv,
                                         rs_escape_label};
    for (uint64_t round = 0; round < 20000; round++) {
        rs_prng prng;
        rs_prng_init_indexed(&prng, 7, "room", round);
        static const char alphabet[] = "\"\\&<=|:/w.@\x01\xc2\x80\xe2\x80\xae\xf3\xa0\x80\x81";
        char text[32], tight[10 * sizeof text], roomy[32 * sizeof text];
        size_t length = rs_prng_below(&prng, sizeof text);
        for (size_t i = 0; i < length; i++)
            text[i] = alphabet[rs_prng_below(&prng, sizeof alphabet - 1)];
        text[length] = 0;
        rs_escape *escape = escapes[round % (sizeof escapes / sizeof *escapes)];
        size_t whole = escape(text, roomy, sizeof roomy);
        CHECK_INT(escape(text, tight, RS_ESCAPE_ROOM(text)), whole);
        CHECK_STR(tight, roomy);
    }
}

TEST_MAIN()
