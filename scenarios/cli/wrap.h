/* wrap.h: long lines for people, broken between words.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_WRAP_H
#define RS_CLI_WRAP_H

#include <stdint.h>
#include <stdio.h>

/* rs_wrap_width returns how many columns `out` shows: a terminal's, 80 of anything else. */
uint32_t rs_wrap_width(FILE *out);

/* rs_wrap_put writes `line`, UTF-8 without its end, to `out`, and goes on in the next line where it
 * has more than `width` columns: two further in than it began, or, when it began at the edge, than
 * the column behind its first word. A word that is longer is left whole. */
void rs_wrap_put(const char *line, uint32_t width, FILE *out);

#endif
