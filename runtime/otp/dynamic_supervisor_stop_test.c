/* dynamic_supervisor_stop_test.c: how a DynamicSupervisor brings its children down: all at once,
 * each in its own time, to the nanosecond under the virtual clock; and what it reports of them.
 * Source: rule E2.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/decision.h"
#include "runtime/otp/dynamic_supervisor.h"

#include "runtime/otp/test/places.h"

#define MANY 20000u

static const rs_runtime_options exact = {.clock = RS_CLOCK_VIRTUAL};

static rs_pid start_supervisor(void) {
    rs_dynamic_supervisor_spec spec = rs_dynamic_supervisor_defaults();
    const rs_start_options options = {.link = true, .role = rs_role_number(0, "top")};
    rs_pid pid = 0;
    spec.intensity = INT64_MAX;
    rs_trap_exit(true);
    empty_places();
    CHECK_INT(rs_dynamic_supervisor_start(&spec, &options, &pid, NULL), RS_START_OK);
    return pid;
}

static rs_pid add(rs_pid supervisor, const plan *args, rs_restart restart, uint64_t shutdown_ns) {
    const rs_child_spec spec = {.start = start_place,
                                .args = args,
                                .bytes = sizeof *args,
                                .restart = restart,
                                .shutdown_ns = shutdown_ns};
    rs_pid pid = 0;
    CHECK_INT(rs_dynamic_supervisor_start_child(supervisor, &spec, NULL, &pid, NULL), RS_START_OK);
    return pid;
}

/* ------------------------------------------------------------------ each in its own time */

typedef struct fate {
    uint64_t shutdown_ns;
    bool traps;
    uint64_t ends_ns; /* after the supervisor was told */
} fate;

static const fate fates[] = {
    {300 * MS, true, 300 * MS},       {100 * MS, true, 100 * MS}, {100 * MS, false, 0},
    {RS_SHUTDOWN_INFINITY, false, 0}, {RS_BRUTAL_KILL, true, 0},  {0, true, 0},
    {300 * MS, true, 300 * MS},       {7 * MS, true, 7 * MS},
};
#define FATES (sizeof fates / sizeof *fates)

static void end_in_time(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_supervisor(), pids[FATES];
    rs_ref refs[FATES];
    for (uint32_t i = 0; i < FATES; i++) {
        const plan child = {.place = i, .traps = fates[i].traps};
        pids[i] = add(supervisor, &child, (rs_restart)(i % 3), fates[i].shutdown_ns);
        refs[i] = rs_monitor(pids[i]);
    }
    uint64_t told_ns = rs_now_ns();
    rs_exit_signal(supervisor, RS_ATOM(shutdown));
    for (uint32_t round = 0; round < FATES; round++) {
        wanted any = {0, 0, RS_MESSAGE_DOWN};
        const rs_message *down = rs_receive(is_wanted, &any, LONG_NS);
        uint32_t i = 0;
        CHECK(down != NULL);
        while (i < FATES && refs[i] != down->ref) i++;
        CHECK_INT(rs_now_ns() - told_ns, fates[i].ends_ns);
    }
    expect_exit(supervisor, "shutdown");
    CHECK_INT(rs_now_ns() - told_ns, 300 * MS);
}
TEST(E2_children_are_stopped_at_once_each_in_its_own_time) {
    run_on(&exact, end_in_time);
}

/* ------------------------------------------------------------------ one timer for each */

/* What the timers of a supervisor take that waits for `count` children. */
static uint64_t timers(uint32_t count, uint32_t values) {
    rs_pid supervisor = start_supervisor();
    rs_memory_use before, after;
    for (uint32_t i = 0; i < count; i++) {
        const plan child = {.place = i, .traps = true};
        add(supervisor, &child, RS_TEMPORARY, (1 + i % values) * 1000 * MS);
    }
    rs_memory_read(&before);
    rs_exit_signal(supervisor, RS_ATOM(shutdown));
    wait_ns(MS);
    rs_memory_read(&after);
    expect_exit(supervisor, "shutdown");
    return after.timer - before.timer;
}

static void takes_timers(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint64_t three = timers(3, 3);
    CHECK(three > 0);
    CHECK_INT(timers(300, 3), three);
    CHECK_INT(timers(300, 6), 2 * three);
}
TEST(E2_there_is_one_timer_for_each_distinct_shutdown) {
    run_on(&exact, takes_timers);
}

/* Everybody deaf, and no two with the same shutdown. */
static void end_one_by_one(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static rs_pid pids[MANY];
    rs_pid supervisor = start_supervisor();
    for (uint32_t i = 0; i < MANY; i++) {
        const plan child = {.traps = true};
        uint64_t turn = (uint64_t)i * 7919 % MANY; /* a prime: each once */
        pids[turn] = add(supervisor, &child, RS_TEMPORARY, (1 + turn) * MS);
    }
    rs_exit_signal(supervisor, RS_ATOM(shutdown));
    wait_ns(MS / 2);
    for (uint32_t i = 0; i < MANY; i++) {
        if (i % 1000 == 0) CHECK(rs_is_alive(pids[i]));
        wait_ns(MS);
        CHECK(!rs_is_alive(pids[i]));
    }
    expect_exit(supervisor, "shutdown");
}
TEST(twenty_thousand_have_a_time_each) {
    run_on(&exact, end_one_by_one);
}

