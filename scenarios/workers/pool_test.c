/* pool_test.c: two members and a short queue, under the virtual clock, where times are exact.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/pool.h"

#include "scenarios/workers/test/ask.h"

static rs_pool_config two = {.serving = {.service_time = CONSTANT(10 * MS)}, .size = 2, .queue = 3};

static void fill(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_pid pool = start_worker("pool", "pool", &two);
    uint64_t start_ns = rs_now_ns();
    rs_yield();
    for (uint64_t key = 0; key < 7; key++) ask_aside(pool, key);
    for (int i = 0; i < 2; i++) { /* two are served, three wait */
        told refused = hear();
        CHECK(refused.type == &rs_service_overload_type && refused.key >= 5);
        CHECK_INT(refused.time_ns, start_ns);
    }
    for (uint64_t i = 0; i < 5; i++) {
        told served = hear();
        CHECK(served.type == &rs_service_done_type);
        CHECK_INT(served.time_ns - start_ns, (i / 2 + 1) * 10 * MS);
        CHECK_INT(served.key / 2, i / 2); /* in turn */
    }
    CHECK(ask(pool, 0)->type == &rs_service_done_type);
}

TEST(members_serve_at_the_same_time_and_a_full_queue_refuses) {
    run_with(RS_CLOCK_VIRTUAL, fill);
}

static void no_queue(const void *args, uint32_t bytes) {
    static const rs_pool_config none = {.serving = {.service_time = CONSTANT(10 * MS)}, .size = 1};
    (void)args;
    (void)bytes;
    rs_pid pool = start_worker("pool", "pool", &none);
    rs_yield();
    ask_aside(pool, 0);
    ask_aside(pool, 1);
    CHECK(hear().type == &rs_service_overload_type);
    CHECK(hear().type == &rs_service_done_type);
}

TEST(without_a_queue_nobody_waits) {
    run_with(RS_CLOCK_VIRTUAL, no_queue);
}

static void crash_members(const void *args, uint32_t bytes) {
    static const rs_pool_config frail = {.serving = {.service_time = CONSTANT(MS),
                                                     .start_time = CONSTANT(5 * MS),
                                                     .poison_ppm = 1000000},
                                         .size = 2,
                                         .queue = 10};
    (void)args;
    (void)bytes;
    uint64_t before_ns = rs_now_ns();
    rs_pid pool = start_worker("pool", "pool", &frail);
    CHECK_INT(rs_now_ns() - before_ns, 5 * MS);
    uint64_t count = processes();
    rs_yield();
    for (uint64_t key = 0; key < 4; key++) ask_aside(pool, key);
    for (uint64_t i = 0; i < 4; i++) {
        told crashed = hear();
        CHECK(crashed.type == &rs_service_crashed_type);
        CHECK_INT(crashed.time_ns - before_ns, (i < 2 ? 5 : 10) * MS); /* the next has to start */
    }
    rs_sleep(10 * MS);
    CHECK_INT(processes(), count);
    kill_and_wait(pool);
    rs_yield();
    CHECK_INT(processes(), 1); /* none outlives it */
}

TEST(a_member_that_crashes_takes_its_request_along_and_is_replaced) {
    run_with(RS_CLOCK_VIRTUAL, crash_members);
}

static void fill_really(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_pid pool = start_worker("pool", "pool", &two);
    uint64_t start_ns = rs_now_ns();
    rs_sleep(MS);
    for (uint64_t key = 0; key < 5; key++) ask_aside(pool, key);
    for (uint64_t i = 0; i < 5; i++) {
        told served = hear();
        CHECK(served.type == &rs_service_done_type);
        CHECK(served.time_ns - start_ns >= (i / 2 + 1) * 10 * MS);
    }
}

TEST(real_time_is_never_shorter) {
    run_with(RS_CLOCK_REAL, fill_really);
}

TEST_MAIN()
