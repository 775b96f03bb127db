/* escape.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/escape.h"

#include "reports/rows.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NO_CHARACTER UINT32_MAX
#define ESCAPED_MAX  16

static size_t length_by_lead(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return 2;
    if (lead >= 0xe0 && lead <= 0xef) return 3;
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/* Overlong forms, surrogates, and what lies above the last plane. */
static bool forbidden(uint32_t code, size_t length) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    return code < least[length] || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff;
}

size_t rs_escape_next(const char *text, uint32_t *code) {
    const unsigned char *bytes = (const unsigned char *)text;
    if (!bytes[0]) return 0;
    size_t length = length_by_lead(bytes[0]);
    *code = NO_CHARACTER;
    if (length == 0) return 1;
    uint32_t value = length == 1 ? bytes[0] : bytes[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) return 1;
        value = value << 6 | (bytes[i] & 0x3f);
    }
    if (forbidden(value, length)) return 1;
    *code = value;
    return length;
}

/* Writes how one character appears and returns the length of that. */
typedef size_t (*spell)(const char *text, size_t length, uint32_t code, char out[ESCAPED_MAX]);

static size_t spell_as_is(const char *text, size_t length, char *out) {
    memcpy(out, text, length);
    return length;
}

static size_t escape(const char *text, char *to, size_t size, spell spell_one) {
    size_t used = 0, length;
    uint32_t code = 0;
    char out[ESCAPED_MAX];
    for (; (length = rs_escape_next(text, &code)) > 0; text += length) {
        size_t wanted = spell_one(text, length, code, out);
        if (used + wanted >= size) break;
        memcpy(to + used, out, wanted);
        used += wanted;
    }
    if (size) to[used] = '\0';
    return used;
}

static size_t spell_utf8(const char *text, size_t length, uint32_t code, char out[ESCAPED_MAX]) {
    return code == NO_CHARACTER ? spell_as_is("\uFFFD", 3, out) : spell_as_is(text, length, out);
}

size_t rs_escape_utf8(const char *text, char *to, size_t size) {
    return escape(text, to, size, spell_utf8);
}

/* Marks that change direction, join or hide, line separators, the byte order mark, and what is no
 * character. */
static bool deceives(uint32_t code) {
    return (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0x61c || code == 0xfeff ||
           (code >= 0xe0000 && code <= 0xe007f) || (code | 1) == 0xffff;
}

static size_t spell_terminal(const char *text, size_t length, uint32_t code,
                             char out[ESCAPED_MAX]) {
    int written = 0;
    if (code == NO_CHARACTER || code < 0x20 || code == 0x7f)
        written = snprintf(out, ESCAPED_MAX, "\\x%02x", (unsigned)(unsigned char)*text);
    else if ((code >= 0x80 && code < 0xa0) || deceives(code))
        written = snprintf(out, ESCAPED_MAX, "\\u%04x", code);
    else
        return spell_as_is(text, length, out);
    return (size_t)written;
}

size_t rs_escape_terminal(const char *text, char *to, size_t size) {
    return escape(text, to, size, spell_terminal);
}

static size_t spell_json(const char *text, size_t length, uint32_t code, char out[ESCAPED_MAX]) {
    if (code == '"') return spell_as_is("\\\"", 2, out);
    if (code == '\\') return spell_as_is("\\\\", 2, out);
    if (code == '\n') return spell_as_is("\\n", 2, out);
    if (code == '\t') return spell_as_is("\\t", 2, out);
    if (code < 0x20 || code == 0x7f) return (size_t)snprintf(out, ESCAPED_MAX, "\\u%04x", code);
    return spell_utf8(text, length, code, out);
}

size_t rs_escape_json(const char *text, char *to, size_t size) {
    return escape(text, to, size, spell_json);
}

/* ------------------------------------------------------------------ as on a terminal, and more */

/* Puts a backslash before each of `special`. */
static size_t spell_behind(const char *special, const char *text, size_t length, uint32_t code,
                           char out[ESCAPED_MAX]) {
    char plain[ESCAPED_MAX];
    size_t used = 0, spelled = spell_terminal(text, length, code, out);
    memcpy(plain, out, spelled);
    for (size_t i = 0; i < spelled; i++) {
        if (strchr(special, plain[i])) out[used++] = '\\';
        out[used++] = plain[i];
    }
    return used;
}

/* E-mail addresses and @names are looked for when spellings are undone already, so that of `&#64;`
 * a link would come all the same: only a comment parts them from what follows, unseen. */
static size_t spell_markdown(const char *text, size_t length, uint32_t code,
                             char out[ESCAPED_MAX]) {
    if (code == '@') return spell_as_is("@<!-- -->", 9, out);
    if (code == ':' && text[1] == '/') return spell_as_is("\\:", 2, out);
    if (strncasecmp(text, "www.", 4) == 0)
        return (size_t)snprintf(out, ESCAPED_MAX, "&#%u;", (unsigned)code);
    return spell_behind("\\`*_{}[]<>()#+!|~&", text, length, code, out);
}

size_t rs_escape_markdown(const char *text, char *to, size_t size) {
    return escape(text, to, size, spell_markdown);
}

/* What XML must not hold is no text on a terminal either. */
static size_t spell_xml(const char *text, size_t length, uint32_t code, char out[ESCAPED_MAX]) {
    if (code == '&') return spell_as_is("&amp;", 5, out);
    if (code == '<') return spell_as_is("&lt;", 4, out);
    if (code == '>') return spell_as_is("&gt;", 4, out);
    if (code == '"') return spell_as_is("&quot;", 6, out);
    return spell_terminal(text, length, code, out);
}

size_t rs_escape_xml(const char *text, char *to, size_t size) {
    return escape(text, to, size, spell_xml);
}

static size_t spell_csv(const char *text, size_t length, uint32_t code, char out[ESCAPED_MAX]) {
    if (code == '"') return spell_as_is("\"\"", 2, out);
    return spell_terminal(text, length, code, out);
}

/* Spreadsheets of the East take the wide signs as well. */
static bool is_formula(const char *text) {
    static const uint32_t signs[] = {'=', '+', '-', '@', 0xff1d, 0xff0b, 0xff0d, 0xff20};
    uint32_t code = 0;
    rs_escape_next(text, &code);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (code == signs[i]) return true;
    return false;
}

size_t rs_escape_csv(const char *text, char *to, size_t size) {
    if (size < 2 || !is_formula(text)) return escape(text, to, size, spell_csv);
    *to = '\'';
    return 1 + escape(text, to + 1, size - 1, spell_csv);
}

static size_t spell_label(const char *text, size_t length, uint32_t code, char out[ESCAPED_MAX]) {
    return spell_behind("\\\"", text, length, code, out);
}

size_t rs_escape_label(const char *text, char *to, size_t size) {
    return escape(text, to, size, spell_label);
}

void rs_escape_put(rs_escape *escape_text, const char *text, FILE *stream) {
    if (!text) return;
    size_t room = RS_ESCAPE_ROOM(text);
    char *safe = rs_rows_alloc(room);
    fwrite(safe, 1, escape_text(text, safe, room), stream);
    free(safe);
}
