/* pool.c: a queue in front of some members that work at the same time: a pool of connections, of
 * threads, of anything of which there are only so many. Who finds the queue full is refused at
 * once, {error,overload}, which is what keeps the others' waiting short.
 *
 * Members are linked processes without a role. One that crashes takes its request along, which is
 * answered {error,member_crashed}, and is replaced by another; the pool itself lives on. The queue
 * and whoever is being served are lost with the pool.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/pool.h"

#include "runtime/base/assert.h"
#include "scenarios/workers/service.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SIZE_MAX_MEMBERS 10000
#define QUEUE_MAX        1000000

typedef struct job {
    rs_from from;
    uint64_t key;
} job;

typedef struct member {
    rs_pid pid;
    bool is_busy;
    rs_from from; /* whom it works for */
} member;

typedef struct rs_pool {
    const rs_pool_config *config;
    rs_worker_args args;
    member *members; /* of config->size */
    uint32_t *idle;  /* of the same size: whose turn is next is last */
    uint32_t idle_count;
    uint64_t started;     /* members so far */
    job *queue;           /* a ring of config->queue */
    uint64_t first, last; /* of the queue, ever growing */
} rs_pool;

typedef struct member_args {
    rs_pid pool;
    uint64_t number; /* of all that were ever started, from 0 */
    uint32_t index;
    bool is_slow; /* it takes its start_time: not with the pool, whose start is over then */
    rs_worker_args args;
} member_args;

static const rs_type job_type = {"job", sizeof(job), NULL, NULL};
static const rs_type idle_type = {"idle", sizeof(uint32_t), NULL, NULL};

/* ------------------------------------------------------------------ a member */

static bool is_job(const rs_message *message, void *context) {
    (void)context;
    return message->type == &job_type;
}

static void work(rs_serving *serving) {
    job taken;
    rs_service_down down;
    memcpy(&taken, rs_message_payload(rs_receive(is_job, NULL, RS_FOREVER)), sizeof taken);
    rs_served served = rs_serving_serve(serving, taken.key, &down);
    rs_service_reply_to(taken.from, served, &down);
}

/* Its random stream is its own: the incarnation's, and then its number's. */
static void member_main(const void *args, uint32_t bytes) {
    RS_ASSERT(bytes == sizeof(member_args));
    const member_args *this = args;
    const rs_pool_config *config = this->args.config;
    rs_serving_config own = config->serving;
    rs_serving serving;
    char use[32];
    snprintf(use, sizeof use, "pool/%" PRIu64, this->number);
    if (!this->is_slow) own.start_time = (rs_distribution){.low_ns = 0};
    rs_serving_init(&serving, &own, &this->args, use);
    for (;;) {
        rs_send(this->pool, &idle_type, &this->index, sizeof this->index);
        work(&serving);
    }
}

static bool start_member(rs_pool *pool, uint32_t index) {
    const member_args args = {.pool = rs_self(),
                              .number = pool->started++,
                              .index = index,
                              .is_slow = pool->members[index].pid != 0,
                              .args = pool->args};
    const rs_spawn_options options = {.entry = member_main,
                                      .args = &args,
                                      .bytes = sizeof args,
                                      .link = true,
                                      .link_tag = index + 1u};
    pool->members[index].is_busy = false;
    return rs_spawn_opt(&options, &pool->members[index].pid) == RS_OK;
}

/* ------------------------------------------------------------------ the queue */

static void give(rs_pool *pool, const job *next) {
    member *to = &pool->members[pool->idle[--pool->idle_count]];
    to->is_busy = true;
    to->from = next->from;
    rs_send(to->pid, &job_type, next, sizeof *next);
}

static void take_idle(rs_pool *pool, uint32_t index) {
    pool->members[index].is_busy = false;
    pool->idle[pool->idle_count++] = index;
    if (pool->first == pool->last) return;
    give(pool, &pool->queue[pool->first++ % (uint64_t)pool->config->queue]);
}

static rs_next pool_handle_call(void *state, rs_from from, const rs_message *request) {
    rs_pool *pool = state;
    if (request->type != &rs_service_request_type) return rs_stop(RS_ATOM(bad_request));
    const rs_service_request *asked = rs_message_payload(request);
    const job next = {from, asked->key};
    uint64_t room = (uint64_t)pool->config->queue;
    if (pool->idle_count)
        give(pool, &next);
    else if (pool->last - pool->first < room)
        pool->queue[pool->last++ % room] = next;
    else
        return rs_reply(&rs_service_overload_type, NULL, 0);
    return RS_NOREPLY;
}

