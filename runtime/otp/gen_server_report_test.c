/* gen_server_report_test.c: what the crash report of a server tells beside that of any process: its
 * module, its state if it can be read, and what it had handled.
 * Source: rule G13.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/supervisor.h"
#include "runtime/otp/sys.h"
#include "runtime/process/test/puppet.h"

#include <string.h>

/* ------------------------------------------------------------------ who listens */

static rs_crash_report report;
static rs_atomic_u32 notices;

static rs_crash_report *listen(void *context, const rs_crash_notice *notice) {
    (void)context, (void)notice;
    rs_add(&notices, 1, rs_relaxed);
    report = (rs_crash_report){0};
    return &report;
}

static const rs_observer listener = {.crash = listen, .recent = 3}, brief = {.crash = listen};

static void heard_by(const rs_observer *observer, rs_entry *entry) {
    const rs_runtime_options *const kinds[] = {&one_core, &three_cores, &one_thread, &two_threads};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        rs_runtime_options options = *kinds[i];
        options.observer = observer;
        rs_store(&notices, 0, rs_relaxed);
        run_on(&options, entry);
    }
}

/* ------------------------------------------------------------------ a server that counts */

typedef struct sum {
    int64_t value;
} sum;

static rs_atomic_u32 told; /* states */

static rs_term sum_to_term(const void *value, uint32_t bytes) {
    (void)bytes;
    rs_add(&told, 1, rs_relaxed);
    return rs_term_integer(((const sum *)value)->value);
}
static rs_term number_to_term(const void *value, uint32_t bytes) {
    (void)bytes;
    return rs_term_integer(((const number *)value)->value);
}

static const rs_type sum_type = {"sum", sizeof(sum), sum_to_term, NULL};
static const rs_type added_type = {"added", sizeof(number), number_to_term, NULL};
static const rs_type big_type = {"big", 0, NULL, NULL};

static const void *volatile nowhere;

/* What a number leads to. */
enum { FAULT = -1, DECLARED = -2, STOP = -3, SHUT = -4, WRONG = -5, LATE = -6, NONE = -7 };

/* A function that calls nobody may have no frame. */
FAULTY static rs_next fault_in_it(void) {
    return rs_self() ? *(const rs_next *)nowhere : RS_NOREPLY;
}

__attribute__((noinline)) static rs_next obey_number(sum *self, int64_t value) {
    switch (value) {
    case FAULT: self->value = fault_in_it(); return RS_NOREPLY;
    case DECLARED: rs_crash(RS_ATOM(sigfpe));
    case STOP: return rs_stop(term_of("{oops,1}"));
    case SHUT: return rs_stop(term_of("{shutdown,1}"));
    case WRONG: return (rs_next)77;
    case NONE: return rs_stop(RS_ATOM(normal));
    default: self->value += value; return RS_NOREPLY;
    }
}

static rs_next sum_init(void *state, const void *args, uint32_t bytes) {
    const int64_t *first = args;
    rs_trap_exit(true);
    if (bytes == 0) return RS_INIT_OK;
    return obey_number(state, *first);
}

static rs_next sum_cast(void *state, const rs_message *request) {
    if (request->type != &added_type) return RS_NOREPLY;
    return obey_number(state, ((const number *)(const void *)request->payload)->value);
}

static rs_next sum_call(void *state, rs_from from, const rs_message *request) {
    int64_t value = ((const number *)(const void *)request->payload)->value;
    (void)from;
    if (value != LATE) return rs_reply(&any_type, NULL, 0);
    rs_reply(&any_type, NULL, 0);
    return obey_number(state, STOP);
}

static rs_next sum_info(void *state, const rs_message *info) {
    (void)state, (void)info;
    return RS_NOREPLY;
}

static const rs_gen_server summer = {.name = "summer",
                                     .state_bytes = sizeof(sum),
                                     .init = sum_init,
                                     .handle_call = sum_call,
                                     .handle_cast = sum_cast,
                                     .handle_info = sum_info,
                                     .state_type = &sum_type};

