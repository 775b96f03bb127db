/* crash_test.c: native crashes end the process that made them and nobody else, each with the reason
 * that its signal has; what the runtime cannot survive ends the whole program.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/test/run.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* ------------------------------------------------------------------ the faults */

typedef void fault(void);

/* hidden returns an address that no compiler can reason about. */
static void *hidden(uintptr_t address) {
    __asm__ volatile("" : "+r"(address));
    return (void *)address;
}

FAULTY static void write_null(void) {
    *(volatile int *)hidden(0) = 1;
}
FAULTY static void write_near_null(void) {
    *(volatile int *)hidden(0x28) = 1;
}
FAULTY static int read_null(void) {
    return *(volatile int *)hidden(0);
}
FAULTY static void read_it(void) {
    read_null();
}
FAULTY static void write_wild(void) {
    *(volatile int *)hidden(0x123456789000) = 1;
}
FAULTY static void write_non_canonical(void) {
    *(volatile int *)hidden(0x8123456789abcdef) = 1;
}
FAULTY static void write_constant(void) {
    *(volatile char *)hidden((uintptr_t) "constant") = 1;
}
FAULTY static void call_null(void) {
    ((fault *)hidden(0))();
}
FAULTY static void call_wild(void) {
    ((fault *)hidden(0x123456789000))();
}

static int data_of_ours[4];
FAULTY static void call_data(void) {
    ((fault *)hidden((uintptr_t)data_of_ours))();
}

FAULTY static void divide(void) {
    int zero = 0;
    __asm__ volatile("xorl %%edx, %%edx\n\tmovl $1, %%eax\n\tidivl %0"
                     :
                     : "r"(zero)
                     : "eax", "edx");
}

FAULTY static void trap(void) {
    __builtin_trap();
}

static volatile unsigned char *past_the_end;

static void map_past_the_end(void) {
    char path[] = "/tmp/respawn_crash_XXXXXX";
    int file = mkstemp(path);
    CHECK(file >= 0);
    unlink(path);
    CHECK(ftruncate(file, 4096) == 0);
    past_the_end = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    CHECK(past_the_end != MAP_FAILED);
    close(file);
}
FAULTY static void write_past_the_end(void) {
    past_the_end[2 * 4096 + 17] = 1;
}

static void abort_it(void) {
    abort();
}

FAULTY static int recurse(int depth) {
    volatile char frame[200];
    frame[depth & 127] = 1;
    if (depth < 0) return 0;
    return recurse(depth + 1) + frame[depth & 127];
}
FAULTY static void overflow(void) {
    recurse(0);
}

FAULTY static void overflow_at_once(void) {
    volatile char frame[4u << 20];
    for (size_t i = sizeof frame; i > 0; i -= 512) frame[i - 1] = 1;
}

/* Only their far ends are touched, beyond the guard: the compiler's probes meet it first. */
FAULTY static void jump_over_guard(void) {
    volatile char frame[1u << 20];
    frame[0] = 1;
    (void)frame[0];
}
FAULTY static void alloca_over_guard(void) {
    volatile char *block = __builtin_alloca((size_t)(uintptr_t)hidden(1u << 20));
    block[0] = 1;
}

FAULTY static void length_of_null(void) {
    size_t (*volatile length)(const char *) = strlen;
    length(hidden(0));
}

FAULTY static void copy_to_null(void) {
    void *(*volatile copy)(void *, const void *, size_t) = memcpy;
    copy(hidden(0), data_of_ours, sizeof data_of_ours);
}

FAULTY static void move_from_wild(void) {
    void *(*volatile move)(void *, const void *, size_t) = memmove;
    static char place[1000];
    move(place, hidden(0x123456789000), sizeof place);
}

static void raise_it(void) {
    raise(SIGSEGV);
}
static void send_near_null(void) {
    rs_send(rs_self(), &any_type, hidden(8), 64);
}
static void send_wild(void) {
    rs_send(rs_self(), &any_type, hidden(0x123456789000), 100000);
}

static void send_over_the_end(void) {
    rs_send(rs_self(), &any_type, hidden((uintptr_t)past_the_end + 4000), 4096);
}

