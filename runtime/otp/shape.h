/* shape.h: the tuples and lists that OTP's errors are made of. Without memory for one, it is
 * `system_limit`. SPDX-License-Identifier: MIT
 */
#ifndef RS_OTP_SHAPE_H
#define RS_OTP_SHAPE_H

#include "runtime/process/term.h"

/* rs_shape_pair returns {first,second}; takes both references. */
static inline rs_term rs_shape_pair(rs_term first, rs_term second) {
    const rs_term elements[] = {first, second};
    rs_term pair = rs_term_tuple(2, elements);
    rs_term_release(first);
    rs_term_release(second);
    return pair ? pair : RS_ATOM(system_limit);
}

/* rs_shape_triple returns {first,second,third}; takes all references. */
static inline rs_term rs_shape_triple(rs_term first, rs_term second, rs_term third) {
    const rs_term elements[] = {first, second, third};
    rs_term triple = rs_term_tuple(3, elements);
    for (int i = 0; i < 3; i++) rs_term_release(elements[i]);
    return triple ? triple : RS_ATOM(system_limit);
}

/* rs_shape_list_of_two returns [first,second]; takes both references. */
static inline rs_term rs_shape_list_of_two(rs_term first, rs_term second) {
    const rs_term elements[] = {first, second};
    rs_term list = rs_term_list(2, elements);
    rs_term_release(first);
    rs_term_release(second);
    return list ? list : RS_ATOM(system_limit);
}

/* rs_shape_word returns the atom of `text`, or `undefined` when there is no room for it. */
static inline rs_atom rs_shape_word(const char *text) {
    rs_atom atom = rs_atom_find(text);
    return atom ? atom : RS_ATOM(undefined);
}

/* rs_shape_exit returns {'EXIT',Reason}, what Erlang's catch gives; `reason` is borrowed. */
static inline rs_term rs_shape_exit(rs_term reason) {
    rs_term_retain(reason, 1);
    return rs_shape_pair(rs_shape_word("EXIT"), reason);
}

#endif
