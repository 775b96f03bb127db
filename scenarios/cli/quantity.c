/* quantity.c: what is printed reads as the same quantity again, exactly.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/quantity.h"

#include "runtime/base/units.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A share beyond a whole is none. */
#define SHARE_MAX ((uint64_t)RS_UNITS_SHARE_WHOLE)

typedef struct parser {
    rs_err (*parse)(const char *text, uint64_t *value, const char **why);
    rs_quantity_unit unit;
} parser;

/* A bare number is a count before it is anything else. */
static const parser parsers[] = {
    {rs_units_parse_count, RS_QUANTITY_COUNT}, {rs_units_parse_rate, RS_QUANTITY_RATE},
    {rs_units_parse_duration, RS_QUANTITY_NS}, {rs_units_parse_bytes, RS_QUANTITY_BYTES},
    {rs_units_parse_share, RS_QUANTITY_SHARE},
};

static bool parse(rs_quantity *quantity, const char *word) {
    const char *why;
    for (size_t i = 0; i < sizeof parsers / sizeof *parsers; i++) {
        if (parsers[i].parse(word, &quantity->value, &why) != RS_OK) continue;
        quantity->unit = parsers[i].unit;
        return true;
    }
    return false;
}

bool rs_quantity_read(rs_quantity *quantity, const char *text, const char **why) {
    char word[RS_QUANTITY_TEXT_BYTES];
    size_t begin = strcspn(text, "0123456789"), length = strcspn(text + begin, " ,()[]{}");
    *quantity = (rs_quantity){.value = 0};
    *why = "there is no number in it";
    if (strlen(text) >= RS_QUANTITY_TEXT_BYTES || length == 0) return false;
    snprintf(quantity->before, sizeof quantity->before, "%.*s", (int)begin, text);
    snprintf(word, sizeof word, "%.*s", (int)length, text + begin);
    snprintf(quantity->after, sizeof quantity->after, "%s", text + begin + length);
    *why = "its number has no unit that is known";
    if (!parse(quantity, word)) return false;
    *why = "it is 0, which can be neither doubled nor halved";
    return quantity->value > 0;
}

uint64_t rs_quantity_round(const rs_quantity *quantity, uint64_t value) {
    uint64_t step = 1;
    while (value / step >= 1000) step *= 10;
    uint64_t rounded = (value + step / 2) / step * step;
    if (quantity->unit == RS_QUANTITY_SHARE && rounded > SHARE_MAX) rounded = SHARE_MAX;
    return rounded ? rounded : 1;
}

/* Writes value / scale and the unit, without zeros at the end. */
static void print_scaled(char *text, size_t size, uint64_t value, uint64_t scale,
                         const char *unit) {
    char digits[24] = "";
    unsigned width = 0;
    for (uint64_t left = scale; left > 1; left /= 10) width++;
    if (value % scale) {
        snprintf(digits, sizeof digits, ".%0*" PRIu64, (int)width, value % scale);
        for (size_t end = strlen(digits); digits[end - 1] == '0';) digits[--end] = 0;
    }
    snprintf(text, size, "%" PRIu64 "%s%s", value / scale, digits, unit);
}

static void print_ns(char *text, size_t size, uint64_t ns) {
    static const struct {
        uint64_t ns;
        const char *word;
    } units[] = {{1000000000, "s"}, {1000000, "ms"}, {1000, "us"}, {1, "ns"}};
    size_t i = 0;
    while (ns < units[i].ns) i++;
    print_scaled(text, size, ns, units[i].ns, units[i].word);
}

void rs_quantity_print(const rs_quantity *quantity, uint64_t value,
                       char text[RS_QUANTITY_TEXT_BYTES]) {
    char word[64] = "";
    switch (quantity->unit) {
    case RS_QUANTITY_COUNT: print_scaled(word, sizeof word, value, 1, ""); break;
    case RS_QUANTITY_RATE: print_scaled(word, sizeof word, value, 1000, "/s"); break;
    case RS_QUANTITY_NS: print_ns(word, sizeof word, value); break;
    case RS_QUANTITY_BYTES: print_scaled(word, sizeof word, value, 1, "B"); break;
    case RS_QUANTITY_SHARE: print_scaled(word, sizeof word, value, 10000, "%"); break;
    }
    snprintf(text, RS_QUANTITY_TEXT_BYTES, "%.40s%.40s%.40s", quantity->before, word,
             quantity->after);
}
