/* wait_test.c: how long processes wait: exactly in virtual time, sampled without bias in real time,
 * and nobody's long wait escapes.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/wait.h"

#include "runtime/base/atomic.h"
#include "runtime/process/test/run.h"

#include <string.h>

#define TOLD_MAX 8192

/* One core tells, on one thread, so nothing here is atomic. */
static struct {
    uint64_t waits_ns[TOLD_MAX];
    uint32_t sampled, longest;
    uint64_t longest_ns; /* of all */
    uint64_t from_ns;    /* since then */
} told;

static void take(void *context, uint32_t core, uint64_t ready_ns, uint64_t wait_ns, bool sampled) {
    (void)context;
    (void)core;
    CHECK(ready_ns + wait_ns <= rs_now_ns());
    if (wait_ns > told.longest_ns) told.longest_ns = wait_ns;
    if (sampled && told.sampled < TOLD_MAX) told.waits_ns[told.sampled++] = wait_ns;
    told.longest += !sampled;
}

static const rs_observer observer = {.wait = take};

static void run_told(rs_runtime_options options, rs_entry *entry) {
    memset(&told, 0, sizeof told);
    told.from_ns = rs_now_ns();
    options.observer = &observer;
    options.threads = options.threads ? options.threads : 1;
    run_on(&options, entry);
}

static void spin(uint64_t duration_ns) {
    for (uint64_t from = rs_now_ns(); rs_now_ns() - from < duration_ns;) continue;
}

/* ------------------------------------------------------------------ virtual time */

static void works_when_told(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_receive(NULL, NULL, RS_FOREVER);
    rs_work(1000);
}

/* A message costs 200 ns and a step 10: the first waits until the second message is sent, the
 * second until the first has worked. */
static void two_wait_for_each_other(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid first = rs_spawn(works_when_told, NULL, 0), second = rs_spawn(works_when_told, NULL, 0);
    wait_ns(MS);
    uint32_t before = told.sampled;
    rs_send(first, &any_type, NULL, 0);
    rs_send(second, &any_type, NULL, 0);
    wait_ns(MS);
    CHECK_INT(told.sampled - before, 3);
    CHECK_INT(told.waits_ns[before], 200);
    CHECK_INT(told.waits_ns[before + 1], 10000);
    CHECK_INT(told.waits_ns[before + 2], 0); /* our own timer's */
}
TEST(under_the_virtual_clock_every_wait_is_exact) {
    run_told(one_core, two_wait_for_each_other);
    CHECK_INT(told.longest, 0);
}

static void computes(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_compute(2500 * MS / 1000);
}

/* Both ask for two and a half budgets, and take turns of one. */
static void two_compute(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    rs_counters before, after;
    uint64_t from_ns = rs_now_ns();
    rs_counters_read(&before);
    rs_spawn(computes, NULL, 0);
    rs_spawn_monitor(computes, NULL, 0, &ref);
    uint32_t told_before = told.sampled;
    rs_receive(NULL, NULL, RS_FOREVER);
    rs_counters_read(&after);
    CHECK_INT(rs_now_ns() - from_ns, 2 * 5000 + 5 * MS); /* a start costs 5 us */
    CHECK_INT(after.preemptions - before.preemptions, 4);
    uint64_t longest_ns = 0;
    for (uint32_t i = told_before; i < told.sampled; i++)
        if (told.waits_ns[i] > longest_ns) longest_ns = told.waits_ns[i];
    CHECK_INT(longest_ns, MS);
}
TEST(computing_under_the_virtual_clock_is_stopped_when_its_budget_is_over) {
    run_told(one_core, two_compute);
}

/* ------------------------------------------------------------------ real time */

#define TURNS 20000u
/* Much longer than a turn of the quick one, on any machine. */
#define SLOW_NS 100000u

static void takes_turns(const void *args, uint32_t bytes) {
    (void)bytes;
    uint64_t duration_ns = *(const uint64_t *)args;
    for (uint32_t i = 0; i < TURNS; i++) {
        if (duration_ns) spin(duration_ns);
        rs_yield();
    }
}

