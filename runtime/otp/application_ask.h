/* application_ask.h: what the callers of application.h ask the controller, and how.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_APPLICATION_ASK_H
#define RS_APPLICATION_ASK_H

#include "runtime/otp/application.h"

typedef enum rs_application_word {
    RS_APPLICATION_LOAD,
    RS_APPLICATION_UNLOAD,
    RS_APPLICATION_START,
    RS_APPLICATION_STOP,
    RS_APPLICATION_WHICH,  /* rs_application_entry of each that runs */
    RS_APPLICATION_LOADED, /* of each that is loaded */
    RS_APPLICATION_ONE,    /* of the one called `name` */
    RS_APPLICATION_OF,     /* of the one led by `pid` */
    RS_APPLICATION_GET_ENV,
    RS_APPLICATION_GET_ALL_ENV, /* keys, counts, words */
    RS_APPLICATION_SET_ENV,
    RS_APPLICATION_UNSET_ENV,
    RS_APPLICATION_CHANGE,
} rs_application_word;

typedef struct rs_application_request {
    uint32_t word; /* rs_application_word */
    uint32_t type; /* START: rs_restart */
    bool persistent;
    uint32_t count; /* of words that follow */
    rs_atom name, key;
    rs_pid pid;
    const rs_application *application; /* LOAD */
    const rs_config *config;           /* CHANGE */
    uint64_t words[];
} rs_application_request;

/* Those that are said to give something else above are answered with a packed term. */
typedef struct rs_application_entry {
    rs_atom name;
    const rs_application *application;
    rs_pid master, top;
    uint64_t runs; /* 1 or 0 */
} rs_application_entry;

extern const rs_type rs_application_request_type;

/* rs_application_ask asks and waits without limit; the payload is valid until the caller's next
 * call, and *count says how many things of `each` bytes it has. Without a controller it starts one.
 * NULL: it has died meanwhile, of *reason, which is the caller's (`reason` may be NULL). */
const void *rs_application_ask(const rs_application_request *request, size_t each, uint32_t *count,
                               rs_term *reason);

/* rs_application_ask_term returns the answer, or {error,Reason}, the caller's. */
rs_term rs_application_ask_term(const rs_application_request *request);

/* rs_application_ask_entry returns what the controller has; zeroes: nothing. */
rs_application_entry rs_application_ask_entry(const rs_application_request *request);

/* rs_application_ask_load loads it unless one of its name is. 0, or {error,Reason}, the caller's.
 */
rs_term rs_application_ask_load(const rs_application *application);

/* rs_application_ask_refused says whether `answer` (borrowed) is {error,{word,_}}. */
bool rs_application_ask_refused(rs_term answer, rs_atom word);

#endif
