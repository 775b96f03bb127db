/* tell.h: what travels and what is kept, as terms and texts for those who look in from outside:
 * sys, traces, crash reports. It runs the types' own functions.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TELL_H
#define RS_TELL_H

#include "runtime/respawn.h"

/* rs_tell_value returns `value` as its type tells it, {opaque,Name,Bytes} where it does not; `name`
 * is for what has no type. In user mode. Owner: the caller. */
rs_term rs_tell_value(const rs_type *type, const char *name, const void *value, uint32_t bytes);

/* rs_tell_message returns the payload of `message` as a term, {'EXIT',From,Reason} and
 * {'DOWN',Ref,process,From,Reason} as Erlang has them. In user mode. Owner: the caller. */
rs_term rs_tell_message(const rs_message *message);

/* rs_tell_text prints `term`, whose reference it takes, into `text`: cut to `bytes`, always
 * terminated; "" for no term. */
void rs_tell_text(rs_term term, char *text, size_t bytes);

#endif
