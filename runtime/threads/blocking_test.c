/* blocking_test.c: work that waits in the kernel holds no core, comes back once, and outlives who
 * asked for it.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/test/puppet.h"

#include "runtime/base/atomic.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#if RS_ASAN || RS_TSAN
#define CALLS 200
#else
#define CALLS 3000
#endif

/* ------------------------------------------------------------------ results */

typedef struct sum {
    uint64_t a, b, result, times;
} sum;

static void add(void *copy) {
    sum *this = copy;
    CHECK_INT((uintptr_t)copy % 16, 0);
    this->result = this->a + this->b;
    this->times++;
}

static void adds(const void *args, uint32_t bytes) {
    (void)bytes;
    uint64_t seed = variant_of(args);
    for (uint64_t i = 0; i < CALLS / 20; i++) {
        sum this = {seed, i, 0, 0};
        rs_blocking(add, &this, sizeof this, 10);
        CHECK_INT(this.result, seed + i);
        CHECK_INT(this.times, 1);
    }
    rs_blocking(add, &(sum){0}, sizeof(sum), 0);
}

static void many_add(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_ref ref;
    rs_memory_read(&before);
    for (uint32_t i = 0; i < 20; i++) CHECK(rs_spawn_monitor(adds, &i, sizeof i, &ref) != 0);
    all_end(20);
    rs_receive(NULL, NULL, 0);
    memory_is(&before);
}
TEST(each_call_gets_its_own_result_once) {
    everywhere(many_add);
}

static void nothing(void *copy) {
    (void)copy;
}

static void keeps_what_it_holds(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int i = 0; i < 20; i++) {
        send_number(rs_self(), 3);
        const rs_message *message = rs_receive(NULL, NULL, 0);
        CHECK_INT(value_of(message), 3);
        for (int j = 0; j < 5; j++) send_number(rs_self(), j);
        rs_blocking(nothing, NULL, 0, 5);
        CHECK_INT(value_of(message), 3);
        for (int j = 0; j < 5; j++) CHECK_INT(take_number(), j);
        is_empty();
    }
}
TEST(messages_stay_as_they_are) {
    everywhere(keeps_what_it_holds);
}

static void takes_its_time(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint64_t before = rs_now_ns();
    rs_blocking(nothing, NULL, 0, 7 * MS);
    uint64_t took = rs_now_ns() - before;
    CHECK(took >= 7 * MS && took < 7 * MS + MS / 10);
}
TEST(the_virtual_clock_moves_by_what_is_declared) {
    run_on(&one_core, takes_its_time);
    run_on(&three_cores, takes_its_time);
}

/* ------------------------------------------------------------------ waiting */

#define PIPES (RS_BLOCKING_THREADS_MAX + 20)

static int pipes[PIPES][2];
static rs_atomic_u32 begun, done;

static void open_pipes(void) {
    for (uint32_t i = 0; i < PIPES; i++) CHECK_INT(pipe2(pipes[i], O_CLOEXEC), 0);
}

static void read_one(void *copy) {
    uint32_t *which = copy;
    char byte = 0;
    rs_add(&begun, 1, rs_relaxed);
    while (read(pipes[*which][0], &byte, 1) != 1) {
    }
    CHECK_INT(byte, 'x');
    *which += 1000;
    rs_add(&done, 1, rs_relaxed);
}

static void let_go(uint32_t which) {
    CHECK_INT(write(pipes[which][1], "x", 1), 1);
}

static void reads(const void *args, uint32_t bytes) {
    (void)bytes;
    uint32_t which = variant_of(args), copy = which;
    rs_blocking(read_one, &copy, sizeof copy, 0);
    CHECK_INT(copy, which + 1000);
}

static rs_pid reader(uint32_t which, rs_ref *ref) {
    rs_pid pid = rs_spawn_monitor(reads, &which, sizeof which, ref);
    CHECK(pid != 0);
    return pid;
}

static void await(rs_atomic_u32 *counter, uint32_t value) {
    while (rs_load(counter, rs_relaxed) != value) wait_ns(MS / 10);
}

static void start_counting(void) {
    rs_store(&begun, 0, rs_relaxed);
    rs_store(&done, 0, rs_relaxed);
}

static void waits_without_core(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    rs_pid witness = new_puppet();
    start_counting();
    rs_pid pid = reader(0, &ref);
    await(&begun, 1);
    uint64_t jailed = counters().jailed;
    for (int i = 0; i < 200; i++) ask(witness, DO_NOTHING, 0, NULL);
    CHECK_INT(rs_load(&done, rs_relaxed), 0);
    if (!RS_TSAN) CHECK_INT(counters().jailed, jailed);
    let_go(0);
    expect_down(pid, ref, "normal");
}
TEST(who_waits_holds_no_core) {
    open_pipes();
    on_one_and_two(waits_without_core);
}