/* ------------------------------------------------------------------ a member's end */

/* That one is on its list of idle ones is possible: it dies of a fault while it waits. */
static void drop_idle(rs_pool *pool, uint32_t index) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < pool->idle_count; i++)
        if (pool->idle[i] != index) pool->idle[kept++] = pool->idle[i];
    pool->idle_count = kept;
}

static rs_next take_end(rs_pool *pool, uint32_t index) {
    member *dead = &pool->members[index];
    if (dead->is_busy)
        rs_reply_to(dead->from, &rs_service_crashed_type, NULL, 0);
    else
        drop_idle(pool, index);
    return start_member(pool, index) ? RS_NOREPLY : rs_stop(RS_ATOM(system_limit));
}

/* One who has said that it is idle and died then is known by its end, which comes later. */
static rs_next pool_handle_info(void *state, const rs_message *info) {
    rs_pool *pool = state;
    uint64_t size = (uint64_t)pool->config->size;
    if (info->type == &idle_type) {
        uint32_t index = *(const uint32_t *)rs_message_payload(info);
        if (info->from == pool->members[index].pid) take_idle(pool, index);
    }
    if (info->kind != RS_MESSAGE_EXIT || !info->ref || info->ref > size) return RS_NOREPLY;
    uint32_t index = (uint32_t)info->ref - 1;
    return pool->members[index].pid == info->from ? take_end(pool, index) : RS_NOREPLY;
}

/* ------------------------------------------------------------------ the server */

/* The pool takes start_time once; its first members are there when it is. */
static rs_next pool_init(void *state, const void *args, uint32_t bytes) {
    RS_ASSERT(bytes == sizeof(rs_worker_args));
    rs_pool *pool = state;
    pool->args = *(const rs_worker_args *)args;
    pool->config = pool->args.config;
    uint32_t size = (uint32_t)pool->config->size;
    pool->members = rs_alloc(size * sizeof *pool->members);
    pool->idle = rs_alloc(size * sizeof *pool->idle);
    if (pool->config->queue)
        pool->queue = rs_alloc((size_t)pool->config->queue * sizeof *pool->queue);
    rs_trap_exit(true);
    rs_work(size);
    rs_prng prng;
    rs_worker_stream(&pool->args, "pool", &prng);
    rs_sleep(rs_distribution_draw(&pool->config->serving.start_time, &prng));
    for (uint32_t i = 0; i < size; i++)
        if (!start_member(pool, i)) return rs_stop(RS_ATOM(system_limit));
    return RS_INIT_OK;
}

static const rs_gen_server pool_server = {
    .name = "pool",
    .state_bytes = sizeof(rs_pool),
    .init = pool_init,
    .handle_call = pool_handle_call,
    .handle_info = pool_handle_info,
};

static uint64_t keys(const void *config) {
    return (uint64_t)((const rs_pool_config *)config)->serving.keys;
}

static const rs_operation pool_operations[] = {
    {"request", "asks for one unit of service", rs_service_perform, 100},
};

static const rs_option pool_options[] = {
    {.key = "size",
     .type = RS_OPTION_INTEGER,
     .offset = offsetof(rs_pool_config, size),
     .fallback = "4",
     .min = 1,
     .max = SIZE_MAX_MEMBERS,
     .help = "members, each of which serves one request at a time"},
    {.key = "queue",
     .type = RS_OPTION_INTEGER,
     .offset = offsetof(rs_pool_config, queue),
     .fallback = "64",
     .max = QUEUE_MAX,
     .help = "requests that may wait for a member; more are refused with overload"},
    RS_SERVING_OPTIONS(rs_pool_config, serving),
};

static const char *const messages[] = {"request",        "done", "degraded", "down", "overload",
                                       "member_crashed", "job",  "idle",     NULL};

const rs_worker rs_worker_pool = {
    .name = "pool",
    .about = "a bounded queue in front of members that serve at the same time",
    .options = pool_options,
    .option_count = sizeof pool_options / sizeof *pool_options,
    .config_bytes = sizeof(rs_pool_config),
    .server = &pool_server,
    .operations = pool_operations,
    .operation_count = sizeof pool_operations / sizeof *pool_operations,
    .messages = messages,
    .portable = true,
    .serves = true,
    .keys = keys,
};
