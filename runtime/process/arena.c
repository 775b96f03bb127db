/* arena.c: the private memory of one process.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/arena.h"

#include "runtime/base/sanitize.h"
#include "runtime/process/bend.h"
#include "runtime/process/catch.h"
#include "runtime/process/signal.h"

#include <string.h>

/* The first chunk holds the arena's head and a small state, so that an idle table stays tiny; the
 * others begin at twice this and double. */
#define FIRST_CHUNK    64u
#define NEXT_CHUNK_LOG 8u
#define CHUNK_MAX_LOG  15u
/* Larger blocks get a chunk of their own, which rs_arena_free gives back at once. */
#define LARGE 8192u
/* Size classes of freed blocks: 16 … 256 by 16, then two per power of two up to LARGE. */
#define FREE_CLASSES (16u + 10u)

typedef struct chunk {
    rs_list list;
    uint64_t bytes;
    uint64_t padding;
} chunk;

typedef struct free_block {
    struct free_block *next;
} free_block;

/* Lies at the start of the first chunk. */
struct rs_arena {
    _Alignas(16) rs_list *chunks; /* the later ones */
    struct rs_arena *next;        /* of the process's, in a ring */
    uint64_t bytes;               /* of all chunks */
    char *bump;                   /* from here on poisoned, as is what was freed but for its link */
    free_block **freed;           /* FREE_CLASSES heads, made at the first rs_arena_free */
    uint32_t room;                /* at bump */
    uint16_t first_bytes;
    uint8_t next_log;
};

_Static_assert(sizeof(struct rs_arena) + 16 == FIRST_CHUNK, "an idle table's arena is one line");
_Static_assert(1u << CHUNK_MAX_LOG == RS_SLAB_MAX, "the largest chunk is the largest block");

static uint32_t class_of(size_t bytes, size_t *rounded) {
    if (bytes <= 256) {
        uint32_t class = bytes == 0 ? 0 : (uint32_t)((bytes - 1) / 16);
        *rounded = (class + 1u) * 16u;
        return class;
    }
    uint32_t log = 63u - (uint32_t)__builtin_clzll(bytes - 1); /* 2^log < bytes */
    size_t half = UINT64_C(3) << log >> 1;
    uint32_t upper = bytes > half;
    *rounded = upper ? (size_t)2 << log : half;
    return 16u + (log - 8u) * 2u + upper;
}

uint64_t rs_arena_bytes(const rs_process *process) {
    return process->arena ? process->arena->bytes : 0;
}

static uint64_t limit_of(const rs_process *process) {
    return (uint64_t)process->arena_pages * RS_PAGE_BYTES;
}

static uint64_t bytes_of(const struct rs_arena *first) {
    uint64_t bytes = first ? first->bytes : 0;
    if (first)
        for (const struct rs_arena *at = first->next; at != first; at = at->next)
            bytes += at->bytes;
    return bytes;
}

/* take returns a block of at least *bytes, which is set to its size, within the limit. */
static void *take(rs_core *core, rs_process *process, size_t *bytes) {
    uint64_t before = bytes_of(process->arena), limit = limit_of(process);
    *bytes = rs_slab_bytes(rs_slab_class(*bytes), *bytes);
    if (*bytes > limit || before > limit - *bytes) return NULL;
    return rs_slab_alloc(core, *bytes, RS_CATEGORY_ARENA);
}

/* hand_out zeroes `rounded` bytes, of which the process gets `bytes`. */
static void *hand_out(void *memory, size_t bytes, size_t rounded) {
    RS_UNPOISON(memory, rounded);
    memset(memory, 0, rounded);
    RS_POISON((char *)memory + bytes, rounded - bytes);
    return memory;
}

static void give_back(rs_core *core, void *block, size_t bytes) {
    RS_UNPOISON(block, bytes);
    rs_slab_free(core, block, bytes, RS_CATEGORY_ARENA);
}

static bool create(rs_core *core, rs_process *process, size_t first_block) {
    size_t bytes = sizeof(struct rs_arena) + first_block;
    struct rs_arena *arena = take(core, process, &bytes);
    if (!arena) return false;
    *arena = (struct rs_arena){.bytes = bytes,
                               .bump = (char *)(arena + 1),
                               .room = (uint32_t)(bytes - sizeof *arena),
                               .first_bytes = (uint16_t)bytes,
                               .next_log = NEXT_CHUNK_LOG};
    RS_POISON(arena->bump, arena->room);
    struct rs_arena *other = process->arena;
    arena->next = other ? other->next : arena;
    if (other) other->next = arena;
    process->arena = arena;
    return true;
}

static chunk *add_chunk(rs_core *core, rs_process *process, size_t bytes) {
    struct rs_arena *arena = process->arena;
    chunk *made = take(core, process, &bytes);
    if (!made) return NULL;
    made->bytes = bytes;
    rs_list_append(&arena->chunks, &made->list);
    arena->bytes += bytes;
    return made;
}

