/* slab.c: blocks of fixed size classes.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/slab.h"

#include "runtime/base/sanitize.h"
#include "runtime/process/larder.h"
#include "runtime/process/process.h"
#include "runtime/process/region.h"

/* Blocks of other cores that wait here; a batch costs one locked operation. */
#define BATCH 32u

/* Superblocks are cut from fields of huge pages: a mass start touches memory faster than anything
 * else it does, and one fault for 2 MiB is cheaper than 512. */
#define FIELD     (8u << 20)
#define HUGE_PAGE (2u << 20)

/* Lies at the start of a field's first superblock, behind its header. */
typedef struct rs_slab_field {
    rs_superblock header;
    struct rs_slab_field *next;
} rs_slab_field;

/* Nobody may rely on what an earlier run, or an earlier block of this one, has left there. */
static rs_slab_field *map_field(rs_larder *larder) {
    rs_slab_field *field = rs_larder_take_used(larder, FIELD, HUGE_PAGE);
    if (field) return field;
    field = rs_region_reserve(FIELD, HUGE_PAGE);
    if (field) rs_region_huge(field, FIELD);
    return field;
}

static bool take_field(rs_slab_cache *cache, rs_larder *larder) {
    rs_slab_field *field = map_field(larder);
    if (!field) return false;
    field->next = cache->fields;
    cache->fields = field;
    cache->field_bump = (char *)field;
    cache->field_end = (char *)field + FIELD;
    return true;
}

static bool take_superblock(rs_core *core, uint32_t class) {
    rs_slab_cache *cache = &core->slab;
    if (cache->field_bump == cache->field_end && !take_field(cache, core->runtime->larder))
        return false;
    rs_superblock *super = (rs_superblock *)(void *)cache->field_bump;
    cache->field_bump += RS_SUPERBLOCK_BYTES;
    super->core = core->index;
    super->class = class;
    cache->bump[class] = (char *)super + RS_CACHE_LINE;
    cache->end[class] = (char *)super + RS_SUPERBLOCK_BYTES;
    return true;
}

/* collect_returns sorts what other cores sent home into our lists. */
static void collect_returns(rs_slab_cache *cache) {
    /* acquire pairs with send_home's release: the others' last uses come before ours. */
    rs_slab_block *block = rs_swap(&cache->returns, NULL, rs_acquire);
    while (block) {
        rs_slab_block *next = block->next;
        uint32_t class = rs_superblock_of(block)->class;
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
    uint32_t bytes = rs_slab_sizes[class];
    if (cache->end[class] - cache->bump[class] < (ptrdiff_t)bytes && !take_superblock(core, class))
        return NULL;
    void *block = cache->bump[class];
    cache->bump[class] += bytes;
    return block;
}

void *rs_slab_refill(rs_slab_cache *cache, rs_core *core, uint32_t class, size_t bytes) {
    (void)cache;
    if (class == RS_SLAB_LARGE)
        return rs_region_reserve(rs_slab_bytes(class, bytes), RS_PAGE_BYTES);
    return alloc_slow(core, class);
}

void *rs_slab_alloc(rs_core *core, size_t bytes, rs_category category) {
    return rs_slab_take(&core->slab, core, rs_slab_class(bytes), bytes, category);
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

void rs_slab_give_away(rs_slab_cache *cache, rs_core *core, void *block, uint32_t class,
                       size_t bytes) {
    (void)cache;
    if (class == RS_SLAB_LARGE)
        rs_region_release(block, rs_slab_bytes(class, bytes));
    else
        free_remote(core, block, rs_superblock_of(block)->core);
}

void rs_slab_free(rs_core *core, void *memory, size_t bytes, rs_category category) {
    rs_slab_give(&core->slab, core, core->index, memory, rs_slab_class(bytes), bytes, category);
}

void rs_slab_flush(rs_core *core) {
    for (uint32_t owner = 0; owner < core->runtime->core_count; owner++)
        if (core->slab.going[owner].count) send_home(core, owner);
}

void rs_slab_fini(rs_slab_cache *cache, rs_larder *larder) {
    while (cache->fields) {
        rs_slab_field *field = cache->fields;
        cache->fields = field->next;
        RS_UNPOISON(field, FIELD); /* the next that lies there is another */
        rs_larder_give_used(larder, field, FIELD);
    }
}
