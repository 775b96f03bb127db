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

TEST_MAIN()
