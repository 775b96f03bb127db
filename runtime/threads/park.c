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

/* A waker queues and then looks for sleepers, a sleeper says so and then looks for work; one of
 * them must see the other. The sleeper's barrier does for both, or else the waker takes its own. */
void rs_park_announce(rs_core *core) {
    rs_swap(&core->parked, 1, rs_seq_cst);
    rs_add(&core->runtime->sleepers, 1, rs_seq_cst);
    if (core->runtime->asymmetric) rs_barrier_all();
}

static void rise(rs_core *core) {
    rs_swap(&core->parked, 0, rs_seq_cst);           /* before we look whether the monitor sleeps */
    rs_sub(&core->runtime->sleepers, 1, rs_relaxed); /* too late only makes wakers look in vain */
}

void rs_park_cancel(rs_core *core) {
    rise(core);
}

void rs_park_sleep(rs_core *core, uint64_t timeout_ns) {
    rs_tally(&core->counters.parks, 1);
    rs_park_wait(&core->parked, 1, timeout_ns);
    rise(core);
}

/* Without the sleepers' barrier: a read-modify-write, not a load, since on x86 only that orders
 * what was queued before against it. */
static bool are_sleepers(rs_runtime *runtime) {
    if (RS_UNLIKELY(!runtime->asymmetric)) return rs_add(&runtime->sleepers, 0, rs_seq_cst) != 0;
    rs_compiler_barrier();
    return rs_load(&runtime->sleepers, rs_relaxed) != 0;
}

static bool wake(rs_core *core) {
    uint32_t parked = 1;
    if (!rs_cas_strong(&core->parked, &parked, 0, rs_relaxed)) return false;
    rs_park_wake_word(&core->parked);
    return true;
}

bool rs_park_is_parked(rs_core *core) {
    return rs_load(&core->parked, rs_seq_cst) != 0;
}

static bool wake_if_parked(rs_core *core) {
    return rs_load(&core->parked, rs_relaxed) && core != rs_core_here() && wake(core);
}

bool rs_park_wake(rs_core *core) {
    return are_sleepers(core->runtime) && wake_if_parked(core);
}

bool rs_park_wake_one(rs_runtime *runtime, uint32_t first) {
    if (RS_LIKELY(!are_sleepers(runtime))) return false;
    for (uint32_t i = 0; i < runtime->core_count; i++)
        if (wake_if_parked(&runtime->cores[(first + i) % runtime->core_count])) return true;
    return false;
}

void rs_park_wake_all(rs_runtime *runtime) {
    for (uint32_t i = 0; i < runtime->core_count; i++) wake(&runtime->cores[i]);
}
