/* decision.h: what a supervisor does about an exit, as pure functions: state and exit in, verdict
 * out. The process that carries it out is supervisor.c; others may ask "what would happen".
 * Source: rules S8, S17, S20, S26, S27, E2.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_DECISION_H
#define RS_DECISION_H

#include "runtime/otp/supervisor.h"

/* What becomes of a child that exited by itself. */
typedef enum rs_verdict {
    RS_VERDICT_RESTART, /* if the intensity allows it (S12) */
    RS_VERDICT_DOWN,    /* it stays down, its spec is kept */
    RS_VERDICT_REMOVE   /* it is forgotten */
} rs_verdict;

/* rs_decision_exit reads the table of S8; a simple_one_for_one child that stays down is forgotten
 * (S35). */
rs_verdict rs_decision_exit(rs_strategy strategy, rs_restart restart, rs_term reason);

/* rs_decision_reports says whether an exit is worth a report: a permanent child's always. */
bool rs_decision_reports(rs_restart restart, rs_term reason);

/* rs_decision_obeys says whether a child that was told to stop ended as it may: else that is
 * reported, and changes nothing (S20). `brutally`: it was killed at once. */
bool rs_decision_obeys(rs_restart restart, bool brutally, rs_term reason);

/* rs_decision_obeys_dynamic is the same for a child of a DynamicSupervisor: who is killed at once
 * may end no other way, and a {shutdown,_} is always fine (E2). */
bool rs_decision_obeys_dynamic(rs_restart restart, bool brutally, rs_term reason);

/* Whom a restart concerns. A group is stopped in reverse start order, then started in order. */
typedef enum rs_scope {
    RS_SCOPE_CHILD, /* the child alone */
    RS_SCOPE_REST,  /* it and those started after it */
    RS_SCOPE_ALL    /* it and all others */
} rs_scope;

/* rs_decision_scope returns whom `strategy` restarts together (S16, S17). */
rs_scope rs_decision_scope(rs_strategy strategy);

/* rs_decision_survives says whether a member of a restarted group is started again, whatever it was
 * doing; else it is deleted (S17). */
bool rs_decision_survives(rs_restart restart);

/* rs_decision_shuts_down says whether a supervisor stops because a child exited by itself and was
 * not restarted; `active` is how many significant children still run or are being restarted, the
 * child no longer counted (S26, S27). */
bool rs_decision_shuts_down(rs_auto_shutdown rule, bool significant, uint64_t active);

#endif
