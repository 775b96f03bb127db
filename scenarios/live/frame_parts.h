/* frame_parts.h: the sections of a picture. Each writes as many lines as it is told, of which there
 * are at least two, its heading first.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FRAME_PARTS_H
#define RS_FRAME_PARTS_H

#include "reports/formats/paint.h"
#include "scenarios/live/glimpse.h"

/* From here on there is room for words beside the numbers. */
#define RS_FRAME_WIDE 60u

/* rs_frame_put writes `text` up to the end of the line; a longer one ends in an ellipsis. */
void rs_frame_put(rs_paint *paint, rs_paint_style style, const char *text);

/* rs_frame_number writes a count right-aligned in `columns`; 0 is pale. */
void rs_frame_number(rs_paint *paint, rs_paint_style style, unsigned columns, uint64_t number);

/* rs_frame_tree_wants, rs_frame_latency_wants and rs_frame_faults_wants return how many lines the
 * section would fill; 0: the run has nothing of the kind. */
unsigned rs_frame_tree_wants(const rs_glimpse *seen);
unsigned rs_frame_latency_wants(const rs_glimpse *seen);
unsigned rs_frame_faults_wants(const rs_glimpse *seen);

/* rs_frame_tree_fills returns how many of `lines` the tree fills once it is folded. */
unsigned rs_frame_tree_fills(const rs_glimpse *seen, unsigned lines);

/* rs_frame_tree draws the supervision tree with its restarts. */
void rs_frame_tree(rs_paint *paint, const rs_glimpse *seen, unsigned lines);
/* rs_frame_latency writes how long restarts and calls took so far. */
void rs_frame_latency(rs_paint *paint, const rs_glimpse *seen, unsigned lines);
/* rs_frame_faults writes the latest blows, the last one first. */
void rs_frame_faults(rs_paint *paint, const rs_glimpse *seen, unsigned lines);

#endif
