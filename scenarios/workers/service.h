/* service.h: requests and answers of all workers that serve.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SERVICE_H
#define RS_SERVICE_H

#include "runtime/otp/gen_server.h"
#include "scenarios/engine/client.h"
#include "scenarios/workers/serving.h"

typedef struct rs_service_config {
    rs_serving_config serving;
} rs_service_config;

typedef struct rs_service_request {
    uint64_t key; /* which request it is: equal ones are alike, also where they are passed on */
} rs_service_request;

/* Enough for a path of ten steps of eight letters; longer ones are cut. */
#define RS_SERVICE_PATH_BYTES 96u

typedef struct rs_service_down {
    char path[RS_SERVICE_PATH_BYTES]; /* the dependency that is down, perhaps several steps away */
} rs_service_down;

extern const rs_type rs_service_request_type;
/* The answers; only `down` has a payload. */
extern const rs_type rs_service_done_type;
extern const rs_type rs_service_degraded_type; /* done without one that it depends on */
extern const rs_type rs_service_down_type;     /* rs_service_down */
extern const rs_type rs_service_overload_type; /* not taken on: too many wait already */
extern const rs_type rs_service_crashed_type;  /* who worked on it crashed */

/* rs_service_has_failed says whether an answer means that the request was not served. Answers of
 * other types, such as those of an echo, mean that it was. */
bool rs_service_has_failed(const rs_message *answer);

/* rs_service_reply answers as the request ended; rs_service_reply_to answers later. */
rs_next rs_service_reply(rs_served served, const rs_service_down *down);
void rs_service_reply_to(rs_from from, rs_served served, const rs_service_down *down);

/* rs_service_down_reason returns {dependency_down,Path}. Owner: the caller. */
rs_term rs_service_down_reason(const rs_service_down *down);

/* rs_service_perform is the operation of all that serve: it asks the target for one of its keys. */
void rs_service_perform(rs_client *client);

#endif
