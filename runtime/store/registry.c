/* registry.c: registering and looking. Whoever writes is linked to the partition first, so that the
 * partition hears of its death whenever that is, and takes out what it finds then.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/registry.h"

#include "runtime/process/catch.h"
#include "runtime/process/signal.h"
#include "runtime/store/clerk.h"
#include "runtime/store/found.h"

#include <string.h>

_Static_assert(RS_REGISTRY_VALUE_MAX == RS_ROSTER_VALUE_MAX, "a value is a roster's");
_Static_assert(offsetof(rs_registry_event, value) % 8 == 0, "values are aligned");

const rs_type rs_registry_event_type = {.name = "registry_event"};

/* ---------------------------------------------------------------- partitions */

static uint32_t partitions_of(const rs_registry *registry) {
    return registry->partitions ? registry->partitions : 1;
}

static uint64_t word_of(const rs_registry *registry, uint32_t number) {
    return rs_roster_word(registry->name, number);
}

/* place returns the partition of a key of a process. The low bits of the hash choose buckets. */
static uint64_t place(const rs_registry *registry, uint64_t hash, rs_pid pid) {
    uint64_t by = registry->keys == RS_REGISTRY_UNIQUE ? hash : rs_index_mix(pid, 0);
    return word_of(registry, (uint32_t)((by >> 32) % partitions_of(registry)));
}

static void forget(uint64_t word, rs_pid pid) {
    for (bool done = false; !done;) {
        uint32_t budget = RS_ROSTER_SLICE;
        rs_core *core = rs_gate(rs_section_enter());
        rs_roster *roster = rs_roster_lock(core->runtime, word);
        done = rs_roster_forget(core, roster, pid, &budget);
        rs_roster_unlock(roster);
        rs_section_leave(core);
    }
}

static void on_exit(rs_roster *roster, const rs_message *message) {
    if (message->from == rs_process_here()->parent) {
        rs_term reason = rs_message_reason(message);
        rs_term_retain(reason, 1);
        rs_exit(reason);
    }
    /* relaxed: our own. */
    forget(rs_load(&roster->word, rs_relaxed), message->from);
}

static void on_message(rs_roster *roster, rs_message *message) {
    if (message->kind == RS_MESSAGE_EXIT)
        on_exit(roster, message);
    else
        rs_clerk_refuse(message);
}

static const rs_clerk_kind partition = {
    .name = "registry", .traps_exits = true, .message = on_message};

rs_err rs_registry_start_partition(const rs_registry *registry, uint32_t number,
                                   const rs_spawn_options *options, rs_pid *pid, rs_term *reason) {
    RS_ASSERT(number < partitions_of(registry));
    RS_ASSERT(registry->value_bytes <= RS_REGISTRY_VALUE_MAX);
    const rs_clerk_start_request request = {.kind = &partition,
                                            .words = {word_of(registry, number)},
                                            .value_bytes = {registry->value_bytes}};
    return rs_clerk_start(&request, options, pid, reason);
}

/* ---------------------------------------------------------------- listeners */

static void tell(const rs_registry *registry, rs_term key, const void *value, bool is_gone) {
    union {
        rs_registry_event event;
        unsigned char bytes[sizeof(rs_registry_event) + RS_REGISTRY_VALUE_MAX];
    } it;
    if (!registry->listeners[0]) return;
    it.event = (rs_registry_event){
        .key = key, .registry = registry->name, .pid = rs_self(), .is_gone = is_gone};
    if (!is_gone) it.event.value_bytes = registry->value_bytes;
    if (!is_gone) memcpy(it.event.value, value, registry->value_bytes);
    uint32_t bytes = (uint32_t)offsetof(rs_registry_event, value) + it.event.value_bytes;
    for (uint32_t i = 0; i < RS_REGISTRY_LISTENERS_MAX && registry->listeners[i]; i++)
        rs_clerk_tell(rs_whereis(registry->listeners[i]), &rs_registry_event_type, &it, bytes);
}

/* ---------------------------------------------------------------- registering */

