/* cache_test.c: a cache of three keys before a slow backend, and a model of it fed with the same
 * keys.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/cache.h"

#include "runtime/otp/sys.h"
#include "scenarios/workers/test/ask.h"

static const rs_service_config slow = {{.service_time = CONSTANT(10 * MS)}};
static rs_cache_config small = {
    .serving = {.keys = 10, .timeout_ns = 1000 * MS}, .backend = "db", .capacity = 3};

static uint64_t ask_ns(rs_pid cache, uint64_t key) {
    uint64_t before_ns = rs_now_ns();
    CHECK(ask(cache, key)->type == &rs_service_done_type);
    return rs_now_ns() - before_ns;
}

static void check_state(rs_pid cache, const char *expected) {
    char text[128];
    rs_term state = 0;
    CHECK_INT(rs_sys_get_state(cache, RS_FOREVER, &state), RS_OK);
    rs_term_print(state, text, sizeof text);
    CHECK_STR(text, expected);
    rs_term_release(state);
}

static void hit_and_miss(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    start_worker("service", "db", &slow);
    rs_pid cache = start_worker("cache", "cache", &small);
    CHECK_INT(ask_ns(cache, 1), 10 * MS);
    CHECK_INT(ask_ns(cache, 2), 10 * MS);
    CHECK_INT(ask_ns(cache, 3), 10 * MS);
    CHECK_INT(ask_ns(cache, 1), 0);
    CHECK_INT(ask_ns(cache, 4), 10 * MS); /* pushes out 2, used least lately */
    CHECK_INT(ask_ns(cache, 1), 0);
    CHECK_INT(ask_ns(cache, 3), 0);
    CHECK_INT(ask_ns(cache, 2), 10 * MS);
    check_state(cache, "{cache,3,3,5,5}");
}

TEST(what_was_used_least_lately_makes_room) {
    run_with(RS_CLOCK_VIRTUAL, hit_and_miss);
}

/* The model: keys by use, latest first. */
static bool model_has(uint64_t *keys, uint32_t *count, uint32_t capacity, uint64_t key) {
    uint32_t at = 0;
    while (at < *count && keys[at] != key) at++;
    bool found = at < *count;
    if (!found && *count < capacity) ++*count;
    if (!found) at = *count - 1;
    for (; at > 0; at--) keys[at] = keys[at - 1];
    keys[0] = key;
    return found;
}

static void follow_model(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    uint64_t keys[10];
    uint32_t count = 0;
    rs_prng prng;
    rs_prng_init(&prng, 1, "cache_test");
    start_worker("service", "db", &slow);
    for (small.capacity = 1; small.capacity <= 10; small.capacity++) {
        rs_pid cache = start_worker("cache", "cache", &small);
        count = 0;
        for (int i = 0; i < 300; i++) {
            uint64_t key = rs_prng_below(&prng, 10);
            bool hit = model_has(keys, &count, (uint32_t)small.capacity, key);
            CHECK_INT(ask_ns(cache, key), hit ? 0 : 10 * MS);
        }
        kill_and_wait(cache);
    }
    small.capacity = 3;
}

TEST(it_holds_what_a_model_holds) {
    run_with(RS_CLOCK_VIRTUAL, follow_model);
}

static void ask_many(rs_pid cache, uint32_t count, uint64_t key) {
    for (uint32_t i = 0; i < count; i++) ask_aside(cache, key);
    for (uint32_t i = 0; i < count; i++) CHECK(hear().type == &rs_service_done_type);
}

static void stampede(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    start_worker("service", "db", &slow);
    rs_pid cache = start_worker("cache", "cache", &small);
    ask_many(cache, 40, 7);
    check_state(cache, "{cache,1,0,40,40}"); /* each of them asks the backend */
    kill_and_wait(cache);
    small.coalesce = true;
    cache = start_worker("cache", "cache", &small);
    ask_many(cache, 40, 7);
    check_state(cache, "{cache,1,0,40,1}");
    ask_many(cache, 40, 7);
    check_state(cache, "{cache,1,40,40,1}");
    small.coalesce = false;
}

TEST(a_cold_cache_lets_all_through_and_a_coalescing_one_lets_one) {
    run_with(RS_CLOCK_VIRTUAL, stampede);
}

static void fail_to_fetch(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_pid cache = start_worker("cache", "cache", &small);
    const rs_message *answer = ask(cache, 1);
    CHECK(answer->type == &rs_service_down_type);
    CHECK_STR(((const rs_service_down *)rs_message_payload(answer))->path, "db");
    rs_pid db = start_worker("service", "db", &slow);
    CHECK_INT(ask_ns(cache, 1), 10 * MS); /* a failure is not kept */
    kill_and_wait(db);
    CHECK_INT(ask_ns(cache, 1), 0); /* what it has it has */
    CHECK(ask(cache, 2)->type == &rs_service_down_type);
    kill_and_wait(cache);
    CHECK_INT(processes(), 1);
}

TEST(a_backend_that_is_down_is_named_and_what_is_cached_is_answered) {
    run_with(RS_CLOCK_VIRTUAL, fail_to_fetch);
}

static void hit_really(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    start_worker("service", "db", &slow);
    rs_pid cache = start_worker("cache", "cache", &small);
    CHECK(ask_ns(cache, 1) >= 10 * MS);
    ask_many(cache, 10, 2);
    ask_ns(cache, 2);
    check_state(cache, "{cache,2,1,11,11}");
}

TEST(it_works_under_the_real_clock) {
    run_with(RS_CLOCK_REAL, hit_really);
}

TEST_MAIN()
