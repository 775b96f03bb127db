/* barrier.c: a barrier on all threads.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/barrier.h"

#include "runtime/base/sanitize.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

static long membarrier(int command) {
    return syscall(SYS_membarrier, command, 0, 0);
}

bool rs_barrier_init(void) {
    return !RS_TSAN && membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
}

void rs_barrier_all(void) {
    membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}
