/* memory_test.c: private memory against a model, its limit, and that every byte comes back whatever
 * a process was in the middle of when it died.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/prng.h"
#include "runtime/process/arena.h"
#include "runtime/process/call.h"
#include "runtime/process/test/run.h"

#include <stdlib.h>

/* ------------------------------------------------------------------ the arena */

#define BLOCKS 200

typedef struct block {
    unsigned char *memory;
    size_t bytes;
    unsigned char mark;
} block;

static size_t random_size(rs_prng *random) {
    static const uint64_t scales[] = {16, 64, 300, 3000, 40000, 300000};
    return 1 + rs_prng_below(random, scales[rs_prng_below(random, 6)]);
}

/* All bytes equal the first one: compared with themselves, one further on. */
static void check_bytes(const unsigned char *memory, size_t bytes, unsigned char mark) {
    CHECK_INT(memory[0], mark);
    CHECK(memcmp(memory, memory + 1, bytes - 1) == 0);
}

static void take_block(block *this, rs_prng *random) {
    this->bytes = random_size(random);
    this->mark = (unsigned char)rs_prng_next(random);
    this->memory = rs_alloc(this->bytes);
    CHECK(this->memory != NULL);
    CHECK_INT((uintptr_t)this->memory % 16, 0);
    check_bytes(this->memory, this->bytes, 0);
    memset(this->memory, this->mark, this->bytes);
}

static void give_block(block *this) {
    check_bytes(this->memory, this->bytes, this->mark);
    rs_free(this->memory, this->bytes);
    this->memory = NULL;
}

static void arena_user(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_prng random;
    block blocks[BLOCKS] = {0};
    rs_prng_init_indexed(&random, 3, "memory/arena", *(const uint64_t *)args);
    for (int step = 0; step < 1000; step++) {
        block *this = &blocks[rs_prng_below(&random, BLOCKS)];
        if (this->memory)
            give_block(this);
        else
            take_block(this, &random);
        if (step % 50 == 0) rs_yield();
    }
    if (*(const uint64_t *)args % 2) return; /* whole, with the process */
    for (int i = 0; i < BLOCKS; i++)
        if (blocks[i].memory) give_block(&blocks[i]);
}

static void arenas(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_memory_read(&before);
    for (uint64_t i = 0; i < 4; i++) {
        rs_ref ref = 0;
        CHECK(rs_spawn_monitor(arena_user, &i, sizeof i, &ref) != 0);
    }
    for (int i = 0; i < 4; i++) {
        const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
        CHECK(message != NULL && message->kind == RS_MESSAGE_DOWN);
        CHECK(rs_message_reason(message) == RS_ATOM(normal));
    }
    rs_receive(NULL, NULL, 0);
    memory_is(&before);
}
TEST(private_memory_is_zeroed_aligned_and_apart) {
    everywhere(arenas);
}

static void all_given_back(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before, during;
    rs_memory_read(&before);
    void *memory[100];
    for (size_t i = 0; i < 100; i++) memory[i] = rs_alloc(100 * i + 1);
    rs_memory_read(&during);
    CHECK(during.arena >= before.arena + 100 * 99 / 2 * 100);
    for (size_t i = 0; i < 100; i++) rs_free(memory[i], 100 * i + 1);
    /* The same again and again takes no more room. */
    rs_memory_read(&before);
    for (int round = 0; round < 100; round++) {
        for (size_t i = 0; i < 100; i++) memory[i] = rs_alloc(100 * i + 1);
        for (size_t i = 0; i < 100; i++) rs_free(memory[i], 100 * i + 1);
    }
    rs_memory_read(&during);
    CHECK_INT(during.arena, before.arena);
}
TEST(freed_memory_is_used_again) {
    everywhere(all_given_back);
}

static void fill_with(unsigned char *memory, size_t bytes, int with) {
    CHECK_INT((uintptr_t)memory % 16, 0);
    memset(memory, with, bytes);
}

/* What is freed must come back only to blocks for which it has room. */
static void odd_blocks(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    fill_with(rs_alloc(16), 16, 1);
    fill_with(rs_alloc(2000), 2000, 2); /* a new chunk: the next blocks lie side by side */
    unsigned char *odd = rs_alloc(257), *neighbour = rs_alloc(64);
    fill_with(odd, 257, 3);
    fill_with(neighbour, 64, 0x5a);
    rs_free(odd, 257);
    fill_with(rs_alloc(384), 384, 4);
    for (int i = 0; i < 64; i++) CHECK_INT(neighbour[i], 0x5a);
}
TEST(a_freed_block_never_grows_into_its_neighbour) {
    everywhere(odd_blocks);
}

