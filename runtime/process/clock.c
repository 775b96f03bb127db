/* clock.c: the door for time.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/clock.h"

#include <time.h>

uint64_t rs_clock_real_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

uint64_t rs_now_ns(void) {
    rs_core *core = rs_core_here();
    if (!core) return rs_clock_real_ns();
    return rs_clock_now(core);
}

bool rs_clock_is_virtual(void) { return rs_the_runtime && rs_the_runtime->is_virtual; }

void rs_work(uint64_t steps) {
    rs_core *core = rs_core_here();
    core->counters.work += steps;
    rs_clock_spend(core, steps * core->runtime->costs.work_ns);
}
