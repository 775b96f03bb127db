/* gen_server_call_test.c: calls in odd places: large ones, those that nobody answers or another
 * answers too late, those of an action that interrupts.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/gen_server.h"

#include "runtime/base/atomic.h"
#include "runtime/process/test/puppet.h"

/* ------------------------------------------------------------------ a server to call */

static rs_next echo_init(void *state, const void *args, uint32_t bytes) {
    (void)state;
    const unsigned char *content = args;
    for (uint32_t i = 0; i < bytes; i++) CHECK_INT(content[i], (unsigned char)i);
    return RS_INIT_OK;
}

static rs_next echo_call(void *state, rs_from from, const rs_message *request) {
    (void)from;
    echo_init(state, request->payload, request->bytes);
    return rs_reply(&any_type, NULL, 0);
}

static const rs_gen_server echo = {.name = "echo", .init = echo_init, .handle_call = echo_call};

static rs_pid start(const rs_gen_server *module, const void *args, uint32_t bytes) {
    rs_pid pid = 0;
    rs_term reason = 0;
    CHECK_INT(rs_gen_server_start(module, args, bytes, NULL, &pid, &reason), RS_START_OK);
    return pid;
}

static void expect_echo(rs_pid server, const void *payload, uint32_t bytes) {
    rs_term reason = 0;
    const rs_message *reply =
        rs_gen_server_try_call(server, &any_type, payload, bytes, LONG_NS, &reason);
    CHECK(reply != NULL);
    CHECK_INT(reply->bytes, 0);
}

static unsigned char large[40000];

static void large_messages(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (size_t i = 0; i < sizeof large; i++) large[i] = (unsigned char)i;
    rs_memory_use before, after;
    rs_memory_read(&before);
    rs_pid server = start(&echo, large, sizeof large);
    for (int i = 0; i < 3; i++) expect_echo(server, large, sizeof large);
    expect_echo(server, NULL, 0);
    rs_memory_read(&after);
    CHECK(after.message < before.message + sizeof large);
}
TEST(large_requests_may_have_empty_replies) {
    everywhere(large_messages);
}

static void lets_call_go(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
    CHECK_INT(message->kind, RS_MESSAGE_CALL);
    if (variant_of(args)) rs_receive(NULL, NULL, MS);
    rs_exit(rs_atom_find("boom"));
}

static void unanswered(const void *args, uint32_t bytes) {
    rs_pid callee = rs_spawn(lets_call_go, args, bytes);
    rs_term reason = 0;
    CHECK(rs_gen_server_try_call(callee, &any_type, NULL, 0, LONG_NS, &reason) == NULL);
    CHECK_STR(rs_atom_text(reason), "boom");
}
TEST(a_call_that_was_let_go_fails_with_its_callee) {
    for (uint32_t received_again = 0; received_again < 2; received_again++)
        everywhere_with(unanswered, received_again);
}

static rs_pid clerk;
static rs_atomic_u32 handed;

static rs_next hand_over(void *state, rs_from from, const rs_message *request) {
    (void)state;
    (void)request;
    rs_send(clerk, &any_type, &from, sizeof from);
    rs_add(&handed, 1, rs_release);
    return RS_NOREPLY;
}

static const rs_gen_server office = {.name = "office", .init = echo_init, .handle_call = hand_over};

/* Answers all that has gathered once it is told to by a message without content. */
static void answers(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_from waiting[64];
    for (uint32_t count = 0;;) {
        const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
        if (message->bytes) memcpy(&waiting[count++], message->payload, sizeof(rs_from));
        if (message->bytes && count < 64) continue;
        while (count) rs_reply_to(waiting[--count], &any_type, NULL, 0);
    }
}

static void gives_up(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_term reason = 0;
    rs_pid server = *(const rs_pid *)args;
    rs_gen_server_try_call(server, &any_type, NULL, 0, MS / 100, &reason);
}

