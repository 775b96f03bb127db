/* pool.h: the options of a `pool`.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_WORKERS_POOL_H
#define RS_WORKERS_POOL_H

#include "scenarios/workers/serving.h"

typedef struct rs_pool_config {
    rs_serving_config serving;
    int64_t size, queue;
} rs_pool_config;

#endif
