/* supervisor_event_test.c: what an observer is told of restarts: the stages in their order, each
 * with its cause, which is the fault that led to it.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/supervisor.h"

#include "runtime/process/test/run.h"

#include <stdio.h>

/* ---------------------------------------------------------------- the observer */

/* Roles are numbered as they are first named. */
static struct {
    uint32_t parent;
    char key[32];
} roles[64];
static uint32_t role_count;
static char story[4096];
static size_t told;

static uint32_t name_role(void *context, uint32_t parent, const char *key) {
    (void)context;
    for (uint32_t i = 0; i < role_count; i++)
        if (roles[i].parent == parent && strcmp(roles[i].key, key) == 0) return i + 1;
    roles[role_count].parent = parent;
    snprintf(roles[role_count].key, sizeof roles[0].key, "%.30s", key);
    return ++role_count;
}

/* `word role/cause`, with the detail behind when there is one. */
static void hear(void *context, const rs_event *event) {
    (void)context;
    if (event->kind == RS_EVENT_SERVED) return;
    told += (size_t)snprintf(story + told, sizeof story - told, "%s%s %s/%u", told ? ", " : "",
                             rs_event_word((rs_event_kind)event->kind), roles[event->role - 1].key,
                             event->cause);
    if (event->detail)
        told += (size_t)snprintf(story + told, sizeof story - told, ":%u", event->detail);
}

static const rs_observer observer = {.event = hear, .role = name_role};

static void run(rs_entry *entry) {
    const rs_runtime_options options = {
        .clock = RS_CLOCK_VIRTUAL, .observer = &observer, .processes_max = 4096};
    run_on(&options, entry);
}

static void hear_only(const char *expected) {
    CHECK_STR(story, expected);
    told = 0;
    story[0] = '\0';
}

static void forget(void) {
    told = 0;
    story[0] = '\0';
}

/* ---------------------------------------------------------------- trees */

static rs_pid pids[8];    /* by the spec's args */
static uint32_t failures; /* starts that will fail */
static bool hold;         /* whether the next start waits for a message */

static rs_next init(void *state, const void *args, uint32_t bytes) {
    (void)state, (void)args, (void)bytes;
    return failures && failures-- ? rs_stop(RS_ATOM(init_failed)) : RS_INIT_OK;
}

static const rs_gen_server module = {.name = "worker", .init = init};
static const rs_type go_type = {.name = "go"};

static bool is_go(const rs_message *message, void *context) {
    (void)context;
    return message->type == &go_type;
}

static rs_start_result start(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    if (hold) rs_receive(is_go, NULL, RS_FOREVER);
    hold = false;
    rs_start_result result = rs_gen_server_start(&module, NULL, 0, &given->options, pid, reason);
    if (given->args) pids[(rs_pid *)(uintptr_t)given->args - pids] = *pid;
    return result;
}

static const rs_child_spec children[] = {
    {.id = "a", .start = start, .args = &pids[0], .shutdown_ns = 5000 * MS},
    {.id = "b", .start = start, .args = &pids[1], .shutdown_ns = 5000 * MS},
    {.id = "c",
     .start = start,
     .args = &pids[2],
     .restart = RS_TRANSIENT,
     .shutdown_ns = RS_BRUTAL_KILL},
};

static rs_pid start_top(const rs_supervisor_spec *spec) {
    rs_start_options options = {.link = true, .role = rs_role_number(0, "top")};
    rs_pid pid;
    rs_term reason;
    rs_trap_exit(true);
    CHECK_INT(rs_supervisor_start(spec, &options, &pid, &reason), RS_START_OK);
    return pid;
}

static rs_pid start_tree(rs_strategy strategy, int64_t intensity, uint32_t count) {
    return start_top(&(rs_supervisor_spec){.strategy = strategy,
                                           .intensity = intensity,
                                           .period_s = 5,
                                           .children = children,
                                           .child_count = count});
}

static void strike(uint32_t child, rs_term reason, uint32_t cause) {
    rs_exit_signal_cause(pids[child], reason, cause);
    wait_ns(MS);
}

/* ---------------------------------------------------------------- the tests */

static void restart_one(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    start_tree(RS_ONE_FOR_ONE, 5, 2);
    hear_only("started a/0, started b/0, started top/0");
    strike(0, RS_ATOM(kill), 7);
    hear_only("exit a/7, noticed a/7, started a/7");
    failures = 2;
    strike(1, RS_ATOM(sigsegv), 8);
    hear_only("exit b/8, noticed b/8, init_failed b/8, init_failed b/8, started b/8");
}

TEST(a_restart_has_its_stages_and_cause) {
    run(restart_one);
}

static void not_due(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    start_tree(RS_ONE_FOR_ONE, 5, 3);
    forget();
    strike(2, RS_ATOM(shutdown), 4);
    hear_only("exit c/4, noticed c/4, not_due c/4");
}

TEST(who_stays_down_is_not_due) {
    run(not_due);
}

static void restart_all(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    start_tree(RS_ONE_FOR_ALL, 5, 3);
    forget();
    strike(1, RS_ATOM(kill), 7);
    hear_only("exit b/7, noticed b/7, stopping c/7:1, exit c/7, noticed c/7, "
              "stopping a/7:1, exit a/7, noticed a/7, started a/7, started b/7, started c/7");
}

TEST(siblings_are_stopped_and_started_on_behalf_of_the_fault) {
    run(restart_all);
}

static void start_held(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid supervisor = *(const rs_pid *)args, pid;
    rs_term reason;
    rs_child_spec spec = {
        .id = "x", .start = start, .restart = RS_TEMPORARY, .shutdown_ns = 5000 * MS};
    hold = true;
    rs_supervisor_start_child(supervisor, &spec, NULL, 0, NULL, &pid, &reason);
}

