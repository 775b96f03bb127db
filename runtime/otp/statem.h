/* statem.h: a state machine, as the process that it is knows it.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_STATEM_H
#define RS_STATEM_H

#include "runtime/otp/statem_timeout.h"

typedef struct rs_statem {
    const rs_gen_statem *module;
    void *data;
    uint32_t state;
    uint32_t next_state; /* what the callback wants, with the next three */
    bool repeat;
    bool postpone;
    bool refused;             /* it wants what is not allowed: the process's reason says what */
    bool entering;            /* the callback is told of a state's entry */
    rs_statem_queue inserted; /* by the callback */
    rs_statem_queue waiting;  /* to be handled before any message */
    rs_statem_queue postponed;
    rs_statem_timeouts timeouts;
} rs_statem;

extern const rs_gen_server rs_gen_statem_server; /* whose state it is */

/* rs_statem_begin enters the first state and does what init asked for, then all that comes before
 * the first message. */
rs_next rs_statem_begin(rs_statem *self);

/* rs_statem_handle does what an event leads to, then all that comes before the next message. `node`
 * is the event's own, NULL: it has just been received. */
rs_next rs_statem_handle(rs_statem *self, const rs_statem_event *event, rs_statem_node *node);

/* rs_statem_tell_state returns a state's name, or its number when it has none. */
rs_term rs_statem_tell_state(const rs_gen_statem *module, uint32_t number);

#endif
