/* slab.h: blocks of fixed size classes. A core allocates from its own lists without atomics; a
 * block freed on another core goes home in a batch. Every block is counted in a category, exactly.
 *
 * Invariant: a free block is in one list: its core's, a batch on its way, or the core's returns.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SLAB_H
#define RS_SLAB_H

#include "runtime/base/atomic.h"
#include "runtime/base/limits.h"

#include <stddef.h>

typedef enum rs_category {
    RS_CATEGORY_ARENA,
    RS_CATEGORY_MESSAGE,
    RS_CATEGORY_RELATION,
    RS_CATEGORY_TIMER,
    RS_CATEGORY_STACK,
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

/* rs_slab_class returns the class for `bytes`, RS_SLAB_LARGE above RS_SLAB_MAX. */
uint32_t rs_slab_class(size_t bytes);
/* rs_slab_bytes returns the size of a block of `class` that was asked for with `bytes`. */
size_t rs_slab_bytes(uint32_t class, size_t bytes);

/* rs_slab_alloc returns an uninitialised block of at least `bytes`, aligned to 16; NULL when memory
 * is short. In a section. */
void *rs_slab_alloc(struct rs_core *core, size_t bytes, rs_category category);
/* rs_slab_free frees it; `bytes` as allocated. Any core. In a section. */
void rs_slab_free(struct rs_core *core, void *block, size_t bytes, rs_category category);
/* rs_slab_flush sends what belongs to other cores home; for a core about to idle. */
void rs_slab_flush(struct rs_core *core);
/* rs_slab_fini gives all memory of the core's cache back; nothing may be in use. */
void rs_slab_fini(rs_slab_cache *cache);

#endif
