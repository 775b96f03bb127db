/* shared.h: all that a run leaves behind, in memory that parent and child share: whatever becomes
 * of the child, the parent can report what happened up to then. Thread: each part says who writes
 * it; the parent reads when the child is gone.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SHARED_H
#define RS_SHARED_H

#include "reports/outage.h"
#include "reports/trace_hash.h"
#include "runtime/respawn.h"
#include "scenarios/engine/arrivals.h"
#include "scenarios/engine/blow.h"
#include "scenarios/engine/film.h"
#include "scenarios/engine/finding.h"
#include "scenarios/engine/history.h"
#include "scenarios/engine/keep.h"
#include "scenarios/engine/keys.h"
#include "scenarios/engine/ledger.h"
#include "scenarios/engine/occasion.h"
#include "scenarios/engine/plugin.h"
#include "scenarios/engine/ring.h"
#include "scenarios/engine/role.h"
#include "scenarios/engine/surroundings.h"
#include "scenarios/engine/waits.h"
#include "scenarios/engine/wreck.h"

/* How far the child has come. */
#define RS_STAGES(X)                                                                               \
    X(BOOT, "starting the tree")                                                                   \
    X(SETUP, "setting up")                                                                         \
    X(RUN, "running")                                                                              \
    X(DRAIN, "draining")                                                                           \
    X(COUNT, "counting who is left")                                                               \
    X(RELEASE, "ending what hangs")                                                                \
    X(STOP, "stopping the tree")                                                                   \
    X(DONE, "done")

typedef enum rs_stage {
#define X(NAME, WORDS) RS_STAGE_##NAME,
    RS_STAGES(X)
#undef X
} rs_stage;

/* What the runtime held at a quiet moment. */
typedef struct rs_census {
    bool taken;
    bool quiet; /* every client held still and two readings agreed */
    rs_memory_use use;
    uint64_t resident_bytes; /* of the child, without what it shares */
} rs_census;

/* Restarts before it do not count as growth. */
#define RS_GROWTH_FROM 100000u

/* How resident memory grew from the hundred thousandth restart to the end. */
typedef struct rs_growth {
    uint64_t from_restarts, from_bytes; /* 0: there were not as many */
    uint64_t to_restarts, to_bytes;
} rs_growth;

/* The schedulers' counters at the start of each phase, and at the end of the last. */
typedef struct rs_mark {
    bool taken;
    uint64_t time_ns; /* since t = 0 */
    rs_counters counters;
} rs_mark;

/* Why the child could not go on, in its own words. */
typedef struct rs_failure {
    rs_atomic_u32 set; /* 1 once the rest can be read */
    int exit_code;
    rs_place place; /* file NULL: none */
    char text[512];
} rs_failure;

typedef struct rs_orphans {
    bool counted;
    bool walked; /* every supervisor that lives told of its children */
    bool heard;  /* so it did, and every registry where it leads */
    uint64_t unsupervised, unreachable, stale;
    uint64_t total; /* processes that are one or both */
} rs_orphans;

/* More processes than that are changed in no run; of more, the rest is in the counts alone. */
#define RS_UPGRADES_TOLD_MAX (UINT64_C(1) << 22)

/* Of one upgrade. */
typedef struct rs_upgrade_record {
    struct rs_upgrades *all;
    rs_atomic_u32 over;                        /* it has changed whom it could */
    rs_atomic_u64 refused[RS_REASONS_MAX + 1]; /* processes, by the reason's index in `all` */
} rs_upgrade_record;

/* Of all upgrades together; by the upgrades' processes. */
typedef struct rs_upgrades {
    rs_atomic_u64 upgraded, failed; /* processes */
    rs_atomic_u64 taken_back;       /* versions */
    rs_atomic_u64 restored;         /* processes that were changed back then */
    rs_atomic_u64 killed;           /* those that could not be */
    rs_atomic_u32 one_way;          /* a version taken back had replaced one without code_change */
    rs_atomic_u64 purged;           /* processes of the version before the last, killed */
    rs_atomic_u64 suspended;        /* just now */
    rs_atomic_u64 left_suspended;   /* when the run had ended */
    rs_reasons reasons;             /* why processes could not be changed */
    rs_upgrade_record each[RS_PLAN_UPGRADES_MAX];
    rs_atomic_u64 told;     /* entries of suspended_ns */
    uint64_t *suspended_ns; /* of each process that was changed; NULL: none is planned */
} rs_upgrades;

