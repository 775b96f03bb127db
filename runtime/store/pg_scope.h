/* pg_scope.h: what a scope of process groups is asked.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PG_SCOPE_H
#define RS_PG_SCOPE_H

#include "runtime/store/clerk.h"
#include "runtime/store/pg.h"

/* Which roster: members under their groups; and under what they hear of, who hears. */
enum { RS_PG_MEMBERS, RS_PG_LISTENERS };

/* Of one who hears: it holds its entry by its reference, which is that of the scope's monitor. */
typedef struct rs_pg_listener {
    rs_pid pid;
    rs_message *watch; /* the scope's end of that monitor */
} rs_pg_listener;

typedef enum rs_pg_word {
    RS_PG_ASKS_JOIN,
    RS_PG_ASKS_LEAVE,
    RS_PG_ASKS_MONITOR, /* group 0: of all */
    RS_PG_ASKS_DEMONITOR
} rs_pg_word;

typedef struct rs_pg_request {
    rs_term group;
    uint64_t hash; /* of the group */
    uint32_t word; /* rs_pg_word */
    uint32_t count;
    rs_pid pids[]; /* DEMONITOR: the one reference */
} rs_pg_request;

/* Of a join, leave and demonitor: whether anything was done. Of a monitor: whoever hears of a group
 * has its members behind this. */
typedef struct rs_pg_reply {
    rs_ref ref;
    rs_pid pids[];
} rs_pg_reply;

extern const rs_type rs_pg_request_type, rs_pg_reply_type;
/* A group as it is when somebody begins to hear of all: an rs_pg_event. */
extern const rs_type rs_pg_content_type;

extern const rs_clerk_kind rs_pg_scope;

#endif
