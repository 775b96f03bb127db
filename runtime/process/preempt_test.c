/* preempt_test.c: a process that is stopped between two of its instructions goes on as if nothing
 * had been: registers, red zone, errno; and what waits for it acts there as at a gate.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/test/puppet.h"

#include "runtime/base/atomic.h"

#include <errno.h>
#include <stdlib.h>

/* Where nothing can be preempted (see preempt.c), loops are left out. */
#if RS_TSAN || (RS_ASAN && defined(__clang__))
#define PREEMPTIBLE 0
#else
#define PREEMPTIBLE 1
#endif
#define NEEDS_PREEMPTION                                                                           \
    if (!PREEMPTIBLE) {                                                                            \
        printf("left out: nothing can be preempted under this sanitizer\n");                       \
        return;                                                                                    \
    }

/* Shorter turns, more preemptions. */
#define BUDGET_NS (MS / 5)
static const rs_runtime_options hasty_one = {.threads = 1, .budget_ns = BUDGET_NS};
static const rs_runtime_options hasty_two = {.threads = 2, .budget_ns = BUDGET_NS};

/* Turns that were ended from outside, one way or the other. */
static uint64_t preemptions(void) {
    const rs_counters now = counters();
    return now.preemptions + now.jailed;
}

static void loops(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (volatile uint64_t i = 0;; i++) {
    }
}

/* ------------------------------------------------------------------ registers */

/* A leaf: `rounds` times around a loop in which every register, the vector registers, the carry
 * flag and the red zone hold known values. Returns how many of them have changed. */
static __attribute__((noinline)) uint64_t hold_everything(uint64_t rounds, uint64_t seed) {
    uint64_t in[34], out[34];
    for (uint64_t i = 0; i < 34; i++) in[i] = out[i] = seed * 0x9e3779b97f4a7c15u + i;
    in[0] = rounds;
    in[1] = (uint64_t)(uintptr_t)out;
    __asm__ volatile("pushq %%rbp\n\t"
                     "pushq %%rbx\n\t"
                     "subq $256, %%rsp\n\t" /* the compiler's own red zone lies above */
                     "movq 16(%0), %%rbx\n\t"
                     "movq 24(%0), %%rbp\n\t"
                     "movq 32(%0), %%rdx\n\t"
                     "movq 40(%0), %%rsi\n\t"
                     "movq 48(%0), %%r8\n\t"
                     "movq 56(%0), %%r9\n\t"
                     "movq 64(%0), %%r10\n\t"
                     "movq 72(%0), %%r11\n\t"
                     "movq 80(%0), %%r12\n\t"
                     "movq 88(%0), %%r13\n\t"
                     "movq 96(%0), %%r14\n\t"
                     "movq 104(%0), %%r15\n\t"
                     "movq %%rbx, -8(%%rsp)\n\t"
                     "movq %%rbp, -64(%%rsp)\n\t"
                     "movq %%rdx, -128(%%rsp)\n\t"
                     "movdqu 112(%0), %%xmm0\n\t"
                     "movdqu 128(%0), %%xmm1\n\t"
                     "movdqu 144(%0), %%xmm7\n\t"
                     "movdqu 160(%0), %%xmm8\n\t"
                     "movdqu 176(%0), %%xmm15\n\t"
                     "movq 0(%0), %%rcx\n\t"
                     "movq 8(%0), %%rax\n\t"
                     "1:\n\t"
                     "leaq -1(%%rcx), %%rcx\n\t"
                     "jrcxz 2f\n\t"
                     "jmp 1b\n\t"
                     "2:\n\t"
                     "movq %%rbx, 16(%%rax)\n\t"
                     "movq %%rbp, 24(%%rax)\n\t"
                     "movq %%rdx, 32(%%rax)\n\t"
                     "movq %%rsi, 40(%%rax)\n\t"
                     "movq %%r8, 48(%%rax)\n\t"
                     "movq %%r9, 56(%%rax)\n\t"
                     "movq %%r10, 64(%%rax)\n\t"
                     "movq %%r11, 72(%%rax)\n\t"
                     "movq %%r12, 80(%%rax)\n\t"
                     "movq %%r13, 88(%%rax)\n\t"
                     "movq %%r14, 96(%%rax)\n\t"
                     "movq %%r15, 104(%%rax)\n\t"
                     "movdqu %%xmm0, 112(%%rax)\n\t"
                     "movdqu %%xmm1, 128(%%rax)\n\t"
                     "movdqu %%xmm7, 144(%%rax)\n\t"
                     "movdqu %%xmm8, 160(%%rax)\n\t"
                     "movdqu %%xmm15, 176(%%rax)\n\t"
                     "movq -8(%%rsp), %%rbx\n\t"
                     "movq %%rbx, 192(%%rax)\n\t"
                     "movq -64(%%rsp), %%rbx\n\t"
                     "movq %%rbx, 200(%%rax)\n\t"
                     "movq -128(%%rsp), %%rbx\n\t"
                     "movq %%rbx, 208(%%rax)\n\t"
                     "addq $256, %%rsp\n\t"
                     "popq %%rbx\n\t"
                     "popq %%rbp\n\t"
                     :
                     : "D"(in)
                     : "rax", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
                       "r15", "xmm0", "xmm1", "xmm7", "xmm8", "xmm15", "memory", "cc");
    uint64_t wrong = 0;
    for (int i = 2; i < 24; i++) wrong += out[i] != in[i];
    for (int i = 0; i < 3; i++) wrong += out[24 + i] != in[2 + i];
    return wrong;
}

