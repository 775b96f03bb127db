/* term_text.c: terms as Erlang writes and reads them.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/limits.h"
#include "runtime/process/term_block.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef rs_term_view view;

/* ---------------------------------------------------------------- printing */

typedef struct sink {
    char *out;
    size_t bytes, length;
} sink;

static void put(sink *s, char c) {
    if (s->length + 1 < s->bytes) s->out[s->length] = c;
    s->length++;
}

static void put_text(sink *s, const char *text) {
    while (*text) put(s, *text++);
}

__attribute__((format(printf, 2, 3))) static void put_format(sink *s, const char *format, ...) {
    char buffer[64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    put_text(s, buffer);
}

static bool is_plain_char(char c) {
    return c == '_' || c == '@' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

static bool is_plain_atom(const char *text) {
    if (*text < 'a' || *text > 'z') return false;
    while (is_plain_char(*text)) text++;
    return *text == 0;
}

static void put_quoted(sink *s, const char *text, size_t bytes, char quote) {
    put(s, quote);
    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == (unsigned char)quote || c == '\\') put(s, '\\');
        if (c < 32 || c == 127)
            put_format(s, "\\x{%x}", c);
        else
            put(s, (char)c);
    }
    put(s, quote);
}

static void put_atom(sink *s, rs_term atom) {
    const char *text = rs_atom_text(atom);
    if (is_plain_atom(text))
        put_text(s, text);
    else
        put_quoted(s, text, strlen(text), '\'');
}

static void put_term(sink *s, view v);

static void put_row(sink *s, view v, const char *brackets) {
    put(s, brackets[0]);
    for (uint32_t i = 0; i < rs_term_block_header(v)[0]; i++) {
        if (i) put(s, ',');
        put_term(s, rs_term_block_element(v, i));
    }
    put(s, brackets[1]);
}

static void put_term(sink *s, view v) {
    switch (rs_term_tag(v.term)) {
    case RS_TAG_NONE: put_text(s, "none"); break;
    case RS_TAG_INTEGER: put_format(s, "%lld", (long long)rs_term_to_integer(v.term)); break;
    case RS_TAG_ATOM: put_atom(s, v.term); break;
    case RS_TAG_PID:
        put_format(s, "<%u.%u>", (uint32_t)v.term >> 4, (uint32_t)(v.term >> 32));
        break;
    case RS_TAG_REF: put_format(s, "#Ref<%llu>", (unsigned long long)(v.term >> 4)); break;
    case RS_TAG_TEXT:
        put_quoted(s, (const char *)(rs_term_block_header(v) + 1), rs_term_block_header(v)[0], '"');
        break;
    case RS_TAG_TUPLE: put_row(s, v, "{}"); break;
    case RS_TAG_LIST: put_row(s, v, "[]"); break;
    case RS_TAG_BLOCK: break;
    }
}

size_t rs_term_print(rs_term term, char *out, size_t bytes) {
    sink s = {out, bytes, 0};
    put_term(&s, rs_term_block_view(term));
    if (bytes) out[s.length < bytes ? s.length : bytes - 1] = 0;
    return s.length;
}

/* ---------------------------------------------------------------- reading */

#define ELEMENTS_MAX   64u   /* of one tuple or list read; OTP's reasons have two or three */
#define TEXT_BYTES_MAX 4096u /* of one text that is read: it passes through the stack */

static rs_err parse(const char **at, rs_term *term, uint32_t depth);

static void skip_blanks(const char **at) {
    while (**at == ' ') ++*at;
}

static rs_err parse_integer(const char **at, rs_term *term) {
    bool negative = **at == '-';
    if (negative) ++*at;
    if (**at < '0' || **at > '9') return RS_ESYNTAX;
    int64_t value = 0;
    for (; **at >= '0' && **at <= '9'; ++*at) {
        value = value * 10 + (**at - '0');
        if (value >= INT64_C(1) << 58) return RS_ELIMIT;
    }
    *term = rs_term_integer(negative ? -value : value);
    return RS_OK;
}

