/* pg_scope.c: the scope's side of process groups. The scope is the only one to write into its
 * rosters, so it reads them as they are, and locks them only to change them.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/pg_scope.h"

#include "runtime/process/relation.h"
#include "runtime/process/signal.h"
#include "runtime/store/found.h"

#include <string.h>

const rs_type rs_pg_event_type = {.name = "pg_event"};
const rs_type rs_pg_content_type = {.name = "pg_content"};
const rs_type rs_pg_request_type = {.name = "pg_request"};
const rs_type rs_pg_reply_type = {.name = "pg_reply"};

static rs_roster *listeners_of(const rs_roster *members) {
    return members->beside;
}

static void answer(rs_ref ref) {
    const rs_pg_reply reply = {.ref = ref};
    rs_call_reply(&rs_pg_reply_type, &reply, sizeof reply);
}

/* ---------------------------------------------------------------- telling */

static rs_pg_event *make_event(rs_term group, rs_pg_change change, const rs_pid *pids,
                               uint32_t count) {
    rs_pg_event *event = rs_alloc(sizeof *event + count * sizeof *pids);
    *event = (rs_pg_event){.group = group, .change = change, .count = count};
    if (count) memcpy(event->pids, pids, count * sizeof *pids);
    return event;
}

static size_t bytes_of(const rs_pg_event *event) {
    return sizeof *event + event->count * sizeof event->pids[0];
}

/* tell_under tells all who hear of `key`, the last to come first. */
static void tell_under(const rs_roster *listeners, rs_term key, uint64_t hash, rs_pg_event *event) {
    const rs_roster_key *found = rs_roster_key_of(listeners, key, hash);
    rs_list *all = found ? found->entries : NULL;
    for (rs_list *node = rs_list_last(all); node; node = rs_list_before(all, node)) {
        const rs_roster_entry *entry = RS_CONTAINER(node, rs_roster_entry, of_key);
        const rs_pg_listener *listener = (const void *)entry->value;
        event->ref = entry->holder->who;
        rs_clerk_tell(listener->pid, &rs_pg_event_type, event, (uint32_t)bytes_of(event));
    }
}

/* Those who hear of all groups hear it first. `group` is borrowed and stays meanwhile. */
static void tell(const rs_roster *listeners, rs_pg_change change, rs_term group, uint64_t hash,
                 const rs_pid *pids, uint32_t count) {
    if (!listeners->count) return;
    rs_pg_event *event = make_event(group, change, pids, count);
    tell_under(listeners, 0, rs_term_hash(0), event);
    tell_under(listeners, group, hash, event);
    rs_free(event, bytes_of(event));
}

/* ---------------------------------------------------------------- joining and leaving */

static void join_one(rs_core *core, rs_roster *members, const rs_pg_request *request, rs_pid pid) {
    const rs_roster_holder *known = rs_roster_holder_of(members, pid);
    void *watch = known ? known->tag : rs_relation_watch(core, pid, NULL);
    rs_spin_lock(&members->lock);
    rs_roster_entry *entry = rs_roster_add(core, members, request->group, request->hash, pid, NULL);
    if (entry) entry->holder->tag = watch;
    rs_roster_unlock(members);
    if (!entry) rs_process_end(core, rs_signal_out_of_memory());
}

static bool leave_one(rs_core *core, rs_roster *members, const rs_pg_request *request, rs_pid pid) {
    const rs_roster_key *group = rs_roster_key_of(members, request->group, request->hash);
    rs_roster_entry *entry = rs_roster_newest(members, group, rs_roster_holder_of(members, pid));
    if (!entry) return false;
    rs_spin_lock(&members->lock);
    rs_message *watch = rs_roster_remove(core, members, entry);
    rs_roster_unlock(members);
    if (watch) rs_relation_unwatch(core, watch);
    return true;
}

/* The last of those who join together comes first in the list, so it joins last. */
static void join(rs_roster *members, const rs_pg_request *request) {
    for (uint32_t i = request->count; i-- > 0;) {
        rs_core *core = rs_gate(rs_section_enter());
        join_one(core, members, request, request->pids[i]);
        rs_section_leave(core);
    }
    if (request->count)
        tell(listeners_of(members), RS_PG_JOIN, request->group, request->hash, request->pids,
             request->count);
    answer(1);
}

static void leave(rs_roster *members, const rs_pg_request *request) {
    bool any = false;
    for (uint32_t i = 0; i < request->count; i++) {
        rs_core *core = rs_gate(rs_section_enter());
        any |= leave_one(core, members, request, request->pids[i]);
        rs_section_leave(core);
    }
    if (any)
        tell(listeners_of(members), RS_PG_LEAVE, request->group, request->hash, request->pids,
             request->count);
    answer(any);
}

/* ---------------------------------------------------------------- those who hear */

static rs_ref enlist(rs_roster *listeners, const rs_pg_request *request, rs_pid pid) {
    rs_ref ref;
    rs_core *core = rs_gate(rs_section_enter());
    const rs_pg_listener listener = {pid, rs_relation_watch(core, pid, &ref)};
    rs_spin_lock(&listeners->lock);
    rs_roster_entry *entry =
        rs_roster_add(core, listeners, request->group, request->hash, ref, &listener);
    rs_roster_unlock(listeners);
    if (!entry) rs_process_end(core, rs_signal_out_of_memory());
    rs_section_leave(core);
    return ref;
}

