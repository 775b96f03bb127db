/* preempt.h: a process that runs too long is made to yield between two of its instructions.
 *
 * rs_preempt_ask signals the thread. The handler judges whether the process may be stopped where it
 * is; if so it lets it continue in a trampoline that saves all registers, passes a gate, and goes
 * on where it was, later and perhaps on another thread. See runtime/threads/README.md.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PREEMPT_H
#define RS_PREEMPT_H

#include "runtime/process/process.h"

/* rs_preempt_init installs the handler for the whole program; false: nothing can be preempted here.
 */
bool rs_preempt_init(void);
/* rs_preempt_fini restores what was there before. */
void rs_preempt_fini(void);

/* rs_preempt_ask asks `thread` to stop the process in the dispatch that its core counts as
 * `dispatch`; in another it does nothing. What came of it shows in the core's dispatches, or in
 * `refusals`. Thread: any other, while `thread` lives. */
void rs_preempt_ask(rs_thread *thread, uint64_t dispatch);

/* rs_preempt_fetch tries to bring `thread`, which has lost its core, back from wherever it is, if
 * the process there is dead, or all are. Thread: any other, while `thread` lives. */
void rs_preempt_fetch(const rs_thread *thread);

/* rs_preempt_land: where a stopped process continues. */
void rs_preempt_land(void);

#endif
