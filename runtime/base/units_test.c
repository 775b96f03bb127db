/* units_test.c
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "runtime/base/units.h"

#include <regex.h>
#include <stdbool.h>
#include <stdio.h>

typedef rs_err parser(const char *text, uint64_t *value, const char **why);

#define UNTOUCHED 0xdeadu

static void check_value(parser *parse, const char *text, uint64_t expected) {
    uint64_t value = UNTOUCHED;
    const char *why = "";
    if (parse(text, &value, &why) != RS_OK)
        rs_test_fail(__FILE__, __LINE__, "'%s' refused: %s", text, why);
    if (value != expected)
        rs_test_fail(__FILE__, __LINE__, "'%s' is %" PRIu64 ", not %" PRIu64, text, value,
                     expected);
}

static void check_refused(parser *parse, const char *text, const char *hint) {
    uint64_t value = UNTOUCHED;
    const char *why = NULL;
    if (parse(text, &value, &why) == RS_OK)
        rs_test_fail(__FILE__, __LINE__, "'%s' is accepted", text);
    CHECK(value == UNTOUCHED);
    if (!why || !strstr(why, hint))
        rs_test_fail(__FILE__, __LINE__, "'%s': \"%s\" says nothing of \"%s\"", text,
                     why ? why : "", hint);
}

TEST(durations_are_exact) {
    check_value(rs_units_parse_duration, "5ms", 5000000);
    check_value(rs_units_parse_duration, "1.5s", 1500000000);
    check_value(rs_units_parse_duration, "100us", 100000);
    check_value(rs_units_parse_duration, "100µs", 100000);
    check_value(rs_units_parse_duration, "0ns", 0);
    check_value(rs_units_parse_duration, "2m", 120000000000);
    check_value(rs_units_parse_duration, "1h", 3600000000000);
    check_value(rs_units_parse_duration, "18446744073709551615ns", UINT64_MAX);
    check_value(rs_units_parse_duration, "0.000000001s", 1);
}

TEST(malformed_durations_are_refused) {
    const char *const texts[] = {"",     "5",    "ms",   "5 ms",   "5msx", "5MS",
                                 "nan",  "NaN",  "inf",  "1.ms",   ".5s",  "+5ms",
                                 "1e3s", "0x5s", "5ms ", "1.5.5s", "1,5s", "5minutes"};
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++)
        check_refused(rs_units_parse_duration, texts[i], "such as 5ms");
    check_refused(rs_units_parse_duration, "-5ms", "negative");
}

TEST(durations_out_of_range_are_refused) {
    check_refused(rs_units_parse_duration, "18446744073709551616ns", "overflow");
    check_refused(rs_units_parse_duration, "99999999999999999999999999h", "overflow");
    check_refused(rs_units_parse_duration, "18446744073709551615h", "overflow");
    check_refused(rs_units_parse_duration, "1.5ns", "finer");
    check_refused(rs_units_parse_duration, "0.0000000001s", "finer");
}

TEST(bytes_know_both_powers) {
    check_value(rs_units_parse_bytes, "64KiB", 65536);
    check_value(rs_units_parse_bytes, "10MB", 10000000);
    check_value(rs_units_parse_bytes, "1.5GiB", 1610612736);
    check_value(rs_units_parse_bytes, "0B", 0);
    check_refused(rs_units_parse_bytes, "64", "64KiB");
    check_refused(rs_units_parse_bytes, "64kib", "64KiB");
    check_refused(rs_units_parse_bytes, "0.3B", "finer");
    check_refused(rs_units_parse_bytes, "99999999999TiB", "overflow");
}

TEST(rates_are_per_thousand_seconds) {
    check_value(rs_units_parse_rate, "200k/s", 200000000);
    check_value(rs_units_parse_rate, "2/s", 2000);
    check_value(rs_units_parse_rate, "30/m", 500);
    check_value(rs_units_parse_rate, "0.5/s", 500);
    check_value(rs_units_parse_rate, "0/s", 0);
    check_value(rs_units_parse_rate, "7/m", 117);
    check_value(rs_units_parse_rate, "2/h", 1);
    check_refused(rs_units_parse_rate, "1/h", "slower");
    check_refused(rs_units_parse_rate, "200k", "200k/s");
    check_refused(rs_units_parse_rate, "200 k/s", "200k/s");
    check_refused(rs_units_parse_rate, "200K/s", "200k/s");
    check_refused(rs_units_parse_rate, "200k/d", "200k/s");
    check_refused(rs_units_parse_rate, "/s", "200k/s");
    check_refused(rs_units_parse_rate, "-1/s", "negative");
    check_refused(rs_units_parse_rate, "18446744073709551615G/s", "overflow");
}

TEST(shares_and_counts) {
    check_value(rs_units_parse_share, "90%", 900000);
    check_value(rs_units_parse_share, "99.9%", 999000);
    check_value(rs_units_parse_share, "0.0001%", 1);
    check_value(rs_units_parse_share, "100%", 1000000);
    check_refused(rs_units_parse_share, "0.9", "90%");
    check_refused(rs_units_parse_share, "100.1%", "at most 100%");
    check_refused(rs_units_parse_share, "0.00001%", "finer");
    check_value(rs_units_parse_count, "250", 250);
    check_value(rs_units_parse_count, "10k", 10000);
    check_value(rs_units_parse_count, "1.5M", 1500000);
    check_refused(rs_units_parse_count, "1.5", "whole number");
    check_refused(rs_units_parse_count, "10K", "10k");
    check_refused(rs_units_parse_count, "-1", "negative");
    check_refused(rs_units_parse_count, "1e6", "10k");
}

/* ---- patterns ---- */

