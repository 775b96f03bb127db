/* quantity_test.c: every kind of quantity, and what is none.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/quantity.h"

#include "runtime/base/test/test.h"

static void check(const char *text, rs_quantity_unit unit, uint64_t value, uint64_t other,
                  const char *printed) {
    rs_quantity quantity;
    const char *why;
    char back[RS_QUANTITY_TEXT_BYTES];
    CHECK(rs_quantity_read(&quantity, text, &why));
    CHECK_INT(quantity.unit, unit);
    CHECK_INT(quantity.value, value);
    rs_quantity_print(&quantity, other, back);
    CHECK_STR(back, printed);
    CHECK(rs_quantity_read(&quantity, back, &why)); /* and reads as what was meant */
    CHECK_INT(quantity.value, other);
}

TEST(a_number_and_what_stands_around_it) {
    check("3", RS_QUANTITY_COUNT, 3, 12345, "12345");
    check("10k", RS_QUANTITY_COUNT, 10000, 5000, "5000");
    check("poisson(1k/s)", RS_QUANTITY_RATE, 1000000, 62, "poisson(0.062/s)");
    check("30/m", RS_QUANTITY_RATE, 500, 2500, "2.5/s");
    check("slow(5ms)", RS_QUANTITY_NS, 5000000, 1030000, "slow(1.03ms)");
    check("2s", RS_QUANTITY_NS, 2000000000, 999, "999ns");
    check("64KiB", RS_QUANTITY_BYTES, 65536, 1000, "1000B");
    check("50%", RS_QUANTITY_SHARE, 500000, 12500, "1.25%");
    check("init_fail(2, 50%)", RS_QUANTITY_COUNT, 2, 4, "init_fail(4, 50%)");
}

static void refuse(const char *text, const char *reason) {
    rs_quantity quantity;
    const char *why;
    CHECK(!rs_quantity_read(&quantity, text, &why));
    CHECK_STR(why, reason);
}

TEST(what_is_no_quantity_is_refused) {
    refuse("one_for_one", "there is no number in it");
    refuse("5apples", "its number has no unit that is known");
    refuse("0/s", "it is 0, which can be neither doubled nor halved");
}

TEST(rounding_keeps_three_digits) {
    rs_quantity quantity = {.unit = RS_QUANTITY_COUNT};
    CHECK_INT(rs_quantity_round(&quantity, 0), 1);
    CHECK_INT(rs_quantity_round(&quantity, 999), 999);
    CHECK_INT(rs_quantity_round(&quantity, 12345), 12300);
    CHECK_INT(rs_quantity_round(&quantity, 12350), 12400);
    quantity.unit = RS_QUANTITY_SHARE;
    CHECK_INT(rs_quantity_round(&quantity, 1500000), 1000000);
}

TEST_MAIN()
