/* application_controller_test.c: what OTP has no judge for: native crashes, kills, circles, what
 * callbacks may ask meanwhile, and that nothing is left. What OTP does is in
 * test/application.cases. Source: rules A1-A8. SPDX-License-Identifier: MIT
 */
#include "runtime/otp/application_controller.h"

#include "runtime/process/test/puppet.h"

#include <stdlib.h>

static char story[512];

static void note(const char *what) {
    if (story[0]) strcat(story, " ");
    strcat(story, what);
}

static rs_atom word(const char *text) {
    return rs_atom_find(text);
}

static rs_pid controller(void) {
    return rs_whereis(word("application_controller"));
}

/* Each in a process of its own, which leaves no process and no byte but the controller's: that is
 * stopped by `entry` itself. */
static void leaves_nothing(rs_entry *const *entries, size_t count) {
    story[0] = '\0';
    each_returns_memory(entries, count);
}

static void stop_controller(void) {
    rs_gen_server_stop(controller(), RS_ATOM(normal), RS_FOREVER);
}

#define EVERYWHERE(NAME, ENTRY)                                                                    \
    static void NAME##_inside(const void *args, uint32_t bytes) {                                  \
        UNUSED_ARGS;                                                                               \
        rs_entry *const all[] = {ENTRY};                                                           \
        leaves_nothing(all, 1);                                                                    \
    }                                                                                              \
    TEST(NAME) {                                                                                   \
        everywhere(NAME##_inside);                                                                 \
    }

/* ---------------------------------------------------------------- a tree with a stray */

/* Deaf to everything but kill. */
static void linger(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    for (;;) rs_receive(NULL, NULL, RS_FOREVER);
}

static rs_next worker_init(void *state, const void *args, uint32_t bytes) {
    (void)state, UNUSED_ARGS;
    rs_trap_exit(true);
    rs_spawn(linger, NULL, 0);
    return RS_INIT_OK;
}

static rs_next worker_call(void *state, rs_from from, const rs_message *request) {
    (void)state, (void)from, (void)request;
    rs_atom whose = rs_application_get_application();
    return rs_reply(&any_type, &whose, sizeof whose);
}

/* Crashes, or stops its own application. */
static rs_next worker_cast(void *state, const rs_message *request) {
    (void)state, (void)request;
    is_term(rs_application_stop(rs_application_get_application()), "ok");
    return RS_NOREPLY;
}

static rs_next worker_info(void *state, const rs_message *info) {
    (void)state;
    return info->kind == RS_MESSAGE ? rs_stop(word("crash")) : RS_NOREPLY;
}

/* Who is killed meanwhile is not done. */
static void worker_terminate(void *state, rs_term reason) {
    (void)state, (void)reason;
    wait_ns(5 * MS);
    note("terminate");
}

static const rs_gen_server worker = {
    .name = "worker",
    .init = worker_init,
    .handle_call = worker_call,
    .handle_cast = worker_cast,
    .handle_info = worker_info,
    .terminate = worker_terminate,
};

static rs_start_result start_worker(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    return rs_gen_server_start(&worker, NULL, 0, &start->options, pid, reason);
}

static const rs_child_spec one_worker[] = {
    {.id = "worker", .start = start_worker, .shutdown_ns = 5000 * MS}};
static const rs_supervisor_spec top = {
    .intensity = 0, .period_s = 5, .children = one_worker, .child_count = 1};

static rs_start_result start_tree(const void *args, rs_pid *pid, rs_term *reason) {
    (void)args;
    const rs_start_options options = {.link = true};
    return rs_supervisor_start(&top, &options, pid, reason);
}

static rs_pid worker_of(const char *name) {
    rs_child_info info;
    CHECK_INT(rs_supervisor_which_children(rs_application_top(word(name)), 0, &info, 1), 1);
    return info.child;
}

static void prepare(const void *args) {
    (void)args;
    note("prep_stop");
}

static void clean(const void *args) {
    (void)args;
    note("stop");
}

static const rs_application tree = {
    .name = "tree", .start = start_tree, .prep_stop = prepare, .stop = clean};

/* ---------------------------------------------------------------- native crashes */

static rs_start_result start_crash(const void *args, rs_pid *pid, rs_term *reason) {
    rs_spawn(linger, NULL, 0);
    start_tree(args, pid, reason);
    rs_crash(RS_ATOM(sigsegv));
}

static void crash(const void *args) {
    note(args);
    rs_crash(RS_ATOM(sigsegv));
}

static void leave(const void *args) {
    note(args);
    rs_exit(word("leave"));
}

static const rs_application crashes_first = {.name = "a", .start = start_crash, .stop = clean};
static const rs_application crashes_before = {
    .name = "a", .start = start_tree, .prep_stop = crash, .stop = clean, .args = "prep_stop"};
static const rs_application crashes_last = {
    .name = "a", .start = start_tree, .prep_stop = prepare, .stop = crash, .args = "stop"};

static const rs_application leaves_before = {
    .name = "a", .start = start_tree, .prep_stop = leave, .stop = clean, .args = "prep_stop"};

static void start_crashes(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    is_term(rs_application_start(&crashes_first, RS_TEMPORARY),
            "{error,{bad_return,{{a,start,[normal,[]]},{'EXIT',sigsegv}}}}");
    CHECK_STR(story, "terminate");
    stop_controller();
}
EVERYWHERE(A2_a_native_crash_is_a_start_that_failed, start_crashes)

static void stop_crashes(const rs_application *application) {
    story[0] = '\0';
    is_term(rs_application_start(application, RS_TEMPORARY), "ok");
    rs_pid master = rs_application_get_master(word("a"));
    is_term(rs_application_stop(word("a")), "ok");
    CHECK_STR(story, "prep_stop terminate stop");
    CHECK_INT(rs_group_count(master), 0);
    is_term(rs_application_unload(word("a")), "ok");
}

static void stops_crash(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    stop_crashes(&crashes_before);
    stop_crashes(&crashes_last);
    stop_crashes(&leaves_before);
    stop_controller();
}
EVERYWHERE(A4_a_crash_in_one_callback_is_followed_by_the_next, stops_crash)

static void end_when_told(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_receive(NULL, NULL, RS_FOREVER);
}

static rs_start_result start_small(const void *args, rs_pid *pid, rs_term *reason) {
    (void)args, (void)reason;
    *pid = rs_spawn_link(end_when_told, NULL, 0);
    return RS_START_OK;
}

/* The reason is that of the top, not that of the callback behind it. */
static void ends_normal(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static const rs_application it = {
        .name = "a", .start = start_small, .stop = crash, .args = "stop"};
    is_term(rs_application_start(&it, RS_TRANSIENT), "ok");
    rs_pid pid = rs_application_get_master(word("a"));
    rs_ref ref = rs_monitor(pid);
    send_number(rs_application_top(word("a")), 1);
    expect_down(pid, ref, "normal");
    is_term(rs_application_loaded_applications(), "[{a,\"\",\"\"}]");
    stop_controller();
}
EVERYWHERE(A5_a_crash_behind_a_normal_end_ends_no_node, ends_normal)

static rs_term crash_in_phase(const char *phase, const void *args, const void *phase_args) {
    (void)phase, (void)args, (void)phase_args;
    rs_crash(RS_ATOM(sigsegv));
}

static void phase_crashes(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static const rs_start_phase phases[] = {{"go", NULL}, {NULL, NULL}};
    static const rs_application it = {
        .name = "a", .start = start_tree, .start_phases = phases, .start_phase = crash_in_phase};
    is_term(rs_application_start(&it, RS_TEMPORARY),
            "{error,{bad_return_value,{{a,start_phase,[go,normal,[]]},{'EXIT',sigsegv}}}}");
    CHECK_STR(story, "terminate");
    stop_controller();
}
EVERYWHERE(A8_a_phase_that_crashes_takes_the_tree_down, phase_crashes)

/* ---------------------------------------------------------------- kills */

static void kill_running(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    is_term(rs_application_start(&tree, RS_TEMPORARY), "ok");
    rs_pid master = rs_application_get_master(word("tree"));
    kill_and_wait(master);
    is_term(rs_application_which_applications(), "[]");
    CHECK_INT(rs_group_count(master), 0);
    is_term(rs_application_start(&tree, RS_TEMPORARY), "ok");
    is_term(rs_application_stop(word("tree")), "ok");
    stop_controller();
}
EVERYWHERE(a_master_that_is_killed_leaves_nobody_behind, kill_running)

static rs_pid boss;

static rs_start_result start_never(const void *args, rs_pid *pid, rs_term *reason) {
    rs_spawn(linger, NULL, 0);
    start_tree(args, pid, reason);
    send_number(boss, 1);
    wait_ns(RS_FOREVER);
    return RS_START_OK;
}

static const rs_application hangs = {.name = "hangs", .start = start_never};

static void start_hanging(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    is_term(rs_application_start(&hangs, RS_TEMPORARY), "{error,killed}");
}

static rs_pid begin_hanging(rs_ref *ref) {
    boss = rs_self();
    rs_pid starter = rs_spawn_monitor(start_hanging, NULL, 0, ref);
    CHECK_INT(take_number(), 1);
    return starter;
}

static void kill_starting(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    rs_pid starter = begin_hanging(&ref), master = rs_application_get_master(word("hangs"));
    is_term(rs_application_stop(word("hangs")), "{error,{not_started,hangs}}");
    is_term(rs_application_unload(word("hangs")), "{error,{running,hangs}}");
    rs_exit_signal(master, RS_ATOM(kill));
    expect_down(starter, ref, "normal");
    CHECK_INT(rs_group_count(master), 0);
    stop_controller();
}
EVERYWHERE(a_start_that_hangs_can_be_killed, kill_starting)

/* Who asked for the start may die as well: it goes on. */
static void kill_starter(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    rs_pid starter = begin_hanging(&ref);
    kill_and_wait(starter);
    CHECK(rs_is_alive(rs_application_get_master(word("hangs"))));
    stop_controller();
}
EVERYWHERE(who_stops_the_controller_does_not_wait_for_a_start_that_hangs, kill_starter)

static void kill_controller(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_term value;
    is_term(rs_application_start(&tree, RS_TEMPORARY), "ok");
    is_term(rs_application_set_env(word("tree"), word("k"), rs_term_integer(1), true), "ok");
    rs_pid first = controller(), master = rs_application_get_master(word("tree"));
    rs_ref ref = rs_monitor(master);
    rs_exit_signal(first, RS_ATOM(kill));
    expect_down(master, ref, "killed");
    CHECK_STR(story, "prep_stop terminate stop");
    CHECK_INT(rs_group_count(master), 0);
    is_term(rs_application_loaded_applications(), "[]");
    CHECK(!rs_application_get_env(word("tree"), word("k"), &value));
    CHECK(controller() != first);
    stop_controller();
}
EVERYWHERE(a_controller_that_is_killed_takes_all_down_and_the_next_knows_nothing, kill_controller)

static void leads_and_starts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_group_lead();
    is_term(rs_application_start(&tree, RS_TEMPORARY), "ok");
}

