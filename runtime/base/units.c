/* units.c: quantities as people write and read them. Each kind of quantity is a small table of
 * words and scales; one reader of decimal numbers serves them all.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/units.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

typedef unsigned __int128 wide;

typedef struct unit {
    const char *word;
    uint64_t scale;
} unit;

/* A written number: mantissa / 10^decimals, and what follows it. */
typedef struct decimal {
    uint64_t mantissa;
    unsigned decimals;
    const char *rest;
} decimal;

static const unit durations[] = {
    {"ns", 1},         {"us", 1000},       {"µs", 1000},         {"ms", 1000000},
    {"s", 1000000000}, {"m", 60000000000}, {"h", 3600000000000}, {0, 0}};
static const unit sizes[] = {{"B", 1},
                             {"KiB", 1ull << 10},
                             {"MiB", 1ull << 20},
                             {"GiB", 1ull << 30},
                             {"TiB", 1ull << 40},
                             {"kB", 1000},
                             {"KB", 1000},
                             {"MB", 1000000},
                             {"GB", 1000000000},
                             {"TB", 1000000000000},
                             {0, 0}};
static const unit counts[] = {{"", 1}, {"k", 1000}, {"M", 1000000}, {"G", 1000000000}, {0, 0}};
static const unit shares[] = {{"%", RS_UNITS_SHARE_WHOLE / 100}, {0, 0}};

/* Rates divide by these, in seconds. */
static const unit per_words[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {0, 0}};

#define DURATION_HINT "a duration is a number with ns, us, ms, s, m or h, such as 5ms"
#define BYTES_HINT    "a size is a number with B, KiB, MiB, GiB, kB, MB or GB, such as 64KiB"
#define RATE_HINT     "a rate is a number per s, m or h, such as 200k/s"
#define SHARE_HINT    "a share is a number with %, such as 90%"
#define COUNT_HINT    "a count is a whole number, such as 250, 10k or 1M"

/* Of numbers, as regular expressions. */
#define DECIMAL   "[0-9]+([.][0-9]+)?"
#define UP_TO_100 "0*(100([.]0+)?|[0-9]{1,2}([.][0-9]+)?)"

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static rs_err refuse(rs_err err, const char *sentence, const char **why) {
    *why = sentence;
    return err;
}

/* push_digit appends one digit; false when 64 bits are too few. */
static bool push_digit(decimal *number, char digit) {
    return !__builtin_mul_overflow(number->mantissa, 10u, &number->mantissa) &&
           !__builtin_add_overflow(number->mantissa, (uint64_t)(digit - '0'), &number->mantissa);
}

/* Ten to the 38th is the last power that 128 bits hold; a mantissa of 64 bits, scaled by any unit
 * here, stays below it, so what has more decimals is just as much finer than anything. */
static unsigned bound_decimals(const decimal *number) {
    if (!number->mantissa) return 0;
    return number->decimals < 38 ? number->decimals : 38;
}

static rs_err read_decimal(const char *text, decimal *number) {
    *number = (decimal){0, 0, text};
    if (!is_digit(*text)) return RS_ESYNTAX;
    for (; is_digit(*text); text++)
        if (!push_digit(number, *text)) return RS_ERANGE;
    if (*text == '.') {
        if (!is_digit(*++text)) return RS_ESYNTAX;
        for (; is_digit(*text); text++, number->decimals++)
            if (!push_digit(number, *text)) return RS_ERANGE;
    }
    number->decimals = bound_decimals(number);
    number->rest = text;
    return RS_OK;
}

/* The unit whose word is the first `length` bytes of `text`, or NULL. */
static const unit *find_unit(const unit *units, const char *text, size_t length) {
    for (; units->word; units++)
        if (strlen(units->word) == length && memcmp(units->word, text, length) == 0) return units;
    return NULL;
}

static wide power_of_ten(unsigned exponent) {
    wide power = 1;
    while (exponent-- > 0) power *= 10;
    return power;
}

static const char finer[] = "finer than the smallest unit";

