/* jail_test.c: who sits in the kernel loses its core and nobody else notices; who is killed there
 * is dead at once, and what its thread may still touch stays until that is back.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/prng.h"
#include "runtime/process/call.h"
#include "runtime/process/preempt.h"
#include "runtime/process/table.h"
#include "runtime/process/test/puppet.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Where no signal may be sent (see preempt.c), the dead are not fetched. */
#if RS_TSAN || (RS_ASAN && defined(__clang__))
#define FETCHES 0
#else
#define FETCHES 1
#endif

/* ------------------------------------------------------------------ pipes to wait at */

#define PIPES 160

static int pipes[PIPES][2];
static FILE *streams[PIPES];
static rs_atomic_u32 futex_word;

static void open_pipes(void) {
    for (int i = 0; i < PIPES; i++) {
        CHECK_INT(pipe2(pipes[i], O_CLOEXEC), 0);
        streams[i] = fdopen(pipes[i][0], "r");
        CHECK(streams[i] != NULL);
    }
    rs_store(&futex_word, 0, rs_relaxed);
}

/* What a write to the pipe ends. */
static void sit_in_read(uint32_t which) {
    char byte = 0;
    while (read(pipes[which][0], &byte, 1) != 1) {
    }
    CHECK_INT(byte, 'x');
}
/* Holds the stream's lock meanwhile. */
static void sit_in_getc(uint32_t which) {
    CHECK_INT(getc(streams[which]), 'x');
}
static void sit_in_futex(uint32_t which) {
    (void)which;
    while (rs_load(&futex_word, rs_relaxed) == 0)
        syscall(SYS_futex, &futex_word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
}
static void sit_in_nanosleep(uint32_t which) {
    (void)which;
    const struct timespec pause = {0, 20000000};
    while (rs_load(&futex_word, rs_relaxed) == 0) nanosleep(&pause, NULL);
}

typedef void sit(uint32_t which);
static sit *const seats[] = {sit_in_read, sit_in_futex, sit_in_nanosleep, sit_in_getc};
enum { SEATS = sizeof seats / sizeof *seats, LOCKED_SEAT = SEATS - 1 };

static void let_go(uint32_t which) {
    CHECK_INT(write(pipes[which][1], "x", 1), 1);
    rs_store(&futex_word, 1, rs_relaxed);
    syscall(SYS_futex, &futex_word, FUTEX_WAKE_PRIVATE, 1000, NULL, NULL, 0);
}

/* Who is about to sit down calls the runtime no more before. */
static rs_atomic_u32 seated;

static void sit_down(uint32_t seat, uint32_t which) {
    rs_store(&seated, 1, rs_release);
    seats[seat](which);
}

static bool is_jailed(rs_pid pid) {
    rs_core *core = rs_section_enter();
    rs_process *process = rs_table_find(core->runtime, pid);
    bool jailed = process && rs_load(&process->flags, rs_relaxed) & RS_PROCESS_JAILED;
    rs_section_leave(core);
    return jailed;
}

/* Others may be jailed too, where the machine stands still, and `pid` itself before it sits. */
static void await_jailed(rs_pid pid) {
    while (!rs_load(&seated, rs_acquire) || !is_jailed(pid)) wait_ns(MS / 10);
    rs_store(&seated, 0, rs_relaxed);
}

static void await_zombies(uint64_t zombies) {
    while (counters().zombies != zombies) wait_ns(MS / 10);
}

/* ------------------------------------------------------------------ alive */

typedef struct sitter {
    rs_pid boss;
    uint32_t seat, which;
} sitter;

static void sits(const void *args, uint32_t bytes) {
    (void)bytes;
    const sitter this = *(const sitter *)args;
    sit_down(this.seat, this.which);
    send_number(this.boss, 1000 + this.which);
}

static rs_pid seat_one(uint32_t seat, uint32_t which, rs_ref *ref) {
    const sitter this = {rs_self(), seat, which};
    rs_pid pid = rs_spawn_monitor(sits, &this, sizeof this, ref);
    CHECK(pid != 0);
    return pid;
}

static void stuck_alive(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_pid witness = new_witness();
    rs_memory_read(&before);
    for (uint32_t seat = 0; seat < SEATS; seat++) {
        rs_ref ref;
        rs_store(&futex_word, 0, rs_relaxed);
        rs_pid pid = seat_one(seat, 0, &ref);
        await_jailed(pid);
        for (int i = 0; i < 100; i++) ask(witness, DO_NOTHING, 0, NULL);
        CHECK(rs_is_alive(pid));
        let_go(0);
        CHECK_INT(take_number(), 1000);
        expect_down(pid, ref, "normal");
        if (seat == 1 || seat == 2) sit_in_read(0);
    }
    CHECK_INT(counters().zombies, 0);
    memory_is(&before);
}
TEST(who_sits_in_the_kernel_stops_nobody_else) {
    open_pipes();
    on_one_and_two(stuck_alive);
}

static rs_atomic_u32 all_seated;

/* Lets everybody go from outside: no core may be left to do it. Nor to say that all have sat down,
 * so after half a second it begins by itself. */
static void *lets_go(void *context) {
    (void)context;
    for (int i = 0; i < 100 && !rs_load(&all_seated, rs_acquire); i++)
        nanosleep(&(struct timespec){0, 5000000}, NULL);
    for (uint32_t i = 0; i < RS_SPARES_MAX + 20; i++) {
        const struct timespec pause = {0, 3000000};
        nanosleep(&pause, NULL);
        CHECK_INT(write(pipes[i][1], "x", 1), 1);
    }
    return NULL;
}

static void more_stuck_than_spares(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    enum { CROWD = RS_SPARES_MAX + 20 };
    rs_pid pids[CROWD];
    rs_ref refs[CROWD];
    pthread_t helper;
    rs_store(&all_seated, 0, rs_release);
    CHECK_INT(pthread_create(&helper, NULL, lets_go, NULL), 0);
    for (uint32_t i = 0; i < CROWD; i++) pids[i] = seat_one(0, i, &refs[i]);
    rs_store(&all_seated, 1, rs_release);
    for (uint32_t i = 0; i < CROWD; i++) expect_down(pids[i], refs[i], "normal");
    pthread_join(helper, NULL);
    CHECK_INT(counters().zombies, 0);
}
TEST(more_may_sit_in_the_kernel_than_there_are_spares) {
    open_pipes();
    on_one_and_two(more_stuck_than_spares);
}

static FAULTY void crashes_in_jail(const void *args, uint32_t bytes) {
    (void)bytes;
    sit_down(0, variant_of(args));
    uintptr_t nowhere = 8;
    __asm__ volatile("" : "+r"(nowhere));
    *(volatile int *)nowhere = 1;
}

static void crash_in_jail(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    uint32_t which = 0;
    for (int i = 0; i < 20; i++) {
        rs_pid pid = rs_spawn_monitor(crashes_in_jail, &which, sizeof which, &ref);
        await_jailed(pid);
        let_go(0);
        expect_down(pid, ref, "sigsegv");
    }
}
TEST(a_crash_in_jail_is_a_crash) {
    open_pipes();
    on_one_and_two(crash_in_jail);
}

/* ------------------------------------------------------------------ killed */

static void killed_there(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_pid witness = new_witness();
    rs_memory_read(&before);
    for (int round = 0; round < 5; round++)
        for (uint32_t seat = 0; seat < SEATS; seat++) {
            rs_ref ref;
            rs_store(&futex_word, 0, rs_relaxed);
            rs_pid pid = seat_one(seat, 0, &ref);
            await_jailed(pid);
            rs_exit_signal(pid, RS_ATOM(kill));
            CHECK(!rs_is_alive(pid));
            expect_down(pid, ref, "killed");
            ask(witness, DO_NOTHING, 0, NULL);
            if (seat == LOCKED_SEAT || !FETCHES) {
                CHECK_INT(counters().zombies, 1);
                let_go(0);
            }
            await_zombies(0);
            if (!FETCHES && (seat == 1 || seat == 2)) sit_in_read(0);
        }
    memory_is(&before);
}
TEST(who_is_killed_in_the_kernel_is_dead_at_once) {
    open_pipes();
    on_one_and_two(killed_there);
}

/* At any moment of the way into jail. */
static void killed_early(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_memory_read(&before);
    for (uint32_t i = 0; i < 150; i++) {
        rs_ref ref;
        rs_pid pid = seat_one(0, 0, &ref);
        wait_ns(i * MS / 50);
        rs_exit_signal(pid, RS_ATOM(kill));
        expect_down(pid, ref, "killed");
        if (FETCHES) continue;
        if (counters().zombies) let_go(0);
        await_zombies(0);
    }
    await_zombies(0);
    memory_is(&before);
}
TEST(who_is_killed_on_the_way_to_jail_dies_too) {
    open_pipes();
    run_on(&(rs_runtime_options){.threads = 2, .budget_ns = MS}, killed_early);
    run_on(&(rs_runtime_options){.threads = 1, .budget_ns = MS}, killed_early);
}

/* ------------------------------------------------------------------ all at once */

#if RS_ASAN || RS_TSAN
#define LIVES 150u
#else
#define LIVES 1500u
#endif
#define CROWD 24u

/* In and out of jail, until it ends by itself, unless it is killed before. */
static void wanders(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_prng random;
    rs_prng_init_indexed(&random, 5, "jail/wanders", variant_of(args));
    for (uint64_t i = rs_prng_below(&random, 4) + 1; i > 0; i--) {
        const struct timespec pause = {0, (long)rs_prng_below(&random, 3000000)};
        unsigned char *memory = rs_alloc(300);
        memset(memory, 7, 300);
        if (rs_prng_below(&random, 3)) nanosleep(&pause, NULL);
        for (volatile uint64_t j = rs_prng_below(&random, 300000); j > 0; j--) {
        }
        for (int j = 0; j < 300; j++) CHECK_INT(memory[j], 7);
        if (rs_prng_below(&random, 2)) rs_yield();
    }
}

typedef struct life {
    rs_pid pid;
    rs_ref ref;
} life;

static life born(uint32_t nth) {
    life this;
    CHECK((this.pid = rs_spawn_monitor(wanders, &nth, sizeof nth, &this.ref)) != 0);
    return this;
}

/* Each is heard of once, whether killed in jail, on the way there or back, or not at all. */
static void crowd(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_prng random;
    life lives[CROWD];
    rs_prng_init(&random, 6, "jail/crowd");
    rs_memory_read(&before);
    for (uint32_t i = 0; i < CROWD; i++) lives[i] = born(i);
    uint32_t alive = CROWD;
    for (uint32_t nth = CROWD; alive > 0;) {
        if (rs_prng_below(&random, 2))
            rs_exit_signal(lives[rs_prng_below(&random, CROWD)].pid, RS_ATOM(kill));
        const rs_message *message =
            rs_receive(NULL, NULL, nth < LIVES ? MS / 10 * rs_prng_below(&random, 8) : LONG_NS);
        if (!message) {
            CHECK(nth < LIVES);
            continue;
        }
        uint32_t which = 0;
        while (which < CROWD && lives[which].ref != message->ref) which++;
        CHECK(which < CROWD && message->from == lives[which].pid);
        lives[which].ref = 0;
        alive--;
        if (nth < LIVES) lives[which] = born(nth++), alive++;
    }
    await_zombies(0);
    memory_is(&before);
}
TEST(many_are_jailed_and_killed_at_once) {
    run_on(&(rs_runtime_options){.threads = 2, .budget_ns = MS / 5}, crowd);
    run_on(&(rs_runtime_options){.threads = 4, .budget_ns = MS / 5, .scheduler = "migrate"}, crowd);
}

/* ------------------------------------------------------------------ what it may still touch */

#define ARENA_BYTES 5000

static rs_atomic_u32 seen_whole;

/* Receives a call and a message, sits at the stream while others call too, and looks at all it has
 * when it is back: in vain, as it is dead. */
static void reads_on(const void *args, uint32_t bytes) {
    (void)bytes;
    unsigned char *memory = rs_alloc(ARENA_BYTES);
    memset(memory, 0x5a, ARENA_BYTES);
    const uint32_t which = variant_of(args);
    const rs_message *call = rs_receive(NULL, NULL, RS_FOREVER);
    uint32_t whole = call->bytes == 2000 && call->payload[0] == 7;
    sit_down(LOCKED_SEAT, which);
    for (int i = 0; i < 2000; i++) whole &= call->payload[i] == 7;
    for (int i = 0; i < ARENA_BYTES; i++) whole &= memory[i] == 0x5a;
    whole &= variant_of(args) == which && call->kind == RS_MESSAGE_CALL;
    rs_store(&seen_whole, 1 + whole, rs_release);
    rs_yield();
    rs_store(&seen_whole, 0, rs_relaxed);
}

typedef struct caller_args {
    rs_pid callee, boss;
} caller_args;

static void calls(const void *args, uint32_t bytes) {
    (void)bytes;
    const caller_args this = *(const caller_args *)args;
    unsigned char payload[2000];
    memset(payload, 7, sizeof payload);
    rs_call_result result = rs_call(this.callee, &any_type, payload, sizeof payload, RS_FOREVER);
    bool is_late = result.reason == RS_ATOM(noproc);
    send_number(this.boss, !result.reply && (is_late || result.reason == RS_ATOM(killed)));
}

/* Takes many blocks of the size of what the dead may read, and writes over them. */
static void scribbles(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    unsigned char payload[2000];
    memset(payload, 0xee, sizeof payload);
    for (int i = 0; i < 300; i++) rs_send(rs_self(), &any_type, payload, sizeof payload);
    for (int i = 0; i < 100; i++) memset(rs_alloc(ARENA_BYTES), 0xee, ARENA_BYTES);
}

static void quarantine(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_memory_read(&before);
    for (uint32_t round = 0; round < 5; round++) {
        rs_ref ref, other;
        rs_store(&seen_whole, 0, rs_relaxed);
        rs_pid pid = rs_spawn_monitor(reads_on, &round, sizeof round, &ref);
        const caller_args caller = {pid, rs_self()};
        for (int i = 0; i < 5; i++) rs_spawn(calls, &caller, sizeof caller);
        await_jailed(pid);
        rs_exit_signal(pid, RS_ATOM(kill));
        expect_down(pid, ref, "killed");
        for (int i = 0; i < 5; i++) CHECK_INT(take_number(), 1);
        CHECK_INT(counters().zombies, 1);
        rs_pid scribbler = rs_spawn_monitor(scribbles, NULL, 0, &other);
        expect_down(scribbler, other, "normal");
        let_go(round);
        await_zombies(0);
        CHECK(rs_load(&seen_whole, rs_acquire) != 1); /* 0: it was fetched before it had looked */
    }
    rs_receive(NULL, NULL, 0);
    memory_is(&before);
}
TEST(what_the_dead_may_still_read_stays_until_they_are_back) {
    open_pipes();
    on_one_and_two(quarantine);
}

/* The first to be told sits at the stream, and then all are looked at. */
static rs_term sits_and_tells(const void *value, uint32_t bytes) {
    const unsigned char *payload = value;
    uint32_t whole = bytes == 2000;
    if (rs_load(&seen_whole, rs_relaxed) == 0) sit_down(LOCKED_SEAT, 0);
    for (uint32_t i = 0; i < bytes; i++) whole &= payload[i] == 7;
    if (rs_load(&seen_whole, rs_relaxed) != 1) rs_store(&seen_whole, 1 + whole, rs_release);
    return RS_ATOM(ok);
}
static const rs_type telling_type = {.name = "telling", .to_term = sits_and_tells};

static rs_atomic_u32 one_taken, rest_sent;
static rs_crash_report report;

static rs_crash_report *listens(void *context, const rs_crash_notice *notice) {
    (void)context, (void)notice;
    return &report;
}

static void takes_one_and_tells(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_receive(NULL, NULL, RS_FOREVER);
    rs_store(&one_taken, 1, rs_release);
    while (!rs_load(&rest_sent, rs_acquire)) rs_yield();
    rs_exit(RS_ATOM(badarg));
}

/* What it tells of it has neither taken nor looked at. */
static void killed_while_telling(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_ref ref, other;
    unsigned char payload[2000];
    memset(payload, 7, sizeof payload);
    rs_memory_read(&before);
    rs_store(&seen_whole, 0, rs_relaxed);
    rs_store(&one_taken, 0, rs_relaxed);
    rs_store(&rest_sent, 0, rs_relaxed);
    rs_pid pid = rs_spawn_monitor(takes_one_and_tells, NULL, 0, &ref);
    rs_send(pid, &any_type, "", 1);
    while (!rs_load(&one_taken, rs_acquire)) wait_ns(MS / 10);
    for (int i = 0; i < 3; i++) rs_send(pid, &telling_type, payload, sizeof payload);
    const caller_args caller = {pid, rs_self()};
    rs_spawn_monitor(calls, &caller, sizeof caller, &other);
    rs_store(&rest_sent, 1, rs_release);
    await_jailed(pid);
    rs_exit_signal(pid, RS_ATOM(kill));
    expect_down(pid, ref, "killed");
    CHECK_INT(take_number(), 1);
    expect_down(0, other, "normal");
    rs_pid scribbler = rs_spawn_monitor(scribbles, NULL, 0, &other);
    expect_down(scribbler, other, "normal");
    let_go(0);
    await_zombies(0);
    CHECK(rs_load(&seen_whole, rs_acquire) != 1); /* 0: it was fetched before it had looked */
    rs_receive(NULL, NULL, 0);
    memory_is(&before);
}
TEST(what_the_dead_may_still_tell_stays_until_they_are_back) {
    static const rs_observer listener = {.crash = listens};
    open_pipes();
    run_on(&(rs_runtime_options){.threads = 1, .observer = &listener}, killed_while_telling);
    run_on(&(rs_runtime_options){.threads = 2, .observer = &listener}, killed_while_telling);
}

/* ------------------------------------------------------------------ loops that cannot be stopped
 */

static rs_atomic_u32 in_libc;

/* Nearly always in libc, and never for long. */
static void loops_in_libc(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    enum { TEXT = 100000 };
    char *text = rs_alloc(TEXT);
    for (;;) {
        rs_store(&in_libc, 1, rs_relaxed);
        for (int i = 0; i < 100; i++) {
            void *(*volatile set)(void *, int, size_t) = memset;
            set(text, i, TEXT);
        }
    }
}

static void loop_ended(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid witness = new_witness();
    rs_memory_use before;
    rs_memory_read(&before);
    for (int i = 0; i < 3; i++) {
        rs_ref ref;
        rs_store(&in_libc, 0, rs_relaxed);
        rs_pid pid = rs_spawn_monitor(loops_in_libc, NULL, 0, &ref);
        while (!rs_load(&in_libc, rs_relaxed)) wait_ns(MS / 10);
        for (int j = 0; j < 50; j++) ask(witness, DO_NOTHING, 0, NULL);
        rs_exit_signal(pid, RS_ATOM(kill));
        expect_down(pid, ref, "killed");
    }
    if (!FETCHES) return;
    await_zombies(0);
    memory_is(&before);
}
TEST(a_loop_in_libc_is_ended_too) {
    on_one_and_two(loop_ended);
}

/* ------------------------------------------------------------------ the end of a run */

static void leaves_stuck(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_ref ref;
    await_jailed(seat_one(variant_of(args), 0, &ref));
}
TEST(a_run_ends_though_somebody_sits_in_the_kernel) {
    open_pipes();
    run_with(&one_thread, leaves_stuck, 0);
    run_with(&two_threads, leaves_stuck, 0);
}

static void asks_around(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid witness = new_puppet();
    for (int i = 0; i < 1000; i++) ask(witness, DO_NOTHING, 0, NULL);
}
TEST(who_was_left_behind_harms_no_later_run) {
    open_pipes();
    run_with(&two_threads, leaves_stuck, LOCKED_SEAT);
    run_on(&two_threads, asks_around);
    let_go(0);
    run_on(&two_threads, asks_around);
    run_with(&two_threads, leaves_stuck, LOCKED_SEAT);
    run_on(&one_core, asks_around);
}

static void killed_by_another(const void *args, uint32_t bytes) {
    (void)bytes;
    while (counters().jailed == 0) wait_ns(MS / 10);
    rs_exit_signal(*(const rs_pid *)args, RS_ATOM(kill));
}

static void first_is_stuck(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid self = rs_self();
    rs_spawn(killed_by_another, &self, sizeof self);
    seats[variant_of(args)](0);
}
TEST(the_first_process_may_be_killed_in_the_kernel) {
    open_pipes();
    const uint32_t ways[] = {0, LOCKED_SEAT};
    for (int i = 0; i < 2; i++) {
        rs_term reason = 0;
        CHECK_INT(rs_run(&two_threads, first_is_stuck, &ways[i], sizeof ways[i], &reason), RS_OK);
        CHECK_STR(rs_atom_text(reason), "killed");
    }
}

/* ------------------------------------------------------------------ what loses the node */

static void too_many(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (uint32_t i = 0; i < PIPES; i++) {
        rs_ref ref;
        rs_pid pid = seat_one(LOCKED_SEAT, i, &ref);
        await_jailed(pid);
        rs_exit_signal(pid, RS_ATOM(kill));
        expect_down(pid, ref, "killed");
        CHECK(counters().zombies <= RS_ZOMBIES_MAX);
    }
}
TEST_DIES(too_many_zombies_lose_the_node, SIGABRT) {
    open_pipes();
    run_on(&one_thread, too_many);
}

static void ends_its_thread(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    pthread_exit(NULL);
}
static void ends_threads(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_spawn(ends_its_thread, NULL, 0);
    rs_receive(NULL, NULL, LONG_NS);
}
TEST_DIES(who_ends_its_thread_loses_the_node, SIGABRT) {
    if (RS_ASAN || RS_TSAN) {
        printf("left out: the sanitizer ends it in its own way\n");
        fflush(stdout);
        raise(SIGABRT);
    }
    run_on(&two_threads, ends_threads);
}

TEST_MAIN()
