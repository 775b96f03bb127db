/* supervisor_call_test.c: management calls that arrive while a child's start has failed and is
 * about to be tried again, and what else only a busy supervisor meets.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/supervisor.h"

#include "runtime/base/assert.h"
#include "runtime/process/test/run.h"

#include <stdio.h>

/* ---------------------------------------------------------------- a child that can fail */

static uint32_t attempts, failures;
static rs_pid child_pid;

static rs_next init(void *state, const void *args, uint32_t bytes) {
    (void)state, (void)args, (void)bytes;
    attempts++;
    if (failures && failures--) return rs_stop(RS_ATOM(init_failed));
    child_pid = rs_self();
    return RS_INIT_OK;
}

static const rs_gen_server module = {.name = "worker", .init = init};

static rs_start_result start(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    return rs_gen_server_start(&module, NULL, 0, &given->options, pid, reason);
}

static const rs_type go_type = {.name = "go"};

static bool is_go(const rs_message *message, void *context) {
    (void)context;
    return message->type == &go_type;
}

static rs_start_result start_held(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    (void)given, (void)pid, (void)reason;
    rs_receive(is_go, NULL, RS_FOREVER);
    return RS_START_IGNORE;
}

static const rs_child_spec child = {.id = "a", .start = start, .shutdown_ns = 5000 * MS};
static const rs_child_spec held = {.id = "x", .start = start_held, .restart = RS_TEMPORARY};

static rs_pid start_supervisor(const rs_child_spec *only, int64_t intensity) {
    rs_supervisor_spec spec = {
        .intensity = intensity, .period_s = 5, .children = only, .child_count = 1};
    rs_start_options options = {.link = true};
    rs_pid pid;
    rs_term reason;
    attempts = failures = 0;
    rs_trap_exit(true);
    RS_ASSERT(rs_supervisor_start(&spec, &options, &pid, &reason) == RS_START_OK);
    return pid;
}

static void run(rs_entry *entry) {
    const rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL, .processes_max = 4096};
    run_on(&options, entry);
}

/* ---------------------------------------------------------------- calls that wait in line */

/* A call made by a process of its own, which leaves the answer behind. */
typedef struct request {
    rs_term (*call)(rs_pid supervisor);
    rs_pid supervisor;
    char (*answer)[128];
} request;

static void make_call(const void *args, uint32_t bytes) {
    (void)bytes;
    const request it = *(const request *)args;
    rs_term result = it.call(it.supervisor);
    rs_term_print(result, *it.answer, sizeof *it.answer);
    rs_term_release(result);
}

static void queue_call(rs_pid supervisor, rs_term (*call)(rs_pid), char (*answer)[128]) {
    const request it = {call, supervisor, answer};
    rs_spawn(make_call, &it, sizeof it);
    wait_ns(MS);
}

static rs_term call_held(rs_pid supervisor) {
    rs_pid pid;
    rs_term reason = RS_ATOM(ok);
    rs_supervisor_start_child(supervisor, &held, NULL, 0, NULL, &pid, &reason);
    return reason;
}

static rs_term call_start(rs_pid supervisor) {
    rs_pid pid;
    rs_term reason = RS_ATOM(ok);
    rs_supervisor_start_child(supervisor, &child, NULL, 0, NULL, &pid, &reason);
    return reason;
}

static rs_term call_terminate(rs_pid supervisor) {
    return rs_supervisor_terminate_child(supervisor, "a", 0);
}

static rs_term call_restart(rs_pid supervisor) {
    return rs_supervisor_restart_child(supervisor, "a");
}

static rs_term call_delete(rs_pid supervisor) {
    return rs_supervisor_delete_child(supervisor, "a");
}

static rs_term call_which(rs_pid supervisor) {
    rs_child_info info = {.child = 0};
    return rs_supervisor_which_children(supervisor, 0, &info, 1) == 1 ? info.child : 0;
}

static rs_term call_count(rs_pid supervisor) {
    rs_child_counts counts;
    RS_ASSERT(rs_supervisor_count_children(supervisor, &counts));
    const rs_term elements[] = {rs_term_integer((int64_t)counts.specs),
                                rs_term_integer((int64_t)counts.active)};
    return rs_term_tuple(2, elements);
}

