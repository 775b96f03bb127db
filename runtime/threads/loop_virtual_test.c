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

/* ------------------------------------------------------------------ timers while others work */

/* Only declared work costs time here: with one core idle, whoever waits wakes to the nanosecond. */
static const rs_costs only_work = {.work_ns = 1};

typedef struct toil {
    uint64_t until_ns, piece_ns;
} toil;

static void works(const void *args, uint32_t bytes) {
    (void)bytes;
    const toil *this = args;
    while (rs_now_ns() < this->until_ns) {
        rs_work(this->piece_ns);
        rs_yield();
    }
}

static void occupy(uint32_t cores, uint64_t duration_ns, uint64_t piece_ns) {
    for (uint32_t i = 0; i < cores; i++) {
        const toil each = {rs_now_ns() + duration_ns, piece_ns + i * 777};
        CHECK(rs_spawn(works, &each, sizeof each) != 0);
    }
}

static void expect_exact(uint64_t from_ns, uint64_t delay_ns) {
    if (rs_now_ns() != from_ns + delay_ns)
        rs_test_fail(__FILE__, __LINE__, "after %" PRIu64 " ns instead of %" PRIu64,
                     rs_now_ns() - from_ns, delay_ns);
}

/* Timeouts, timers and what is left of them, in odd and even steps. */
static void waits_often(const void *args, uint32_t bytes) {
    (void)bytes;
    uint64_t seed = *(const uint64_t *)args;
    for (uint64_t i = 1; i <= 50; i++) {
        uint64_t delay_ns = 1 + (i * 37 + seed * 101) % 97 * 10007, from_ns = rs_now_ns();
        rs_ref timer = start_timer(delay_ns, rs_self(), (int64_t)i);
        rs_ref longer = start_timer(delay_ns + 5000, rs_self(), 0);
        CHECK_INT(take_number(), i);
        expect_exact(from_ns, delay_ns);
        CHECK(!rs_cancel_timer(timer, NULL));
        uint64_t left_ns = 0;
        CHECK(rs_receive(NULL, NULL, 3000) == NULL);
        expect_exact(from_ns, delay_ns + 3000);
        CHECK(rs_cancel_timer(longer, &left_ns));
        CHECK_INT(left_ns, 2000);
        CHECK(rs_receive(NULL, NULL, 3000) == NULL);
        expect_exact(from_ns, delay_ns + 6000);
    }
}

/* All cores but one are busy, in pieces far longer than what is waited for. */
static void beside_work(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref refs[5];
    rs_pid waiters[5];
    occupy(variant_of(args) - 1, 100 * MS, 7 * MS);
    wait_ns(20 * MS); /* until each worker has a core of its own */
    for (uint64_t i = 0; i < 5; i++)
        waiters[i] = rs_spawn_monitor(waits_often, &i, sizeof i, &refs[i]);
    for (int i = 0; i < 5; i++) expect_down(waiters[i], refs[i], "normal");
}
TEST(timers_fire_in_time_while_all_cores_but_one_work) {
    for (uint32_t cores = 1; cores <= 8; cores++) {
        const rs_runtime_options steal = {
            .clock = RS_CLOCK_VIRTUAL, .threads = cores, .scheduler = "steal", .costs = only_work};
        const rs_runtime_options fifo = {
            .clock = RS_CLOCK_VIRTUAL, .threads = cores, .scheduler = "fifo", .costs = only_work};
        run_with(&steal, beside_work, cores);
        run_with(&fifo, beside_work, cores);
    }
}

/* The core of whoever waits works for long: no other is free to see the timer in time. Then it
 * fires when the work is done, and not earlier. */
static void behind_work(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint64_t from_ns = rs_now_ns();
    start_timer(MS, rs_self(), 1);
    occupy(variant_of(args), 1, 10 * MS);
    CHECK_INT(take_number(), 1);
    CHECK(rs_now_ns() >= from_ns + 10 * MS);
    CHECK(rs_now_ns() < from_ns + 11 * MS);
}
TEST(a_timer_waits_for_cores_that_all_work) {
    for (uint32_t cores = 1; cores <= 4; cores++)
        run_with(&(rs_runtime_options){.clock = RS_CLOCK_VIRTUAL,
                                       .threads = cores,
                                       .scheduler = "fifo",
                                       .costs = only_work},
                 behind_work, cores);
}

/* ------------------------------------------------------------------ what another makes ready */

static void begins(const void *args, uint32_t bytes) {
    (void)bytes;
    expect_exact(*(const uint64_t *)args, 0);
}