static rs_pid start(bool link) {
    const rs_start_options options = {.link = link, .name = rs_atom_find("adder")};
    rs_pid pid = 0;
    CHECK_INT(rs_gen_server_start(&summer, NULL, 0, &options, &pid, NULL), RS_START_OK);
    return pid;
}

static void add(rs_pid server, int64_t value) {
    const number n = {value};
    rs_gen_server_cast(server, &added_type, &n, sizeof n);
}

/* ends gives a server that has summed up 3 the value that ends it. */
static uint32_t ends_of(int64_t value, const char *reason) {
    uint32_t before = rs_load(&notices, rs_relaxed);
    rs_pid server = start(false);
    rs_ref ref = rs_monitor(server);
    add(server, 1);
    add(server, 2);
    add(server, value);
    expect_down(server, ref, reason);
    return rs_load(&notices, rs_relaxed) - before;
}

static void is_of_summer(const char *message) {
    CHECK_STR(report.module, "summer");
    CHECK_STR(report.name, "adder");
    CHECK_INT(report.entry, (uintptr_t)sum_init);
    CHECK(report.trap_exit && report.has_message && !report.starting);
    CHECK_INT(report.message.kind, RS_MESSAGE_CAST);
    CHECK_STR(report.message.term, message);
}

/* ------------------------------------------------------------------ ends */

static void each_end(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    CHECK_INT(ends_of(STOP, "{oops,1}"), 1);
    is_of_summer("-3");
    CHECK_STR(report.state, "3");
    CHECK_STR(report.reason, "{oops,1}");
    CHECK_INT(ends_of(WRONG, "bad_return_value"), 1);
    is_of_summer("-5");
    CHECK_STR(report.state, "3");
    CHECK_INT(ends_of(SHUT, "{shutdown,1}"), 0);
    CHECK_INT(ends_of(NONE, "normal"), 0);
}
TEST(G13_a_server_that_stops_tells_module_message_and_state) {
    heard_by(&listener, each_end);
}

static void faults(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint32_t before = rs_load(&told, rs_relaxed);
    CHECK_INT(ends_of(FAULT, "sigsegv"), 1);
    is_of_summer("-1");
    CHECK(report.native);
    CHECK_STR(report.state, "");
    CHECK(report.frames.at[0] - (uintptr_t)fault_in_it < 300);
    CHECK(report.frames.at[1] - (uintptr_t)obey_number < 2000);
    CHECK_INT(ends_of(DECLARED, "sigfpe"), 1);
    is_of_summer("-2");
    CHECK_STR(report.state, "");
    CHECK(report.frames.at[0] - (uintptr_t)obey_number < 2000);
    CHECK_INT(rs_load(&told, rs_relaxed), before); /* no state of one that crashed */
}
TEST(the_state_of_a_native_crash_is_not_read) {
    heard_by(&listener, faults);
}

static void starts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const int64_t values[] = {STOP, FAULT, SHUT};
    const char *const reasons[] = {"{oops,1}", "sigsegv", "{shutdown,1}"};
    rs_pid pid;
    for (uint32_t i = 0; i < 3; i++) {
        rs_term why = 0;
        char text[PUPPET_TEXT_MAX];
        report = (rs_crash_report){0};
        CHECK_INT(rs_gen_server_start(&summer, &values[i], sizeof *values, NULL, &pid, &why),
                  RS_START_ERROR);
        rs_term_print(why, text, sizeof text);
        rs_term_release(why);
        CHECK_STR(text, reasons[i]);
        CHECK_STR(report.module, i == 2 ? "" : "summer");
        CHECK_INT(report.starting, i != 2);
        CHECK_STR(report.state, i == 0 ? "0" : "");
    }
    rs_pid first = start(false);
    const rs_start_options again = {.name = rs_atom_find("adder")};
    rs_term why = 0;
    CHECK_INT(rs_gen_server_start(&summer, NULL, 0, &again, &pid, &why), RS_START_ERROR);
    rs_term_release(why);
    CHECK_INT(rs_load(&notices, rs_relaxed), 2); /* a name that is taken is an answer */
    kill_and_wait(first);
}
TEST(an_init_that_fails_is_told_and_a_name_that_is_taken_is_not) {
    heard_by(&listener, starts);
}

