/* park.c: futexes.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/threads/park.h"

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

void rs_park_announce(rs_core *core) {
    /* seq_cst with wake_one's load after the waker has queued: it sees us parked, or our next look
     * sees what it queued. */
    rs_swap(&core->parked, 1, rs_seq_cst);
}

void rs_park_cancel(rs_core *core) {
    rs_store(&core->parked, 0, rs_relaxed);
}

void rs_park_sleep(rs_core *core, uint64_t timeout_ns) {
    rs_tally(&core->counters.parks, 1);
    rs_park_wait(&core->parked, 1, timeout_ns);
    rs_swap(&core->parked, 0, rs_seq_cst); /* before we look whether the monitor sleeps */
}

static bool wake(rs_core *core) {
    uint32_t parked = 1;
    if (!rs_cas_strong(&core->parked, &parked, 0, rs_relaxed)) return false;
    rs_park_wake_word(&core->parked);
    return true;
}

/* A read-modify-write, not a load: on x86 only that orders what was queued before against it. */
bool rs_park_is_parked(rs_core *core) {
    return rs_add(&core->parked, 0, rs_seq_cst) != 0;
}

bool rs_park_wake(rs_core *core) {
    return core != rs_core_here() && rs_park_is_parked(core) && wake(core);
}

bool rs_park_wake_one(rs_runtime *runtime, uint32_t first) {
    for (uint32_t i = 0; i < runtime->core_count; i++)
        if (rs_park_wake(&runtime->cores[(first + i) % runtime->core_count])) return true;
    return false;
}

void rs_park_wake_all(rs_runtime *runtime) {
    for (uint32_t i = 0; i < runtime->core_count; i++) wake(&runtime->cores[i]);
}
