/* restarts.h: from a story – fault, exit, noticed, started, reachable, served – to the latencies of
 * its restarts, stage by stage, by the rules of outage.h: those of the run that told it, or of
 * any other runtime. What it keeps grows with the roles and the faults that there were, not with
 * the events.
 * Thread: one at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_RESTARTS_H
#define RS_RESTARTS_H

#include "reports/result.h"
#include "runtime/base/event.h"

/* As many as a scenario may have of either. */
#define RS_RESTARTS_FAULTS_MAX 255u
#define RS_RESTARTS_ROLES_MAX  (1u << 22)
/* Sixteen times the strikes of the largest scenario. */
#define RS_RESTARTS_CAUSES_MAX (1u << 24)

typedef struct rs_restarts rs_restarts;

/* Takes note of what is wrong with the event in `line`. */
typedef void rs_restarts_refuse(void *context, uint64_t line, const char *why);

typedef struct rs_restarts_event {
    int64_t time_ns; /* since t = 0 */
    uint64_t line;   /* where it was told, for refusals; they grow */
    rs_event_kind kind;
    const char *role;
    uint64_t incarnation; /* from 1; 0: it is not told, and counted from the starts */
    const char *fault;    /* id; NULL: none */
    uint32_t cause;       /* which of that fault's strikes, from 1; 0: none */
    uint32_t stop;        /* of STOPPING: 1 + rs_stop_cause */
} rs_restarts_event;

/* rs_restarts_create returns an empty story. Owner: rs_restarts_destroy. */
rs_restarts *rs_restarts_create(rs_restarts_refuse *note, void *context);
void rs_restarts_destroy(rs_restarts *restarts);

/* rs_restarts_add takes the next event; it may be some lines late (reorder.h). Texts are copied. */
void rs_restarts_add(rs_restarts *restarts, const rs_restarts_event *event);

/* rs_restarts_end takes what is held back; called once, behind the last event. What is open then
 * is unfinished. */
void rs_restarts_end(rs_restarts *restarts);

/* rs_restarts_put appends the metrics of all restarts to `result`: the total, by cause, by fault.
 */
void rs_restarts_put(const rs_restarts *restarts, rs_result *result);

#endif
