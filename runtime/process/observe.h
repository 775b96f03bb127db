/* observe.h: telling the observer.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_OBSERVE_H
#define RS_OBSERVE_H

#include "runtime/process/process.h"

/* rs_observe emits an event of `process`, if it has a role and anyone listens. In a section. */
void rs_observe(rs_core *core, rs_event_kind kind, rs_process *process, rs_term reason,
                uint32_t detail, uint64_t other_ns);

/* rs_observe_other emits an event of whoever has the role. In a section. */
void rs_observe_other(rs_core *core, rs_event_kind kind, rs_pid pid, uint32_t role, uint32_t cause,
                      uint32_t detail, rs_term reason);

/* rs_observe_sent tells that `signal` is in the line of `to`, rs_observe_taken that `self` handles
 * it. Somebody listens. In a section. */
void rs_observe_sent(rs_core *core, rs_pid to, const rs_message *signal);
void rs_observe_taken(rs_core *core, const rs_process *self, const rs_message *message);

/* rs_observe_turn tells the turn of `process` on `core` that began at core->turn_ns and is over at
 * core->now_ns, if anyone listens. Whoever owns the core. */
void rs_observe_turn(rs_core *core, const rs_process *process, rs_turn_end end);

/* rs_observe_begin_death begins the part of a death that `core` sees to next: it notes who dies,
 * who may be gone when rs_observe_death tells it. */
rs_turn rs_observe_begin_death(const rs_core *core, const rs_process *dying);
void rs_observe_death(rs_core *core, rs_turn *turn);

/* rs_observe_system tells an event of the caller's server, filling in who and when. In user mode.
 */
void rs_observe_system(rs_process *self, rs_system_event *event);

#endif
