/* signal_test.c: messages one by one: their order, their payloads, selective receive, timeouts, and
 * actions that interrupt. Rules P1-P4.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/prng.h"
#include "runtime/process/test/puppet.h"

typedef struct sender_args {
    rs_pid to;
    int64_t first, count;
} sender_args;

static void send_many(const void *args, uint32_t bytes) {
    CHECK_INT(bytes, sizeof(sender_args));
    const sender_args *this = args;
    for (int64_t i = 0; i < this->count; i++) {
        send_number(this->to, this->first + i);
        if (i % 7 == 0) rs_yield();
    }
}

static void order_per_pair(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    enum { SENDERS = 5, EACH = 2000 };
    rs_pid senders[SENDERS];
    int64_t next[SENDERS] = {0};
    for (int i = 0; i < SENDERS; i++) {
        sender_args out = {rs_self(), i * EACH, EACH};
        senders[i] = rs_spawn(send_many, &out, sizeof out);
        memset(&out, 0xff, sizeof out); /* args are copied */
    }
    for (int n = 0; n < SENDERS * EACH; n++) {
        const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
        int64_t value = value_of(message), i = value / EACH;
        CHECK(message->from == senders[i]);
        CHECK_INT(message->kind, RS_MESSAGE);
        CHECK_INT(value % EACH, next[i]++);
    }
    is_empty();
}
TEST(P2_messages_of_one_sender_keep_their_order) {
    everywhere(order_per_pair);
}

static void last_words(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    for (int round = 0; round < ROUNDS; round++) {
        sender_args out = {rs_self(), 0, round % 20};
        rs_pid pid = 0;
        rs_ref ref = 0;
        const rs_spawn_options options = {.entry = send_many,
                                          .args = &out,
                                          .bytes = sizeof out,
                                          .link = round % 3 != 0,
                                          .monitor = round % 3 != 1,
                                          .ref = &ref};
        CHECK_INT(rs_spawn_opt(&options, &pid), RS_OK);
        for (int64_t i = 0; i < out.count; i++) CHECK_INT(take_number(), i);
        for (int i = 0; i < options.link + options.monitor; i++) {
            const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
            CHECK(message != NULL && message->from == pid);
            CHECK(message->kind == RS_MESSAGE_EXIT || message->kind == RS_MESSAGE_DOWN);
            if (message->kind == RS_MESSAGE_DOWN) CHECK(message->ref == ref);
            is_reason(message, "normal");
            CHECK(!rs_is_alive(pid));
        }
        is_empty();
    }
}
TEST(P2_the_last_messages_come_before_the_death) {
    everywhere(last_words);
}

static void sends_to_nobody(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid dead = new_puppet();
    kill_and_wait(dead);
    CHECK(!rs_is_alive(dead));
    for (int i = 0; i < 1000; i++) send_number(dead, i);
    rs_exit_signal(dead, RS_ATOM(kill));   /* X5 */
    rs_exit_signal(dead, RS_ATOM(normal)); /* X5 */
    rs_pid next = new_puppet();
    CHECK(next != dead); /* P1 */
    sees(next, "nothing");
    send_number(dead, 1);
    sees(next, "nothing");
    kill_and_wait(next);
    is_empty();
}
TEST(P1_P3_sends_to_the_dead_vanish) {
    everywhere(sends_to_nobody);
}

static void payloads(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static unsigned char data[1u << 20], copy[1u << 20];
    for (uint32_t i = 0; i < sizeof data; i++) data[i] = (unsigned char)(i * 7 + i / 256);
    memcpy(copy, data, sizeof data);
    for (uint32_t size = 0; size <= sizeof data; size = size < 600 ? size + 1 : size * 3 / 2) {
        rs_send(rs_self(), &any_type, data, size);
        memset(data, 0, size); /* the payload was copied */
        const rs_message *message = rs_receive(NULL, NULL, 0);
        CHECK(message != NULL && message->type == &any_type && message->from == rs_self());
        CHECK_INT(message->bytes, size);
        memcpy(data, copy, size);
        CHECK(memcmp(message->payload, data, size) == 0);
    }
    rs_send(rs_self(), &any_type, NULL, 0);
    CHECK_INT(rs_receive(NULL, NULL, 0)->bytes, 0);
}
TEST(P3_payloads_of_all_sizes_are_copied) {
    everywhere(payloads);
}

