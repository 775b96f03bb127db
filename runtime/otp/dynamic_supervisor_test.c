/* dynamic_supervisor_test.c: children that come with specs of their own; everywhere, but for what
 * must happen at an exact moment.
 * Source: rule E2.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/dynamic_supervisor.h"

#include "runtime/otp/sys.h"
#include "runtime/otp/test/places.h"

static const rs_runtime_options exact = {.clock = RS_CLOCK_VIRTUAL};

/* ------------------------------------------------------------------ small words */

/* For what a busy machine could miss. */
static void virtually(rs_entry *entry) {
    run_on(&one_core, entry);
    run_on(&three_cores, entry);
}

static rs_pid start_supervisor(const rs_dynamic_supervisor_spec *spec) {
    const rs_start_options options = {.link = true};
    rs_pid pid = 0;
    rs_trap_exit(true);
    empty_places();
    CHECK_INT(rs_dynamic_supervisor_start(spec, &options, &pid, NULL), RS_START_OK);
    return pid;
}

static rs_pid start_defaults(void) {
    const rs_dynamic_supervisor_spec spec = rs_dynamic_supervisor_defaults();
    return start_supervisor(&spec);
}

/* A long wait: who dies is being restarted until the test has looked. */
static const rs_backoff slow = {.first_ns = 200 * MS, .max_ns = 200 * MS, .factor = 1};

static rs_child_spec spec_of(const plan *args, rs_restart restart) {
    return (rs_child_spec){.start = start_place,
                           .args = args,
                           .bytes = sizeof *args,
                           .restart = restart,
                           .shutdown_ns = LONG_NS};
}

static rs_start_result try_add(rs_pid supervisor, const rs_child_spec *spec, rs_pid *pid,
                               rs_term *reason) {
    return rs_dynamic_supervisor_start_child(supervisor, spec, NULL, pid, reason);
}

static rs_pid add_spec(rs_pid supervisor, const rs_child_spec *spec) {
    rs_pid pid = 0;
    CHECK_INT(try_add(supervisor, spec, &pid, NULL), RS_START_OK);
    CHECK(rs_is_alive(pid));
    return pid;
}

static rs_pid add(rs_pid supervisor, uint32_t which, rs_restart restart) {
    const plan args = {.place = which};
    const rs_child_spec spec = spec_of(&args, restart);
    return add_spec(supervisor, &spec);
}

static void is_refused(rs_pid supervisor, const rs_child_spec *spec, const char *expected) {
    rs_pid pid = 0;
    rs_term reason = 0;
    CHECK_INT(try_add(supervisor, spec, &pid, &reason), RS_START_ERROR);
    is_term(reason, expected);
}

/* In the end: an EXIT may be on its way to the supervisor when the test knows of it. */
static void has(rs_pid supervisor, uint64_t specs, uint64_t active) {
    rs_child_counts counts = {0};
    for (int i = 0; i < 10000; i++) {
        CHECK(rs_dynamic_supervisor_count_children(supervisor, &counts));
        if (counts.specs == specs && counts.active == active) break;
        wait_ns(MS);
    }
    CHECK_INT(counts.specs, specs);
    CHECK_INT(counts.workers + counts.supervisors, specs);
    CHECK_INT(counts.active, active);
}

static void terminates(rs_pid supervisor, rs_pid pid, const char *expected) {
    is_term(rs_dynamic_supervisor_terminate_child(supervisor, pid), expected);
}

static rs_term only_child(rs_pid supervisor) {
    rs_child_info info = {.child = 0};
    CHECK_INT(rs_dynamic_supervisor_which_children(supervisor, 0, &info, 1), 1);
    CHECK_STR(info.id, "");
    return info.child;
}

/* ------------------------------------------------------------------ starting */

static void starts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_defaults(), pid = 0;
    has(supervisor, 0, 0);
    const plan first = {.place = 1};
    const rs_child_spec spec = spec_of(&first, RS_PERMANENT);
    rs_store(&places[1].ignores, 1, rs_relaxed);
    CHECK_INT(try_add(supervisor, &spec, &pid, NULL), RS_START_IGNORE);
    rs_store(&places[1].failures, 1, rs_relaxed);
    is_refused(supervisor, &spec, "{no,\"place\"}");
    has(supervisor, 0, 0);
    pid = add_spec(supervisor, &spec);
    CHECK(only_child(supervisor) == pid && pid_at(1) == pid);
    CHECK(add_spec(supervisor, &spec) != pid);
    has(supervisor, 2, 2);
    stop_normally(supervisor);
    CHECK(!rs_is_alive(pid));
}
TEST(E2_ignored_and_failed_starts_are_not_stored) {
    everywhere(starts);
}

