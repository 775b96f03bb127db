/* gen_server_next_test.c: what a callback may want next: to go on with something before any
 * message, and to be woken if nothing comes. Servers tell a watcher all that happens to them, a
 * letter each. Source: rules G2, G7, G12. SPDX-License-Identifier: MIT
 */
#include "runtime/otp/gen_server.h"
#include "runtime/otp/sys.h"

#include "runtime/process/test/puppet.h"

#include <string.h>

/* ------------------------------------------------------------------ a server that does as it is
 * told */

/* Errands, each a letter of a text; the first of what is left is done next. `5` and the other
 * digits: rs_timeout of so many milliseconds. */
enum {
    CONTINUE = 'c',  /* with the rest */
    NOTE_SELF = 'm', /* a cast of `!` to itself, then the rest */
    REPLY = 'r',     /* to the call, then the rest */
    STOP = 's',
    HIBERNATE = 'h',
    AWAIT = 'w', /* a message, then the rest */
    CALL = 'a',  /* somebody, with a timeout, then the rest */
};

#define ERRANDS_MAX 16

typedef struct errand {
    char text[ERRANDS_MAX];
} errand;
static const rs_type errand_type = {.name = "errand", .bytes = sizeof(errand)};

typedef struct start_args {
    rs_pid watcher;
    errand first;
} start_args;

typedef struct obedient {
    rs_pid watcher;
    rs_from from; /* of a call that is not answered */
} obedient;

static void note(const obedient *self, char letter) {
    rs_send(self->watcher, &any_type, &letter, 1);
}

static errand errand_of(const char *text) {
    errand made = {{0}};
    CHECK(strlen(text) < sizeof made.text);
    strcpy(made.text, text);
    return made;
}

static rs_next run(obedient *self, const char *errands) {
    rs_term why = 0;
    rs_pid deaf;
    for (; *errands; errands++) {
        const errand rest = errand_of(errands + 1);
        switch (*errands) {
        case CONTINUE: return rs_continue(&errand_type, &rest, sizeof rest);
        case NOTE_SELF: rs_gen_server_cast(rs_self(), &any_type, "!", 1); break;
        case REPLY: rs_reply_to(self->from, &any_type, NULL, 0); break;
        case STOP: return rs_stop(RS_ATOM(shutdown));
        case HIBERNATE: return rs_hibernate();
        case AWAIT: CHECK(rs_receive(NULL, NULL, LONG_NS) != NULL); break;
        case CALL:
            deaf = rs_spawn(hears_nothing, NULL, 0);
            CHECK(!rs_gen_server_try_call(deaf, &any_type, NULL, 0, 5 * MS, &why));
            rs_exit_signal(deaf, RS_ATOM(kill));
            CHECK(!rs_receive(is_nothing, NULL, MS));
            break;
        default: return rs_timeout((uint64_t)(*errands - '0') * MS);
        }
    }
    return RS_NOREPLY;
}

static const char *errands_in(const rs_message *message) {
    CHECK(message->type == &errand_type);
    return ((const errand *)(const void *)message->payload)->text;
}

static rs_next obedient_init(void *state, const void *args, uint32_t bytes) {
    obedient *self = state;
    const start_args *given = args;
    CHECK_INT(bytes, sizeof *given);
    self->watcher = given->watcher;
    return run(self, given->first.text);
}

static rs_next obedient_call(void *state, rs_from from, const rs_message *request) {
    obedient *self = state;
    self->from = from;
    note(self, '?');
    return run(self, errands_in(request));
}

static rs_next obedient_cast(void *state, const rs_message *request) {
    if (request->type == &errand_type) return run(state, errands_in(request));
    note(state, *(const char *)request->payload);
    return RS_NOREPLY;
}

static rs_next obedient_info(void *state, const rs_message *info) {
    if (info->type == &errand_type) return run(state, errands_in(info));
    note(state, info->type == &rs_timeout_type ? 't' : 'i');
    return RS_NOREPLY;
}

static rs_next obedient_continue(void *state, const rs_message *what) {
    note(state, 'c');
    return run(state, errands_in(what));
}