/* Whoever happened to be the first to need it. */
static void kill_first_user(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    rs_pid first = rs_spawn_monitor(leads_and_starts, NULL, 0, &ref);
    expect_down(first, ref, "normal");
    rs_pid pid = controller();
    rs_group_kill(first);
    settle();
    CHECK(controller() == pid && rs_is_alive(pid));
    stop_controller();
}
EVERYWHERE(a_controller_belongs_to_nobodys_group, kill_first_user)

/* ---------------------------------------------------------------- the end of the node */

static void node_ends(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static const rs_application other = {
        .name = "other", .start = start_tree, .prep_stop = prepare, .stop = clean};
    const rs_start_options options = {.link = true};
    rs_pid pid = 0;
    rs_trap_exit(true);
    CHECK_INT(rs_application_controller_start(NULL, &options, &pid, NULL), RS_START_OK);
    is_term(rs_application_start(&other, RS_TEMPORARY), "ok");
    is_term(rs_application_start(&tree, RS_TRANSIENT), "ok");
    send_number(worker_of("tree"), 1);
    expect_exit(pid, "{application_terminated,tree,shutdown}");
    CHECK_STR(story, "terminate prep_stop stop prep_stop terminate stop");
}
EVERYWHERE(A5_a_supervisor_that_gives_up_ends_the_node_of_a_transient_one, node_ends)

