/* ets_hash.c: objects in buckets, by linear hashing: the table grows by one bucket at a time, whose
 * objects come from one other, so that nobody ever waits for more than that.
 *
 * A bucket's stripe is its number modulo 64, and a bucket is split into two of the same stripe. So
 * the lock of a key does not depend on how many buckets there are, and their number may change
 * while it is held, but not in a way that concerns the key. SPDX-License-Identifier: MIT
 */
#include "runtime/store/ets_hash.h"

#include "runtime/store/linear.h"

#include <string.h>

/* Objects per bucket above which the table grows, and a quarter of that below which it shrinks. */
#define LOAD 2u

/* Buckets behind the first 64 lie in segments, which lie in pages of a directory: all are blocks of
 * a slab. */
#define SEGMENT     1024u
#define PAGE        128u
#define DIRECTORY   64u
#define BUCKETS_MAX (RS_ETS_STRIPES + DIRECTORY * PAGE * SEGMENT) /* 8 Mi: 67 MB of them */
/* What one change may have to do for the table: more than it adds, so that lists are caught up with
 * and what is gone does not stay. */
#define GROWTH_STEPS 4u
#define PURGE_STEPS  16u

static uint64_t stripes_of(uint64_t hash) {
    return UINT64_C(1) << hash % RS_ETS_STRIPES;
}

static rs_ets_bucket *bucket_at(rs_ets_content *content, uint32_t index) {
    if (index < RS_ETS_STRIPES) return &content->first[index];
    index -= RS_ETS_STRIPES;
    return &content->directory[index / SEGMENT / PAGE][index / SEGMENT % PAGE][index % SEGMENT];
}

static uint32_t count_of(rs_ets_content *content) {
    /* acquire pairs with the release in split: the bucket is there. */
    return rs_load(&content->buckets, rs_acquire);
}

static rs_ets_bucket *bucket_of(const rs_ets_table *table, uint64_t hash) {
    return bucket_at(table->content, rs_linear_place(hash, count_of(table->content)));
}

static bool has_key(const rs_ets_table *table, const rs_ets_node *node, rs_term_view key,
                    uint64_t hash) {
    return node->hash == hash && rs_term_view_equal(rs_ets_key(table, node->object), key);
}

static rs_ets_node *find(const rs_ets_table *table, rs_term_view key, uint64_t hash) {
    rs_ets_node *node = bucket_of(table, hash)->first;
    while (node && !has_key(table, node, key, hash)) node = node->next;
    return node;
}

/* Those with one key stand together. */
static rs_ets_node *more(const rs_ets_table *table, const rs_ets_node *node) {
    rs_ets_node *next = node->next;
    bool same = next && has_key(table, next, rs_ets_key(table, node->object), node->hash);
    return same ? next : NULL;
}

static size_t bytes_of(uint64_t hash, uint32_t *levels) {
    (void)hash;
    *levels = 0;
    return sizeof(rs_ets_node);
}

/* Before the others, so that many with one key are not walked through. */
static void link_node(rs_ets_table *table, rs_ets_node *node) {
    rs_term_view key = rs_ets_key(table, node->object);
    rs_ets_node **at = &bucket_of(table, node->hash)->first;
    while (*at && !has_key(table, *at, key, node->hash)) at = &(*at)->next;
    node->next = *at;
    *at = node;
}

static void unlink_node(rs_ets_table *table, rs_ets_node *node) {
    rs_ets_node **at = &bucket_of(table, node->hash)->first;
    while (*at != node) at = &(*at)->next;
    *at = node->next;
}

/* ---------------------------------------------------------------- growing and shrinking */

static void *zeroed(rs_core *core, size_t bytes) {
    void *block = rs_slab_alloc(core, bytes, RS_CATEGORY_TABLE);
    return block ? memset(block, 0, bytes) : NULL;
}

#define SEGMENT_BYTES   (SEGMENT * sizeof(rs_ets_bucket))
#define PAGE_BYTES      (PAGE * sizeof(rs_ets_bucket *))
#define DIRECTORY_BYTES (DIRECTORY * sizeof(rs_ets_bucket **))

