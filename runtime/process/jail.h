/* jail.h: a core is taken from a thread that does not give it back, and the process that runs there
 * goes on without one, until its next call of the runtime.
 *
 * The thread's `floor` decides who has the core: the monitor changes it to ASK and, when the thread
 * has not entered a section meanwhile, to TAKEN; the thread, entering, reads it anyway, and changes
 * ASK back. Bits of the process's word decide who owns its death: KILL and JAILED become ABSENT,
 * once; who is killed in jail is dead for everybody else at once. Its stack, its arena, the
 * messages it may still read and its slot stay until its thread is back: the thread clears ABSENT,
 * the last step of the death before that sets ZOMBIE, and whoever comes second sees to the rest.
 * Source: the room's README of runtime/threads, "runaway code".
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_JAIL_H
#define RS_JAIL_H

#include "runtime/process/process.h"

/* rs_jail_take takes the core of `thread` while that runs the code of a process, and returns the
 * process; NULL: nothing happened. The core is the caller's, and until rs_jail_commit the process
 * is nobody's: its thread waits for that. Thread: the monitor. */
rs_process *rs_jail_take(const rs_runtime *runtime, rs_thread *thread);

/* rs_jail_commit says that `process`, just taken, is jailed. True: it had been killed, and has been
 * handed in to die. Thread: the monitor. */
bool rs_jail_commit(rs_runtime *runtime, rs_process *process);

/* rs_jail_keeps_core says whether the thread, which has just entered a section, still has its core.
 * Thread: `self`. */
bool rs_jail_keeps_core(rs_thread *self);

/* rs_jail_leave leaves the stack of `process`, whose thread has lost its core, for the thread's
 * own; returns when the process runs again, with its core. In a section. */
rs_core *rs_jail_leave(rs_process *process);

/* rs_jail_settle hands in `process` as what it is, alive or dead, when there is anything to do with
 * it, and says whether it did. From then on it is not the caller's. Thread: the one that has left
 * its stack. */
bool rs_jail_settle(rs_runtime *runtime, rs_process *process);

/* rs_jail_admit takes in what was handed in. In a section. */
void rs_jail_admit(rs_core *core, rs_process *process);

/* rs_jail_kill begins the death of `process` if it is jailed and to be killed. In a section. */
void rs_jail_kill(rs_core *core, rs_process *process);

/* rs_jail_set_aside keeps what the dead `process` may still read and answers the calls among it;
 * false: *budget was too small. In a section. */
bool rs_jail_set_aside(rs_core *core, rs_process *process, uint32_t *budget);

/* rs_jail_answer is rs_signal_answer for a signal that the dead `process` had not looked at: but
 * who died while it told of its end tells of such messages too, and they are kept. In a section. */
void rs_jail_answer(rs_core *core, rs_process *process, rs_message *signal);

/* rs_jail_let_go releases what was kept, once the thread is back; false: *budget was too small. In
 * a section. */
bool rs_jail_let_go(rs_core *core, rs_process *process, uint32_t *budget);

/* rs_jail_is_back says, once everybody knows of the death of `process`, whether its thread is back.
 * If not, it is the thread's to see to the rest: nothing of it may be touched any more. In a
 * section. */
bool rs_jail_is_back(rs_process *process);

#endif
