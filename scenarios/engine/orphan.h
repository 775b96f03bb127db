/* orphan.h: who is left when a run is over without anybody who looks after it or leads to it, and
 * which entries lead to the dead.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ORPHAN_H
#define RS_ORPHAN_H

#include "scenarios/engine/tree.h"

/* A start, a death or a notice of one takes its time; what is as it is for so long will stay. */
#define RS_ORPHAN_GRACE_NS UINT64_C(100000000)

/* rs_orphans_count walks over the supervisors of `tree`, asks its registries where they lead, and
 * counts into shared->orphans. Where something is amiss it waits for RS_ORPHAN_GRACE_NS, looks
 * again, and counts what has been so all the while. Caller: the runner; everybody else holds. */
void rs_orphans_count(const rs_tree *tree, rs_shared *shared);

#endif
