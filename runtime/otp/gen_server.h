/* gen_server.h: OTP's generic server. A module's callbacks run to completion, one at a time, on a
 * pooled stack; an idle server has none.
 * Source: rules G1-G14, C1-C7, H1.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_GEN_SERVER_H
#define RS_GEN_SERVER_H

#include "runtime/respawn.h"

/* What a callback wants next; made by the functions below. */
typedef enum rs_next {
    RS_NOREPLY,       /* go on */
    RS_NEXT_REPLY,    /* rs_reply */
    RS_NEXT_STOP,     /* rs_stop, rs_stop_reply */
    RS_NEXT_CONTINUE, /* rs_continue */
    RS_NEXT_IGNORE,   /* init only: rs_ignore */
    RS_NEXT_ERROR,    /* init only: rs_init_error */
    RS_NEXT_REMOVE,   /* handlers of gen_event only: rs_remove_handler */
    RS_NEXT_SWAP      /* the same: rs_swap_handler */
} rs_next;
#define RS_INIT_OK RS_NOREPLY

/* Who waits for the answer of a call. */
typedef struct rs_from {
    rs_pid pid;
    rs_ref ref;
    rs_pid server; /* whom it called */
} rs_from;

/* What code_change is given to read. It stays the server's unless code_change answers ok. */
typedef struct rs_old_state {
    const void *state;
    uint32_t bytes;
    uint32_t version; /* of the module that it belongs to */
} rs_old_state;

typedef struct rs_gen_server {
    const char *name;
    uint32_t state_bytes; /* allocated zeroed from the server's arena before init */
    uint32_t version;     /* that code_change is told; 0 will do until there is a second one */
    /* init returns RS_INIT_OK, rs_ignore(), rs_init_error(), rs_stop(), or one of the last three
     * below. NULL: the zeroed state is right. */
    rs_next (*init)(void *state, const void *args, uint32_t bytes);
    rs_next (*handle_call)(void *state, rs_from from, const rs_message *request);
    rs_next (*handle_cast)(void *state, const rs_message *request);
    rs_next (*handle_info)(void *state,
                           const rs_message *info); /* also EXIT and DOWN; NULL: dropped */
    rs_next (*handle_continue)(void *state, const rs_message *what); /* what rs_continue gave */
    void (*terminate)(void *state, rs_term reason); /* NULL: nothing to do. Rule G9 */
    void (*error)(void *state,
                  rs_term reason); /* after a native crash, on a fresh stack; may be NULL */
    const rs_type *state_type;     /* for get_state; NULL: opaque */
    /* code_change fills `state`, zeroed memory of this module's state_bytes, from the state that
     * the server has under another module, an earlier or a later one, and answers RS_ATOM(ok) or
     * why it cannot (a term that passes to the caller; then it frees what it allocated). What the
     * old state points to may be taken over as it is or, as the last thing before ok, freed.
     * `extra` is the requester's, borrowed. NULL: `undef`. See rs_sys_change_code. */
    rs_term (*code_change)(const rs_old_state *old, void *state, rs_term extra);
} rs_gen_server;

/* rs_reply, in callbacks: `return rs_reply(&type, &value, sizeof value);` copies the value. */
rs_next rs_reply(const rs_type *type, const void *payload, uint32_t bytes);
/* rs_stop ends the server with `reason`, taking its reference; terminate runs first (rule G9). */
rs_next rs_stop(rs_term reason);
/* rs_stop_reply: terminate runs, then the reply is sent, then the server exits (rule C6). */
rs_next rs_stop_reply(rs_term reason, const rs_type *type, const void *payload, uint32_t bytes);
rs_next rs_ignore(void);
/* rs_init_error lets the start fail with `reason`, whose reference it takes, and the server end
 * `normal`: nobody who is linked dies of it, and nothing is reported (rule G2, OTP 26). */
rs_next rs_init_error(rs_term reason);

/* rs_continue, in callbacks and in init: `return rs_continue(&type, &value, sizeof value);` goes on
 * with handle_continue, which is given a copy of the value, before any message; a call that is not
 * answered yet may still be, later. After rs_reply the caller has its answer already, and after
 * init the starter its pid (rule G7). */
rs_next rs_continue(const rs_type *type, const void *payload, uint32_t bytes);
/* rs_timeout, in callbacks and in init: `return rs_timeout(ns);` goes on; if no message comes for
 * `ns`, handle_info is called with one of rs_timeout_type. Messages that wait already come first,
 * also for 0 ns, and each of them ends it (rule G12); those of sys.h do not. Waiting for anything,
 * or calling anybody, ends it too: let it be the last thing that a callback does. After rs_reply it
 * may follow as well. */
rs_next rs_timeout(uint64_t ns);
extern const rs_type rs_timeout_type;
/* rs_hibernate, in callbacks: `return rs_hibernate();` goes on. An idle server keeps no stack, and
 * its arena holds its state and nothing else, so there is nothing to throw away. */
static inline rs_next rs_hibernate(void) {
    return RS_NOREPLY;
}
/* rs_reply_to answers a call later, from any process; a second reply is dropped (rule C3). */
void rs_reply_to(rs_from from, const rs_type *type, const void *payload, uint32_t bytes);

typedef enum rs_start_result { RS_START_OK, RS_START_IGNORE, RS_START_ERROR } rs_start_result;

typedef struct rs_start_options {
    rs_atom name; /* registered before init; 0: none */
    bool link;
    uint64_t link_tag;
    uint64_t timeout_ns; /* 0: infinity (rule G5) */
    uint32_t role;
    uint64_t arena_bytes;
} rs_start_options;

/* rs_gen_server_start spawns a server and waits until its init has answered. `args` are copied.
 * RS_START_ERROR: *reason is the error, owned by the caller ({already_started,Pid} when the name is
 * taken; init's stop reason; the crash). */
rs_start_result rs_gen_server_start(const rs_gen_server *module, const void *args, uint32_t bytes,
                                    const rs_start_options *options, rs_pid *pid, rs_term *reason);

/* rs_gen_server_try_call sends a request and waits for its reply. On failure it returns NULL and
 * *reason (owned by the caller): noproc, timeout, calling_self, or the reason the server died of.
 * The reply is valid until the caller's next call or until the callback returns. */
const rs_message *rs_gen_server_try_call(rs_pid server, const rs_type *type, const void *payload,
                                         uint32_t bytes, uint64_t timeout_ns, rs_term *reason);

/* rs_gen_server_call is the same, but exits {Reason,{gen_server,call,Server}} on failure (rule C1).
 */
const rs_message *rs_gen_server_call(rs_pid server, const rs_type *type, const void *payload,
                                     uint32_t bytes, uint64_t timeout_ns);

/* rs_gen_server_call_ref returns the reference of the caller's latest call, to recognise it in the
 * observer's `late`. */
rs_ref rs_gen_server_call_ref(void);

/* rs_gen_server_cast sends a request without reply; it never fails (rule C5). */
void rs_gen_server_cast(rs_pid server, const rs_type *type, const void *payload, uint32_t bytes);

/* rs_gen_server_stop asks the server to stop with `reason` (borrowed) and waits for its end.
 * Errors: RS_ENOPROC, RS_ELIMIT on timeout (the server may still be in terminate). */
rs_err rs_gen_server_stop(rs_pid server, rs_term reason, uint64_t timeout_ns);

#define RS_CALL_TIMEOUT_NS UINT64_C(5000000000) /* OTP's default */

#endif