/* Room for a value, on the stack of who writes: a section reads nothing else of a process. */
typedef struct room {
    _Alignas(16) unsigned char bytes[RS_REGISTRY_VALUE_MAX];
} room;

/* What a process wants to write, and where. */
typedef struct wish {
    rs_term key;
    uint64_t hash, word;
    rs_pid self, partition, holder; /* holder: who has the key already */
    bool is_unique;
    room *value;
} wish;

static rs_pid partition_at(uint64_t word) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_roster *roster = rs_roster_find(core->runtime, word);
    rs_pid pid = roster ? rs_load(&roster->owner, rs_acquire) : 0;
    rs_section_leave(core);
    return pid;
}

/* The partition is 0 when it is not there. */
static wish make_wish(const rs_registry *registry, rs_term key, room *value) {
    RS_ASSERT(registry->value_bytes <= sizeof value->bytes);
    wish it = {.key = key,
               .hash = rs_term_hash(key),
               .self = rs_self(),
               .is_unique = registry->keys == RS_REGISTRY_UNIQUE,
               .value = value};
    it.word = place(registry, it.hash, it.self);
    it.partition = partition_at(it.word);
    return it;
}

/* enter locks the wish's roster while it is that of the partition that the caller is linked to. */
static rs_roster *enter(rs_core *core, const wish *it) {
    rs_roster *roster = rs_roster_lock(core->runtime, it->word);
    if (!roster || rs_load(&roster->owner, rs_relaxed) == it->partition) return roster;
    rs_roster_unlock(roster);
    return NULL;
}

static rs_roster_entry *oldest_under(const rs_roster *roster, rs_term term, uint64_t hash) {
    const rs_roster_key *key = rs_roster_key_of(roster, term, hash);
    return key ? RS_CONTAINER(key->entries, rs_roster_entry, of_key) : NULL;
}

static rs_roster_entry *own_entry(const rs_roster *roster, const wish *it) {
    return rs_roster_newest(roster, rs_roster_key_of(roster, it->key, it->hash),
                            rs_roster_holder_of(roster, it->self));
}

/* write writes the entry, unless somebody else than `dead` has the unique key. */
static rs_err write(rs_core *core, rs_roster *roster, wish *it, rs_pid dead) {
    rs_roster_entry *other = it->is_unique ? oldest_under(roster, it->key, it->hash) : NULL;
    if (other && other->holder->who != dead) {
        it->holder = other->holder->who;
        return RS_ETAKEN;
    }
    if (other) rs_roster_remove(core, roster, other);
    bool written = rs_roster_add(core, roster, it->key, it->hash, it->self, it->value->bytes);
    return written ? RS_OK : RS_ENOMEM;
}

static rs_err try_to_write(wish *it, rs_pid dead) {
    rs_err err = RS_ENOPROC;
    rs_core *core = rs_gate(rs_section_enter());
    rs_roster *roster = enter(core, it);
    if (roster) {
        err = write(core, roster, it, dead);
        rs_roster_unlock(roster);
    }
    if (err == RS_ENOMEM) rs_catch_raise(core, rs_signal_out_of_memory());
    rs_section_leave(core);
    return err;
}

/* A holder that is dead, or has been told to die, gives way. */
static rs_err write_or_replace(wish *it) {
    rs_err err = try_to_write(it, 0);
    while (err == RS_ETAKEN && !rs_is_alive(it->holder)) err = try_to_write(it, it->holder);
    return err;
}

static bool has_entries(const wish *it) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_roster *roster = enter(core, it);
    bool has = roster && rs_roster_holder_of(roster, it->self);
    if (roster) rs_roster_unlock(roster);
    rs_section_leave(core);
    return has;
}

static void unlink_if_unregistered(const wish *it) {
    if (!has_entries(it)) rs_unlink(it->partition);
}