static bool grow(rs_core *core, rs_process *process, size_t block) {
    struct rs_arena *arena = process->arena;
    size_t bytes = sizeof(chunk) + block;
    if (bytes < (size_t)1 << arena->next_log) bytes = (size_t)1 << arena->next_log;
    chunk *made = add_chunk(core, process, bytes);
    if (!made) return false;
    if (arena->next_log < CHUNK_MAX_LOG) arena->next_log++;
    arena->bump = (char *)(made + 1);
    arena->room = (uint32_t)(made->bytes - sizeof *made);
    RS_POISON(arena->bump, arena->room);
    return true;
}

static void *alloc_large(rs_core *core, rs_process *process, size_t bytes) {
    chunk *own = add_chunk(core, process, sizeof(chunk) + bytes);
    return own ? hand_out(own + 1, bytes, own->bytes - sizeof *own) : NULL;
}

void *rs_arena_alloc(rs_core *core, rs_process *process, size_t bytes) {
    if (bytes > limit_of(process)) return NULL;
    size_t rounded = 0;
    uint32_t class = bytes > LARGE ? 0 : class_of(bytes, &rounded);
    if (!process->arena && !create(core, process, rounded)) return NULL;
    if (bytes > LARGE) return alloc_large(core, process, bytes);
    struct rs_arena *arena = process->arena;
    free_block *freed = arena->freed ? arena->freed[class] : NULL;
    if (freed) {
        arena->freed[class] = freed->next;
        return hand_out(freed, bytes, rounded);
    }
    if (arena->room < rounded && !grow(core, process, rounded)) return NULL;
    void *memory = arena->bump;
    arena->bump += rounded;
    arena->room -= (uint32_t)rounded;
    return hand_out(memory, bytes, rounded);
}

static void free_large(rs_core *core, struct rs_arena *arena, void *memory) {
    chunk *own = (chunk *)memory - 1;
    rs_list_remove(&arena->chunks, &own->list);
    arena->bytes -= own->bytes;
    give_back(core, own, own->bytes);
}

void rs_arena_free(rs_core *core, rs_process *process, void *memory, size_t bytes) {
    struct rs_arena *arena = process->arena;
    if (bytes > LARGE) {
        free_large(core, arena, memory);
        return;
    }
    if (!arena->freed) {
        arena->freed = rs_arena_alloc(core, process, FREE_CLASSES * sizeof(free_block *));
        if (!arena->freed) return; /* over the limit: the block comes back with the arena */
    }
    size_t rounded;
    uint32_t class = class_of(bytes, &rounded);
    free_block *freed = memory;
    RS_POISON(memory, rounded);
    RS_UNPOISON(freed, sizeof *freed);
    freed->next = arena->freed[class];
    arena->freed[class] = freed;
}

static void release(rs_core *core, struct rs_arena *arena) {
    while (arena->chunks) {
        chunk *last = RS_CONTAINER(rs_list_last(arena->chunks), chunk, list);
        rs_list_remove(&arena->chunks, &last->list);
        give_back(core, last, last->bytes);
    }
    give_back(core, arena, arena->first_bytes);
}

void rs_arena_release(rs_core *core, rs_process *process) {
    struct rs_arena *last = process->arena;
    if (!last) return;
    process->arena = NULL;
    for (struct rs_arena *at = last->next, *next; at != last; at = next) {
        next = at->next;
        release(core, at);
    }
    release(core, last);
}

/* ---------------------------------------------------------------- for users */

static bool open(rs_core *core, rs_process *self) {
    if (!self->arena && !create(core, self, 0)) return false;
    return create(core, self, 0);
}

struct rs_arena *rs_arena_open(void) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_process *self = core->current;
    struct rs_arena *before = self->arena;
    if (!open(core, self)) rs_catch_raise(core, rs_signal_out_of_memory());
    struct rs_arena *made = self->arena;
    self->arena = before ? before : made->next;
    rs_section_leave(core);
    return made;
}

struct rs_arena *rs_arena_use(struct rs_arena *arena) {
    rs_core *core = rs_section_enter();
    struct rs_arena *before = core->current->arena;
    core->current->arena = arena;
    rs_section_leave(core);
    return before;
}

void rs_arena_close(struct rs_arena *arena) {
    rs_core *core = rs_section_enter();
    RS_ASSERT(arena != core->current->arena);
    struct rs_arena *before = arena;
    while (before->next != arena) before = before->next;
    before->next = arena->next;
    release(core, arena);
    rs_section_leave(core);
}

void *rs_alloc(size_t bytes) {
    rs_core *core = rs_gate(rs_section_enter());
    void *memory = rs_bend_fails(core) ? NULL : rs_arena_alloc(core, core->current, bytes);
    if (!memory) rs_catch_raise(core, rs_signal_out_of_memory());
    rs_section_leave(core);
    return memory;
}

void rs_free(void *memory, size_t bytes) {
    if (!memory) return;
    rs_core *core = rs_section_enter();
    rs_arena_free(core, core->current, memory, bytes);
    rs_section_leave(core);
}