/* The supervisor is busy; its child dies, and will not start again the first time; then come
 * `calls`. All are served after the failed start and before the retry (S18). */
static void call_between(rs_pid supervisor, rs_term (*const *calls)(rs_pid), uint32_t count,
                         char (*answers)[128]) {
    char ignored[128];
    queue_call(supervisor, call_held, &ignored);
    failures = 1;
    rs_exit_signal(child_pid, RS_ATOM(kill));
    wait_ns(MS);
    for (uint32_t i = 0; i < count; i++) queue_call(supervisor, calls[i], &answers[i]);
    rs_send(supervisor, &go_type, NULL, 0);
    wait_ns(MS);
}

/* ---------------------------------------------------------------- S18, S19 */

static void refused_while_restarting(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    static rs_term (*const calls[])(rs_pid) = {call_which, call_count, call_start, call_restart,
                                               call_delete};
    static const char *const expected[] = {"restarting", "{1,0}", "already_present",
                                           "{error,restarting}", "{error,restarting}"};
    char answers[5][128];
    rs_pid supervisor = start_supervisor(&child, 2);
    call_between(supervisor, calls, 5, answers);
    for (int i = 0; i < 5; i++) CHECK_STR(answers[i], expected[i]);
    CHECK_INT(attempts, 3); /* boot, the failure, the retry */
    CHECK(call_which(supervisor) == child_pid && rs_is_alive(child_pid));
}

TEST(a_restarting_child_is_left_alone) {
    run(refused_while_restarting);
}

static void terminated_while_restarting(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    static rs_term (*const calls[])(rs_pid) = {call_terminate, call_which};
    char answers[2][128];
    rs_pid supervisor = start_supervisor(&child, 2);
    call_between(supervisor, calls, 2, answers);
    CHECK_STR(answers[0], "ok");
    CHECK_STR(answers[1], "undefined");
    CHECK_INT(attempts, 2); /* the retry found nothing to do */
    CHECK(call_which(supervisor) == RS_ATOM(undefined));
}

TEST(a_terminated_child_is_not_retried) {
    run(terminated_while_restarting);
}

/* Terminated and started again by hand before the retry comes: it must not start it twice. */
static void restarted_while_restarting(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    static rs_term (*const calls[])(rs_pid) = {call_terminate, call_restart};
    char answers[2][128];
    rs_pid supervisor = start_supervisor(&child, 2);
    call_between(supervisor, calls, 2, answers);
    CHECK(strncmp(answers[1], "{ok,<", 5) == 0);
    CHECK_INT(attempts, 3);
    CHECK(call_which(supervisor) == child_pid && rs_is_alive(child_pid));
}

TEST(a_child_started_by_hand_is_not_retried) {
    run(restarted_while_restarting);
}

static rs_term call_start_other(rs_pid supervisor) {
    rs_child_spec other = child;
    other.id = "b";
    rs_pid pid;
    rs_term reason = RS_ATOM(ok);
    rs_supervisor_start_child(supervisor, &other, NULL, 0, NULL, &pid, &reason);
    return reason;
}

static rs_term call_which_of_many(rs_pid supervisor) {
    rs_child_info infos[8];
    return rs_term_integer(rs_supervisor_which_children(supervisor, 0, infos, 8));
}

/* S31: the answer is of one moment, whoever waits in line behind the question. */
static void few_are_shown_at_once(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    char answers[3][128];
    rs_pid supervisor = start_supervisor(&child, 2);
    queue_call(supervisor, call_held, &answers[0]);
    queue_call(supervisor, call_which_of_many, &answers[1]);
    queue_call(supervisor, call_start_other, &answers[2]);
    rs_send(supervisor, &go_type, NULL, 0);
    wait_ns(MS);
    CHECK_STR(answers[1], "1");
    CHECK_STR(answers[2], "ok");
}

TEST(a_page_of_children_is_of_one_moment) {
    run(few_are_shown_at_once);
}

/* S14: the failed start and the retry both count, so intensity 1 is not enough. */
static void every_attempt_counts(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    rs_pid supervisor = start_supervisor(&child, 1);
    failures = 1;
    rs_exit_signal(child_pid, RS_ATOM(kill));
    wait_ns(MS);
    CHECK_INT(attempts, 2);
    CHECK(!rs_is_alive(supervisor));
}

TEST(a_retry_counts) {
    run(every_attempt_counts);
}

