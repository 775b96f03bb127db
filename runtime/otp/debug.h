/* debug.h: what sys:trace and sys:statistics turn on in a server. A server that is looked at runs
 * another behaviour, which counts and tells and then does what the first would: one that is not
 * pays nothing for a message, and one comparison for a reply.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_DEBUG_H
#define RS_DEBUG_H

#include "runtime/otp/sys.h"
#include "runtime/process/process.h"

/* rs_debug_trace and rs_debug_statistics turn either on and off in the caller's process; doing it
 * twice changes nothing. What they need lies in its arena meanwhile. In user mode, between two
 * callbacks. */
void rs_debug_trace(rs_process *self, bool on);
void rs_debug_statistics(rs_process *self, bool on);

/* rs_debug_read says what the statistics are. */
void rs_debug_read(rs_process *self, rs_sys_statistics *statistics);

/* rs_debug_behave lets the caller's process go on as `behaviour`, looked at or not. */
void rs_debug_behave(rs_process *self, const rs_behaviour *behaviour);

/* rs_debug_traces says whether it is traced. */
bool rs_debug_traces(const rs_process *self);

/* rs_debug_out notes that the caller's process replies to the call that it handles; harmless when
 * nobody wants to know. In user mode. */
void rs_debug_out(rs_process *self, const rs_type *type, const void *payload, uint32_t bytes);

#endif
