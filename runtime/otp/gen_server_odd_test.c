/* gen_server_odd_test.c: servers that behave oddly: starts that hang or fail with a bang, callbacks
 * that are missing or return nonsense, stops that overlap; and what an observer hears of servers.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/atomic.h"
#include "runtime/otp/gen_server.h"

#include "runtime/process/test/puppet.h"

#include <fcntl.h>
#include <unistd.h>

/* What the callbacks of the odd server do. */
typedef enum oddity {
    IS_PLAIN,
    TRAPS,
    HANGS_IN_INIT,
    CRASHES_IN_INIT,
    FAILS_IN_INIT,
    SIGNALS_AND_FAILS, /* an exit signal to its starter, then init fails */
    RETURNS_NONSENSE,
    STOPS_TWICE,         /* the second stop counts */
    REPLIES_TO_NOBODY,   /* rs_stop_reply where there is no call */
    ANSWERS_IN_CALLBACK, /* rs_reply_to, then RS_NOREPLY */
    ANSWERS_LATER,       /* as soon as a cast comes */
    CALLS_IN_TERMINATE,
    LINGERS_IN_TERMINATE,
    SITS_IN_TERMINATE, /* in a call of libc's, and then reads the reason */
    FAILS_SILENTLY,
    CALLS_THE_DYING, /* in a callback, and goes on in the name of what killed it */
} oddity;

typedef struct odd {
    oddity is;
    rs_pid helper;
    rs_from waiting;
} odd;

static volatile int errors, handled;
static rs_atomic_u32 terminated; /* how often; last_reason is written before */
static char last_reason[PUPPET_TEXT_MAX];

static rs_next odd_init(void *state, const void *args, uint32_t bytes) {
    odd *self = state;
    CHECK_INT(bytes, sizeof *self);
    *self = *(const odd *)args;
    switch (self->is) {
    case TRAPS: rs_trap_exit(true); break;
    case HANGS_IN_INIT: rs_receive(NULL, NULL, RS_FOREVER); break;
    case CRASHES_IN_INIT: rs_crash(RS_ATOM(sigsegv));
    case SIGNALS_AND_FAILS:
        rs_exit_signal(self->helper, RS_ATOM(shutdown));
        return rs_stop(RS_ATOM(init_failed));
    case FAILS_IN_INIT: return rs_stop(RS_ATOM(init_failed));
    case FAILS_SILENTLY: return rs_init_error(term_of("{sorry,[1,2]}"));
    default: break;
    }
    return RS_INIT_OK;
}

static rs_next act(odd *self) {
    switch (self->is) {
    case RETURNS_NONSENSE: return (rs_next)42;
    case STOPS_TWICE:
        rs_stop(term_of("{first,reason}"));
        return rs_stop(term_of("{second,reason}"));
    case SITS_IN_TERMINATE: return rs_stop(term_of("{because,\"of this\"}"));
    case REPLIES_TO_NOBODY:
    case CALLS_IN_TERMINATE: return rs_stop_reply(RS_ATOM(shutdown), &any_type, "abc", 4);
    default: return RS_NOREPLY;
    }
}

static rs_next odd_call(void *state, rs_from from, const rs_message *request) {
    odd *self = state;
    (void)request;
    self->waiting = from;
    if (self->is == CALLS_THE_DYING) {
        rs_term reason = 0;
        rs_exit_signal_cause(self->helper, RS_ATOM(kill), 9);
        CHECK(!rs_gen_server_try_call(self->helper, &any_type, NULL, 0, LONG_NS, &reason));
    }
    if (self->is == IS_PLAIN || self->is == CALLS_THE_DYING) return rs_reply(&any_type, NULL, 0);
    if (self->is == ANSWERS_IN_CALLBACK) rs_reply_to(from, &any_type, NULL, 0);
    return act(self);
}

static rs_next odd_cast(void *state, const rs_message *request) {
    odd *self = state;
    (void)request;
    handled++;
    if (self->is == ANSWERS_LATER) rs_reply_to(self->waiting, &any_type, NULL, 0);
    return act(self);
}

