/* paint.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/paint.h"

#include "reports/formats/escape.h"
#include "reports/rows.h"
#include "runtime/base/assert.h"

#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define ELLIPSIS "…"
/* With this byte begins U+0300, the first letter that does not take one column. */
#define ODD_LEAD 0xccu

static const char *const codes[] = {"", "1", "2", "32", "31", "33"};

/* As the C library says. A letter that it does not know takes one. */
static unsigned columns_of(uint32_t code) {
    int columns = wcwidth((wchar_t)code);
    return columns < 0 ? 1 : (unsigned)columns;
}

static bool is_plain(const char *text) {
    while (*text && (unsigned char)*text < ODD_LEAD) text++;
    return !*text;
}

static unsigned measure_here(const char *text, unsigned limit, size_t *bytes) {
    unsigned columns = 0;
    uint32_t code = 0;
    *bytes = 0;
    for (size_t length; (length = rs_escape_next(text + *bytes, &code)) > 0; *bytes += length) {
        unsigned more = columns_of(code);
        if (columns + more > limit) break;
        columns += more;
    }
    return columns;
}

/* All of `text`, with room for an ellipsis behind it. Owner: free() it. */
static char *escape_all(const char *text) {
    size_t room = RS_ESCAPE_ROOM(text) + sizeof ELLIPSIS;
    char *safe = rs_rows_alloc(room);
    rs_escape_terminal(text, safe, room);
    return safe;
}

/* Of text that is escaped already: its columns, or the bytes that fit into `limit` columns. Marks
 * that take none and letters that take two are known in a locale of UTF-8 only; where there is
 * none, each takes one. */
static unsigned measure(const char *text, unsigned limit, size_t *bytes) {
    if (is_plain(text)) return measure_here(text, limit, bytes);
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), before = uselocale(utf8);
    unsigned columns = measure_here(text, limit, bytes);
    uselocale(before);
    if (utf8) freelocale(utf8);
    return columns;
}

unsigned rs_paint_columns(const char *text) {
    size_t bytes;
    char *safe = escape_all(text);
    unsigned columns = measure(safe, UINT32_MAX, &bytes);
    free(safe);
    return columns;
}

static void flush_blanks(rs_paint *paint) {
    fprintf(paint->out, "%*s", (int)paint->pending, "");
    paint->pending = 0;
}

static void skip(rs_paint *paint, unsigned columns) {
    paint->pending += columns;
    paint->column += columns;
}

static void write_styled(rs_paint *paint, rs_paint_style style, const char *safe, size_t bytes) {
    bool styled = paint->color && style != RS_PAINT_PLAIN;
    if (bytes == 0) return;
    flush_blanks(paint);
    if (styled) fprintf(paint->out, "\x1b[%sm", codes[style]);
    fwrite(safe, 1, bytes, paint->out);
    if (styled) fputs("\x1b[0m", paint->out);
}

void rs_paint_text(rs_paint *paint, rs_paint_style style, const char *text) {
    rs_paint_most(paint, style, UINT32_MAX, text);
}

char *rs_paint_format(const char *format, va_list arguments) {
    char *text = NULL;
    if (vasprintf(&text, format, arguments) < 0)
        rs_panic(__FILE__, __LINE__, "out of memory for the report");
    return text;
}

void rs_paint_print(rs_paint *paint, rs_paint_style style, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = rs_paint_format(format, arguments);
    va_end(arguments);
    rs_paint_text(paint, style, text);
    free(text);
}

/* Leaves in `safe` what fits of it, with an ellipsis for the rest, and returns its columns. */
static unsigned fit(char *safe, unsigned columns) {
    size_t bytes;
    unsigned taken = measure(safe, columns, &bytes);
    if (!safe[bytes]) return taken;
    if (columns == 0) return safe[0] = '\0', 0;
    taken = measure(safe, columns - 1, &bytes);
    strcpy(safe + bytes, ELLIPSIS);
    return taken + 1;
}

void rs_paint_most(rs_paint *paint, rs_paint_style style, unsigned columns, const char *text) {
    if (!text) return;
    char *safe = escape_all(text);
    unsigned taken = fit(safe, columns);
    write_styled(paint, style, safe, strlen(safe));
    paint->column += taken;
    free(safe);
}

void rs_paint_left(rs_paint *paint, rs_paint_style style, unsigned columns, const char *text) {
    unsigned end = paint->column + columns;
    rs_paint_most(paint, style, columns, text);
    skip(paint, end - paint->column);
}

void rs_paint_left_print(rs_paint *paint, rs_paint_style style, unsigned columns,
                         const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = rs_paint_format(format, arguments);
    va_end(arguments);
    rs_paint_left(paint, style, columns, text);
    free(text);
}

void rs_paint_right(rs_paint *paint, rs_paint_style style, unsigned columns, const char *text) {
    char *safe = escape_all(text ? text : "");
    unsigned taken = fit(safe, columns);
    skip(paint, columns - taken);
    write_styled(paint, style, safe, strlen(safe));
    paint->column += taken;
    free(safe);
}

void rs_paint_to(rs_paint *paint, unsigned column) {
    skip(paint, paint->column < column ? column - paint->column : 2);
}

void rs_paint_end(rs_paint *paint) {
    fputc('\n', paint->out);
    paint->column = paint->pending = 0;
}

/* The bytes of the next line: up to the last blank that fits, or all that fits of a long word. */
static size_t line_bytes(const char *safe, unsigned room) {
    size_t fitting;
    measure(safe, room, &fitting);
    if (!safe[fitting]) return fitting;
    for (size_t at = fitting; at > 0; at--)
        if (safe[at] == ' ') return at;
    return fitting ? fitting : strlen(safe);
}

void rs_paint_wrap(rs_paint *paint, rs_paint_style style, const char *text) {
    char *safe = escape_all(text);
    unsigned indent = paint->column, room = paint->width > indent + 20 ? paint->width - indent : 20;
    for (const char *at = safe; *at;) {
        size_t bytes = line_bytes(at, room);
        write_styled(paint, style, at, bytes);
        rs_paint_end(paint);
        at += bytes;
        at += strspn(at, " ");
        if (*at) skip(paint, indent);
    }
    if (!*safe) rs_paint_end(paint);
    free(safe);
}