static bool matches(rs_units_kind kind, const char *text) {
    char pattern[RS_UNITS_PATTERN_BYTES], whole[RS_UNITS_PATTERN_BYTES + 8];
    regex_t regex;
    snprintf(whole, sizeof whole, "^(%s)$", rs_units_pattern(kind, pattern, sizeof pattern));
    CHECK_INT(regcomp(&regex, whole, REG_EXTENDED | REG_NOSUB), 0);
    bool found = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return found;
}

/* What is written of one kind, and what is wrong with it whatever its size. */
TEST(patterns_match_what_is_parsed) {
    static const char *const texts[] = {
        "0s",    "5ms",  "1.5s",   "90µs", "12h",    "5",   "5 ms", "ms",  "1.ms",
        ".5s",   "5sec", "64KiB",  "10MB", "1.5TB",  "1K",  "512B", "5b",  "200k/s",
        "0/s",   "30/m", "2.5/h",  "200k", "5/d",    "k/s", "5/",   "90%", "0%",
        "99.9%", "100%", "100.0%", "101%", "100.1%", "%",   "007%", "9.%", "250",
        "10k",   "1.5M", "2G",     "10K",  "-1",     "1e6", "",     "0x1", "k",
    };
    for (unsigned kind = 0; kind < RS_UNITS_KINDS; kind++)
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            uint64_t value;
            const char *why = "";
            bool parsed = rs_units_parse((rs_units_kind)kind, texts[i], &value, &why) == RS_OK;
            if (parsed != matches((rs_units_kind)kind, texts[i]))
                rs_test_fail(__FILE__, __LINE__, "kind %u, '%s' (%s)", kind, texts[i], why);
        }
}

TEST(hints_are_those_of_the_parsers) {
    for (unsigned kind = 0; kind < RS_UNITS_KINDS; kind++) {
        uint64_t value;
        const char *why = "";
        CHECK(rs_units_parse((rs_units_kind)kind, "?", &value, &why) != RS_OK);
        CHECK_STR(rs_units_hint((rs_units_kind)kind), why);
    }
}

static void check_duration_text(uint64_t ns, const char *expected) {
    char text[RS_UNITS_TEXT_BYTES];
    CHECK_STR(rs_units_format_duration(ns, text, sizeof text), expected);
}

TEST(times_read_as_a_person_writes_them) {
    check_duration_text(0, "0 ns");
    check_duration_text(850, "850 ns");
    check_duration_text(2200, "2.2 µs");
    check_duration_text(1264000, "1.26 ms");
    check_duration_text(999700, "1 ms");
    check_duration_text(999400, "999 µs");
    check_duration_text(90000000000, "90 s");
    check_duration_text(UINT64_MAX, "18446744074 s");
}

TEST(other_quantities_read_as_a_person_writes_them) {
    char text[RS_UNITS_TEXT_BYTES];
    CHECK_STR(rs_units_format_bytes(512, text, sizeof text), "512 B");
    CHECK_STR(rs_units_format_bytes(1887437, text, sizeof text), "1.8 MiB");
    CHECK_STR(rs_units_format_rate(1260000, text, sizeof text), "1.26 M/s");
    CHECK_STR(rs_units_format_rate(0.5, text, sizeof text), "0.5 /s");
    CHECK_STR(rs_units_format_count(64, text, sizeof text), "64");
    CHECK_STR(rs_units_format_count(1264000, text, sizeof text), "1.26 M");
    CHECK_STR(rs_units_format_share(0.999, text, sizeof text), "99.9 %");
    CHECK_STR(rs_units_format_share(0.99999999, text, sizeof text), "99.9999 %");
    CHECK_STR(rs_units_format_share(1, text, sizeof text), "100 %");
    CHECK_STR(rs_units_format_share(0, text, sizeof text), "0 %");
}

TEST_MAIN()