static const rs_gen_server obedient_server = {
    .name = "obedient",
    .state_bytes = sizeof(obedient),
    .init = obedient_init,
    .handle_call = obedient_call,
    .handle_cast = obedient_cast,
    .handle_info = obedient_info,
    .handle_continue = obedient_continue,
};

static rs_pid start(const char *errands) {
    const start_args args = {rs_self(), errand_of(errands)};
    rs_pid pid = 0;
    CHECK_INT(rs_gen_server_start(&obedient_server, &args, sizeof args, NULL, &pid, NULL),
              RS_START_OK);
    return pid;
}

static void cast(rs_pid server, const char *errands) {
    const errand given = errand_of(errands);
    rs_gen_server_cast(server, &errand_type, &given, sizeof given);
}

static void call(rs_pid server, const char *errands) {
    const errand given = errand_of(errands);
    CHECK(rs_gen_server_call(server, &errand_type, &given, sizeof given, LONG_NS) != NULL);
}

/* The letters that have come, and no others. */
static void expect(const char *letters) {
    for (; *letters; letters++) {
        const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
        CHECK(message != NULL && message->type == &any_type && message->bytes == 1);
        CHECK_INT(*(const char *)message->payload, *letters);
    }
}

static void expect_nothing_for(uint64_t ns) {
    CHECK(rs_receive(NULL, NULL, ns) == NULL);
}

/* ------------------------------------------------------------------ continue */

static void continues(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start("mc"); /* what came before init was over comes after */
    expect("c!");
    cast(server, "mc");
    expect("c!");
    cast(server, "cccm");
    expect("ccc!");
    call(server, "mrc"); /* answered, then continues */
    expect("?c!");
    call(server, "mcr"); /* the call waits for its answer meanwhile */
    expect("?c!");
    call(server, "ccr");
    expect("?cc");
    rs_ref ref = rs_monitor(server);
    cast(server, "cs");
    expect("c");
    expect_down(server, ref, "shutdown");
}
TEST(continue_comes_before_any_message) {
    everywhere(continues);
}

static void starter_goes_on(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start("cw"); /* waits for us in handle_continue */
    expect("c");
    send_number(server, 1);
    cast(server, "c");
    expect("c");
    kill_and_wait(server);
}
TEST(the_starter_has_its_answer_before_the_server_continues) {
    everywhere(starter_goes_on);
}

static void dies_with_a_call(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start("");
    const errand given = errand_of("cs");
    rs_term reason = 0;
    CHECK(!rs_gen_server_try_call(server, &errand_type, &given, sizeof given, LONG_NS, &reason));
    CHECK(reason == RS_ATOM(shutdown));
    expect("?c");
}
TEST(who_stops_while_it_continues_answers_its_calls_by_that) {
    everywhere(dies_with_a_call);
}

static void has_no_continue(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_gen_server bare = obedient_server;
    bare.handle_continue = NULL;
    const start_args given = {rs_self(), errand_of("c")};
    rs_pid pid = 0;
    rs_gen_server_start(&bare, &given, sizeof given, NULL, &pid, NULL);
    wait_ns(SETTLE_NS);
    CHECK(!rs_is_alive(pid));
}
TEST(a_module_without_handle_continue_ends) {
    run_on(&one_core, has_no_continue); /* `bare` lies on the starter's stack */
}

/* ------------------------------------------------------------------ timeouts */

static void times_out(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint64_t began_ns = rs_now_ns();
    rs_pid server = start("5");
    expect("t");
    CHECK(rs_now_ns() - began_ns >= 5 * MS);
    expect_nothing_for(20 * MS); /* once */
    cast(server, "3");
    expect("t");
    call(server, "r2");
    expect("?t");
    cast(server, "c2");
    expect("ct");
    kill_and_wait(server);
}
TEST(a_timeout_comes_once_and_never_early) {
    everywhere(times_out);
}

static void is_interrupted(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start("9");
    cast(server, "h");
    expect_nothing_for(30 * MS);
    cast(server, "9");
    send_number(server, 1); /* any message */
    expect("i");
    expect_nothing_for(30 * MS);
    cast(server, "9");
    call(server, "r");
    expect("?");
    expect_nothing_for(30 * MS);
    cast(server, "9");
    cast(server, "a"); /* waits itself, twice, and was woken for nothing */
    expect_nothing_for(30 * MS);
    kill_and_wait(server);
}
TEST(any_message_ends_the_wait) {
    everywhere(is_interrupted);
}