static const char *const init_ends[] = {"{init_failed,[1]}", "normal", "sigsegv"};

/* The starter of a child sees what ended its init, whatever it was. */
static rs_next fails(void *state, const void *args, uint32_t bytes) {
    (void)state, (void)bytes;
    uint32_t which = *(const uint32_t *)args;
    if (which == 2) rs_crash(RS_ATOM(sigsegv));
    rs_exit(term_of(init_ends[which]));
}

static const rs_gen_server failing = {.name = "failing", .init = fails};

static rs_start_result start_failing(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    return rs_gen_server_start(&failing, given->args, given->bytes, &given->options, pid, reason);
}

static void fails_to_start(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_defaults();
    for (uint32_t i = 0; i < 3; i++) {
        const rs_child_spec spec = {.start = start_failing, .args = &i, .bytes = sizeof i};
        is_refused(supervisor, &spec, init_ends[i]);
    }
    has(supervisor, 0, 0);
    stop_normally(supervisor);
}
TEST(E2_the_error_of_a_start_comes_bare) {
    everywhere(fails_to_start);
}

static FAULTY void write_nowhere(void) {
    uintptr_t address = 8;
    __asm__ volatile("" : "+r"(address)); /* else the compiler knows better */
    *(volatile int *)address = 1;
}

static uint32_t wild_starts;

/* What a start function itself may do, which runs in the supervisor: the args say which; the first
 * start may go well. */
static rs_start_result start_wildly(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    static const plan nobody = {.place = 9};
    const rs_child_start plain = {
        .args = &nobody, .bytes = sizeof nobody, .options = given->options};
    uint32_t which = *(const uint32_t *)given->args;
    if (which == 3 && wild_starts++ == 0) return start_place(&plain, pid, reason);
    if (which == 0) rs_exit(term_of("{init_failed,[1]}"));
    if (which == 1) rs_crash(RS_ATOM(sigfpe));
    write_nowhere();
    return RS_START_OK;
}

static void starts_wildly(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static const char *const reasons[] = {"{init_failed,[1]}", "sigfpe", "sigsegv"};
    rs_pid supervisor = start_defaults();
    for (uint32_t i = 0; i < 3; i++) {
        const rs_child_spec spec = {.start = start_wildly, .args = &i, .bytes = sizeof i};
        is_refused(supervisor, &spec, reasons[i]);
    }
    has(supervisor, 0, 0);
    const uint32_t later = 3;
    const rs_child_spec spec = {.start = start_wildly, .args = &later, .bytes = sizeof later};
    wild_starts = 0;
    add_spec(supervisor, &spec);
    end_place(9, "killed");
    expect_exit(supervisor, "shutdown"); /* for the fourth failure, not of the first */
    CHECK_INT(wild_starts, 4);
}
TEST(E2_who_raises_in_the_start_function_has_not_started) {
    everywhere(starts_wildly);
}

static void counts_to_max(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_dynamic_supervisor_spec few = rs_dynamic_supervisor_defaults();
    few.max_children = 2;
    rs_pid supervisor = start_supervisor(&few);
    const plan second = {.place = 2}, third = {.place = 3};
    rs_child_spec slowly = spec_of(&second, RS_PERMANENT), more = spec_of(&third, RS_PERMANENT);
    slowly.backoff = &slow;
    add(supervisor, 1, RS_PERMANENT);
    rs_pid old = add_spec(supervisor, &slowly);
    is_refused(supervisor, &more, "max_children");
    end_place(2, "killed");
    has(supervisor, 2, 1);
    is_refused(supervisor, &more, "max_children");
    CHECK_INT(starts_at(3), 0);
    await_successor(2, old);
    is_refused(supervisor, &more, "max_children");
    terminates(supervisor, pid_at(1), "ok");
    add_spec(supervisor, &more);
    stop_normally(supervisor);
}
TEST(E2_those_being_restarted_count_towards_max_children) {
    virtually(counts_to_max);
}