static rs_term call_stop(rs_pid supervisor) {
    return rs_gen_server_stop(supervisor, RS_ATOM(normal), RS_FOREVER) == RS_OK ? RS_ATOM(ok)
                                                                                : RS_ATOM(error);
}

/* Nothing to stop, nothing to wait for. */
static void stopped_while_restarting(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    static rs_term (*const calls[])(rs_pid) = {call_stop};
    char answers[1][128];
    rs_pid supervisor = start_supervisor(&child, 2);
    call_between(supervisor, calls, 1, answers);
    CHECK_STR(answers[0], "ok");
    CHECK_INT(attempts, 2);
    CHECK(!rs_is_alive(supervisor));
}

TEST(a_supervisor_stops_between_retries) {
    run(stopped_while_restarting);
}

/* ---------------------------------------------------------------- S10 */

static rs_pid bystander;

static void linger(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    wait_ns(RS_FOREVER);
}

/* Links a stranger to the supervisor with the child's own tag. */
static rs_start_result start_with_bystander(const rs_child_start *given, rs_pid *pid,
                                            rs_term *reason) {
    const rs_spawn_options options = {
        .entry = linger, .link = true, .link_tag = given->options.link_tag};
    RS_ASSERT(rs_spawn_opt(&options, &bystander) == RS_OK);
    return start(given, pid, reason);
}

static const rs_child_spec accompanied = {
    .id = "a", .start = start_with_bystander, .shutdown_ns = 5000 * MS};

static void signal_from_outside(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_exit_signal(*(const rs_pid *)args, RS_ATOM(shutdown));
}

static void strangers(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    rs_pid supervisor = start_supervisor(&accompanied, 0), first = child_pid;
    rs_exit_signal(bystander, RS_ATOM(kill));
    rs_spawn(signal_from_outside, &supervisor, sizeof supervisor);
    rs_send(supervisor, &go_type, NULL, 0);
    wait_ns(MS);
    CHECK_INT(attempts, 1);
    CHECK(rs_is_alive(first) && rs_is_alive(supervisor));
}

TEST(an_exit_of_no_child_is_ignored) {
    run(strangers);
}

/* ---------------------------------------------------------------- S11 */

static rs_pid its_supervisor;

static rs_next leave(void *state, const rs_message *info) {
    (void)state, (void)info;
    rs_unlink(its_supervisor);
    return rs_stop(RS_ATOM(killed));
}

static const rs_gen_server leaving = {.name = "leaving", .init = init, .handle_info = leave};

static rs_start_result start_leaving(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    return rs_gen_server_start(&leaving, NULL, 0, &given->options, pid, reason);
}

static const rs_child_spec leaver = {.id = "a", .start = start_leaving, .shutdown_ns = 5000 * MS};

static void leaves_unseen(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    rs_pid supervisor = its_supervisor = start_supervisor(&leaver, 5), first = child_pid;
    rs_send(first, &go_type, NULL, 0);
    wait_ns(MS);
    CHECK(!rs_is_alive(first));
    CHECK_INT(attempts, 1);
    CHECK(call_which(supervisor) == first);
    is_term(call_count(supervisor), "{1,0}");
    is_term(call_restart(supervisor), "{error,running}");
    is_term(call_terminate(supervisor), "ok");
    CHECK(call_which(supervisor) == RS_ATOM(undefined));
    rs_term_release(call_restart(supervisor));
    CHECK_INT(attempts, 2);
    CHECK(call_which(supervisor) == child_pid && rs_is_alive(child_pid));
}

TEST(who_unlinks_itself_and_dies_is_never_noticed) {
    run(leaves_unseen);
}

/* ---------------------------------------------------------------- S36 */

static rs_start_result start_once(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    return attempts ? RS_START_IGNORE : start(given, pid, reason);
}

static const rs_child_spec once = {.id = "a", .start = start_once, .shutdown_ns = 5000 * MS};

