/* ring_test.c: three members under the virtual clock, where each hop takes a millisecond.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/ring.h"

#include "scenarios/workers/test/ask.h"

#define MEMBER(NEXT)                                                                               \
    { .next = (NEXT), .hop_time = CONSTANT(MS), .resend_ns = 20 * MS, .laps = 2, .resends = 3 }

static rs_ring_config a = MEMBER("b"), b = MEMBER("c"), c = MEMBER("a");

static rs_pid start_member(const char *name, const rs_ring_config *config) {
    return start_worker("ring", name, config);
}

static uint64_t round_ns(rs_pid member) {
    uint64_t before_ns = rs_now_ns();
    CHECK(ask(member, 0)->type == &rs_service_done_type);
    return rs_now_ns() - before_ns;
}

static void go_round(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_pid first = start_member("a", &a), second = start_member("b", &b);
    start_member("c", &c);
    CHECK_INT(round_ns(first), 2 * 3 * MS);
    CHECK_INT(round_ns(second), 2 * 3 * MS); /* a round begins anywhere */
    a.laps = 10;
    CHECK_INT(round_ns(first), 10 * 3 * MS);
    a.laps = 2;
    for (int i = 0; i < 5; i++) ask_aside(first, 0); /* tokens follow one another */
    for (int i = 0; i < 5; i++) CHECK(hear().type == &rs_service_done_type);
}

TEST(a_token_goes_round_as_often_as_it_should) {
    run_with(RS_CLOCK_VIRTUAL, go_round);
}

static void lose_tokens(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_pid first = start_member("a", &a);
    start_member("c", &c);
    uint64_t before_ns = rs_now_ns();
    CHECK(ask(first, 0)->type == &rs_service_down_type); /* sent four times */
    CHECK_INT(rs_now_ns() - before_ns, 4 * 20 * MS);
    rs_pid second = start_member("b", &b);
    ask_aside(first, 0);
    rs_sleep(MS + MS / 2); /* b holds it */
    kill_and_wait(second);
    start_member("b", &b);
    before_ns = rs_now_ns();
    CHECK(hear().type == &rs_service_done_type);
    CHECK_INT(rs_now_ns() - before_ns, 20 * MS + 6 * MS - MS - MS / 2);
}

TEST(a_token_that_is_lost_is_sent_again) {
    run_with(RS_CLOCK_VIRTUAL, lose_tokens);
}

static void be_slow(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    a.resend_ns = 2 * MS; /* shorter than a round: each is sent twice, and counts once */
    rs_pid first = start_member("a", &a);
    start_member("b", &b);
    start_member("c", &c);
    a.laps = 4, a.resends = 100;
    CHECK(round_ns(first) >= 4 * 3 * MS);
    a.resend_ns = 20 * MS, a.laps = 2, a.resends = 3;
    rs_sleep(100 * MS); /* the late ones harm nobody */
    CHECK(round_ns(first) == 2 * 3 * MS);
}

TEST(a_token_that_was_only_slow_counts_once) {
    run_with(RS_CLOCK_VIRTUAL, be_slow);
}

static void go_round_really(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_pid first = start_member("a", &a);
    start_member("b", &b);
    start_member("c", &c);
    CHECK(round_ns(first) >= 2 * 3 * MS);
}

TEST(real_time_is_never_shorter) {
    run_with(RS_CLOCK_REAL, go_round_really);
}

TEST_MAIN()
