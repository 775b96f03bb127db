/* pipeline.h: the options of a stage of a pipeline.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_WORKERS_PIPELINE_H
#define RS_WORKERS_PIPELINE_H

#include "scenarios/workers/serving.h"

typedef struct rs_pipeline_config {
    rs_serving_config serving;
    const char *next; /* NULL: this is the last stage */
} rs_pipeline_config;

#endif
