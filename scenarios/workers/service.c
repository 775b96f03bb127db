/* service.c: a model of any server: it takes its time to start, to compute and to serve, holds some
 * memory, and needs others. Enough to describe a tree of one's own without writing C.
 *
 * A request calls each dependency in turn, computes, itself or in tasks of its own, and then waits
 * for service_time: other requests wait in its mailbox all the while. A dependency that is down
 * makes the answer {error,{dependency_down,Path}}, at once, and passes on up the chain of callers.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/service.h"

#include "runtime/base/assert.h"
#include "runtime/base/atomic.h"
#include "scenarios/engine/client.h"
#include "scenarios/language/plan.h"

#include <string.h>

/* Waking a sleeping thread costs about 20 us: below twice that, waiting would take far longer than
 * asked, and occupying the processor is what short work does anyway. */
#define SPIN_BELOW_NS UINT64_C(50000)

/* Half of what a process may hold. */
#define STATE_BYTES_MAX (128 << 20)

/* A tenth of a million per request is a storm already. */
#define TASKS_MAX 100000

typedef struct rs_service {
    const rs_service_config *config;
    rs_atom *depends_on; /* the names of config->depends_on, in order */
    void *memory;        /* config->state_bytes */
} rs_service;

static rs_term request_to_term(const void *value, uint32_t bytes) {
    (void)value;
    (void)bytes;
    return rs_atom_find("request");
}

static rs_term done_to_term(const void *value, uint32_t bytes) {
    (void)value;
    (void)bytes;
    return RS_ATOM(ok);
}

static rs_term down_to_term(const void *value, uint32_t bytes) {
    (void)bytes;
    const char *path = ((const rs_service_down *)value)->path;
    rs_term text = rs_term_text(path, (uint32_t)strnlen(path, RS_SERVICE_PATH_BYTES));
    rs_term down = rs_term_tuple(2, (rs_term[]){rs_atom_find("dependency_down"), text});
    rs_term term = rs_term_tuple(2, (rs_term[]){RS_ATOM(error), down});
    rs_term_release(text);
    rs_term_release(down);
    return term;
}

const rs_type rs_service_request_type = {"request", 0, request_to_term, NULL};
const rs_type rs_service_done_type = {"done", 0, done_to_term, NULL};
const rs_type rs_service_down_type = {"down", sizeof(rs_service_down), down_to_term, NULL};

static bool refuse(const rs_message *message, void *context) {
    (void)message;
    (void)context;
    return false;
}

/* Messages stay where they are; only time passes. */
static void wait_for(uint64_t ns) {
    if (ns) rs_receive(refuse, NULL, ns);
}

static void occupy(uint64_t ns) {
    if (rs_clock_is_virtual() || ns >= SPIN_BELOW_NS) {
        wait_for(ns);
        return;
    }
    for (uint64_t end_ns = rs_now_ns() + ns; rs_now_ns() < end_ns;) rs_relax();
}

/* Memory that was never written would cost nothing. */
static void *take_memory(uint64_t bytes) {
    return bytes ? memset(rs_alloc(bytes), 0x5a, bytes) : NULL;
}

static rs_next service_init(void *state, const void *args, uint32_t bytes) {
    RS_ASSERT(bytes == sizeof(rs_worker_args));
    rs_service *service = state;
    const rs_service_config *config = ((const rs_worker_args *)args)->config;
    service->config = config;
    service->memory = take_memory(config->state_bytes);
    uint32_t count = config->depends_on.count;
    if (count) service->depends_on = rs_alloc(count * sizeof *service->depends_on);
    for (uint32_t i = 0; i < count; i++)
        service->depends_on[i] = rs_atom_find(config->depends_on.items[i]);
    rs_work(1);
    wait_for(config->start_time_ns);
    return RS_INIT_OK;
}

/* Calls one dependency; false, and its path in *down, when it or one of its own is down. */
static bool use_dependency(const rs_service *service, uint32_t index, rs_service_down *down) {
    rs_term reason = 0;
    rs_pid pid = rs_whereis(service->depends_on[index]);
    const rs_message *answer = pid ? rs_gen_server_try_call(pid, &rs_service_request_type, NULL, 0,
                                                            service->config->timeout_ns, &reason)
                                   : NULL;
    if (answer && answer->type != &rs_service_down_type) return true;
    if (answer) {
        memcpy(down, answer->payload, sizeof *down);
        return false;
    }
    rs_term_release(reason);
    strncpy(down->path, service->config->depends_on.items[index], sizeof down->path - 1);
    return false;
}

