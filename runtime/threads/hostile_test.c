/* hostile_test.c: whatever some processes do, the others go on, and whoever is told to end ends.
 * What a native fault does is in runtime/process/crash_test.c, what a system call does in
 * jail_test.c. SPDX-License-Identifier: MIT
 */
#include "runtime/base/atomic.h"
#include "runtime/process/process.h"
#include "runtime/process/test/puppet.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Where nobody can be stopped from outside (see preempt.c), a loop that passes no gate ends only
 * with the program, and who loops loses its core instead. */
#if RS_TSAN || (RS_ASAN && defined(__clang__))
#define STOPPABLE 0
#else
#define STOPPABLE 1
#endif

#if RS_ASAN || RS_TSAN
#define SCALE 100u
#else
#define SCALE 1u
#endif
#define FLOOD  (10000000u / SCALE)
#define TIMERS (1000000u / SCALE)

/* ------------------------------------------------------------------ the hostile */

static void loops(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (volatile uint64_t i = 0;; i++) {
    }
}

/* Calls that pass no gate, and some that do. */
static void loops_with_calls(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (uint64_t i = 0;; i++) {
        rs_work(1);
        CHECK(rs_now_ns() != 0 && rs_self() != 0);
        if (i % 16 == 0) rs_free(rs_alloc(100), 100);
    }
}

static void loops_yielding(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (;;) rs_yield();
}

/* There is always one more message for it. */
static void receives_without_end(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int i = 0; i < 10; i++) send_number(rs_self(), i);
    for (;;) {
        const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
        send_number(rs_self(), value_of(message));
    }
}

static void sleeps_in_the_kernel(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const struct timespec pause = {0, 5000000};
    for (;;) nanosleep(&pause, NULL);
}

static void allocates_without_end(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (;;) memset(rs_alloc(100000), 1, 100000);
}

typedef struct hostile {
    const char *name;
    rs_entry *entry;
    bool passes_gates; /* also kill and signals end it everywhere */
    bool is_quiet;     /* no signal but kill reaches it */
} hostile;

static const hostile hostiles[] = {
    {"loops", loops, false, false},
    {"loops_with_calls", loops_with_calls, true, false},
    {"loops_yielding", loops_yielding, true, false},
    {"receives_without_end", receives_without_end, true, false},
    {"sleeps_in_the_kernel", sleeps_in_the_kernel, false, true},
};
#define HOSTILES (sizeof hostiles / sizeof *hostiles)

/* ------------------------------------------------------------------ the others */

#define THREADS 2u
#define LOOPERS (2 * THREADS)

/* Under the sanitizers that cannot stop anybody they would outlive the test. */
static bool is_left_out(const hostile *this) {
    return !STOPPABLE && !this->passes_gates;
}

static void others_go_on(const void *args, uint32_t bytes) {
    (void)bytes;
    const hostile *this = &hostiles[variant_of(args)];
    rs_pid pids[LOOPERS], witnesses[THREADS];
    rs_ref refs[LOOPERS];
    for (uint32_t i = 0; i < THREADS; i++) witnesses[i] = new_puppet();
    for (uint32_t i = 0; i < LOOPERS; i++)
        CHECK((pids[i] = rs_spawn_monitor(this->entry, NULL, 0, &refs[i])) != 0);
    for (uint32_t i = 0; i < 20; i++) ask(witnesses[i % THREADS], DO_NOTHING, 0, NULL);
    for (uint32_t i = 0; i < LOOPERS; i++) CHECK(rs_is_alive(pids[i]));
    for (uint32_t i = 0; i < LOOPERS; i++) rs_exit_signal(pids[i], RS_ATOM(kill));
    for (uint32_t i = 0; i < LOOPERS; i++) expect_down(pids[i], refs[i], "killed");
    for (uint32_t i = 0; i < 10; i++) ask(witnesses[i % THREADS], DO_NOTHING, 0, NULL);
}

static void under(const char *scheduler) {
    const rs_runtime_options options = {.threads = THREADS, .scheduler = scheduler};
    for (uint32_t i = 0; i < HOSTILES; i++) {
        if (is_left_out(&hostiles[i]))
            printf("left out under this sanitizer: %s\n", hostiles[i].name);
        else
            run_with(&options, others_go_on, i);
    }
}
TEST(the_others_go_on_under_steal) {
    under("steal");
}
TEST(the_others_go_on_under_global) {
    under("global");
}
TEST(the_others_go_on_under_pinned) {
    under("pinned");
}
TEST(the_others_go_on_under_migrate) {
    under("migrate");
}
TEST(the_others_go_on_under_deadline) {
    under("deadline");
}

/* ------------------------------------------------------------------ any fatal signal */

typedef struct linked_args {
    rs_pid boss;
    uint32_t which;
} linked_args;

/* Dies of a reason that its child, which loops, gets over the link. */
static void links_and_ends(const void *args, uint32_t bytes) {
    (void)bytes;
    const linked_args this = *(const linked_args *)args;
    rs_pid pid = rs_spawn_link(hostiles[this.which].entry, NULL, 0);
    rs_send(this.boss, &any_type, &pid, sizeof pid);
    rs_receive(NULL, NULL, RS_FOREVER);
    rs_exit(term_of("{over,link}"));
}