static void starts_twice(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = 0, none = 0;
    rs_term reason = 0;
    CHECK_INT(rs_application_controller_start(NULL, NULL, &pid, NULL), RS_START_OK);
    CHECK_INT(rs_application_controller_start(NULL, NULL, &none, &reason), RS_START_ERROR);
    CHECK(rs_term_is_pair(reason, RS_ATOM(already_started)));
    CHECK(rs_term_element(reason, 1) == pid);
    rs_term_release(reason);
    stop_controller();
}
EVERYWHERE(there_is_one_controller, starts_twice)

/* ---------------------------------------------------------------- circles */

static const rs_application ring_a = {.name = "a",
                                      .applications = (const char *const[]){"b", NULL}};
static const rs_application ring_b = {.name = "b",
                                      .applications = (const char *const[]){"c", NULL}};
static const rs_application ring_c = {.name = "c",
                                      .applications = (const char *const[]){"a", NULL}};
static const rs_application into_ring = {.name = "d",
                                         .applications = (const char *const[]){"a", NULL}};
static const rs_application own_ring = {.name = "e",
                                        .applications = (const char *const[]){"e", NULL}};
static const rs_application wheel_a, wheel_b;
static const rs_application wheel_a = {
    .name = "f", .included_applications = (const rs_application *const[]){&wheel_b, NULL}};