static void first_blocks(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    fill_with(rs_alloc(variant_of(args)), variant_of(args), 1);
    fill_with(rs_alloc(24), 24, 2);
}
TEST(a_first_block_of_any_size_is_aligned) {
    const uint32_t sizes[] = {1, 16, 17, 64, 100, 257, 3000, 8192, 8193, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        run_with(&one_core, first_blocks, sizes[i]);
}

typedef struct hog_args {
    size_t piece;
    uint64_t limit;
} hog_args;

static void hog(const void *args, uint32_t bytes) {
    (void)bytes;
    const hog_args *this = args;
    for (uint64_t total = 0; total <= this->limit; total += this->piece) {
        unsigned char *memory = rs_alloc(this->piece);
        memory[0] = memory[this->piece - 1] = 1;
    }
    rs_exit(RS_ATOM(ok)); /* it was allowed more than its limit */
}

static void within(const void *args, uint32_t bytes) {
    (void)bytes;
    const hog_args *this = args;
    for (uint64_t total = 0; total + this->piece <= this->limit / 2; total += this->piece)
        rs_alloc(this->piece);
}

static void expect_reason(rs_pid pid, rs_ref ref, const char *expected) {
    const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
    CHECK(message != NULL && message->from == pid && message->ref == ref);
    char text[64];
    rs_term_print(rs_message_reason(message), text, sizeof text);
    CHECK_STR(text, expected);
}

static void spawn_limited(rs_entry *entry, const hog_args *args, const char *expected) {
    rs_pid pid = 0;
    rs_ref ref = 0;
    const rs_spawn_options options = {.entry = entry,
                                      .args = args,
                                      .bytes = sizeof *args,
                                      .monitor = true,
                                      .ref = &ref,
                                      .arena_bytes = args->limit};
    CHECK_INT(rs_spawn_opt(&options, &pid), RS_OK);
    expect_reason(pid, ref, expected);
}

static void hogs(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_memory_read(&before);
    static const size_t pieces[] = {16, 100, 1000, 5000, 70000, 1u << 20, 3u << 20};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        const hog_args limited = {pieces[i], pieces[i] < 1000 ? 256u << 10 : 4u << 20};
        spawn_limited(hog, &limited, "{system_limit,memory}");
        spawn_limited(within, &limited, "normal");
    }
    const hog_args all = {4u << 20, RS_ARENA_BYTES_MAX};
    rs_ref ref = 0;
    rs_pid pid = rs_spawn_monitor(hog, &all, sizeof all, &ref); /* the limit without options */
    expect_reason(pid, ref, "{system_limit,memory}");
    const hog_args absurd = {(size_t)1 << 62, 0};
    pid = rs_spawn_monitor(hog, &absurd, sizeof absurd, &ref);
    expect_reason(pid, ref, "{system_limit,memory}");
    const hog_args wrapping = {SIZE_MAX - 4, 0};
    pid = rs_spawn_monitor(hog, &wrapping, sizeof wrapping, &ref);
    expect_reason(pid, ref, "{system_limit,memory}");
    rs_receive(NULL, NULL, 0);
    memory_is(&before);
}
TEST(the_limit_ends_the_hog_alone) {
    everywhere(hogs);
}

/* ------------------------------------------------------------------ deaths in the middle */

typedef struct middle {
    rs_pid boss, server, before; /* before: the one spawned just before, or 0 */
    uint64_t number;
} middle;

/* Never answers: its callers wait. */
static void mute(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (;;) rs_receive(NULL, NULL, RS_FOREVER);
}

static void end_somehow(const middle *this) {
    rs_term reason = 0;
    switch (this->number % 6) {
    case 0: return;
    case 1: rs_crash(RS_ATOM(sigsegv));
    case 2: rs_term_parse("{some,\"reason\",{of,many,words}}", &reason); rs_exit(reason);
    case 3: rs_exit(rs_call(this->server, &any_type, "call", 5, RS_FOREVER).reason);
    case 4: rs_alloc((size_t)1 << 40); return;
    default: rs_receive(NULL, NULL, RS_FOREVER); return;
    }
}

/* entangle leaves as many loose ends as a process can have. */
static void entangle(const void *args, uint32_t bytes) {
    (void)bytes;
    const middle *this = args;
    char text[300] = {0};
    rs_trap_exit(this->number % 2);
    rs_alloc(1000 + this->number * 37 % 30000);
    rs_alloc(100);
    for (uint32_t i = 0; i < 5; i++) rs_send(rs_self(), &any_type, text, i * 60);
    rs_send(this->server, &any_type, text, sizeof text);
    rs_send_after(3600000 * MS, rs_self(), &any_type, text, 100);
    rs_send_after(3600000 * MS, rs_self(), &any_type, text, 1);
    rs_send_after(MS, this->server, &any_type, text, 10);
    rs_cancel_timer(rs_send_after(3600000 * MS, rs_self(), &any_type, text, 10), NULL);
    rs_monitor(this->boss);
    rs_monitor(this->server);
    rs_monitor(this->server);
    rs_demonitor(rs_monitor(this->server), false);
    if (this->before) {
        rs_send(this->before, &any_type, text, 200);
        rs_ref other = rs_monitor(this->before);
        if (this->number % 3 == 0) rs_demonitor(other, true);
        if (rs_trap_exit(true)) rs_trap_exit(true);
        rs_link(this->before);
        if (this->number % 5 == 0) rs_unlink(this->before);
        rs_trap_exit(this->number % 2);
    }
    if (this->number % 7 == 0) rs_register(rs_atom_find("memory_entangled"), rs_self());
    if (this->number % 4 == 0) rs_yield();
    end_somehow(this);
}

