/* found.c: looking into a roster. More than a slice is copied in several steps, between which
 * others run; if it has changed meanwhile, all begins anew, and after some times it is done in one
 * step. SPDX-License-Identifier: MIT
 */
#include "runtime/store/found.h"

#include "runtime/process/catch.h"
#include "runtime/process/signal.h"

#include <string.h>

/* Whoever looks at much that never rests would begin anew for ever. */
#define TRIES 8u

/* ---------------------------------------------------------------- what hangs on the caller */

static void hold(rs_core *core, rs_message *found) {
    found->link = core->current->held;
    core->current->held = found;
}

/* A term of a roster's is shared already: this takes no memory. */
static void hold_term(rs_core *core, rs_message *found, rs_term term) {
    *rs_signal_reason(found) = term;
    RS_ASSERT(rs_signal_count(found));
    hold(core, found);
}

/* alloc ends the caller when memory is short. */
static rs_message *alloc(rs_core *core, uint64_t bytes) {
    rs_message *found = bytes > UINT32_MAX ? NULL : rs_signal_alloc(core, (uint32_t)bytes);
    if (!found) rs_catch_raise(core, rs_signal_out_of_memory());
    return found;
}

rs_message *rs_found_room(rs_core *core, uint64_t bytes) {
    rs_message *found = alloc(core, bytes);
    hold(core, found);
    return found;
}

rs_message *rs_found_term(rs_core *core, rs_term term) {
    rs_message *found = alloc(core, sizeof term);
    hold_term(core, found, term);
    return found;
}

static rs_message **root_of(rs_process *self, const rs_message *found) {
    rs_message **at = &self->held;
    while (*at != found) at = &(*at)->link;
    return at;
}

void rs_found_drop(rs_core *core, rs_message *found) {
    if (!found) return;
    *root_of(core->current, found) = found->link;
    rs_signal_release(core, found);
}

static rs_message *latest_of(const rs_process *self) {
    rs_message *found = self->held;
    while (found && found->kind != RS_SIGNAL_FOUND) found = found->link;
    return found;
}

void rs_found_keep(rs_core *core, rs_message *found) {
    rs_found_drop(core, latest_of(core->current));
    if (found) found->kind = RS_SIGNAL_FOUND;
}

/* ---------------------------------------------------------------- entries */

/* A look at one key's entries. */
typedef struct look {
    uint64_t word, hash, version;
    rs_term key;
    uint32_t head_bytes, stride, value_bytes;
    bool newest_first;
    rs_list *at; /* the next one to be copied */
    uint64_t count, copied;
} look;

static rs_list *next_of(const look *it, rs_list *entries, const rs_list *node) {
    if (!node) return it->newest_first ? rs_list_last(entries) : entries;
    return it->newest_first ? rs_list_before(entries, node) : rs_list_after(entries, node);
}

/* begin sees how many there are; false: none. */
static bool begin(rs_core *core, look *it) {
    rs_roster *roster = rs_roster_lock(core->runtime, it->word);
    if (!roster) return false;
    const rs_roster_key *key = rs_roster_key_of(roster, it->key, it->hash);
    it->count = key ? key->count : 0;
    it->version = key ? key->version : 0;
    it->value_bytes = roster->value_bytes;
    it->stride = rs_found_stride(it->value_bytes);
    it->copied = 0;
    it->at = NULL;
    rs_roster_unlock(roster);
    return key != NULL;
}

static void copy_entry(const look *it, const rs_list *node, unsigned char *to) {
    const rs_roster_entry *entry = RS_CONTAINER(node, rs_roster_entry, of_key);
    memcpy(to, &entry->holder->who, sizeof entry->holder->who);
    memcpy(to + sizeof entry->holder->who, entry->value, it->value_bytes);
}

/* copy copies up to `most` more; false: something has changed. */
static bool copy(rs_core *core, look *it, rs_message *found, uint64_t most) {
    rs_roster *roster = rs_roster_lock(core->runtime, it->word);
    if (!roster) return false;
    rs_roster_key *key = rs_roster_key_of(roster, it->key, it->hash);
    bool is_same = key && key->version == it->version;
    unsigned char *to = found->payload + it->head_bytes + it->copied * it->stride;
    for (; is_same && most && it->copied < it->count; most--, it->copied++, to += it->stride) {
        it->at = next_of(it, key->entries, it->at);
        copy_entry(it, it->at, to);
    }
    rs_roster_unlock(roster);
    return is_same;
}

/* copy_all returns false when something has changed meanwhile. */
static bool copy_all(rs_core **core, look *it, rs_message *found, uint64_t slice) {
    for (;;) {
        if (!copy(*core, it, found, slice)) return false;
        if (it->copied == it->count) return true;
        *core = rs_gate(*core);
    }
}

