/* monitor.h: watching for processes that run longer than their budget. See the room's README.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_MONITOR_H
#define RS_MONITOR_H

#include "runtime/threads/player.h"

/* rs_monitor_watch watches on the calling thread, which plays no core, until `cores` of them have
 * ended. */
void rs_monitor_watch(rs_runtime *runtime, rs_players *players, uint32_t cores);

/* rs_monitor_rise is called by a core that has slept, before it runs anything. */
void rs_monitor_rise(rs_runtime *runtime);

/* rs_monitor_call makes the monitor look at once. Any thread. */
void rs_monitor_call(rs_runtime *runtime);

/* rs_monitor_end is called by a thread when its core has ended. */
void rs_monitor_end(rs_runtime *runtime);

#endif
