/* system.h: requests that a behaviour answers itself, before its module sees them. One type for
 * all, so that others' calls are told from them by one comparison.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SYSTEM_H
#define RS_SYSTEM_H

#include "runtime/otp/gen_server.h"
#include "runtime/process/process.h"

typedef enum rs_system_word {
    RS_SYSTEM_START, /* the first message of a server: gen_server.c */
    RS_SYSTEM_STOP,  /* its reason's text follows */
    RS_SYSTEM_SUSPEND,
    RS_SYSTEM_RESUME,
    RS_SYSTEM_GET_STATE,
    RS_SYSTEM_REPLACE_STATE, /* a packed term follows */
    RS_SYSTEM_CHANGE_CODE,   /* a packed term follows, `extra`; of 0 words: bytes, whose address
                                `extra` then is, as an integer */
    RS_SYSTEM_GET_STATUS,
    RS_SYSTEM_TRACE_ON,
    RS_SYSTEM_TRACE_OFF,
    RS_SYSTEM_STATISTICS_ON,
    RS_SYSTEM_STATISTICS_OFF,
    RS_SYSTEM_STATISTICS_GET,
} rs_system_word;

/* Followed by what the word says. */
typedef struct rs_system_request {
    uint32_t word;               /* rs_system_word */
    uint32_t count;              /* of the packed term's words */
    const rs_gen_server *module; /* RS_SYSTEM_CHANGE_CODE: the other one */
} rs_system_request;

/* Of every request; the payload begins with an rs_system_request. */
extern const rs_type rs_system_type;

/* rs_system_behaviour returns what a server of `module` runs as, from now on. */
const rs_behaviour *rs_system_behaviour(const rs_gen_server *module);

/* rs_system_change_code is rs_sys_change_code for modules of this room, whose code_change takes
 * `bytes` of `payload`, aligned to 16, instead of a term. */
rs_err rs_system_change_code(rs_pid server, const rs_gen_server *module, const void *payload,
                             uint32_t bytes, rs_term *reason);

/* rs_system_is_own says whether `message` is for the behaviour itself, not for its module: a system
 * message, or its parent's EXIT. */
static inline bool rs_system_is_own(const rs_process *self, const rs_message *message) {
    if (message->kind == RS_MESSAGE_EXIT) return message->from == self->parent;
    return message->kind == RS_MESSAGE_CALL && message->type == &rs_system_type;
}

/* rs_system_tell_state returns the state of the caller's process as its state_type tells it. Owner:
 * the caller. In user mode. */
rs_term rs_system_tell_state(rs_process *self);

/* rs_system_serve answers `message`, a request of sys.h, and while the server is suspended all that
 * follow. It returns a message that ends the server, RS_SYSTEM_STOP or its parent's EXIT; NULL: go
 * on. In user mode. */
const rs_message *rs_system_serve(rs_process *self, const rs_message *message);

/* rs_system_read reads `term` as a value of `type`; on any error the old one stays. Errors: those
 * of rs_sys_replace_state. */
rs_err rs_system_read(const rs_type *type, rs_term term, void *value, uint32_t bytes);

/* rs_system_call_failed exits {Why,{Behaviour,call,Server}}, rule C1; takes `why`. */
_Noreturn void rs_system_call_failed(const char *behaviour, rs_pid server, rs_term why);

#endif
