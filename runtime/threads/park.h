/* park.h: putting a core's thread to sleep and waking it. Waking costs 20 us of the sleeper's time
 * and a system call of the waker's, so cores spin a while first, and are woken only for work that
 * nobody else will get to soon.
 *
 * A core's word: 0 awake, 1 parked. A waker changes 1 to 0 and then wakes the futex, so that each
 * parking is ended by one waker. Every change is a read-modify-write, since the word also orders
 * sections against grace periods, see runtime/process/grace.h.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PARK_H
#define RS_PARK_H

#include "runtime/process/process.h"

/* rs_park_announce says that `core` is about to sleep. The caller looks for work once more before
 * rs_park_sleep: whoever queued some before seeing the announcement is seen by that look. */
void rs_park_announce(rs_core *core);

/* rs_park_cancel takes the announcement back. */
void rs_park_cancel(rs_core *core);

/* rs_park_sleep sleeps until woken or, at most, `timeout_ns`; the announcement is over then. */
void rs_park_sleep(rs_core *core, uint64_t timeout_ns);

/* rs_park_wake wakes `core` if it is parked, and says whether it was. What the caller has queued
 * before is seen by a core that is not. Any thread. */
bool rs_park_wake(rs_core *core);

/* rs_park_wake_one wakes one parked core, if there is any, beginning the search at core number
 * `first`; true when it did. What the caller has queued before is seen by whoever it does not find
 * parked. Any thread. */
bool rs_park_wake_one(rs_runtime *runtime, uint32_t first);

/* rs_park_wake_all wakes every parked core. Any thread. */
void rs_park_wake_all(rs_runtime *runtime);

/* rs_park_call makes a core look at what has been handed in (see intake.h): one that sleeps is
 * woken, the others look at their next dispatch. Any thread. */
void rs_park_call(rs_runtime *runtime);

/* rs_park_wait sleeps while *word is `value`, at most `timeout_ns`; rs_park_wake_word wakes all who
 * sleep on it. For threads that play no core. */
void rs_park_wait(rs_atomic_u32 *word, uint32_t value, uint64_t timeout_ns);
void rs_park_wake_word(rs_atomic_u32 *word);

/* rs_park_wake_one_at wakes one who sleeps on the word. */
void rs_park_wake_one_at(rs_atomic_u32 *word);

/* rs_park_is_parked says whether `core` sleeps, or is about to. If not, what the caller has done
 * before is seen by the core after its next rs_park_announce, or after the end of its sleep. */
bool rs_park_is_parked(rs_core *core);

#endif
