/* crash.h: what the native crashes share: the victim strikes itself, for a crash needs a stack to
 * happen on.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FAULTS_CRASH_H
#define RS_FAULTS_CRASH_H

#include "runtime/respawn.h"

/* rs_fault_begin is the first line of a crash, run by the victim: it reports the fault, and under
 * the virtual clock, where no signals are sent, ends the victim with `reason`. It returns under the
 * real clock, for the caller to crash in earnest. */
static inline void rs_fault_begin(rs_term reason) {
    rs_emit(RS_EVENT_FAULT, rs_self(), rs_self_role(), rs_self_cause());
    if (rs_clock_is_virtual()) rs_crash(reason);
}

#endif
