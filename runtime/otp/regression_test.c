/* regression_test.c: what an attack on the runtime found, each at its smallest. None of these shows
 * in ordinary use: odd sizes, full tables, pointers that point nowhere, two signals that cross.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/gen_server.h"

#include "runtime/base/atomic.h"
#include "runtime/base/test/test.h"

#include <sys/mman.h>
#include <time.h>

#if defined(__SANITIZE_THREAD__)
#define IS_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define IS_TSAN 1
#endif
#endif
#ifndef IS_TSAN
#define IS_TSAN 0
#endif

#define MS          UINT64_C(1000000)
#define LONG_NS     (20000 * MS) /* no answer until now: the test is stuck */
#define UNUSED_ARGS (void)args, (void)bytes

/* The faults and overflows made here on purpose are not the sanitizers' to report. */
#define FAULTY __attribute__((noinline, no_sanitize("address", "undefined", "thread")))

static const rs_type any_type = {.name = "any"};

static const rs_runtime_options one_thread = {.threads = 1};
static const rs_runtime_options two_threads = {.threads = 2};
static const rs_runtime_options one_core = {.clock = RS_CLOCK_VIRTUAL,
                                            .costs = {1000, 200, 5000, 3000, 10}};

static void run(const rs_runtime_options *options, rs_entry *entry, uint32_t variant) {
    rs_term reason = 0;
    CHECK_INT(rs_run(options, entry, &variant, sizeof variant, &reason), RS_OK);
    CHECK_STR(rs_atom_text(reason), "normal");
}

/* Runs entry(variant) on real threads, one and two, and under the virtual clock. */
static void everywhere(rs_entry *entry, uint32_t variant) {
    run(&one_thread, entry, variant);
    run(&two_threads, entry, variant);
    run(&one_core, entry, variant);
}

static uint32_t variant_of(const void *args) {
    return *(const uint32_t *)args;
}

static uint64_t clock_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 * MS + (uint64_t)now.tv_nsec;
}

static void expect_down(const char *reason) {
    const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
    CHECK(message != NULL);
    CHECK_INT(message->kind, RS_MESSAGE_DOWN);
    CHECK_STR(rs_atom_text(rs_message_reason(message)), reason);
}

/* ------------------------------------------------------------------ a server to call */

static rs_next echo_init(void *state, const void *args, uint32_t bytes) {
    (void)state;
    const unsigned char *content = args;
    for (uint32_t i = 0; i < bytes; i++) CHECK_INT(content[i], (unsigned char)i);
    return RS_INIT_OK;
}

static rs_next echo_call(void *state, rs_from from, const rs_message *request) {
    (void)from;
    echo_init(state, request->payload, request->bytes);
    return rs_reply(&any_type, NULL, 0);
}

static const rs_gen_server echo = {.name = "echo", .init = echo_init, .handle_call = echo_call};

static rs_pid start(const rs_gen_server *module, const void *args, uint32_t bytes) {
    rs_pid pid = 0;
    rs_term reason = 0;
    CHECK_INT(rs_gen_server_start(module, args, bytes, NULL, &pid, &reason), RS_START_OK);
    return pid;
}

static void expect_echo(rs_pid server, const void *payload, uint32_t bytes) {
    rs_term reason = 0;
    const rs_message *reply =
        rs_gen_server_try_call(server, &any_type, payload, bytes, LONG_NS, &reason);
    CHECK(reply != NULL);
    CHECK_INT(reply->bytes, 0);
}

/* ------------------------------------------------------------------ memory */

static void fill(unsigned char *block, size_t bytes, int with) {
    CHECK_INT((uintptr_t)block % 16, 0);
    memset(block, with, bytes);
}

/* What is freed must come back only to blocks for which it has room. */
static void odd_blocks(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    fill(rs_alloc(16), 16, 1);
    fill(rs_alloc(2000), 2000, 2); /* a new chunk: the next blocks lie side by side */
    unsigned char *odd = rs_alloc(257), *neighbour = rs_alloc(64);
    fill(odd, 257, 3);
    fill(neighbour, 64, 0x5a);
    rs_free(odd, 257);
    fill(rs_alloc(384), 384, 4);
    for (int i = 0; i < 64; i++) CHECK_INT(neighbour[i], 0x5a);
}
TEST(a_freed_block_never_grows_into_its_neighbour) {
    everywhere(odd_blocks, 0);
}

