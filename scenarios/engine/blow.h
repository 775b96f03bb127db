/* blow.h: every single blow of the fault plan: when, at whom, what came of it. A blow's number is
 * its cause: it travels through EXIT, DOWN and start_child into the replacement, and leads back
 * here.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_BLOW_H
#define RS_BLOW_H

#include "reports/strikes.h"
#include "runtime/base/atomic.h"
#include "runtime/respawn.h"

#include <stddef.h>

/* A cause is 8 bits of fault and 24 of blow: sixteen times the million of the largest scenario. */
#define RS_BLOWS_MAX (1u << 24)

/* Stages of a restart that are kept for each blow: those before `reachable`, see outage.h. */
#define RS_BLOW_STAGES 3u

typedef struct rs_blow {
    rs_atomic_u64 time_ns;    /* it was aimed; corrected when it strikes. By the run's clock */
    rs_atomic_u64 restart_ns; /* until the role was reachable again; as in rs_strike */
    uint64_t aimed_ns;        /* when it was due, by the run's clock: what repeats it */
    uint64_t pid;             /* of the victim */
    uint32_t role;            /* number; 0: no victim */
    uint32_t incarnation;     /* to be shown */
    rs_atomic_u32 outcome;    /* rs_strike_outcome; SURVIVED until something else is known */
    rs_atomic_u32 landed;     /* it has reached its victim */
    rs_atomic_u32 open;       /* roles that it emptied and that nobody can reach again yet */
    rs_atomic_u64 work;       /* steps that workers declared on its behalf, see rs_blow_work */
    /* From the blow on until each stage of its victim's restart; 0: it was not reached. There may
     * be millions of blows: seven digits, in half the room. */
    float stages_ns[RS_BLOW_STAGES];
} rs_blow;

typedef struct rs_blow_list {
    rs_atomic_u32 count; /* also of those that found no room, see rs_blows_count */
    rs_blow *at;         /* of RS_BLOWS_MAX */
} rs_blow_list;

typedef struct rs_blows {
    uint32_t faults; /* of the plan */
    rs_blow_list *lists;
} rs_blows;

/* rs_blows_init maps lists for `faults` faults; false when there is no memory. */
bool rs_blows_init(rs_blows *blows, uint32_t faults, rs_larder *larder);
void rs_blows_fini(rs_blows *blows, rs_larder *larder);

/* Whom a blow is aimed at; zeroed: nobody. */
typedef struct rs_blow_victim {
    uint64_t pid;
    uint32_t role, incarnation;
} rs_blow_victim;

/* rs_blows_add writes down a blow of `fault` that was due at `time_ns` and returns its cause; 0
 * when the list is full, and then nothing may be struck. Thread: any. */
uint32_t rs_blows_add(rs_blows *blows, uint32_t fault, uint64_t time_ns, rs_blow_victim victim,
                      rs_strike_outcome outcome);

/* rs_blows_count returns how many there are. */
uint32_t rs_blows_count(const rs_blow_list *list);

/* rs_blows_find returns the blow that is `cause`, or NULL. */
rs_blow *rs_blows_find(const rs_blows *blows, uint32_t cause);

/* rs_blow_work adds `steps` to its work as long as roles are open: what its consequences do later,
 * such as a client's next call, is no recovery. */
void rs_blow_work(rs_blow *blow, uint64_t steps);

/* rs_blow_fault returns the index of the fault in `cause`, which must not be 0. */
static inline uint32_t rs_blow_fault(uint32_t cause) {
    return (cause >> 24) - 1;
}

#endif
