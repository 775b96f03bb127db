/* supervisor_backoff_test.c: children that are down for a while before they are started again, to
 * the nanosecond under the virtual clock; and under the real one, that they come.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/supervisor.h"

#include "runtime/process/test/puppet.h"

#include <string.h>

static const rs_runtime_options exact = {.clock = RS_CLOCK_VIRTUAL};

/* ------------------------------------------------------------------ children that tell their
 * starts */

typedef struct birth {
    rs_pid pid;
    uint64_t at_ns;
    char id; /* 'a', 'b', … */
} birth;
static const rs_type birth_type = {.name = "birth", .bytes = sizeof(birth)};

/* Who is told; how many starts are to fail before one succeeds. */
typedef struct cradle {
    rs_pid watcher;
    char id;
    rs_atomic_u32 *failures;
} cradle;

static rs_next child_init(void *state, const void *args, uint32_t bytes) {
    (void)state, (void)bytes;
    const cradle *given = args;
    const birth born = {rs_self(), rs_now_ns(), given->id};
    rs_send(given->watcher, &birth_type, &born, sizeof born);
    if (given->failures && rs_load(given->failures, rs_relaxed)) {
        rs_sub(given->failures, 1, rs_relaxed);
        return rs_stop(RS_ATOM(init_failed));
    }
    return RS_INIT_OK;
}

static const rs_gen_server child_server = {.name = "child", .init = child_init};

static rs_start_result start_child(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    return rs_gen_server_start(&child_server, start->args, start->bytes, &start->options, pid,
                               reason);
}

static bool is_birth(const rs_message *message, void *context) {
    (void)context;
    return message->type == &birth_type;
}

static birth await_birth(char id) {
    const rs_message *message = rs_receive(is_birth, NULL, LONG_NS);
    CHECK(message != NULL);
    birth born = *(const birth *)(const void *)message->payload;
    CHECK_INT(born.id, id);
    return born;
}

static void nobody_is_born_for(uint64_t ns) {
    CHECK(rs_receive(is_birth, NULL, ns) == NULL);
}

/* ------------------------------------------------------------------ supervisors */

static const rs_backoff doubling = {
    .first_ns = 10 * MS, .max_ns = 40 * MS, .factor = 2, .reset_ns = 100 * MS};

typedef struct family {
    cradle cradles[2];
    rs_child_spec specs[2];
    rs_supervisor_spec spec;
    const rs_budget *budget;
    rs_pid supervisor;
} family;

/* Up to two children, `a` and `b`, with the same backoff; alive when it returns. */
static void raise(family *all, rs_strategy strategy, uint32_t count, const rs_backoff *backoff,
                  rs_atomic_u32 *failures) {
    const rs_start_options options = {.link = true};
    rs_trap_exit(true);
    for (uint32_t i = 0; i < count; i++) {
        all->cradles[i] = (cradle){rs_self(), (char)('a' + i), i ? NULL : failures};
        all->specs[i] = (rs_child_spec){.id = i ? "b" : "a",
                                        .start = start_child,
                                        .args = &all->cradles[i],
                                        .bytes = sizeof(cradle),
                                        .shutdown_ns = LONG_NS,
                                        .backoff = backoff,
                                        .budget = all->budget};
    }
    all->spec = (rs_supervisor_spec){.strategy = strategy,
                                     .intensity = all->spec.intensity,
                                     .period_s = all->spec.period_s ? all->spec.period_s : 1,
                                     .children = all->specs,
                                     .child_count = count};
    CHECK_INT(rs_supervisor_start(&all->spec, &options, &all->supervisor, NULL), RS_START_OK);
}

static void end(family *all) {
    rs_exit_signal(all->supervisor, RS_ATOM(shutdown));
    expect_exit(all->supervisor, "shutdown");
}

static uint64_t kill_at(rs_pid pid) {
    uint64_t now_ns = rs_now_ns();
    rs_exit_signal(pid, RS_ATOM(kill));
    return now_ns;
}

