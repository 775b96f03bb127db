/* vary_test.c: what --vary takes.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/vary.h"

#include "runtime/base/test/test.h"

#include <string.h>

static void check_values(const char *text, uint32_t count, const char *const *values) {
    rs_vary vary;
    const char *why;
    if (!rs_vary_read(&vary, text, &why)) rs_test_fail(__FILE__, __LINE__, "%s: %s", text, why);
    CHECK_INT(vary.count, count);
    for (uint32_t i = 0; i < count; i++) CHECK_STR(rs_vary_value(&vary, i), values[i]);
    rs_vary_fini(&vary);
}
#define CHECK_VALUES(TEXT, ...)                                                                    \
    do {                                                                                           \
        static const char *const values_[] = {__VA_ARGS__};                                        \
        check_values(TEXT, sizeof values_ / sizeof *values_, values_);                             \
    } while (0)

static void check_refused(const char *text, const char *part) {
    rs_vary vary;
    const char *why;
    if (rs_vary_read(&vary, text, &why)) rs_test_fail(__FILE__, __LINE__, "%s is taken", text);
    if (!strstr(why, part)) rs_test_fail(__FILE__, __LINE__, "%s: %s", text, why);
    rs_vary_fini(&vary);
}

TEST(values_are_what_commas_part) {
    CHECK_VALUES("a.b=1", "1");
    CHECK_VALUES("a.b=steal,global", "steal", "global");
    CHECK_VALUES("a.b=steal, global", "steal", "global");
    rs_vary vary;
    const char *why;
    CHECK(rs_vary_read(&vary, "loads.all.rate=1k/s,max", &why));
    CHECK_STR(vary.key, "loads.all.rate");
    CHECK_STR(vary.sets[1], "loads.all.rate=max");
    rs_vary_fini(&vary);
}

TEST(brackets_and_quotes_keep_their_commas) {
    CHECK_VALUES("s=steal,pct(3, 10k),pct(1,2)", "steal", "pct(3, 10k)", "pct(1,2)");
    CHECK_VALUES("s=[a, [b, c]],{d: 1, e: 2}", "[a, [b, c]]", "{d: 1, e: 2}");
    CHECK_VALUES("s='a,b',\"c,(\",d", "'a,b'", "\"c,(\"", "d");
    CHECK_VALUES("s=a=b,c", "a=b", "c");
}

TEST(ranges_are_integers) {
    CHECK_VALUES("n=1..4", "1", "2", "3", "4");
    CHECK_VALUES("n=-1..1,7", "-1", "0", "1", "7");
    CHECK_VALUES("n=5..5", "5");
    CHECK_VALUES("n=1ms..2ms,1..b,..", "1ms..2ms", "1..b", "..");
}

TEST(what_is_no_list_is_refused) {
    check_refused("", "KEY=V1");
    check_refused("key", "KEY=V1");
    check_refused("=1,2", "KEY=V1");
    check_refused("key=", "missing");
    check_refused("key=1,,2", "missing");
    check_refused("key=1,", "missing");
    check_refused("key=pct(1,2", "never closed");
    check_refused("key='a,b", "never closed");
    check_refused("key=4..1", "upwards");
    check_refused("key=1..1001", "too many");
    check_refused("key=1..9223372036854775807", "too many");
}

TEST_MAIN()
