/* pg.c: process groups, the side of those who join, ask and listen.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/pg.h"

#include "runtime/store/found.h"
#include "runtime/store/pg_scope.h"

#include <string.h>

rs_err rs_pg_start(rs_atom name, const rs_spawn_options *options, rs_pid *pid, rs_term *reason) {
    const rs_clerk_start_request request = {
        .kind = &rs_pg_scope,
        .name = name,
        .words = {rs_roster_word(name, RS_PG_MEMBERS), rs_roster_word(name, RS_PG_LISTENERS)},
        .value_bytes = {0, sizeof(rs_pg_listener)}};
    return rs_clerk_start(&request, options, pid, reason);
}

/* ---------------------------------------------------------------- joining and leaving */

/* call asks the scope; NULL: it is not there. */
static const rs_message *call(rs_atom scope, const rs_pg_request *request) {
    rs_pid pid = rs_whereis(scope);
    size_t bytes = sizeof *request + request->count * sizeof request->pids[0];
    if (bytes > UINT32_MAX) rs_exit(RS_ATOM(system_limit));
    return pid ? rs_clerk_call(pid, &rs_pg_request_type, request, (uint32_t)bytes) : NULL;
}

static const rs_pg_reply *reply_in(const rs_message *message) {
    if (message->type != &rs_pg_reply_type) rs_exit(RS_ATOM(badarg)); /* it is no scope */
    return (const void *)message->payload;
}

static rs_pg_result change(rs_atom scope, rs_pg_word word, rs_term group, const rs_pid *pids,
                           uint32_t count) {
    size_t bytes = sizeof(rs_pg_request) + count * sizeof *pids;
    rs_pg_request *request = rs_alloc(bytes);
    *request =
        (rs_pg_request){.group = group, .hash = rs_term_hash(group), .word = word, .count = count};
    if (count) memcpy(request->pids, pids, count * sizeof *pids);
    const rs_message *message = call(scope, request);
    rs_free(request, bytes);
    if (!message) return RS_PG_NOPROC;
    return reply_in(message)->ref ? RS_PG_OK : RS_PG_NOT_JOINED;
}

rs_pg_result rs_pg_join_all(rs_atom scope, rs_term group, const rs_pid *pids, uint32_t count) {
    return change(scope, RS_PG_ASKS_JOIN, group, pids, count);
}

rs_pg_result rs_pg_leave_all(rs_atom scope, rs_term group, const rs_pid *pids, uint32_t count) {
    return change(scope, RS_PG_ASKS_LEAVE, group, pids, count);
}

rs_pg_result rs_pg_join(rs_atom scope, rs_term group, rs_pid pid) {
    return rs_pg_join_all(scope, group, &pid, 1);
}

rs_pg_result rs_pg_leave(rs_atom scope, rs_term group, rs_pid pid) {
    return rs_pg_leave_all(scope, group, &pid, 1);
}

/* ---------------------------------------------------------------- reading */

/* Nobody reads past a page without memory. */
static const rs_pid nobody[1];

const rs_pid *rs_pg_get_members(rs_atom scope, rs_term group, uint32_t *count) {
    uint64_t hash = rs_term_hash(group);
    rs_core *core = rs_gate(rs_section_enter());
    rs_message *found =
        rs_found_entries(&core, rs_roster_word(scope, RS_PG_MEMBERS), group, hash, 0, true);
    rs_found_keep(core, found);
    rs_section_leave(core);
    *count = found ? found->bytes / (uint32_t)sizeof(rs_pid) : 0;
    return found ? (const rs_pid *)(const void *)found->payload : nobody;
}

uint32_t rs_pg_which_groups(rs_atom scope, void (*visit)(rs_term group, void *context),
                            void *context) {
    return rs_found_keys(rs_roster_word(scope, RS_PG_MEMBERS), 0, visit, context);
}

/* ---------------------------------------------------------------- hearing of changes */

rs_ref rs_pg_monitor(rs_atom scope, rs_term group, const rs_pid **members, uint32_t *count) {
    const rs_pg_request request = {
        .group = group, .hash = rs_term_hash(group), .word = RS_PG_ASKS_MONITOR};
    const rs_message *message = call(scope, &request);
    *members = nobody;
    *count = 0;
    if (!message) return 0;
    const rs_pg_reply *reply = reply_in(message);
    *members = reply->pids;
    *count = (uint32_t)((message->bytes - sizeof *reply) / sizeof reply->pids[0]);
    return reply->ref;
}

typedef struct wanted {
    const rs_type *type;
    rs_ref ref;
} wanted;

static bool is_wanted(const rs_message *message, void *context) {
    const wanted *this = context;
    if (message->type != this->type) return false;
    return ((const rs_pg_event *)(const void *)message->payload)->ref == this->ref;
}

static void ignore(const rs_pg_event *event, void *context) {
    (void)event, (void)context;
}

/* take_all visits and removes what is in the mailbox of it. */
static void take_all(const rs_type *type, rs_ref ref,
                     void (*visit)(const rs_pg_event *event, void *context), void *context) {
    wanted this = {type, ref};
    const rs_message *message;
    while ((message = rs_receive(is_wanted, &this, 0)))
        visit((const void *)message->payload, context);
}

/* The groups come as messages before the reply, in one order with the changes. */
rs_ref rs_pg_monitor_scope(rs_atom scope, void (*visit)(const rs_pg_event *now, void *context),
                           void *context) {
    const rs_pg_request request = {.hash = rs_term_hash(0), .word = RS_PG_ASKS_MONITOR};
    const rs_message *message = call(scope, &request);
    if (!message) return 0;
    rs_ref ref = reply_in(message)->ref;
    take_all(&rs_pg_content_type, ref, visit, context);
    return ref;
}

bool rs_pg_demonitor(rs_atom scope, rs_ref ref) {
    const rs_pg_result result = change(scope, RS_PG_ASKS_DEMONITOR, 0, &ref, 1);
    if (result != RS_PG_OK) return false;
    take_all(&rs_pg_event_type, ref, ignore, NULL);
    return true;
}
