/* pipeline.c: one stage of a pipeline: it works on what it is given and passes it on to the next
 * stage; the last one answers who asked the first. So many requests are on their way at once, and
 * what a client measures is the whole way.
 *
 * A stage that crashes takes along what lay in its mailbox, and nobody knows: whoever asked times
 * out. That is what passing on costs, compared with calling.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/pipeline.h"

#include "runtime/base/assert.h"
#include "scenarios/language/plan.h"
#include "scenarios/workers/service.h"

#include <string.h>

typedef struct rs_pipeline {
    const rs_pipeline_config *config;
    rs_atom next;
    rs_serving serving;
} rs_pipeline;

/* What is passed on. */
typedef struct item {
    rs_from from; /* who asked the first stage */
    uint64_t key;
    bool degraded;
} item;

static const rs_type item_type = {"item", sizeof(item), NULL, NULL};

static void answer_down(const rs_pipeline *stage, const item *this) {
    rs_service_down down = {.path = {0}};
    strncpy(down.path, stage->config->next, sizeof down.path - 1);
    rs_service_reply_to(this->from, RS_SERVED_DOWN, &down);
}

static void pass_on(const rs_pipeline *stage, const item *this) {
    rs_pid next = rs_whereis(stage->next);
    if (next)
        rs_gen_server_cast(next, &item_type, this, sizeof *this);
    else
        answer_down(stage, this);
}

static void work(rs_pipeline *stage, item this) {
    rs_service_down down;
    rs_served served = rs_serving_serve(&stage->serving, this.key, &down);
    this.degraded |= served == RS_SERVED_DEGRADED;
    if (served == RS_SERVED && this.degraded) served = RS_SERVED_DEGRADED;
    if (served == RS_SERVED_DOWN || !stage->next)
        rs_service_reply_to(this.from, served, &down);
    else
        pass_on(stage, &this);
}

static rs_next pipeline_handle_call(void *state, rs_from from, const rs_message *request) {
    if (request->type != &rs_service_request_type) return rs_stop(RS_ATOM(bad_request));
    const rs_service_request *asked = rs_message_payload(request);
    work(state, (item){.from = from, .key = asked->key});
    return RS_NOREPLY;
}

static rs_next pipeline_handle_cast(void *state, const rs_message *request) {
    item this;
    if (request->type != &item_type) return rs_stop(RS_ATOM(bad_request));
    memcpy(&this, rs_message_payload(request), sizeof this);
    work(state, this);
    return RS_NOREPLY;
}

static rs_next pipeline_init(void *state, const void *args, uint32_t bytes) {
    RS_ASSERT(bytes == sizeof(rs_worker_args));
    rs_pipeline *stage = state;
    stage->config = ((const rs_worker_args *)args)->config;
    stage->next = stage->config->next ? rs_atom_find(stage->config->next) : 0;
    rs_work(1);
    rs_serving_init(&stage->serving, &stage->config->serving, args, "pipeline");
    return RS_INIT_OK;
}

static const rs_gen_server pipeline_server = {
    .name = "pipeline",
    .state_bytes = sizeof(rs_pipeline),
    .init = pipeline_init,
    .handle_call = pipeline_handle_call,
    .handle_cast = pipeline_handle_cast,
};

static uint64_t keys(const void *config) {
    return (uint64_t)((const rs_pipeline_config *)config)->serving.keys;
}

static bool is_stage(const rs_plan_node *node) {
    return node->worker && node->worker->server == &pipeline_server;
}

static const rs_operation pipeline_operations[] = {
    {"pass", "sends one item through this and all later stages", rs_service_perform, 100},
};

static const rs_option pipeline_options[] = {
    {.key = "next",
     .type = RS_OPTION_PATH,
     .offset = offsetof(rs_pipeline_config, next),
     .fallback = "",
     .help = "path of the stage that it passes its work to; without one it answers",
     .accepts = is_stage,
     .accepted = "another stage, a worker 'pipeline'",
     .is_acyclic = true},
    RS_SERVING_OPTIONS(rs_pipeline_config, serving),
};

static const char *const messages[] = {"request",  "done",           "degraded", "down",
                                       "overload", "member_crashed", "item",     NULL};

const rs_worker rs_worker_pipeline = {
    .name = "pipeline",
    .about = "a stage that passes what it has worked on to the next one; the last one answers",
    .options = pipeline_options,
    .option_count = sizeof pipeline_options / sizeof *pipeline_options,
    .config_bytes = sizeof(rs_pipeline_config),
    .server = &pipeline_server,
    .operations = pipeline_operations,
    .operation_count = sizeof pipeline_operations / sizeof *pipeline_operations,
    .messages = messages,
    .portable = true,
    .serves = true,
    .keys = keys,
};