static int pipe_ends[2];
static FILE *stream;
static rs_atomic_u32 seated;
static rs_atomic_u32 read_whole; /* 1: not, 2: it was; 0: nobody has looked */

static void sit_and_read(rs_term reason) {
    char text[PUPPET_TEXT_MAX];
    rs_store(&seated, 1, rs_release);
    CHECK_INT(getc(stream), 'x');
    rs_term_print(reason, text, sizeof text);
    rs_store(&read_whole, 1 + (strcmp(text, "{because,\"of this\"}") == 0), rs_release);
}

static void odd_terminate(void *state, rs_term reason) {
    odd *self = state;
    rs_term why = 0;
    if (self->is == SITS_IN_TERMINATE) sit_and_read(reason);
    rs_term_print(reason, last_reason, sizeof last_reason);
    rs_add(&terminated, 1, rs_release);
    if (self->is == LINGERS_IN_TERMINATE) wait_ns(20 * MS);
    if (self->is != CALLS_IN_TERMINATE) return;
    CHECK(rs_gen_server_try_call(self->helper, &any_type, NULL, 0, LONG_NS, &why) != NULL);
}

static void odd_error(void *state, rs_term reason) {
    (void)state, (void)reason;
    errors++;
}

static const rs_gen_server odd_server = {
    .name = "odd",
    .state_bytes = sizeof(odd),
    .init = odd_init,
    .handle_call = odd_call,
    .handle_cast = odd_cast,
    .terminate = odd_terminate,
    .error = odd_error,
};
static const rs_gen_server bare_server = {
    .name = "bare", .state_bytes = sizeof(odd), .init = odd_init};

static rs_start_result try_start(const rs_gen_server *module, oddity is, rs_pid helper,
                                 const rs_start_options *options, rs_pid *pid, rs_term *reason) {
    const odd args = {.is = is, .helper = helper};
    return rs_gen_server_start(module, &args, sizeof args, options, pid, reason);
}

static rs_pid start(const rs_gen_server *module, oddity is, rs_pid helper) {
    rs_pid pid = 0;
    rs_term reason = 0;
    CHECK_INT(try_start(module, is, helper, NULL, &pid, &reason), RS_START_OK);
    return pid;
}

static void cast(rs_pid pid) {
    rs_gen_server_cast(pid, &any_type, NULL, 0);
}

/* ------------------------------------------------------------------ starts */

static void hanging_start(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_start_options options = {.name = rs_atom_find("odd_name"), .timeout_ns = MS};
    rs_pid pid = 0;
    rs_term reason = 0;
    CHECK_INT(try_start(&odd_server, HANGS_IN_INIT, 0, &options, &pid, &reason), RS_START_ERROR);
    CHECK(reason == RS_ATOM(timeout));
    for (int i = 0; i < 1000 && rs_whereis(options.name); i++) settle();
    CHECK_INT(rs_whereis(options.name), 0); /* G5: it was killed */
}
TEST(G5_a_start_that_takes_too_long_is_killed) {
    everywhere(hanging_start);
}

static void starts_linked(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_start_options options = {.link = true};
    rs_pid pid = 0;
    rs_term reason = 0;
    try_start(&odd_server, FAILS_IN_INIT, 0, &options, &pid, &reason);
    rs_receive(NULL, NULL, LONG_NS);
}

static void failing_starts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref = 0;
    rs_pid pid = rs_spawn_monitor(starts_linked, NULL, 0, &ref);
    expect_down(pid, ref, "init_failed"); /* who does not trap dies with its child */
    rs_trap_exit(true);
    rs_term reason = 0;
    CHECK_INT(try_start(&odd_server, SIGNALS_AND_FAILS, rs_self(), NULL, &pid, &reason),
              RS_START_ERROR);
    expect_exit(0, "shutdown"); /* no link, and so no EXIT of one to be forgotten */
    int before = errors;
    CHECK_INT(try_start(&odd_server, CRASHES_IN_INIT, 0, NULL, &pid, &reason), RS_START_ERROR);
    CHECK(reason == RS_ATOM(sigsegv));
    CHECK_INT(errors, before); /* there was no state yet to save anything from */
}
TEST(G4_failed_starts) {
    everywhere(failing_starts);
}