/* Has children in the middle of its pieces of work: with a core idle, each begins at its birth. */
static void bears(const void *args, uint32_t bytes) {
    (void)bytes;
    const toil *this = args;
    for (int i = 0; i < 20; i++) {
        for (int child = 0; child < 3; child++) {
            rs_work(this->piece_ns);
            uint64_t now_ns = rs_now_ns();
            CHECK(rs_spawn(begins, &now_ns, sizeof now_ns) != 0);
        }
        rs_work(this->piece_ns * 7);
        rs_yield();
    }
}

static void births(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    occupy(variant_of(args) - 3, 100 * MS, 20 * MS);
    rs_ref refs[2];
    rs_pid pids[2];
    for (uint64_t i = 0; i < 2; i++) {
        const toil each = {.piece_ns = 10007 + i * 331};
        pids[i] = rs_spawn_monitor(bears, &each, sizeof each, &refs[i]);
    }
    for (int i = 0; i < 2; i++) expect_down(pids[i], refs[i], "normal");
}
TEST(children_begin_at_their_birth_while_a_core_is_idle) {
    for (uint32_t cores = 3; cores <= 6; cores++)
        run_with(&(rs_runtime_options){.clock = RS_CLOCK_VIRTUAL,
                                       .threads = cores,
                                       .scheduler = "fifo",
                                       .costs = only_work},
                 births, cores);
}

/* Two who wake each other stay on one core, in a place from which nobody steals: there is work to
 * come that an idle core cannot see. */
static void bears_in_turn(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid other = *(const rs_pid *)args;
    for (int i = 0; i < 500; i++) {
        if (i > 0 || !other) {
            const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
            other = message->from;
        }
        rs_work(10007);
        uint64_t now_ns = rs_now_ns();
        for (int child = 0; i > 300 && i % 9 == 0 && child < 2; child++)
            CHECK(rs_spawn(begins, &now_ns, sizeof now_ns) != 0);
        send_number(other, i);
    }
}

static void births_in_turn(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref refs[2];
    rs_pid pids[2] = {0};
    occupy(variant_of(args) - 2, 100 * MS, 20 * MS);
    pids[0] = rs_spawn_monitor(bears_in_turn, &pids[1], sizeof pids[1], &refs[0]);
    wait_ns(50 * MS); /* until each worker has a core of its own */
    pids[1] = rs_spawn_monitor(bears_in_turn, &pids[0], sizeof pids[0], &refs[1]);
    CHECK(rs_spawn(ends, NULL, 0) != 0); /* now the one before it can be stolen */
    rs_work(5 * MS);
    for (int i = 0; i < 2; i++) expect_down(pids[i], refs[i], "normal");
}
TEST(children_of_those_who_share_a_core_begin_at_their_birth) {
    for (uint32_t cores = 3; cores <= 6; cores++)
        run_with(&(rs_runtime_options){.clock = RS_CLOCK_VIRTUAL,
                                       .threads = cores,
                                       .scheduler = "steal",
                                       .costs = only_work},
                 births_in_turn, cores);
}

/* ------------------------------------------------------------------ stuck or not, and causality */

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

/* ------------------------------------------------------------------ one after the other */

enum { ASKERS = 12, QUESTIONS = 20 };

static void serves(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int i = 0; i < ASKERS * QUESTIONS; i++) {
        rs_pid from = *(const rs_pid *)(const void *)rs_receive(NULL, NULL, RS_FOREVER)->payload;
        rs_work(2000);
        rs_send(from, &any_type, NULL, 0);
    }
}

static void asks(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid server = *(const rs_pid *)args, self = rs_self();
    for (int i = 0; i < QUESTIONS; i++) {
        rs_send(server, &any_type, &self, sizeof self);
        rs_receive(NULL, NULL, RS_FOREVER);
    }
}

/* Askers wake the server from cores that are behind the one where it has just worked. */
static void one_serves_many(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    uint64_t from_ns = rs_now_ns();
    rs_pid server = rs_spawn_monitor(serves, NULL, 0, &ref);
    for (int i = 0; i < ASKERS; i++) rs_spawn(asks, &server, sizeof server);
    expect_down(server, ref, "normal");
    CHECK(rs_now_ns() - from_ns >= 2000 * ASKERS * QUESTIONS);
}
TEST(nobody_runs_twice_at_a_time) {
    for (const rs_sched_kind *const *kind = rs_scheds; *kind; kind++)
        if (!(*kind)->replays)
            run_on(&(rs_runtime_options){.clock = RS_CLOCK_VIRTUAL,
                                         .threads = 8,
                                         .scheduler = (*kind)->name,
                                         .costs = {1000, 100, 100, 1, 1}},
                   one_serves_many);
}

TEST_MAIN()
