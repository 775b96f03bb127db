/* serving.h: what it takes a worker to do what it is asked: to call what it depends on, to compute,
 * to wait; and what may go wrong: a request that kills whoever serves it, memory that is never
 * given back. `service`, the members of a `pool`, the stages of a `pipeline` and a `cache` share
 * it, and the options that it takes.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SERVING_H
#define RS_SERVING_H

#include "runtime/respawn.h"
#include "scenarios/workers/worker.h"

/* What to do about a dependency that is down: that has no process, dies, does not answer in time,
 * refuses, or depends on one that is down. */
typedef enum rs_when_down {
    RS_DOWN_FAIL,    /* answers that it is down, at once */
    RS_DOWN_RETRY,   /* asks again, some times, then as RS_DOWN_FAIL */
    RS_DOWN_WAIT,    /* asks again until it is up; requests wait in line meanwhile */
    RS_DOWN_DEGRADE, /* goes on without it */
    RS_DOWN_CRASH,   /* exits with {dependency_down,Path} */
} rs_when_down;

typedef struct rs_serving_config {
    rs_distribution start_time, compute_time, service_time;
    uint64_t timeout_ns, retry_after_ns, state_bytes, leak_bytes, poison_ppm;
    int64_t tasks, keys, retries;
    rs_paths depends_on;
    int when_down; /* rs_when_down */
    int poison_by; /* index into rs_serving_poisons */
} rs_serving_config;

extern const char *const rs_serving_whens[];
extern const char *const rs_serving_poisons[];

/* Half of what a process may hold. */
#define RS_SERVING_STATE_MAX (128 << 20)
/* A tenth of a million per request is a storm already. */
#define RS_SERVING_TASKS_MAX 100000
/* A cache's table of them is 8 MiB then. */
#define RS_SERVING_KEYS_MAX 1000000

/* rs_serving_serves: paths that may be depended on (rs_option.accepts). */
bool rs_serving_serves(const struct rs_plan_node *node);
#define RS_SERVING_ACCEPTED "a worker that serves (service, echo, pool, pipeline, cache)"

/* The options of an rs_serving_config that is the member FIELD of CONFIG. */
#define RS_SERVING_AT(CONFIG, FIELD, MEMBER)                                                       \
    (offsetof(CONFIG, FIELD) + offsetof(rs_serving_config, MEMBER))