static void entangled(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    enum { CROWD = 120 };
    rs_memory_use before;
    rs_pid pids[CROWD];
    rs_trap_exit(true);
    for (int round = 0; round < 5; round++) {
        if (round == 1) read_settled(&before); /* round 0 warms up what is kept */
        rs_pid server = rs_spawn(mute, NULL, 0);
        middle each = {.boss = rs_self(), .server = server};
        for (uint64_t i = 0; i < CROWD; i++) {
            each.number = i + (uint64_t)round * 7;
            each.before = i ? pids[i - 1] : 0;
            pids[i] = rs_spawn(entangle, &each, sizeof each);
            CHECK(pids[i] != 0);
        }
        for (int i = 0; i < CROWD; i += 3) rs_monitor(pids[i]);
        rs_receive(NULL, NULL, (uint64_t)round * MS / 2);
        for (int i = CROWD - 1; i >= 0; i -= 2) rs_exit_signal(pids[i], RS_ATOM(kill));
        rs_exit_signal(server, RS_ATOM(kill));
        for (int i = 0; i < CROWD; i += 2) rs_exit_signal(pids[i], RS_ATOM(kill));
        for (int i = 0; i < CROWD; i++)
            while (rs_is_alive(pids[i])) rs_receive(NULL, NULL, MS / 10);
        while (rs_is_alive(server)) rs_receive(NULL, NULL, MS / 10);
        while (rs_receive(NULL, NULL, 2 * MS)) {
        }
    }
    memory_is(&before);
}
TEST(every_byte_comes_back_from_the_middle_of_everything) {
    everywhere(entangled);
}

/* ------------------------------------------------------------------ one kind at a time */

static void full_mailbox(rs_pid pid) {
    char payload[5000] = {0};
    for (uint32_t i = 0; i < 100; i++) rs_send(pid, &any_type, payload, i * 50);
}
static void many_timers(rs_pid pid) {
    char payload[500] = {0};
    for (uint32_t i = 0; i < 50; i++)
        rs_send_after(MS + i * MS / 10, pid, &any_type, payload, i * 10);
}
static void many_monitors(rs_pid pid) {
    for (int i = 0; i < 100; i++) rs_monitor(pid);
}
static void demonitored(rs_pid pid) {
    rs_ref refs[100];
    for (int i = 0; i < 100; i++) refs[i] = rs_monitor(pid);
    for (int i = 0; i < 100; i++) rs_demonitor(refs[99 - i], i & 1);
}
static void linked(rs_pid pid) {
    for (int i = 0; i < 100; i++) {
        rs_link(pid);
        if (i % 3 == 0) rs_unlink(pid);
    }
}
static void signalled(rs_pid pid) {
    rs_term reason = 0;
    CHECK_INT(rs_term_parse("{a,\"reason\"}", &reason), RS_OK);
    for (int i = 0; i < 100; i++) rs_exit_signal(pid, reason);
    rs_term_release(reason);
}
static void interrupted(rs_pid pid) {
    for (uint64_t i = 0; i < 100; i++) rs_interrupt(pid, (void (*)(uint64_t))abort, i, 0);
}
static void given_up_calls(rs_pid pid) {
    for (int i = 0; i < 20; i++) {
        rs_call_result result = rs_call(pid, &any_type, "abc", 4, 1000);
        CHECK(result.reply == NULL);
        rs_term_release(result.reason);
    }
}

static void each_kind(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static void (*const kinds[])(rs_pid) = {full_mailbox, many_timers, many_monitors, demonitored,
                                            linked,       signalled,   given_up_calls};
    rs_trap_exit(true);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        rs_memory_use before;
        for (int round = 0; round < 6; round++) {
            if (round == 1) read_settled(&before);
            static rs_entry *const entries[] = {ends, waits, mute};
            rs_pid pid = rs_spawn(entries[round % 3], NULL, 0);
            kinds[i](pid);
            rs_exit_signal(pid, RS_ATOM(kill));
            while (rs_is_alive(pid)) rs_receive(NULL, NULL, MS / 10);
            while (rs_receive(NULL, NULL, 10 * MS)) {
            }
            /* Timers that have fired are swept by the next start. */
            rs_cancel_timer(rs_send_after(MS, rs_self(), &any_type, NULL, 0), NULL);
        }
        memory_is(&before);
    }
}
TEST(every_kind_of_loose_end_is_taken_up) {
    everywhere(each_kind);
}