/* Asks for the error, and lives on though it is linked and does not trap. */
static void is_told_of_an_error(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_start_options options = {.link = true, .name = rs_atom_find("odd_name")};
    rs_pid pid = 0;
    rs_term reason = 0;
    char text[64];
    for (int i = 0; i < 3; i++) {
        CHECK_INT(try_start(&odd_server, FAILS_SILENTLY, 0, &options, &pid, &reason),
                  RS_START_ERROR);
        rs_term_print(reason, text, sizeof text);
        rs_term_release(reason);
        CHECK_STR(text, "{sorry,[1,2]}");
    }
    CHECK(rs_receive(NULL, NULL, MS) == NULL); /* also when it traps: no EXIT (G4) */
}
static void traps_and_is_told(const void *args, uint32_t bytes) {
    rs_trap_exit(true);
    is_told_of_an_error(args, bytes);
}

static void silent_errors(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_ref ref;
    for (int round = 0; round < 5; round++) {
        if (round == 1) read_settled(&before);
        rs_pid pid = rs_spawn_monitor(is_told_of_an_error, NULL, 0, &ref);
        expect_down(pid, ref, "normal");
        pid = rs_spawn_monitor(traps_and_is_told, NULL, 0, &ref);
        expect_down(pid, ref, "normal");
    }
    memory_is(&before);
}
TEST(G2_an_error_of_init_is_silent) {
    everywhere(silent_errors);
}

/* ------------------------------------------------------------------ ends */

static void ends_with(oddity is, const char *expected) {
    rs_pid pid = start(&odd_server, is, 0);
    rs_ref ref = rs_monitor(pid);
    rs_store(&terminated, 0, rs_relaxed);
    cast(pid);
    expect_down(pid, ref, expected);
    CHECK_INT(rs_load(&terminated, rs_acquire), 1);
    CHECK_STR(last_reason, expected);
}

static void odd_ends(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    for (int round = 0; round < 5; round++) {
        if (round == 1) read_settled(&before);
        ends_with(RETURNS_NONSENSE, "bad_return_value");
        ends_with(STOPS_TWICE, "{second,reason}");
        ends_with(REPLIES_TO_NOBODY, "shutdown");
        rs_pid pid = start(&odd_server, REPLIES_TO_NOBODY, 0);
        rs_gen_server_call(pid, &any_type, NULL, 0, LONG_NS);
        rs_term reason = 0; /* lets go of the reply: */
        CHECK(!rs_gen_server_try_call(rs_self(), &any_type, NULL, 0, 0, &reason));
    }
    rs_receive(NULL, NULL, 0);
    memory_is(&before);
}
TEST(odd_ends_have_their_reasons_and_lose_nothing) {
    everywhere(odd_ends);
}

static void missing_callbacks(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = start(&bare_server, IS_PLAIN, 0);
    rs_ref ref = rs_monitor(pid);
    send_number(pid, 1); /* no handle_info: dropped */
    cast(pid);
    expect_down(pid, ref, "bad_request");
    pid = start(&bare_server, IS_PLAIN, 0);
    rs_term reason = 0;
    CHECK(rs_gen_server_try_call(pid, &any_type, NULL, 0, LONG_NS, &reason) == NULL);
    CHECK(reason == RS_ATOM(bad_request));
}
TEST(a_request_without_callback_ends_the_server) {
    everywhere(missing_callbacks);
}

static void parent_of_odd(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = 0;
    rs_term reason = 0;
    const rs_start_options options = {.link = true};
    CHECK_INT(try_start(&odd_server, TRAPS, 0, &options, &pid, &reason), RS_START_OK);
    rs_exit(term_of("{shutdown,{\"for\",good}}"));
}