rs_message *rs_found_entries(rs_core **core, uint64_t word, rs_term key, uint64_t hash,
                             uint32_t head_bytes, bool newest_first) {
    look it = {.word = word,
               .key = key,
               .hash = hash,
               .head_bytes = head_bytes,
               .newest_first = newest_first};
    for (uint32_t tries = 0; begin(*core, &it); tries++) {
        rs_message *found = rs_found_room(*core, head_bytes + it.count * it.stride);
        if (copy_all(core, &it, found, tries < TRIES ? RS_ROSTER_SLICE : UINT64_MAX)) return found;
        rs_found_drop(*core, found);
    }
    return NULL;
}

/* ---------------------------------------------------------------- keys */

/* A walk over keys. Each term's message carries the walk's reference. */
typedef struct walk {
    uint64_t word, who, version;
    rs_ref ref;
    void *at; /* a node of the holder's list, or of the index of keys */
    uint64_t count, collected;
} walk;

static bool collect_one(rs_core *core, walk *it, const rs_roster_key *key) {
    rs_message *found = rs_signal_alloc(core, sizeof(rs_term));
    if (!found) return false;
    hold_term(core, found, key->term);
    found->ref = it->ref;
    it->collected++;
    return true;
}

static const rs_roster_key *step(walk *it, const rs_roster *roster,
                                 const rs_roster_holder *holder) {
    if (!it->who) {
        it->at = rs_index_next(&roster->keys, it->at);
        return RS_CONTAINER(it->at, rs_roster_key, node);
    }
    it->at = it->at ? rs_list_after(holder->entries, it->at) : holder->entries;
    return RS_CONTAINER(it->at, rs_roster_entry, of_holder)->key;
}

/* What the walk is to find is as it was at its first step; that step sees what it is. */
static bool is_as_before(walk *it, const rs_roster *roster, const rs_roster_holder *holder) {
    uint64_t version = it->who ? (holder ? holder->version : 0) : roster->changes;
    if (it->at) return version == it->version;
    it->version = version;
    it->count = it->who ? (holder ? holder->count : 0) : roster->keys.count;
    return true;
}

/* collect takes up to `most` more; false: something has changed. */
static bool collect(rs_core *core, walk *it, uint64_t most) {
    rs_roster *roster = rs_roster_lock(core->runtime, it->word);
    if (!roster) return it->at == NULL;
    const rs_roster_holder *holder = it->who ? rs_roster_holder_of(roster, it->who) : NULL;
    bool is_same = is_as_before(it, roster, holder), has_memory = true;
    for (; is_same && has_memory && most && it->collected < it->count; most--)
        has_memory = collect_one(core, it, step(it, roster, holder));
    rs_roster_unlock(roster);
    if (!has_memory) rs_catch_raise(core, rs_signal_out_of_memory());
    return is_same;
}

static bool collect_all(rs_core **core, walk *it, uint64_t slice) {
    for (;;) {
        if (!collect(*core, it, slice)) return false;
        if (it->collected == it->count) return true;
        *core = rs_gate(*core);
    }
}

static rs_message *collected(const rs_process *self, rs_ref ref) {
    rs_message *found = self->held;
    while (found && !(found->ref == ref && found->flags & RS_MESSAGE_REASON)) found = found->link;
    return found;
}

static void drop_collected(rs_core *core, walk *it) {
    for (rs_message *found; (found = collected(core->current, it->ref));)
        rs_found_drop(core, found);
    it->at = NULL;
    it->count = it->collected = 0;
}

static void visit_all(rs_ref ref, rs_found_visit *visit, void *context) {
    for (;;) {
        rs_core *core = rs_section_enter();
        rs_message *found = collected(core->current, ref);
        rs_section_leave(core);
        if (!found) return;
        visit(*rs_signal_reason(found), context);
        core = rs_section_enter();
        rs_found_drop(core, found);
        rs_section_leave(core);
    }
}

uint32_t rs_found_keys(uint64_t word, uint64_t who, rs_found_visit *visit, void *context) {
    rs_core *core = rs_gate(rs_section_enter());
    walk it = {.word = word, .who = who, .ref = rs_signal_make_ref(core)};
    for (uint32_t tries = 0; !collect_all(&core, &it, tries < TRIES ? RS_ROSTER_SLICE : UINT64_MAX);
         tries++)
        drop_collected(core, &it);
    rs_section_leave(core);
    uint32_t count = (uint32_t)it.collected;
    visit_all(it.ref, visit, context);
    return count;
}