/* They alternate: the quick one waits long, the slow one not at all. */
static void quick_and_slow(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint64_t quick_ns = 0, slow_ns = SLOW_NS;
    rs_ref ref;
    rs_spawn(takes_turns, &quick_ns, sizeof quick_ns);
    rs_spawn_monitor(takes_turns, &slow_ns, sizeof slow_ns, &ref);
    rs_receive(NULL, NULL, RS_FOREVER);
}

static uint32_t count_longer_than(uint64_t ns) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < told.sampled; i++) count += told.waits_ns[i] > ns;
    return count;
}

TEST(under_the_real_clock_the_sample_has_long_and_short_waits_alike) {
    /* Without a budget, since when one runs in jail the other is alone. */
    run_told((rs_runtime_options){.scheduler = "global", .budget_ns = RS_FOREVER}, quick_and_slow);
    uint32_t expected = 2 * TURNS / RS_WAIT_EVERY;
    CHECK(told.sampled > expected * 3 / 4 && told.sampled < expected * 5 / 4);
    uint32_t longer = count_longer_than(SLOW_NS / 2);
    CHECK(longer > told.sampled / 3 && longer < told.sampled * 2 / 3);
}

#define SPINNERS_MAX 200u
/* A core looks at the clock after so many turns at the latest, whatever becomes of the monitor; and
 * once more, since who had read the clock may write late what it has read. */
#define LOOKS_AFTER (2 * 32u)

static rs_atomic_u32 armed, started;
static uint64_t started_ns[SPINNERS_MAX];

static void spins_when_it_goes_off(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_monitor(*(const rs_pid *)args);
    rs_add(&armed, 1, rs_release);
    rs_receive(NULL, NULL, RS_FOREVER);
    started_ns[rs_add(&started, 1, rs_relaxed)] = rs_now_ns();
    spin(800000);
}

/* One death wakes all at once, before the first of them runs: so each waits for those before it, as
 * long as they say themselves. */
static void many_wait(uint32_t count) {
    rs_ref ref;
    rs_store(&armed, 0, rs_relaxed);
    rs_store(&started, 0, rs_relaxed);
    rs_pid gun = rs_spawn(waits, NULL, 0);
    for (uint32_t i = 0; i < count; i++)
        rs_spawn_monitor(spins_when_it_goes_off, &gun, sizeof gun, &ref);
    while (rs_load(&armed, rs_acquire) < count) wait_ns(MS);
    told.longest = 0;
    told.longest_ns = 0;
    rs_exit_signal(gun, RS_ATOM(kill));
    for (uint32_t i = 0; i < count; i++) rs_receive(NULL, NULL, RS_FOREVER);
    uint64_t waited_ns = started_ns[count - 1 - LOOKS_AFTER] - started_ns[0];
    CHECK(told.longest > 0);
    CHECK(told.longest_ns + (UINT64_C(2) << RS_WAIT_TICK_BITS) >= waited_ns);
    CHECK(told.longest_ns <= rs_now_ns() - told.from_ns);
}

static void many_then_few(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    many_wait(SPINNERS_MAX);
    rs_waits_forget();
    many_wait(SPINNERS_MAX / 2);
}
TEST(a_long_wait_does_not_escape) {
    run_told((rs_runtime_options){.scheduler = "global"}, many_then_few);
}

/* Until it was idle for so long: when it is given no processor it is not. */
static void sleeps(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint64_t from_ns = rs_now_ns(), before_ns = counters().idle_ns, idle_ns;
    do {
        wait_ns(10 * MS);
        idle_ns = counters().idle_ns - before_ns;
        CHECK(idle_ns <= rs_now_ns() - from_ns);
    } while (idle_ns < 40 * MS);
    if (rs_clock_is_virtual()) CHECK_INT(idle_ns, rs_now_ns() - from_ns);
}
TEST(a_core_without_work_is_idle) {
    run_on(&one_thread, sleeps);
    run_on(&one_core, sleeps);
}

/* The other core sleeps all the while: what is not over yet counts, too. */
static void spins_beside_a_sleeper(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint64_t from_ns = rs_now_ns(), before_ns = counters().idle_ns;
    while (counters().idle_ns - before_ns < 10 * MS) {
        spin(MS);
        CHECK(rs_now_ns() - from_ns < LONG_NS);
    }
}
TEST(idleness_that_goes_on_counts) {
    run_on(&two_threads, spins_beside_a_sleeper);
}

TEST_MAIN()
