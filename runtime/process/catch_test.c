/* catch_test.c: what a function exits with ends the function alone; what others do to the process
 * ends the process. Native faults of every kind are caught in crash_test.c.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/limits.h"
#include "runtime/process/arena.h"
#include "runtime/process/test/run.h"

FAULTY static void write_null(void) {
    volatile int *nowhere = NULL;
    __asm__ volatile("" : "+r"(nowhere));
    *nowhere = 1;
}

static void returns(void *argument) {
    ++*(int *)argument;
}
static void exits(void *argument) {
    rs_exit(*(const rs_term *)argument);
}
static void crashes(void *argument) {
    (void)argument;
    write_null();
}

/* ------------------------------------------------------------------ how it ends */

static void ends_of_a_function(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    int calls = 0;
    rs_term reason = RS_ATOM(undefined), boom = RS_ATOM(killed);
    CHECK_INT(rs_catch(returns, &calls, &reason), RS_CAUGHT_NOTHING);
    CHECK_INT(calls, 1);
    CHECK(reason == RS_ATOM(undefined));
    CHECK_INT(rs_catch(exits, &boom, &reason), RS_CAUGHT_EXIT);
    CHECK(reason == RS_ATOM(killed));
    CHECK_INT(rs_catch(crashes, NULL, &reason), RS_CAUGHT_CRASH);
    CHECK(reason == RS_ATOM(sigsegv));
    CHECK_INT(rs_catch(crashes, NULL, NULL), RS_CAUGHT_CRASH);
}
TEST(a_function_returns_exits_or_crashes) {
    everywhere(ends_of_a_function);
}

static void declared_crash(void *argument) {
    (void)argument;
    rs_crash(RS_ATOM(sigfpe));
}
static void takes_too_much(void *argument) {
    (void)argument;
    for (;;) rs_alloc(1u << 20);
}
static void links_the_dead(void *argument) {
    rs_link(*(const rs_pid *)argument);
}

static void exits_of_the_runtime(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    rs_pid dead = rs_spawn_monitor(ends, NULL, 0, &ref);
    rs_receive(NULL, NULL, LONG_NS);
    rs_term reason;
    char text[64];
    CHECK_INT(rs_catch(links_the_dead, &dead, &reason), RS_CAUGHT_EXIT);
    CHECK(reason == RS_ATOM(noproc));
    CHECK_INT(rs_catch(declared_crash, NULL, &reason), RS_CAUGHT_CRASH);
    CHECK(reason == RS_ATOM(sigfpe));
    CHECK_INT(rs_catch(takes_too_much, NULL, &reason), RS_CAUGHT_EXIT);
    rs_term_print(reason, text, sizeof text);
    CHECK_STR(text, "{system_limit,memory}");
}
TEST(what_the_runtime_exits_with_is_caught_too) {
    everywhere(exits_of_the_runtime);
}

static void exits_with_nothing_known(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_term nowhere = 4096 | RS_TAG_BLOCK, reason;
    CHECK_INT(rs_catch(exits, &nowhere, &reason), RS_CAUGHT_CRASH);
    CHECK(reason == RS_ATOM(sigsegv));
}
TEST(who_exits_with_what_is_no_term_has_crashed) {
    everywhere(exits_with_nothing_known);
}

/* ------------------------------------------------------------------ nesting */

static void catches_one(void *argument) {
    int *depth = argument;
    rs_term reason;
    CHECK_INT(rs_catch(crashes, NULL, &reason), RS_CAUGHT_CRASH);
    if (--*depth > 0) CHECK_INT(rs_catch(catches_one, depth, &reason), RS_CAUGHT_EXIT);
    rs_exit(RS_ATOM(shutdown));
}

static void nested(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int round = 0; round < 100; round++) {
        int depth = 5;
        rs_term reason;
        CHECK_INT(rs_catch(catches_one, &depth, &reason), RS_CAUGHT_EXIT);
        CHECK_INT(depth, 0);
        CHECK(reason == RS_ATOM(shutdown));
    }
}
TEST(the_innermost_catches) {
    everywhere(nested);
}