static void is_at_once(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start("0");
    expect("t");
    cast(server, "m0"); /* what is queued wins */
    expect("!");
    expect_nothing_for(10 * MS);
    cast(server, "0");
    expect("t");
    kill_and_wait(server);
}
TEST(a_timeout_of_nothing_lets_queued_messages_go_first) {
    everywhere(is_at_once);
}

static void is_looked_at(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_term state = 0;
    uint64_t began_ns = rs_now_ns();
    rs_pid server = start("9");
    CHECK_INT(rs_sys_get_state(server, LONG_NS, &state), RS_OK);
    rs_term_release(state);
    CHECK_INT(rs_sys_suspend(server, LONG_NS), RS_OK);
    wait_ns(MS);
    CHECK_INT(rs_sys_resume(server, LONG_NS), RS_OK);
    expect("t");
    CHECK(rs_now_ns() - began_ns >= 9 * MS);
    cast(server, "2");
    CHECK_INT(rs_sys_suspend(server, LONG_NS), RS_OK);
    expect_nothing_for(10 * MS); /* held, also from that */
    CHECK_INT(rs_sys_resume(server, LONG_NS), RS_OK);
    expect("t");
    kill_and_wait(server);
}
TEST(system_messages_do_not_end_it) {
    everywhere(is_looked_at);
}

/* ------------------------------------------------------------------ turns */

/* Uses up about a turn in its timeout, then talks to itself for three. */
typedef struct busy {
    uint32_t gates, left;
    rs_atomic_u32 *others;
} busy;

static void talk_on(busy *self) {
    if (self->left-- > 0)
        rs_gen_server_cast(rs_self(), &any_type, NULL, 0);
    else
        rs_exit(RS_ATOM(normal));
}

static rs_next busy_init(void *state, const void *args, uint32_t bytes) {
    (void)bytes;
    *(busy *)state = *(const busy *)args;
    return rs_timeout(0);
}

static rs_next busy_info(void *state, const rs_message *info) {
    (void)info;
    busy *self = state;
    rs_yield();
    for (uint32_t i = 0; i < self->gates; i++) rs_trap_exit(false);
    rs_store(self->others, 0, rs_relaxed);
    talk_on(self);
    return RS_NOREPLY;
}

static rs_next busy_cast(void *state, const rs_message *request) {
    (void)request;
    busy *self = state;
    if (self->left == 0) CHECK(rs_load(self->others, rs_relaxed) > 0);
    talk_on(self);
    return RS_NOREPLY;
}

static const rs_gen_server busy_server = {.name = "busy",
                                          .state_bytes = sizeof(busy),
                                          .init = busy_init,
                                          .handle_cast = busy_cast,
                                          .handle_info = busy_info};

static void counts_its_turns(const void *args, uint32_t bytes) {
    (void)bytes;
    for (;;) {
        rs_add(*(rs_atomic_u32 *const *)args, 1, rs_relaxed);
        rs_yield();
    }
}

static void takes_turns(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_atomic_u32 others = 0, *at = &others;
    rs_pid other = rs_spawn(counts_its_turns, &at, sizeof at);
    for (uint32_t gates = RS_DISPATCH_BUDGET - 10; gates < RS_DISPATCH_BUDGET + 3; gates++) {
        const busy given = {gates, 3 * RS_DISPATCH_BUDGET, at};
        rs_pid pid = 0;
        CHECK_INT(rs_gen_server_start(&busy_server, &given, sizeof given, NULL, &pid, NULL),
                  RS_START_OK);
        expect_down(pid, rs_monitor(pid), "normal");
    }
    kill_and_wait(other);
}
TEST(a_timeout_is_part_of_a_turn) {
    run_on(&one_core, takes_turns); /* `others` lies on the stack */
}

/* ------------------------------------------------------------------ memory */

static void returns_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const all[] = {continues, starter_goes_on, dies_with_a_call, times_out, is_at_once};
    each_returns_memory(all, sizeof all / sizeof *all);
}
TEST(what_was_kept_is_given_back) {
    everywhere(returns_memory);
}

TEST_MAIN()
