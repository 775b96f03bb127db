/* outage.h: how long roles stood empty. A death opens a restart; the next start in the same role,
 * whoever makes it, goes on with it; stage by stage it goes into histograms. The engine counts so
 * while a run happens, and who reads the events of one (restarts.h) afterwards.
 * Invariant: a sample counts from the original fault, through starts that failed.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_OUTAGE_H
#define RS_OUTAGE_H

#include "reports/histogram.h"
#include "runtime/base/atomic.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* stage, what it ends with */
#define RS_OUTAGE_STAGES(X)                                                                        \
    X(DETECTED, "detected")                                                                        \
    X(NOTICED, "noticed")                                                                          \
    X(STARTED, "started")                                                                          \
    X(REACHABLE, "reachable")                                                                      \
    X(SERVED, "served")

typedef enum rs_outage_stage {
#define X(NAME, WORD) RS_OUTAGE_##NAME,
    RS_OUTAGE_STAGES(X)
#undef X
        RS_OUTAGE_STAGE_COUNT
} rs_outage_stage;

/* kind of cause. A restart that went through failed starts keeps the kind of its death and counts
 * as init_retry besides, from its first failed start on, so the totals are the sums of the first
 * three. */
#define RS_OUTAGE_KINDS(X)                                                                         \
    X(FAULT, "fault")                                                                              \
    X(SIBLING, "sibling")                                                                          \
    X(ESCALATION, "escalation")                                                                    \
    X(INIT_RETRY, "init_retry")

typedef enum rs_outage_kind {
#define X(NAME, WORD) RS_OUTAGE_##NAME,
    RS_OUTAGE_KINDS(X)
#undef X
        RS_OUTAGE_KIND_COUNT
} rs_outage_kind;

/* How far the restart of a role's latest death has come. */
typedef enum rs_outage_state {
    RS_OUTAGE_NONE,  /* nobody died here */
    RS_OUTAGE_OPEN,  /* dead, no successor yet */
    RS_OUTAGE_ALIVE, /* a successor is there; it may have stages to go */
} rs_outage_state;

typedef struct rs_outage {
    uint64_t since_ns; /* of the fault, by the run's clock */
    uint64_t dead;     /* which process died: a number that no other in the role has */
    uint64_t kept;     /* things that the dead process kept, see rs_keep */
    uint32_t cause;    /* 0: no fault of the plan */
    uint32_t retries;  /* starts that failed */
    uint32_t node;     /* of the plan that the role belongs to */
    uint16_t fault;    /* 1 + index of the fault; 0: none */
    uint16_t phase;    /* index; the number of phases: after the last */
    uint8_t kind;      /* rs_outage_kind */
    uint8_t state;     /* rs_outage_state */
    uint8_t stages;    /* bit per rs_outage_stage that has been recorded */
    bool not_due;      /* the supervisor will not restart it; somebody else may */
} rs_outage;

/* What one core measured of restarts: of those with one fault, kind and phase, or of one node's. */
typedef struct rs_outage_cell {
    uint64_t deaths;   /* opened */
    uint64_t unserved; /* successors that died or ended unasked */
    uint64_t lost;     /* things that the dead kept and their successors, if any, began without */
    /* counted by rs_outage_settle: no successor; none was due; alive, but nothing leads to it */
    uint64_t unfinished, not_due, unreached;
    rs_histogram stages[RS_OUTAGE_STAGE_COUNT];
} rs_outage_cell;

typedef struct rs_outage_slot {
    _Alignas(64) rs_spinlock lock;
} rs_outage_slot;

typedef struct rs_outages {
    /* sizes: cores; plan's faults + 1; plan's phases + 1; nodes of the plan, and what is none */
    uint32_t slots, faults, phases, nodes;
    bool counts_only;           /* distributions are not kept: they touch much memory */
    rs_outage_cell *cells;      /* [slot][fault][kind][phase] */
    rs_outage_cell *node_cells; /* [slot][node][of kind `fault`] */
    /* of each cell: something was counted. Who adds up leaves the rest alone: it is large */
    rs_atomic_u32 *used, *node_used;
    rs_outage_slot *locks; /* one writer at a time in each core's cells */
} rs_outages;

