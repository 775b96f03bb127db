/* statem_timeout.h: the timeouts of a state machine: those that run, and what a callback asks for.
 * They are looked for one by one: a machine has a handful.
 *
 * Invariant: at most one for each `which`, both among those that run and those asked for. A timer
 * that fired, and whose timeout has been set anew or cancelled meanwhile, has a reference that is
 * nobody's.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_STATEM_TIMEOUT_H
#define RS_STATEM_TIMEOUT_H

#include "runtime/otp/statem_event.h"

typedef struct rs_statem_timeout rs_statem_timeout;

typedef struct rs_statem_timeouts {
    rs_statem_timeout *running; /* in the order in which they were set */
    rs_statem_timeout *asked;   /* in the order of the calls */
} rs_statem_timeouts;

extern const rs_type rs_statem_timeout_type; /* of a timer's message */

#define RS_STATEM_UPDATE (RS_FOREVER - 1) /* in place of a time */

/* rs_statem_timeout_ask notes what rs_statem_timeout_settle shall do; RS_FOREVER cancels, and needs
 * no content. */
void rs_statem_timeout_ask(rs_statem_timeouts *all, uint32_t which, uint64_t ns,
                           const rs_type *type, const void *payload, uint32_t bytes);

/* rs_statem_timeout_settle does what was asked for. */
void rs_statem_timeout_settle(rs_statem_timeouts *all);

/* rs_statem_timeout_cancel ends the one that runs, if any. */
void rs_statem_timeout_cancel(rs_statem_timeouts *all, uint32_t which);

/* rs_statem_timeout_fire returns the event of the timer `timer`; NULL: it is nobody's. */
rs_statem_node *rs_statem_timeout_fire(rs_statem_timeouts *all, rs_ref timer);

/* rs_statem_timeout_due returns the event of the first timeout that was set to 0; NULL: none. */
rs_statem_node *rs_statem_timeout_due(rs_statem_timeouts *all);

#endif