static void first_blocks(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    fill(rs_alloc(variant_of(args)), variant_of(args), 1);
    fill(rs_alloc(24), 24, 2);
}
TEST(a_first_block_of_any_size_is_aligned) {
    const uint32_t sizes[] = {1, 16, 17, 64, 100, 257, 3000, 8192, 8193, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        run(&one_core, first_blocks, sizes[i]);
}

static unsigned char large[40000];

static void large_messages(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (size_t i = 0; i < sizeof large; i++) large[i] = (unsigned char)i;
    rs_memory_use before, after;
    rs_memory_read(&before);
    rs_pid server = start(&echo, large, sizeof large);
    for (int i = 0; i < 3; i++) expect_echo(server, large, sizeof large);
    expect_echo(server, NULL, 0);
    rs_memory_read(&after);
    CHECK(after.message < before.message + sizeof large);
}
TEST(large_requests_may_have_empty_replies) {
    everywhere(large_messages, 0);
}

/* ------------------------------------------------------------------ deep stacks */

/* The depth is never reached; compilers would refuse a recursion without end. */
#define DEPTH_MAX UINT32_MAX

static FAULTY uint64_t allocates(uint64_t depth) {
    volatile uint64_t *block = rs_alloc(16);
    *block = depth;
    return depth < DEPTH_MAX ? allocates(depth + 1) + *block : 0;
}

static FAULTY uint64_t sends(uint64_t depth) {
    volatile uint64_t kept = depth;
    rs_send(rs_self(), &any_type, &depth, sizeof depth);
    return depth < DEPTH_MAX ? sends(depth + 1) + kept : 0;
}

static FAULTY uint64_t yields(uint64_t depth) {
    volatile uint64_t kept = depth;
    rs_yield();
    return depth < DEPTH_MAX ? yields(depth + 1) + kept : 0;
}

static FAULTY void dives(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint64_t (*const ways[])(uint64_t) = {allocates, sends, yields};
    ways[variant_of(args)](0);
}

static void overflow(const void *args, uint32_t bytes) {
    rs_pid witness = start(&echo, NULL, 0);
    for (int i = 0; i < 3; i++) {
        rs_ref ref;
        CHECK(rs_spawn_monitor(dives, args, bytes, &ref) != 0);
        expect_down("stack_overflow");
        expect_echo(witness, NULL, 0);
    }
}
TEST(an_overflow_at_the_runtimes_door_is_the_callers) {
    for (uint32_t way = 0; way < 3; way++) everywhere(overflow, way);
}

/* ------------------------------------------------------------------ pointers to nowhere */

/* A page that nobody may read or write, and one that may only be read. */
static char *unusable;

static void idles(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_receive(NULL, NULL, RS_FOREVER);
}

static void ends(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
}

static void points_nowhere(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    void *readable = unusable + RS_PAGE_BYTES, *nowhere = unusable;
    const rs_spawn_options options = {.entry = ends};
    rs_pid pid;
    switch (variant_of(args)) {
    case 0: rs_spawn_opt(&options, readable); break;
    case 1: rs_spawn_opt(nowhere, &pid); break;
    case 2: rs_spawn_monitor(ends, NULL, 0, readable); break;
    case 3: rs_exit_signal(rs_self(), (rs_term)(uintptr_t)nowhere | RS_TAG_BLOCK); break;
    default: rs_send(rs_self(), &any_type, nowhere, 8);
    }
}

static void nowhere(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid witness = start(&echo, NULL, 0);
    for (uint32_t way = 0; way < 5; way++) {
        if (IS_TSAN && way == 1) continue; /* its copying of structs counts as libc's */
        rs_ref ref;
        CHECK(rs_spawn_monitor(points_nowhere, &way, sizeof way, &ref) != 0);
        expect_down("sigsegv");
        expect_echo(witness, NULL, 0);
    }
}
TEST(pointers_to_nowhere_crash_only_who_gave_them) {
    unusable = mmap(NULL, 2 * RS_PAGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                    -1, 0);
    CHECK(unusable != MAP_FAILED);
    CHECK_INT(mprotect(unusable + RS_PAGE_BYTES, RS_PAGE_BYTES, PROT_READ), 0);
    everywhere(nowhere, 0);
}

/* ------------------------------------------------------------------ links */

static void important(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_exit(rs_atom_find("important"));
}

static void full_table(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    rs_pid child = rs_spawn_link(important, NULL, 0), pid = 0;
    while (rs_is_alive(child)) rs_yield();
    while (rs_spawn(idles, NULL, 0)) {
    }
    const rs_start_options linked = {.link = true};
    rs_term reason = 0;
    /* Slots of the dead come back a little later; those who get them stay. */
    rs_start_result result = RS_START_OK;
    for (int i = 0; i < 200 && result == RS_START_OK; i++)
        result = rs_gen_server_start(&echo, NULL, 0, &linked, &pid, &reason);
    CHECK_INT(result, RS_START_ERROR);
    rs_term_release(reason);
    const rs_message *message = rs_receive(NULL, NULL, 1000 * MS);
    CHECK(message != NULL);
    CHECK_INT(message->kind, RS_MESSAGE_EXIT);
    CHECK(message->from == child);
    CHECK(rs_receive(NULL, NULL, MS) == NULL);
}
TEST(a_start_without_room_takes_nobodys_exit) {
    const rs_runtime_options kinds[] = {
        {.threads = 1, .processes_max = 100},
        {.threads = 2, .processes_max = 100},
        {.clock = RS_CLOCK_VIRTUAL, .processes_max = 100},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) run(&kinds[i], full_table, 0);
}

static struct {
    rs_pid early, trapping;
    rs_atomic_u32 met, unlinked, told;
    uint32_t unlinks, round;
} pair;

/* Both arrive, then go on at the same time. Spinning without a gate could starve the other. */
static void meet(void) {
    rs_add(&pair.met, 1, rs_acq_rel);
    for (uint32_t spins = 0; rs_load(&pair.met, rs_acquire) < 2; spins++) {
        if (spins % 1000 == 999) rs_yield();
        rs_relax();
    }
}

static bool is_plain(const rs_message *message, void *context) {
    (void)context;
    return message->kind == RS_MESSAGE;
}

static void links_and_dies(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_receive(NULL, NULL, RS_FOREVER);
    meet();
    rs_link(pair.trapping);
    if (pair.unlinks) {
        rs_send(pair.trapping, &any_type, NULL, 0);
        while (!rs_load(&pair.unlinked, rs_acquire)) rs_yield();
    }
    rs_exit(rs_atom_find("boom"));
}

static void links_and_counts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    rs_receive(NULL, NULL, RS_FOREVER);
    rs_ref ref = rs_monitor(pair.early);
    meet();
    for (volatile uint32_t i = 0; i < pair.round % 64;) i = i + 1;
    rs_link(pair.early);
    if (pair.unlinks) {
        rs_receive(is_plain, NULL, RS_FOREVER);
        rs_unlink(pair.early);
        rs_store(&pair.unlinked, 1, rs_release);
    }
    uint32_t told = 0;
    for (bool down = false;;) {
        bool complete = down && (pair.unlinks || told);
        const rs_message *message = rs_receive(NULL, NULL, complete ? MS / 20 : 5000 * MS);
        if (!message) break;
        down |= message->kind == RS_MESSAGE_DOWN && message->ref == ref;
        told +=
            message->kind == RS_MESSAGE_EXIT && rs_message_reason(message) == rs_atom_find("boom");
    }
    rs_store(&pair.told, told, rs_release);
}

