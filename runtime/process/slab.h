/* slab.h: blocks of fixed size classes. A core allocates from its own lists without atomics; a
 * block freed on another core goes home in a batch. Every block is counted in a category, exactly.
 *
 * Invariant: a free block is in one list: its core's, a batch on its way, or the core's returns.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SLAB_H
#define RS_SLAB_H

#include "runtime/base/assert.h"
#include "runtime/base/atomic.h"
#include "runtime/base/limits.h"

#include <stddef.h>

typedef enum rs_category {
    RS_CATEGORY_ARENA,
    RS_CATEGORY_MESSAGE,
    RS_CATEGORY_RELATION,
    RS_CATEGORY_TIMER,
    RS_CATEGORY_STACK,
    RS_CATEGORY_TABLE,
    RS_CATEGORY_OTHER,
    RS_CATEGORY_COUNT
} rs_category;

#define RS_SLAB_CLASSES 19u
#define RS_SLAB_LARGE   255u   /* the class of a block with a mapping of its own */
#define RS_SLAB_MAX     32768u /* the largest block of a class */

typedef struct rs_slab_block {
    struct rs_slab_block *next;
} rs_slab_block;

typedef struct rs_slab_batch {
    rs_slab_block *first, *last;
    uint32_t count;
} rs_slab_batch;

typedef struct rs_slab_cache {
    rs_slab_block *free[RS_SLAB_CLASSES];
    char *bump[RS_SLAB_CLASSES], *end[RS_SLAB_CLASSES]; /* unused rest of the newest superblock */
    rs_slab_batch going[RS_CORES_MAX];                  /* by the core they belong to */
    struct rs_slab_field *fields;                       /* all that this core ever took */
    char *field_bump, *field_end;                       /* superblocks not yet used */
    rs_atomic_u64 live[RS_CATEGORY_COUNT]; /* bytes allocated less bytes freed here; the sum over
                                        cores counts */
    _Alignas(RS_CACHE_LINE) rs_atomic_ptr returns; /* batches from other cores */
} rs_slab_cache;

struct rs_core;
struct rs_larder;

/* Blocks of one class lie in superblocks of this size and alignment, which say whose they are.
 * Large enough that taking one is rare, small enough that 19 classes on two cores stay below the
 * size of a small program's heap once touched. */
#define RS_SUPERBLOCK_BYTES (256u << 10)

typedef struct rs_superblock {
    uint32_t core;
    uint32_t class;
} rs_superblock;

/* rs_superblock_of returns the superblock of a block that has a class. */
static inline rs_superblock *rs_superblock_of(void *block) {
    return (rs_superblock *)((uintptr_t)block & ~(uintptr_t)(RS_SUPERBLOCK_BYTES - 1));
}

/* Two classes per power of two: 2^k and 1.5 * 2^k. */
static const uint32_t rs_slab_sizes[RS_SLAB_CLASSES] = {
    64,   96,   128,  192,  256,  384,   512,   768,   1024,  1536,
    2048, 3072, 4096, 6144, 8192, 12288, 16384, 24576, 32768,
};

/* rs_slab_class returns the class for `bytes`, RS_SLAB_LARGE above RS_SLAB_MAX. */
static inline uint32_t rs_slab_class(size_t bytes) {
    if (bytes <= 64) return 0;
    if (RS_UNLIKELY(bytes > RS_SLAB_MAX)) return RS_SLAB_LARGE;
    uint32_t log = 63u - (uint32_t)__builtin_clzll(bytes - 1); /* 2^log < bytes <= 2^(log+1) */
    uint32_t half = bytes > (UINT64_C(3) << log >> 1);
    return (log - 6) * 2 + half + 1;
}

/* rs_slab_bytes returns the size of a block of `class` that was asked for with `bytes`. */
static inline size_t rs_slab_bytes(uint32_t class, size_t bytes) {
    if (RS_UNLIKELY(class == RS_SLAB_LARGE))
        return (bytes + RS_PAGE_BYTES - 1) & ~(size_t)(RS_PAGE_BYTES - 1);
    return rs_slab_sizes[class];
}

/* rs_slab_refill is rs_slab_take when the list of the class is empty, or the block is large. */
void *rs_slab_refill(rs_slab_cache *cache, struct rs_core *core, uint32_t class, size_t bytes);

/* rs_slab_take returns an uninitialised block of `class` = rs_slab_class(bytes), aligned to 16;
 * NULL when memory is short. `cache` is the core's. In a section. */
static inline void *rs_slab_take(rs_slab_cache *cache, struct rs_core *core, uint32_t class,
                                 size_t bytes, rs_category category) {
    void *block;
    if (RS_LIKELY(class != RS_SLAB_LARGE && cache->free[class])) {
        block = cache->free[class];
        cache->free[class] = cache->free[class]->next;
    } else {
        block = rs_slab_refill(cache, core, class, bytes);
        if (!block) return NULL;
    }
    rs_tally(&cache->live[category], rs_slab_bytes(class, bytes));
    return block;
}

/* rs_slab_alloc returns an uninitialised block of at least `bytes`, aligned to 16; NULL when memory
 * is short. In a section. */
void *rs_slab_alloc(struct rs_core *core, size_t bytes, rs_category category);
/* rs_slab_give_away is rs_slab_give for blocks of other cores, and large ones. */
void rs_slab_give_away(rs_slab_cache *cache, struct rs_core *core, void *block, uint32_t class,
                       size_t bytes);

/* rs_slab_give frees a block of `class` that was asked for with `bytes`. `cache` is that of the
 * core `index`. Any core. In a section. */
static inline void rs_slab_give(rs_slab_cache *cache, struct rs_core *core, uint32_t index,
                                void *memory, uint32_t class, size_t bytes, rs_category category) {
    rs_slab_block *block = (rs_slab_block *)memory;
    rs_tally(&cache->live[category], 0 - (uint64_t)rs_slab_bytes(class, bytes));
    if (RS_UNLIKELY(class == RS_SLAB_LARGE || rs_superblock_of(block)->core != index)) {
        rs_slab_give_away(cache, core, block, class, bytes);
        return;
    }
    block->next = cache->free[class];
    cache->free[class] = block;
}

/* rs_slab_free frees it; `bytes` as allocated. Any core. In a section. */
void rs_slab_free(struct rs_core *core, void *block, size_t bytes, rs_category category);
/* rs_slab_flush sends what belongs to other cores home; for a core about to idle. */
void rs_slab_flush(struct rs_core *core);
/* rs_slab_fini gives all memory of the core's cache back to `larder`; nothing may be in use. */
void rs_slab_fini(rs_slab_cache *cache, struct rs_larder *larder);

#endif