static void has_no_room(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_dynamic_supervisor_spec none = rs_dynamic_supervisor_defaults();
    none.max_children = 0;
    rs_pid supervisor = start_supervisor(&none);
    const plan first = {.place = 1};
    rs_child_spec spec = spec_of(&first, RS_PERMANENT);
    is_refused(supervisor, &spec, "max_children");
    spec.start = NULL; /* looked at first */
    is_refused(supervisor, &spec, "missing_start");
    stop_normally(supervisor);
}
TEST(E2_max_children_may_be_none) {
    everywhere(has_no_room);
}

/* ------------------------------------------------------------------ arguments */

static void was_given(uint32_t which, const plan *args, const char *extra) {
    CHECK_INT(rs_load(&places[which].bytes, rs_relaxed), sizeof *args);
    CHECK_INT(rs_load(&places[which].first, rs_relaxed), first_word(args, sizeof *args));
    uint32_t bytes = extra ? (uint32_t)strlen(extra) : 0;
    CHECK_INT(rs_load(&places[which].extra_bytes, rs_relaxed), bytes);
    CHECK_INT(rs_load(&places[which].extra_first, rs_relaxed), first_word(extra, bytes));
}

/* Neither the starter's memory nor the child starter's is needed any more. */
static void gives_arguments(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    char extra[] = "before";
    rs_dynamic_supervisor_spec spec = rs_dynamic_supervisor_defaults();
    spec.extra = extra;
    spec.extra_bytes = (uint32_t)strlen(extra);
    rs_pid supervisor = start_supervisor(&spec);
    memset(extra, 'x', sizeof extra);
    for (rs_restart restart = RS_PERMANENT; restart <= RS_TEMPORARY; restart++) {
        const plan expected = {.place = 7 + restart};
        rs_pid pid = add(supervisor, 7 + restart, restart);
        was_given(7 + restart, &expected, "before");
        if (restart == RS_TEMPORARY) continue;
        end_place(7 + restart, "killed");
        await_successor(7 + restart, pid);
        was_given(7 + restart, &expected, "before");
        CHECK_INT(starts_at(7 + restart), 2);
    }
    stop_normally(supervisor);
    supervisor = start_defaults();
    add(supervisor, 1, RS_PERMANENT);
    was_given(1, &(const plan){.place = 1}, NULL);
    stop_normally(supervisor);
}
TEST(E2_extra_arguments_come_beside_those_of_the_spec) {
    everywhere(gives_arguments);
}

#define LARGE 4096u

/* What the memory of the supervisor of a hundred children grows by. */
static uint64_t growth(rs_restart restart, uint32_t bytes) {
    rs_pid supervisor = start_defaults();
    rs_memory_use before, after;
    plan *large = rs_alloc(LARGE);
    rs_child_spec spec = spec_of(large, restart);
    spec.bytes = bytes;
    add_spec(supervisor, &spec);
    rs_memory_read(&before);
    for (int i = 0; i < 100; i++) add_spec(supervisor, &spec);
    rs_memory_read(&after);
    rs_free(large, LARGE);
    stop_normally(supervisor);
    return after.arena - before.arena;
}

static void stores_arguments(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint64_t without = growth(RS_TEMPORARY, sizeof(plan));
    CHECK_INT(growth(RS_TEMPORARY, LARGE), without);
    CHECK(growth(RS_TRANSIENT, LARGE) >= without + 100 * LARGE);
}
TEST(E2_temporary_children_store_no_arguments) {
    run_on(&exact, stores_arguments);
}

/* ------------------------------------------------------------------ ends */

typedef struct end {
    const char *reason;
    bool permanent, transient; /* is restarted */
} end;
static const end table[] = {
    {"normal", true, false}, {"shutdown", true, false}, {"{shutdown,x}", true, false},
    {"killed", true, true},  {"{crash,1}", true, true},
};