static void task(const void *args, uint32_t bytes) {
    RS_ASSERT(bytes == sizeof(uint64_t));
    rs_compute(*(const uint64_t *)args);
}

static bool is_down(const rs_message *message, void *context) {
    (void)context;
    return message->kind == RS_MESSAGE_DOWN;
}

/* As Task.async and await: linked, so that none outlives the request, nor the request one. Nobody
 * else is monitored while a request is handled. */
static void compute_in_tasks(const rs_service_config *config) {
    const rs_spawn_options options = {.entry = task,
                                      .args = &config->compute_time_ns,
                                      .bytes = sizeof config->compute_time_ns,
                                      .link = true,
                                      .monitor = true};
    rs_pid pid;
    for (int64_t i = 0; i < config->tasks; i++)
        if (rs_spawn_opt(&options, &pid) != RS_OK) rs_exit(RS_ATOM(system_limit));
    for (int64_t i = 0; i < config->tasks; i++) rs_receive(is_down, NULL, RS_FOREVER);
}

static rs_next service_handle_call(void *state, rs_from from, const rs_message *request) {
    (void)from;
    rs_service *service = state;
    if (request->type != &rs_service_request_type) return rs_stop(RS_ATOM(bad_request));
    rs_service_down down = {.path = {0}};
    for (uint32_t i = 0; i < service->config->depends_on.count; i++)
        if (!use_dependency(service, i, &down))
            return rs_reply(&rs_service_down_type, &down, sizeof down);
    if (service->config->tasks)
        compute_in_tasks(service->config);
    else
        rs_compute(service->config->compute_time_ns);
    occupy(service->config->service_time_ns);
    return rs_reply(&rs_service_done_type, NULL, 0);
}

static const rs_gen_server service_server = {
    .name = "service",
    .state_bytes = sizeof(rs_service),
    .init = service_init,
    .handle_call = service_handle_call,
};

static void perform_request(rs_client *client) {
    rs_pid service = rs_client_target(client);
    if (!service) {
        rs_client_fail(client, RS_ATOM(noproc));
        return;
    }
    const rs_message *answer = rs_client_call(client, service, &rs_service_request_type, NULL, 0);
    if (answer && answer->type == &rs_service_down_type)
        rs_client_fail(client, rs_atom_find("dependency_down"));
}

static const rs_operation service_operations[] = {
    {"request", "asks for one unit of service", perform_request, 100},
};

static bool serves(const rs_plan_node *node) {
    return node->worker && node->worker->serves;
}

static const rs_option service_options[] = {
    {.key = "start_time",
     .type = RS_OPTION_DURATION,
     .offset = offsetof(rs_service_config, start_time_ns),
     .fallback = "0s",
     .help = "how long its init takes"},
    {.key = "compute_time",
     .type = RS_OPTION_DURATION,
     .offset = offsetof(rs_service_config, compute_time_ns),
     .fallback = "0s",
     .help = "how long one request computes, which occupies a core"},
    {.key = "tasks",
     .type = RS_OPTION_INTEGER,
     .offset = offsetof(rs_service_config, tasks),
     .fallback = "0",
     .max = TASKS_MAX,
     .help = "processes that each request spawns; each computes for compute_time"},
    {.key = "service_time",
     .type = RS_OPTION_DURATION,
     .offset = offsetof(rs_service_config, service_time_ns),
     .fallback = "0s",
     .help = "how long one request then waits, which occupies the service alone"},
    {.key = "depends_on",
     .type = RS_OPTION_PATHS,
     .offset = offsetof(rs_service_config, depends_on),
     .fallback = "",
     .help = "paths of the services that each request calls in turn",
     .accepts = serves,
     .accepted = "a worker that serves (service, echo)"},
    {.key = "timeout",
     .type = RS_OPTION_DURATION,
     .offset = offsetof(rs_service_config, timeout_ns),
     .fallback = "5s",
     .min = 1,
     .max = INT64_MAX,
     .help = "how long it waits for a dependency before calling it down"},
    {.key = "state",
     .type = RS_OPTION_BYTES,
     .offset = offsetof(rs_service_config, state_bytes),
     .fallback = "0B",
     .max = STATE_BYTES_MAX,
     .help = "how much memory it holds"},
};

const rs_worker rs_worker_service = {
    .name = "service",
    .about = "a model of any server: time to start, time to serve, memory, dependencies",
    .options = service_options,
    .option_count = sizeof service_options / sizeof *service_options,
    .config_bytes = sizeof(rs_service_config),
    .server = &service_server,
    .operations = service_operations,
    .operation_count = sizeof service_operations / sizeof *service_operations,
    .portable = true,
    .serves = true,
};
