/* ambush.h: faults that lie in wait at positions of the tree until somebody starts, or stops,
 * there: the engine's side of the runtime's fault seam. The process that walks into one strikes
 * itself, and the blow is written down then: one for each start, or stop, that was bent.
 *
 * Who waits where follows from the trigger. An injector lays them when it fires. With `probability`
 * each start of a role that matches is drawn. Blows as written down (`strikes`) each wait, from
 * their time on, for the incarnation that they name, once. The kind's times and share say nothing
 * beside these two.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_AMBUSH_H
#define RS_AMBUSH_H

#include "runtime/base/atomic.h"
#include "runtime/respawn.h"
#include "scenarios/language/plan.h"

struct rs_scene;

/* What an injector has laid at one role; laid again, it begins anew. */
typedef struct rs_ambush_place {
    rs_atomic_u64 state;    /* how many starts or stops are to come, and whether it has struck */
    rs_atomic_u64 aimed_ns; /* when it was laid, see rs_blow */
} rs_ambush_place;

/* Of one fault. */
typedef struct rs_ambush {
    bool waits;                  /* it is aimed at roles, and fires */
    rs_ambush_place *places;     /* by role */
    rs_atomic_u32 *used;         /* by strike of the plan: it has taken place */
    rs_atomic_u64 drawn, struck; /* decisions by chance: each has its random stream; blows */
    uint64_t begin_ns, end_ns;   /* since t = 0; what was laid is gone then */
} rs_ambush;

typedef struct rs_ambushes {
    uint32_t count;
    rs_ambush *of;         /* by fault */
    rs_atomic_u32 settled; /* processes of the scene that know what became of their calls */
    bool has[2];           /* any that waits, by rs_fault_moment */
} rs_ambushes;

/* rs_ambushes_init begins with nothing laid; false without memory. */
bool rs_ambushes_init(rs_ambushes *ambushes, const rs_plan *plan, rs_larder *larder);
void rs_ambushes_fini(rs_ambushes *ambushes, const rs_plan *plan, rs_larder *larder);

/* rs_ambush_lay lets `fault`, which is aimed at roles and was due at `aimed_ns`, wait at `role`.
 * Who lives there and is to hang when it stops traps exits from now on, as a server that has
 * something to do in its terminate does; so does who starts there meanwhile. Of a blow that is
 * written down that is all there is to do. False: no blow will be written down with this time,
 * since one lies there already, or each start is decided for itself. Called in a process of the
 * scene. */
bool rs_ambush_lay(struct rs_scene *scene, uint32_t fault, uint32_t role, uint64_t aimed_ns);

/* rs_ambush_draws says whether each start where the fault lies is decided for itself: then its
 * blows are written down with the times of those starts, and nobody is woken to repeat them. */
bool rs_ambush_draws(const rs_plan_fault *fault);

/* rs_ambushes_seam puts in what the plan needs; its context is the scene. */
void rs_ambushes_seam(const rs_ambushes *ambushes, rs_seam *seam);

/* rs_ambushes_close ends all, when all is over: where one was laid in vain a blow is written down
 * that the role has survived, and who hangs is killed, so that the tree can stop. Called in a
 * process of the scene. */
void rs_ambushes_close(struct rs_scene *scene);

#endif
