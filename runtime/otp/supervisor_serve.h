/* supervisor_serve.h: what management calls look like on the way, and the callbacks of a
 * supervisor, for the behaviours that are supervisors of a kind of their own.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SUPERVISOR_SERVE_H
#define RS_SUPERVISOR_SERVE_H

#include "runtime/otp/packed_term.h"
#include "runtime/otp/supervisor.h"

typedef enum rs_supervisor_word {
    RS_SUPERVISOR_START_SIMPLE,  /* bytes: extra; text: the key or nothing */
    RS_SUPERVISOR_START_STATIC,  /* bytes: the spec */
    RS_SUPERVISOR_START_DYNAMIC, /* bytes: the spec and its arguments; text: the key or nothing */
    RS_SUPERVISOR_TERMINATE,     /* text: the id; none: pid */
    RS_SUPERVISOR_RESTART,       /* text: the id */
    RS_SUPERVISOR_DELETE,        /* text: the id */
    RS_SUPERVISOR_COUNT,         /* answered by rs_child_counts */
    RS_SUPERVISOR_WHICH,         /* number: from; answered by rs_supervisor_page */
} rs_supervisor_word;

/* Followed by `bytes` bytes, then a text of `text` bytes (0: none) with its end. */
typedef struct rs_supervisor_request {
    uint32_t word; /* rs_supervisor_word */
    uint32_t bytes, text;
    uint32_t number;
    rs_pid pid;
    uint64_t reserved; /* what follows is aligned to 16 */
} rs_supervisor_request;

/* `count` words of a packed term follow: of RS_START_ERROR the error, else none. */
typedef struct rs_supervisor_answer {
    uint32_t result; /* rs_start_result */
    uint32_t count;
    rs_pid pid; /* 0: there is none to tell */
} rs_supervisor_answer;

/* A page is small enough for a stack. */
#define RS_SUPERVISOR_PAGE 24u

typedef struct rs_supervisor_page {
    uint32_t total, count;
    rs_child_info infos[RS_SUPERVISOR_PAGE];
} rs_supervisor_page;

extern const rs_type rs_supervisor_request_type;

/* What a request is made of, before it is packed; the lengths in `head` are filled in. */
typedef struct rs_supervisor_parcel {
    rs_supervisor_request head;
    const rs_child_spec *spec; /* NULL: none */
    const void *bytes;         /* what follows it, `more` of them */
    uint32_t more;
    const char *text; /* NULL: none */
} rs_supervisor_parcel;

/* rs_supervisor_call_start sends a request that starts a child, and waits for what comes of it. */
rs_start_result rs_supervisor_call_start(rs_pid supervisor, rs_supervisor_parcel *request,
                                         rs_pid *pid, rs_term *reason);

/* rs_supervisor_init is the supervisor's init, with its spec. Source: rules S2-S7. */
rs_next rs_supervisor_init(void *state, const rs_supervisor_spec *spec);

/* rs_supervisor_serve is its handle_call. Source: rules S28-S34, E2. */
rs_next rs_supervisor_serve(void *state, rs_from from, const rs_message *request);

/* rs_supervisor_take_info is its handle_info: exits and retries. Source: rules S8-S18. */
rs_next rs_supervisor_take_info(void *state, const rs_message *info);

/* rs_supervisor_terminate stops its children. Source: rule S25. */
void rs_supervisor_terminate(void *state, rs_term reason);

#endif