static void crossing_links(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (uint32_t round = 0; round < 1500; round++) {
        pair.round = round;
        pair.unlinks = variant_of(args);
        rs_store(&pair.met, 0, rs_relaxed);
        rs_store(&pair.unlinked, 0, rs_relaxed);
        rs_ref refs[2];
        pair.early = rs_spawn_monitor(links_and_dies, NULL, 0, &refs[0]);
        pair.trapping = rs_spawn_monitor(links_and_counts, NULL, 0, &refs[1]);
        rs_send(pair.early, &any_type, NULL, 0);
        rs_send(pair.trapping, &any_type, NULL, 0);
        for (int i = 0; i < 2; i++) CHECK(rs_receive(NULL, NULL, LONG_NS) != NULL);
        CHECK_INT(rs_load(&pair.told, rs_acquire), pair.unlinks ? 0 : 1);
    }
}
TEST(links_that_cross_tell_once) {
    run(&two_threads, crossing_links, 0);
    run(&one_core, crossing_links, 0);
}
TEST(links_that_cross_are_both_unlinked) {
    run(&two_threads, crossing_links, 1);
    run(&one_core, crossing_links, 1);
}

/* ------------------------------------------------------------------ calls */

static void lets_call_go(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
    CHECK_INT(message->kind, RS_MESSAGE_CALL);
    if (variant_of(args)) rs_receive(NULL, NULL, MS);
    rs_exit(rs_atom_find("boom"));
}

