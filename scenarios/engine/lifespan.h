/* lifespan.h: from when to when processes lived in the roles of a tree, as far as a film tells.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LIFESPAN_H
#define RS_LIFESPAN_H

#include "reports/rows.h"
#include "scenarios/engine/shared.h"

typedef struct rs_lifespan {
    uint32_t role, incarnation;
    bool has_begin, has_end; /* else it lived already, or lives on */
    uint64_t from_ns, to_ns; /* since t = 0 */
    const char *reason;      /* of its end, the film's; NULL: unknown */
} rs_lifespan;

typedef struct rs_lifespans {
    RS_ROWS(rs_lifespan) rows; /* by role and incarnation, then those that nothing happened to */
    uint64_t dropped;          /* of the latter, for want of room */
} rs_lifespans;

/* rs_lifespans_find finds the lives that began or ended in `events`, which reach until `end_ns`,
 * and up to `most` of those that went on all the while. Owner: rs_lifespans_fini. */
rs_lifespans rs_lifespans_find(const rs_shared *shared, const rs_film_events *events,
                               uint64_t end_ns, size_t most);
void rs_lifespans_fini(rs_lifespans *lives);

#endif