static const rs_application wheel_b = {
    .name = "g", .included_applications = (const rs_application *const[]){&wheel_a, NULL}};

static void circles(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    is_term(rs_application_load(&ring_b), "ok");
    is_term(rs_application_load(&ring_c), "ok");
    is_term(rs_application_ensure_all_started(&ring_a, RS_TEMPORARY),
            "{error,{a,{circular_dependencies,[a,b,c,a]}}}");
    is_term(rs_application_ensure_all_started(&into_ring, RS_TEMPORARY),
            "{error,{a,{circular_dependencies,[a,b,c,a]}}}");
    is_term(rs_application_ensure_all_started(&own_ring, RS_TEMPORARY),
            "{error,{e,{circular_dependencies,[e,e]}}}");
    is_term(rs_application_start(&ring_a, RS_TEMPORARY), "{error,{not_started,b}}");
    is_term(rs_application_load(&wheel_a), "{error,{circular_dependencies,[f]}}");
    is_term(rs_application_which_applications(), "[]");
    stop_controller();
}
EVERYWHERE(A3_a_circle_is_told_and_nothing_of_it_starts, circles)

/* ---------------------------------------------------------------- asking meanwhile */

static int64_t number_of(const char *name, const char *key) {
    rs_term value = 0;
    CHECK(rs_application_get_env(word(name), word(key), &value));
    return rs_term_to_integer(value);
}

static rs_start_result start_asking(const void *args, rs_pid *pid, rs_term *reason) {
    CHECK_INT(number_of("asks", "k"), 7);
    CHECK(rs_application_get_application() == word("asks"));
    is_term(rs_application_start(&tree, RS_TEMPORARY), "ok");
    return start_tree(args, pid, reason);
}

static void ask_at_the_end(const void *args) {
    (void)args;
    CHECK_INT(number_of("asks", "k"), 7);
    is_term(rs_application_which_applications(), "[{tree,\"\",\"\"}]");
    is_term(rs_application_stop(word("tree")), "ok");
}

static const rs_application asks = {.name = "asks",
                                    .start = start_asking,
                                    .stop = ask_at_the_end,
                                    .env = (const rs_parameter[]){{"k", "7"}, {NULL, NULL}}};

static void asks_meanwhile(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    is_term(rs_application_start(&asks, RS_TEMPORARY), "ok");
    const rs_message *reply = rs_gen_server_call(worker_of("asks"), &any_type, NULL, 0, RS_FOREVER);
    CHECK(*(const rs_atom *)(const void *)reply->payload == word("asks"));
    CHECK(rs_application_get_application() == 0);
    is_term(rs_application_stop(word("asks")), "ok");
    is_term(rs_application_which_applications(), "[]");
    stop_controller();
}
EVERYWHERE(callbacks_may_ask_for_anything, asks_meanwhile)

/* It waits in its own callback, and its supervisor for it, but not for ever. */
static const rs_child_spec impatient[] = {
    {.id = "worker", .start = start_worker, .shutdown_ns = 20 * MS}};
