/* wait.h: how long processes wait, from ready to running.
 *
 * Under the virtual clock every wait is told to the observer, exactly. Under the real one two clock
 * readings would cost as much as the rest of a dispatch, so
 *   - about one wait in RS_WAIT_EVERY is timed. It is chosen when it begins, by count and chance,
 *     so whether a wait is timed has nothing to do with how long it will be;
 *   - all others are stamped with their core's tick, half a millisecond, which the monitor keeps
 *     going, and the core whenever it looks at the clock: so the longest does not escape, whoever
 *     waits.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_WAIT_H
#define RS_WAIT_H

#include "runtime/sched/sched.h"

struct rs_core;
struct rs_process;

/* A timed wait costs some 100 ns, so less than 1 ns on the average; a second of a busy core still
 * has ten thousand of them. */
#define RS_WAIT_EVERY 128u

/* A tick is 2^19 ns, the monitor's period at a budget of 1 ms. */
#define RS_WAIT_TICK_BITS 19u
/* Only waits of more ticks are looked for: twice the budget. */
#define RS_WAIT_LATE_TICKS 4

/* rs_wait_init begins counting for `core`, whose clock and runtime are set. */
void rs_wait_init(struct rs_core *core);

/* rs_wait_tick tells `core` the time. Real clock only. Thread: the core's, and the monitor. */
void rs_wait_tick(struct rs_core *core, uint64_t now_ns);

/* rs_wait_time makes the wait that begins now one that is timed. Returns `process`, which callers
 * then need not keep; NULL: the virtual clock queues it when its time has come. In a section. */
__attribute__((cold)) struct rs_process *rs_wait_time(struct rs_core *core,
                                                      struct rs_process *process, rs_ready_why why);

/* rs_wait_tell ends a wait that began before the core's late_tick: one that was timed, or the
 * longest. In a section. */
__attribute__((cold)) struct rs_process *rs_wait_tell(struct rs_core *core,
                                                      struct rs_process *process);

#endif
