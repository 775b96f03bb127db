/* term_block.h: how a term that is no immediate lies in memory; for the files that walk through
 * one.
 *
 * A block is {count, words, root, data…}. Inside, a tuple or list is a header word (its size)
 * followed by its elements, a text a header word (its bytes) followed by the bytes; all are named
 * by their offset in words from the start of the data.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TERM_BLOCK_H
#define RS_TERM_BLOCK_H

#include "runtime/base/atomic.h"
#include "runtime/process/term.h"

typedef struct rs_term_block {
    rs_atomic_u32 count; /* of references, with the marks of where it lies above */
    uint32_t words;      /* of data */
    rs_term root;
    uint64_t data[];
} rs_term_block;

/* rs_term_block_of returns the block of a term that has one. */
static inline rs_term_block *rs_term_block_of(rs_term term) {
    return (rs_term_block *)(uintptr_t)(term & ~(uint64_t)15);
}

/* rs_term_block_view returns the outermost value of any term. */
static inline rs_term_view rs_term_block_view(rs_term term) {
    if (rs_term_tag(term) != RS_TAG_BLOCK) return (rs_term_view){term, NULL};
    return (rs_term_view){rs_term_block_of(term)->root, rs_term_block_of(term)->data};
}

/* rs_term_block_header returns the header word of a row or text inside a block. */
static inline const uint64_t *rs_term_block_header(rs_term_view v) {
    return v.data + (v.term >> 4);
}

/* rs_term_block_text_words returns how many words a text of `bytes` bytes takes. */
static inline uint32_t rs_term_block_text_words(uint64_t bytes) {
    return (uint32_t)((bytes + 7) / 8);
}

/* rs_term_block_element returns element `i`, from 0, of a row, which has it. */
static inline rs_term_view rs_term_block_element(rs_term_view row, uint32_t i) {
    return (rs_term_view){rs_term_block_header(row)[1 + i], row.data};
}

/* rs_term_block_is_row says whether values of `tag` have elements. */
static inline bool rs_term_block_is_row(rs_tag tag) {
    return tag == RS_TAG_TUPLE || tag == RS_TAG_LIST;
}

/* rs_term_block_holds says whether values of `tag` lie in a block. */
static inline bool rs_term_block_holds(rs_tag tag) {
    return rs_term_block_is_row(tag) || tag == RS_TAG_TEXT;
}

#endif
