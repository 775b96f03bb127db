/* units_fuzz.c: any text as a quantity: each parser takes it exactly or says why not, and leaves
 * the value alone then. What the formatters write fits their room.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "runtime/base/assert.h"
#include "runtime/base/units.h"

#include <stdlib.h>
#include <string.h>

typedef rs_err rs_parser(const char *text, uint64_t *value, const char **why);

static rs_parser *const parsers[] = {rs_units_parse_duration, rs_units_parse_bytes,
                                     rs_units_parse_rate, rs_units_parse_share,
                                     rs_units_parse_count};

static void format_all(uint64_t value) {
    char text[RS_UNITS_TEXT_BYTES];
    rs_units_format_duration(value, text, sizeof text);
    RS_ASSERT(strlen(text) < sizeof text);
    rs_units_format_bytes(value, text, sizeof text);
    RS_ASSERT(strlen(text) < sizeof text);
    rs_units_format_count(value, text, sizeof text);
    RS_ASSERT(strlen(text) < sizeof text);
    rs_units_format_rate((double)value / 1000, text, sizeof text);
    RS_ASSERT(strlen(text) < sizeof text);
}

static void parse(rs_parser *parser, const char *text) {
    const uint64_t untouched = UINT64_C(0x5a5a5a5a5a5a5a5a);
    uint64_t value = untouched;
    const char *why = NULL;
    if (parser(text, &value, &why) == RS_OK) {
        format_all(value);
    } else {
        RS_ASSERT(value == untouched);
        RS_ASSERT(why && *why);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    if (!text) return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    for (size_t i = 0; i < sizeof parsers / sizeof *parsers; i++) parse(parsers[i], text);
    free(text);
    return 0;
}
