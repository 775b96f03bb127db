/* supervisor_fence_test.c: a child that was killed in a system call which nobody can end may still
 * do something when that returns; behind a fence its next process waits for it.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/supervisor.h"
#include "runtime/process/test/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* ---------------------------------------------------------------- a child that sits */

static int line[2];
static FILE *stream; /* its lock is held in getc: no signal ends that */
static rs_atomic_u32 starts, returned;

static rs_next init(void *state, const void *args, uint32_t bytes) {
    (void)state;
    UNUSED_ARGS;
    rs_add(&starts, 1, rs_relaxed);
    return RS_INIT_OK;
}

static rs_next sit(void *state, const rs_message *request) {
    (void)state, (void)request;
    (void)getc(stream);
    rs_add(&returned, 1, rs_release);
    return RS_NOREPLY;
}

static const rs_gen_server sitter = {.name = "sitter", .init = init, .handle_cast = sit};

static rs_start_result start(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    return rs_gen_server_start(&sitter, NULL, 0, &given->options, pid, reason);
}

static void open_line(void) {
    CHECK_INT(pipe2(line, O_CLOEXEC), 0);
    stream = fdopen(line[0], "r");
    CHECK(stream != NULL);
}

static void let_go(void) {
    CHECK_INT(write(line[1], "x", 1), 1);
}

/* ---------------------------------------------------------------- a tree */

static rs_pid start_tree(rs_strategy strategy, uint64_t fence_ns) {
    const rs_child_spec children[] = {
        {.id = "a", .start = start, .shutdown_ns = RS_BRUTAL_KILL, .fence_ns = fence_ns},
        {.id = "b", .start = start, .shutdown_ns = RS_BRUTAL_KILL}};
    const rs_supervisor_spec spec = {.strategy = strategy,
                                     .intensity = 1,
                                     .period_s = 100,
                                     .children = children,
                                     .child_count = 2};
    rs_pid pid;
    rs_store(&starts, 0, rs_relaxed);
    rs_store(&returned, 0, rs_relaxed);
    CHECK_INT(rs_supervisor_start(&spec, NULL, &pid, NULL), RS_START_OK);
    return pid;
}

/* In reverse start order: b, a. */
static rs_term child(rs_pid supervisor, uint32_t which) {
    rs_child_info infos[2];
    CHECK_INT(rs_supervisor_which_children(supervisor, 0, infos, 2), 2);
    return infos[which].child;
}
enum { B, A };

/* From here on `a` sits where nobody can fetch it. */
static rs_pid seat(rs_pid supervisor) {
    rs_pid pid = child(supervisor, A);
    uint64_t before = counters().jailed;
    rs_gen_server_cast(pid, &any_type, NULL, 0);
    while (counters().jailed == before) wait_ns(MS / 10);
    return pid;
}

static void await_starts(uint32_t count) {
    while (rs_load(&starts, rs_relaxed) < count) wait_ns(MS);
}

static void stop(rs_pid supervisor) {
    CHECK_INT(rs_gen_server_stop(supervisor, RS_ATOM(normal), RS_FOREVER), RS_OK);
}

/* ---------------------------------------------------------------- restarts */

static void without(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_tree(RS_ONE_FOR_ONE, 0), pid = seat(supervisor);
    rs_exit_signal(pid, RS_ATOM(kill));
    await_starts(3);
    CHECK(rs_lingers(pid));
    let_go();
    while (rs_lingers(pid)) wait_ns(MS);
    stop(supervisor);
}
TEST(without_a_fence_two_may_be_at_work) {
    open_line();
    run_on(&two_threads, without);
}

static void waits_for_it(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_tree(RS_ONE_FOR_ONE, LONG_NS), pid = seat(supervisor);
    rs_exit_signal(pid, RS_ATOM(kill));
    while (rs_is_alive(pid)) wait_ns(MS);
    wait_ns(20 * MS);
    CHECK(rs_lingers(pid));
    CHECK_INT(rs_load(&starts, rs_relaxed), 2);
    CHECK(child(supervisor, A) == RS_ATOM(restarting));
    CHECK(rs_is_alive(child(supervisor, B)));
    let_go();
    await_starts(3);
    CHECK(!rs_lingers(pid));
    CHECK_INT(rs_load(&returned, rs_acquire), 1);
    CHECK_INT(rs_load(&starts, rs_relaxed), 3); /* looking at the fence is no restart */
    stop(supervisor);
}
TEST(behind_a_fence_the_next_one_waits_for_the_last) {
    open_line();
    run_on(&two_threads, waits_for_it);
}