static bool match_null(const rs_message *message, void *context) {
    (void)message;
    (void)context;
    write_null();
    return true;
}

static void crash_in_match(void) {
    rs_send(rs_self(), &any_type, "abc", 3);
    rs_send(rs_self(), &any_type, "abc", 3);
    rs_receive(match_null, NULL, 0);
}

typedef struct fault_row {
    const char *name;
    fault *run;
    const char *reason;
    bool not_asan, not_tsan; /* the sanitizer's own code stands between */
} fault_row;

static const fault_row faults[] = {
    {"write_null", write_null, "sigsegv", false, false},
    {"write_near_null", write_near_null, "sigsegv", false, false},
    {"read_it", read_it, "sigsegv", false, false},
    {"write_wild", write_wild, "sigsegv", false, false},
    {"write_non_canonical", write_non_canonical, "sigsegv", false, false},
    {"write_constant", write_constant, "sigsegv", false, false},
    {"call_null", call_null, "sigsegv", false, false},
    {"call_wild", call_wild, "sigsegv", false, false},
    {"call_data", call_data, "sigsegv", false, false},
    {"divide", divide, "sigfpe", false, false},
    {"trap", trap, "sigill", false, false},
    {"write_past_the_end", write_past_the_end, "sigbus", false, false},
    {"abort", abort_it, "sigabrt", false, true},
    {"overflow", overflow, "stack_overflow", false, false},
    {"overflow_at_once", overflow_at_once, "stack_overflow", false, false},
    {"jump_over_guard", jump_over_guard, "stack_overflow", false, false},
    {"alloca_over_guard", alloca_over_guard, "stack_overflow", false, false},
    {"length_of_null", length_of_null, "sigsegv", true, true},
    {"copy_to_null", copy_to_null, "sigsegv", true, true},
    {"move_from_wild", move_from_wild, "sigsegv", true, true},
    {"raise", raise_it, "sigsegv", false, true},
    {"send_near_null", send_near_null, "sigsegv", false, false},
    {"send_wild", send_wild, "sigsegv", false, false},
    {"send_over_the_end", send_over_the_end, "sigbus", false, false},
    {"crash_in_match", crash_in_match, "sigsegv", false, false},
};
#define FAULTS (sizeof faults / sizeof faults[0])

static bool is_left_out(const fault_row *row) {
    return (RS_ASAN && row->not_asan) || (RS_TSAN && row->not_tsan);
}

/* ------------------------------------------------------------------ one at a time */

static void crashes(const void *args, uint32_t bytes) {
    (void)bytes;
    const fault_row *row = &faults[*(const size_t *)args];
    row->run();
    rs_test_fail(__FILE__, __LINE__, "%s did not crash", row->name);
}

static void expect_death(const rs_message *message, const fault_row *row, rs_pid pid) {
    char text[64];
    if (!message) rs_test_fail(__FILE__, __LINE__, "%s: nobody died", row->name);
    CHECK(message->from == pid);
    rs_term_print(rs_message_reason(message), text, sizeof text);
    if (strcmp(text, row->reason) != 0)
        rs_test_fail(__FILE__, __LINE__, "%s: %s, not %s", row->name, text, row->reason);
    CHECK(!rs_is_alive(pid));
}

static void each_fault(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < FAULTS; i++) {
            if (is_left_out(&faults[i])) continue;
            rs_ref ref = 0;
            rs_pid pid = rs_spawn_monitor(crashes, &i, sizeof i, &ref);
            expect_death(rs_receive(NULL, NULL, LONG_NS), &faults[i], pid);
            pid = rs_spawn_link(crashes, &i, sizeof i);
            expect_death(rs_receive(NULL, NULL, LONG_NS), &faults[i], pid);
            CHECK(rs_receive(NULL, NULL, 0) == NULL);
        }
}
TEST(each_fault_ends_its_process_with_its_reason) {
    map_past_the_end();
    for (size_t i = 0; i < FAULTS; i++)
        if (is_left_out(&faults[i])) printf("left out under this sanitizer: %s\n", faults[i].name);
    everywhere(each_fault);
}

static void run_fault(void *row) {
    ((const fault_row *)row)->run();
}

