/* loop_virtual_test.c: one thread that plays all cores: order, causality, and when a run is stuck.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/atomic.h"
#include "runtime/process/test/puppet.h"

static void equal_deadlines(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int i = 0; i < 200; i++) start_timer(5 * MS, rs_self(), i);
    for (int i = 0; i < 200; i++) CHECK_INT(take_number(), i);
}
TEST(equal_deadlines_fire_in_the_order_of_their_start) {
    /* No costs: all 200 timers are started at the same virtual instant. */
    const rs_runtime_options kinds[] = {
        {.clock = RS_CLOCK_VIRTUAL},
        {.clock = RS_CLOCK_VIRTUAL, .threads = 4, .scheduler = "steal"}};
    for (int i = 0; i < 2; i++) run_on(&kinds[i], equal_deadlines);
}

/* Turns of the loop in which timers fire and nobody wakes are no sign of a stuck run. */
#if RS_TSAN
#define SILENT_TIMERS 100000u /* a tenth must do where all takes ten times as long */
#else
#define SILENT_TIMERS 1100000u
#endif

static void silent_timers(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    rs_pid dead = rs_spawn_monitor(ends, NULL, 0, &ref);
    expect_down(dead, ref, "normal");
    for (uint32_t i = 0; i < SILENT_TIMERS; i++)
        CHECK(rs_send_after(1000 * MS + i, dead, &any_type, NULL, 0) != 0);
    CHECK(rs_receive(NULL, NULL, 5000 * MS) == NULL);
    CHECK(rs_now_ns() >= 5000 * MS);
}
TEST(timers_that_wake_nobody_do_not_end_the_run) {
    run_on(&(rs_runtime_options){.clock = RS_CLOCK_VIRTUAL}, silent_timers);
}

static rs_atomic_u32 received;

static void polls(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (uint32_t count = 0; count < 20;) {
        const rs_message *message = rs_receive(NULL, NULL, 0);
        if (message) {
            CHECK(*(const uint64_t *)(const void *)message->payload <= rs_now_ns());
            rs_add(&received, 1, rs_relaxed);
            count++;
        }
        rs_work(1000);
        rs_yield();
    }
}

static void stamps(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid to = *(const rs_pid *)args;
    for (int i = 0; i < 20; i++) {
        rs_work(100000 + (uint64_t)i * 777);
        uint64_t now = rs_now_ns();
        rs_send(to, &any_type, &now, sizeof now);
    }
}

static void causality(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_store(&received, 0, rs_relaxed);
    for (int i = 0; i < 3; i++) {
        rs_pid to = rs_spawn(polls, NULL, 0);
        rs_spawn(stamps, &to, sizeof to);
    }
    rs_receive(NULL, NULL, 1000 * MS);
    CHECK_INT(rs_load(&received, rs_relaxed), 60);
}
TEST(nothing_is_received_before_it_was_sent) {
    const char *const kinds[] = {"fifo", "steal"};
    for (size_t i = 0; i < 2; i++)
        for (uint32_t cores = 2; cores <= 4; cores++)
            run_on(&(rs_runtime_options){.clock = RS_CLOCK_VIRTUAL,
                                         .threads = cores,
                                         .scheduler = kinds[i],
                                         .costs = {1000, 100, 100, 1, 1}},
                   causality);
}

static uint64_t died_ns;

static void hear_death(void *context, const rs_event *event) {
    (void)context;
    if (event->kind == RS_EVENT_EXIT) died_ns = event->time_ns;
}

/* The message makes the victim ready on the core that is behind; the kill comes later. */
static void kills(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid victim = 0;
    rs_ref ref = 0;
    rs_spawn_options options = {.entry = waits, .monitor = true, .ref = &ref, .role = 1};
    CHECK_INT(rs_spawn_opt(&options, &victim), RS_OK);
    rs_receive(NULL, NULL, MS);
    rs_send(victim, &any_type, NULL, 0);
    rs_work(100000);
    uint64_t killed_ns = rs_now_ns();
    rs_exit_signal(victim, RS_ATOM(kill));
    expect_down(victim, ref, "killed");
    CHECK(died_ns >= killed_ns);
}
TEST(nobody_dies_before_the_kill) {
    const rs_observer observer = {.event = hear_death};
    run_on(&(rs_runtime_options){.clock = RS_CLOCK_VIRTUAL,
                                 .threads = 2,
                                 .scheduler = "fifo",
                                 .costs = {1000, 100, 100, 1, 1},
                                 .observer = &observer},
           kills);
}

TEST_MAIN()