/* ------------------------------------------------------------------ many */

/* They come, die, are replaced and terminated; then all go at once. */
static void live_and_go(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static rs_pid pids[MANY];
    rs_child_counts counts;
    rs_pid supervisor = start_supervisor();
    for (uint32_t i = 0; i < MANY; i++) {
        const plan child = {.place = i % PLACES};
        pids[i] = add(supervisor, &child, (rs_restart)(i % 3), (i % 5) * 1000 * MS);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        if (i % 2) rs_exit_signal(pids[i], RS_ATOM(kill));
        if (i % 4 == 0)
            CHECK(rs_dynamic_supervisor_terminate_child(supervisor, pids[i]) == RS_ATOM(ok));
    }
    do {
        wait_ns(10 * MS);
        CHECK(rs_dynamic_supervisor_count_children(supervisor, &counts));
    } while (counts.specs != MANY - MANY / 4 - MANY / 6 || counts.active != counts.specs);
    stop_normally(supervisor);
    expect_exit(supervisor, "normal");
}

static void returns_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const all[] = {live_and_go};
    each_returns_memory(all, 1);
}
TEST(twenty_thousand_come_and_go_and_leave_nothing) {
    run_on(&exact, returns_memory);
    run_on(&two_threads, returns_memory);
}

/* S20: who unlinks itself ends with its monitor. */
static void cannot_hang(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_supervisor();
    for (uint32_t i = 0; i < 2; i++) {
        const plan child = {.place = i};
        rs_pid pid = add(supervisor, &child, RS_PERMANENT, RS_SHUTDOWN_INFINITY);
        rs_gen_server_cast(pid, &unlink_type, &supervisor, sizeof supervisor);
    }
    end_place(1, "crash");
    settle();
    stop_normally(supervisor);
    CHECK(!rs_is_alive(pid_at(0)));
}
TEST(who_has_unlinked_itself_is_stopped_all_the_same) {
    everywhere(cannot_hang);
}

/* It hears of `shutdown`, goes on, and ends for the second reason. */
static void outlast(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    wanted any = {0, 0, RS_MESSAGE_EXIT};
    rs_trap_exit(true);
    is_reason(rs_receive(is_wanted, &any, LONG_NS), "shutdown");
    rs_exit(rs_message_reason(rs_receive(is_wanted, &any, LONG_NS)));
}

static rs_start_result start_outlasting(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    const rs_spawn_options options = {
        .entry = outlast, .link = true, .link_tag = given->options.link_tag};
    (void)reason;
    return rs_spawn_opt(&options, pid) == RS_OK ? RS_START_OK : RS_START_ERROR;
}

/* The link stays while it waits (S20), so that its own end is its children's, too (S23). */
static void is_killed(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_child_spec spec = {.start = start_outlasting, .shutdown_ns = RS_SHUTDOWN_INFINITY};
    rs_pid supervisor = start_supervisor(), pid = 0;
    CHECK_INT(rs_dynamic_supervisor_start_child(supervisor, &spec, NULL, &pid, NULL), RS_START_OK);
    rs_ref ref = rs_monitor(pid);
    settle();
    rs_exit_signal(supervisor, RS_ATOM(shutdown));
    settle();
    rs_exit_signal(supervisor, RS_ATOM(kill));
    expect_exit(supervisor, "killed");
    expect_down(pid, ref, "killed");
}
TEST(who_is_killed_while_it_waits_leaves_no_orphans) {
    run_on(&one_core, is_killed);
    run_on(&three_cores, is_killed);
}

/* ------------------------------------------------------------------ reports */

static char reports[1024];
static size_t told;

static uint32_t name_role(void *context, uint32_t parent, const char *key) {
    (void)context;
    return parent * 10 + (uint32_t)(key[0] - '0') % 10 + 1;
}

static void hear(void *context, const rs_report *report) {
    char reason[64];
    (void)context;
    rs_term_print(report->reason, reason, sizeof reason);
    CHECK(report->id == NULL && report->count == 0 && report->child_role != 0);
    told += (size_t)snprintf(reports + told, sizeof reports - told, "%s%s %s", told ? ", " : "",
                             rs_report_word(report->context), reason);
}

static const rs_observer observer = {.role = name_role, .report = hear};
static const rs_runtime_options heard = {.clock = RS_CLOCK_VIRTUAL, .observer = &observer};

static void heard_only(const char *expected) {
    CHECK_STR(reports, expected);
    told = 0;
    reports[0] = '\0';
}