static void more_than_threads(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pids[PIPES];
    rs_ref refs[PIPES];
    rs_memory_use before;
    start_counting();
    rs_memory_read(&before);
    for (uint32_t i = 0; i < PIPES; i++) pids[i] = reader(i, &refs[i]);
    await(&begun, RS_BLOCKING_THREADS_MAX);
    settle();
    CHECK_INT(rs_load(&begun, rs_relaxed), RS_BLOCKING_THREADS_MAX);
    for (uint32_t i = 0; i < PIPES; i++) let_go(i);
    for (uint32_t i = 0; i < PIPES; i++) expect_down(pids[i], refs[i], "normal");
    CHECK_INT(rs_load(&done, rs_relaxed), PIPES);
    rs_receive(NULL, NULL, 0);
    memory_is(&before);
}
TEST(more_may_wait_than_there_are_threads) {
    open_pipes();
    on_one_and_two(more_than_threads);
}

/* ------------------------------------------------------------------ death */

static void ends_while_waiting(const char *reason, const char *expected) {
    rs_ref ref;
    start_counting();
    rs_pid pid = reader(0, &ref);
    await(&begun, 1);
    rs_term term = term_of(reason);
    rs_exit_signal(pid, term);
    rs_term_release(term);
    expect_down(pid, ref, expected);
    CHECK_INT(rs_load(&done, rs_relaxed), 0);
    let_go(0);
    await(&done, 1);
}

static void deaths(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_memory_read(&before);
    for (int i = 0; i < 20; i++) {
        ends_while_waiting("kill", "killed");
        ends_while_waiting("{shutdown,\"why\"}", "{shutdown,\"why\"}");
    }
    rs_receive(NULL, NULL, 0);
    memory_is(&before);
}
TEST(who_dies_waiting_leaves_the_work_to_end_alone) {
    open_pipes();
    on_one_and_two(deaths);
}

static void traps(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    reads(args, bytes);
    const rs_message *message = rs_receive(NULL, NULL, 0);
    CHECK(message != NULL && message->kind == RS_MESSAGE_EXIT);
}

static void trapped(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    uint32_t which = 0;
    start_counting();
    rs_pid pid = rs_spawn_monitor(traps, &which, sizeof which, &ref);
    await(&begun, 1);
    rs_exit_signal(pid, RS_ATOM(shutdown));
    let_go(0);
    expect_down(pid, ref, "normal");
}
TEST(who_traps_exits_gets_its_result_all_the_same) {
    open_pipes();
    on_one_and_two(trapped);
}

static FAULTY void fail(void *copy) {
    uintptr_t address = *(uintptr_t *)copy;
    *(volatile int *)address = 1;
}

static void fails(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uintptr_t address = 8;
    rs_blocking(fail, &address, sizeof address, 0);
    rs_exit(RS_ATOM(ok));
}

static void points_nowhere(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uintptr_t nowhere = 8;
    __asm__ volatile("" : "+r"(nowhere));
    rs_blocking(nothing, (void *)nowhere, 8, 0);
    if (rs_clock_is_virtual()) rs_crash(RS_ATOM(sigsegv)); /* nothing is copied there */
}

static void crashes(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_memory_read(&before);
    for (int i = 0; i < 50; i++) {
        rs_ref ref;
        rs_pid pid = rs_spawn_monitor(i % 2 ? fails : points_nowhere, NULL, 0, &ref);
        expect_down(pid, ref, "sigsegv");
        uint32_t seed = 1;
        if (i % 10) continue;
        pid = rs_spawn_monitor(adds, &seed, sizeof seed, &ref);
        expect_down(pid, ref, "normal");
    }
    rs_receive(NULL, NULL, 0);
    memory_is(&before);
}
TEST(a_crash_in_the_work_is_the_callers) {
    everywhere(crashes);
}

/* ------------------------------------------------------------------ the end of a run */

static void leaves_waiting(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    start_counting();
    reader(0, &ref);
    await(&begun, 1);
}
TEST(a_run_ends_though_work_is_not_done) {
    open_pipes();
    run_on(&two_threads, leaves_waiting);
    run_on(&two_threads, many_add);
    let_go(0);
    run_on(&two_threads, many_add);
}

TEST(without_budget_work_is_done_too) {
    run_on(&(rs_runtime_options){.threads = 1, .budget_ns = RS_FOREVER}, many_add);
}

TEST_MAIN()
