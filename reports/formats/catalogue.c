/* catalogue.c: every format, one line each.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/format.h"

#include <string.h>

extern const rs_format rs_format_csv;
extern const rs_format rs_format_google_benchmark;
extern const rs_format rs_format_html;
extern const rs_format rs_format_json;
extern const rs_format rs_format_junit;
extern const rs_format rs_format_markdown;
extern const rs_format rs_format_openmetrics;
extern const rs_format rs_format_terminal;

const rs_format *const rs_formats[] = {
    &rs_format_json,
    &rs_format_html,
    &rs_format_markdown,
    &rs_format_junit,
    &rs_format_csv,
    &rs_format_openmetrics,
    &rs_format_google_benchmark,
    &rs_format_terminal,
    NULL,
};

const rs_format *rs_format_find(const char *name) {
    for (size_t i = 0; rs_formats[i]; i++)
        if (strcmp(rs_formats[i]->name, name) == 0) return rs_formats[i];
    return NULL;
}