static void is_dropped(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    const rs_supervisor_spec spec = {.strategy = RS_SIMPLE_ONE_FOR_ONE,
                                     .intensity = 1,
                                     .period_s = 5,
                                     .children = &once,
                                     .child_count = 1};
    const rs_start_options options = {.link = true};
    rs_pid supervisor, pid;
    rs_term reason;
    attempts = 0;
    rs_trap_exit(true);
    CHECK_INT(rs_supervisor_start(&spec, &options, &supervisor, &reason), RS_START_OK);
    CHECK_INT(rs_supervisor_start_child(supervisor, NULL, NULL, 0, NULL, &pid, &reason),
              RS_START_OK);
    rs_exit_signal(pid, RS_ATOM(kill));
    wait_ns(MS);
    rs_child_counts counts;
    CHECK(rs_supervisor_count_children(supervisor, &counts));
    CHECK_INT(counts.active + counts.workers, 0);
    CHECK_INT(rs_supervisor_which_children(supervisor, 0, NULL, 0), 0);
    rs_exit_signal(supervisor, RS_ATOM(shutdown));
    wait_ns(MS);
    CHECK(!rs_is_alive(supervisor));
}

TEST(a_dynamic_child_whose_restart_is_ignored_is_dropped) {
    run(is_dropped);
}

/* ---------------------------------------------------------------- killed while it stops others */

static rs_next init_trapping(void *state, const void *args, uint32_t bytes) {
    (void)state, (void)args, (void)bytes;
    rs_trap_exit(true);
    return RS_INIT_OK;
}

static void end_oddly(void *state, rs_term reason) {
    (void)state, (void)reason;
    rs_term odd = 0;
    RS_ASSERT(rs_term_parse("{oops,{1,2}}", &odd) == RS_OK);
    rs_exit(odd);
}

static void never_end(void *state, rs_term reason) {
    (void)state, (void)reason;
    wait_ns(RS_FOREVER);
}

static const rs_gen_server odd = {.name = "odd", .init = init_trapping, .terminate = end_oddly};
static const rs_gen_server deaf = {.name = "deaf", .init = init_trapping, .terminate = never_end};

/* By turns. */
static rs_start_result start_one_or_other(const rs_child_start *given, rs_pid *pid,
                                          rs_term *reason) {
    return rs_gen_server_start(attempts++ % 2 ? &deaf : &odd, NULL, 0, &given->options, pid,
                               reason);
}

static const rs_child_spec either = {
    .id = "a", .start = start_one_or_other, .shutdown_ns = RS_SHUTDOWN_INFINITY};

static void stop_and_kill(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    const rs_supervisor_spec spec = {.strategy = RS_SIMPLE_ONE_FOR_ONE,
                                     .intensity = 1,
                                     .period_s = 5,
                                     .children = &either,
                                     .child_count = 1};
    const rs_start_options options = {.link = true};
    rs_pid supervisor, pids[2];
    rs_term reason;
    attempts = 0;
    rs_trap_exit(true);
    CHECK_INT(rs_supervisor_start(&spec, &options, &supervisor, &reason), RS_START_OK);
    for (int i = 0; i < 2; i++)
        CHECK_INT(rs_supervisor_start_child(supervisor, NULL, NULL, 0, NULL, &pids[i], &reason),
                  RS_START_OK);
    rs_exit_signal(supervisor, RS_ATOM(shutdown));
    wait_ns(MS);
    CHECK(!rs_is_alive(pids[0]) && rs_is_alive(pids[1]));
    rs_exit_signal(supervisor, RS_ATOM(kill));
    rs_exit_signal(pids[1], RS_ATOM(kill));
    wait_ns(MS);
}

static bool is_end(const rs_message *message, void *context) {
    return message->kind == RS_MESSAGE_DOWN && message->ref == *(rs_ref *)context;
}

static void leaks_nothing(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    rs_memory_use before;
    read_settled(&before);
    for (int i = 0; i < 3; i++) {
        rs_ref ref;
        rs_spawn_monitor(stop_and_kill, NULL, 0, &ref);
        CHECK(rs_receive(is_end, &ref, LONG_NS) != NULL);
    }
    memory_is(&before);
}

TEST(who_is_killed_while_it_stops_others_leaks_nothing) {
    run(leaks_nothing);
}

/* ---------------------------------------------------------------- memory of static children */

static char ids[2000][16];

