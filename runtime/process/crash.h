/* crash.h: native crashes of process code become exit reasons.
 *
 * The handler runs on an alternate stack, judges the fault by the mode of the thread, and either
 * rewrites the saved registers so that the thread continues in rs_crash_land on the process's own,
 * emptied stack, or lets the program die: a fault inside a runtime section is a bug of ours, and
 * one inside libc may have left a lock held.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CRASH_H
#define RS_CRASH_H

#include "runtime/process/process.h"

/* rs_crash_init installs the handlers for the whole program; false when the system refuses. */
bool rs_crash_init(void);
/* rs_crash_fini restores what was there before. */
void rs_crash_fini(void);

/* rs_crash_thread gives the calling thread its alternate stack; rs_crash_thread_end takes it back.
 */
bool rs_crash_thread(void);
void rs_crash_thread_end(void);

/* rs_crash_land: where a crashed process continues. */
void rs_crash_land(void);

#endif