static const rs_supervisor_spec impatient_top = {
    .intensity = 0, .period_s = 5, .children = impatient, .child_count = 1};

static rs_start_result start_impatient(const void *args, rs_pid *pid, rs_term *reason) {
    (void)args;
    const rs_start_options options = {.link = true};
    return rs_supervisor_start(&impatient_top, &options, pid, reason);
}

static const rs_application suicidal = {
    .name = "suicidal", .start = start_impatient, .stop = clean};

static void stops_itself(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    is_term(rs_application_start(&suicidal, RS_PERMANENT), "ok");
    rs_pid master = rs_application_get_master(word("suicidal"));
    rs_ref ref = rs_monitor(master);
    rs_gen_server_cast(worker_of("suicidal"), &any_type, NULL, 0);
    expect_down(master, ref, "normal");
    CHECK_STR(story, "stop");
    is_term(rs_application_which_applications(), "[]");
    stop_controller();
}
EVERYWHERE(an_application_may_stop_itself_from_within, stops_itself)

/* ---------------------------------------------------------------- while it stops */

/* Long enough for all others to come meanwhile. */
static void stop_slowly(const void *args) {
    (void)args;
    note("stopping");
    wait_ns(50 * MS);
    note("stopped");
}

static const rs_application slow = {.name = "slow", .start = start_tree, .stop = stop_slowly};
static const rs_application needs_slow = {.name = "needs",
                                          .applications = (const char *const[]){"slow", NULL}};

static void stop_slow(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    is_term(rs_application_stop(word("slow")), "ok");
    note("answered");
}

static void start_slow(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    is_term(rs_application_start(&slow, RS_TEMPORARY), "ok");
    note("started");
}

static void waits_for_the_stop(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    is_term(rs_application_start(&slow, RS_TEMPORARY), "ok");
    rs_spawn_monitor(stop_slow, NULL, 0, &ref);
    wait_ns(20 * MS);
    is_term(rs_application_which_applications(), "[]");
    is_term(rs_application_start(&needs_slow, RS_TEMPORARY), "{error,{not_started,slow}}");
    rs_spawn_monitor(start_slow, NULL, 0, &ref);
    all_end(2);
    CHECK(strstr(story, "stopped") < strstr(story, "started"));
    is_term(rs_application_start(&needs_slow, RS_TEMPORARY), "ok");
    rs_spawn_monitor(stop_slow, NULL, 0, &ref);
    wait_ns(20 * MS);
    is_term(rs_application_unload(word("slow")), "ok");
    all_end(1);
    is_term(rs_application_stop(word("slow")), "{error,{not_started,slow}}");
    stop_controller();
}
EVERYWHERE(A4_who_comes_while_it_stops_waits_until_it_has, waits_for_the_stop)

/* ---------------------------------------------------------------- reports */

static struct {
    uint32_t count;
    char last[64];
} reported;

static void hear(void *context, const rs_report *report) {
    (void)context;
    if (report->context != RS_REPORT_EXITED) return;
    reported.count++;
    size_t used = (size_t)snprintf(reported.last, sizeof reported.last, "%s ", report->id);
    rs_term_print(report->reason, reported.last + used, sizeof reported.last - used);
}

static void is_reported(uint32_t count, const char *last) {
    CHECK_INT(reported.count, count);
    CHECK_STR(reported.last, last);
}

static void ends_are_told(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    is_term(rs_application_start(&tree, RS_TEMPORARY), "ok");
    is_reported(0, "");
    rs_ref ref = rs_monitor(rs_application_get_master(word("tree")));
    send_number(worker_of("tree"), 1);
    expect_down(0, ref, "shutdown");
    is_term(rs_application_start(&tree, RS_TEMPORARY), "ok");
    is_reported(1, "tree shutdown");
    is_term(rs_application_stop(word("tree")), "ok");
    is_reported(2, "tree stopped");
    is_term(rs_application_start(&crashes_first, RS_TEMPORARY),
            "{error,{bad_return,{{a,start,[normal,[]]},{'EXIT',sigsegv}}}}");
    CHECK_INT(reported.count, 3);
}
TEST(A5_every_end_is_reported) {
    const rs_observer observer = {.report = hear};
    const rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL, .observer = &observer};
    run_on(&options, ends_are_told);
}

TEST_MAIN()
