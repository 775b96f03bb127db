/* cache.h: the options of a `cache`.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_WORKERS_CACHE_H
#define RS_WORKERS_CACHE_H

#include "scenarios/workers/serving.h"

typedef struct rs_cache_config {
    rs_serving_config serving;
    const char *backend;
    int64_t capacity;
    bool coalesce;
} rs_cache_config;

#endif