static void unanswered(const void *args, uint32_t bytes) {
    rs_pid callee = rs_spawn(lets_call_go, args, bytes);
    rs_term reason = 0;
    CHECK(rs_gen_server_try_call(callee, &any_type, NULL, 0, LONG_NS, &reason) == NULL);
    CHECK_STR(rs_atom_text(reason), "boom");
}
TEST(a_call_that_was_let_go_fails_with_its_callee) {
    for (uint32_t received_again = 0; received_again < 2; received_again++)
        everywhere(unanswered, received_again);
}

static rs_pid clerk;
static rs_atomic_u32 handed;

static rs_next hand_over(void *state, rs_from from, const rs_message *request) {
    (void)state;
    (void)request;
    rs_send(clerk, &any_type, &from, sizeof from);
    rs_add(&handed, 1, rs_release);
    return RS_NOREPLY;
}

static const rs_gen_server office = {.name = "office", .init = echo_init, .handle_call = hand_over};

/* Answers all that has gathered once it is told to by a message without content. */
static void answers(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_from waiting[64];
    for (uint32_t count = 0;;) {
        const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
        if (message->bytes) memcpy(&waiting[count++], message->payload, sizeof(rs_from));
        if (message->bytes && count < 64) continue;
        while (count) rs_reply_to(waiting[--count], &any_type, NULL, 0);
    }
}

static void gives_up(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_term reason = 0;
    rs_pid server = *(const rs_pid *)args;
    rs_gen_server_try_call(server, &any_type, NULL, 0, MS / 100, &reason);
}

static void late_calls(rs_pid server, uint32_t count) {
    rs_store(&handed, 0, rs_relaxed);
    for (uint32_t i = 0; i < count; i++) {
        rs_ref ref;
        CHECK(rs_spawn_monitor(gives_up, &server, sizeof server, &ref) != 0);
        expect_down("normal");
    }
    while (rs_load(&handed, rs_acquire) < count) rs_receive(NULL, NULL, MS);
    rs_send(clerk, &any_type, NULL, 0);
    rs_receive(NULL, NULL, 5 * MS);
}

static void forgotten_calls(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    clerk = rs_spawn(answers, NULL, 0);
    rs_pid server = start(&office, NULL, 0);
    rs_memory_use before, after;
    late_calls(server, 10);
    rs_memory_read(&before);
    late_calls(server, 1000);
    for (int i = 0; i < 200; i++) {
        rs_memory_read(&after);
        if (after.message <= before.message) return;
        rs_receive(NULL, NULL, 5 * MS);
    }
    CHECK_INT(after.message, before.message);
}
TEST(calls_answered_too_late_by_another_are_forgotten) {
    everywhere(forgotten_calls, 0);
}

