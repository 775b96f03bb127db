/* roster.h: who stands under which key: entries in shared memory, found by their key, by who holds
 * them, and by both, each in O(1). A roster belongs to one process, which opens it and with whose
 * death it ends; everybody reads it, and who writes into it is a matter of its owner's protocol.
 *
 * A roster's head is never freed while the runtime lives and is found without a lock; all else is
 * changed and read under its lock, inside sections: whoever dies, dies before or after a change.
 * Invariants: every entry is in the list of its key and in that of its holder; the newest of each
 * key and holder is in `pairs`, with the older ones under it; keys and holders without entries do
 * not exist.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ROSTER_H
#define RS_ROSTER_H

#include "runtime/store/index.h"

/* Scopes take two, registries one for each partition; a program has dozens. */
#define RS_ROSTERS_MAX 1024u

/* What stands beside an entry is what one must know to choose among those under a key; more
 * belongs to whoever the entry leads to. It passes through the stack. */
#define RS_ROSTER_VALUE_MAX 1024u

/* Entries that are looked at or taken out in one go: about 50 us when they are in no cache. */
#define RS_ROSTER_SLICE 512u

typedef struct rs_roster_key {
    rs_index_node node;
    rs_term term;     /* with one reference */
    rs_list *entries; /* oldest first */
    uint64_t version; /* another one after each change; no other key ever has it */
    uint64_t count;
} rs_roster_key;

typedef struct rs_roster_holder {
    rs_index_node node;
    uint64_t who;     /* a pid, or whatever the owner calls holders by */
    rs_list *entries; /* oldest first */
    uint64_t version; /* as a key's */
    uint64_t count;
    void *tag; /* the owner's */
} rs_roster_holder;

typedef struct rs_roster_entry {
    rs_index_node node; /* in `pairs` */
    rs_list of_key, of_holder;
    rs_roster_key *key;
    rs_roster_holder *holder;
    struct rs_roster_entry *under; /* the next older of the same key and holder */
    unsigned char value[];
} rs_roster_entry;

typedef struct rs_roster {
    rs_atomic_u64 word;  /* what it is found by; 0: never used, RS_ROSTER_CLOSED: not open */
    rs_atomic_u64 owner; /* its pid, until it is empty; 0: nobody's */
    rs_spinlock lock;    /* of the rest */
    uint32_t value_bytes;
    uint32_t place;           /* of rs_index_any, while it is emptied */
    struct rs_roster *beside; /* another one of the same owner */
    uint64_t changes, count;  /* count: of entries */
    rs_index keys, holders, pairs;
} rs_roster;

#define RS_ROSTER_CLOSED UINT64_C(1)

/* rs_roster_word is what the `number`-th roster under `name` is found by. */
static inline uint64_t rs_roster_word(rs_atom name, uint32_t number) {
    return (uint64_t)number << 32 | name;
}

/* rs_roster_open opens a roster of the caller's, a behaviour whose state is the first of its
 * rosters; the others are beside that. NULL: one is open under that word, or there are
 * RS_ROSTERS_MAX, or memory is short. In a section. */
rs_roster *rs_roster_open(rs_core *core, uint64_t word, uint32_t value_bytes);

/* rs_roster_find returns the roster open under `word`, NULL: there is none. It may be another's by
 * the next moment, see rs_roster_lock. In a section. */
rs_roster *rs_roster_find(rs_runtime *runtime, uint64_t word);

/* rs_roster_lock finds and locks it; NULL: there is none. In a section, as all below. */
rs_roster *rs_roster_lock(rs_runtime *runtime, uint64_t word);

/* rs_roster_unlock lets others have it. */
static inline void rs_roster_unlock(rs_roster *roster) {
    rs_spin_unlock(&roster->lock);
}

/* rs_roster_key_of returns the record of `key`, whose rs_term_hash is `hash`; rs_roster_holder_of
 * that of a holder; NULL: it has no entries. */
rs_roster_key *rs_roster_key_of(const rs_roster *roster, rs_term key, uint64_t hash);
rs_roster_holder *rs_roster_holder_of(const rs_roster *roster, uint64_t who);

/* rs_roster_newest returns the newest entry of both; NULL: there is none. */
rs_roster_entry *rs_roster_newest(const rs_roster *roster, const rs_roster_key *key,
                                  const rs_roster_holder *holder);

/* rs_roster_last returns the newest entry of a holder. */
static inline rs_roster_entry *rs_roster_last(const rs_roster_holder *holder) {
    return RS_CONTAINER(rs_list_last(holder->entries), rs_roster_entry, of_holder);
}

/* rs_roster_add adds an entry with a copy of the value (NULL: zeroes), which is not the process's
 * memory. NULL: no memory. */
rs_roster_entry *rs_roster_add(rs_core *core, rs_roster *roster, rs_term key, uint64_t hash,
                               uint64_t who, const void *value);

/* rs_roster_remove takes out the newest entry of its key and holder. Returns the holder's tag when
 * the holder goes with it, else NULL. */
void *rs_roster_remove(rs_core *core, rs_roster *roster, rs_roster_entry *entry);

/* rs_roster_forget takes out up to *budget entries of a holder, the newest first; true: none is
 * left. */
bool rs_roster_forget(rs_core *core, rs_roster *roster, uint64_t who, uint32_t *budget);

/* rs_roster_set changes an entry's value. */
void rs_roster_set(rs_roster *roster, rs_roster_entry *entry, const void *value);

#endif
