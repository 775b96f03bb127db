/* units.h: quantities as people write and read them: "5ms", "64KiB", "200k/s", "90%", "10k".
 * Parsing is integer arithmetic, exact or refused; nothing is rounded silently except a rate,
 * which is kept to one event in 1000 s.
 * SPDX-License-Identifier: MIT
 *
 * Every parser takes one whole word without surrounding space. On failure it returns an error,
 * leaves the value alone, and sets `why` to a static sentence that says what would have been right.
 */
#ifndef RS_UNITS_H
#define RS_UNITS_H

#include "runtime/base/error.h"

#include <stddef.h>
#include <stdint.h>

/* What is measured or counted, each with units of its own. */
typedef enum rs_units_kind {
    RS_UNITS_DURATION, /* nanoseconds */
    RS_UNITS_BYTES,
    RS_UNITS_RATE,  /* events in 1000 s */
    RS_UNITS_SHARE, /* parts per million */
    RS_UNITS_COUNT,
    RS_UNITS_KINDS
} rs_units_kind;

#define RS_UNITS_SHARE_WHOLE 1000000u /* parts per million in 100% */

/* Enough for every text that the formatters make. */
#define RS_UNITS_TEXT_BYTES 32u

/* rs_units_parse_duration reads "5ms", "1.5s"; units ns, us, ms, s, m, h.
 * Errors: RS_ESYNTAX; RS_ERANGE when it overflows or is finer than a nanosecond. */
rs_err rs_units_parse_duration(const char *text, uint64_t *ns, const char **why);

/* rs_units_parse_bytes reads "64KiB", "10MB", "512B".
 * Errors: RS_ESYNTAX; RS_ERANGE when it overflows or is no whole number of bytes. */
rs_err rs_units_parse_bytes(const char *text, uint64_t *bytes, const char **why);

/* rs_units_parse_rate reads "200k/s", "30/m", "2/h".
 * Units:  events per 1000 seconds, rounded to nearest.
 * Errors: RS_ESYNTAX; RS_ERANGE when it overflows or is slower than one event in 1000 s, but not 0.
 */
rs_err rs_units_parse_rate(const char *text, uint64_t *per_ks, const char **why);

/* rs_units_parse_share reads "90%", "99.9%".
 * Units:  parts per million.
 * Errors: RS_ESYNTAX; RS_ERANGE above 100% or finer than a millionth. */
rs_err rs_units_parse_share(const char *text, uint64_t *ppm, const char **why);

/* rs_units_parse_count reads "250", "10k", "1.5M"; suffixes k, M, G are powers of 1000.
 * Errors: RS_ESYNTAX; RS_ERANGE when it overflows or is no whole number. */
rs_err rs_units_parse_count(const char *text, uint64_t *count, const char **why);

/* rs_units_parse reads a quantity of `kind`, as the parser of its name does. */
rs_err rs_units_parse(rs_units_kind kind, const char *text, uint64_t *value, const char **why);

/* rs_units_hint returns the sentence that says how a quantity of `kind` is written; static. */
const char *rs_units_hint(rs_units_kind kind);

/* Enough for every pattern. */
#define RS_UNITS_PATTERN_BYTES 128u

/* rs_units_pattern writes a regular expression for what the parser of `kind` takes, but that
 * expressions do not know how large a number is, into `text` of `size` bytes; returns `text`. */
const char *rs_units_pattern(rs_units_kind kind, char *text, size_t size);

/* The formatters write three significant digits ("2.2 µs", "1.26 ms") into `text` of `size` bytes
 * (RS_UNITS_TEXT_BYTES is always enough) and return `text`. */

/* rs_units_format_duration writes a time: "850 ns", "2.2 µs", "1.26 ms", "90 s". */
const char *rs_units_format_duration(uint64_t ns, char *text, size_t size);

/* rs_units_format_bytes writes a size: "512 B", "1.8 MiB". */
const char *rs_units_format_bytes(uint64_t bytes, char *text, size_t size);

/* rs_units_format_rate writes events per second: "1.26 M/s", "0.5 /s". */
const char *rs_units_format_rate(double per_s, char *text, size_t size);

/* rs_units_format_count writes a number of things: "64", "1.26 M"; below 10,000 it is exact. */
const char *rs_units_format_count(uint64_t count, char *text, size_t size);

/* rs_units_format_share writes a ratio as percent, cut to four decimals and never rounded up, so
 * that only a whole is shown as one: "99.9 %". */
const char *rs_units_format_share(double ratio, char *text, size_t size);

#endif