/* scale_exactly computes number * scale, or refuses what is no whole number of 64 bits. */
static rs_err scale_exactly(const decimal *number, uint64_t scale, uint64_t *value,
                            const char **why) {
    wide product = (wide)number->mantissa * scale;
    wide divisor = power_of_ten(number->decimals); /* mantissa has at most 20 digits */
    if (product % divisor) return refuse(RS_ERANGE, finer, why);
    if (product / divisor > UINT64_MAX) return refuse(RS_ERANGE, "too large: it overflows", why);
    *value = (uint64_t)(product / divisor);
    return RS_OK;
}

static rs_err parse_number(const char *text, const char *hint, decimal *number, const char **why) {
    if (*text == '-') return refuse(RS_ESYNTAX, "it must not be negative", why);
    rs_err err = read_decimal(text, number);
    if (err == RS_ERANGE) return refuse(err, "too large: it overflows", why);
    return err ? refuse(err, hint, why) : RS_OK;
}

static rs_err parse_unit(const char *text, const unit *units, const char *hint, uint64_t *value,
                         const char **why) {
    decimal number;
    rs_err err = parse_number(text, hint, &number, why);
    if (err) return err;
    const unit *found = find_unit(units, number.rest, strlen(number.rest));
    if (!found) return refuse(RS_ESYNTAX, hint, why);
    return scale_exactly(&number, found->scale, value, why);
}

rs_err rs_units_parse_duration(const char *text, uint64_t *ns, const char **why) {
    return parse_unit(text, durations, DURATION_HINT, ns, why);
}

rs_err rs_units_parse_bytes(const char *text, uint64_t *bytes, const char **why) {
    return parse_unit(text, sizes, BYTES_HINT, bytes, why);
}

rs_err rs_units_parse_count(const char *text, uint64_t *count, const char **why) {
    rs_err err = parse_unit(text, counts, COUNT_HINT, count, why);
    if (err && why && *why == finer) *why = "it must be a whole number";
    return err;
}

rs_err rs_units_parse_share(const char *text, uint64_t *ppm, const char **why) {
    uint64_t value;
    rs_err err = parse_unit(text, shares, SHARE_HINT, &value, why);
    if (err) return err;
    if (value > RS_UNITS_SHARE_WHOLE) return refuse(RS_ERANGE, "a share is at most 100%", why);
    *ppm = value;
    return RS_OK;
}

/* per_kilosecond computes number * scale * 1000 / seconds, rounded to nearest. */
static rs_err per_kilosecond(const decimal *number, uint64_t scale, uint64_t seconds,
                             uint64_t *per_ks, const char **why) {
    wide divisor = power_of_ten(number->decimals) * seconds;
    wide product = (wide)number->mantissa * (scale * 1000u); /* at most 2^64 * 10^12 < 2^128 */
    wide rounded = product / divisor + (product % divisor >= (divisor + 1) / 2);
    if (rounded > UINT64_MAX) return refuse(RS_ERANGE, "too large: it overflows", why);
    if (rounded == 0 && number->mantissa)
        return refuse(RS_ERANGE, "slower than one event in 1000 s", why);
    *per_ks = (uint64_t)rounded;
    return RS_OK;
}

rs_err rs_units_parse_rate(const char *text, uint64_t *per_ks, const char **why) {
    decimal number;
    rs_err err = parse_number(text, RATE_HINT, &number, why);
    if (err) return err;
    const char *slash = strchr(number.rest, '/');
    if (!slash) return refuse(RS_ESYNTAX, RATE_HINT, why);
    const unit *count = find_unit(counts, number.rest, (size_t)(slash - number.rest));
    const unit *per = find_unit(per_words, slash + 1, strlen(slash + 1));
    if (!count || !per) return refuse(RS_ESYNTAX, RATE_HINT, why);
    return per_kilosecond(&number, count->scale, per->scale, per_ks, why);
}

typedef rs_err parser(const char *text, uint64_t *value, const char **why);

/* What is known of each kind. */
static const struct {
    parser *parse;
    const char *hint;
    const char *number; /* a regular expression */
    const unit *units, *per;
} kinds[RS_UNITS_KINDS] = {
    [RS_UNITS_DURATION] = {rs_units_parse_duration, DURATION_HINT, DECIMAL, durations, NULL},
    [RS_UNITS_BYTES] = {rs_units_parse_bytes, BYTES_HINT, DECIMAL, sizes, NULL},
    [RS_UNITS_RATE] = {rs_units_parse_rate, RATE_HINT, DECIMAL, counts, per_words},
    [RS_UNITS_SHARE] = {rs_units_parse_share, SHARE_HINT, UP_TO_100, shares, NULL},
    [RS_UNITS_COUNT] = {rs_units_parse_count, COUNT_HINT, DECIMAL, counts, NULL},
};

