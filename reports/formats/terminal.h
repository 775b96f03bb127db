/* terminal.h: the summary that a person reads after a run.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TERMINAL_H
#define RS_TERMINAL_H

#include "reports/result.h"
#include "runtime/base/error.h"

#include <stdbool.h>
#include <stdio.h>

/* Below 72 columns the tables do not fit; above 100 the eye loses the line. */
#define RS_TERMINAL_WIDTH_MIN 72u
#define RS_TERMINAL_WIDTH_MAX 100u

typedef struct rs_terminal_look {
    unsigned width; /* columns; held between the two limits */
    bool color;
} rs_terminal_look;

/* rs_terminal_look_of returns how to write to `stream`: its width and colour when it is a terminal,
 * and NO_COLOR is unset or empty and `no_color` false; else 100 columns without colour. */
rs_terminal_look rs_terminal_look_of(FILE *stream, bool no_color);

/* rs_terminal_write writes the summary of `result`: a pure function of the result and the look.
 * Errors: RS_EIO when the stream takes no more. */
rs_err rs_terminal_write(const rs_result *result, FILE *stream, rs_terminal_look look);

#endif