/* trim gives back the page, and the directory, of which `segment` would be the first. */
static void trim(rs_core *core, rs_ets_content *content, uint32_t segment) {
    if (!content->directory || segment % PAGE) return;
    rs_ets_bucket ***page = &content->directory[segment / PAGE];
    if (*page) rs_slab_free(core, *page, PAGE_BYTES, RS_CATEGORY_TABLE);
    *page = NULL;
    if (segment) return;
    rs_slab_free(core, content->directory, DIRECTORY_BYTES, RS_CATEGORY_TABLE);
    content->directory = NULL;
}

static bool add_segment(rs_core *core, rs_ets_content *content, uint32_t segment) {
    if (!content->directory) content->directory = zeroed(core, DIRECTORY_BYTES);
    if (!content->directory) return false;
    rs_ets_bucket ***page = &content->directory[segment / PAGE];
    if (!*page) *page = zeroed(core, PAGE_BYTES);
    return *page && ((*page)[segment % PAGE] = zeroed(core, SEGMENT_BYTES));
}

/* prepare makes room for the bucket `index`; without memory the table stays as it is. */
static bool prepare(rs_core *core, rs_ets_content *content, uint32_t index) {
    uint32_t segment = (index - RS_ETS_STRIPES) / SEGMENT;
    if ((index - RS_ETS_STRIPES) % SEGMENT || add_segment(core, content, segment)) return true;
    trim(core, content, segment);
    return false;
}

/* discard gives back what nobody needs once `buckets` is the number of buckets. */
static void discard(rs_core *core, rs_ets_content *content, uint32_t buckets) {
    if (buckets < RS_ETS_STRIPES || (buckets - RS_ETS_STRIPES) % SEGMENT) return;
    uint32_t segment = (buckets - RS_ETS_STRIPES) / SEGMENT;
    rs_ets_bucket **last = &content->directory[segment / PAGE][segment % PAGE];
    rs_slab_free(core, *last, SEGMENT_BYTES, RS_CATEGORY_TABLE);
    *last = NULL;
    trim(core, content, segment);
}

/* The order within a bucket stays, and with it that of a bag. */
static void split(rs_ets_content *content, uint32_t index) {
    uint32_t power = rs_linear_power(index);
    rs_ets_node **from = &bucket_at(content, index - power)->first;
    rs_ets_node **to = &bucket_at(content, index)->first;
    while (*from) {
        rs_ets_node *node = *from;
        if (((uint32_t)node->hash & (2 * power - 1)) != index) {
            from = &node->next;
            continue;
        }
        *from = node->next;
        *to = node;
        to = &node->next;
    }
    *to = NULL;
    rs_store(&content->buckets, index + 1, rs_release);
}

static void merge(rs_core *core, rs_ets_content *content, uint32_t index) {
    rs_ets_node **to = &bucket_at(content, index - rs_linear_power(index))->first;
    while (*to) to = &(*to)->next;
    *to = bucket_at(content, index)->first;
    bucket_at(content, index)->first = NULL;
    rs_store(&content->buckets, index, rs_release);
    discard(core, content, index);
}

/* A fixed table keeps its order. */
static int direction_of(rs_ets_table *table) {
    uint32_t buckets = count_of(table->content);
    uint64_t size = rs_load(&table->size, rs_relaxed);
    if (rs_load(&table->fixed, rs_relaxed)) return 0;
    if (size > (uint64_t)buckets * LOAD) return buckets < BUCKETS_MAX;
    return buckets > RS_ETS_STRIPES && size < buckets * LOAD / 4 ? -1 : 0;
}

/* step adds or takes away a bucket; false: there is nothing to do. Under `growing`, so that the
 * number of buckets stays. */
