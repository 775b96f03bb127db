/* gen_event_serve.h: what a manager is asked, and how it answers.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_GEN_EVENT_SERVE_H
#define RS_GEN_EVENT_SERVE_H

#include "runtime/otp/gen_event.h"
#include "runtime/otp/packed_term.h"

typedef enum rs_gen_event_word {
    RS_GEN_EVENT_ADD,
    RS_GEN_EVENT_DELETE,
    RS_GEN_EVENT_SWAP,
    RS_GEN_EVENT_CALL,
    RS_GEN_EVENT_WHICH
} rs_gen_event_word;

/* Followed by `words` of the packed `why`, and `bytes` of arguments or of a handler's request. */
typedef struct rs_gen_event_request {
    uint8_t word;    /* rs_gen_event_word */
    bool supervised; /* the new handler belongs to the caller */
    uint16_t words;
    uint32_t bytes;
    const rs_gen_event_handler *module, *to; /* swap: which takes over */
    rs_term id, to_id;
    const rs_type *type; /* of a handler's request */
} rs_gen_event_request;

/* A packed term, as an answer or in a message to who owns a handler. */
typedef struct rs_gen_event_term {
    rs_gen_event_exit exit; /* of the latter */
    uint64_t count;
    uint64_t words[RS_PACKED_TERM_WORDS];
} rs_gen_event_term;

extern const rs_type rs_gen_event_request_type, rs_gen_event_answer_type;

/* rs_gen_event_term_write packs `term` (borrowed) and returns how many bytes of `it` are used. */
uint32_t rs_gen_event_term_write(rs_gen_event_term *it, rs_term term);

/* The manager. */
extern const rs_gen_server rs_gen_event_manager;

#endif
