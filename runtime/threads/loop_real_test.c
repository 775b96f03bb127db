/* loop_real_test.c: cores on threads: who may run, runs.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/atomic.h"
#include "runtime/process/test/puppet.h"

#include <time.h>

static uint64_t clock_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 * MS + (uint64_t)now.tv_nsec;
}

static rs_atomic_u32 stopping, turns;

static void yields_on(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_receive(NULL, NULL, 20 * MS); /* woken by its timer, on the core that main keeps busy */
    while (!rs_load(&stopping, rs_relaxed)) {
        rs_add(&turns, 1, rs_relaxed);
        rs_yield();
    }
}

/* True when the other one moves on while we keep our core. */
static bool runs_beside_us(void) {
    uint64_t from = clock_ns();
    uint32_t before = rs_load(&turns, rs_relaxed);
    while (rs_load(&turns, rs_relaxed) == before)
        if (clock_ns() - from > MS) return false;
    return true;
}

static void two_yielders(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    rs_pid pid = rs_spawn_monitor(yields_on, NULL, 0, &ref);
    rs_receive(NULL, NULL, 10 * MS);
    uint64_t from = clock_ns();
    bool beside = false;
    while (!beside && clock_ns() - from < 5000 * MS) {
        for (int i = 0; i < 100; i++) rs_yield();
        beside = rs_load(&turns, rs_relaxed) > 0 && runs_beside_us();
    }
    CHECK(beside);
    rs_store(&stopping, 1, rs_relaxed);
    expect_down(pid, ref, "normal");
}
TEST(two_who_yield_share_two_cores) {
    for (int i = 0; i < 5; i++) {
        rs_store(&stopping, 0, rs_relaxed);
        rs_store(&turns, 0, rs_relaxed);
        run_on(&two_threads, two_yielders);
    }
}

static rs_atomic_u32 began;

static void begins(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_add(&began, 1, rs_release);
}

/* The spawner does not let go of its core, so that only the other one can run them. */
static void selfish_spawner(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (uint32_t round = 0; round < 300; round++) {
        rs_receive(NULL, NULL, round % 3 == 0 ? MS : 1);
        rs_store(&began, 0, rs_relaxed);
        rs_spawn(begins, NULL, 0);
        rs_spawn(begins, NULL, 0);
        uint64_t from = clock_ns();
        while (!rs_load(&began, rs_acquire) && clock_ns() - from < 5000 * MS) rs_relax();
        CHECK(rs_load(&began, rs_acquire) > 0);
        while (rs_load(&began, rs_acquire) < 2) rs_yield();
    }
}
TEST(an_idle_core_wakes_for_what_another_cannot_run) {
    run_on(&two_threads, selfish_spawner);
}

TEST_MAIN()
