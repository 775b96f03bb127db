/* siblings.h: the children that a supervisor of the plan has by name, in the order of the plan.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SIBLINGS_H
#define RS_SIBLINGS_H

#include "scenarios/engine/checking.h"

typedef struct rs_siblings {
    const rs_plan_node *supervisor; /* NULL: the root, or a template's child */
    uint32_t role;                  /* of the supervisor */
    uint32_t count;                 /* 0 without a supervisor */
    uint32_t place;                 /* of the one whose siblings they are */
} rs_siblings;

/* rs_siblings_of returns those among whom `role` is. */
rs_siblings rs_siblings_of(const rs_checking *checking, uint32_t role);

/* rs_siblings_role returns the role of the one at `place`. */
uint32_t rs_siblings_role(const rs_checking *checking, const rs_siblings *siblings, uint32_t place);

/* rs_siblings_living returns the life of the one at `place` that the supervisor's life `under` has
 * started before the entry `index` and that is not over then; RS_NEVER: there is none. */
uint32_t rs_siblings_living(const rs_checking *checking, const rs_siblings *siblings,
                            uint32_t place, uint32_t under, uint32_t index);

/* rs_siblings_latest is the same for one that may be over. */
uint32_t rs_siblings_latest(const rs_checking *checking, const rs_siblings *siblings,
                            uint32_t place, uint32_t under, uint32_t index);

#endif
