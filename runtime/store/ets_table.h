/* ets_table.h: what a table is inside, and how one is found, locked and left behind.
 *
 * Everything in a table hangs on its content, which is looked at under its locks only: who holds
 * one of them keeps the content where it is, and who takes it away holds them all. The table around
 * it is found without a lock, in a section; it stays for a grace period after it can no longer be
 * found. An object's term is counted: who reads takes a reference under the lock, and copies after.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ETS_TABLE_H
#define RS_ETS_TABLE_H

#include "runtime/process/process.h"
#include "runtime/store/ets.h"

#define RS_ETS_STRIPES 64u

/* Levels of an ordered set: with a quarter of the objects on each next one, enough for 4^16. */
#define RS_ETS_LEVELS_MAX 16u

typedef struct rs_ets_node {
    struct rs_ets_node *next; /* in its bucket, or among those to be freed */
    uint64_t hash;
    rs_term object;  /* a tuple, made by rs_term_shelve */
    uint32_t levels; /* of tower; 0 in a hash */
    bool is_gone;    /* deleted, but still a place from which a walk goes on */
    struct rs_ets_node *tower[];
} rs_ets_node;

typedef struct rs_ets_bucket {
    rs_ets_node *first;
} rs_ets_bucket;

typedef struct rs_ets_content {
    struct rs_ets_content *next; /* among those to be freed */
    rs_atomic_u32 buckets;       /* of a hash: a bucket's stripe is its number modulo 64 */
    rs_ets_bucket ***directory;  /* see ets_hash.c */
    union {
        rs_ets_bucket first[RS_ETS_STRIPES];
        rs_ets_node *head[RS_ETS_LEVELS_MAX];
    };
} rs_ets_content;

typedef struct rs_ets_locks {
    struct {
        _Alignas(RS_CACHE_LINE) rs_spinlock lock;
    } stripe[RS_ETS_STRIPES];
} rs_ets_locks;

/* What a process has: a table, or a hold on one. */
typedef struct rs_ets_holding {
    rs_list list; /* of its pid's bucket */
    rs_pid pid;
    struct rs_ets_table *table;
    rs_list of_table; /* a hold: among the table's */
    uint32_t fixed;   /* a hold: how often; 0: it is the table that is had */
} rs_ets_holding;

/* How a table is found. */
typedef struct rs_ets_entry {
    rs_atomic_u64 key; /* reference or name; 0: not entered */
    rs_atomic_ptr next;
    struct rs_ets_table *table;
} rs_ets_entry;

typedef struct rs_ets_kind rs_ets_kind;

typedef struct rs_ets_table {
    /* set at birth */
    const rs_ets_kind *kind;
    rs_ets id;
    uint32_t keypos; /* from 0 */
    rs_ets_type type;
    rs_ets_protection protection;
    /* changed under the store's lock */
    rs_ets_entry by_id, by_name;
    rs_atomic_u64 owner;
    rs_pid heir;
    rs_term heir_data;
    rs_message *will; /* what the heir will get, so that dying allocates nothing */
    rs_ets_holding owned;
    rs_list *holds;
    /* the content */
    _Alignas(RS_CACHE_LINE) rs_spinlock lock; /* while there are no others */
    rs_atomic_ptr locks;                      /* rs_ets_locks */
    rs_ets_content *content;                  /* NULL: the table is dead */
    rs_spinlock growing;
    rs_spinlock waste_lock;
    rs_ets_content *waste; /* contents to be freed */
    /* Counted at each change, under one of the locks; read by all. Relaxed, since they are numbers
     * and hints, and who acts on one looks again under a lock that the change had. */
    _Alignas(RS_CACHE_LINE) rs_atomic_u64 size;
    rs_atomic_u64 memory;
    rs_atomic_u32 fixed;
    rs_atomic_u32 gone;  /* nodes that are */
    uint32_t purged;     /* buckets, by rs_ets_hash_settle; under `growing` */
    uint64_t sections[]; /* by core, of the grace period after its end */
} rs_ets_table;

