/* crash_door_test.c: faults met at the runtime's door are those of the process that knocks: a stack
 * that ends there, arguments that point nowhere.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/call.h"
#include "runtime/process/test/puppet.h"

#include <sys/mman.h>

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
    rs_pid witness = new_puppet();
    for (int i = 0; i < 3; i++) {
        rs_ref ref;
        rs_pid pid = rs_spawn_monitor(dives, args, bytes, &ref);
        expect_down(pid, ref, "stack_overflow");
        ask(witness, DO_NOTHING, 0, NULL);
    }
}
TEST(an_overflow_at_the_runtimes_door_is_the_callers) {
    for (uint32_t way = 0; way < 3; way++) everywhere_with(overflow, way);
}

/* ------------------------------------------------------------------ pointers to nowhere */

/* A page that nobody may read or write, and one that may only be read. */
static char *unusable;

static void does_nothing(void *copy) {
    *(volatile char *)copy = 1;
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
    case 4: rs_call(rs_self() ^ 16, &any_type, nowhere, 8, 0); break;
    case 5: rs_spawn(ends, nowhere, 8); break;
    case 6: rs_send_after(MS, rs_self(), &any_type, nowhere, 8); break;
    case 7: rs_cancel_timer(start_timer(LONG_NS, rs_self(), 1), readable); break;
    case 8: rs_blocking(does_nothing, nowhere, 8, 0); break;
    case 9: rs_blocking(does_nothing, readable, 8, 0); break;
    default: rs_send(rs_self(), &any_type, nowhere, 8);
    }
}
#define WAYS 11u

/* Numbers, on the other hand, name somebody or nobody. */
static void names_nobody(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const uint64_t words[] = {0, 1, UINT64_MAX, 0x123456789000, RS_TAG_REF, rs_self() ^ 16};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        send_number(words[i], 1);
        rs_demonitor(words[i], true);
        CHECK(!rs_cancel_timer(words[i], NULL));
        CHECK(!rs_is_alive(words[i]));
        rs_unlink(words[i]);
        rs_exit_signal(words[i], RS_ATOM(kill));
        CHECK_INT(rs_role_of(words[i]), 0);
        rs_ref ref = rs_monitor(words[i]);
        expect_down(words[i], ref, "noproc");
        CHECK(rs_call(words[i], &any_type, NULL, 0, 0).reason == RS_ATOM(noproc));
    }
}

static void nowhere(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid witness = new_puppet();
    rs_ref other;
    rs_pid careless = rs_spawn_monitor(names_nobody, NULL, 0, &other);
    expect_down(careless, other, "normal");
    for (uint32_t way = 0; way < WAYS; way++) {
        /* The sanitizer's copying of structs, and its memcpy, count as libc's. */
        if (RS_TSAN && (way == 1 || way == 9)) continue;
        if (RS_ASAN && way == 9) continue;
        rs_ref ref;
        rs_pid pid = rs_spawn_monitor(points_nowhere, &way, sizeof way, &ref);
        expect_down(pid, ref, "sigsegv");
        ask(witness, DO_NOTHING, 0, NULL);
    }
}
TEST(pointers_to_nowhere_crash_only_who_gave_them) {
    unusable = mmap(NULL, 2 * RS_PAGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                    -1, 0);
    CHECK(unusable != MAP_FAILED);
    CHECK_INT(mprotect(unusable + RS_PAGE_BYTES, RS_PAGE_BYTES, PROT_READ), 0);
    everywhere(nowhere);
}

TEST_MAIN()
