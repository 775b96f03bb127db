/* cache.c: answers what it has, and asks its backend for what it has not. Those who ask for what is
 * not there are not in the way of the others: a process of its own fetches for each of them.
 *
 * A cache that crashes comes back cold, and then all that it kept away from the backend comes at
 * once: the stampede. `coalesce: true` lets those who ask for the same key share one fetch.
 *
 * Invariant: keys that are cached form a closed list by use; both its ends lie at the number behind
 * the last key. `newer` is NONE for a key that is not cached.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/cache.h"

#include "runtime/base/assert.h"
#include "scenarios/language/plan.h"
#include "scenarios/workers/service.h"

#include <string.h>

#define NONE UINT32_MAX

/* One who waits for a key that is on its way. */
typedef struct waiter {
    rs_from from;
    uint64_t number; /* of its fetch */
    uint32_t key;
} waiter;

typedef struct rs_cache {
    const rs_cache_config *config;
    rs_atom backend;
    rs_serving serving;
    uint32_t *newer, *older; /* by key, and the ends */
    uint32_t count;
    uint64_t hits, misses, fetches;
    waiter *waiters;
    uint32_t waiting, room;
} rs_cache;

/* ------------------------------------------------------------------ what is kept */

static bool has(const rs_cache *cache, uint32_t key) {
    return cache->newer[key] != NONE;
}

static uint32_t ends_of(const rs_cache *cache) {
    return (uint32_t)cache->config->serving.keys;
}

static void unlink_key(rs_cache *cache, uint32_t key) {
    cache->older[cache->newer[key]] = cache->older[key];
    cache->newer[cache->older[key]] = cache->newer[key];
    cache->newer[key] = NONE;
    cache->count--;
}

static void link_latest(rs_cache *cache, uint32_t key) {
    uint32_t ends = ends_of(cache);
    cache->newer[key] = ends;
    cache->older[key] = cache->older[ends];
    cache->newer[cache->older[ends]] = key;
    cache->older[ends] = key;
    cache->count++;
}

static void use(rs_cache *cache, uint32_t key) {
    unlink_key(cache, key);
    link_latest(cache, key);
}

static void keep(rs_cache *cache, uint32_t key) {
    if (has(cache, key)) return;
    if (cache->count == (uint64_t)cache->config->capacity)
        unlink_key(cache, cache->newer[ends_of(cache)]); /* the one used least lately */
    link_latest(cache, key);
}

/* ------------------------------------------------------------------ fetching */

typedef struct fetch {
    rs_pid cache;
    rs_atom backend;
    uint64_t timeout_ns, number;
    uint32_t key;
} fetch;

typedef struct fetched {
    uint64_t number;
    uint32_t key;
    rs_served served;
    rs_service_down down; /* who was, if RS_SERVED_DOWN */
} fetched;

static const rs_type fetched_type = {"fetched", sizeof(fetched), NULL, NULL};

static void judge(const rs_message *answer, fetched *result) {
    if (answer->type == &rs_service_degraded_type) result->served = RS_SERVED_DEGRADED;
    if (!rs_service_has_failed(answer)) return;
    result->served = RS_SERVED_DOWN;
    if (answer->type == &rs_service_down_type)
        memcpy(&result->down, rs_message_payload(answer), sizeof result->down);
}

static void fetch_main(const void *args, uint32_t bytes) {
    RS_ASSERT(bytes == sizeof(fetch));
    const fetch *this = args;
    const rs_service_request request = {this->key};
    fetched result = {.number = this->number, .key = this->key, .served = RS_SERVED};
    rs_term reason = 0;
    rs_pid backend = rs_whereis(this->backend);
    const rs_message *answer =
        backend ? rs_gen_server_try_call(backend, &rs_service_request_type, &request,
                                         sizeof request, this->timeout_ns, &reason)
                : NULL;
    if (answer)
        judge(answer, &result);
    else
        result.served = RS_SERVED_DOWN;
    rs_term_release(reason);
    rs_gen_server_cast(this->cache, &fetched_type, &result, sizeof result);
}

static void start_fetch(rs_cache *cache, uint32_t key) {
    const fetch args = {.cache = rs_self(),
                        .backend = cache->backend,
                        .timeout_ns = cache->config->serving.timeout_ns,
                        .number = ++cache->fetches,
                        .key = key};
    if (!rs_spawn_link(fetch_main, &args, sizeof args)) rs_exit(RS_ATOM(system_limit));
}

/* ------------------------------------------------------------------ who waits */

static bool is_on_its_way(const rs_cache *cache, uint32_t key) {
    for (uint32_t i = 0; cache->config->coalesce && i < cache->waiting; i++)
        if (cache->waiters[i].key == key) return true;
    return false;
}

static void make_room(rs_cache *cache) {
    uint32_t room = cache->room ? 2 * cache->room : 16;
    waiter *more = rs_alloc(room * sizeof *more);
    if (cache->room) {
        memcpy(more, cache->waiters, cache->waiting * sizeof *more);
        rs_free(cache->waiters, cache->room * sizeof *more);
    }
    cache->waiters = more;
    cache->room = room;
}

static void wait_for(rs_cache *cache, uint32_t key, rs_from from) {
    if (!is_on_its_way(cache, key)) start_fetch(cache, key);
    if (cache->waiting == cache->room) make_room(cache);
    cache->waiters[cache->waiting++] = (waiter){from, cache->fetches, key};
}

