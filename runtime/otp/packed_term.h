/* packed_term.h: a term as words that may lie in a message: a term's block is counted and has an
 * owner, a message is plain bytes that may be dropped on the way.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PACKED_TERM_H
#define RS_PACKED_TERM_H

#include "runtime/process/term.h"

/* Enough for the errors of trees nested a dozen deep; what does not fit becomes `system_limit`. */
#define RS_PACKED_TERM_WORDS 128u

/* rs_packed_term_write packs `term` (borrowed) into `words` and returns how many are used: at least
 * 1, at most RS_PACKED_TERM_WORDS. */
uint32_t rs_packed_term_write(rs_term term, uint64_t *words);

/* rs_packed_term_is_cut says that `term` did not fit into what rs_packed_term_write has made of it.
 */
static inline bool rs_packed_term_is_cut(rs_term term, const uint64_t *words, uint32_t count) {
    return count == 1 && words[0] == RS_ATOM(system_limit) && term != RS_ATOM(system_limit);
}

/* rs_packed_term_read makes the term of `count` words. Owner: the caller. */
rs_term rs_packed_term_read(const uint64_t *words, uint32_t count);

#endif
