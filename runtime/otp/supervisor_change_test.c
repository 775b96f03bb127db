/* supervisor_change_test.c: supervisors that go on with another spec. Every order and every error
 * here is what OTP 25 answers to the same.
 * Source: rule H3.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/supervisor.h"

#include "runtime/otp/sys.h"
#include "runtime/process/test/puppet.h"

#include <string.h>

#define TEXT_BYTES 256
#define CHILDREN   16

/* ------------------------------------------------------------------ words */

static rs_next init(void *state, const void *args, uint32_t bytes) {
    (void)state, (void)args, (void)bytes;
    return RS_INIT_OK;
}

/* What the spec says is what the process is. */
static rs_next handle_call(void *state, rs_from from, const rs_message *request) {
    (void)state, (void)from, (void)request;
    return rs_stop(RS_ATOM(normal));
}

static const rs_gen_server worker = {.name = "worker", .init = init, .handle_call = handle_call};

static rs_start_result start_worker(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    return rs_gen_server_start(&worker, NULL, 0, &start->options, pid, reason);
}

#define CHILD(ID, ...)                                                                             \
    { .id = ID, .start = start_worker, .shutdown_ns = LONG_NS, __VA_ARGS__ }
#define SPEC(LIST, LIMIT, ...)                                                                     \
    ((rs_supervisor_spec){.intensity = LIMIT,                                                      \
                          .period_s = 5,                                                           \
                          .children = LIST,                                                        \
                          .child_count = sizeof(LIST) / sizeof *(LIST),                            \
                          __VA_ARGS__})

static const rs_child_spec abc[] = {CHILD("a"), CHILD("b"), CHILD("c")};

static rs_pid start(const rs_supervisor_spec *spec) {
    const rs_start_options link = {.link = true};
    rs_pid pid = 0;
    rs_trap_exit(true);
    CHECK_INT(rs_supervisor_start(spec, &link, &pid, NULL), RS_START_OK);
    return pid;
}

static void shows(rs_pid supervisor, const char *expected) {
    rs_child_info infos[CHILDREN];
    char text[TEXT_BYTES] = "", *at = text;
    uint32_t count = rs_supervisor_which_children(supervisor, 0, infos, CHILDREN);
    for (uint32_t i = 0; i < count; i++) {
        bool is_pid = rs_term_tag(infos[i].child) == RS_TAG_PID;
        at += sprintf(at, "%s%s%s", i ? " " : "", infos[i].id, is_pid ? "" : "-");
    }
    CHECK_STR(text, expected);
}

static rs_pid child_of(rs_pid supervisor, const char *id) {
    rs_child_info infos[CHILDREN];
    uint32_t count = rs_supervisor_which_children(supervisor, 0, infos, CHILDREN);
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(infos[i].id, id) == 0) return infos[i].child;
    return 0;
}

static void answers(rs_term answered, const char *expected) {
    char text[TEXT_BYTES];
    rs_term_print(answered, text, sizeof text);
    rs_term_release(answered);
    CHECK_STR(text, expected);
}

static void change(rs_pid supervisor, const rs_supervisor_spec *spec, const char *expected) {
    CHECK_INT(rs_sys_suspend(supervisor, LONG_NS), RS_OK);
    answers(rs_supervisor_change_code(supervisor, spec), expected);
    CHECK_INT(rs_sys_resume(supervisor, LONG_NS), RS_OK);
}

static void stop(rs_pid supervisor) {
    rs_exit_signal(supervisor, RS_ATOM(shutdown));
    expect_exit(supervisor, "shutdown");
}

static void add_child(rs_pid supervisor, const char *id) {
    const rs_child_spec child = CHILD(id);
    rs_pid pid;
    rs_term reason;
    CHECK_INT(rs_supervisor_start_child(supervisor, &child, NULL, 0, NULL, &pid, &reason),
              RS_START_OK);
}

/* ------------------------------------------------------------------ static supervisors */

static void changes(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static const rs_child_spec zba[] = {CHILD("z"), CHILD("b", .restart = RS_TEMPORARY),
                                        CHILD("a")};
    static const rs_child_spec w[] = {CHILD("w", .restart = RS_TEMPORARY)};
    rs_pid supervisor = start(&SPEC(abc, 5));
    add_child(supervisor, "d");
    add_child(supervisor, "e");
    shows(supervisor, "e d c b a");
    rs_pid a = child_of(supervisor, "a"), b = child_of(supervisor, "b");
    change(supervisor, &SPEC(abc, 5), "ok");
    shows(supervisor, "e d c b a");
    change(supervisor, &SPEC(zba, 5), "ok");
    shows(supervisor, "e d c a b z-");
    CHECK(child_of(supervisor, "a") == a && child_of(supervisor, "b") == b);
    change(supervisor, &(rs_supervisor_spec){.intensity = 5, .period_s = 5}, "ok");
    shows(supervisor, "e d c a b z-");
    rs_term_release(rs_supervisor_restart_child(supervisor, "z"));
    change(supervisor, &SPEC(w, 5), "ok");
    shows(supervisor, "e d c a b z w-");
    kill_and_wait(b);
    settle();
    shows(supervisor, "e d c a z w-"); /* it was temporary by now */
    kill_and_wait(a);
    settle();
    CHECK(rs_is_alive(child_of(supervisor, "a")));
    stop(supervisor);
}
TEST(H3_processes_keep_their_ids_and_new_ids_are_not_started) {
    everywhere(changes);
}

