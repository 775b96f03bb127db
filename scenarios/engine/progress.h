/* progress.h: one line on a terminal that tells how far a run is.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PROGRESS_H
#define RS_PROGRESS_H

#include "scenarios/engine/shared.h"

#include <stdio.h>

typedef struct rs_progress {
    FILE *stream; /* NULL: silent */
    bool shown;
    uint64_t last_ns, last_answered; /* of the wall; for the rate */
} rs_progress;

/* rs_progress_init shows progress on `stream` when it is a terminal and `wanted`. */
void rs_progress_init(rs_progress *progress, FILE *stream, bool wanted);

/* rs_progress_show rewrites the line, at most ten times a second. */
void rs_progress_show(rs_progress *progress, const rs_shared *shared, uint64_t wall_ns);

/* rs_progress_clear takes the line away. */
void rs_progress_clear(rs_progress *progress);

#endif
