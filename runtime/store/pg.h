/* pg.h: OTP's process groups. A scope is a process with a name; a group is a term in it, and is
 * there as long as it has members. Whoever dies leaves all its groups.
 * SPDX-License-Identifier: MIT
 *
 *     rs_pg_start(scope, NULL, &pid, NULL);
 *     rs_pg_join(scope, group, rs_self());
 *     uint32_t count;
 *     const rs_pid *members = rs_pg_get_members(scope, group, &count);
 *     for (uint32_t i = 0; i < count; i++) rs_send(members[i], …);
 *
 * Who joins or leaves asks the scope, so all changes have one order; who reads does not. A process
 * may join a group k times, is listed k times then, and leaves once at a time.
 * Source: rules PG1, PG2.
 */
#ifndef RS_PG_H
#define RS_PG_H

#include "runtime/respawn.h"

/* rs_pg_start starts a scope called `name`; of `options` link, link_tag and role count (NULL:
 * none), so that a supervisor's start function is one call of this. Errors: RS_ETAKEN, when the
 * name is; RS_ELIMIT. *reason (may be NULL) is then OTP's, owned by the caller. */
rs_err rs_pg_start(rs_atom name, const rs_spawn_options *options, rs_pid *pid, rs_term *reason);

typedef enum rs_pg_result {
    RS_PG_OK,
    RS_PG_NOT_JOINED,
    RS_PG_NOPROC /* no such scope, or it has died meanwhile */
} rs_pg_result;

/* rs_pg_join makes `pid` a member once more, rs_pg_leave once less. What they did can be seen when
 * they return. */
rs_pg_result rs_pg_join(rs_atom scope, rs_term group, rs_pid pid);
rs_pg_result rs_pg_leave(rs_atom scope, rs_term group, rs_pid pid);

/* rs_pg_join_all and rs_pg_leave_all do the same for `count` pids, which may be equal; not joined
 * is who leaves for nobody. */
rs_pg_result rs_pg_join_all(rs_atom scope, rs_term group, const rs_pid *pids, uint32_t count);
rs_pg_result rs_pg_leave_all(rs_atom scope, rs_term group, const rs_pid *pids, uint32_t count);

/* rs_pg_get_members returns the members of a group as they are at one moment, those who joined last
 * first; valid until the caller's next look into a scope or a registry, or the end of the callback.
 * An unknown group or scope has none. Who has just died may still be there. */
const rs_pid *rs_pg_get_members(rs_atom scope, rs_term group, uint32_t *count);

/* rs_pg_get_local_members returns those on this node. */
static inline const rs_pid *rs_pg_get_local_members(rs_atom scope, rs_term group, uint32_t *count) {
    return rs_pg_get_members(scope, group, count);
}

/* rs_pg_which_groups calls visit(group, context) for each group, which is borrowed, in no order,
 * and returns how many there are. */
uint32_t rs_pg_which_groups(rs_atom scope, void (*visit)(rs_term group, void *context),
                            void *context);

/* ------------------------------------------------------------------ hearing of changes */

typedef enum rs_pg_change { RS_PG_JOIN, RS_PG_LEAVE } rs_pg_change;

/* {Ref,join|leave,Group,Pids}: the payload of a message of rs_pg_event_type. */
typedef struct rs_pg_event {
    rs_term group; /* borrowed from the message */
    rs_ref ref;
    uint32_t change; /* rs_pg_change */
    uint32_t count;
    rs_pid pids[]; /* as they were given to who let them join or leave */
} rs_pg_event;

extern const rs_type rs_pg_event_type;

/* rs_pg_monitor lets the caller hear of every change of `group` from now on, and tells who the
 * members are now; they are valid until the caller's next call. 0: no such scope. */
rs_ref rs_pg_monitor(rs_atom scope, rs_term group, const rs_pid **members, uint32_t *count);

/* rs_pg_monitor_scope lets it hear of those of all groups, and calls visit(now, context) for each
 * that there is, as if it were a join of all members. It receives, as rs_receive does. */
rs_ref rs_pg_monitor_scope(rs_atom scope, void (*visit)(const rs_pg_event *now, void *context),
                           void *context);

/* rs_pg_demonitor ends that, and removes what is in the mailbox of it, as rs_receive would; false:
 * nobody hears by this reference. */
bool rs_pg_demonitor(rs_atom scope, rs_ref ref);

#endif
