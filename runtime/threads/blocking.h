/* blocking.h: threads that do what waits in the kernel, for processes that wait for them without a
 * core. A job is the message that will answer: it holds a copy of the caller's memory, so that the
 * caller may die, and there is nothing to give back but itself.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_BLOCKING_H
#define RS_BLOCKING_H

#include "runtime/process/process.h"

typedef struct rs_blocking_pool rs_blocking_pool;

/* rs_blocking_start makes a pool without threads; NULL: no memory. Thread: the monitor, as for all
 * below but rs_blocking_wants. */
rs_blocking_pool *rs_blocking_start(rs_runtime *runtime);

/* rs_blocking_wants says whether rs_blocking_grow is called for, seq_cst with rs_monitor_call. */
bool rs_blocking_wants(rs_blocking_pool *pool);

/* rs_blocking_grow starts a thread for every job that finds none; false: the system refused, try
 * again later. */
bool rs_blocking_grow(rs_blocking_pool *pool);

/* rs_blocking_end waits for the threads, once no core runs; false: some are stuck, and were left
 * behind. */
bool rs_blocking_end(rs_blocking_pool *pool);

#endif