/* The flags, and the upper halves of the vector registers through code that compilers make. */
static __attribute__((noinline)) uint64_t hold_flags(uint64_t rounds) {
    uint64_t carries = 0;
    __asm__ volatile("stc\n\t"
                     "1:\n\t"
                     "jnc 2f\n\t"
                     "leaq 1(%0), %0\n\t"
                     "leaq -1(%1), %1\n\t"
                     "movq %1, %%rcx\n\t"
                     "jrcxz 2f\n\t"
                     "jmp 1b\n\t"
                     "2:\n\t"
                     : "+r"(carries), "+r"(rounds)
                     :
                     : "rcx", "cc");
    return carries;
}

#define LANES 16
static __attribute__((noinline)) double add_up(uint64_t rounds, double seed) {
    double lanes[LANES];
    for (int i = 0; i < LANES; i++) lanes[i] = seed + i;
    for (uint64_t round = 0; round < rounds; round++)
        for (int i = 0; i < LANES; i++) lanes[i] = lanes[i] * 0.999999 + 1.0;
    double sum = 0;
    for (int i = 0; i < LANES; i++) sum += lanes[i];
    return sum;
}

#define ROUNDS_LONG 20000000u

static void computes(const void *args, uint32_t bytes) {
    (void)bytes;
    uint64_t seed = variant_of(args);
    CHECK_INT(hold_everything(ROUNDS_LONG, seed), 0);
    CHECK_INT(hold_flags(ROUNDS_LONG), ROUNDS_LONG);
    double expected = add_up(1000, (double)seed);
    for (int i = 0; i < 1000; i++) CHECK(add_up(1000, (double)seed) == expected);
}

static void computers(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    for (uint32_t i = 0; i < 6; i++) rs_spawn_monitor(computes, &i, sizeof i, &ref);
    all_end(6);
    CHECK(preemptions() > 50);
}
TEST(registers_flags_and_red_zone_are_as_they_were) {
    NEEDS_PREEMPTION
    run_on(&hasty_one, computers);
    run_on(&hasty_two, computers);
}

/* ------------------------------------------------------------------ errno */

/* Functions of their own: a compiler remembers where errno lies within one. */
static __attribute__((noinline)) void fail_with(int value) {
    errno = value;
}
static __attribute__((noinline)) int failed_with(void) {
    return errno;
}

