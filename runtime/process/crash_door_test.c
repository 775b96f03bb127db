/* crash_door_test.c: faults met at the runtime's door are those of the process that knocks: a stack
 * that ends there, arguments that point nowhere.
 * SPDX-License-Identifier: MIT
 */
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
    rs_pid witness = new_puppet();
    for (uint32_t way = 0; way < 5; way++) {
        if (RS_TSAN && way == 1) continue; /* its copying of structs counts as libc's */
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
