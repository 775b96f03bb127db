/* clerk.h: the process that keeps rosters: how it is started, and what it is asked. Its state is
 * its first roster, the other one is beside that; an idle clerk has no stack.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLERK_H
#define RS_CLERK_H

#include "runtime/process/call.h"
#include "runtime/store/roster.h"

typedef struct rs_clerk_kind {
    const char *name; /* first, as of any module */
    bool traps_exits;
    /* message takes the oldest message, in user mode. */
    void (*message)(rs_roster *roster, rs_message *message);
} rs_clerk_kind;

/* What a clerk is started with: as many rosters as have a word. */
typedef struct rs_clerk_start_request {
    const rs_clerk_kind *kind;
    rs_atom name; /* registered; 0: none */
    uint64_t words[2];
    uint32_t value_bytes[2];
} rs_clerk_start_request;

/* rs_clerk_start starts a clerk and waits until its rosters are open; of `options` link, link_tag,
 * role and arena_bytes count (NULL: none). Errors: RS_ETAKEN when the name or a roster's word is;
 * RS_ELIMIT. *reason (may be NULL) is then the reason in OTP's words, owned by the caller. In user
 * mode, as all here. */
rs_err rs_clerk_start(const rs_clerk_start_request *request, const rs_spawn_options *options,
                      rs_pid *pid, rs_term *reason);

/* rs_clerk_refuse is for messages that nobody knows: a call ends the clerk, as it does in OTP. */
void rs_clerk_refuse(const rs_message *message);

/* rs_clerk_call is rs_call with a payload that begins with a term, which travels counted. Returns
 * NULL when the clerk is gone, or goes. */
const rs_message *rs_clerk_call(rs_pid clerk, const rs_type *type, const void *payload,
                                uint32_t bytes);

/* rs_clerk_tell sends a message whose payload begins with a term, which travels counted. */
void rs_clerk_tell(rs_pid to, const rs_type *type, const void *payload, uint32_t bytes);

#endif