/* delist returns the scope's end of the monitor, NULL: nobody hears by `ref`. In a section. */
static rs_message *delist(rs_core *core, rs_roster *listeners, rs_ref ref) {
    const rs_roster_holder *holder = rs_roster_holder_of(listeners, ref);
    if (!holder) return NULL;
    rs_roster_entry *entry = rs_roster_last(holder);
    rs_message *watch = ((const rs_pg_listener *)(const void *)entry->value)->watch;
    rs_spin_lock(&listeners->lock);
    rs_roster_remove(core, listeners, entry);
    rs_roster_unlock(listeners);
    return watch;
}

static uint64_t word_of(const rs_roster *members) {
    /* relaxed: our own. */
    return rs_load(&((rs_roster *)(uintptr_t)members)->word, rs_relaxed);
}

/* find_members copies them behind `head_bytes`. */
static rs_message *find_members(const rs_roster *members, rs_term group, uint64_t hash,
                                uint32_t head_bytes) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_message *found = rs_found_entries(&core, word_of(members), group, hash, head_bytes, true);
    rs_found_keep(core, found);
    rs_section_leave(core);
    return found;
}

static void answer_members(const rs_roster *members, const rs_pg_request *request, rs_ref ref) {
    rs_message *found = find_members(members, request->group, request->hash, sizeof(rs_pg_reply));
    if (!found) {
        answer(ref);
        return;
    }
    ((rs_pg_reply *)(void *)found->payload)->ref = ref;
    rs_call_reply(&rs_pg_reply_type, found->payload, found->bytes);
}

/* Only the scope changes its groups, so a group that has been found stays while it is told. */
static void tell_content(const rs_roster *members, rs_pid to, rs_ref ref) {
    for (rs_index_node *node = NULL; (node = rs_index_next(&members->keys, node));) {
        const rs_roster_key *group = RS_CONTAINER(node, rs_roster_key, node);
        rs_message *found =
            find_members(members, group->term, group->node.hash, sizeof(rs_pg_event));
        rs_pg_event *event = (void *)found->payload;
        *event = (rs_pg_event){group->term, ref, RS_PG_JOIN, (uint32_t)group->count};
        rs_clerk_tell(to, &rs_pg_content_type, event, found->bytes);
    }
}

static void monitor(rs_roster *members, const rs_pg_request *request, rs_pid from) {
    rs_ref ref = enlist(listeners_of(members), request, from);
    if (request->group) {
        answer_members(members, request, ref);
        return;
    }
    tell_content(members, from, ref);
    answer(ref);
}

static void demonitor(rs_roster *members, rs_ref ref) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_message *watch = delist(core, listeners_of(members), ref);
    if (watch) rs_relation_unwatch(core, watch);
    rs_section_leave(core);
    answer(watch != NULL);
}

/* ---------------------------------------------------------------- deaths */

/* take_newest takes the dead one out of the group it joined last, and returns a message with the
 * group's term, which hangs on the scope; NULL: it was in none. */
static rs_message *take_newest(rs_core *core, rs_roster *members, rs_pid pid) {
    const rs_roster_holder *holder = rs_roster_holder_of(members, pid);
    if (!holder) return NULL;
    rs_roster_entry *entry = rs_roster_last(holder);
    rs_message *left = rs_found_term(core, entry->key->term);
    rs_spin_lock(&members->lock);
    rs_roster_remove(core, members, entry);
    rs_roster_unlock(members);
    return left;
}

/* Rule PG2, the groups it joined last first. */
static void leave_all(rs_roster *members, rs_pid pid) {
    for (;;) {
        rs_core *core = rs_gate(rs_section_enter());
        rs_message *left = take_newest(core, members, pid);
        rs_section_leave(core);
        if (!left) return;
        rs_term group = *rs_signal_reason(left);
        tell(listeners_of(members), RS_PG_LEAVE, group, rs_term_hash(group), &pid, 1);
        core = rs_section_enter();
        rs_found_drop(core, left);
        rs_section_leave(core);
    }
}

static void on_down(rs_roster *members, const rs_message *down) {
    rs_core *core = rs_gate(rs_section_enter());
    delist(core, listeners_of(members), down->ref);
    rs_section_leave(core);
    leave_all(members, down->from);
}

/* ---------------------------------------------------------------- what arrives */

static void on_request(rs_roster *members, const rs_message *message) {
    const rs_pg_request *request = (const void *)message->payload;
    switch (request->word) {
    case RS_PG_ASKS_JOIN: join(members, request); break;
    case RS_PG_ASKS_LEAVE: leave(members, request); break;
    case RS_PG_ASKS_MONITOR: monitor(members, request, message->from); break;
    default: demonitor(members, request->pids[0]); break;
    }
}

static void on_message(rs_roster *members, rs_message *message) {
    if (message->kind == RS_MESSAGE_DOWN)
        on_down(members, message);
    else if (message->kind == RS_MESSAGE_CALL && message->type == &rs_pg_request_type)
        on_request(members, message);
    else
        rs_clerk_refuse(message);
}

const rs_clerk_kind rs_pg_scope = {.name = "pg", .message = on_message};