static void links_the_dead(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_link(*(const rs_pid *)args);
}

/* What is begun with somebody whose slot is empty, or with oneself, ends at once. */
static void with_nobody(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ref ref = 0;
    rs_pid dead = rs_spawn_monitor(ends, NULL, 0, &ref);
    CHECK(rs_receive(NULL, NULL, LONG_NS) != NULL);
    rs_memory_use before;
    rs_receive(NULL, NULL, 0);
    read_settled(&before);
    for (int i = 0; i < 100; i++) {
        CHECK(rs_spawn_monitor(links_the_dead, &dead, sizeof dead, &ref) != 0); /* dies: noproc */
        rs_demonitor(rs_monitor(dead), i & 1);
        rs_link(rs_self());
    }
    memory_is(&before);
}
TEST(nothing_is_kept_for_the_dead) {
    everywhere(with_nobody);
}

static void interrupted_late(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_memory_read(&before);
    rs_pid pid = rs_spawn(waits, NULL, 0);
    rs_exit_signal(pid, RS_ATOM(kill));
    interrupted(pid); /* behind the kill: no action may run */
    while (rs_is_alive(pid)) rs_receive(NULL, NULL, MS / 10);
    memory_is(&before);
}
TEST(interrupts_of_the_dead_vanish) {
    everywhere(interrupted_late);
}

static void left_behind(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pids[50];
    for (uint64_t i = 0; i < 50; i++) {
        middle each = {rs_self(), i > 1 ? pids[i - 2] : rs_self(), i ? pids[i - 1] : 0, i};
        pids[i] = rs_spawn(i % 4 ? entangle : waits, &each, sizeof each);
    }
    full_mailbox(pids[1]);
    full_mailbox(rs_self());
    rs_receive(NULL, NULL, 0);
}
/* Under LeakSanitizer: what is alive when the first process ends goes with the run. */
TEST(runs_leave_nothing_behind) {
    for (int i = 0; i < 5; i++) everywhere(left_behind);
}

/* ------------------------------------------------------------------ parts of a process's memory */

static void fill(struct rs_arena *part, size_t bytes) {
    struct rs_arena *before = rs_arena_use(part);
    for (size_t done = 0; done < bytes; done += 1000) memset(rs_alloc(1000), 0xff, 1000);
    rs_free(rs_alloc(100000), 100000);
    CHECK(rs_arena_use(before) == part);
}

static void takes_too_much(void *part) {
    fill(part, 1u << 30);
}

static void parts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    struct rs_arena *some[8];
    rs_free(rs_alloc(64), 64); /* the first arena stays */
    read_settled(&before);
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 8; i++) fill(some[i] = rs_arena_open(), 10000);
        for (int i = 0; i < 8; i++) {
            char *zeroed = rs_alloc(64);
            for (int j = 0; j < 64; j++) CHECK_INT(zeroed[j], 0);
            rs_free(zeroed, 64);
            rs_arena_close(some[(i * 3 + round) & 7]);
        }
        memory_is(&before);
    }
}
TEST(a_part_is_freed_by_itself) {
    everywhere(parts);
}

static void dies_with_parts(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    struct rs_arena *part = NULL;
    for (int i = 0; i < 8; i++) fill(part = rs_arena_open(), 5000);
    rs_arena_use(part);
    rs_alloc(100);
    rs_exit(RS_ATOM(shutdown));
}

static void over_all(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_term reason;
    struct rs_arena *one = rs_arena_open(), *two = rs_arena_open();
    fill(one, 500u << 10);
    fill(two, 200u << 10);
    CHECK_INT(rs_catch(takes_too_much, two, &reason), RS_CAUGHT_EXIT);
    rs_exit(RS_ATOM(killed)); /* with `two` in use: its function never came to change that */
}

static void parts_of_the_dead(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    read_settled(&before);
    for (int i = 0; i < 50; i++) rs_spawn(dies_with_parts, NULL, 0);
    rs_pid pid;
    rs_ref ref;
    const rs_spawn_options small = {
        .entry = over_all, .arena_bytes = 1u << 20, .monitor = true, .ref = &ref};
    CHECK_INT(rs_spawn_opt(&small, &pid), RS_OK);
    const rs_message *down = rs_receive(NULL, NULL, LONG_NS);
    CHECK(down != NULL && rs_message_reason(down) == RS_ATOM(killed));
    memory_is(&before);
}
TEST(parts_go_with_their_process_and_share_its_limit) {
    everywhere(parts_of_the_dead);
}

TEST_MAIN()
