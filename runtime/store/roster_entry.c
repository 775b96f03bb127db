/* roster_entry.c: what stands in a roster.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/roster.h"

#include <string.h>

/* ---------------------------------------------------------------- finding */

rs_roster_key *rs_roster_key_of(const rs_roster *roster, rs_term term, uint64_t hash) {
    rs_index_node *node = rs_index_find(&roster->keys, hash);
    for (; node; node = rs_index_again(node)) {
        rs_roster_key *key = RS_CONTAINER(node, rs_roster_key, node);
        if (rs_term_equal(key->term, term)) return key;
    }
    return NULL;
}

rs_roster_holder *rs_roster_holder_of(const rs_roster *roster, uint64_t who) {
    rs_index_node *node = rs_index_find(&roster->holders, rs_index_mix(who, 0));
    for (; node; node = rs_index_again(node)) {
        rs_roster_holder *holder = RS_CONTAINER(node, rs_roster_holder, node);
        if (holder->who == who) return holder;
    }
    return NULL;
}

static uint64_t hash_pair(const rs_roster_key *key, const rs_roster_holder *holder) {
    return rs_index_mix(key->node.hash, holder->who);
}

rs_roster_entry *rs_roster_newest(const rs_roster *roster, const rs_roster_key *key,
                                  const rs_roster_holder *holder) {
    if (!key || !holder) return NULL;
    rs_index_node *node = rs_index_find(&roster->pairs, hash_pair(key, holder));
    for (; node; node = rs_index_again(node)) {
        rs_roster_entry *entry = RS_CONTAINER(node, rs_roster_entry, node);
        if (entry->key == key && entry->holder == holder) return entry;
    }
    return NULL;
}

/* ---------------------------------------------------------------- adding */

static rs_roster_key *make_key(rs_core *core, rs_roster *roster, rs_term term, uint64_t hash) {
    rs_roster_key *key = rs_slab_alloc(core, sizeof *key, RS_CATEGORY_TABLE);
    if (!key) return NULL;
    *key = (rs_roster_key){.node = {.hash = hash}, .term = rs_term_share(term)};
    if (term && !key->term) {
        rs_slab_free(core, key, sizeof *key, RS_CATEGORY_TABLE);
        return NULL;
    }
    rs_index_add(core, &roster->keys, &key->node);
    return key;
}

static rs_roster_holder *make_holder(rs_core *core, rs_roster *roster, uint64_t who) {
    rs_roster_holder *holder = rs_slab_alloc(core, sizeof *holder, RS_CATEGORY_TABLE);
    if (!holder) return NULL;
    *holder = (rs_roster_holder){.node = {.hash = rs_index_mix(who, 0)}, .who = who};
    rs_index_add(core, &roster->holders, &holder->node);
    return holder;
}

static void drop_key(rs_core *core, rs_roster *roster, rs_roster_key *key) {
    if (!key || key->entries) return;
    rs_index_remove(core, &roster->keys, &key->node);
    rs_term_release(key->term);
    rs_slab_free(core, key, sizeof *key, RS_CATEGORY_TABLE);
}

static void *drop_holder(rs_core *core, rs_roster *roster, rs_roster_holder *holder) {
    if (!holder || holder->entries) return NULL;
    void *tag = holder->tag;
    rs_index_remove(core, &roster->holders, &holder->node);
    rs_slab_free(core, holder, sizeof *holder, RS_CATEGORY_TABLE);
    return tag;
}

static size_t entry_bytes(const rs_roster *roster) {
    return sizeof(rs_roster_entry) + roster->value_bytes;
}

/* Whatever is looked at in slices begins anew. */
static void note_change(rs_roster *roster, rs_roster_entry *entry) {
    entry->key->version = entry->holder->version = ++roster->changes;
}

static void write_value(const rs_roster *roster, rs_roster_entry *entry, const void *value) {
    if (value)
        memcpy(entry->value, value, roster->value_bytes);
    else
        memset(entry->value, 0, roster->value_bytes);
}

static void enlist(rs_core *core, rs_roster *roster, rs_roster_entry *entry) {
    rs_roster_entry *older = rs_roster_newest(roster, entry->key, entry->holder);
    rs_list_append(&entry->key->entries, &entry->of_key);
    rs_list_append(&entry->holder->entries, &entry->of_holder);
    entry->under = older;
    entry->node.hash = hash_pair(entry->key, entry->holder);
    if (older)
        rs_index_replace(&roster->pairs, &older->node, &entry->node);
    else
        rs_index_add(core, &roster->pairs, &entry->node);
    entry->key->count++;
    entry->holder->count++;
    roster->count++;
    note_change(roster, entry);
}

rs_roster_entry *rs_roster_add(rs_core *core, rs_roster *roster, rs_term term, uint64_t hash,
                               uint64_t who, const void *value) {
    rs_roster_key *key = rs_roster_key_of(roster, term, hash);
    rs_roster_holder *holder = rs_roster_holder_of(roster, who);
    rs_roster_entry *entry = rs_slab_alloc(core, entry_bytes(roster), RS_CATEGORY_TABLE);
    if (!key) key = make_key(core, roster, term, hash);
    if (!holder) holder = make_holder(core, roster, who);
    if (!entry || !key || !holder) {
        if (entry) rs_slab_free(core, entry, entry_bytes(roster), RS_CATEGORY_TABLE);
        drop_key(core, roster, key);
        drop_holder(core, roster, holder);
        return NULL;
    }
    entry->key = key;
    entry->holder = holder;
    write_value(roster, entry, value);
    enlist(core, roster, entry);
    return entry;
}

void rs_roster_set(rs_roster *roster, rs_roster_entry *entry, const void *value) {
    write_value(roster, entry, value);
    note_change(roster, entry);
}

/* ---------------------------------------------------------------- removing */

void *rs_roster_remove(rs_core *core, rs_roster *roster, rs_roster_entry *entry) {
    rs_roster_key *key = entry->key;
    rs_roster_holder *holder = entry->holder;
    note_change(roster, entry);
    rs_list_remove(&key->entries, &entry->of_key);
    rs_list_remove(&holder->entries, &entry->of_holder);
    if (entry->under)
        rs_index_replace(&roster->pairs, &entry->node, &entry->under->node);
    else
        rs_index_remove(core, &roster->pairs, &entry->node);
    key->count--;
    holder->count--;
    roster->count--;
    rs_slab_free(core, entry, entry_bytes(roster), RS_CATEGORY_TABLE);
    drop_key(core, roster, key);
    return drop_holder(core, roster, holder);
}

bool rs_roster_forget(rs_core *core, rs_roster *roster, uint64_t who, uint32_t *budget) {
    for (rs_roster_holder *holder; (holder = rs_roster_holder_of(roster, who));) {
        if (*budget == 0) return false;
        --*budget;
        rs_roster_remove(core, roster, rs_roster_last(holder));
    }
    return true;
}