static bool step(rs_core *core, rs_ets_table *table) {
    rs_ets_held held = rs_ets_lock(core, table, 1);
    int direction = table->content ? direction_of(table) : 0;
    uint32_t index = direction ? count_of(table->content) - (direction < 0) : 0;
    rs_ets_unlock(table, held);
    if (!direction) return false;
    held = rs_ets_lock(core, table, stripes_of(index));
    rs_ets_content *content = table->content;
    bool same = content && count_of(content) - (direction < 0) == index;
    if (same && direction < 0) merge(core, content, index);
    if (same && direction > 0 && prepare(core, content, index)) split(content, index);
    rs_ets_unlock(table, held);
    return true;
}

/* ---------------------------------------------------------------- what is gone */

static bool has_rubbish(rs_ets_table *table) {
    return rs_load(&table->gone, rs_relaxed) && !rs_load(&table->fixed, rs_relaxed);
}

static rs_ets_node *take_gone(rs_ets_table *table, uint32_t index) {
    rs_ets_node *gone = NULL;
    for (rs_ets_node **at = &bucket_at(table->content, index)->first; *at;) {
        rs_ets_node *node = *at;
        if (!node->is_gone) {
            at = &node->next;
            continue;
        }
        *at = node->next;
        node->next = gone;
        gone = node;
        rs_sub(&table->gone, 1, rs_relaxed);
        rs_sub(&table->memory, rs_ets_bytes_of(node), rs_relaxed);
    }
    return gone;
}

bool rs_ets_hash_purge(rs_core *core, rs_ets_table *table, uint32_t *at, uint32_t *budget) {
    for (; *budget && has_rubbish(table); ++*at, --*budget) {
        rs_ets_held held = rs_ets_lock(core, table, stripes_of(*at));
        bool goes_on = table->content && *at < count_of(table->content) && has_rubbish(table);
        rs_ets_node *gone = goes_on ? take_gone(table, *at) : NULL;
        rs_ets_unlock(table, held);
        rs_ets_free_nodes(core, gone);
        if (!goes_on) return true;
    }
    return !has_rubbish(table);
}

bool rs_ets_hash_is_due(rs_ets_table *table) {
    return table->kind == &rs_ets_hash && (direction_of(table) || has_rubbish(table));
}

void rs_ets_hash_settle(rs_core *core, rs_ets_table *table) {
    uint32_t budget = PURGE_STEPS;
    if (!rs_spin_try(&table->growing)) return;
    for (uint32_t i = 0; i < GROWTH_STEPS && step(core, table); i++) {
    }
    if (rs_ets_hash_purge(core, table, &table->purged, &budget)) table->purged = 0;
    rs_spin_unlock(&table->growing);
}

/* ---------------------------------------------------------------- walking */

static rs_ets_node *first_live(rs_ets_node *node) {
    while (node && node->is_gone) node = node->next;
    return node;
}

rs_ets_node *rs_ets_hash_after(const rs_ets_node *node) {
    return first_live(node->next);
}

rs_ets_node *rs_ets_hash_begin(const rs_ets_table *table, uint32_t index) {
    return first_live(bucket_at(table->content, index)->first);
}

uint32_t rs_ets_hash_bucket_of(const rs_ets_table *table, uint64_t hash) {
    return rs_linear_place(hash, count_of(table->content));
}

/* ---------------------------------------------------------------- freeing */

/* From the last bucket to the first; how far is in the number of buckets. */
static bool drain(rs_core *core, rs_ets_content *content, uint32_t *budget) {
    for (uint32_t left = count_of(content); left; left = count_of(content)) {
        rs_ets_bucket *bucket = bucket_at(content, left - 1);
        for (rs_ets_node *node; (node = bucket->first); --*budget) {
            if (!*budget) return false;
            bucket->first = node->next;
            rs_ets_free_node(core, node);
        }
        if (!*budget) return false;
        --*budget;
        rs_store(&content->buckets, left - 1, rs_relaxed); /* it is ours alone by now */
        discard(core, content, left - 1);
    }
    rs_slab_free(core, content, sizeof *content, RS_CATEGORY_TABLE);
    return true;
}

const rs_ets_kind rs_ets_hash = {
    .stripes = stripes_of,
    .find = find,
    .more = more,
    .bytes = bytes_of,
    .link = link_node,
    .unlink = unlink_node,
    .drain = drain,
};