/* ------------------------------------------------------------------ in the midst of things */

static void waits_and_crashes(void *argument) {
    (void)argument;
    for (int i = 0; i < 3; i++) {
        wait_ns(MS / 10);
        rs_yield();
    }
    write_null();
}

static void many_wait(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_term reason;
    for (int i = 0; i < 20; i++)
        CHECK_INT(rs_catch(waits_and_crashes, NULL, &reason), RS_CAUGHT_CRASH);
    rs_send(*(const rs_pid *)args, &any_type, NULL, 0);
}

static void waiting(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid self = rs_self();
    rs_memory_use before;
    read_settled(&before);
    for (int i = 0; i < 50; i++) rs_spawn(many_wait, &self, sizeof self);
    for (int i = 0; i < 50; i++) CHECK(rs_receive(NULL, NULL, LONG_NS) != NULL);
    memory_is(&before);
}
TEST(a_function_may_wait_before_it_crashes) {
    everywhere(waiting);
}

static void sends_and_crashes(void *argument) {
    rs_pid *to = argument;
    rs_send(*to, &any_type, (const void *)(uintptr_t)8, 64);
}

static void goes_on_sending(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid self = rs_self();
    rs_memory_use before;
    read_settled(&before);
    for (int i = 0; i < 1000; i++) {
        CHECK_INT(rs_catch(sends_and_crashes, &self, NULL), RS_CAUGHT_CRASH);
        rs_send(self, &any_type, &i, sizeof i);
        const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
        CHECK_INT(*(const int *)(const void *)message->payload, i);
    }
    CHECK(rs_receive(NULL, NULL, 0) == NULL);
    memory_is(&before);
}
TEST(a_message_that_was_being_built_is_dropped) {
    everywhere(goes_on_sending);
}

/* A counted reason hangs on the process until its next rs_receive, or its end. */
static void exits_with_a_tuple(void *argument) {
    rs_term pair[] = {RS_ATOM(error), rs_term_integer(*(const int *)argument)};
    rs_exit(rs_term_tuple(2, pair));
}
static void catches_tuples(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int i = 0; i < 100; i++) {
        rs_term reason;
        CHECK_INT(rs_catch(exits_with_a_tuple, &i, &reason), RS_CAUGHT_EXIT);
        CHECK_INT(rs_term_to_integer(rs_term_element(reason, 1)), i);
    }
}
static void reasons(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    read_settled(&before);
    for (int i = 0; i < 10; i++) rs_spawn(catches_tuples, NULL, 0);
    memory_is(&before);
}
TEST(reasons_come_back_with_the_process) {
    everywhere(reasons);
}

/* ------------------------------------------------------------------ no doing of the function's */

static void is_looped(void *argument) {
    (void)argument;
    for (;;) rs_receive(NULL, NULL, MS);
}
static void catches_loop(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_catch(is_looped, NULL, NULL);
    rs_test_fail(__FILE__, __LINE__, "went on after its end");
}

static void crash_there(uint64_t argument) {
    (void)argument;
    rs_crash(RS_ATOM(sigbus));
}
static void crash_really_there(uint64_t argument) {
    (void)argument;
    write_null();
}

static void kill_it(rs_pid pid) {
    rs_exit_signal(pid, RS_ATOM(kill));
}
static void signal_it(rs_pid pid) {
    rs_exit_signal(pid, RS_ATOM(noproc));
}
static void interrupt_it(rs_pid pid) {
    rs_interrupt(pid, crash_there, 0, 0);
}
static void really_interrupt_it(rs_pid pid) {
    rs_interrupt(pid, crash_really_there, 0, 0);
}

static void done_by_others(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static const struct {
        void (*act)(rs_pid pid);
        rs_term reason;
    } rows[] = {{kill_it, RS_ATOM(killed)},
                {signal_it, RS_ATOM(noproc)},
                {interrupt_it, RS_ATOM(sigbus)},
                {really_interrupt_it, RS_ATOM(sigsegv)}};
    rs_memory_use before;
    read_settled(&before);
    for (int round = 0; round < 20; round++)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            rs_ref ref;
            rs_pid pid = rs_spawn_monitor(catches_loop, NULL, 0, &ref);
            wait_ns(MS);
            rows[i].act(pid);
            const rs_message *down = rs_receive(NULL, NULL, LONG_NS);
            CHECK(down != NULL && rs_message_reason(down) == rows[i].reason);
        }
    memory_is(&before);
}
TEST(what_others_do_ends_the_process) {
    everywhere(done_by_others);
}