#define RS_SERVING_OPTIONS(CONFIG, FIELD)                                                          \
    {.key = "start_time",                                                                          \
     .type = RS_OPTION_DISTRIBUTION,                                                               \
     .offset = RS_SERVING_AT(CONFIG, FIELD, start_time),                                           \
     .fallback = "0s",                                                                             \
     .help = "how long its init takes"},                                                           \
        {.key = "compute_time",                                                                    \
         .type = RS_OPTION_DISTRIBUTION,                                                           \
         .offset = RS_SERVING_AT(CONFIG, FIELD, compute_time),                                     \
         .fallback = "0s",                                                                         \
         .help = "how long one request computes, which occupies a core"},                          \
        {.key = "tasks",                                                                           \
         .type = RS_OPTION_INTEGER,                                                                \
         .offset = RS_SERVING_AT(CONFIG, FIELD, tasks),                                            \
         .fallback = "0",                                                                          \
         .max = RS_SERVING_TASKS_MAX,                                                              \
         .help = "processes that each request spawns; each computes for compute_time"},            \
        {.key = "service_time",                                                                    \
         .type = RS_OPTION_DISTRIBUTION,                                                           \
         .offset = RS_SERVING_AT(CONFIG, FIELD, service_time),                                     \
         .fallback = "0s",                                                                         \
         .help = "how long one request then waits; " RS_DISTRIBUTION_FORMS},                       \
        {.key = "depends_on",                                                                      \
         .type = RS_OPTION_PATHS,                                                                  \
         .offset = RS_SERVING_AT(CONFIG, FIELD, depends_on),                                       \
         .fallback = "",                                                                           \
         .help = "paths of the services that each request calls in turn",                          \
         .accepts = rs_serving_serves,                                                             \
         .accepted = RS_SERVING_ACCEPTED},                                                         \
        {.key = "timeout",                                                                         \
         .type = RS_OPTION_DURATION,                                                               \
         .offset = RS_SERVING_AT(CONFIG, FIELD, timeout_ns),                                       \
         .fallback = "5s",                                                                         \
         .min = 1,                                                                                 \
         .max = INT64_MAX,                                                                         \
         .help = "how long it waits for a dependency before calling it down"},                     \
        {.key = "when_down",                                                                       \
         .type = RS_OPTION_WORD,                                                                   \
         .offset = RS_SERVING_AT(CONFIG, FIELD, when_down),                                        \
         .fallback = "fail",                                                                       \
         .words = rs_serving_whens,                                                                \
         .help = "a dependency is down: fail, retry, wait (until it is up), degrade (go on "       \
                 "without it), crash"},                                                            \
        {.key = "retries",                                                                         \
         .type = RS_OPTION_INTEGER,                                                                \
         .offset = RS_SERVING_AT(CONFIG, FIELD, retries),                                          \
         .fallback = "3",                                                                          \
         .max = INT32_MAX,                                                                         \
         .help = "when_down: retry: how often it asks again before it fails"},                     \
        {.key = "retry_after",                                                                     \
         .type = RS_OPTION_DURATION,                                                               \
         .offset = RS_SERVING_AT(CONFIG, FIELD, retry_after_ns),                                   \
         .fallback = "10ms",                                                                       \
         .min = 1000,                                                                              \
         .max = INT64_MAX,                                                                         \
         .help = "when_down: retry or wait: the pause before it asks again"},                      \
        {.key = "poison",                                                                          \
         .type = RS_OPTION_SHARE,                                                                  \
         .offset = RS_SERVING_AT(CONFIG, FIELD, poison_ppm),                                       \
         .fallback = "0%",                                                                         \
         .help = "share of the keys whose requests crash it, each time they are asked"},           \
        {.key = "poison_by",                                                                       \
         .type = RS_OPTION_WORD,                                                                   \
         .offset = RS_SERVING_AT(CONFIG, FIELD, poison_by),                                        \
         .fallback = "segv",                                                                       \
         .words = rs_serving_poisons,                                                              \
         .help = "how they crash it: segv, or exit with the reason poison"},                       \
        {.key = "leak",                                                                            \
         .type = RS_OPTION_BYTES,                                                                  \
         .offset = RS_SERVING_AT(CONFIG, FIELD, leak_bytes),                                       \
         .fallback = "0B",                                                                         \
         .max = RS_SERVING_STATE_MAX,                                                              \
         .help =                                                                                   \
             "what each request leaves behind, until its memory is used up and it dies of it"},    \
        {.key = "state",                                                                           \
         .type = RS_OPTION_BYTES,                                                                  \
         .offset = RS_SERVING_AT(CONFIG, FIELD, state_bytes),                                      \
         .fallback = "0B",                                                                         \
         .max = RS_SERVING_STATE_MAX,                                                              \
         .help = "how much memory it holds"},                                                      \
    {                                                                                              \
        .key = "keys", .type = RS_OPTION_INTEGER, .offset = RS_SERVING_AT(CONFIG, FIELD, keys),    \
        .fallback = "10k", .min = 1, .max = RS_SERVING_KEYS_MAX,                                   \
        .help = "how many different requests there are, for loads to draw from"                    \
    }

/* One that serves; of one process. */
typedef struct rs_serving {
    const rs_serving_config *config;
    rs_worker_args args;
    rs_atom *depends_on; /* the names of config->depends_on, in order */
    void *memory;        /* config->state_bytes */
    rs_prng prng;
} rs_serving;

/* rs_serving_init takes the memory that it holds, and the time to start. `use` tells streams of one
 * worker's processes apart. Owner: the caller's arena. */
void rs_serving_init(rs_serving *serving, const rs_serving_config *config,
                     const rs_worker_args *args, const char *use);

/* How serving has ended. */
typedef enum rs_served {
    RS_SERVED,
    RS_SERVED_DEGRADED, /* without one that it depends on */
    RS_SERVED_DOWN      /* it was needed: `down` names it */
} rs_served;

struct rs_service_down; /* service.h */

/* rs_serving_serve does what the request `key` takes. May end the caller. */
rs_served rs_serving_serve(rs_serving *serving, uint64_t key, struct rs_service_down *down);

/* rs_serving_wait lets `ns` pass, and leaves messages where they are. Shorter times than a sleeping
 * thread takes to wake occupy the core instead, under the real clock. */
void rs_serving_wait(uint64_t ns);

#endif
