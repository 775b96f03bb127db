/* texts.h: what targets that read scenarios share: texts in quotes, and what must hold of every
 * problem that is told.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FUZZ_TEXTS_H
#define RS_FUZZ_TEXTS_H

#include "runtime/base/assert.h"
#include "scenarios/language/language.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* rs_texts_quote writes `length` bytes as a double-quoted scalar, in which every byte is a
 * character of its own. */
static inline void rs_texts_quote(FILE *out, const char *text, size_t length) {
    fputc('"', out);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        bool is_plain = byte >= ' ' && byte < 127 && byte != '"' && byte != '\\';
        fprintf(out, is_plain ? "%c" : "\\x%02x", byte);
    }
    fputc('"', out);
}

/* The length of the line break at `at`; 0: there is none. */
static inline size_t rs_texts_newline(const char *at, size_t left) {
    return left >= 1 && *at == '\n';
}

/* The same, of all that are breaks in YAML. */
static inline size_t rs_texts_break(const char *at, size_t left) {
    if (left >= 2 && at[0] == '\r' && at[1] == '\n') return 2;
    if (left >= 1 && (at[0] == '\r' || at[0] == '\n')) return 1;
    if (left >= 2 && memcmp(at, "\xc2\x85", 2) == 0) return 2;
    if (left >= 3 && (memcmp(at, "\xe2\x80\xa8", 3) == 0 || memcmp(at, "\xe2\x80\xa9", 3) == 0))
        return 3;
    return 0;
}

typedef size_t rs_texts_breaks(const char *at, size_t left);

/* rs_texts_has_place tells whether `line` and `column` lie within the text, or right behind it,
 * where YAML sees a line break if there is one or not. Both are 0 when a problem is one of the
 * whole. */
static inline bool rs_texts_has_place(const char *text, size_t length, rs_texts_breaks *breaks,
                                      uint32_t line, uint32_t column) {
    if (line == 0) return column == 0;
    const char *end = text + length;
    for (uint32_t number = 1; number < line; number++) {
        size_t step = 0;
        while (text < end && !(step = breaks(text, (size_t)(end - text)))) text++;
        if (!step) return number + 1 == line && column == 1;
        text += step;
    }
    size_t columns = 0;
    while (text < end && !breaks(text, (size_t)(end - text))) text++, columns++;
    return column >= 1 && column <= columns + 1;
}

/* rs_texts_check_problems checks that each has its place in the text and says something, in one
 * line. What is no text at all is refused before YAML is asked, and counts newlines. */
static inline void rs_texts_check_problems(rs_diagnostics *problems, const char *file,
                                           const char *text, size_t length) {
    uint32_t count = rs_diagnostics_count(problems);
    for (uint32_t i = 0; i < count && i < RS_DIAGNOSTICS_MAX; i++) {
        const rs_diagnostic *problem = rs_diagnostics_get(problems, i);
        RS_ASSERT(strcmp(problem->place.file, file) == 0);
        uint32_t line = problem->place.line, column = problem->place.column;
        RS_ASSERT(rs_texts_has_place(text, length, rs_texts_break, line, column) ||
                  rs_texts_has_place(text, length, rs_texts_newline, line, column));
        RS_ASSERT(*problem->message && !strpbrk(problem->message, "\n\r\x1b"));
    }
}

/* rs_texts_problems returns everything that is printed of them; the caller frees it. */
static inline char *rs_texts_problems(rs_diagnostics *problems) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    RS_ASSERT(out);
    rs_diagnostics_print(problems, out);
    fclose(out);
    return text;
}

#endif