typedef struct rs_shared {
    const rs_plan *plan;
    uint64_t seed;
    rs_larder *larder;  /* where all this lies; NULL: a child shares it */
    rs_plugins plugins; /* the parent's, from before fork() */
    bool export_events;
    bool counts_only;         /* no distributions, no crash reports: see rs_shared_count_only */
    bool record_arrivals;     /* what open loops ask for is to be kept, see rs_arrivals_print */
    bool export_calls;        /* among them, of a virtual run */
    bool watched;             /* somebody looks on: `signals` is told */
    int errors_fd;            /* the child's stderr; 0: its parent's */
    rs_choices *record;       /* a chooser's choices go there; NULL: nowhere */
    const rs_choices *replay; /* what the scheduler `replay` follows; NULL: the plan's */
    uint32_t slots; /* rings and cells: cores under the real clock, one under the virtual */

    rs_atomic_u32 cancel; /* by the parent: wind down */

    rs_atomic_u32 stage;    /* rs_stage */
    rs_atomic_u32 began;    /* t = 0 was reached */
    rs_atomic_u64 zero_ns;  /* t = 0 on the run's clock; valid from RS_STAGE_RUN on */
    rs_atomic_u64 now_ns;   /* since t = 0, as the runner saw it last */
    rs_atomic_u64 *seen_ns; /* the same, for a process that does not share this; may be NULL */
    rs_atomic_u64 signals;  /* delivered by now_ns; 0 unless it is `watched` */
    rs_atomic_u64 progress, goal; /* of the set-up */
    rs_atomic_u64 started;        /* restarts finished, for the progress line */
    rs_atomic_u64 escalations;
    rs_atomic_u64 open_outages;
    rs_failure failure;

    rs_surroundings at_start, at_end; /* of the phases; real clock only */
    rs_census before, after;
    uint64_t kept_before, kept_after; /* what all processes kept then, as one number to compare */
    rs_growth growth;
    rs_mark *marks; /* of the plan's phases + 1 */
    rs_orphans orphans;
    rs_trace_hash hash; /* virtual clock only */

    rs_roles roles;
    uint32_t planned; /* roles 1 … are the plan's named nodes, in preorder */
    rs_keeps keeps;
    rs_outages outages;
    rs_blows blows;
    rs_occasions occasions;
    rs_ledgers ledgers;
    rs_keys keys;
    rs_arrivals arrivals;
    rs_waits waits;
    rs_upgrades upgrades;
    rs_wrecks wrecks;
    rs_film film; /* of who asked for a trace, by rs_film_init before the run */
    rs_plan_check checks[RS_CHECKS_MAX]; /* those that look at this run when it is over */
    uint32_t check_count;
    rs_history *history; /* the child's own; NULL: nobody is going to look */
    rs_findings findings;
    uint64_t seen;  /* bits of the plan's `sometimes` that are events */
    rs_ring *rings; /* of `slots`; entries only when events are exported */
} rs_shared;

/* rs_shared_create maps everything for a run of `plan` with `seed`, to be shared with a child, or
 * from the `larder` of a process that is to carry out the run itself; NULL without memory.
 * Owner: rs_shared_destroy, in the parent. */
rs_shared *rs_shared_create(const rs_plan *plan, uint64_t seed, bool export_events,
                            rs_larder *larder);
void rs_shared_destroy(rs_shared *shared);

/* rs_shared_count_only lets a run that begins later keep counts alone: no latencies, waits and
 * crash reports, which cost a short life more than what it lives through. */
void rs_shared_count_only(rs_shared *shared);

/* rs_shared_role returns the role at `path`, or 0 when there was none yet. */
uint32_t rs_shared_role(const rs_shared *shared, const char *path);

/* rs_shared_node returns the number of the plan's node that `role` belongs to: a named node's is
 * its role; a template's is shared->planned + its supervisor's; 0 for a role that no plan knows. */
uint32_t rs_shared_node(const rs_shared *shared, uint32_t role);

/* rs_shared_role_name returns the path of `role`, the root's id for the root; NULL for none. */
const char *rs_shared_role_name(const rs_shared *shared, uint32_t role);

/* rs_shared_fault_name returns the id of the plan's fault behind `cause`; NULL for none. */
const char *rs_shared_fault_name(const rs_shared *shared, uint32_t cause);

/* rs_shared_fail notes why the run cannot go on; the first reason counts. */
void rs_shared_fail(rs_shared *shared, int exit_code, const rs_place *place, const char *format,
                    ...) __attribute__((format(printf, 4, 5)));

/* rs_shared_stage returns how far the run has come. */
static inline rs_stage rs_shared_stage(const rs_shared *shared) {
    /* acquire pairs with the release of rs_shared_enter: t = 0 can be read from RS_STAGE_RUN on. */
    return (rs_stage)rs_load(&shared->stage, rs_acquire);
}

/* rs_shared_stage_word returns what happens in `stage`, for people; static. */
const char *rs_shared_stage_word(rs_stage stage);

/* rs_shared_enter begins a stage. */
static inline void rs_shared_enter(rs_shared *shared, rs_stage stage) {
    rs_store(&shared->stage, (uint32_t)stage, rs_release);
}

/* rs_shared_since returns `time_ns` of the run's clock since t = 0; negative before. */
static inline int64_t rs_shared_since(const rs_shared *shared, uint64_t time_ns) {
    return (int64_t)(time_ns - rs_load(&shared->zero_ns, rs_relaxed));
}

/* rs_shared_cancelled tells whether the parent wants the run to end. */
static inline bool rs_shared_cancelled(const rs_shared *shared) {
    return rs_load(&shared->cancel, rs_relaxed) != 0;
}

#endif