/* What is not there is not read. */
static void starts_without_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_start_options options = {.role = 7};
    uint32_t before = rs_load(&told, rs_relaxed);
    rs_pid pid = 0;
    CHECK(rs_bend_alloc(1, UINT64_MAX, 77));
    CHECK(rs_gen_server_start(&summer, NULL, 0, &options, &pid, NULL) != RS_START_OK);
    CHECK_STR(report.reason, "{system_limit,memory}");
    CHECK_STR(report.state, "{opaque,sum,8}");
    CHECK_INT(rs_load(&told, rs_relaxed), before);
}
TEST(a_server_that_has_no_memory_for_its_state_tells_none) {
    heard_by(&listener, starts_without_memory);
}

/* ------------------------------------------------------------------ signals */

static void starts_and_exits(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start(true);
    rs_send(*(const rs_pid *)args, &any_type, &server, sizeof server);
    take_number();
    rs_exit(RS_ATOM(shutdown));
}

/* OTP tells of a trapping server that its parent's exit ends (G8), as of any other stop. */
static void is_ended(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    kill_and_wait(start(false));
    CHECK_INT(rs_load(&notices, rs_relaxed), 0);
    rs_pid server = start(true), self = rs_self();
    rs_ref ref = rs_monitor(server);
    rs_exit_signal(server, RS_ATOM(badarg));
    expect_down(server, ref, "badarg");
    CHECK_INT(rs_load(&notices, rs_relaxed), 1);
    CHECK(strncmp(report.message.term, "{'EXIT',<", 9) == 0);
    CHECK_INT(report.message.kind, RS_MESSAGE_EXIT);
    rs_pid parent = rs_spawn(starts_and_exits, &self, sizeof self);
    const rs_message *message = rs_receive(is_wanted, &(wanted){parent, 0, RS_MESSAGE}, LONG_NS);
    server = *(const rs_pid *)(const void *)message->payload;
    ref = rs_monitor(server);
    send_number(parent, 1);
    expect_down(server, ref, "shutdown");
    CHECK_INT(rs_load(&notices, rs_relaxed), 1);
}
TEST(G13_who_is_killed_or_shut_down_is_not_told) {
    heard_by(&listener, is_ended);
}

/* ------------------------------------------------------------------ what it had handled */

static void remembers(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    char big[100] = {0};
    rs_pid server = start(false);
    rs_ref ref = rs_monitor(server);
    for (int i = 0; i < 10; i++) add(server, i);
    rs_gen_server_cast(server, &big_type, big, sizeof big);
    CHECK_INT(rs_sys_suspend(server, LONG_NS), RS_OK);
    CHECK_INT(rs_sys_resume(server, LONG_NS), RS_OK);
    add(server, 10);
    add(server, FAULT);
    expect_down(server, ref, "sigsegv");
    is_of_summer("-1");
    CHECK_INT(report.recent_count, 3);
    CHECK_STR(report.recent[0].type, "big");
    CHECK_STR(report.recent[0].term, ""); /* it would not fit */
    CHECK_INT(report.recent[0].bytes, sizeof big);
    CHECK_STR(report.recent[1].type, "system_request");
    CHECK_STR(report.recent[2].term, "10");
    CHECK_INT(report.recent[2].from, rs_self());
}
TEST(the_last_messages_are_told_in_order) {
    heard_by(&listener, remembers);
}