/* S8, but that nobody stays behind who is not restarted. */
static void ends_and_returns(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_dynamic_supervisor_spec spec = rs_dynamic_supervisor_defaults();
    spec.intensity = 100;
    rs_pid supervisor = start_supervisor(&spec);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (rs_restart restart = RS_PERMANENT; restart <= RS_TEMPORARY; restart++) {
            const bool again[] = {table[i].permanent, table[i].transient, false};
            uint32_t which = (uint32_t)i * 3 + restart;
            rs_pid pid = add(supervisor, which, restart);
            end_place(which, table[i].reason);
            if (again[restart]) pid = await_successor(which, pid);
            has(supervisor, again[restart], again[restart]);
            CHECK_INT(starts_at(which), 1 + again[restart]);
            terminates(supervisor, pid, again[restart] ? "ok" : "{error,not_found}");
        }
    stop_normally(supervisor);
}
TEST(E2_who_is_not_restarted_is_forgotten) {
    everywhere(ends_and_returns);
}

/* Elixir's defaults: the fourth restart within five seconds is too many; S15. */
static void gives_up(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_defaults(), last = add(supervisor, 1, RS_TRANSIENT);
    rs_pid other = add(supervisor, 2, RS_PERMANENT);
    for (int i = 0; i < 3; i++) {
        end_place(1, "killed");
        last = await_successor(1, last);
    }
    rs_ref ref = rs_monitor(other);
    end_place(1, "killed");
    expect_exit(supervisor, "shutdown");
    expect_down(other, ref, "shutdown");
    CHECK_INT(starts_at(1), 4);
}
TEST(E2_the_fourth_restart_within_five_seconds_is_too_many) {
    everywhere(gives_up);
}

/* S12: five seconds later, whole ones, the first three still count; six later they do not. */
static void remembers(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const uint64_t pause_ns = variant_of(args) * 1000 * MS;
    rs_pid supervisor = start_defaults(), last = add(supervisor, 1, RS_PERMANENT);
    for (int i = 0; i < 3; i++) {
        end_place(1, "killed");
        last = await_successor(1, last);
    }
    wait_ns(pause_ns);
    end_place(1, "killed");
    wait_ns(MS);
    CHECK_INT(rs_is_alive(supervisor), variant_of(args) == 6);
    if (variant_of(args) == 6) stop_normally(supervisor);
}
TEST(E2_the_window_is_that_of_S12) {
    run_with(&exact, remembers, 4);
    run_with(&exact, remembers, 5);
    run_with(&exact, remembers, 6);
}

/* ------------------------------------------------------------------ restarts that fail */

static void ignores_again(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_defaults(), pid = add(supervisor, 1, RS_PERMANENT);
    rs_store(&places[1].ignores, 1, rs_relaxed);
    end_place(1, "killed");
    while (starts_at(1) < 2) wait_ns(MS);
    has(supervisor, 0, 0);
    terminates(supervisor, pid, "{error,not_found}");
    stop_normally(supervisor);
}
TEST(E2_who_ignores_its_restart_is_removed) {
    everywhere(ignores_again);
}

/* Two failures and the start that succeeds are three restarts; one more failure would be too many.
 */
static void fails_again(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_defaults(), pid = add(supervisor, 1, RS_TRANSIENT);
    rs_store(&places[1].failures, 2, rs_relaxed);
    end_place(1, "killed");
    pid = await_successor(1, pid);
    has(supervisor, 1, 1);
    CHECK(only_child(supervisor) == pid);
    CHECK_INT(starts_at(1), 4);
    stop_normally(supervisor);
    supervisor = start_defaults();
    add(supervisor, 1, RS_TRANSIENT);
    rs_store(&places[1].failures, 3, rs_relaxed);
    end_place(1, "killed");
    expect_exit(supervisor, "shutdown");
    CHECK_INT(starts_at(1), 4);
}

TEST(E2_each_retry_counts) {
    everywhere(fails_again);
}

static void add_held(const void *args, uint32_t bytes) {
    (void)bytes;
    const rs_child_spec spec = {.start = start_held, .restart = RS_TEMPORARY};
    rs_pid pid;
    CHECK_INT(try_add(*(const rs_pid *)args, &spec, &pid, NULL), RS_START_IGNORE);
}

/* The supervisor is busy while a child dies whose restart will fail, and somebody asks for its end:
 * that is served between the failed start and the retry. */
