/* occasion.h: faults that wait for something to happen (`on: restart of web`). The observer sees it
 * and sends word to the fault's injector, which strikes: never the observer itself, which stands
 * inside the runtime.
 * Invariant: of one fault at most RS_OCCASIONS_PENDING_MAX words are under way, so that a storm of
 * events fills no mailbox; what happens beyond that is counted and let go.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_OCCASION_H
#define RS_OCCASION_H

#include "runtime/respawn.h"
#include "scenarios/language/plan.h"

/* More than restarts of one group within the delay that anyone waits after a restart. */
#define RS_OCCASIONS_PENDING_MAX 64u

typedef struct rs_occasion {
    const rs_plan_fault *fault;
    uint64_t begin_ns, end_ns; /* when it may strike, since t = 0 */
    rs_atomic_u64 injector;    /* its pid; 0: it does not listen */
    rs_atomic_u32 pending;     /* words sent and not yet acted on */
    rs_atomic_u64 let_go;
} rs_occasion;

/* Of a plan's faults, by their index; those with other triggers are empty. */
typedef struct rs_occasions {
    uint32_t count;
    rs_occasion at[RS_PLAN_FAULTS_MAX];
} rs_occasions;

/* The word that is sent; its payload is when it happened, since t = 0. */
extern const rs_type rs_occasion_word;

/* rs_occasions_init looks for faults of `plan` that wait for something. */
void rs_occasions_init(rs_occasions *occasions, const rs_plan *plan);

/* rs_occasions_tell sends word of `event` to those who wait for it. `path` is the role's,
 * `incarnation` that of its process. Thread: the observer's event function. */
void rs_occasions_tell(rs_occasions *occasions, const rs_event *event, uint64_t since_ns,
                       const char *path, uint32_t incarnation);

#endif