/* The same process survives them all, time and again. */
static void each_is_caught(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < FAULTS; i++) {
            if (is_left_out(&faults[i])) continue;
            rs_term reason = 0;
            CHECK_INT(rs_catch(run_fault, (void *)&faults[i], &reason), RS_CAUGHT_CRASH);
            CHECK_STR(rs_atom_text(reason), faults[i].reason);
            while (rs_receive(NULL, NULL, 0) != NULL) continue; /* those of crash_in_match */
        }
}
TEST(each_fault_can_be_caught) {
    map_past_the_end();
    everywhere(each_is_caught);
}

static void traps_and_crashes(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    write_null();
}

static void untrappable(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref = 0;
    rs_spawn_monitor(traps_and_crashes, NULL, 0, &ref);
    const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
    CHECK(message != NULL && message->ref == ref);
    CHECK(rs_message_reason(message) == RS_ATOM(sigsegv));
}
TEST(who_traps_exits_crashes_all_the_same) {
    everywhere(untrappable);
}

static void linked_parent(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_spawn_link(traps_and_crashes, NULL, 0);
    rs_receive(NULL, NULL, RS_FOREVER);
}

static void crash_over_links(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref = 0;
    rs_pid pid = rs_spawn_monitor(linked_parent, NULL, 0, &ref);
    const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
    CHECK(message != NULL && message->from == pid && message->ref == ref);
    CHECK(rs_message_reason(message) == RS_ATOM(sigsegv));
}
TEST(a_crash_takes_the_linked_along) {
    everywhere(crash_over_links);
}

static void crashes_itself(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    write_null();
}
TEST(the_first_process_may_crash) {
    const rs_runtime_options options = {.threads = 2};
    rs_term reason = 0;
    CHECK_INT(rs_run(&options, crashes_itself, NULL, 0, &reason), RS_OK);
    CHECK_STR(rs_atom_text(reason), "sigsegv");
}

static void rs_crash_as(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_crash(*(const rs_term *)args);
}

static void declared_crashes(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_term reasons[] = {RS_ATOM(sigsegv), RS_ATOM(sigbus),  RS_ATOM(sigfpe),
                               RS_ATOM(sigill),  RS_ATOM(sigabrt), RS_ATOM(stack_overflow)};
    rs_counters before, after;
    rs_counters_read(&before);
    for (int i = 0; i < 6; i++) {
        rs_ref ref = 0;
        rs_spawn_monitor(rs_crash_as, &reasons[i], sizeof reasons[i], &ref);
        const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
        CHECK(message != NULL && message->ref == ref);
        CHECK(rs_message_reason(message) == reasons[i]);
    }
    rs_receive(NULL, NULL, MS); /* the last counts are in */
    rs_counters_read(&after);
    CHECK_INT(after.crashed - before.crashed, 6);
}
TEST(declared_crashes_look_like_native_ones) {
    everywhere(declared_crashes);
}

/* ------------------------------------------------------------------ the others */

static void ticks(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint64_t count = 0;
    for (;;) {
        const rs_message *message = rs_receive(NULL, NULL, MS / 10);
        count++;
        if (message) rs_send(message->from, &any_type, &count, sizeof count);
    }
}

static uint64_t ticks_of(rs_pid pid) {
    rs_send(pid, &any_type, NULL, 0);
    const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
    CHECK(message != NULL && message->from == pid && message->kind == RS_MESSAGE);
    return *(const uint64_t *)(const void *)message->payload;
}

static void others_go_on(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid clocks[20];
    uint64_t counts[20];
    for (int i = 0; i < 20; i++) clocks[i] = rs_spawn(ticks, NULL, 0);
    for (int i = 0; i < 20; i++) counts[i] = ticks_of(clocks[i]);
    for (size_t round = 0; round < 200; round++) {
        size_t which = round % FAULTS;
        if (is_left_out(&faults[which])) continue;
        rs_ref ref = 0;
        rs_pid pid = rs_spawn_monitor(crashes, &which, sizeof which, &ref);
        expect_death(rs_receive(NULL, NULL, LONG_NS), &faults[which], pid);
        uint64_t now = ticks_of(clocks[round % 20]);
        CHECK(now > counts[round % 20]);
        counts[round % 20] = now;
    }
    for (int i = 0; i < 20; i++) CHECK(rs_is_alive(clocks[i]));
}
TEST(the_others_go_on) {
    map_past_the_end();
    everywhere(others_go_on);
}