/* Kills the child `a` and returns what comes back after exactly `ms`. */
static birth comes_back_after(birth child, uint64_t ms) {
    uint64_t killed_ns = kill_at(child.pid);
    birth born = await_birth(child.id);
    CHECK_INT(born.at_ns - killed_ns, ms * MS);
    return born;
}

static rs_term shown(rs_pid supervisor) {
    rs_child_info info;
    CHECK_INT(rs_supervisor_which_children(supervisor, 0, &info, 1), 1);
    return info.child;
}

/* ------------------------------------------------------------------ the tests */

static void grows(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    family all = {.spec.intensity = 100};
    raise(&all, RS_ONE_FOR_ONE, 1, &doubling, NULL);
    birth child = await_birth('a');
    static const uint64_t waits[] = {10, 20, 40, 40};
    for (int i = 0; i < 4; i++) child = comes_back_after(child, waits[i]);
    wait_ns(99 * MS);
    child = comes_back_after(child, 40);
    wait_ns(100 * MS); /* long enough */
    child = comes_back_after(child, 10);
    comes_back_after(child, 20);
    end(&all);
}
TEST(waits_grow_and_begin_anew) {
    run_on(&exact, grows);
}

static void comes_in_time(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    family all = {.spec.intensity = 100};
    raise(&all, RS_ONE_FOR_ONE, 1, &doubling, NULL);
    birth child = await_birth('a');
    for (int i = 0; i < 3; i++) {
        uint64_t killed_ns = kill_at(child.pid);
        child = await_birth('a');
        CHECK(child.at_ns - killed_ns >= 10 * MS << i);
    }
    end(&all);
}
TEST(nobody_comes_early) {
    everywhere(comes_in_time);
}

static void failed_starts_wait(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_atomic_u32 failures = 0;
    family all = {.spec.intensity = 100};
    raise(&all, RS_ONE_FOR_ONE, 1, &doubling, &failures);
    birth child = await_birth('a');
    rs_store(&failures, 9, rs_relaxed);
    uint64_t last_ns = kill_at(child.pid);
    static const uint64_t waits[] = {10, 20, 40, 40, 40, 40, 40, 40, 40, 40}; /* beyond `reset` */
    for (int i = 0; i < 10; i++) {
        child = await_birth('a');
        CHECK_INT(child.at_ns - last_ns, waits[i] * MS);
        last_ns = child.at_ns;
    }
    wait_ns(MS);
    CHECK(shown(all.supervisor) == child.pid);
    end(&all);
}
TEST(a_start_that_fails_waits_longer_still) {
    run_on(&exact, failed_starts_wait);
}

static void shows_itself(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    family all = {.spec.intensity = 100};
    raise(&all, RS_ONE_FOR_ONE, 1, &doubling, NULL);
    birth child = await_birth('a');
    kill_at(child.pid);
    wait_ns(5 * MS);
    CHECK(shown(all.supervisor) == RS_ATOM(restarting));
    CHECK(rs_supervisor_terminate_child(all.supervisor, "a", 0) == RS_ATOM(ok));
    CHECK(shown(all.supervisor) == RS_ATOM(undefined));
    nobody_is_born_for(50 * MS);
    rs_term again = rs_supervisor_restart_child(all.supervisor, "a");
    CHECK(rs_term_is_pair(again, RS_ATOM(ok)));
    rs_term_release(again);
    child = await_birth('a');
    kill_at(child.pid); /* 20 ms, of which 18 pass */
    wait_ns(18 * MS);
    CHECK(rs_supervisor_terminate_child(all.supervisor, "a", 0) == RS_ATOM(ok));
    rs_term_release(rs_supervisor_restart_child(all.supervisor, "a"));
    child = await_birth('a');
    comes_back_after(child, 40); /* the old timer has no say in it */
    end(&all);
}
TEST(a_waiting_child_is_restarting_and_can_be_managed) {
    run_on(&exact, shows_itself);
}