static void fail_and_look(uint32_t variant, int rounds, int length) {
    for (int round = 0; round < rounds; round++) {
        fail_with(1000 + (int)variant);
        for (volatile int i = 0; i < length; i++) {
        }
        CHECK_INT(failed_with(), 1000 + variant);
    }
}

/* Stopped in between, and stopped where errno has been found and not yet used. */
static void fails_and_looks(const void *args, uint32_t bytes) {
    (void)bytes;
    fail_and_look(variant_of(args), 50, 300000);
    fail_and_look(variant_of(args), 20000, 300);
}

static void failures(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    for (uint32_t i = 0; i < 6; i++) rs_spawn_monitor(fails_and_looks, &i, sizeof i, &ref);
    all_end(6);
    CHECK(preemptions() > 50);
}
TEST(errno_is_the_processs_own) {
    NEEDS_PREEMPTION
    run_on(&hasty_one, failures);
    run_on(&hasty_two, failures);
}

/* ------------------------------------------------------------------ signals */

static void ends_loop(const char *reason, const char *expected) {
    rs_ref ref;
    rs_pid pid = rs_spawn_monitor(loops, NULL, 0, &ref);
    wait_ns(2 * MS);
    rs_term term = term_of(reason);
    rs_exit_signal(pid, term);
    rs_term_release(term);
    expect_down(pid, ref, expected);
}

static void linked_loop(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = rs_spawn_link(loops, NULL, 0);
    rs_send(*(const rs_pid *)args, &any_type, &pid, sizeof pid);
    wait_ns(MS);
    rs_exit(RS_ATOM(error));
}

static void fatal_signals(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    ends_loop("kill", "killed");
    ends_loop("shutdown", "shutdown");
    ends_loop("{shutdown,why}", "{shutdown,why}");
    rs_pid self = rs_self();
    rs_spawn(linked_loop, &self, sizeof self);
    const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
    CHECK(message != NULL);
    rs_pid pid = *(const rs_pid *)(const void *)message->payload;
    rs_ref ref = rs_monitor(pid);
    message = rs_receive(NULL, NULL, LONG_NS);
    CHECK(message != NULL && message->ref == ref);
}
TEST(any_fatal_signal_ends_an_endless_loop) {
    NEEDS_PREEMPTION
    on_one_and_two(fatal_signals);
}

static rs_atomic_u32 go_on;

static void loops_then_looks(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    while (!rs_load(&go_on, rs_relaxed)) {
    }
    const rs_message *message = rs_receive(NULL, NULL, 0);
    CHECK(message != NULL && message->kind == RS_MESSAGE_EXIT);
    is_reason(message, "shutdown");
    CHECK(rs_receive(NULL, NULL, 0) == NULL);
}

static void trapped(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    rs_store(&go_on, 0, rs_relaxed);
    rs_pid pid = rs_spawn_monitor(loops_then_looks, NULL, 0, &ref);
    wait_ns(2 * MS);
    rs_exit_signal(pid, RS_ATOM(shutdown));
    wait_ns(5 * MS);
    CHECK(rs_is_alive(pid));
    rs_store(&go_on, 1, rs_relaxed);
    expect_down(pid, ref, "normal");
}
TEST(who_traps_exits_loops_on_and_finds_them) {
    NEEDS_PREEMPTION
    on_one_and_two(trapped);
}

static rs_atomic_u64 touched;

static void touch(uint64_t argument) {
    CHECK(rs_self() == argument);
    rs_add(&touched, 1, rs_relaxed);
}

