/* shrink.h: makes a case that fails as small as it gets while the same thing fails: faults, loads,
 * children and whatever else stands in a list removed, numbers made small, times made round.
 * Source: Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, 2002.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SHRINK_H
#define RS_SHRINK_H

#include "scenarios/explore/attempt.h"
#include "scenarios/language/document.h"

typedef struct rs_shrink {
    const char *check, *path;   /* what must go on failing */
    rs_plugins plugins;         /* that its upgrades take */
    uint64_t timeout_ns;        /* of the wall, for one attempt */
    uint64_t end_ns;            /* of the wall: begins nothing new after that */
    const rs_atomic_u32 *hurry; /* once it is not 0, neither; may be NULL */
    char *text;                 /* the smallest case so far */
    uint32_t attempts;          /* made */
    uint64_t heal_ns;           /* how long the last phase is, and stays */
    bool needs_faults;          /* without them it does not fail, and shall not */
    bool needs_order;           /* in order of age it does not fail, and shall not */
    bool struck_late;           /* something strikes within it from the first */
} rs_shrink;

/* rs_shrink_run makes shrink->text smaller. Owner: it stays the caller's, to free(). */
void rs_shrink_run(rs_shrink *shrink);

/* rs_shrink_has_time says whether anything new may begin. */
bool rs_shrink_has_time(const rs_shrink *shrink);

/* rs_shrink_try takes `document` for the case if that fails as well; with another seed if it does
 * so only then, and the scheduler throws dice. Owner: the document is of `memory`, and changed. */
bool rs_shrink_try(rs_shrink *shrink, rs_document_node *document, rs_plan_memory *memory);

#endif