static bool is_any(const rs_message *message, void *context) {
    (void)context;
    return message->type == &any_type;
}

static void over_a_link(uint32_t which) {
    const linked_args each = {rs_self(), which};
    rs_pid parent = rs_spawn(links_and_ends, &each, sizeof each);
    const rs_message *message = rs_receive(is_any, NULL, LONG_NS);
    CHECK(message != NULL);
    rs_pid pid = *(const rs_pid *)(const void *)message->payload;
    rs_ref ref = rs_monitor(pid);
    send_number(parent, 0);
    expect_down(pid, ref, "{over,link}");
}

static void ends_by(uint32_t which, const char *reason, const char *expected) {
    rs_ref ref;
    rs_pid pid = rs_spawn_monitor(hostiles[which].entry, NULL, 0, &ref);
    wait_ns(MS);
    rs_term term = term_of(reason);
    rs_exit_signal(pid, term);
    rs_term_release(term);
    expect_down(pid, ref, expected);
}

static void fatal_signals(const void *args, uint32_t bytes) {
    (void)bytes;
    uint32_t which = variant_of(args);
    ends_by(which, "kill", "killed");
    ends_by(which, "shutdown", "shutdown");
    ends_by(which, "{some,\"reason\"}", "{some,\"reason\"}");
    over_a_link(which);
}
TEST(any_fatal_signal_ends_any_loop) {
    for (uint32_t i = 0; i < HOSTILES; i++) {
        if (is_left_out(&hostiles[i]) || hostiles[i].is_quiet) continue;
        run_with(&one_thread, fatal_signals, i);
        run_with(&two_threads, fatal_signals, i);
    }
}

/* ------------------------------------------------------------------ memory */

static void hogs(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid witness = new_witness();
    rs_memory_use before;
    rs_memory_read(&before);
    rs_pid pids[LOOPERS];
    rs_ref refs[LOOPERS];
    for (uint32_t i = 0; i < LOOPERS; i++) {
        const rs_spawn_options options = {.entry = allocates_without_end,
                                          .arena_bytes = 64u << 20,
                                          .monitor = true,
                                          .ref = &refs[i]};
        CHECK_INT(rs_spawn_opt(&options, &pids[i]), RS_OK);
    }
    for (uint32_t i = 0; i < 40; i++) ask(witness, DO_NOTHING, 0, NULL);
    for (uint32_t i = 0; i < LOOPERS; i++) expect_down(pids[i], refs[i], "{system_limit,memory}");
    ask(witness, DO_NOTHING, 0, NULL);
    rs_receive(NULL, NULL, 0);
    memory_is(&before);
}
TEST(who_allocates_without_end_ends_alone) {
    on_one_and_two(hogs);
}

/* ------------------------------------------------------------------ floods */

/* The killed one does not look at what lies before the kill, and everything comes back. */
static void flood(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid witness = new_witness();
    rs_memory_use before;
    rs_memory_read(&before);
    rs_ref ref;
    rs_pid pid = rs_spawn_monitor(hears_nothing, NULL, 0, &ref);
    for (uint32_t i = 0; i < FLOOD; i++) rs_send(pid, &any_type, NULL, 0);
    rs_exit_signal(pid, RS_ATOM(kill));
    CHECK(!rs_is_alive(pid));
    for (int i = 0; i < 10; i++) ask(witness, DO_NOTHING, 0, NULL);
    expect_down(pid, ref, "killed");
    rs_receive(NULL, NULL, 0);
    memory_is(&before);
}
TEST(a_kill_behind_a_flood_comes_first) {
    on_one_and_two(flood);
}

static void many_timers(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid witness = new_puppet();
    static bool seen[TIMERS];
    memset(seen, 0, sizeof seen);
    uint64_t due_ns = rs_now_ns() + 100 * MS;
    for (uint32_t i = 0; i < TIMERS; i++) {
        uint64_t now_ns = rs_now_ns();
        start_timer(due_ns > now_ns ? due_ns - now_ns : 0, rs_self(), i);
    }
    for (int i = 0; i < 10; i++) ask(witness, DO_NOTHING, 0, NULL);
    for (uint32_t i = 0; i < TIMERS; i++) {
        int64_t which = take_number();
        CHECK(which >= 0 && which < TIMERS && !seen[which]);
        seen[which] = true;
    }
    is_empty();
}
TEST(a_million_timers_at_once_fire_once_each) {
    on_one_and_two(many_timers);
}

/* ------------------------------------------------------------------ the end of the program */

static void exits_program(const void *args, uint32_t bytes) {
    (void)bytes;
    if (variant_of(args)) exit(7);
    _exit(7);
}

static void exits_from_inside(const void *args, uint32_t bytes) {
    rs_spawn(exits_program, args, bytes);
    rs_receive(NULL, NULL, LONG_NS);
}

/* It is the program's end, as it says: the parent of `respawn run` tells of it. */
TEST(who_calls_exit_ends_the_program) {
    for (uint32_t way = 0; way < 2; way++) {
        int status = 0;
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            rs_run(&two_threads, exits_from_inside, &way, sizeof way, NULL);
            _exit(1);
        }
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status));
        CHECK_INT(WEXITSTATUS(status), 7);
    }
}

TEST_MAIN()
