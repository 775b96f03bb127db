/* timer_test.c: timers and the clock. Rules T1-T3.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/prng.h"
#include "runtime/process/test/puppet.h"

static void timers_fire(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (uint64_t i = 0; i < 20; i++) {
        uint64_t delay_ns = i * i * MS / 20, start_ns = rs_now_ns();
        rs_ref timer = start_timer(delay_ns, rs_self(), (int64_t)i);
        const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
        CHECK_INT(value_of(message), i);
        CHECK(message->ref == timer);
        CHECK_INT(message->kind, RS_MESSAGE);
        uint64_t passed_ns = rs_now_ns() - start_ns;
        CHECK(passed_ns >= delay_ns); /* T3 */
        if (rs_clock_is_virtual()) CHECK(passed_ns < delay_ns + MS);
        CHECK(!rs_cancel_timer(timer, NULL));
    }
    is_empty();
}
TEST(T1_T3_timers_fire_and_never_early) {
    everywhere(timers_fire);
}

static void timers_cancel(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint64_t left_ns = 0;
    rs_ref timer = start_timer(1000 * MS, rs_self(), 1);
    settle();
    CHECK(rs_cancel_timer(timer, &left_ns));
    CHECK(left_ns > 0 && left_ns <= 1000 * MS - SETTLE_NS);
    CHECK(!rs_cancel_timer(timer, &left_ns));
    CHECK(!rs_cancel_timer(rs_make_ref(), NULL));
    timer = start_timer(0, rs_self(), 2);
    settle();
    CHECK(!rs_cancel_timer(timer, NULL));
    CHECK_INT(take_number(), 2); /* it was in the mailbox already */
    for (int i = 0; i < ROUNDS; i++) {
        timer = start_timer((uint64_t)(i % 10) * MS / 50, rs_self(), i);
        if (i % 3) wait_ns((uint64_t)(i % 7) * MS / 50);
        if (rs_cancel_timer(timer, NULL))
            is_empty();
        else
            CHECK_INT(take_number(), i);
    }
    settle();
    is_empty();
}
TEST(T2_cancel_tells_what_was_left_or_false) {
    everywhere(timers_cancel);
}

static void timers_in_order(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    enum { COUNT = 5000 };
    static uint64_t due_ns[COUNT];
    static bool cancelled[COUNT];
    static rs_ref refs[COUNT];
    rs_prng random;
    rs_prng_init(&random, 9, "rules/timers");
    int expected = COUNT;
    for (int i = 0; i < COUNT; i++) {
        uint64_t delay_ns = 20 * MS + rs_prng_below(&random, 40) * MS;
        due_ns[i] = rs_now_ns() + delay_ns;
        refs[i] = start_timer(delay_ns, rs_self(), i);
        cancelled[i] = false;
        if (rs_prng_below(&random, 3) == 0) {
            int victim = (int)rs_prng_below(&random, (uint64_t)i + 1);
            bool was = rs_cancel_timer(refs[victim], NULL);
            if (rs_clock_is_virtual()) CHECK_INT(was, !cancelled[victim]);
            expected -= was;
            cancelled[victim] |= was;
        }
    }
    uint64_t last_ns = 0;
    for (int n = 0; n < expected; n++) {
        const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
        int64_t i = value_of(message);
        CHECK(!cancelled[i] && message->ref == refs[i]);
        cancelled[i] = true; /* once only */
        CHECK(rs_now_ns() >= due_ns[i]);
        if (rs_clock_is_virtual()) CHECK(due_ns[i] + MS >= last_ns);
        last_ns = due_ns[i] > last_ns ? due_ns[i] : last_ns;
    }
    wait_ns(50 * MS);
    is_empty();
}
TEST(T_many_timers_fire_once_and_in_order) {
    everywhere(timers_in_order);
}

static void timers_and_death(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before, after;
    rs_memory_read(&before);
    rs_pid pid = new_puppet();
    for (int i = 0; i < 100; i++) start_timer((uint64_t)(i % 10) * MS, pid, i);
    kill_and_wait(pid);
    rs_ref late = start_timer(MS, pid, 1);
    wait_ns(20 * MS);
    CHECK(!rs_cancel_timer(late, NULL));
    is_empty();
    rs_cancel_timer(start_timer(MS, pid, 1), NULL); /* fired ones are swept by the next start */
    rs_memory_read(&after);
    CHECK_INT(after.timer, before.timer);
    CHECK_INT(after.message, before.message);
}
TEST(P8_timers_to_the_dead_are_dropped) {
    everywhere(timers_and_death);
}

static void starts_timer(const void *args, uint32_t bytes) {
    (void)bytes;
    start_timer(3 * MS, *(const rs_pid *)args, 5);
}

static void timers_of_dead_owner(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid self = rs_self();
    rs_ref ref = 0;
    rs_pid pid = rs_spawn_monitor(starts_timer, &self, sizeof self, &ref);
    expect_down(pid, ref, "normal");
    CHECK_INT(take_number(), 5); /* T1: like send_after, it outlives who started it */
}
TEST(T1_a_timer_outlives_who_started_it) {
    everywhere(timers_of_dead_owner);
}

static void clock_goes_on(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint64_t last_ns = rs_now_ns();
    for (int i = 0; i < 2000; i++) {
        if (i % 100 == 0) wait_ns(MS / 10);
        rs_yield();
        uint64_t now_ns = rs_now_ns();
        CHECK(now_ns >= last_ns);
        last_ns = now_ns;
    }
}
TEST(the_clock_never_goes_back) {
    everywhere(clock_goes_on);
}

/* A reference names one timer: not the next that takes its place, nor one of another process. */
static void cancels_for(const void *args, uint32_t bytes) {
    (void)bytes;
    CHECK(!rs_cancel_timer(*(const rs_ref *)args, NULL));
}

static void stale_references(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    enum { COUNT = 300 };
    rs_ref refs[COUNT], again[COUNT], down;
    for (int i = 0; i < COUNT; i++) refs[i] = start_timer(10000 * MS, rs_self(), i);
    for (int i = 0; i < COUNT; i++) CHECK(rs_cancel_timer(refs[i * 7 % COUNT], NULL));
    for (int i = 0; i < COUNT; i++) again[i] = start_timer(10000 * MS, rs_self(), i);
    for (int i = 0; i < COUNT; i++) {
        CHECK(!rs_cancel_timer(refs[i], NULL));
        CHECK(!rs_cancel_timer(again[i] ^ UINT64_C(1) << 36, NULL));
        CHECK(!rs_cancel_timer(again[i] ^ UINT64_C(1) << 35, NULL)); /* no such handle */
    }
    CHECK(rs_spawn_monitor(cancels_for, &again[0], sizeof again[0], &down) != 0);
    const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
    CHECK_INT(message->kind, RS_MESSAGE_DOWN);
    is_reason(message, "normal");
    for (int i = 0; i < COUNT; i++) CHECK(rs_cancel_timer(again[i], NULL));
    is_empty();
}
TEST(T2_a_reference_names_one_timer) {
    everywhere(stale_references);
}

static void one_long_timer(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before, after;
    rs_memory_read(&before);
    rs_send_after(3600000 * MS, rs_self(), &any_type, NULL, 0);
    for (int i = 0; i < 10000; i++) {
        rs_send_after(1, rs_self(), &any_type, NULL, 0);
        CHECK(rs_receive(NULL, NULL, LONG_NS) != NULL);
    }
    rs_memory_read(&after);
    CHECK(after.timer < before.timer + 16384);
}
TEST(a_long_timer_keeps_no_others) {
    everywhere(one_long_timer);
}

TEST_MAIN()
