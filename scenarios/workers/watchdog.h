/* watchdog.h: asks others whether they still answer, and kills who does not: a process that hangs
 * is alive, so no supervisor starts it again. SPDX-License-Identifier: MIT
 */
#ifndef RS_WATCHDOG_H
#define RS_WATCHDOG_H

#include "scenarios/workers/worker.h"

typedef struct rs_watchdog_config {
    rs_paths watches;       /* workers and supervisors */
    rs_paths with_children; /* simple_one_for_one supervisors: they, and whom they have */
    uint64_t every_ns, patience_ns;
} rs_watchdog_config;

#endif
