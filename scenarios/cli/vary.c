/* vary.c: the values that a sweep gives to one key of the scenario.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/vary.h"

#include "reports/rows.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool add(rs_vary *vary, const char *value, size_t length, const char **why) {
    *why = "a value is missing between the commas";
    if (length == 0) return false;
    *why = "too many values";
    if (vary->count == RS_VARY_MAX) return false;
    size_t bytes = strlen(vary->key) + length + 2;
    char *set = rs_rows_alloc(bytes);
    snprintf(set, bytes, "%s=%.*s", vary->key, (int)length, value);
    vary->sets[vary->count++] = set;
    *why = "a value stands there twice";
    for (uint32_t i = 0; i + 1 < vary->count; i++)
        if (strcmp(vary->sets[i], set) == 0) return false;
    return true;
}

/* read_integer takes all of `text` up to `end`. */
static bool read_integer(const char *text, const char *end, int64_t *value) {
    char *stop;
    if (text == end || text[strspn(text, "-0123456789")] != *end) return false;
    errno = 0;
    *value = strtoll(text, &stop, 10);
    return stop == end && errno == 0;
}

/* read_range takes "A..B"; false: it is something else. */
static bool read_range(const char *text, size_t length, int64_t *first, int64_t *last) {
    char copy[64];
    if (length >= sizeof copy) return false;
    snprintf(copy, sizeof copy, "%.*s", (int)length, text);
    char *dots = strstr(copy, "..");
    if (!dots) return false;
    *dots = 0;
    return read_integer(copy, dots, first) && read_integer(dots + 2, copy + length, last);
}

static bool add_range(rs_vary *vary, int64_t first, int64_t last, const char **why) {
    *why = "a range goes upwards";
    if (first > last) return false;
    for (int64_t value = first;; value++) {
        char text[24];
        int length = snprintf(text, sizeof text, "%" PRId64, value);
        if (!add(vary, text, (size_t)length, why)) return false;
        if (value == last) return true;
    }
}

/* value_length returns how long the value at `text` is: up to a comma that no bracket or quote
 * holds, or the end; SIZE_MAX when a bracket or quote never closes. */
static size_t value_length(const char *text) {
    size_t depth = 0, at = 0;
    char quote = 0;
    for (; text[at] && (depth || quote || text[at] != ','); at++) {
        char byte = text[at];
        if (quote)
            quote = byte == quote ? 0 : quote;
        else if (byte == '\'' || byte == '"')
            quote = byte;
        else if (strchr("([{", byte))
            depth++;
        else if (strchr(")]}", byte) && depth > 0)
            depth--;
    }
    return depth || quote ? SIZE_MAX : at;
}

static bool add_values(rs_vary *vary, const char *text, const char **why) {
    for (;;) {
        text += strspn(text, " ");
        size_t length = value_length(text);
        int64_t first, last;
        *why = "a bracket or quote is never closed";
        if (length == SIZE_MAX) return false;
        bool added = read_range(text, length, &first, &last) ? add_range(vary, first, last, why)
                                                             : add(vary, text, length, why);
        if (!added) return false;
        text += length;
        if (!*text) return true;
        text++;
    }
}

bool rs_vary_read(rs_vary *vary, const char *text, const char **why) {
    const char *equals = strchr(text, '=');
    *vary = (rs_vary){.key = NULL};
    *why = "expected KEY=V1,V2,…";
    if (!equals || equals == text) return false;
    vary->key = strndup(text, (size_t)(equals - text));
    vary->sets = rs_rows_alloc(sizeof *vary->sets * RS_VARY_MAX);
    return add_values(vary, equals + 1, why);
}

void rs_vary_fini(rs_vary *vary) {
    for (uint32_t i = 0; i < vary->count; i++) free(vary->sets[i]);
    free(vary->sets);
    free(vary->key);
}

const char *rs_vary_value(const rs_vary *vary, uint32_t index) {
    return vary->sets[index] + strlen(vary->key) + 1;
}
