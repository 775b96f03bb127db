/* sugar.h: shorter ways to write what gen_server.h has; nothing here can do more. The arguments are
 * lvalues and evaluated once.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SUGAR_H
#define RS_SUGAR_H

#include "runtime/otp/gen_server.h"

/* static const rs_type position = RS_TYPE(uint32_t); */
#define RS_TYPE(STRUCT)                                                                            \
    { .name = #STRUCT, .bytes = sizeof(STRUCT) }

/* const score *it = RS_PAYLOAD(score, request); */
#define RS_PAYLOAD(STRUCT, MESSAGE) ((const STRUCT *)rs_message_payload(MESSAGE))

/* In callbacks: return RS_REPLY(position, at); */
#define RS_REPLY(TYPE, VALUE) rs_reply(&(TYPE), &(VALUE), (uint32_t)sizeof(VALUE))

/* const rs_message *reply = RS_CALL(server, add_score, score); with OTP's timeout of five seconds.
 */
#define RS_CALL(SERVER, TYPE, VALUE)                                                               \
    rs_gen_server_call((SERVER), &(TYPE), &(VALUE), (uint32_t)sizeof(VALUE), RS_CALL_TIMEOUT_NS)

/* RS_CAST(server, add_score, score); */
#define RS_CAST(SERVER, TYPE, VALUE)                                                               \
    rs_gen_server_cast((SERVER), &(TYPE), &(VALUE), (uint32_t)sizeof(VALUE))

#endif