/* The request is gone with its reply; it is still the last of what was handled. */
static void replies_and_stops(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const number late = {LATE};
    rs_pid server = start(false);
    rs_ref ref = rs_monitor(server);
    rs_gen_server_call(server, &added_type, &late, sizeof late, LONG_NS);
    expect_down(server, ref, "{oops,1}");
    CHECK(!report.has_message);
    CHECK_INT(report.recent_count, 2); /* its start, and the call */
    CHECK_STR(report.recent[1].term, "-6");
    CHECK_INT(report.recent[1].kind, RS_MESSAGE_CALL);
}
TEST(a_call_that_was_answered_is_among_the_last) {
    heard_by(&listener, replies_and_stops);
}

/* A place that is used again has another past. */
static void forgets(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    CHECK_INT(ends_of(STOP, "{oops,1}"), 1);
    CHECK_INT(report.recent_count, 3);
    const int64_t stop = STOP;
    rs_pid pid;
    rs_term why = 0;
    CHECK_INT(rs_gen_server_start(&summer, &stop, sizeof stop, NULL, &pid, &why), RS_START_ERROR);
    rs_term_release(why);
    CHECK_INT(report.recent_count, 0);
}
TEST(nobody_has_anothers_past) {
    heard_by(&listener, forgets);
}

static void is_brief(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    CHECK_INT(ends_of(STOP, "{oops,1}"), 1);
    CHECK_INT(report.recent_count, 0);
}
TEST(without_a_wish_for_it_nothing_is_remembered) {
    heard_by(&brief, is_brief);
}

/* ------------------------------------------------------------------ beside the rest */

static void is_traced(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = start(false);
    rs_ref ref = rs_monitor(server);
    CHECK_INT(rs_sys_statistics_on(server, true, LONG_NS), RS_OK);
    add(server, 3);
    add(server, STOP);
    expect_down(server, ref, "{oops,1}");
    is_of_summer("-3");
    CHECK_STR(report.state, "3");
}
TEST(a_server_that_is_looked_at_tells_the_same) {
    heard_by(&listener, is_traced);
}

/* ------------------------------------------------------------------ a state that cannot be told */

static rs_atomic_u32 errors;

static void note_error(void *state, rs_term reason) {
    (void)state, (void)reason;
    rs_add(&errors, 1, rs_relaxed);
}

FAULTY static rs_term broken_to_term(const void *value, uint32_t bytes) {
    (void)value, (void)bytes;
    return *(const rs_term *)nowhere;
}

static const rs_type broken_type = {"broken", sizeof(sum), broken_to_term, NULL};
static const rs_gen_server broken = {.name = "broken",
                                     .state_bytes = sizeof(sum),
                                     .init = sum_init,
                                     .handle_cast = sum_cast,
                                     .error = note_error,
                                     .state_type = &broken_type};

static void stops_with_a_broken_state(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = 0;
    uint32_t before = rs_load(&errors, rs_relaxed);
    CHECK_INT(rs_gen_server_start(&broken, NULL, 0, NULL, &server, NULL), RS_START_OK);
    rs_ref ref = rs_monitor(server);
    add(server, STOP);
    expect_down(server, ref, "{oops,1}");
    CHECK_STR(report.module, "broken");
    CHECK_STR(report.message.term, "-3");
    CHECK_STR(report.state, "");
    CHECK_INT(rs_load(&errors, rs_relaxed), before);
}
TEST(a_state_that_cannot_be_told_changes_nothing) {
    heard_by(&listener, stops_with_a_broken_state);
}

static void returns_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const all[] = {each_end,
                             faults,
                             remembers,
                             replies_and_stops,
                             forgets,
                             is_traced,
                             stops_with_a_broken_state};
    each_returns_memory(all, sizeof all / sizeof *all);
}
TEST(reports_give_their_memory_back) {
    heard_by(&listener, returns_memory);
}

TEST_MAIN()
