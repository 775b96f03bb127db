/* frame.h: one picture of a run, as lines of text: a pure function of a glimpse and the screen's
 * size. Sections share the lines there are; what has no room is folded or left out.
 * Invariant: never more lines than the screen has, nor more columns.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FRAME_H
#define RS_FRAME_H

#include "scenarios/live/glimpse.h"

#include <stdio.h>

/* Below that there is no room for the head and a line of each section. */
#define RS_FRAME_WIDTH_MIN  36u
#define RS_FRAME_HEIGHT_MIN 8u
/* Larger ones have nothing more to say. */
#define RS_FRAME_WIDTH_MAX  240u
#define RS_FRAME_HEIGHT_MAX 400u

typedef struct rs_frame_look {
    unsigned width, height; /* of the screen; held between the limits */
    bool color;
} rs_frame_look;

/* rs_frame_write writes the picture of `seen` to `out`, each line with its end. */
void rs_frame_write(const rs_glimpse *seen, FILE *out, rs_frame_look look);

#endif
