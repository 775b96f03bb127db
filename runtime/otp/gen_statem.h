/* gen_statem.h: OTP's state machine: what a server does with an event depends on its state, and
 * events whose time has not come are postponed until the state changes. A machine is a gen_server:
 * rs_gen_server_cast, _try_call and _stop, and sys.h, are for it as well.
 * Source: rules F1-F7.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_GEN_STATEM_H
#define RS_GEN_STATEM_H

#include "runtime/otp/gen_server.h"

/* A door with a code:
 *
 *     enum { LOCKED, OPEN };
 *
 *     static rs_next is_locked(void *data, const rs_statem_event *event) {
 *         if (event->type == RS_STATEM_ENTER) return rs_keep_state();
 *         if (event->message->type == &walk_type) return rs_postpone();
 *         return is_code(data, event->message) ? rs_next_state(OPEN) : rs_keep_state();
 *     }
 *     static rs_next is_open(void *data, const rs_statem_event *event) {
 *         switch (event->type) {
 *         case RS_STATEM_ENTER:
 *             rs_set_timeout(RS_STATE_TIMEOUT, OPEN_NS, NULL, NULL, 0);
 *             return rs_keep_state();
 *         case RS_STATEM_STATE_TIMEOUT: return rs_next_state(LOCKED);
 *         case RS_STATEM_CALL:
 *             rs_reply_to(event->from, &through_type, NULL, 0); // fall through
 *         default: return rs_keep_state();
 *         }
 *     }
 *     static const rs_statem_state states[] = {[LOCKED] = {"locked", is_locked},
 *                                              [OPEN] = {"open", is_open}};
 *     static const rs_gen_statem door = {.name = "door", .data_bytes = sizeof(code),
 *                                        .state_enter = true, .states = states, .state_count = 2};
 */

typedef enum rs_statem_type {
    RS_STATEM_INTERNAL, /* of rs_next_event alone */
    RS_STATEM_CALL,
    RS_STATEM_CAST,
    RS_STATEM_INFO, /* any other message, also EXIT and DOWN */
    RS_STATEM_TIMEOUT,
    RS_STATEM_STATE_TIMEOUT,
    RS_STATEM_NAMED_TIMEOUT,
    RS_STATEM_ENTER, /* the state has been entered; no event, but told like one */
} rs_statem_type;

/* What a callback is told; valid until it returns. */
typedef struct rs_statem_event {
    rs_statem_type type;
    uint32_t name;      /* NAMED_TIMEOUT: whose */
    uint32_t old_state; /* ENTER: the one before; the first time, and when repeated, the same */
    rs_from from;       /* CALL: answered with rs_reply_to, now or much later */
    const rs_message *message; /* its content; NULL: ENTER */
} rs_statem_event;

typedef rs_next rs_statem_callback(void *data, const rs_statem_event *event);

typedef struct rs_statem_state {
    const char *name;             /* as others see it; NULL: its number */
    rs_statem_callback *callback; /* NULL in a module with handle_event */
} rs_statem_state;

/* The callback mode is state_functions, a callback for each state, or if there is a handle_event
 * handle_event_function, one for all. */
typedef struct rs_gen_statem {
    const char *name;
    uint32_t data_bytes; /* allocated zeroed from the machine's arena before init */
    uint32_t state_count;
    const rs_statem_state *states;
    bool state_enter;
    rs_next (*init)(
        void *data, const void *args,
        uint32_t bytes); /* rs_next_state(FIRST), rs_ignore(), rs_stop(); NULL: state 0 */
    rs_next (*handle_event)(void *data, uint32_t state, const rs_statem_event *event);
    void (*terminate)(void *data, uint32_t state, rs_term reason); /* NULL: nothing to do */
    void (*error)(void *data, uint32_t state, rs_term reason);     /* as that of rs_gen_server */
    const rs_type *data_type; /* for get_state, which tells {State,Data}; NULL: opaque */
} rs_gen_statem;

/* What a callback returns: one of the next three, rs_stop, or if the state stays rs_postpone or
 * rs_hibernate. rs_reply_to, then rs_stop, is OTP's stop_and_reply. rs_stop_reply, rs_continue and
 * rs_timeout are not for machines, and rs_reply knows only a call that has just been received. */
rs_next rs_next_state(uint32_t state);
static inline rs_next rs_keep_state(void) {
    return RS_NOREPLY;
}
/* rs_repeat_state enters the state again; what is postponed stays so. */
rs_next rs_repeat_state(void);

/* The rest are OTP's transition actions: they act when the callback has returned, and not if it
 * stops. When a state is being entered rs_postpone, rs_next_event and rs_next_state to another one
 * end the machine, as OTP does, with {bad_state_enter_action_from_state_function,Action} or
 * {bad_state_enter_return_from_state_function,{next_state,State}}. In init rs_postpone means
 * nothing. */

/* rs_postpone keeps the event until the state has changed. */
rs_next rs_postpone(void);

/* rs_next_event inserts an event before all that wait, in the order of its calls, with a copy of
 * `payload` as its content. `as` gives its type, and of a call or timeout whose it is:
 * &rs_internal, or the event at hand, or any other. */
void rs_next_event(const rs_statem_event *as, const rs_type *type, const void *payload,
                   uint32_t bytes);
extern const rs_statem_event rs_internal;

/* A timeout is a number of the caller's, its name, or one of these: RS_EVENT_TIMEOUT ends with the
 * next event of any kind, RS_STATE_TIMEOUT with the next change of state, a named one never. */
#define RS_EVENT_TIMEOUT UINT32_MAX
#define RS_STATE_TIMEOUT (UINT32_MAX - 1)

/* rs_set_timeout lets an event with a copy of `payload` come in `ns`, in place of what was set for
 * `which`; 0: after all that wait, but before any message. Of several calls for one, here and in
 * the next two functions, the last counts. */
void rs_set_timeout(uint32_t which, uint64_t ns, const rs_type *type, const void *payload,
                    uint32_t bytes);
/* rs_update_timeout changes the content alone; is none running, it is rs_set_timeout of 0. */
void rs_update_timeout(uint32_t which, const rs_type *type, const void *payload, uint32_t bytes);
void rs_cancel_timeout(uint32_t which);

/* rs_gen_statem_start is rs_gen_server_start for a machine. The first state is entered, and what
 * init asked for is done, after the starter has its answer. */
rs_start_result rs_gen_statem_start(const rs_gen_statem *module, const void *args, uint32_t bytes,
                                    const rs_start_options *options, rs_pid *pid, rs_term *reason);

/* rs_gen_statem_call is rs_gen_server_call, but for the exit's {gen_statem,call,Server}, and that
 * OTP's default here is RS_FOREVER. */
const rs_message *rs_gen_statem_call(rs_pid server, const rs_type *type, const void *payload,
                                     uint32_t bytes, uint64_t timeout_ns);

#endif
