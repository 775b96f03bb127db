/* ambush.h: what the faults of a role share: whoever is about to start, or stop, there strikes
 * itself.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FAULTS_AMBUSH_H
#define RS_FAULTS_AMBUSH_H

#include "runtime/base/units.h"
#include "runtime/respawn.h"
#include "scenarios/faults/fault.h"

/* rs_fault_spring is the first line of such a fault, run by the process that walked into it: it
 * reports it. */
static inline void rs_fault_spring(const rs_fault_blow *blow) {
    rs_emit(RS_EVENT_FAULT, blow->victim, blow->role, blow->cause);
}

#endif
