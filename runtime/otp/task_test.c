/* task_test.c: tasks that return, crash, take long, are shut down, or lose their owner; everywhere.
 * Source: rule E4.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/task.h"

#include "runtime/otp/supervisor.h"
#include "runtime/process/test/puppet.h"

#include <string.h>

/* ------------------------------------------------------------------ what tasks do */

static void doubles(const void *args, uint32_t bytes) {
    CHECK_INT(bytes, sizeof(number));
    const number twice = {2 * ((const number *)args)->value};
    rs_task_return(&number_type, &twice, sizeof twice);
    rs_task_return(&number_type, &twice, sizeof twice); /* dropped */
}

static void does_nothing(const void *args, uint32_t bytes) {
    CHECK(args == NULL && bytes == 0);
}

static void crashes(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_exit(term_of("{oops,1}"));
}

/* Waits for a number of ms, then returns it. */
static void takes(const void *args, uint32_t bytes) {
    CHECK_INT(bytes, sizeof(number));
    wait_ns((uint64_t)((const number *)args)->value * MS);
    rs_task_return(&number_type, args, bytes);
}

/* Returns at once, and lives on. */
static void lingers(const void *args, uint32_t bytes) {
    rs_task_return(&number_type, args, bytes);
    wait_ns(RS_FOREVER);
}

static void is_deaf(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    send_number(*(const rs_pid *)args, 1);
    wait_ns(RS_FOREVER);
}

static bool is_exit_signal(const rs_message *message, void *context) {
    (void)context;
    return message->kind == RS_MESSAGE_EXIT;
}

static void has_last_words(const void *args, uint32_t bytes) {
    (void)bytes;
    const number last = {99};
    rs_trap_exit(true);
    send_number(*(const rs_pid *)args, 1);
    rs_receive(is_exit_signal, NULL, RS_FOREVER);
    rs_task_return(&number_type, &last, sizeof last);
}

static rs_async begin(rs_entry *entry, int64_t value) {
    const number given = {value};
    return rs_task_async(entry, &given, sizeof given);
}

static void is_running(rs_async *task, uint64_t timeout_ns) {
    CHECK_INT(rs_task_yield(task, timeout_ns, NULL, NULL), RS_TASK_RUNNING);
}

static void has_exited(rs_task_state state, const rs_term *reason, const char *expected) {
    char text[PUPPET_TEXT_MAX];
    CHECK_INT(state, RS_TASK_EXITED);
    rs_term_print(*reason, text, sizeof text);
    rs_term_release(*reason);
    CHECK_STR(text, expected);
}

/* ------------------------------------------------------------------ results */

static void returns(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_async tasks[50];
    send_number(rs_self(), 7); /* stays where it is */
    for (int i = 0; i < 50; i++) tasks[i] = begin(doubles, i);
    for (int i = 49; i >= 0; i--) CHECK_INT(value_of(rs_task_await(&tasks[i], LONG_NS)), 2 * i);
    rs_async nothing = rs_task_async(does_nothing, NULL, 0);
    const rs_message *result = rs_task_await(&nothing, LONG_NS);
    CHECK(result->bytes == 0);
    CHECK_INT(take_number(), 7);
    is_empty();
    rs_term reason = 0;
    has_exited(rs_task_yield(&nothing, 0, NULL, &reason), &reason, "noproc"); /* once */
}
TEST(every_task_has_its_result) {
    everywhere(returns);
}

static void yields(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_message *result = NULL;
    rs_async task = begin(takes, 8);
    is_running(&task, 0);
    is_running(&task, 2 * MS);
    CHECK_INT(rs_task_yield(&task, LONG_NS, &result, NULL), RS_TASK_DONE);
    CHECK_INT(value_of(result), 8);
}
TEST(a_task_may_be_waited_for_again_and_again) {
    everywhere(yields);
}

/* ------------------------------------------------------------------ ends */

static void sees_a_crash(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_term reason = 0;
    rs_async task = rs_task_async_nolink(crashes, NULL, 0);
    has_exited(rs_task_yield(&task, LONG_NS, NULL, &reason), &reason, "{oops,1}");
    rs_trap_exit(true);
    task = rs_task_async(crashes, NULL, 0);
    has_exited(rs_task_yield(&task, LONG_NS, NULL, &reason), &reason, "{oops,1}");
    expect_exit(task.pid, "{oops,1}");
    is_empty();
}
TEST(a_crash_is_told) {
    everywhere(sees_a_crash);
}

static void awaits_a_crash(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_async task = rs_task_async_nolink(crashes, NULL, 0);
    rs_task_await(&task, LONG_NS);
}

static void awaits_too_long(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_async task = begin(takes, 100000);
    rs_task_await(&task, MS);
}

static void is_linked_to_a_crash(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_task_async(crashes, NULL, 0);
    wait_ns(RS_FOREVER);
}

static void awaits_anothers(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_async task = *(const rs_async *)args;
    rs_task_await(&task, LONG_NS);
}

static void returns_without_a_task(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_task_return(&any_type, NULL, 0);
}

static void ends_with(rs_entry *entry, const void *args, uint32_t bytes, const char *reason) {
    rs_ref ref;
    rs_pid pid = 0;
    const rs_spawn_options options = {
        .entry = entry, .args = args, .bytes = bytes, .monitor = true, .ref = &ref};
    CHECK_INT(rs_spawn_opt(&options, &pid), RS_OK);
    wanted this = {pid, ref, RS_MESSAGE_DOWN};
    const rs_message *down = rs_receive(is_wanted, &this, LONG_NS);
    CHECK(down != NULL);
    char text[PUPPET_TEXT_MAX];
    rs_term_print(rs_message_reason(down), text, sizeof text);
    text[strlen(reason)] = '\0'; /* a pid may follow */
    CHECK_STR(text, reason);
}

