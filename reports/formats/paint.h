/* paint.h: text in columns for a terminal. Every text is escaped here, at the one door, so that no
 * caller can forget it. Widths are counted in columns of the screen, not in bytes.
 * Invariant: no line ends with blanks, and nothing is coloured unless colour is on.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PAINT_H
#define RS_PAINT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

typedef enum rs_paint_style {
    RS_PAINT_PLAIN,
    RS_PAINT_BOLD,
    RS_PAINT_DIM,
    RS_PAINT_GOOD,
    RS_PAINT_BAD,
    RS_PAINT_DOUBT,
} rs_paint_style;

typedef struct rs_paint {
    FILE *out;
    unsigned width; /* columns of the screen */
    bool color;
    unsigned column;  /* where the next text begins */
    unsigned pending; /* blanks not yet written */
} rs_paint;

/* rs_paint_columns returns how many columns `text` takes after escaping. */
unsigned rs_paint_columns(const char *text);

/* rs_paint_text writes `text`; NULL is nothing. */
void rs_paint_text(rs_paint *paint, rs_paint_style style, const char *text);

/* rs_paint_print is rs_paint_text of a printf. */
void rs_paint_print(rs_paint *paint, rs_paint_style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* rs_paint_format returns the text of a vprintf: no buffer, which would cut within characters.
 * Owner: free() it. */
char *rs_paint_format(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

/* rs_paint_most writes `text`, or as much of it as goes into `columns` with an ellipsis; NULL is
 * nothing. */
void rs_paint_most(rs_paint *paint, rs_paint_style style, unsigned columns, const char *text);

/* rs_paint_left is rs_paint_most and blanks up to `columns`. */
void rs_paint_left(rs_paint *paint, rs_paint_style style, unsigned columns, const char *text);

/* rs_paint_left_print is rs_paint_left of a printf. */
void rs_paint_left_print(rs_paint *paint, rs_paint_style style, unsigned columns,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));

/* rs_paint_right writes blanks and `text`, `columns` together. */
void rs_paint_right(rs_paint *paint, rs_paint_style style, unsigned columns, const char *text);

/* rs_paint_to moves on to `column`, counted from 0; two blanks on when it is behind already. */
void rs_paint_to(rs_paint *paint, unsigned column);

/* rs_paint_end ends the line. */
void rs_paint_end(rs_paint *paint);

/* rs_paint_wrap writes `text` in lines from the present column on, broken at blanks, and ends the
 * last one. */
void rs_paint_wrap(rs_paint *paint, rs_paint_style style, const char *text);

#endif