rs_err rs_registry_register(const rs_registry *registry, rs_term key, const void *value,
                            rs_pid *holder) {
    room copy;
    wish it = make_wish(registry, key, &copy);
    if (!it.partition) return RS_ENOPROC;
    if (value)
        memcpy(copy.bytes, value, registry->value_bytes);
    else
        memset(copy.bytes, 0, registry->value_bytes);
    rs_link(it.partition);
    rs_err err = write_or_replace(&it);
    if (err == RS_OK) tell(registry, key, copy.bytes, false);
    if (err == RS_ETAKEN && it.holder != it.self) unlink_if_unregistered(&it);
    if (err == RS_ETAKEN && holder) *holder = it.holder;
    return err;
}

/* take_out takes some of the caller's entries under the key out; true: none is left. */
static bool take_out(const wish *it) {
    uint32_t budget = RS_ROSTER_SLICE;
    rs_core *core = rs_gate(rs_section_enter());
    rs_roster *roster = enter(core, it);
    rs_roster_entry *entry = NULL;
    for (; roster && budget && (entry = own_entry(roster, it)); budget--)
        rs_roster_remove(core, roster, entry);
    if (roster) rs_roster_unlock(roster);
    rs_section_leave(core);
    return !entry;
}

rs_err rs_registry_unregister(const rs_registry *registry, rs_term key) {
    const wish it = make_wish(registry, key, NULL);
    if (!it.partition) return RS_ENOPROC;
    while (!take_out(&it)) {
    }
    unlink_if_unregistered(&it);
    tell(registry, key, NULL, true);
    return RS_OK;
}

/* ---------------------------------------------------------------- changing a value */

/* exchange reads the value of the caller's own entry, or writes it. */
static bool exchange(const wish *it, bool reads) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_roster *roster = enter(core, it);
    rs_roster_entry *entry = roster ? own_entry(roster, it) : NULL;
    if (entry && reads) memcpy(it->value->bytes, entry->value, roster->value_bytes);
    if (entry && !reads) rs_roster_set(roster, entry, it->value->bytes);
    if (roster) rs_roster_unlock(roster);
    rs_section_leave(core);
    return entry != NULL;
}

bool rs_registry_update_value(const rs_registry *registry, rs_term key,
                              void (*update)(void *value, void *context), void *context) {
    room copy;
    RS_ASSERT(registry->keys == RS_REGISTRY_UNIQUE);
    const wish it = make_wish(registry, key, &copy);
    if (!it.partition || !exchange(&it, true)) return false;
    update(copy.bytes, context);
    return exchange(&it, false);
}

/* ---------------------------------------------------------------- looking */

static rs_registry_entries entries_in(const rs_registry *registry, const rs_message *found) {
    uint32_t stride = rs_found_stride(registry->value_bytes);
    rs_registry_entries entries = {.stride_bytes = stride};
    if (!found) return entries;
    entries.count = found->bytes / stride;
    entries.first = (const void *)found->payload;
    return entries;
}

/* find hangs what is under the key in one partition on the caller. */
static rs_message *find(uint64_t word, rs_term key, uint64_t hash) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_message *found = rs_found_entries(&core, word, key, hash, 0, false);
    rs_section_leave(core);
    return found;
}

static void drop(rs_message *found) {
    rs_core *core = rs_section_enter();
    rs_found_drop(core, found);
    rs_section_leave(core);
}

static void keep(rs_message *found) {
    rs_core *core = rs_section_enter();
    rs_found_keep(core, found);
    rs_section_leave(core);
}

/* join returns both, of which each may be NULL, as one. */
static rs_message *join(rs_message *first, rs_message *second) {
    if (!first || !second) return first ? first : second;
    rs_core *core = rs_gate(rs_section_enter());
    rs_message *both = rs_found_room(core, (uint64_t)first->bytes + second->bytes);
    rs_section_leave(core);
    memcpy(both->payload, first->payload, first->bytes);
    memcpy(both->payload + first->bytes, second->payload, second->bytes);
    drop(first);
    drop(second);
    return both;
}

static rs_message *find_all(const rs_registry *registry, rs_term key) {
    uint64_t hash = rs_term_hash(key);
    rs_message *found = NULL;
    if (registry->keys == RS_REGISTRY_UNIQUE) return find(place(registry, hash, 0), key, hash);
    for (uint32_t i = 0; i < partitions_of(registry); i++)
        found = join(found, find(word_of(registry, i), key, hash));
    return found;
}

