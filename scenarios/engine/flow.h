/* flow.h: restarts as chains of events: the fault, the exit, and each stage on the way to the first
 * answer. Found in the events of a film, in which the begin of a chain may be missing.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FLOW_H
#define RS_FLOW_H

#include "reports/rows.h"
#include "scenarios/engine/film.h"

/* Events by their index in the film's order; RS_FLOW_NONE: there is none. */
#define RS_FLOW_NONE SIZE_MAX

typedef struct rs_flow {
    size_t fault;      /* that led to the exit */
    size_t exit, last; /* the first of its own, and the last */
    size_t next;       /* index of another flow from the same fault */
} rs_flow;

typedef struct rs_flows {
    RS_ROWS(rs_flow) rows;
    size_t *of;   /* by event: the flow that it is a stage of */
    size_t *from; /* by event: the first of the flows that this fault led to */
} rs_flows;

/* rs_flows_find finds the chains in `events`. A fault may begin several, as when siblings are
 * stopped for it. Owner: rs_flows_fini. */
rs_flows rs_flows_find(const rs_film_events *events);
void rs_flows_fini(rs_flows *flows);

/* rs_flow_is_chain says whether there is anything to connect. */
static inline bool rs_flow_is_chain(const rs_flow *flow) {
    return flow->fault != RS_FLOW_NONE || flow->last != flow->exit;
}

#endif