/* ------------------------------------------------------------------ many */

#define MANY  20000
#define BATCH 100

static void crash_in_the_middle(const void *args, uint32_t bytes) {
    (void)bytes;
    int i = *(const int *)args, more = i % 5000;
    char *memory = rs_alloc(100 + (size_t)more);
    rs_send(rs_self(), &any_type, memory, (uint32_t)(more % 300));
    if (i % 2) rs_send_after(3600000 * MS, rs_self(), &any_type, memory, 10);
    if (i % 3 == 0) rs_register(rs_atom_find("crash_name"), rs_self());
    if (i % 5 == 0) rs_receive(NULL, NULL, 0);
    if (i % 4 == 0) overflow();
    if (i % 4 == 1) divide();
    write_null();
}

static void batch_of(int first) {
    rs_ref ref = 0;
    for (int i = first; i < first + BATCH; i++)
        CHECK(rs_spawn_monitor(crash_in_the_middle, &i, sizeof i, &ref) != 0);
    for (int i = 0; i < BATCH; i++) {
        const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
        CHECK(message != NULL && message->kind == RS_MESSAGE_DOWN);
    }
    rs_receive(NULL, NULL, 0); /* lets go of the last one */
}

static void many_crashes(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_counters start, end;
    batch_of(0); /* warms up what is kept */
    rs_memory_read(&before);
    rs_counters_read(&start);
    for (int i = 0; i < MANY; i += BATCH) batch_of(i);
    memory_is(&before);
    rs_receive(NULL, NULL, MS); /* the last counts are in */
    rs_counters_read(&end);
    CHECK_INT(end.crashed - start.crashed, MANY);
    CHECK_INT(end.spawned - start.spawned, MANY);
    CHECK_INT(end.exited - start.exited, MANY);
}
TEST(twenty_thousand_crashes_in_a_row) {
    for (uint32_t threads = 1; threads <= 2; threads++) {
        const rs_runtime_options options = {.threads = threads};
        run_on(&options, many_crashes);
    }
}

/* ------------------------------------------------------------------ what loses the node */

/* Locks of libc may be held: going on could wait for them forever. */
static void crash_in_printf(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const char *(*volatile hide)(uintptr_t) = (const char *(*)(uintptr_t))hidden;
    printf("%s %d\n", hide(16), 1);
}

static void crash_in_free(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    void (*volatile release)(void *) = free;
    release(hidden(0x123456789010));
}

/* What lies before a block is malloc's own. */
static void corrupt_the_heap(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    void (*volatile release)(void *) = free;
    volatile unsigned char *block = malloc(2000);
    void *next = malloc(2000);
    for (int i = 0; i < 2100; i++) block[i] = 0xff;
    release(next);
    release((void *)(uintptr_t)block);
}

static void run_it(rs_entry *entry) {
    const rs_runtime_options options = {.threads = 2};
    rs_term reason = 0;
    CHECK_INT(rs_run(&options, entry, NULL, 0, &reason), RS_OK);
}
TEST_DIES(a_crash_in_printf_loses_the_node, SIGSEGV) {
    if (!RS_ASAN && !RS_TSAN) run_it(crash_in_printf);
    printf("left out under this sanitizer: printf\n");
    fflush(stdout);
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
}
TEST_DIES(a_corrupted_heap_loses_the_node, SIGABRT) {
    if (!RS_ASAN && !RS_TSAN) run_it(corrupt_the_heap);
    printf("left out under this sanitizer: heap corruption\n");
    fflush(stdout);
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
}
TEST_DIES(a_crash_in_free_loses_the_node, SIGSEGV) {
    if (!RS_ASAN && !RS_TSAN) run_it(crash_in_free);
    printf("left out under this sanitizer: free\n");
    fflush(stdout);
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
}

TEST_MAIN()