static void parents_reason(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    for (int round = 0; round < 20; round++) {
        if (round == 1) read_settled(&before);
        rs_ref ref = 0;
        rs_store(&terminated, 0, rs_relaxed);
        rs_pid pid = rs_spawn_monitor(parent_of_odd, NULL, 0, &ref);
        expect_down(pid, ref, "{shutdown,{\"for\",good}}");
        for (int i = 0; i < 1000 && !rs_load(&terminated, rs_acquire); i++) settle();
        CHECK_STR(last_reason, "{shutdown,{\"for\",good}}");
    }
    rs_receive(NULL, NULL, 0);
    memory_is(&before);
}
TEST(G8_a_parents_reason_is_shared_not_taken) {
    everywhere(parents_reason);
}

static void killed_first(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int round = 0; round < ROUNDS; round++) {
        rs_pid pid = start(&odd_server, IS_PLAIN, 0);
        rs_ref ref = rs_monitor(pid);
        if (round % 2) settle(); /* it is idle by now */
        handled = 0;
        rs_exit_signal(pid, RS_ATOM(kill));
        for (int i = 0; i < 1 + round % 3; i++) cast(pid);
        expect_down(pid, ref, "killed");
        CHECK_INT(handled, 0);
    }
}
TEST(a_server_handles_nothing_after_a_kill) {
    everywhere(killed_first);
}

/* Makes many terms of the size of what it reads, and lets them go. */
static void scribble(void) {
    rs_term terms[100];
    for (int i = 0; i < 100; i++) terms[i] = term_of("{scribble,\"so what\"}");
    for (int i = 0; i < 100; i++) rs_term_release(terms[i]);
}

/* Another each time: who was fetched before it sat has left the last one's byte where it was. */
static void open_pipe(void) {
    CHECK_INT(pipe2(pipe_ends, O_CLOEXEC), 0);
    stream = fdopen(pipe_ends[0], "r");
    CHECK(stream != NULL);
}

static void killed_in_terminate(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    for (int round = 0; round < 4; round++) {
        if (round == 1) read_settled(&before);
        open_pipe();
        rs_store(&seated, 0, rs_relaxed);
        rs_store(&read_whole, 0, rs_relaxed);
        rs_pid pid = start(&odd_server, SITS_IN_TERMINATE, 0);
        rs_ref ref = rs_monitor(pid);
        cast(pid);
        while (!rs_load(&seated, rs_acquire)) wait_ns(MS / 10);
        rs_exit_signal(pid, RS_ATOM(kill));
        expect_down(pid, ref, "killed");
        scribble();
        CHECK_INT(write(pipe_ends[1], "x", 1), 1);
        while (counters().zombies) wait_ns(MS / 10);
        CHECK(rs_load(&read_whole, rs_acquire) != 1);
    }
    rs_receive(NULL, NULL, 0);
    memory_is(&before);
}
TEST(who_is_killed_in_terminate_may_still_read_its_reason) {
    run_on(&one_thread, killed_in_terminate);
    run_on(&two_threads, killed_in_terminate);
}

static void refused_stops(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = start(&odd_server, LINGERS_IN_TERMINATE, 0);
    static char text[400];
    memset(text, 'x', sizeof text - 2);
    text[0] = text[sizeof text - 2] = '"';
    rs_term lengthy = term_of(text);
    CHECK_INT(rs_gen_server_stop(pid, lengthy, RS_FOREVER), RS_ELIMIT);
    rs_term_release(lengthy);
    CHECK(rs_is_alive(pid)); /* nothing was asked of it */
    CHECK_INT(rs_gen_server_stop(pid, RS_ATOM(shutdown), MS), RS_ELIMIT);
    CHECK(rs_is_alive(pid)); /* still in terminate */
    CHECK_INT(rs_gen_server_stop(pid, RS_ATOM(shutdown), LONG_NS), RS_OK);
    pid = start(&odd_server, IS_PLAIN, 0);
    rs_exit_signal(pid, RS_ATOM(kill));
    CHECK_INT(rs_gen_server_stop(pid, RS_ATOM(shutdown), LONG_NS), RS_ENOPROC); /* another end */
}
TEST(a_stop_says_whether_it_was_the_end) {
    run_on(&one_core, refused_stops);
}

