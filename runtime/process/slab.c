/* slab.c: blocks of fixed size classes.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/slab.h"

#include "runtime/process/process.h"
#include "runtime/process/region.h"

/* Large enough that taking one is rare, small enough that 19 classes on two cores stay below the
 * size of a small program's heap once touched. */
#define SUPERBLOCK (256u << 10)
/* Blocks of other cores that wait here; a batch costs one locked operation. */
#define BATCH 32u

/* Superblocks are cut from fields of huge pages: a mass start touches memory faster than anything
 * else it does, and one fault for 2 MiB is cheaper than 512. */
#define FIELD     (8u << 20)
#define HUGE_PAGE (2u << 20)

typedef struct rs_superblock {
    uint32_t core;
    uint32_t class;
} rs_superblock;

/* Lies at the start of a field's first superblock, behind its header. */
typedef struct rs_slab_field {
    rs_superblock header;
    struct rs_slab_field *next;
} rs_slab_field;

static const uint32_t class_bytes[RS_SLAB_CLASSES] = {
    64,   96,   128,  192,  256,  384,   512,   768,   1024,  1536,
    2048, 3072, 4096, 6144, 8192, 12288, 16384, 24576, 32768,
};

uint32_t rs_slab_class(size_t bytes) {
    if (bytes <= 64) return 0;
    if (bytes > RS_SLAB_MAX) return RS_SLAB_LARGE;
    /* Two classes per power of two: 2^k and 1.5 * 2^k. */
    uint32_t log = 63u - (uint32_t)__builtin_clzll(bytes - 1); /* 2^log < bytes <= 2^(log+1) */
    uint32_t half = bytes > (UINT64_C(3) << log >> 1);
    return (log - 6) * 2 + half + 1;
}

size_t rs_slab_bytes(uint32_t class, size_t bytes) {
    return class == RS_SLAB_LARGE ? (bytes + RS_PAGE_BYTES - 1) & ~(size_t)(RS_PAGE_BYTES - 1)
                                  : class_bytes[class];
}

static rs_superblock *superblock_of(void *block) {
    return (rs_superblock *)((uintptr_t)block & ~(uintptr_t)(SUPERBLOCK - 1));
}

static bool take_field(rs_slab_cache *cache) {
    rs_slab_field *field = rs_region_reserve(FIELD, HUGE_PAGE);
    if (!field) return false;
    rs_region_huge(field, FIELD);
    field->next = cache->fields;
    cache->fields = field;
    cache->field_bump = (char *)field;
    cache->field_end = (char *)field + FIELD;
    return true;
}

static bool take_superblock(rs_core *core, uint32_t class) {
    rs_slab_cache *cache = &core->slab;
    if (cache->field_bump == cache->field_end && !take_field(cache)) return false;
    rs_superblock *super = (rs_superblock *)(void *)cache->field_bump;
    cache->field_bump += SUPERBLOCK;
    super->core = core->index;
    super->class = class;
    cache->bump[class] = (char *)super + RS_CACHE_LINE;
    cache->end[class] = (char *)super + SUPERBLOCK;
    return true;
}

/* collect_returns sorts what other cores sent home into our lists. */
static void collect_returns(rs_slab_cache *cache) {
    /* acquire pairs with send_home's release: the others' last uses come before ours. */
    rs_slab_block *block = rs_swap(&cache->returns, NULL, rs_acquire);
    while (block) {
        rs_slab_block *next = block->next;
        uint32_t class = superblock_of(block)->class;
        block->next = cache->free[class];
        cache->free[class] = block;
        block = next;
    }
}

static void *alloc_slow(rs_core *core, uint32_t class) {
    rs_slab_cache *cache = &core->slab;
    if (rs_load(&cache->returns, rs_relaxed)) {
        collect_returns(cache);
        rs_slab_block *block = cache->free[class];
        if (block) {
            cache->free[class] = block->next;
            return block;
        }
    }
    uint32_t bytes = class_bytes[class];
    if (cache->end[class] - cache->bump[class] < (ptrdiff_t)bytes && !take_superblock(core, class))
        return NULL;
    void *block = cache->bump[class];
    cache->bump[class] += bytes;
    return block;
}

void *rs_slab_alloc(rs_core *core, size_t bytes, rs_category category) {
    uint32_t class = rs_slab_class(bytes);
    rs_slab_cache *cache = &core->slab;
    void *block;
    if (RS_UNLIKELY(class == RS_SLAB_LARGE)) {
        block = rs_region_reserve(rs_slab_bytes(class, bytes), RS_PAGE_BYTES);
    } else if (RS_LIKELY(cache->free[class] != NULL)) {
        rs_slab_block *first = cache->free[class];
        cache->free[class] = first->next;
        block = first;
    } else {
        block = alloc_slow(core, class);
    }
    if (block) rs_tally(&cache->live[category], rs_slab_bytes(class, bytes));
    return block;
}

static void send_home(rs_core *core, uint32_t owner) {
    rs_slab_batch *batch = &core->slab.going[owner];
    rs_atomic_ptr *returns = &core->runtime->cores[owner].slab.returns;
    void *head = rs_load(returns, rs_relaxed);
    do batch->last->next = head;
    /* release pairs with collect_returns. */
    while (!rs_cas(returns, &head, batch->first, rs_release));
    *batch = (rs_slab_batch){0};
}

static void free_remote(rs_core *core, rs_slab_block *block, uint32_t owner) {
    rs_slab_batch *batch = &core->slab.going[owner];
    block->next = batch->first;
    batch->first = block;
    if (!batch->last) batch->last = block;
    if (++batch->count >= BATCH) send_home(core, owner);
}

void rs_slab_free(rs_core *core, void *memory, size_t bytes, rs_category category) {
    uint32_t class = rs_slab_class(bytes);
    rs_tally(&core->slab.live[category], 0 - (uint64_t)rs_slab_bytes(class, bytes));
    if (RS_UNLIKELY(class == RS_SLAB_LARGE)) {
        rs_region_release(memory, rs_slab_bytes(class, bytes));
        return;
    }
    rs_slab_block *block = memory;
    uint32_t owner = superblock_of(block)->core;
    if (RS_UNLIKELY(owner != core->index)) {
        free_remote(core, block, owner);
        return;
    }
    block->next = core->slab.free[class];
    core->slab.free[class] = block;
}

void rs_slab_flush(rs_core *core) {
    for (uint32_t owner = 0; owner < core->runtime->core_count; owner++)
        if (core->slab.going[owner].count) send_home(core, owner);
}

void rs_slab_fini(rs_slab_cache *cache) {
    while (cache->fields) {
        rs_slab_field *field = cache->fields;
        cache->fields = field->next;
        rs_region_release(field, FIELD);
    }
}