/* One way of keeping objects in order. All functions but drain hold the key's lock. */
struct rs_ets_kind {
    /* stripes returns the lock of a key with this hash. */
    uint64_t (*stripes)(uint64_t hash);
    /* find returns the first node with the key, also if it is gone; more the next one. */
    rs_ets_node *(*find)(const rs_ets_table *table, rs_term_view key, uint64_t hash);
    rs_ets_node *(*more)(const rs_ets_table *table, const rs_ets_node *node);
    /* bytes returns the size of a new node's block and sets how many levels it has. */
    size_t (*bytes)(uint64_t hash, uint32_t *levels);
    /* link puts a node before all others with its key, unlink takes it out. */
    void (*link)(rs_ets_table *table, rs_ets_node *node);
    void (*unlink)(rs_ets_table *table, rs_ets_node *node);
    /* drain frees up to *budget nodes; true: that was all, the content included. */
    bool (*drain)(rs_core *core, rs_ets_content *content, uint32_t *budget);
};

/* ------------------------------------------------------------------ locks */

#define RS_ETS_ALL UINT64_MAX

/* What is locked: `locks` NULL means the table's own. */
typedef struct rs_ets_held {
    rs_ets_locks *locks;
    uint64_t stripes;
} rs_ets_held;

/* rs_ets_lock locks these stripes, a bit each. In a section, until rs_ets_unlock. */
rs_ets_held rs_ets_lock(rs_core *core, rs_ets_table *table, uint64_t stripes);
void rs_ets_unlock(rs_ets_table *table, rs_ets_held held);

/* ------------------------------------------------------------------ tables */

/* rs_ets_find returns the table, NULL: there is none. In a section, for as long as it lasts. */
rs_ets_table *rs_ets_find(rs_core *core, rs_ets table);

typedef enum rs_ets_right { RS_ETS_READS, RS_ETS_WRITES, RS_ETS_OWNS } rs_ets_right;

/* rs_ets_enter begins a call: it returns the table, to which the caller has that right, and enters
 * a section on *core; or else ends the caller. */
rs_ets_table *rs_ets_enter(rs_ets table, rs_ets_right right, rs_core **core);

/* rs_ets_open locks stripes of a table that must be alive. */
rs_ets_held rs_ets_open(rs_core *core, rs_ets_table *table, uint64_t stripes);

/* rs_ets_fail ends the caller with `badarg`, rs_ets_fail_limit with {system_limit,what}. */
_Noreturn void rs_ets_fail(rs_core *core);
_Noreturn void rs_ets_fail_limit(rs_core *core, rs_atom what);

/* rs_ets_check looks through a term in user mode: one that points nowhere crashes the caller, and
 * one that is none ends it, before the runtime is inside. */
static inline void rs_ets_check(rs_term term) {
    if (!rs_term_is_sound(term)) rs_exit(RS_ATOM(badarg));
}

/* rs_ets_key returns the key of an object. */
static inline rs_term_view rs_ets_key(const rs_ets_table *table, rs_term object) {
    return rs_term_view_element(object, table->keypos);
}

/* rs_ets_is_object tells whether it is a tuple that has a key. */
static inline bool rs_ets_is_object(const rs_ets_table *table, rs_term_view view) {
    return rs_term_tag(view.term) == RS_TAG_TUPLE && rs_term_view_size(view) > table->keypos;
}

/* rs_ets_is_set tells whether a key is there once. */
static inline bool rs_ets_is_set(const rs_ets_table *table) {
    return table->type <= RS_ETS_ORDERED_SET;
}

/* rs_ets_hash_of mixes a hash once more: buckets and levels count in its low and high bits. */
static inline uint64_t rs_ets_hash_of(rs_term_view key) {
    uint64_t hash = rs_term_view_hash(key) * 0xd6e8feb86659fd93u;
    return hash ^ hash >> 32;
}

/* rs_ets_free_node frees a node with its object, rs_ets_free_nodes a chain of them. */
void rs_ets_free_node(rs_core *core, rs_ets_node *node);
void rs_ets_free_nodes(rs_core *core, rs_ets_node *first);

/* rs_ets_bytes_of returns what a node takes. */
static inline uint64_t rs_ets_bytes_of(const rs_ets_node *node) {
    return sizeof *node + node->levels * sizeof node->tower[0] + rs_term_bytes(node->object);
}

/* rs_ets_waste hands the table's content over to be freed, in whose place `fresh` stands then
 * (NULL: the table is dead). All stripes locked. rs_ets_drain frees part of what was handed over;
 * true: nothing is left. */
void rs_ets_waste(rs_ets_table *table, rs_ets_content *fresh);
bool rs_ets_drain(rs_core *core, rs_ets_table *table, uint32_t *budget);

/* rs_ets_content_create returns an empty content; NULL: no memory. */
rs_ets_content *rs_ets_content_create(rs_core *core);

#endif