static bool is_number(const rs_message *message, void *context) {
    return message->type == &number_type && value_of(message) == *(const int64_t *)context;
}

static const rs_message *take_this(int64_t value, uint64_t timeout_ns) {
    return rs_receive(is_number, &value, timeout_ns);
}

static void selective(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int i = 0; i < 10; i++) send_number(rs_self(), i % 5);
    CHECK_INT(value_of(take_this(3, 0)), 3);
    CHECK(take_this(7, 0) == NULL);
    CHECK(take_this(7, 1000) == NULL);
    static const int64_t left[] = {0, 1, 2, 4, 0, 1, 2, 3, 4};
    for (size_t i = 0; i < 4; i++) CHECK_INT(take_number(), left[i]);
    CHECK_INT(value_of(take_this(3, RS_FOREVER)), 3);
    send_number(rs_self(), 9);
    static const int64_t rest[] = {0, 1, 2, 4, 9};
    for (size_t i = 0; i < 5; i++) CHECK_INT(take_number(), rest[i]);
    is_empty();
}
TEST(P4_selective_receive_leaves_the_rest_in_place) {
    everywhere(selective);
}

/* A random conversation with oneself, against a plain list. */
static void selective_model(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_prng random;
    rs_prng_init(&random, 4, "rules/selective");
    int64_t box[200];
    int count = 0;
    for (int step = 0; step < 20000; step++) {
        int64_t value = (int64_t)rs_prng_below(&random, 8);
        if (rs_prng_below(&random, 2) && count < 200) {
            send_number(rs_self(), value);
            box[count++] = value;
            continue;
        }
        bool any = rs_prng_below(&random, 4) == 0;
        int at = 0;
        while (at < count && !any && box[at] != value) at++;
        const rs_message *message = any ? rs_receive(NULL, NULL, 0) : take_this(value, 0);
        CHECK_INT(message != NULL, at < count);
        if (!message) continue;
        CHECK_INT(value_of(message), box[at]);
        memmove(&box[at], &box[at + 1], (size_t)(--count - at) * sizeof box[0]);
    }
}
TEST(P4_selective_receive_like_a_list) {
    everywhere(selective_model);
}

static void noise(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid to = *(const rs_pid *)args;
    for (;;) {
        send_number(to, 1);
        wait_ns(MS);
    }
}

static void timeouts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid self = rs_self(), pid = rs_spawn(noise, &self, sizeof self);
    for (int i = 1; i <= 3; i++) {
        uint64_t duration_ns = (uint64_t)i * 7 * MS, start_ns = rs_now_ns();
        CHECK(take_this(2, duration_ns) == NULL);
        uint64_t passed_ns = rs_now_ns() - start_ns;
        CHECK(passed_ns >= duration_ns);
        CHECK(passed_ns < duration_ns + (rs_clock_is_virtual() ? MS : 10000 * MS));
    }
    kill_and_wait(pid);
    CHECK(take_this(1, 0) != NULL); /* what did not match has stayed */
    uint64_t start_ns = rs_now_ns();
    CHECK(take_this(2, 0) == NULL);
    if (rs_clock_is_virtual()) CHECK(rs_now_ns() - start_ns < MS);
}
TEST(P4_arrivals_do_not_restart_the_timeout) {
    everywhere(timeouts);
}

static void borrowed(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    send_number(rs_self(), 42);
    const rs_message *message = rs_receive(NULL, NULL, 0);
    for (int i = 0; i < 1000; i++) send_number(rs_self(), i);
    rs_pid pid = new_puppet();
    rs_yield();
    CHECK_INT(value_of(message), 42);
    tell(pid, DO_RETURN, 0, NULL);
    rs_yield();
    CHECK_INT(value_of(message), 42);
    for (int i = 0; i < 1000; i++) CHECK_INT(take_number(), i);
}
TEST(P4_a_message_is_valid_until_the_next_receive) {
    everywhere(borrowed);
}

