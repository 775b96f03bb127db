/* verdict.c: what a verdict owns, and small sums for what is told.
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/verdict.h"

#include "reports/verdict/sorted.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *rs_verdict_print(rs_verdict *verdict, const char *format, ...) {
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return rs_texts_copy(&verdict->texts, text, strlen(text));
}

void rs_verdict_note(rs_verdict *verdict, const char *text) {
    const char **row = RS_ROWS_ADD(&verdict->notes);
    *row = text;
}

void rs_verdict_fini(rs_verdict *verdict) {
    free(verdict->metrics.at);
    free(verdict->sessions.at);
    free(verdict->notes.at);
    rs_texts_fini(&verdict->texts);
}

double rs_verdict_slowdown(double logarithm) {
    return expm1(logarithm);
}

bool rs_verdict_has_ends(const rs_interval *interval) {
    return !isnan(interval->low);
}

double rs_verdict_median(const double *values, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (isnan(values[i])) return (double)NAN;
    if (count == 0) return (double)NAN;
    double *sorted = rs_rows_alloc(sizeof *sorted * count);
    memcpy(sorted, values, sizeof *sorted * count);
    rs_sorted(sorted, count);
    double median = sorted[(count - 1) / 2];
    free(sorted);
    return median;
}