static void gives_up_waiting(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_tree(RS_ONE_FOR_ONE, 5 * MS), pid = seat(supervisor);
    rs_exit_signal(pid, RS_ATOM(kill));
    await_starts(3);
    CHECK(rs_lingers(pid));
    let_go();
    stop(supervisor);
}
TEST(a_fence_does_not_last_for_ever) {
    open_line();
    run_on(&two_threads, gives_up_waiting);
}

/* ---------------------------------------------------------------- stops */

static void lets_go_later(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    wait_ns(20 * MS);
    let_go();
}

static void takes_the_group(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_tree(RS_ONE_FOR_ALL, LONG_NS), pid = seat(supervisor);
    rs_spawn(lets_go_later, NULL, 0);
    rs_exit_signal(child(supervisor, B), RS_ATOM(kill));
    await_starts(3);
    CHECK_INT(rs_load(&returned, rs_acquire), 1);
    CHECK(!rs_lingers(pid));
    await_starts(4);
    stop(supervisor);
}
TEST(a_group_is_down_when_nothing_of_it_lingers) {
    open_line();
    run_on(&two_threads, takes_the_group);
}

static void stops_by_hand(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_tree(RS_ONE_FOR_ONE, LONG_NS), pid = seat(supervisor);
    rs_spawn(lets_go_later, NULL, 0);
    CHECK(rs_supervisor_terminate_child(supervisor, "a", 0) == RS_ATOM(ok));
    CHECK(!rs_lingers(pid));
    CHECK_INT(rs_load(&returned, rs_acquire), 1);
    stop(supervisor);
}
TEST(who_stops_a_child_waits_at_its_fence) {
    open_line();
    run_on(&two_threads, stops_by_hand);
}

/* Who is restarting behind its fence is neither started nor taken for down by what others do. */
static rs_pid seat_and_kill(rs_pid supervisor) {
    rs_pid pid = seat(supervisor);
    rs_exit_signal(pid, RS_ATOM(kill));
    while (child(supervisor, A) != RS_ATOM(restarting)) wait_ns(MS);
    CHECK(rs_lingers(pid));
    return pid;
}

static void group_of_the_restarting(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_tree(RS_ONE_FOR_ALL, LONG_NS), pid = seat_and_kill(supervisor);
    rs_spawn(lets_go_later, NULL, 0);
    rs_exit_signal(child(supervisor, B), RS_ATOM(kill));
    await_starts(3);
    CHECK_INT(rs_load(&returned, rs_acquire), 1);
    CHECK(!rs_lingers(pid));
    await_starts(4);
    stop(supervisor);
}
TEST(a_group_waits_for_who_is_restarting_behind_a_fence) {
    open_line();
    run_on(&two_threads, group_of_the_restarting);
}

static void stops_the_restarting(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_tree(RS_ONE_FOR_ONE, LONG_NS), pid = seat_and_kill(supervisor);
    rs_spawn(lets_go_later, NULL, 0);
    CHECK(rs_supervisor_terminate_child(supervisor, "a", 0) == RS_ATOM(ok));
    CHECK(!rs_lingers(pid));
    CHECK_INT(rs_load(&returned, rs_acquire), 1);
    CHECK(rs_is_alive(supervisor));
    stop(supervisor);
}
TEST(who_stops_a_restarting_child_waits_at_its_fence) {
    open_line();
    run_on(&two_threads, stops_the_restarting);
}

static void ends_with_the_restarting(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_tree(RS_ONE_FOR_ONE, LONG_NS), pid = seat_and_kill(supervisor);
    rs_spawn(lets_go_later, NULL, 0);
    stop(supervisor);
    CHECK(!rs_lingers(pid));
    CHECK_INT(rs_load(&returned, rs_acquire), 1);
}
TEST(a_supervisor_ends_behind_its_fences) {
    open_line();
    run_on(&two_threads, ends_with_the_restarting);
}

/* ---------------------------------------------------------------- nothing lingers */

static void costs_nothing(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_tree(RS_ONE_FOR_ONE, LONG_NS), pid = child(supervisor, A);
    uint64_t since_ns = rs_now_ns();
    rs_exit_signal(pid, RS_ATOM(kill));
    await_starts(3);
    CHECK(rs_now_ns() - since_ns < LONG_NS / 2);
    stop(supervisor);
}
TEST(who_comes_to_a_plain_end_is_not_waited_for) {
    everywhere(costs_nothing);
}

TEST_MAIN()