static void owners_end(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    ends_with(awaits_a_crash, NULL, 0, "{{oops,1},{task,await,<");
    ends_with(awaits_too_long, NULL, 0, "{timeout,{task,await,<");
    ends_with(is_linked_to_a_crash, NULL, 0, "{oops,1}");
    ends_with(returns_without_a_task, NULL, 0, "badarg");
    rs_async mine = begin(doubles, 1);
    ends_with(awaits_anothers, &mine, sizeof mine, "badarg");
    CHECK_INT(value_of(rs_task_await(&mine, LONG_NS)), 2);
}
TEST(who_awaits_in_vain_ends) {
    everywhere(owners_end);
}

/* ------------------------------------------------------------------ shutdown */

static void shuts_down(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_message *result = NULL;
    rs_term reason = 0;
    rs_pid self = rs_self();
    rs_trap_exit(true);

    rs_async task = begin(takes, 100000); /* is told, and ends */
    CHECK_INT(rs_task_shutdown(&task, LONG_NS, NULL, NULL), RS_TASK_RUNNING);
    CHECK(!rs_is_alive(task.pid));

    task = rs_task_async(is_deaf, &self, sizeof self);
    take_number();
    has_exited(rs_task_shutdown(&task, MS, NULL, &reason), &reason, "killed");
    CHECK(!rs_is_alive(task.pid));

    task = rs_task_async(is_deaf, &self, sizeof self);
    take_number();
    CHECK_INT(rs_task_shutdown(&task, 0, NULL, NULL), RS_TASK_RUNNING);

    task = rs_task_async(has_last_words, &self, sizeof self);
    take_number();
    CHECK_INT(rs_task_shutdown(&task, RS_FOREVER, &result, NULL), RS_TASK_DONE);
    CHECK_INT(value_of(result), 99);

    task = begin(lingers, 5); /* whose result is here already */
    wait_ns(SETTLE_NS);
    CHECK_INT(rs_task_shutdown(&task, LONG_NS, &result, NULL), RS_TASK_DONE);
    CHECK_INT(value_of(result), 5);
    kill_and_wait(task.pid);

    task = rs_task_async_nolink(crashes, NULL, 0);
    wait_ns(SETTLE_NS);
    has_exited(rs_task_shutdown(&task, LONG_NS, NULL, &reason), &reason, "{oops,1}");

    expect_exit(0, "killed"); /* of `lingers`, which was not shut down any more */
    is_empty();
}
TEST(shutdown_leaves_nothing_behind) {
    everywhere(shuts_down);
}

static void shuts_down_untrapped(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_async task = begin(takes, 100000);
    CHECK_INT(rs_task_shutdown(&task, LONG_NS, NULL, NULL), RS_TASK_RUNNING);
    task = begin(takes, 100000);
    CHECK_INT(rs_task_shutdown(&task, 0, NULL, NULL), RS_TASK_RUNNING);
    wait_ns(SETTLE_NS);
    is_empty();
}
TEST(who_shuts_a_task_down_does_not_die_of_it) {
    everywhere(shuts_down_untrapped);
}

/* A task that ends by itself at any moment meanwhile keeps its reason. */
static void shuts_down_the_dying(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_term reason = 0;
    for (int i = 0; i < 300; i++) {
        rs_async task = rs_task_async_nolink(crashes, NULL, 0);
        for (int j = 0; j < i * 5; j++) rs_whereis(RS_ATOM(ok)), rs_is_alive(rs_self());
        if (rs_task_shutdown(&task, LONG_NS, NULL, &reason) == RS_TASK_EXITED)
            has_exited(RS_TASK_EXITED, &reason, "{oops,1}");
    }
}
TEST(who_dies_by_itself_keeps_its_reason) {
    everywhere(shuts_down_the_dying);
}

/* ------------------------------------------------------------------ under a supervisor */

static rs_start_result start_once(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    return rs_task_start(takes, start->args, start->bytes, &start->options, pid, reason);
}

static void is_supervised(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const number three = {3};
    const rs_child_spec child = {.id = "task",
                                 .start = start_once,
                                 .args = &three,
                                 .bytes = sizeof three,
                                 .restart = RS_TEMPORARY,
                                 .shutdown_ns = LONG_NS};
    const rs_supervisor_spec spec = {
        .intensity = 0, .period_s = 1, .children = &child, .child_count = 1};
    const rs_start_options link = {.link = true};
    rs_pid supervisor = 0;
    rs_trap_exit(true);
    CHECK_INT(rs_supervisor_start(&spec, &link, &supervisor, NULL), RS_START_OK);
    while (rs_supervisor_which_children(supervisor, 0, NULL, 0) != 0) wait_ns(MS);
    rs_exit_signal(supervisor, RS_ATOM(shutdown));
    expect_exit(supervisor, "shutdown");
    is_empty(); /* nobody was sent a result */
}
TEST(a_supervised_task_is_done_once) {
    everywhere(is_supervised);
}

/* ------------------------------------------------------------------ memory */

static void returns_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const all[] = {returns, yields, sees_a_crash, shuts_down, is_supervised};
    each_returns_memory(all, sizeof all / sizeof *all);
}
TEST(tasks_give_their_memory_back) {
    everywhere(returns_memory);
}

TEST_MAIN()
