/* gen_event.h: OTP's event manager: one process in which handlers, each with a state and private
 * memory of its own, are given every event, newest handler first.
 *
 * A handler that exits or crashes is removed, and the manager and the others go on; its memory is
 * given back. As everywhere, terminate does not run after a native crash.
 * Source: rules V1-V6.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_GEN_EVENT_H
#define RS_GEN_EVENT_H

#include "runtime/otp/gen_server.h"

/* A handler's callbacks. They run in the manager's process, and must not call it. What they return
 * is RS_NOREPLY, rs_reply() where somebody waits, or one of the two functions below; after anything
 * else the handler is removed with {error,bad_return_value}. */
typedef struct rs_gen_event_handler {
    const char *name;
    uint32_t state_bytes; /* allocated zeroed from the handler's memory before init */
    /* init returns `ok`, or another term, owned, that rs_gen_event_add_handler is to return: then
     * nothing is added. `handed` is 0, or what the handler left that this one takes over from. */
    rs_term (*init)(void *state, const void *args, uint32_t bytes, rs_term handed);
    rs_next (*handle_event)(void *state, const rs_message *event);  /* notify, sync_notify */
    rs_next (*handle_call)(void *state, const rs_message *request); /* must rs_reply; may be NULL */
    rs_next (*handle_info)(void *state, const rs_message *info);    /* NULL: dropped */
    /* terminate is given why, borrowed: what rs_gen_event_delete_handler was given, remove_handler,
     * stop, {stop,Reason} when the process died that had added it, {error,{'EXIT',Reason}}. What it
     * returns, owned, is returned to who deletes it. NULL: `ok`. */
    rs_term (*terminate)(void *state, rs_term why);
    const rs_type *state_type; /* for rs_sys_get_state; NULL: opaque */
} rs_gen_event_handler;

/* rs_remove_handler, in callbacks: `return rs_remove_handler();` removes the handler; a call is
 * answered before. */
rs_next rs_remove_handler(void);

/* rs_swap_handler, in callbacks: `return rs_swap_handler(why, &other, id, &args, sizeof args);`
 * terminates the handler with `why` (its reference is taken) and puts `other` in its place, whose
 * init is given what terminate returned. `args` are copied. */
rs_next rs_swap_handler(rs_term why, const rs_gen_event_handler *other, rs_term id,
                        const void *args, uint32_t bytes);

/* rs_gen_event_start starts a manager without handlers. Errors: as rs_gen_server_start. */
rs_start_result rs_gen_event_start(const rs_start_options *options, rs_pid *pid, rs_term *reason);

/* Of all calls below: `id` is an immediate term that tells handlers of one module apart, 0: none;
 * several may be the same, and the newest is meant. Those that wait exit with the reason when the
 * manager is gone. Terms returned are the caller's.
 *
 * rs_gen_event_add_handler returns `ok`, what init returned instead, or {'EXIT',Reason}.
 * rs_gen_event_add_sup_handler links the caller too: when it dies the handler is removed, and when
 * the handler is removed it gets a message of rs_gen_event_exit_type. The link stays. */
rs_term rs_gen_event_add_handler(rs_pid manager, const rs_gen_event_handler *module, rs_term id,
                                 const void *args, uint32_t bytes);
rs_term rs_gen_event_add_sup_handler(rs_pid manager, const rs_gen_event_handler *module, rs_term id,
                                     const void *args, uint32_t bytes);

/* rs_gen_event_delete_handler returns what terminate did, {'EXIT',Reason} when it could not, or
 * {error,module_not_found}. `why` is borrowed. */
rs_term rs_gen_event_delete_handler(rs_pid manager, const rs_gen_event_handler *module, rs_term id,
                                    rs_term why);

/* A handler that is to take over from another. */
typedef struct rs_gen_event_swap {
    const rs_gen_event_handler *from;
    rs_term from_id;
    rs_term why; /* for terminate; borrowed */
    const rs_gen_event_handler *to;
    rs_term to_id;
    const void *args; /* for init, which is handed what terminate returned, `error` without one */
    uint32_t bytes;
} rs_gen_event_swap;

/* rs_gen_event_swap_handler returns `ok` or {error,Reason}; the old one is gone either way. The new
 * one belongs to whom the old one did. rs_gen_event_swap_sup_handler: to the caller. */
rs_term rs_gen_event_swap_handler(rs_pid manager, const rs_gen_event_swap *swap);
rs_term rs_gen_event_swap_sup_handler(rs_pid manager, const rs_gen_event_swap *swap);

/* rs_gen_event_notify sends an event and does not wait; rs_gen_event_sync_notify returns when all
 * handlers have had it. */
void rs_gen_event_notify(rs_pid manager, const rs_type *type, const void *payload, uint32_t bytes);
void rs_gen_event_sync_notify(rs_pid manager, const rs_type *type, const void *payload,
                              uint32_t bytes);

/* rs_gen_event_call calls one handler and returns its reply, valid until the caller's next call.
 * NULL: *error (the caller's) is bad_module when there is no such handler, {'EXIT',Reason} or
 * bad_return_value when it failed and is removed. It exits {Reason,{gen_event,call,Manager}} after
 * the timeout, or when the manager is gone. */
const rs_message *rs_gen_event_call(rs_pid manager, const rs_gen_event_handler *module, rs_term id,
                                    const rs_type *type, const void *payload, uint32_t bytes,
                                    uint64_t timeout_ns, rs_term *error);

/* rs_gen_event_which_handlers returns a list, newest first: Name or {Name,Id}. Errors: the atom
 * system_limit when there are too many for a message; see rs_packed_term_write. */
rs_term rs_gen_event_which_handlers(rs_pid manager);

/* rs_gen_event_stop ends the manager; all handlers are terminated with `stop`. As
 * rs_gen_server_stop. */
rs_err rs_gen_event_stop(rs_pid manager, rs_term reason, uint64_t timeout_ns);

/* What whoever added a handler with rs_gen_event_add_sup_handler is told of its end. */
typedef struct rs_gen_event_exit {
    const rs_gen_event_handler *module;
    rs_term id;
} rs_gen_event_exit;

/* Of a message whose payload begins with an rs_gen_event_exit. */
extern const rs_type rs_gen_event_exit_type;

/* rs_gen_event_exit_reason returns why: normal (deleted, or removed itself), shutdown (the manager
 * stopped), {swapped,Handler,Owner}, or what the handler failed with. Owner: the caller. */
rs_term rs_gen_event_exit_reason(const rs_message *exit);

#endif