/* ------------------------------------------------------------------ interrupts */

static rs_pid bystander;

static void calls_in_action(uint64_t argument) {
    (void)argument;
    rs_term reason = 0;
    rs_gen_server_try_call(bystander, &any_type, NULL, 0, LONG_NS, &reason);
}

static void receives_in_action(uint64_t argument) {
    (void)argument;
    rs_receive(NULL, NULL, 0);
}

static void starts_in_action(uint64_t argument) {
    (void)argument;
    start(&echo, NULL, 0);
}

static void waits_for_reply(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid server = *(const rs_pid *)args;
    rs_term reason = 0;
    rs_gen_server_try_call(server, &any_type, NULL, 0, RS_FOREVER, &reason);
}

static void interrupts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    void (*const actions[])(uint64_t) = {calls_in_action, receives_in_action, starts_in_action};
    clerk = rs_spawn(idles, NULL, 0);
    bystander = start(&echo, NULL, 0);
    rs_pid server = start(&office, NULL, 0);
    for (size_t i = 0; i < 3; i++) {
        rs_ref ref;
        for (int in_call = 0; in_call < 2; in_call++) {
            rs_pid victim =
                rs_spawn_monitor(in_call ? waits_for_reply : idles, &server, sizeof server, &ref);
            rs_receive(NULL, NULL, MS);
            rs_interrupt(victim, actions[i], 0, 0);
            expect_down("badarg");
        }
        expect_echo(bystander, NULL, 0);
        CHECK(rs_is_alive(server));
    }
}
TEST(an_action_that_waits_ends_its_process) {
    everywhere(interrupts, 0);
}

/* ------------------------------------------------------------------ time */

/* Turns of the loop in which timers fire and nobody wakes are no sign of a stuck run. */
#if IS_TSAN
#define SILENT_TIMERS 100000u /* a tenth must do where all takes ten times as long */
#else
#define SILENT_TIMERS 1100000u
#endif

static void silent_timers(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    rs_pid dead = rs_spawn_monitor(ends, NULL, 0, &ref);
    expect_down("normal");
    for (uint32_t i = 0; i < SILENT_TIMERS; i++)
        CHECK(rs_send_after(1000 * MS + i, dead, &any_type, NULL, 0) != 0);
    CHECK(rs_receive(NULL, NULL, 5000 * MS) == NULL);
    CHECK(rs_now_ns() >= 5000 * MS);
}
TEST(timers_that_wake_nobody_do_not_end_the_run) {
    run(&(rs_runtime_options){.clock = RS_CLOCK_VIRTUAL}, silent_timers, 0);
}

static rs_atomic_u32 received;

static void polls(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (uint32_t count = 0; count < 20;) {
        const rs_message *message = rs_receive(NULL, NULL, 0);
        if (message) {
            CHECK(*(const uint64_t *)(const void *)message->payload <= rs_now_ns());
            rs_add(&received, 1, rs_relaxed);
            count++;
        }
        rs_work(1000);
        rs_yield();
    }
}

static void stamps(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid to = *(const rs_pid *)args;
    for (int i = 0; i < 20; i++) {
        rs_work(100000 + (uint64_t)i * 777);
        uint64_t now = rs_now_ns();
        rs_send(to, &any_type, &now, sizeof now);
    }
}

static void causality(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_store(&received, 0, rs_relaxed);
    for (int i = 0; i < 3; i++) {
        rs_pid to = rs_spawn(polls, NULL, 0);
        rs_spawn(stamps, &to, sizeof to);
    }
    rs_receive(NULL, NULL, 1000 * MS);
    CHECK_INT(rs_load(&received, rs_relaxed), 60);
}
TEST(nothing_is_received_before_it_was_sent) {
    const char *const kinds[] = {"fifo", "steal"};
    for (size_t i = 0; i < 2; i++)
        for (uint32_t cores = 2; cores <= 4; cores++)
            run(&(rs_runtime_options){.clock = RS_CLOCK_VIRTUAL,
                                      .threads = cores,
                                      .scheduler = kinds[i],
                                      .costs = {1000, 100, 100, 1, 1}},
                causality, 0);
}