/* a and c die of different faults while the supervisor is busy: one restart, because of the first;
 * the second death is noticed with its own cause, and nobody is "stopped" who was dead. */
static void absorb(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    rs_pid supervisor = start_tree(RS_ONE_FOR_ALL, 1, 3);
    rs_spawn(start_held, &supervisor, sizeof supervisor);
    wait_ns(MS);
    forget();
    strike(0, RS_ATOM(kill), 7);
    strike(2, RS_ATOM(kill), 9);
    rs_send(supervisor, &go_type, NULL, 0);
    wait_ns(MS);
    hear_only("exit a/7, exit c/9, started x/0, noticed a/7, stopping x/7:1, exit x/7, "
              "noticed x/7, noticed c/9, stopping b/7:1, exit b/7, noticed b/7, "
              "started a/7, started b/7, started c/7");
}

TEST(a_group_restart_keeps_its_cause) {
    run(absorb);
}

static void escalate(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    rs_ref monitor = rs_monitor(start_tree(RS_ONE_FOR_ONE, 0, 3));
    (void)monitor;
    forget();
    strike(1, RS_ATOM(kill), 7);
    hear_only("exit b/7, noticed b/7, escalated top/7, stopping c/7:2, exit c/7, noticed c/7, "
              "stopping a/7:2, exit a/7, noticed a/7, exit top/7");
}

TEST(giving_up_is_an_escalation) {
    run(escalate);
}

static void by_hand(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    rs_pid supervisor = start_tree(RS_ONE_FOR_ONE, 0, 3);
    forget();
    CHECK(rs_supervisor_terminate_child(supervisor, "b", 0) == RS_ATOM(ok));
    hear_only("stopping b/0, exit b/0, noticed b/0");
    rs_term_release(rs_supervisor_restart_child(supervisor, "b"));
    hear_only("started b/0");
    rs_exit_signal(supervisor, RS_ATOM(shutdown));
    wait_ns(MS);
    hear_only("stopping c/0, exit c/0, noticed c/0, stopping b/0, exit b/0, noticed b/0, "
              "stopping a/0, exit a/0, noticed a/0, exit top/0");
}

TEST(what_is_asked_for_has_no_cause) {
    run(by_hand);
}

/* Keys name roles; without one it is the ordinal, never used again. */
static void simple_roles(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    rs_pid supervisor = start_tree(RS_SIMPLE_ONE_FOR_ONE, 5, 1), pid;
    rs_term reason;
    forget();
    rs_supervisor_start_child(supervisor, NULL, NULL, 0, NULL, &pid, &reason);
    rs_supervisor_start_child(supervisor, NULL, NULL, 0, "game-17", &pid, &reason);
    rs_supervisor_terminate_child(supervisor, NULL, pid);
    rs_supervisor_start_child(supervisor, NULL, NULL, 0, NULL, &pid, &reason);
    strike(0, RS_ATOM(kill), 3);
    hear_only("started 1/0, started game-17/0, stopping game-17/0, exit game-17/0, "
              "noticed game-17/0, started 2/0, exit 2/3, noticed 2/3, started 2/3");
}

TEST(simple_children_have_roles) {
    run(simple_roles);
}

/* All at once: everybody is told before anybody is waited for. */
static void simple_stop(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    rs_pid supervisor = start_tree(RS_SIMPLE_ONE_FOR_ONE, 5, 1), pid;
    rs_term reason;
    for (int i = 0; i < 2; i++)
        rs_supervisor_start_child(supervisor, NULL, NULL, 0, NULL, &pid, &reason);
    forget();
    rs_exit_signal(supervisor, RS_ATOM(shutdown));
    wait_ns(MS);
    hear_only("stopping 1/0, stopping 2/0, exit 1/0, exit 2/0, noticed 1/0, noticed 2/0, "
              "exit top/0");
}

TEST(simple_children_are_stopped_at_once) {
    run(simple_stop);
}

static rs_next stay_init(void *state, const void *args, uint32_t bytes) {
    (void)state, (void)args, (void)bytes;
    rs_trap_exit(true);
    return RS_INIT_OK;
}

static void stay(void *state, rs_term reason) {
    (void)state, (void)reason;
    wait_ns(60000 * MS);
}

static const rs_gen_server stubborn = {.name = "stubborn", .init = stay_init, .terminate = stay};

static rs_start_result start_stubborn(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    rs_start_result result = rs_gen_server_start(&stubborn, NULL, 0, &given->options, pid, reason);
    pids[7] = *pid;
    return result;
}

/* One dies of another fault while the supervisor waits; who is late dies on behalf of the first. */
static void late_stop(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    static const rs_child_spec late = {
        .id = "late", .start = start_stubborn, .shutdown_ns = 5 * MS};
    const rs_supervisor_spec spec = {.strategy = RS_SIMPLE_ONE_FOR_ONE,
                                     .intensity = 1,
                                     .period_s = 5,
                                     .children = &late,
                                     .child_count = 1};
    rs_pid supervisor = start_top(&spec), pid;
    rs_term reason;
    for (int i = 0; i < 2; i++)
        rs_supervisor_start_child(supervisor, NULL, NULL, 0, NULL, &pid, &reason);
    forget();
    rs_exit_signal_cause(supervisor, RS_ATOM(shutdown), 5);
    wait_ns(MS);
    strike(7, RS_ATOM(kill), 9);
    wait_ns(10 * MS);
    hear_only("stopping 1/5, stopping 2/5, exit 2/9, noticed 2/9, exit 1/5, noticed 1/5, "
              "exit top/5");
}

TEST(who_is_late_dies_on_behalf_of_the_stop) {
    run(late_stop);
}

TEST_MAIN()