#if !RS_TSAN && !(RS_ASAN && defined(__clang__)) /* where processes are stopped from outside */
static void spins(void *argument) {
    for (;;) ++*(volatile uint64_t *)argument;
}
static void catches_spin(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint64_t turns = 0;
    rs_catch(spins, &turns, NULL);
}
static void runaway(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    rs_pid pid = rs_spawn_monitor(catches_spin, NULL, 0, &ref);
    wait_ns(20 * MS);
    kill_it(pid);
    const rs_message *down = rs_receive(NULL, NULL, LONG_NS);
    CHECK(down != NULL && rs_message_reason(down) == RS_ATOM(killed));
}
TEST(an_endless_function_can_be_killed) {
    on_one_and_two(runaway);
}
#endif

/* ------------------------------------------------------------------ stopped in between */

/* Many at once, for longer than a turn may take: they are stopped at every place there is. */
static void catches_for_long(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    int calls = 0;
    rs_term boom = RS_ATOM(killed), reason;
    for (int i = 1; i <= 20000; i++) {
        CHECK_INT(rs_catch(returns, &calls, NULL), RS_CAUGHT_NOTHING);
        CHECK_INT(calls, i);
        CHECK_INT(rs_catch(exits, &boom, &reason), RS_CAUGHT_EXIT);
        CHECK(reason == RS_ATOM(killed));
    }
    rs_send(*(const rs_pid *)args, &any_type, NULL, 0);
}
static void stopped(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid self = rs_self();
    for (int i = 0; i < 4; i++) rs_spawn(catches_for_long, &self, sizeof self);
    for (int i = 0; i < 4; i++) CHECK(rs_receive(NULL, NULL, LONG_NS) != NULL);
}
TEST(it_may_be_stopped_anywhere) {
    on_one_and_two(stopped);
}

/* ------------------------------------------------------------------ hardly any stack */

/* How much of its stack the process is to use up before it catches. */
typedef struct depth {
    uint32_t bytes;
    void (*ends)(void *argument);
} depth;

static void exits_with_an_atom(void *argument) {
    (void)argument;
    rs_exit(RS_ATOM(killed));
}
FAULTY static void catches_at(void *argument) {
    const depth *it = argument;
    volatile char *used = __builtin_alloca(it->bytes);
    used[0] = 0;
    rs_term reason;
    if (rs_catch(it->ends, NULL, &reason) == RS_CAUGHT_NOTHING) rs_exit(RS_ATOM(undefined));
}
static void catches_low(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const uint32_t step = 48;
    depth it = {.ends = crashes};
    uint32_t caught = 0, refused = 0;
    for (int round = 0; round < 2; round++, it.ends = exits_with_an_atom)
        for (it.bytes = step; it.bytes < RS_STACK_BYTES - 2048; it.bytes += step) {
            rs_term reason = 0;
            rs_caught how = rs_catch(catches_at, &it, &reason);
            CHECK(how != RS_CAUGHT_EXIT);
            if (how == RS_CAUGHT_CRASH) CHECK_STR(rs_atom_text(reason), "stack_overflow");
            caught += how == RS_CAUGHT_NOTHING;
            refused += how == RS_CAUGHT_CRASH;
        }
    CHECK(caught > 0 && refused > 0);
}
TEST(at_any_depth_a_crash_is_caught_or_the_stack_is_full) {
    everywhere(catches_low);
}

/* ------------------------------------------------------------------ a storm */

static bool crashes_matching(const rs_message *message, void *context) {
    (void)message, (void)context;
    write_null();
    return false;
}
static void receives_badly(void *argument) {
    (void)argument;
    rs_receive(crashes_matching, NULL, MS);
}