static void one_long_timer(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before, after;
    rs_memory_read(&before);
    rs_send_after(3600000 * MS, rs_self(), &any_type, NULL, 0);
    for (int i = 0; i < 10000; i++) {
        rs_send_after(1, rs_self(), &any_type, NULL, 0);
        CHECK(rs_receive(NULL, NULL, LONG_NS) != NULL);
    }
    rs_memory_read(&after);
    CHECK(after.timer < before.timer + 16384);
}
TEST(a_long_timer_keeps_no_others) {
    everywhere(one_long_timer, 0);
}

/* ------------------------------------------------------------------ races, for a while */

static rs_atomic_u64 gates;

static void loops(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (;;) {
        rs_trap_exit(false); /* a gate */
        rs_add(&gates, 1, rs_relaxed);
    }
}

/* A message just before the signal: the flag that was set for the one must not be lost with the
 * other. */
static void stop_loops(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (uint32_t round = 0; round < 3000; round++) {
        rs_ref ref;
        rs_pid victim = rs_spawn_monitor(loops, NULL, 0, &ref);
        uint64_t before = rs_load(&gates, rs_relaxed);
        while (rs_load(&gates, rs_relaxed) < before + 100) rs_yield();
        rs_send(victim, &any_type, NULL, 0);
        for (volatile uint32_t i = 0; i < round % 50;) i = i + 1;
        rs_exit_signal(victim, RS_ATOM(shutdown));
        expect_down("shutdown");
    }
}
TEST(exit_signals_reach_who_passes_gates) {
    run(&two_threads, stop_loops, 0);
}

static rs_atomic_u32 stopping, turns;

static void yields_on(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_receive(NULL, NULL, 20 * MS); /* woken by its timer, on the core that main keeps busy */
    while (!rs_load(&stopping, rs_relaxed)) {
        rs_add(&turns, 1, rs_relaxed);
        rs_yield();
    }
}

/* True when the other one moves on while we keep our core. */
static bool runs_beside_us(void) {
    uint64_t from = clock_ns();
    uint32_t before = rs_load(&turns, rs_relaxed);
    while (rs_load(&turns, rs_relaxed) == before)
        if (clock_ns() - from > MS) return false;
    return true;
}

static void two_yielders(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    rs_spawn_monitor(yields_on, NULL, 0, &ref);
    rs_receive(NULL, NULL, 10 * MS);
    uint64_t from = clock_ns();
    bool beside = false;
    while (!beside && clock_ns() - from < 5000 * MS) {
        for (int i = 0; i < 100; i++) rs_yield();
        beside = rs_load(&turns, rs_relaxed) > 0 && runs_beside_us();
    }
    CHECK(beside);
    rs_store(&stopping, 1, rs_relaxed);
    expect_down("normal");
}
TEST(two_who_yield_share_two_cores) {
    for (int i = 0; i < 5; i++) {
        rs_store(&stopping, 0, rs_relaxed);
        rs_store(&turns, 0, rs_relaxed);
        run(&two_threads, two_yielders, 0);
    }
}

static rs_atomic_u32 began;

static void begins(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_add(&began, 1, rs_release);
}

/* The spawner does not let go of its core, so that only the other one can run them. */
static void selfish_spawner(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (uint32_t round = 0; round < 300; round++) {
        rs_receive(NULL, NULL, round % 3 == 0 ? MS : 1);
        rs_store(&began, 0, rs_relaxed);
        rs_spawn(begins, NULL, 0);
        rs_spawn(begins, NULL, 0);
        uint64_t from = clock_ns();
        while (!rs_load(&began, rs_acquire) && clock_ns() - from < 5000 * MS) rs_relax();
        CHECK(rs_load(&began, rs_acquire) > 0);
        while (rs_load(&began, rs_acquire) < 2) rs_yield();
    }
}
TEST(an_idle_core_wakes_for_what_another_cannot_run) {
    run(&two_threads, selfish_spawner, 0);
}

TEST_MAIN()