/* Dead to rights: the order is that of restarts, too. */
static void changes_the_order(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static const rs_child_spec cb[] = {CHILD("c"), CHILD("b")};
    rs_pid supervisor = start(&SPEC(abc, 5));
    change(supervisor, &SPEC(cb, 5, .strategy = RS_REST_FOR_ONE), "ok");
    shows(supervisor, "a b c");
    rs_pid a = child_of(supervisor, "a"), b = child_of(supervisor, "b");
    rs_pid c = child_of(supervisor, "c");
    kill_and_wait(b);
    settle();
    CHECK(child_of(supervisor, "c") == c);
    CHECK(child_of(supervisor, "b") != b && child_of(supervisor, "a") != a);
    stop(supervisor);
}
TEST(H3_strategy_and_order_are_the_new_ones) {
    everywhere(changes_the_order);
}

static void changes_flags(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start(&SPEC(abc, 5));
    kill_and_wait(child_of(supervisor, "a"));
    settle();
    CHECK(rs_is_alive(child_of(supervisor, "a")));
    change(supervisor, &SPEC(abc, 1), "ok"); /* what was counted still counts */
    rs_exit_signal(child_of(supervisor, "b"), RS_ATOM(kill));
    expect_exit(supervisor, "shutdown");
}
TEST(H3_flags_are_replaced) {
    everywhere(changes_flags);
}

static void changes_significance(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static const rs_child_spec both[] = {CHILD("a", .restart = RS_TRANSIENT, .significant = true),
                                         CHILD("b", .restart = RS_TRANSIENT, .significant = true)};
    rs_pid supervisor = start(&SPEC(abc, 5));
    change(supervisor, &SPEC(both, 5, .auto_shutdown = RS_ALL_SIGNIFICANT), "ok");
    rs_term reason = 0;
    CHECK(!rs_gen_server_try_call(child_of(supervisor, "a"), &any_type, NULL, 0, LONG_NS, &reason));
    CHECK(reason == RS_ATOM(normal));
    shows(supervisor, "c b a-");
    CHECK(!rs_gen_server_try_call(child_of(supervisor, "b"), &any_type, NULL, 0, LONG_NS, &reason));
    expect_exit(supervisor, "shutdown");
}
TEST(H3_who_is_significant_is_counted_anew) {
    everywhere(changes_significance);
}

static void is_refused(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static const rs_child_spec q[] = {CHILD("q")}, yx[] = {CHILD("y"), {.id = "x"}};
    static const rs_child_spec yy[] = {CHILD("y"), CHILD("y")};
    rs_pid supervisor = start(&SPEC(abc, 5));
    answers(rs_supervisor_change_code(supervisor, &SPEC(q, 5)),
            "{error,{unknown_system_msg,change_code}}");
    change(supervisor, &SPEC(yx, -1), "{error,{error,{invalid_intensity,-1}}}");
    change(supervisor, &SPEC(yx, 5, .strategy = RS_ONE_FOR_ALL), "{error,{error,missing_start}}");
    change(supervisor, &SPEC(yy, 5), "{error,{error,{duplicate_child_name,y}}}");
    change(supervisor, &SPEC(q, 5, .strategy = RS_SIMPLE_ONE_FOR_ONE),
           "{error,{error,{invalid_strategy,simple_one_for_one}}}");
    shows(supervisor, "c b a");
    rs_pid b = child_of(supervisor, "b");
    kill_and_wait(child_of(supervisor, "a"));
    settle();
    CHECK(child_of(supervisor, "b") == b); /* still one_for_one */
    stop(supervisor);
    answers(rs_supervisor_change_code(supervisor, &SPEC(q, 5)), "{error,noproc}");
}
TEST(H3_a_wrong_spec_leaves_all_as_it_was) {
    everywhere(is_refused);
}

/* ------------------------------------------------------------------ simple_one_for_one */

static void changes_the_template(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static const rs_child_spec temporary[] = {CHILD("k2", .restart = RS_TEMPORARY)};
    rs_pid first, second,
        supervisor = start(&(rs_supervisor_spec){.strategy = RS_SIMPLE_ONE_FOR_ONE,
                                                 .intensity = 5,
                                                 .period_s = 5,
                                                 .children = abc,
                                                 .child_count = 1});
    rs_term reason;
    rs_child_counts counts;
    rs_supervisor_start_child(supervisor, NULL, NULL, 0, NULL, &first, &reason);
    rs_supervisor_start_child(supervisor, NULL, NULL, 0, NULL, &second, &reason);
    kill_and_wait(first);
    settle();
    CHECK(rs_supervisor_count_children(supervisor, &counts));
    CHECK_INT(counts.active, 2);
    change(supervisor, &SPEC(abc, 5, .strategy = RS_SIMPLE_ONE_FOR_ONE),
           "{error,{error,{bad_start_spec,3}}}");
    change(supervisor, &SPEC(temporary, 5, .strategy = RS_SIMPLE_ONE_FOR_ONE), "ok");
    kill_and_wait(second);
    settle();
    CHECK(rs_supervisor_count_children(supervisor, &counts));
    CHECK_INT(counts.active, 1);
    stop(supervisor);
}
TEST(the_template_is_replaced_for_those_that_live) {
    everywhere(changes_the_template);
}

static void returns_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const all[] = {changes, changes_the_order, changes_significance, is_refused,
                             changes_the_template};
    each_returns_memory(all, sizeof all / sizeof *all);
}
TEST(changes_of_supervisors_give_their_memory_back) {
    everywhere(returns_memory);
}

TEST_MAIN()
