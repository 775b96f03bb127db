/* draw.h: which faults a life meets: drawn from its seed within the plan's envelope, swarm fashion.
 * Each life has some of the kinds and leaves the others out, and its faults fall together or apart,
 * so that what many kinds hide together shows somewhere. Source: Groce et al., Swarm Testing, 2012.
 * Invariant: what is drawn depends on plan and seed alone.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_DRAW_H
#define RS_DRAW_H

#include "scenarios/language/plan.h"

typedef struct rs_draw {
    rs_plan plan; /* the drawn one: all but its faults is borrowed from `from` */
    const rs_plan *from;
    rs_plan_fault *faults;      /* of `plan` */
    const rs_plan_node **nodes; /* that may be hit */
    uint32_t node_count;
    uint32_t own; /* so many of the faults are the scenario's */
} rs_draw;

/* rs_draw_init prepares to draw for `plan`, which must outlive it. Owner: rs_draw_fini. */
void rs_draw_init(rs_draw *draw, const rs_plan *plan);
void rs_draw_fini(rs_draw *draw);

/* rs_draw_for returns `plan` with the faults that the life `seed` meets; valid until the next call.
 */
const rs_plan *rs_draw_for(rs_draw *draw, uint64_t seed);

/* rs_draw_empty says why no life of `plan` meets a fault that its envelope draws; NULL: some do, or
 * it draws none. */
const char *rs_draw_empty(const rs_plan *plan);

/* rs_draw_blows returns how often a drawn fault strikes at most: what the envelope bounds. */
uint64_t rs_draw_blows(const rs_plan_fault *fault);

#endif