static void calls_in_terminate(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid helper = start(&odd_server, IS_PLAIN, 0);
    rs_pid pid = start(&odd_server, CALLS_IN_TERMINATE, helper);
    const rs_message *reply = rs_gen_server_call(pid, &any_type, NULL, 0, LONG_NS);
    CHECK_STR((const char *)reply->payload, "abc"); /* C6: kept over the call */
}
TEST(C6_terminate_may_call_before_the_reply_goes) {
    everywhere(calls_in_terminate);
}

/* ------------------------------------------------------------------ answers by oneself */

static void answers_itself(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_pid now = start(&odd_server, ANSWERS_IN_CALLBACK, 0);
    rs_pid later = start(&odd_server, ANSWERS_LATER, 0);
    for (int round = 0; round < 500; round++) {
        if (round == 10) rs_memory_read(&before);
        rs_gen_server_call(now, &any_type, NULL, 0, LONG_NS);
        rs_term reason = 0;
        rs_gen_server_try_call(later, &any_type, NULL, 0, 1, &reason);
        cast(later);
    }
    memory_is(&before);
}
TEST(a_server_keeps_no_call_that_it_has_answered) {
    run_on(&one_core, answers_itself);
}

static void causes_of_replies(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid helper = start(&odd_server, IS_PLAIN, 0);
    rs_pid pid = start(&odd_server, CALLS_THE_DYING, helper);
    CHECK_INT(rs_gen_server_call(helper, &any_type, NULL, 0, LONG_NS)->cause, 0);
    CHECK_INT(rs_gen_server_call(pid, &any_type, NULL, 0, LONG_NS)->cause, 9);
}
TEST(a_reply_has_the_cause_of_who_answers) {
    run_on(&one_core, causes_of_replies); /* elsewhere the helper may be gone before it is called */
}

/* ------------------------------------------------------------------ what is heard of it */

static char story[256];
static int late;

static void hear_event(void *context, const rs_event *event) {
    (void)context;
    size_t length = strlen(story);
    snprintf(story + length, sizeof story - length, "%s%s", length ? " " : "",
             rs_event_word((rs_event_kind)event->kind));
}

static void hear_late(void *context, rs_pid caller, rs_ref call, bool answered, bool taken) {
    (void)context, (void)caller, (void)call, (void)answered, (void)taken;
    late++;
}

static void served_once(oddity is, const char *expected) {
    const rs_start_options options = {.role = 1};
    rs_pid pid = 0;
    rs_term reason = 0;
    story[0] = '\0';
    CHECK_INT(try_start(&odd_server, is, 0, &options, &pid, &reason), RS_START_OK);
    CHECK_STR(story, "started");
    for (int i = 0; i < (is == REPLIES_TO_NOBODY ? 1 : 3); i++)
        rs_gen_server_call(pid, &any_type, NULL, 0, LONG_NS);
    kill_and_wait(pid);
    CHECK_STR(story, expected);
    CHECK_INT(late, 0);
}

static void heard(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    served_once(IS_PLAIN, "started served exit");
    served_once(ANSWERS_IN_CALLBACK, "started served exit");
    served_once(REPLIES_TO_NOBODY, "started exit");
}
TEST(the_first_answer_is_told_once_and_no_answer_twice) {
    const rs_observer observer = {.event = hear_event, .late = hear_late};
    run_on(&(rs_runtime_options){.clock = RS_CLOCK_VIRTUAL, .observer = &observer}, heard);
}

TEST_MAIN()