/* Which ends are worth a report, of who was told to stop: permanent, another, killed at once. */
static const struct {
    const char *reason;
    bool permanent, other, killed;
} obedience[] = {
    {"shutdown", true, true, false}, {"{shutdown,x}", true, true, false},
    {"normal", false, true, false},  {"killed", false, false, true},
    {"crash", false, false, false},
};
#define ENDS (sizeof obedience / sizeof *obedience)

TEST(E2_who_may_end_how) {
    for (size_t i = 0; i < ENDS; i++)
        for (rs_restart restart = RS_PERMANENT; restart <= RS_TEMPORARY; restart++) {
            rs_term reason = term_of(obedience[i].reason);
            bool fine = restart == RS_PERMANENT ? obedience[i].permanent : obedience[i].other;
            CHECK_INT(rs_decision_obeys_dynamic(restart, false, reason), fine);
            CHECK_INT(rs_decision_obeys_dynamic(restart, true, reason), obedience[i].killed);
            rs_term_release(reason);
        }
}

/* The same of a supervisor that ends, and of one child that is terminated. */
static void end_as_they_like(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (size_t i = 0; i < ENDS; i++)
        for (rs_restart restart = RS_PERMANENT; restart <= RS_TEMPORARY; restart++) {
            char expected[64] = "";
            plan child = {.traps = true};
            snprintf(child.end, sizeof child.end, "%s", obedience[i].reason);
            if (!(restart == RS_PERMANENT ? obedience[i].permanent : obedience[i].other))
                snprintf(expected, sizeof expected, "shutdown_error %s", child.end);
            rs_pid supervisor = start_supervisor();
            rs_pid pid = add(supervisor, &child, restart, LONG_NS);
            CHECK(rs_dynamic_supervisor_terminate_child(supervisor, pid) == RS_ATOM(ok));
            heard_only(expected);
            add(supervisor, &child, restart, LONG_NS);
            stop_normally(supervisor);
            heard_only(expected);
        }
}
TEST(E2_who_ends_otherwise_than_told_is_reported) {
    run_on(&heard, end_as_they_like);
}

static void add_held(const void *args, uint32_t bytes) {
    (void)bytes;
    const rs_child_spec spec = {.start = start_held, .restart = RS_TEMPORARY};
    rs_pid pid;
    rs_dynamic_supervisor_start_child(*(const rs_pid *)args, &spec, NULL, &pid, NULL);
}

/* Told to stop while it is busy, it finds some dead already: nobody is restarted, and each is
 * reported with its own reason, also who did no worse than `normal` instead of being killed. */
static void find_dead(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_supervisor();
    for (uint32_t i = 0; i < 4; i++) {
        const plan child = {.place = i};
        add(supervisor, &child, i ? RS_TRANSIENT : RS_PERMANENT, i == 3 ? RS_BRUTAL_KILL : LONG_NS);
    }
    rs_spawn(add_held, &supervisor, sizeof supervisor);
    settle();
    rs_exit_signal(supervisor, RS_ATOM(shutdown));
    settle();
    for (uint32_t i = 0; i < 4; i++) end_place(i, i == 1 ? "crash" : "normal");
    rs_send(supervisor, &go_type, NULL, 0);
    expect_exit(supervisor, "shutdown");
    for (uint32_t i = 0; i < 4; i++) CHECK_INT(starts_at(i), 1);
    heard_only("shutdown_error normal, shutdown_error crash, shutdown_error normal");
}
TEST(E2_who_is_found_dead_is_reported_with_its_reason) {
    run_on(&heard, find_dead);
}

/* S9, S15, S18 as of any supervisor. */
static void fail(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_dynamic_supervisor_spec spec = rs_dynamic_supervisor_defaults();
    const rs_start_options options = {.link = true, .role = rs_role_number(0, "top")};
    rs_pid supervisor = 0;
    rs_trap_exit(true);
    empty_places();
    spec.intensity = 1;
    CHECK_INT(rs_dynamic_supervisor_start(&spec, &options, &supervisor, NULL), RS_START_OK);
    const plan child = {.place = 1};
    add(supervisor, &child, RS_TEMPORARY, LONG_NS);
    end_place(1, "crash");
    settle();
    heard_only("child_terminated crash");
    add(supervisor, &child, RS_TRANSIENT, LONG_NS);
    end_place(1, "normal");
    settle();
    heard_only("");
    add(supervisor, &child, RS_TRANSIENT, LONG_NS);
    rs_store(&places[1].failures, 1, rs_relaxed);
    end_place(1, "crash");
    expect_exit(supervisor, "shutdown");
    heard_only("child_terminated crash, start_error {no,\"place\"}, "
               "shutdown reached_max_restart_intensity");
}
TEST(E2_other_reports_are_those_of_any_supervisor) {
    run_on(&heard, fail);
}

TEST_MAIN()