/* take_quoted reads up to the closing quote, undoing what put_quoted does. */
static rs_err take_quoted(const char **at, char *out, size_t bytes, size_t *length) {
    char quote = *(*at)++;
    for (*length = 0; **at != quote; ++*length) {
        unsigned value = (unsigned char)**at;
        int used = value == '\\' ? 0 : 1;
        if (value == 0) return RS_ESYNTAX;
        if (!used && (sscanf(*at, "\\x{%2x}%n", &value, &used) != 1 || !used)) {
            value = (unsigned char)(*at)[1];
            if (value != (unsigned char)quote && value != '\\') return RS_ESYNTAX;
            used = 2;
        }
        if (*length + 1 >= bytes) return RS_ELIMIT;
        out[*length] = (char)value;
        *at += used;
    }
    ++*at;
    return RS_OK;
}

static rs_err parse_atom(const char **at, rs_term *term) {
    char text[RS_ATOM_BYTES_MAX + 1];
    size_t length = 0;
    if (**at == '\'') {
        rs_err err = take_quoted(at, text, sizeof text, &length);
        if (err) return err;
        if (memchr(text, 0, length)) return RS_ESYNTAX; /* atoms are C strings here */
    } else {
        for (; is_plain_char(**at); text[length++] = *(*at)++)
            if (length == RS_ATOM_BYTES_MAX) return RS_ELIMIT;
    }
    text[length] = 0;
    *term = rs_atom_find(text);
    return *term ? RS_OK : RS_ELIMIT;
}

static rs_err parse_text(const char **at, rs_term *term) {
    char text[TEXT_BYTES_MAX];
    size_t length = 0;
    rs_err err = take_quoted(at, text, sizeof text, &length);
    if (err) return err;
    *term = rs_term_text(text, (uint32_t)length);
    return *term ? RS_OK : RS_ENOMEM;
}

static rs_err parse_elements(const char **at, char end, rs_term *elements, uint32_t *count,
                             uint32_t depth) {
    skip_blanks(at);
    if (**at == end) return ++*at, RS_OK;
    for (;;) {
        if (*count == ELEMENTS_MAX) return RS_ELIMIT;
        rs_err err = parse(at, &elements[*count], depth + 1);
        if (err) return err;
        ++*count;
        skip_blanks(at);
        char c = **at;
        if (c != ',' && c != end) return RS_ESYNTAX;
        ++*at;
        if (c == end) return RS_OK;
    }
}

static rs_err parse_row(const char **at, rs_term *term, uint32_t depth) {
    rs_term elements[ELEMENTS_MAX] = {0};
    uint32_t count = 0;
    bool is_list = *(*at)++ == '[';
    rs_err err = parse_elements(at, is_list ? ']' : '}', elements, &count, depth);
    if (err == RS_OK) {
        *term = is_list ? rs_term_list(count, elements) : rs_term_tuple(count, elements);
        if (!*term) err = RS_ENOMEM;
    }
    for (uint32_t i = 0; i < count; i++) rs_term_release(elements[i]);
    return err;
}

static rs_err parse(const char **at, rs_term *term, uint32_t depth) {
    if (depth >= RS_TERM_DEPTH_MAX / 2) return RS_ELIMIT;
    skip_blanks(at);
    char c = **at;
    if (c == '{' || c == '[') return parse_row(at, term, depth);
    if (c == '"') return parse_text(at, term);
    if (c == '-' || (c >= '0' && c <= '9')) return parse_integer(at, term);
    if (c == '\'' || (c >= 'a' && c <= 'z')) return parse_atom(at, term);
    return RS_ESYNTAX;
}

rs_err rs_term_parse(const char *text, rs_term *term) {
    rs_term parsed = 0;
    rs_err err = parse(&text, &parsed, 0);
    if (err) return err;
    skip_blanks(&text);
    if (*text) {
        rs_term_release(parsed);
        return RS_ESYNTAX;
    }
    *term = parsed;
    return RS_OK;
}