static void late_calls(rs_pid server, uint32_t count) {
    rs_store(&handed, 0, rs_relaxed);
    for (uint32_t i = 0; i < count; i++) {
        rs_ref ref;
        rs_pid pid = rs_spawn_monitor(gives_up, &server, sizeof server, &ref);
        expect_down(pid, ref, "normal");
    }
    while (rs_load(&handed, rs_acquire) < count) rs_receive(NULL, NULL, MS);
    rs_send(clerk, &any_type, NULL, 0);
    rs_receive(NULL, NULL, 5 * MS);
}

static void forgotten_calls(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    clerk = rs_spawn(answers, NULL, 0);
    rs_pid server = start(&office, NULL, 0);
    rs_memory_use before, after;
    late_calls(server, 10);
    rs_memory_read(&before);
    late_calls(server, 1000);
    for (int i = 0; i < 200; i++) {
        rs_memory_read(&after);
        if (after.message <= before.message) return;
        rs_receive(NULL, NULL, 5 * MS);
    }
    CHECK_INT(after.message, before.message);
}
TEST(calls_answered_too_late_by_another_are_forgotten) {
    everywhere(forgotten_calls);
}

/* Answers the newest only, once told to by a message without content. */
static void answers_newest(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_from newest = {0};
    for (;;) {
        const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
        if (message->bytes)
            memcpy(&newest, message->payload, sizeof newest);
        else
            rs_reply_to(newest, &any_type, NULL, 0);
    }
}

static void asks(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_term reason = 0;
    rs_pid server = *(const rs_pid *)args;
    if (rs_gen_server_try_call(server, &any_type, NULL, 0, RS_FOREVER, &reason)) return;
    rs_exit(reason);
}

/* That another has answered one call must not make the server forget the others. */
static void one_of_two(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pids[3];
    rs_ref refs[3];
    rs_store(&handed, 0, rs_relaxed);
    clerk = rs_spawn(answers_newest, NULL, 0);
    rs_pid server = start(&office, NULL, 0);
    for (uint32_t i = 0; i < 3; i++) {
        pids[i] = rs_spawn_monitor(asks, &server, sizeof server, &refs[i]);
        while (rs_load(&handed, rs_acquire) <= i) settle();
    }
    rs_send(clerk, &any_type, NULL, 0);
    expect_down(pids[2], refs[2], "normal");
    settle();
    rs_exit_signal(server, RS_ATOM(kill));
    expect_down(pids[0], refs[0], "killed");
    expect_down(pids[1], refs[1], "killed");
}
TEST(only_the_call_that_another_answered_is_forgotten) {
    everywhere(one_of_two);
}

/* ------------------------------------------------------------------ interrupts */

static rs_pid bystander;

static void calls_in_action(uint64_t argument) {
    (void)argument;
    rs_term reason = 0;
    rs_gen_server_try_call(bystander, &any_type, NULL, 0, LONG_NS, &reason);
}

static void receives_in_action(uint64_t argument) {
    (void)argument;
    rs_receive(NULL, NULL, 0);
}

static void starts_in_action(uint64_t argument) {
    (void)argument;
    start(&echo, NULL, 0);
}

static void waits_for_reply(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = *(const rs_pid *)args;
    rs_term reason = 0;
    rs_gen_server_try_call(server, &any_type, NULL, 0, RS_FOREVER, &reason);
}

static void interrupts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    void (*const actions[])(uint64_t) = {calls_in_action, receives_in_action, starts_in_action};
    clerk = rs_spawn(waits, NULL, 0);
    bystander = start(&echo, NULL, 0);
    rs_pid server = start(&office, NULL, 0);
    for (size_t i = 0; i < 3; i++) {
        rs_ref ref;
        for (int in_call = 0; in_call < 2; in_call++) {
            rs_pid victim =
                rs_spawn_monitor(in_call ? waits_for_reply : waits, &server, sizeof server, &ref);
            rs_receive(NULL, NULL, MS);
            rs_interrupt(victim, actions[i], 0, 0);
            expect_down(victim, ref, "badarg");
        }
        expect_echo(bystander, NULL, 0);
        CHECK(rs_is_alive(server));
    }
}
TEST(an_action_that_waits_ends_its_process) {
    everywhere(interrupts);
}

TEST_MAIN()