/* What was being received is still there, and the timeout of the receive is nobody's any more. */
static void matches(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int i = 0; i < 100; i++) {
        rs_send(rs_self(), &any_type, &i, sizeof i);
        rs_send(rs_self(), &any_type, NULL, 0);
        CHECK_INT(rs_catch(receives_badly, NULL, NULL), RS_CAUGHT_CRASH);
        const rs_message *message = rs_receive(NULL, NULL, 0);
        CHECK(message != NULL && message->bytes == sizeof i);
        CHECK_INT(*(const int *)(const void *)message->payload, i);
        uint64_t before_ns = rs_now_ns();
        CHECK(rs_receive(NULL, NULL, 0) != NULL);
        wait_ns(2 * MS);
        CHECK(rs_now_ns() - before_ns >= 2 * MS);
    }
}
TEST(a_match_that_crashes_leaves_the_mailbox_as_it_was) {
    everywhere(matches);
}

static void nests_and_exits(void *argument) {
    (void)argument;
    rs_catch(crashes, NULL, NULL);
    rs_alloc(3000);
    rs_exit(rs_term_own_text("its own", 7));
}

/* One round of what whoever runs others' code does. */
static void hosts_once(uint32_t round) {
    static void (*const functions[])(void *) = {crashes, nests_and_exits, receives_badly,
                                                exits_with_an_atom};
    rs_term reason;
    struct rs_arena *made = rs_arena_open(), *before = rs_arena_use(made);
    CHECK(rs_catch(functions[round % 4], NULL, &reason) != RS_CAUGHT_NOTHING);
    rs_arena_use(before);
    rs_arena_close(made);
    rs_free(rs_alloc(100), 100);
}
static void hosts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_send(rs_self(), &any_type, NULL, 0);
    for (uint32_t round = 0;; round++) hosts_once(round);
}

static void catches_there(uint64_t argument) {
    (void)argument;
    int calls = 0;
    for (int i = 0; i < 3; i++) rs_catch(returns, &calls, NULL);
    CHECK_INT(calls, 3);
}

/* Where nobody is preempted, every wait of the storm's takes the turns of all hosts. */
#if RS_TSAN
#define STORM_ROUNDS 15u
#else
#define STORM_ROUNDS 60u
#endif

static void storm(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    read_settled(&before);
    for (uint32_t round = 0; round < STORM_ROUNDS; round++) {
        rs_pid pids[4];
        for (int i = 0; i < 4; i++) pids[i] = rs_spawn(hosts, NULL, 0);
        for (uint32_t i = 0; i < 8; i++) {
            wait_ns(1000 * (round * 60 / STORM_ROUNDS % 53));
            rs_interrupt(pids[i % 4], catches_there, 0, 0);
        }
        for (int i = 0; i < 4; i++) kill_it(pids[i]);
    }
    memory_is(&before);
    CHECK_INT(counters().crashed, 0);
}
TEST(who_is_killed_at_any_place_leaves_nothing) {
    everywhere(storm);
}

/* ------------------------------------------------------------------ broken frames */

/* Writes over what its catch goes on with: all that lies between it and who catches. */
FAULTY static void smash(void *argument) {
    volatile char *at = (volatile char *)__builtin_frame_address(0) + 16;
    while (at < (char *)argument) *at++ = (char)0xa5;
    write_null();
}
FAULTY static void catches_smash(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    volatile char place[64];
    rs_catch(smash, (void *)(uintptr_t)place, NULL);
    rs_catch(crashes, NULL, NULL);
}
static void smashed(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    read_settled(&before);
    for (int i = 0; i < 100; i++) {
        rs_ref ref;
        rs_spawn_monitor(catches_smash, NULL, 0, &ref);
        const rs_message *down = rs_receive(NULL, NULL, LONG_NS);
        CHECK(down != NULL);
        CHECK_STR(rs_atom_text(rs_message_reason(down)), "sigsegv");
    }
    memory_is(&before);
}
TEST(who_writes_over_its_catch_harms_itself_alone) {
    everywhere(smashed);
}

TEST_MAIN()
