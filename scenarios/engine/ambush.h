/* ambush.h: faults that lie in wait at positions of the tree until somebody starts, or stops,
 * there: the engine's side of the runtime's fault seam. An injector lays them; the process that
 * walks into one strikes itself, and the blow is written down then. Invariant: a fault lies in wait
 * at a role once; laid again it begins anew. SPDX-License-Identifier: MIT
 */
#ifndef RS_AMBUSH_H
#define RS_AMBUSH_H

#include "scenarios/language/plan.h"

#include "runtime/base/atomic.h"
#include "runtime/respawn.h"

struct rs_scene;

/* Of one fault. */
typedef struct rs_ambush {
    rs_atomic_u64 *at;   /* by role: how often it will still strike there; NULL: another aim */
    rs_atomic_u64 asked; /* starts, or stops, that it has decided on: one random stream each */
    uint64_t end_ns;     /* since t = 0; then it is gone */
} rs_ambush;

typedef struct rs_ambushes {
    uint32_t count;
    rs_ambush *of; /* by fault; NULL: none of the plan's is aimed at roles */
    bool has[2];   /* any, by rs_fault_moment */
} rs_ambushes;

/* rs_ambushes_init begins with nobody in wait; false without memory. */
bool rs_ambushes_init(rs_ambushes *ambushes, const rs_plan *plan);
void rs_ambushes_fini(rs_ambushes *ambushes);

/* rs_ambush_lay lets `fault`, which is aimed at roles, wait at `role` from now on. Who lives there
 * and is to hang when it stops traps exits from now on, as a server that has something to do in its
 * terminate does. Called in a process of the scene. */
void rs_ambush_lay(struct rs_scene *scene, uint32_t fault, uint32_t role);

/* rs_ambushes_seam puts in what the plan needs; its context is the scene. */
void rs_ambushes_seam(const rs_ambushes *ambushes, rs_seam *seam);

/* rs_ambushes_close ends all, when all is over: where one has waited in vain a blow is written down
 * that its role has survived, and who hangs is killed, so that the tree can stop. Called in a
 * process of the scene. */
void rs_ambushes_close(struct rs_scene *scene);

#endif