rs_err rs_units_parse(rs_units_kind kind, const char *text, uint64_t *value, const char **why) {
    return kinds[kind].parse(text, value, why);
}

const char *rs_units_hint(rs_units_kind kind) {
    return kinds[kind].hint;
}

/* Appends "(word|word)". */
static void put_words(const unit *units, char *text, size_t size) {
    for (const unit *at = units; at->word; at++) {
        size_t used = strlen(text);
        snprintf(text + used, size - used, "%c%s", at == units ? '(' : '|', at->word);
    }
    size_t used = strlen(text);
    snprintf(text + used, size - used, ")");
}

const char *rs_units_pattern(rs_units_kind kind, char *text, size_t size) {
    snprintf(text, size, "%s", kinds[kind].number);
    put_words(kinds[kind].units, text, size);
    if (!kinds[kind].per) return text;
    size_t used = strlen(text);
    snprintf(text + used, size - used, "/");
    put_words(kinds[kind].per, text, size);
    return text;
}

/* digits writes `value` with three significant digits and no trailing zeros. */
static void digits(double value, char *text, size_t size) {
    int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
    if (value > 0 && value < 1) decimals = 3;
    int length = snprintf(text, size, "%.*f", decimals, value);
    if (length <= 0 || (size_t)length >= size || !strchr(text, '.')) return;
    char *end = text + length;
    while (end[-1] == '0') *--end = 0;
    if (end[-1] == '.') end[-1] = 0;
}

/* format_scaled picks the largest unit in which three digits do not fall below one, and the next
 * one up when rounding reaches it (999.7 ns is "1 µs"). */
static const char *format_scaled(double value, const unit *units, const char *tail, char *text,
                                 size_t size) {
    const unit *best = units;
    for (const unit *next = units; next->word; next++)
        if (value >= 0.9995 * (double)next->scale) best = next;
    char number[RS_UNITS_TEXT_BYTES];
    digits(value / (double)best->scale, number, sizeof number);
    const char *gap = *best->word || *tail ? " " : "";
    snprintf(text, size, "%s%s%s%s", number, gap, best->word, tail);
    return text;
}

static const unit shown_durations[] = {
    {"ns", 1}, {"µs", 1000}, {"ms", 1000000}, {"s", 1000000000}, {0, 0}};
static const unit shown_sizes[] = {
    {"B", 1}, {"KiB", 1ull << 10}, {"MiB", 1ull << 20}, {"GiB", 1ull << 30}, {"TiB", 1ull << 40},
    {0, 0}};

const char *rs_units_format_duration(uint64_t ns, char *text, size_t size) {
    return format_scaled((double)ns, shown_durations, "", text, size);
}

const char *rs_units_format_bytes(uint64_t bytes, char *text, size_t size) {
    return format_scaled((double)bytes, shown_sizes, "", text, size);
}

const char *rs_units_format_rate(double per_s, char *text, size_t size) {
    return format_scaled(per_s, counts, "/s", text, size);
}

const char *rs_units_format_count(uint64_t count, char *text, size_t size) {
    if (count >= 10000) return format_scaled((double)count, counts, "", text, size);
    snprintf(text, size, "%u", (unsigned)count);
    return text;
}

const char *rs_units_format_share(double ratio, char *text, size_t size) {
    /* The tiny push undoes binary fractions: 0.999 * 1e6 must not become 998,999. */
    uint64_t ppm = (uint64_t)floor(ratio * RS_UNITS_SHARE_WHOLE + 1e-6);
    char number[RS_UNITS_TEXT_BYTES];
    snprintf(number, sizeof number, "%u.%04u", (unsigned)(ppm / 10000), (unsigned)(ppm % 10000));
    char *end = number + strlen(number);
    while (end[-1] == '0') *--end = 0;
    if (end[-1] == '.') end[-1] = 0;
    snprintf(text, size, "%s %%", number);
    return text;
}
