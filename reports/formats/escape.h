/* escape.h: text from strangers – scenario names, role keys, exit reasons – made harmless for the
 * medium it goes to.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ESCAPE_H
#define RS_ESCAPE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* rs_escape_next reads one character of UTF-8 at `text` and returns how many bytes it has, 0 at the
 * end. Bytes that are no UTF-8 (overlong forms and surrogates included) count as one character of
 * one byte, `*code` UINT32_MAX. */
size_t rs_escape_next(const char *text, uint32_t *code);

/* rs_escape_utf8 copies `text` with U+FFFD in place of each byte that is no UTF-8. Cut to `size`
 * at a whole character; 3 * strlen + 1 bytes are always enough. Returns the length written. */
size_t rs_escape_utf8(const char *text, char *to, size_t size);

/* rs_escape_terminal copies `text` for a terminal: control characters, characters that reorder or
 * hide text, and bytes that are no UTF-8 appear as `\x1b` or `\u202e`, the backslash as itself. Cut
 * to `size` at a whole character; 8 * strlen + 1 bytes are always enough. Returns the length. */
size_t rs_escape_terminal(const char *text, char *to, size_t size);

/* rs_escape_json copies `text` as the inside of a JSON string, without the quotes; bytes that are
 * no UTF-8 become U+FFFD. Cut to `size` at a whole character; 6 * strlen + 1 bytes are always
 * enough. Returns the length. */
size_t rs_escape_json(const char *text, char *to, size_t size);

/* The media below show what a terminal would: line ends and control characters appear as `\x0a`, so
 * a text stays on its line. What has a meaning there is written as what it is. Each cuts to `size`
 * at a whole character and returns the length; RS_ESCAPE_ROOM bytes are always enough. */

/* rs_escape_markdown copies `text` for a line of GitHub's Markdown; web and e-mail addresses become
 * no links, and nobody is told that an @name stands there.
 * What has a meaning at the beginning of a line alone (a dash, a number) is left: put text behind
 * something. */
size_t rs_escape_markdown(const char *text, char *to, size_t size);

/* rs_escape_xml copies `text` for XML 1.0 and HTML, between tags or double quotes. */
size_t rs_escape_xml(const char *text, char *to, size_t size);

/* rs_escape_csv copies `text` as the inside of a quoted cell of RFC 4180, behind an apostrophe if a
 * spreadsheet would take it for a formula. */
size_t rs_escape_csv(const char *text, char *to, size_t size);

/* rs_escape_label copies `text` as the inside of a label's value in OpenMetrics. */
size_t rs_escape_label(const char *text, char *to, size_t size);

/* What every escape above needs for `text` at most. */
#define RS_ESCAPE_ROOM(TEXT) (9 * strlen(TEXT) + 2)

typedef size_t rs_escape(const char *text, char *to, size_t size);

/* rs_escape_put writes all of `text`, escaped, to `stream`; of NULL nothing. */
void rs_escape_put(rs_escape *escape, const char *text, FILE *stream);

#endif
