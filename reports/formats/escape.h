/* escape.h: text from strangers – scenario names, role keys, exit reasons – made harmless for the
 * medium it goes to.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ESCAPE_H
#define RS_ESCAPE_H

#include <stddef.h>
#include <stdint.h>

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

#endif