static void interrupts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    rs_pid pid = rs_spawn_monitor(loops, NULL, 0, &ref);
    rs_store(&touched, 0, rs_relaxed);
    for (uint64_t i = 0; i < 20; i++) {
        rs_interrupt(pid, touch, pid, 0);
        while (rs_load(&touched, rs_relaxed) == i) wait_ns(MS / 10);
    }
    rs_exit_signal(pid, RS_ATOM(kill));
    expect_down(pid, ref, "killed");
}
TEST(interrupts_reach_into_an_endless_loop) {
    NEEDS_PREEMPTION
    on_one_and_two(interrupts);
}

/* ------------------------------------------------------------------ while matching */

static rs_atomic_u32 matching;

/* The last of the mailbox is looked at for long; what arrives meanwhile must not be missed. */
static bool match_slowly(const rs_message *message, void *context) {
    (void)context;
    if (value_of(message) == 7) return true;
    rs_store(&matching, 1, rs_relaxed);
    for (volatile int i = 0; i < 10000000; i++) {
    }
    return false;
}

static void matches(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    send_number(rs_self(), 1);
    const rs_message *message = rs_receive(match_slowly, NULL, LONG_NS);
    CHECK_INT(value_of(message), 7);
    CHECK_INT(take_number(), 1);
}

static void arrivals(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int i = 0; i < 20; i++) {
        rs_ref ref;
        rs_store(&matching, 0, rs_relaxed);
        rs_pid pid = rs_spawn_monitor(matches, NULL, 0, &ref);
        while (!rs_load(&matching, rs_relaxed)) wait_ns(MS / 10);
        rs_interrupt(pid, touch, pid, 0); /* makes it look into its inbox there */
        send_number(pid, 7);
        rs_interrupt(pid, touch, pid, 0);
        expect_down(pid, ref, "normal");
    }
}
TEST(what_arrives_while_matching_is_found) {
    NEEDS_PREEMPTION
    run_on(&hasty_one, arrivals);
    run_on(&hasty_two, arrivals);
}

/* ------------------------------------------------------------------ where nobody may be stopped */

/* malloc keeps blocks by thread and takes locks: moved from inside it, a process would take them
 * along. */
static void allocates(const void *args, uint32_t bytes) {
    (void)bytes;
    unsigned char *blocks[64] = {NULL};
    unsigned char mark = (unsigned char)variant_of(args);
    uint32_t random = mark + 1u;
    for (int i = 0; i < 300000; i++) {
        random = random * 1664525u + 1013904223u;
        uint32_t which = random >> 26;
        CHECK(!blocks[which] || blocks[which][0] == mark);
        free(blocks[which]);
        blocks[which] = malloc(1 + (random >> 8) % 3000);
        blocks[which][0] = mark;
    }
    for (int i = 0; i < 64; i++) free(blocks[i]);
}

static void allocators(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    for (uint32_t i = 0; i < 6; i++) rs_spawn_monitor(allocates, &i, sizeof i, &ref);
    all_end(6);
    CHECK(preemptions() > 2);
}
TEST(nobody_is_stopped_inside_libc) {
    NEEDS_PREEMPTION
    run_on(&hasty_one, allocators);
    run_on(&hasty_two, allocators);
}

/* memcpy and its like are functions of their arguments alone, and a process may be moved inside
 * them; but not where malloc or another of libc calls them. */
#define TEXT_BYTES 3000000u

static void copies(const void *args, uint32_t bytes) {
    (void)bytes;
    void *(*volatile copy)(void *, const void *, size_t) = memcpy;
    void *(*volatile set)(void *, int, size_t) = memset;
    size_t (*volatile length)(const char *) = strlen;
    int (*volatile compare)(const void *, const void *, size_t) = memcmp;
    char *from = rs_alloc(TEXT_BYTES), *to = rs_alloc(TEXT_BYTES);
    for (uint32_t round = 0; round < 60; round++) {
        int mark = 1 + (int)(variant_of(args) * 60 + round) % 255;
        set(from, mark, TEXT_BYTES - 1);
        copy(to, from, TEXT_BYTES);
        CHECK_INT(length(to), TEXT_BYTES - 1);
        CHECK_INT(compare(to, from, TEXT_BYTES), 0);
        CHECK_INT((unsigned char)to[round * 1000], mark);
    }
}

