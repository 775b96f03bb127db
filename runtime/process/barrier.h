/* barrier.h: ordering a store before a load where one side is on every hot path and the other is
 * rare. The rare side makes all threads of the program pass a full barrier, wherever they are
 * (membarrier(2), 2 us and an interrupt for those that run); the hot side needs none of its own.
 * Where the system cannot, and under TSan, which sees no such thing, both sides take their own.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_BARRIER_H
#define RS_BARRIER_H

#include <stdbool.h>

/* rs_barrier_init says whether rs_barrier_all works. Once, before other threads start. */
bool rs_barrier_init(void);

/* rs_barrier_all returns when every running thread of the program has passed a full barrier since
 * the call. */
void rs_barrier_all(void);

#endif
