/* service.h: requests and answers of a `service`.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SERVICE_H
#define RS_SERVICE_H

#include "runtime/process/term.h"
#include "scenarios/language/option.h"

typedef struct rs_service_config {
    uint64_t start_time_ns, compute_time_ns, service_time_ns, timeout_ns, state_bytes;
    int64_t tasks;
    rs_paths depends_on;
} rs_service_config;

/* Enough for a path of ten steps of eight letters; longer ones are cut. */
#define RS_SERVICE_PATH_BYTES 96u

typedef struct rs_service_down {
    char path[RS_SERVICE_PATH_BYTES]; /* the dependency that is down, perhaps several steps away */
} rs_service_down;

extern const rs_type rs_service_request_type; /* no payload */
extern const rs_type rs_service_done_type;    /* the answer; no payload */
extern const rs_type rs_service_down_type;    /* the other answer: rs_service_down */

#endif