static void counts_what_is_done(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static const rs_backoff slow = {
        .first_ns = 2500 * MS, .max_ns = 2500 * MS, .factor = 1, .reset_ns = RS_FOREVER};
    family all = {.spec = {.intensity = 1, .period_s = 1}};
    raise(&all, RS_ONE_FOR_ONE, 1, &slow, NULL);
    birth child = await_birth('a');
    for (int i = 0; i < 5; i++) child = comes_back_after(child, 2500);
    end(&all);
    all.spec = (rs_supervisor_spec){.intensity = 1, .period_s = 1};
    raise(&all, RS_ONE_FOR_ONE, 1, NULL, NULL);
    child = await_birth('a');
    child = comes_back_after(child, 0);
    kill_at(child.pid);
    expect_exit(all.supervisor, "shutdown"); /* without a backoff that was too much */
}
TEST(intensity_counts_restarts_when_they_are_done) {
    run_on(&exact, counts_what_is_done);
}

static void siblings_go_on(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    family all = {.spec.intensity = 100};
    raise(&all, RS_ONE_FOR_ALL, 2, &doubling, NULL);
    birth a = await_birth('a'), b = await_birth('b');
    uint64_t killed_ns = kill_at(a.pid);
    wait_ns(9 * MS);
    CHECK(rs_is_alive(b.pid));
    kill_at(b.pid); /* which is restarted with `a`, before its own time has come */
    birth a2 = await_birth('a'), b2 = await_birth('b');
    CHECK_INT(a2.at_ns - killed_ns, 10 * MS);
    CHECK_INT(b2.at_ns - killed_ns, 10 * MS);
    nobody_is_born_for(100 * MS);
    end(&all);
}
TEST(a_group_is_restarted_when_the_wait_is_over) {
    run_on(&exact, siblings_go_on);
}

static birth start_dynamic(rs_pid supervisor) {
    rs_pid pid = 0;
    CHECK_INT(rs_supervisor_start_child(supervisor, NULL, NULL, 0, NULL, &pid, NULL), RS_START_OK);
    birth born = await_birth('a');
    CHECK(born.pid == pid);
    return born;
}

static void each_has_its_own(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    family all = {.spec.intensity = 1000};
    raise(&all, RS_SIMPLE_ONE_FOR_ONE, 1, &doubling, NULL);
    birth first = start_dynamic(all.supervisor), second = {0};
    first = comes_back_after(first, 10);
    first = comes_back_after(first, 20);
    for (int i = 0; i < 50; i++) second = start_dynamic(all.supervisor);
    second = comes_back_after(second, 10);
    first = comes_back_after(first, 40);
    CHECK(rs_supervisor_terminate_child(all.supervisor, NULL, first.pid) == RS_ATOM(ok));
    first = start_dynamic(all.supervisor); /* on the record of the one before */
    comes_back_after(first, 10);
    end(&all);
}
TEST(every_dynamic_child_has_its_own_wait) {
    run_on(&exact, each_has_its_own);
}

/* ------------------------------------------------------------------ budgets */

static const rs_budget two_in_ten = {.restarts = 2, .period_s = 10};

/* Kills the child and waits for the next one. */
static birth comes_back(birth child) {
    kill_at(child.pid);
    return await_birth(child.id);
}

static void has_a_budget(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    family all = {.spec = {.intensity = 100, .period_s = 10}, .budget = &two_in_ten};
    raise(&all, RS_ONE_FOR_ONE, 2, NULL, NULL);
    birth a = await_birth('a'), b = await_birth('b');
    for (int i = 0; i < 2; i++) a = comes_back(a);
    kill_at(a.pid);
    nobody_is_born_for(MS);
    CHECK(rs_is_alive(all.supervisor) && rs_is_alive(b.pid)); /* only `a` has had enough */
    for (int i = 0; i < 2; i++) b = comes_back(b);
    rs_term again = rs_supervisor_restart_child(all.supervisor, "a"); /* it is down, not gone */
    CHECK(rs_term_is_pair(again, RS_ATOM(ok)));
    rs_term_release(again);
    a = await_birth('a');
    wait_ns(11000 * MS);
    for (int i = 0; i < 2; i++) a = comes_back(a); /* the window has moved on */
    end(&all);
}
TEST(a_child_without_budget_stays_down_alone) {
    run_on(&exact, has_a_budget);
}