static void ends_between(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_defaults(), old = add(supervisor, 1, RS_PERMANENT);
    rs_spawn(add_held, &supervisor, sizeof supervisor);
    wait_ns(MS);
    rs_store(&places[1].failures, 1, rs_relaxed);
    end_place(1, "killed");
    rs_send(supervisor, &go_type, NULL, 0);
    terminates(supervisor, old, "ok");
    wait_ns(MS);
    has(supervisor, 0, 0);
    CHECK_INT(starts_at(1), 2);
    stop_normally(supervisor);
}
TEST(E2_a_retry_of_who_was_terminated_is_ignored) {
    run_on(&exact, ends_between);
}

/* With a backoff there is time to look; the second time somebody else takes the record over before
 * the retry comes. */
static void ends_while_waiting(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_defaults();
    const plan first = {.place = 1};
    rs_child_spec slowly = spec_of(&first, RS_PERMANENT);
    slowly.backoff = &slow;
    for (uint32_t i = 0; i < 2; i++) {
        rs_pid old = add_spec(supervisor, &slowly);
        end_place(1, "killed");
        while (only_child(supervisor) != RS_ATOM(restarting)) wait_ns(MS);
        has(supervisor, 1, 0);
        terminates(supervisor, old, "ok");
        terminates(supervisor, old, "{error,not_found}");
        if (i) add(supervisor, 2, RS_PERMANENT);
        wait_ns(400 * MS);
        CHECK_INT(starts_at(1), i + 1);
        has(supervisor, i, i);
    }
    CHECK_INT(starts_at(2), 1);
    stop_normally(supervisor);
}
TEST(E2_who_is_restarting_goes_by_its_old_pid) {
    virtually(ends_while_waiting);
}

/* ------------------------------------------------------------------ terminate_child */

static void terminates_pids(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_defaults(), other = start_defaults();
    for (rs_restart restart = RS_PERMANENT; restart <= RS_TEMPORARY; restart++) {
        rs_pid pid = add(supervisor, 1, restart);
        terminates(other, pid, "{error,not_found}");
        CHECK(rs_is_alive(pid));
        terminates(supervisor, pid, "ok");
        CHECK(!rs_is_alive(pid));
        terminates(supervisor, pid, "{error,not_found}");
    }
    terminates(supervisor, rs_self(), "{error,not_found}");
    terminates(supervisor, 0, "{error,not_found}");
    CHECK_INT(starts_at(1), 3);
    stop_normally(supervisor);
    stop_normally(other);
    terminates(supervisor, rs_self(), "{error,noproc}");
}
TEST(E2_only_children_can_be_terminated) {
    everywhere(terminates_pids);
}

/* ------------------------------------------------------------------ looking */

static rs_start_result start_inner(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    const rs_dynamic_supervisor_spec spec = rs_dynamic_supervisor_defaults();
    return rs_dynamic_supervisor_start(&spec, &given->options, pid, reason);
}

static void is_counted(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_defaults(), leaver = add(supervisor, 1, RS_PERMANENT);
    const rs_child_spec inner = {
        .start = start_inner, .is_supervisor = true, .shutdown_ns = RS_SHUTDOWN_INFINITY};
    rs_pid below = add_spec(supervisor, &inner);
    rs_child_counts counts;
    CHECK(rs_dynamic_supervisor_count_children(supervisor, &counts));
    CHECK(counts.specs == 2 && counts.workers == 1 && counts.supervisors == 1);
    rs_child_info infos[2];
    CHECK_INT(rs_dynamic_supervisor_which_children(supervisor, 0, infos, 2), 2);
    for (int i = 0; i < 2; i++) CHECK_INT(infos[i].is_supervisor, infos[i].child == below);
    /* S11: it is never noticed, and nobody looks whether it lives. */
    rs_gen_server_cast(leaver, &unlink_type, &supervisor, sizeof supervisor);
    end_place(1, "crash");
    has(supervisor, 2, 2);
    terminates(supervisor, leaver, "ok");
    has(supervisor, 1, 1);
    stop_normally(supervisor);
}
TEST(E2_count_children_counts_entries) {
    everywhere(is_counted);
}

/* ------------------------------------------------------------------ what is wrong */