static bool is_meant(const rs_cache *cache, const waiter *who, const fetched *result) {
    return cache->config->coalesce ? who->key == result->key : who->number == result->number;
}

static void answer(rs_cache *cache, const fetched *result) {
    uint32_t left = 0;
    for (uint32_t i = 0; i < cache->waiting; i++) {
        const waiter *who = &cache->waiters[i];
        if (is_meant(cache, who, result))
            rs_service_reply_to(who->from, result->served, &result->down);
        else
            cache->waiters[left++] = *who;
    }
    cache->waiting = left;
}

/* ------------------------------------------------------------------ the server */

static rs_next cache_handle_call(void *state, rs_from from, const rs_message *request) {
    rs_cache *cache = state;
    if (request->type != &rs_service_request_type) return rs_stop(RS_ATOM(bad_request));
    const rs_service_request *asked = rs_message_payload(request);
    uint32_t key = (uint32_t)(asked->key % (uint64_t)cache->config->serving.keys);
    rs_service_down down;
    rs_served served = rs_serving_serve(&cache->serving, asked->key, &down);
    if (served == RS_SERVED_DOWN) return rs_service_reply(served, &down);
    if (has(cache, key)) {
        cache->hits++;
        use(cache, key);
        return rs_service_reply(served, &down);
    }
    cache->misses++;
    wait_for(cache, key, from);
    return RS_NOREPLY;
}

static rs_next cache_handle_cast(void *state, const rs_message *message) {
    rs_cache *cache = state;
    fetched result;
    if (message->type != &fetched_type) return rs_stop(RS_ATOM(bad_request));
    memcpy(&result, rs_message_payload(message), sizeof result);
    if (result.served != RS_SERVED_DOWN)
        keep(cache, result.key);
    else if (!*result.down.path)
        strncpy(result.down.path, cache->config->backend, sizeof result.down.path - 1);
    answer(cache, &result);
    return RS_NOREPLY;
}

static rs_next cache_init(void *state, const void *args, uint32_t bytes) {
    RS_ASSERT(bytes == sizeof(rs_worker_args));
    rs_cache *cache = state;
    cache->config = ((const rs_worker_args *)args)->config;
    cache->backend = rs_atom_find(cache->config->backend);
    size_t table = (ends_of(cache) + (size_t)1) * sizeof *cache->newer;
    cache->newer = memset(rs_alloc(table), 0xff, table); /* NONE */
    cache->older = rs_alloc(table);
    cache->newer[ends_of(cache)] = cache->older[ends_of(cache)] = ends_of(cache);
    rs_work(1);
    rs_serving_init(&cache->serving, &cache->config->serving, args, "cache");
    return RS_INIT_OK;
}

/* {cache,Entries,Hits,Misses,Fetches}. */
static rs_term state_to_term(const void *value, uint32_t bytes) {
    const rs_cache *cache = value;
    (void)bytes;
    return rs_term_tuple(5, (rs_term[]){rs_atom_find("cache"), rs_term_integer(cache->count),
                                        rs_term_integer((int64_t)cache->hits),
                                        rs_term_integer((int64_t)cache->misses),
                                        rs_term_integer((int64_t)cache->fetches)});
}

static const rs_type state_type = {"cache", sizeof(rs_cache), state_to_term, NULL};

static const rs_gen_server cache_server = {
    .name = "cache",
    .state_bytes = sizeof(rs_cache),
    .init = cache_init,
    .handle_call = cache_handle_call,
    .handle_cast = cache_handle_cast,
    .state_type = &state_type,
};

static uint64_t keys(const void *config) {
    return (uint64_t)((const rs_cache_config *)config)->serving.keys;
}

static const rs_operation cache_operations[] = {
    {"get", "asks for one key", rs_service_perform, 100},
};

static const rs_option cache_options[] = {
    {.key = "backend",
     .type = RS_OPTION_PATH,
     .offset = offsetof(rs_cache_config, backend),
     .help = "path of the service that is asked for what is not there",
     .accepts = rs_serving_serves,
     .accepted = RS_SERVING_ACCEPTED},
    {.key = "capacity",
     .type = RS_OPTION_INTEGER,
     .offset = offsetof(rs_cache_config, capacity),
     .fallback = "1k",
     .min = 1,
     .max = RS_SERVING_KEYS_MAX,
     .help = "keys that it holds; who was used least lately makes room"},
    {.key = "coalesce",
     .type = RS_OPTION_BOOLEAN,
     .offset = offsetof(rs_cache_config, coalesce),
     .fallback = "false",
     .help = "whether those who ask for the same missing key share one request to the backend"},
    RS_SERVING_OPTIONS(rs_cache_config, serving),
};

static const char *const messages[] = {"request",  "done",           "degraded", "down",
                                       "overload", "member_crashed", "fetched",  NULL};

const rs_worker rs_worker_cache = {
    .name = "cache",
    .about = "keeps what its backend has answered; after a crash it is cold",
    .options = cache_options,
    .option_count = sizeof cache_options / sizeof *cache_options,
    .config_bytes = sizeof(rs_cache_config),
    .server = &cache_server,
    .operations = cache_operations,
    .operation_count = sizeof cache_operations / sizeof *cache_operations,
    .messages = messages,
    .portable = true,
    .serves = true,
    .keys = keys,
};