static void copiers(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    for (uint32_t i = 0; i < 6; i++) rs_spawn_monitor(copies, &i, sizeof i, &ref);
    all_end(6);
    if (!RS_ASAN) CHECK(preemptions() > 50); /* whose own functions stand in between */
}
TEST(who_is_stopped_while_copying_copies_on) {
    NEEDS_PREEMPTION
    run_on(&hasty_one, copiers);
    run_on(&hasty_two, copiers);
}

/* dive goes down until no more than `left` bytes of the stack are left, and stays there. */
static __attribute__((noinline)) int dive(const char *top, size_t left) {
    volatile char frame[100];
    frame[0] = 1;
    if ((size_t)(top - (const char *)__builtin_frame_address(0)) < RS_STACK_BYTES - left)
        return dive(top, left) + frame[0];
    for (volatile int i = 0; i < 3000000; i++) {
    }
    return frame[0];
}

static void dives(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    CHECK(dive(__builtin_frame_address(0), variant_of(args)) > 1);
}

#define DIVERS 24

static void divers(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    uint32_t left = 1500;
    rs_spawn_monitor(dives, &left, sizeof left, &ref);
    /* Every place around the edge at which there is just room, or just none. */
    for (int i = 0; i < DIVERS - 1; i++) {
        left = RS_STACK_HEADROOM_BYTES - 1000 + 200 * (uint32_t)i;
        rs_spawn_monitor(dives, &left, sizeof left, &ref);
    }
    all_end(DIVERS);
}
TEST(nobody_is_stopped_without_room) {
    NEEDS_PREEMPTION
    run_on(&hasty_one, divers);
    run_on(&hasty_two, divers);
}

/* In and out of sections all the time, but seldom through a gate. */
static void calls_often(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int i = 0; i < 3000000; i++) {
        CHECK(rs_self() != 0);
        rs_work(1);
        if (i % 4096 == 0) rs_free(rs_alloc(100), 100);
    }
}

static void callers(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    for (int i = 0; i < 6; i++) rs_spawn_monitor(calls_often, NULL, 0, &ref);
    all_end(6);
    CHECK(preemptions() > 10);
}
TEST(nobody_is_stopped_inside_the_runtime) {
    NEEDS_PREEMPTION
    run_on(&hasty_one, callers);
    run_on(&hasty_two, callers);
}

/* ------------------------------------------------------------------ crashes */

static FAULTY void loops_and_crashes(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (volatile int i = 0; i < 3000000; i++) {
    }
    *(volatile int *)(uintptr_t)variant_of(args) = 1;
}

static void crashes(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_memory_read(&before);
    for (int round = 0; round < 10; round++) {
        rs_ref refs[5];
        rs_pid pids[5];
        uint32_t address = 8;
        for (int i = 0; i < 5; i++)
            pids[i] = rs_spawn_monitor(loops_and_crashes, &address, sizeof address, &refs[i]);
        for (int i = 0; i < 5; i++) expect_down(pids[i], refs[i], "sigsegv");
    }
    CHECK(preemptions() > 10);
    memory_is(&before);
}
TEST(who_was_preempted_may_crash) {
    NEEDS_PREEMPTION
    run_on(&hasty_one, crashes);
    run_on(&hasty_two, crashes);
}

/* ------------------------------------------------------------------ not at all */

static void loops_a_while(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (volatile int i = 0; i < 20000000; i++) {
    }
}

static void patience(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref;
    rs_spawn_monitor(loops_a_while, NULL, 0, &ref);
    all_end(1);
    CHECK_INT(preemptions(), 0);
}
TEST(without_budget_nobody_is_stopped) {
    const rs_runtime_options patient = {.threads = 1, .budget_ns = RS_FOREVER};
    run_on(&patient, patience);
}

TEST_MAIN()
