/* arena_fuzz.c: allocating and freeing in the arena of one process, beside a shadow that knows each
 * block's place, size and mark. Model: what is allocated is aligned to 16, zeroed and overlaps
 * nothing; what was written stays; the arena never holds more than its limit, and refuses only what
 * would come near it; when the process is gone, so is every byte.
 *
 * An operation is two bytes: which of the blocks (free when it is there, else allocate), and its
 * size. The first byte is the limit, and whether the process frees its blocks in the end.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "fuzz/program.h"
#include "runtime/process/arena.h"
#include "runtime/respawn.h"

#include <string.h>

#define BLOCKS 32u
/* The arena asks for chunks that double up to 32 KiB, and a block's own is rounded up by half. */
#define SLACK (48u << 10)

typedef struct block {
    unsigned char *memory;
    size_t bytes;
} block;

static block blocks[BLOCKS];
static rs_program program;
static uint64_t limit, outside; /* bytes in the arenas of others */

/* Around the bounds of the size classes, and far away from them. */
static size_t size_of(uint8_t byte) {
    static const size_t bases[] = {0,    15,   32,   64,   127,   256,   257,    384,
                                   1000, 3071, 4096, 8190, 12000, 33000, 100000, 1u << 20};
    return bases[byte / 16] + byte % 16;
}

static unsigned char mark_of(uint32_t slot) {
    return (unsigned char)(slot * 7 + 1);
}

static uint64_t live(void) {
    rs_memory_use use;
    rs_memory_read(&use);
    return use.arena - outside;
}

static bool overlaps(const block *a, const block *b) {
    return a->memory < b->memory + b->bytes && b->memory < a->memory + a->bytes;
}

/* All bytes equal the first one: compared with themselves, one further on. */
static void check_bytes(const block *this, unsigned char expected) {
    if (this->bytes == 0) return;
    RS_ASSERT(this->memory[0] == expected);
    RS_ASSERT(memcmp(this->memory, this->memory + 1, this->bytes - 1) == 0);
}

static void check_new(uint32_t slot) {
    const block *made = &blocks[slot];
    RS_ASSERT((uintptr_t)made->memory % 16 == 0);
    check_bytes(made, 0);
    for (uint32_t i = 0; i < BLOCKS; i++)
        if (i != slot && blocks[i].memory) RS_ASSERT(!overlaps(made, &blocks[i]));
}

static void check_old(uint32_t slot) {
    check_bytes(&blocks[slot], mark_of(slot));
}

static void take(uint32_t slot, size_t bytes) {
    rs_core *core = rs_section_enter();
    unsigned char *memory = rs_arena_alloc(core, core->current, bytes);
    rs_section_leave(core);
    RS_ASSERT(live() <= limit);
    if (!memory) {
        RS_ASSERT(live() + 2 * bytes + SLACK > limit);
        return;
    }
    blocks[slot] = (block){memory, bytes};
    check_new(slot);
    memset(memory, mark_of(slot), bytes);
}

static void give(uint32_t slot) {
    uint64_t before = live();
    check_old(slot);
    rs_free(blocks[slot].memory, blocks[slot].bytes);
    if (blocks[slot].bytes > (16u << 10)) RS_ASSERT(live() < before); /* large ones go at once */
    blocks[slot].memory = NULL;
}

static void user(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    bool frees = rs_program_byte(&program) % 2;
    while (rs_program_has(&program, 2)) {
        uint32_t slot = rs_program_byte(&program) % BLOCKS;
        size_t size = size_of(rs_program_byte(&program));
        if (blocks[slot].memory)
            give(slot);
        else
            take(slot, size);
    }
    for (uint32_t i = 0; i < BLOCKS; i++)
        if (blocks[i].memory && frees) give(i);
}

static void world(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_memory_use before, after;
    rs_ref ref;
    rs_pid pid;
    const rs_spawn_options options = {
        .entry = user, .monitor = true, .ref = &ref, .arena_bytes = limit};
    rs_memory_read(&before);
    outside = before.arena;
    RS_ASSERT(rs_spawn_opt(&options, &pid) == RS_OK);
    const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
    RS_ASSERT(message->kind == RS_MESSAGE_DOWN);
    RS_ASSERT(rs_message_reason(message) == RS_ATOM(normal));
    rs_memory_read(&after);
    RS_ASSERT(after.arena == before.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint64_t pages[] = {1, 2, 5, 16, 100, 1000};
    const rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL, .processes_max = 64};
    program = rs_program_of(data, size);
    limit = pages[rs_program_byte(&program) % (sizeof pages / sizeof *pages)] * RS_PAGE_BYTES;
    memset(blocks, 0, sizeof blocks);
    RS_ASSERT(rs_run(&options, world, NULL, 0, NULL) == RS_OK);
    return 0;
}