/* rs_outage_has tells whether `stage` has been reached. */
static inline bool rs_outage_has(const rs_outage *outage, rs_outage_stage stage) {
    return (outage->stages >> stage) & 1u;
}

/* rs_outage_took_ns returns how long after the fault `time_ns` is; 0 when it lies before it, as
 * what another core has seen may. */
static inline uint64_t rs_outage_took_ns(const rs_outage *outage, uint64_t time_ns) {
    return time_ns > outage->since_ns ? time_ns - outage->since_ns : 0;
}

/* rs_outages_cell_count and rs_outages_node_cell_count return how many entries the arrays of cells
 * have, by the sizes in `outages`. Whoever makes them maps them zeroed: few are ever touched. */
size_t rs_outages_cell_count(const rs_outages *outages);
size_t rs_outages_node_cell_count(const rs_outages *outages);

/* rs_outages_cell returns the cell with these coordinates; NULL: nothing was counted there. */
const rs_outage_cell *rs_outages_cell(const rs_outages *outages, uint32_t slot, uint32_t fault,
                                      uint32_t kind, uint32_t phase);

/* rs_outages_node_cell returns the cell of a plan's node: of deaths of the kind `fault` when `own`,
 * else of those that others brought along; NULL: there were none. */
const rs_outage_cell *rs_outages_node_cell(const rs_outages *outages, uint32_t slot, uint32_t node,
                                           bool own);

/* rs_outage_kind_of returns the kind of a death. `own`: a fault hit this very process; else what
 * counts is why its supervisor stopped it: 1 + an rs_stop_cause, 0: nobody did. */
rs_outage_kind rs_outage_kind_of(bool own, uint32_t stop_cause);

/* rs_outage_opens says whether a death with that `stop_cause` leaves a role empty that should not
 * be: not when the tree is going down. */
bool rs_outage_opens(uint32_t stop_cause);

/* rs_outage_open begins a restart with what is in `opened` (since, kept, cause, node, fault, phase,
 * kind), whose death is known at `time_ns`. An unserved predecessor is counted. Caller: holds the
 * role's lock; so do the next ones. */
void rs_outage_open(const rs_outages *outages, uint32_t core, rs_outage *outage,
                    const rs_outage *opened, uint64_t time_ns);

/* rs_outage_retry notes a start that failed. */
void rs_outage_retry(const rs_outages *outages, uint32_t core, rs_outage *outage);

/* rs_outage_waive notes that no restart is due; false: it is no news. Should somebody start one all
 * the same, the outage ends with it. */
bool rs_outage_waive(rs_outage *outage);

/* rs_outage_start records that a successor has started at `time_ns`, if somebody was missing. */
void rs_outage_start(const rs_outages *outages, uint32_t core, rs_outage *outage, uint64_t time_ns);

/* rs_outage_reach records that `stage` was reached at `time_ns`; the second time it does nothing,
 * nor while there is no successor to be reached or to serve. */
void rs_outage_reach(const rs_outages *outages, uint32_t core, rs_outage *outage,
                     rs_outage_stage stage, uint64_t time_ns);

/* rs_outage_lose counts that `lost` things are gone for good. */
void rs_outage_lose(const rs_outages *outages, uint32_t core, const rs_outage *outage,
                    uint64_t lost);

/* rs_outage_settle counts what `outage` still lacks when the run is over; what a process kept that
 * has no successor is lost. */
void rs_outage_settle(const rs_outages *outages, const rs_outage *outage);

/* rs_outage_stage_word and rs_outage_kind_word return the words of reports, static. */
const char *rs_outage_stage_word(rs_outage_stage stage);
const char *rs_outage_kind_word(rs_outage_kind kind);

#endif
