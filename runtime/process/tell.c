/* tell.c: values and messages as terms and texts.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/tell.h"

rs_term rs_tell_value(const rs_type *type, const char *name, const void *value, uint32_t bytes) {
    bool is_there = value || bytes == 0; /* a state may not have found memory */
    if (type && type->to_term && is_there) return type->to_term(value, bytes);
    const char *called = type && type->name ? type->name : name;
    const rs_term opaque[] = {rs_atom_find("opaque"), rs_atom_find(called), rs_term_integer(bytes)};
    return rs_term_tuple(3, opaque);
}

static rs_term tell_exit(const rs_message *message) {
    const rs_term exit[] = {rs_atom_find("EXIT"), message->from, rs_message_reason(message)};
    return rs_term_tuple(3, exit);
}

static rs_term tell_down(const rs_message *message) {
    const rs_term down[] = {rs_atom_find("DOWN"), message->ref, rs_atom_find("process"),
                            message->from, rs_message_reason(message)};
    return rs_term_tuple(5, down);
}

rs_term rs_tell_message(const rs_message *message) {
    if (message->kind == RS_MESSAGE_EXIT) return tell_exit(message);
    if (message->kind == RS_MESSAGE_DOWN) return tell_down(message);
    return rs_tell_value(message->type, "message", message->payload, message->bytes);
}

void rs_tell_text(rs_term term, char *text, size_t bytes) {
    text[0] = 0;
    if (term) rs_term_print(term, text, bytes);
    rs_term_release(term);
}
