/* park.c: futexes.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/threads/park.h"

#include "runtime/process/barrier.h"

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void rs_park_wait(rs_atomic_u32 *word, uint32_t value, uint64_t timeout_ns) {
    struct timespec timeout = {(time_t)(timeout_ns / 1000000000u),
                               (long)(timeout_ns % 1000000000u)};
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, timeout_ns == RS_FOREVER ? NULL : &timeout,
            NULL, 0);
}

void rs_park_wake_word(rs_atomic_u32 *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

void rs_park_wake_one_at(rs_atomic_u32 *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* Most of the time nobody sleeps, and wakers, who are on every hot path, should not touch the words
 * of others to learn that: they read a count of sleepers. It says 0 to a waker whose task a sleeper
 * might miss only where a barrier on all threads lies between a sleeper's counting and its look. */
static void count_sleeper(rs_core *core) {
    if (!core->runtime->asymmetric) return;
    rs_add(&core->runtime->sleepers, 1, rs_relaxed);
    rs_barrier_all();
}

static void discount_sleeper(rs_core *core) {
    if (core->runtime->asymmetric) rs_sub(&core->runtime->sleepers, 1, rs_relaxed);
}

static bool is_nobody_asleep(rs_runtime *runtime) {
    if (!runtime->asymmetric) return false;
    rs_compiler_barrier();
    return rs_load(&runtime->sleepers, rs_relaxed) == 0;
}

void rs_park_announce(rs_core *core) {
    /* acquire pairs with the release of rs_park_is_parked. Both change the word, so one comes
     * second: a waker that has queued finds us parked, or our next look sees what it queued. */
    rs_swap(&core->parked, 1, rs_acquire);
    count_sleeper(core);
}

void rs_park_cancel(rs_core *core) {
    rs_swap(&core->parked, 0, rs_acquire); /* as at the end of a sleep */
    discount_sleeper(core);
}

void rs_park_sleep(rs_core *core, uint64_t timeout_ns) {
    rs_tally(&core->counters.parks, 1);
    rs_park_wait(&core->parked, 1, timeout_ns);
    /* acquire as in rs_park_announce: for what the waker queued; and the monitor finds us awake, or
     * we see that it sleeps. */
    rs_swap(&core->parked, 0, rs_acquire);
    discount_sleeper(core);
}

static bool wake(rs_core *core) {
    uint32_t parked = 1;
    /* relaxed: rs_park_is_parked has released what the sleeper is to find. */
    if (!rs_cas_strong(&core->parked, &parked, 0, rs_relaxed)) return false;
    rs_park_wake_word(&core->parked);
    return true;
}

/* A read-modify-write, not a load: only that orders what was queued before against it. */
bool rs_park_is_parked(rs_core *core) {
    return rs_add(&core->parked, 0, rs_release) != 0;
}

static bool wake_if_parked(rs_core *core) {
    return core != rs_core_here() && rs_park_is_parked(core) && wake(core);
}

bool rs_park_wake(rs_core *core) {
    return !is_nobody_asleep(core->runtime) && wake_if_parked(core);
}

bool rs_park_wake_one(rs_runtime *runtime, uint32_t first) {
    if (RS_LIKELY(is_nobody_asleep(runtime))) return false;
    for (uint32_t i = 0; i < runtime->core_count; i++)
        if (wake_if_parked(&runtime->cores[(first + i) % runtime->core_count])) return true;
    return false;
}

void rs_park_call(rs_runtime *runtime) {
    for (uint32_t i = 0; i < runtime->core_count; i++)
        rs_store(&runtime->cores[i].look, 1, rs_relaxed);
    rs_park_wake_one(runtime, 0);
}

void rs_park_wake_all(rs_runtime *runtime) {
    for (uint32_t i = 0; i < runtime->core_count; i++) (void)wake_if_parked(&runtime->cores[i]);
}