static void come_and_go(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    rs_pid supervisor = start_supervisor(&child, 1), pid;
    rs_memory_use at_first, at_last;
    for (int i = 0; i < 2000; i++) {
        char *id = ids[i];
        snprintf(id, sizeof ids[i], "c%d", i);
        rs_child_spec spec = {.id = id, .start = start, .shutdown_ns = 5000 * MS};
        rs_term reason;
        CHECK_INT(rs_supervisor_start_child(supervisor, &spec, NULL, 0, NULL, &pid, &reason),
                  RS_START_OK);
        CHECK(rs_supervisor_terminate_child(supervisor, id, 0) == RS_ATOM(ok));
        CHECK(rs_supervisor_delete_child(supervisor, id) == RS_ATOM(ok));
        if (i == 100) rs_memory_read(&at_first);
    }
    rs_memory_read(&at_last);
    CHECK(memcmp(&at_first, &at_last, sizeof at_last) == 0);
}

TEST(static_children_come_and_go) {
    run(come_and_go);
}

/* ---------------------------------------------------------------- start functions that raise */

static uint32_t sound_starts; /* that many go well */

FAULTY static rs_start_result start_and_raise(const rs_child_start *given, rs_pid *pid,
                                              rs_term *reason) {
    if (sound_starts && sound_starts--) return start(given, pid, reason);
    if (given->args) rs_exit(RS_ATOM(shutdown));
    volatile int *nowhere = NULL;
    __asm__ volatile("" : "+r"(nowhere));
    *nowhere = 1;
    return RS_START_OK;
}

static const rs_child_spec crasher = {.id = "c", .start = start_and_raise, .restart = RS_TEMPORARY};
static const rs_child_spec exiter = {
    .id = "e", .start = start_and_raise, .args = "", .restart = RS_TEMPORARY};

static void expect_error(const rs_child_spec *spec, rs_pid supervisor, const char *expected) {
    rs_pid pid;
    rs_term reason;
    char text[128];
    CHECK_INT(rs_supervisor_start_child(supervisor, spec, NULL, 0, NULL, &pid, &reason),
              RS_START_ERROR);
    rs_term_print(reason, text, sizeof text);
    rs_term_release(reason);
    CHECK_STR(text, expected);
}

static void raises(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_supervisor(&child, 100);
    sound_starts = 0;
    for (int i = 0; i < 3; i++) {
        expect_error(&crasher, supervisor, "{{'EXIT',sigsegv},child}");
        expect_error(&exiter, supervisor, "{{'EXIT',shutdown},child}");
    }
    rs_child_counts counts;
    CHECK(rs_supervisor_count_children(supervisor, &counts));
    CHECK_INT(counts.specs, 1);
    CHECK_INT(counts.active, 1);
    rs_gen_server_stop(supervisor, RS_ATOM(shutdown), RS_FOREVER);
}

static rs_start_result start_named(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    rs_start_options options = given->options;
    options.name = rs_atom_find("somebody");
    return rs_gen_server_start(&module, NULL, 0, &options, pid, reason);
}
static const rs_child_spec named = {.id = "n", .start = start_named, .shutdown_ns = 5000 * MS};
static const rs_child_spec namesake = {.id = "m", .start = start_named, .shutdown_ns = 5000 * MS};

static void started_already(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    char expected[64], pid_text[32];
    rs_pid supervisor = start_supervisor(&named, 100);
    rs_term_print(rs_whereis(rs_atom_find("somebody")), pid_text, sizeof pid_text);
    snprintf(expected, sizeof expected, "{already_started,%s}", pid_text);
    expect_error(&namesake, supervisor, expected);
    rs_gen_server_stop(supervisor, RS_ATOM(shutdown), RS_FOREVER);
}
TEST(S28_who_is_started_already_is_told_so) {
    run(started_already);
}

/* As a restart it is tried again until the intensity is used up. */
static const rs_child_spec crashes_later = {.id = "c", .start = start_and_raise};

static void raises_again(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    sound_starts = 1;
    rs_pid supervisor = start_supervisor(&crashes_later, 3);
    rs_ref down = rs_monitor(supervisor);
    rs_exit_signal(child_pid, RS_ATOM(kill));
    const rs_message *message;
    while ((message = rs_receive(NULL, NULL, RS_FOREVER))->ref != down) continue;
    CHECK(rs_message_reason(message) == RS_ATOM(shutdown));
}
TEST(S6_who_raises_in_its_start_function_has_not_started) {
    run(raises);
    run(raises_again);
    run_on(&two_threads, raises);
}

TEST_MAIN()
