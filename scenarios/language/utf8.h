/* utf8.h: which bytes are text.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_UTF8_H
#define RS_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* rs_utf8_step returns how many of the `length` bytes at `text` form its first character, 0 when
 * they form none (overlong, surrogate, beyond U+10FFFF, cut off). */
size_t rs_utf8_step(const char *text, size_t length);

/* rs_utf8_is_control tells whether the character of `step` bytes at `text` is a C0 or C1 control or
 * DEL, which could change what a terminal shows. */
bool rs_utf8_is_control(const char *text, size_t step);

#endif
