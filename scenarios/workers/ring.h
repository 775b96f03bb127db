/* ring.h: the options of a member of a `ring`.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_WORKERS_RING_H
#define RS_WORKERS_RING_H

#include "scenarios/workers/serving.h"

typedef struct rs_ring_config {
    const char *next;
    rs_distribution hop_time;
    uint64_t resend_ns;
    int64_t laps, resends;
} rs_ring_config;

#endif