static void budget_is_its_own(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    family all = {.spec.intensity = 100, .budget = &two_in_ten};
    raise(&all, RS_SIMPLE_ONE_FOR_ONE, 1, NULL, NULL);
    birth first = start_dynamic(all.supervisor), second = start_dynamic(all.supervisor);
    for (int i = 0; i < 2; i++) first = comes_back(first);
    kill_at(first.pid);
    nobody_is_born_for(MS);
    CHECK_INT(rs_supervisor_which_children(all.supervisor, 0, NULL, 0), 1);
    first = start_dynamic(all.supervisor); /* on the record of the one before */
    for (int i = 0; i < 2; i++) first = comes_back(first);
    for (int i = 0; i < 2; i++) second = comes_back(second);
    end(&all);
}
TEST(every_dynamic_child_has_its_own_budget) {
    run_on(&exact, budget_is_its_own);
}

/* `a` gets one restart, which fails; `b`, which waits behind it, is started all the same. */
static void gives_up_in_a_group(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static const rs_budget one_in_ten = {.restarts = 1, .period_s = 10};
    rs_atomic_u32 failures = 0;
    family all = {.spec = {.intensity = 100, .period_s = 10}, .budget = &one_in_ten};
    raise(&all, RS_ONE_FOR_ALL, 2, NULL, &failures);
    birth a = await_birth('a'), b = await_birth('b');
    rs_store(&failures, 1, rs_relaxed);
    kill_at(a.pid);
    await_birth('a'); /* fails */
    b = await_birth('b');
    nobody_is_born_for(100 * MS);
    rs_child_counts counts;
    CHECK(rs_supervisor_count_children(all.supervisor, &counts));
    CHECK_INT(counts.active, 1);
    CHECK(rs_is_alive(b.pid));
    end(&all);
}
TEST(who_is_given_up_keeps_nobody_behind_it_down) {
    run_on(&exact, gives_up_in_a_group);
}

static void used_up_by_starts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_atomic_u32 failures = 0;
    family all = {.spec.intensity = 100, .budget = &two_in_ten};
    raise(&all, RS_ONE_FOR_ONE, 1, &doubling, &failures);
    birth child = await_birth('a');
    rs_store(&failures, 100, rs_relaxed);
    uint64_t killed_ns = kill_at(child.pid);
    await_birth('a'); /* fails */
    birth last = await_birth('a');
    CHECK_INT(last.at_ns - killed_ns, (10 + 20) * MS);
    nobody_is_born_for(1000 * MS);
    CHECK(shown(all.supervisor) == RS_ATOM(undefined));
    end(&all);
}
TEST(starts_that_fail_use_the_budget_up) {
    run_on(&exact, used_up_by_starts);
}

/* Where the second child of a run with `seed` comes back. */
static uint64_t jittered_ns;

static void has_jitter(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static const rs_backoff loose = {.first_ns = 10 * MS,
                                     .max_ns = 10 * MS,
                                     .factor = 1,
                                     .jitter_ppm = 500000,
                                     .reset_ns = RS_FOREVER};
    family all = {.spec.intensity = 100};
    raise(&all, RS_ONE_FOR_ONE, 1, &loose, NULL);
    uint64_t killed_ns = kill_at(await_birth('a').pid);
    jittered_ns = await_birth('a').at_ns - killed_ns;
    CHECK(jittered_ns >= 5 * MS && jittered_ns <= 10 * MS);
    end(&all);
}
TEST(jitter_is_the_seeds) {
    uint64_t waits[3];
    static const uint64_t seeds[] = {1, 1, 2};
    for (int i = 0; i < 3; i++) {
        run_on(&(rs_runtime_options){.clock = RS_CLOCK_VIRTUAL, .seed = seeds[i]}, has_jitter);
        waits[i] = jittered_ns;
    }
    CHECK(waits[0] == waits[1]);
    CHECK(waits[0] != waits[2]);
}

static void ends_while_one_waits(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const all[] = {each_has_its_own, has_a_budget, budget_is_its_own};
    each_returns_memory(all, sizeof all / sizeof *all);
}
TEST(memory_is_given_back) {
    run_on(&exact, ends_while_one_waits);
}

TEST_MAIN()
