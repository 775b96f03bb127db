/* role.h: the positions of a tree, each with a number, a path and the process that lives there. The
 * table lies in shared memory: the report outlives the runtime that filled it.
 * Invariant: a role's path never changes; its number is its place in the order of first mention.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ROLE_H
#define RS_ROLE_H

#include "reports/outage.h"
#include "runtime/base/atomic.h"
#include "runtime/respawn.h"

#include <stddef.h>

/* Four times the million tables of the largest benchmark; costs address space only. */
#define RS_ROLES_MAX RS_ROLES_OUTSIDE
/* Its number: the plan's nodes are mentioned first, in preorder. */
#define RS_ROLE_ROOT 1u
/* On average; a path may be longer. */
#define RS_ROLES_TEXT_BYTES ((size_t)RS_ROLES_MAX * 64)
/* Processes that were pushed out of their role alive; a run with more has made its point. */
#define RS_ROLES_DOUBLES_MAX 65536u

typedef struct rs_role {
    rs_spinlock lock;          /* taken inside the runtime only, where nobody preempts */
    uint32_t parent;           /* number; 0: this is the root */
    uint64_t path;             /* offset into the texts */
    rs_atomic_u32 incarnation; /* of the latest start; 0: none yet. Read by injectors unlocked */
    uint32_t restarts;         /* starts that followed a death */
    uint32_t escalations;      /* times that the supervisor here gave up */
    rs_atomic_u32 doubles;     /* 1 + index of the latest that is alive; 0: there is none */
    rs_atomic_u64 pid;   /* of the process that lives here; 0: none. Read by injectors unlocked */
    rs_atomic_u64 entry; /* the process that was last reported to be reachable here */
    rs_atomic_u64 changed_ns; /* of the latest start or death, by the run's clock */
    uint64_t struck_pid;      /* whom a fault is hitting now */
    uint32_t struck_cause;
    uint32_t stop_cause;     /* 1 + rs_stop_cause of the stop in progress; 0: none */
    uint64_t pid_in_the_end; /* of who lived here when all was counted; 0: nobody */
    rs_outage outage;        /* of the latest death */
} rs_role;

typedef struct rs_role_double {
    rs_atomic_u64 pid; /* 0: dead by now */
    uint32_t role, incarnation;
    uint32_t stop_cause;        /* as in rs_role */
    uint32_t inherited;         /* how many things its successor kept when it came */
    rs_atomic_u32 next;         /* of the role, as in rs_role.doubles */
    bool supervised, reachable; /* a supervisor knows it, a registry leads to it: see orphan.c */
} rs_role_double;

typedef struct rs_roles {
    rs_spinlock lock; /* of growth */
    rs_atomic_u32 count;
    rs_atomic_u64 text_used;
    rs_atomic_u32 double_count; /* also those that found no room */
    rs_role *at;                /* number N is at[N]; at[0] is unused */
    char *texts;
    rs_atomic_u32 *buckets; /* numbers, open addressing by (parent, key) */
    rs_role_double *doubles;
} rs_roles;

/* rs_roles_init maps an empty table into shared memory; false when there is none. */
bool rs_roles_init(rs_roles *roles, rs_larder *larder);
void rs_roles_fini(rs_roles *roles, rs_larder *larder);

/* rs_roles_number returns the number of `key` below `parent`, made when it is new; 0 when the table
 * is full. Thread: any, inside the runtime. */
uint32_t rs_roles_number(rs_roles *roles, uint32_t parent, const char *key);

/* rs_roles_find returns the number of `key` below `parent`, or 0. Thread: any, also outside the
 * runtime. */
uint32_t rs_roles_find(const rs_roles *roles, uint32_t parent, const char *key);

/* rs_roles_count returns the highest number in use. */
uint32_t rs_roles_count(const rs_roles *roles);

/* rs_roles_path returns the path below the root; the root's is "". */
const char *rs_roles_path(const rs_roles *roles, uint32_t number);

/* rs_roles_double remembers that `pid`, of the role's present incarnation, lives on where another,
 * who keeps `inherited` things, is about to take its place. Caller: holds the role's lock. */
void rs_roles_double(rs_roles *roles, uint32_t role, uint64_t pid, uint64_t inherited);

/* rs_roles_end_double notes that it has died. Caller: holds the lock of its role. */
void rs_roles_end_double(rs_roles *roles, rs_role_double *one);

/* rs_roles_find_double returns the living one with that pid, or NULL. What it costs grows with
 * those of this role that live, not with all there ever were. Thread: any, also without the lock.
 */
rs_role_double *rs_roles_find_double(const rs_roles *roles, uint32_t role, uint64_t pid);

#endif
