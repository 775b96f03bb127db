/* supervisor_stop.h: how a supervisor brings processes down: asked first, killed when late, and
 * never left half known.
 * Source: rules S20-S25, E2.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SUPERVISOR_STOP_H
#define RS_SUPERVISOR_STOP_H

#include "runtime/otp/supervisor_state.h"

/* How a process ended. */
typedef struct rs_death {
    rs_term reason; /* the caller's */
    uint32_t cause;
} rs_death;

/* rs_supervisor_stop_process ends the linked process `pid` and waits for its end: `shutdown`, and
 * after `shutdown_ns` kill. No EXIT of it is left or will come. */
rs_death rs_supervisor_stop_process(rs_pid pid, uint64_t shutdown_ns);

/* rs_supervisor_stop_child stops the child's process, if there is one; its record stays. */
void rs_supervisor_stop_child(rs_supervisor *supervisor, rs_child *child, rs_stop_cause cause);

/* How often one looks whether somebody lingers: a hundredth of what a person notices. */
#define RS_SUPERVISOR_LOOK_NS UINT64_C(1000000)

/* rs_supervisor_stop_all stops all children because the supervisor ends: in reverse start order,
 * one by one (S21), those of simple_one_for_one and of DynamicSupervisors all at once (S24, E2). */
void rs_supervisor_stop_all(rs_supervisor *supervisor, rs_stop_cause cause);

#endif