rs_registry_entries rs_registry_lookup(const rs_registry *registry, rs_term key) {
    rs_message *found = find_all(registry, key);
    keep(found);
    rs_registry_entries entries = entries_in(registry, found);
    bool is_dead =
        registry->keys == RS_REGISTRY_UNIQUE && entries.count && !rs_is_alive(entries.first->pid);
    if (is_dead) entries.count = 0;
    return entries;
}

/* What was found is the caller's: those that match move to its front. */
rs_registry_entries rs_registry_match(const rs_registry *registry, rs_term key,
                                      rs_registry_match_fn *matches, void *context) {
    rs_message *found = find_all(registry, key);
    rs_registry_entries all = entries_in(registry, found), some = all;
    some.count = 0;
    for (uint32_t i = 0; i < all.count; i++) {
        const rs_registry_entry *entry = rs_registry_at(all, i);
        if (!matches(entry, context)) continue;
        memmove(found->payload + (size_t)some.count++ * all.stride_bytes, entry, all.stride_bytes);
    }
    keep(found);
    return some;
}

static bool is_of(const rs_registry_entry *entry, void *context) {
    return entry->pid == *(const rs_pid *)context;
}

rs_registry_entries rs_registry_values(const rs_registry *registry, rs_term key, rs_pid pid) {
    return rs_registry_match(registry, key, is_of, &pid);
}

void rs_registry_dispatch(const rs_registry *registry, rs_term key,
                          void (*act)(rs_registry_entries entries, void *context), void *context) {
    uint64_t hash = rs_term_hash(key);
    bool is_unique = registry->keys == RS_REGISTRY_UNIQUE;
    for (uint32_t i = 0; i < (is_unique ? 1 : partitions_of(registry)); i++) {
        uint64_t word = is_unique ? place(registry, hash, 0) : word_of(registry, i);
        rs_message *found = find(word, key, hash);
        if (found) act(entries_in(registry, found), context);
        drop(found);
    }
}

uint32_t rs_registry_keys(const rs_registry *registry, rs_pid pid,
                          void (*visit)(rs_term key, void *context), void *context) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < partitions_of(registry); i++)
        count += rs_found_keys(word_of(registry, i), pid, visit, context);
    return count;
}

uint64_t rs_registry_count(const rs_registry *registry) {
    uint64_t count = 0;
    rs_core *core = rs_gate(rs_section_enter());
    for (uint32_t i = 0; i < partitions_of(registry); i++) {
        rs_roster *roster = rs_roster_lock(core->runtime, word_of(registry, i));
        if (!roster) continue;
        count += roster->count;
        rs_roster_unlock(roster);
    }
    rs_section_leave(core);
    return count;
}

/* ---------------------------------------------------------------- names */

bool rs_registry_register_name(const rs_registry *registry, rs_term key) {
    RS_ASSERT(registry->keys == RS_REGISTRY_UNIQUE);
    return rs_registry_register(registry, key, NULL, NULL) == RS_OK;
}

rs_pid rs_registry_whereis_name(const rs_registry *registry, rs_term key) {
    RS_ASSERT(registry->keys == RS_REGISTRY_UNIQUE);
    uint64_t hash = rs_term_hash(key);
    rs_core *core = rs_gate(rs_section_enter());
    rs_roster *roster = rs_roster_lock(core->runtime, place(registry, hash, 0));
    const rs_roster_entry *entry = roster ? oldest_under(roster, key, hash) : NULL;
    rs_pid pid = entry ? entry->holder->who : 0;
    if (roster) rs_roster_unlock(roster);
    rs_section_leave(core);
    return pid && rs_is_alive(pid) ? pid : 0;
}

rs_err rs_registry_send(const rs_registry *registry, rs_term key, const rs_type *type,
                        const void *payload, uint32_t bytes) {
    rs_pid pid = rs_registry_whereis_name(registry, key);
    if (!pid) return RS_ENOPROC;
    rs_send(pid, type, payload, bytes);
    return RS_OK;
}