static void note(uint64_t argument) {
    send_number(rs_self(), (int64_t)argument);
}
static void leave(uint64_t argument) {
    rs_exit(rs_term_integer((int64_t)argument));
}

static void dawdle(uint64_t argument) {
    rs_receive(NULL, NULL, argument);
}

static void interrupts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = new_puppet();
    rs_ref ref = rs_monitor(pid);
    rs_interrupt(pid, note, 7, 0);
    settle();
    sees(pid, "number 7");
    rs_interrupt(pid, leave, 9, 0);
    expect_down(pid, ref, "9");
    rs_interrupt(pid, leave, 9, 0); /* to the dead: vanishes */
    pid = new_puppet();
    ref = rs_monitor(pid);
    rs_interrupt(pid, dawdle, MS, 0); /* an action must not wait */
    expect_down(pid, ref, "badarg");
    is_empty();
}
TEST(an_interrupt_runs_in_the_other_process) {
    everywhere(interrupts);
}

static uint32_t cause_inside;

static void note_cause(uint64_t argument) {
    (void)argument;
    cause_inside = rs_self_cause();
}

static void tells_cause(const void *args, uint32_t bytes) {
    (void)bytes;
    for (;;) {
        rs_receive(NULL, NULL, RS_FOREVER);
        send_number(*(const rs_pid *)args, rs_self_cause());
    }
}

static void causes_of_interrupts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid self = rs_self(), pid = rs_spawn(tells_cause, &self, sizeof self);
    rs_interrupt(rs_self(), note_cause, 0, 7);
    rs_yield();
    CHECK_INT(cause_inside, 7);
    CHECK_INT(rs_self_cause(), 0);
    rs_interrupt(pid, note_cause, 0, 8);
    send_number(pid, 1); /* has no cause */
    CHECK_INT(take_number(), 0);
    CHECK_INT(cause_inside, 8);
    kill_and_wait(pid);
}
TEST(an_interrupt_has_a_cause_of_its_own) {
    everywhere(causes_of_interrupts);
}

static void interrupts_itself(uint64_t argument) {
    rs_interrupt(rs_self(), note_cause, 0, 0);
    rs_yield(); /* the inner action runs here */
    rs_receive(NULL, NULL, argument);
}

static void nested_interrupts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = new_puppet();
    rs_ref ref = rs_monitor(pid);
    rs_interrupt(pid, interrupts_itself, MS, 0);
    expect_down(pid, ref, "badarg"); /* the outer one still must not wait */
}
TEST(an_action_within_an_action_changes_no_rules) {
    everywhere(nested_interrupts);
}

/* ------------------------------------------------------------------ a full inbox */

static bool may_look;

static void looks_late(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    CHECK_INT(rs_register(rs_atom_find("signal_late"), rs_self()), RS_OK);
    while (!may_look) rs_yield();
    rs_receive(is_nothing, NULL, RS_FOREVER);
}

/* Walking over what has gathered takes turns, and a kill waits for one of them at the most. */
static void killed_with_full_inbox(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    may_look = false;
    rs_pid pid = rs_spawn(looks_late, NULL, 0);
    for (int i = 0; i < 100000; i++) send_number(pid, i);
    may_look = true;
    for (int i = 0; i < 5; i++) rs_yield(); /* it is in the middle */
    CHECK(rs_whereis(rs_atom_find("signal_late")) == pid);
    rs_exit_signal(pid, RS_ATOM(kill));
    for (int i = 0; i < 2; i++) rs_yield();
    CHECK_INT(rs_whereis(rs_atom_find("signal_late")), 0); /* dying begins with the name */
}
TEST(a_kill_does_not_wait_for_a_full_inbox) {
    run_on(&one_core, killed_with_full_inbox);
}

TEST_MAIN()