static void refuses_specs(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_defaults();
    const plan first = {.place = 1};
    const rs_child_spec good = spec_of(&first, RS_TRANSIENT);
    rs_child_spec bad = good;
    bad.start = NULL;
    is_refused(supervisor, &bad, "missing_start");
    bad = good;
    bad.restart = (rs_restart)17;
    is_refused(supervisor, &bad, "{invalid_restart_type,17}");
    bad = good;
    bad.shutdown_ns = rs_term_integer(-1);
    is_refused(supervisor, &bad, "{invalid_shutdown,-1}");
    bad = good;
    bad.significant = true;
    is_refused(supervisor, &bad, "{invalid_significant,true}");
    CHECK_INT(starts_at(1), 0);
    bad = good;
    bad.id = "ignored";
    add_spec(supervisor, &bad);
    add_spec(supervisor, &bad); /* there are no duplicates without ids */
    stop_normally(supervisor);
    is_refused(supervisor, &good, "noproc");
}
TEST(E2_ids_are_ignored_but_the_rest_must_be_right) {
    everywhere(refuses_specs);
}

static void is_not_started(rs_dynamic_supervisor_spec spec, const char *expected) {
    rs_pid pid = 0;
    rs_term reason = 0;
    CHECK_INT(rs_dynamic_supervisor_start(&spec, NULL, &pid, &reason), RS_START_ERROR);
    is_term(reason, expected);
}

static void refuses_flags(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_dynamic_supervisor_spec good = rs_dynamic_supervisor_defaults(), bad = good;
    CHECK(good.intensity == 3 && good.period_s == 5);
    CHECK(good.max_children == RS_MAX_CHILDREN_INFINITY && good.extra_bytes == 0);
    bad.intensity = -1;
    is_not_started(bad, "{supervisor_data,{invalid_intensity,-1}}");
    bad = good;
    bad.period_s = 0;
    is_not_started(bad, "{supervisor_data,{invalid_period,0}}");
    bad = good;
    bad.max_children = -1;
    is_not_started(bad, "{supervisor_data,{invalid_max_children,-1}}");
}
TEST(E2_wrong_flags_are_refused) {
    everywhere(refuses_flags);
}

/* Supervisors of other kinds are asked for other things. */
static void is_asked_oddly(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_defaults(), plain = 0, pid = 0;
    const rs_supervisor_spec empty = {.period_s = 1};
    CHECK_INT(rs_supervisor_start(&empty, NULL, &plain, NULL), RS_START_OK);
    const plan first = {.place = 1};
    rs_child_spec spec = spec_of(&first, RS_PERMANENT);
    spec.id = "a";
    const rs_supervisor_spec simple = {
        .strategy = RS_SIMPLE_ONE_FOR_ONE, .period_s = 1, .children = &spec, .child_count = 1};
    rs_term reason = 0;
    is_refused(plain, &spec, "bad_request");
    CHECK_INT(rs_supervisor_start_child(supervisor, &spec, NULL, 0, NULL, &pid, &reason),
              RS_START_ERROR);
    is_term(reason, "simple_one_for_one");
    CHECK_INT(rs_supervisor_start_child(supervisor, NULL, NULL, 0, NULL, &pid, &reason),
              RS_START_ERROR);
    is_term(reason, "missing_start");
    is_term(rs_supervisor_restart_child(supervisor, "a"), "{error,simple_one_for_one}");
    is_term(rs_supervisor_delete_child(supervisor, "a"), "{error,simple_one_for_one}");
    is_term(rs_supervisor_terminate_child(supervisor, "a", 0), "{error,simple_one_for_one}");
    CHECK_INT(rs_sys_suspend(supervisor, LONG_NS), RS_OK);
    is_term(rs_supervisor_change_code(supervisor, &simple), "{error,{error,bad_request}}");
    CHECK_INT(rs_sys_resume(supervisor, LONG_NS), RS_OK);
    CHECK_INT(starts_at(1), 0);
    add_spec(supervisor, &spec);
    stop_normally(plain);
    stop_normally(supervisor);
}
TEST(what_belongs_to_other_supervisors_is_refused) {
    everywhere(is_asked_oddly);
}

/* ------------------------------------------------------------------ memory */

static void returns_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const all[] = {starts,        fails_to_start,     counts_to_max,   gives_arguments,
                             gives_up,      ends_and_returns,   fails_again,     ignores_again,
                             refuses_specs, ends_while_waiting, terminates_pids, is_counted,
                             starts_wildly};
    each_returns_memory(all, sizeof all / sizeof *all);
}
TEST(dynamic_supervisors_give_their_memory_back) {
    virtually(returns_memory);
}

TEST_MAIN()
