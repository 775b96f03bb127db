/* symbols_test.c: functions of this very program, static ones too, go by their names.
 * SPDX-License-Identifier: MIT
 */
#include "reports/symbols.h"

#include "runtime/base/test/test.h"

#include <stdlib.h>
#include <string.h>

typedef int function(int);

__attribute__((noinline)) static int hidden_one(int x) {
    return x * 3;
}
__attribute__((noinline)) int visible_one(int x);
int visible_one(int x) {
    return x * 7;
}

static uint64_t address_of(function *it) {
    return (uint64_t)(uintptr_t)it;
}

static void is_printed(uint64_t pc, bool returns, const char *expected) {
    char text[256];
    rs_symbols *symbols = rs_symbols_create();
    for (int i = 0; i < 2; i++) {
        rs_symbols_print(symbols, pc, returns, text, sizeof text);
        CHECK_STR(text, expected);
    }
    rs_symbols_destroy(symbols);
}

TEST(a_function_goes_by_its_name_and_an_offset) {
    is_printed(address_of(hidden_one), false, "hidden_one+0x0");
    is_printed(address_of(hidden_one) + 3, false, "hidden_one+0x3");
    is_printed(address_of(visible_one) + 1, false, "visible_one+0x1");
}

/* A call that does not return may be the last of its function. */
TEST(where_a_call_returns_to_belongs_to_the_caller) {
    is_printed(address_of(hidden_one) + 1, true, "hidden_one+0x1");
    char text[64];
    rs_symbols *symbols = rs_symbols_create();
    CHECK(rs_symbols_print(symbols, address_of(hidden_one), true, text, sizeof text));
    CHECK(!strstr(text, "hidden_one"));
    rs_symbols_destroy(symbols);
}

TEST(what_is_no_code_is_a_question_mark) {
    is_printed(0, false, "?");
    is_printed(0, true, "?");
    is_printed(UINT64_MAX, false, "?");
    is_printed((uint64_t)(uintptr_t) "text", false, "?");
}

/* libc has no table of its own functions, but names what it exports. */
TEST(a_library_goes_by_its_file) {
    char text[256];
    rs_symbols *symbols = rs_symbols_create();
    uint64_t pc = (uint64_t)(uintptr_t)strtoull + 1;
    CHECK(!rs_symbols_print(symbols, pc, false, text, sizeof text));
    CHECK(strncmp(text, "libc.so.6:", 10) == 0);
    rs_symbols_destroy(symbols);
}

TEST(a_text_is_cut_to_its_room) {
    char text[8] = "xxxxxxx";
    rs_symbols *symbols = rs_symbols_create();
    rs_symbols_print(symbols, address_of(hidden_one), false, text, 7);
    CHECK_STR(text, "hidden");
    rs_symbols_destroy(symbols);
}

TEST_MAIN()
