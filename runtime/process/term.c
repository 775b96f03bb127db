/* term.c: building terms, and walking through them. Blocks come from malloc-free slabs when a
 * process makes them, and from the C heap before a run. SPDX-License-Identifier: MIT
 */
#include "runtime/process/term_block.h"

#include "runtime/process/arena.h"
#include "runtime/process/process.h"
#include "runtime/process/region.h"

#include <stdlib.h>
#include <string.h>

typedef rs_term_block block;
typedef rs_term_view view;

#define IN_HEAP  (1u << 31)
#define IN_OWN   (1u << 30)
#define IN_TABLE (1u << 29)
#define MARKS    (IN_HEAP | IN_OWN | IN_TABLE)

static size_t block_bytes(uint32_t words) {
    return sizeof(block) + words * sizeof(uint64_t);
}

/* ---------------------------------------------------------------- memory */

static rs_category category_of(uint32_t marks) {
    return marks & IN_TABLE ? RS_CATEGORY_TABLE : RS_CATEGORY_MESSAGE;
}

static block *take_block(rs_core *core, size_t bytes, uint32_t marks) {
    if (!core) return malloc(bytes);
    if (marks & IN_OWN) return rs_arena_alloc(core, core->current, bytes);
    return rs_slab_alloc(core, bytes, category_of(marks));
}

/* Counted by what made them: blocks live in messages and reasons, which any core may free, unless
 * `marks` say that they are a process's own, or a table's. */
static block *alloc_block(uint32_t words, uint32_t marks) {
    bool entered;
    rs_core *core = rs_section_join(&entered);
    block *made = take_block(core, block_bytes(words), marks);
    if (entered) rs_section_leave(core);
    if (!made) return NULL;
    rs_store(&made->count, 1u | (core ? marks : IN_HEAP), rs_relaxed);
    made->words = words;
    return made;
}

static void free_block(block *dead, uint32_t marks) {
    if (marks & IN_HEAP) {
        free(dead);
        return;
    }
    bool entered;
    rs_core *core = rs_section_join(&entered);
    if (!core) return; /* its slab went with its runtime */
    if (marks & IN_OWN)
        rs_arena_free(core, core->current, dead, block_bytes(dead->words));
    else
        rs_slab_free(core, dead, block_bytes(dead->words), category_of(marks));
    if (entered) rs_section_leave(core);
}

void rs_term_retain(rs_term term, uint32_t by) {
    if (rs_term_tag(term) == RS_TAG_BLOCK) rs_add(&rs_term_block_of(term)->count, by, rs_relaxed);
}

void rs_term_release(rs_term term) {
    if (rs_term_tag(term) != RS_TAG_BLOCK) return;
    /* acq_rel: the last one frees after all others' uses. */
    uint32_t before = rs_sub(&rs_term_block_of(term)->count, 1, rs_acq_rel);
    if ((before & ~MARKS) == 1) free_block(rs_term_block_of(term), before & MARKS);
}

/* ---------------------------------------------------------------- measuring and copying */

/* Words that `v` takes as part of a block; UINT32_MAX when too deep. */
static uint32_t measure(view v, uint32_t depth) {
    rs_tag tag = rs_term_tag(v.term);
    if (tag == RS_TAG_TEXT) return 1 + rs_term_block_text_words(rs_term_block_header(v)[0]);
    if (!rs_term_block_is_row(tag)) return 0;
    if (depth >= RS_TERM_DEPTH_MAX) return UINT32_MAX;
    uint64_t size = rs_term_block_header(v)[0], words = 1 + size;
    for (uint32_t i = 0; i < size; i++) {
        uint32_t part = measure(rs_term_block_element(v, i), depth + 1);
        if (part == UINT32_MAX || words + part > UINT32_MAX / 2) return UINT32_MAX;
        words += part;
    }
    return (uint32_t)words;
}

/* copy writes `v` at data[*at] and returns the term that names it there. */
static rs_term copy(view v, uint64_t *data, uint32_t *at) {
    rs_tag tag = rs_term_tag(v.term);
    if (!rs_term_block_holds(tag)) return v.term;
    uint32_t start = *at;
    const uint64_t *header = rs_term_block_header(v);
    data[start] = header[0];
    if (tag == RS_TAG_TEXT) {
        *at += 1 + rs_term_block_text_words(header[0]);
        memcpy(&data[start + 1], &header[1],
               rs_term_block_text_words(header[0]) * sizeof(uint64_t));
    } else {
        *at += 1 + (uint32_t)header[0];
        for (uint32_t i = 0; i < header[0]; i++)
            data[start + 1 + i] = copy(rs_term_block_element(v, i), data, at);
    }
    return (rs_term)start << 4 | tag;
}

static rs_term to_term(block *made) {
    return (rs_term)(uintptr_t)made | RS_TAG_BLOCK;
}

/* marks_of tells whether `term` is its process's own. */
static uint32_t marks_of(rs_term term) {
    if (rs_term_tag(term) != RS_TAG_BLOCK) return 0;
    return rs_load(&rs_term_block_of(term)->count, rs_relaxed) & IN_OWN;
}

static rs_term extract(view v, uint32_t depth, uint32_t marks) {
    rs_tag tag = rs_term_tag(v.term);
    if (!rs_term_block_holds(tag)) return v.term;
    uint32_t words = measure(v, depth);
    block *made = words == UINT32_MAX ? NULL : alloc_block(words, marks);
    if (!made) return 0;
    uint32_t at = 0;
    made->root = copy(v, made->data, &at);
    return to_term(made);
}

static rs_term make_row(rs_tag tag, uint32_t count, const rs_term *terms, uint32_t marks) {
    uint64_t words = 1 + (uint64_t)count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t part = measure(rs_term_block_view(terms[i]), 1);
        if (part == UINT32_MAX) return 0;
        words += part;
    }
    block *made = words < UINT32_MAX / 2 ? alloc_block((uint32_t)words, marks) : NULL;
    if (!made) return 0;
    uint32_t at = 1 + count;
    made->data[0] = count;
    for (uint32_t i = 0; i < count; i++)
        made->data[1 + i] = copy(rs_term_block_view(terms[i]), made->data, &at);
    made->root = tag;
    return to_term(made);
}

rs_term rs_term_tuple(uint32_t count, const rs_term *terms) {
    return make_row(RS_TAG_TUPLE, count, terms, 0);
}

rs_term rs_term_own_tuple(uint32_t count, const rs_term *terms) {
    return make_row(RS_TAG_TUPLE, count, terms, IN_OWN);
}

rs_term rs_term_list(uint32_t count, const rs_term *terms) {
    return make_row(RS_TAG_LIST, count, terms, 0);
}

rs_term rs_term_own_list(uint32_t count, const rs_term *terms) {
    return make_row(RS_TAG_LIST, count, terms, IN_OWN);
}

static rs_term make_text(const char *text, uint32_t bytes, uint32_t marks) {
    block *made = alloc_block(1 + rs_term_block_text_words(bytes), marks);
    if (!made) return 0;
    made->data[0] = bytes;
    if (bytes)
        made->data[rs_term_block_text_words(bytes)] =
            0; /* the padding is part of what is compared */
    memcpy(&made->data[1], text, bytes);
    made->root = RS_TAG_TEXT;
    return to_term(made);
}

rs_term rs_term_text(const char *text, uint32_t bytes) {
    return make_text(text, bytes, 0);
}

rs_term rs_term_own_text(const char *text, uint32_t bytes) {
    return make_text(text, bytes, IN_OWN);
}

rs_term rs_term_own(rs_term_view v) {
    return extract(v, 0, IN_OWN);
}

rs_term rs_term_share(rs_term term) {
    if (marks_of(term)) return extract(rs_term_block_view(term), 0, 0);
    rs_term_retain(term, 1);
    return term;
}

/* Not as deep as a term may be: there must be room for a list around it. */
rs_term rs_term_shelve(rs_term_view v) {
    return extract(v, 1, IN_TABLE);
}

rs_term rs_term_shelve_with(rs_term tuple, uint32_t index, rs_term value) {
    view old = rs_term_block_view(tuple), new = rs_term_block_view(value);
    uint32_t part = measure(new, 2), size = rs_term_size(tuple);
    uint64_t words =
        (uint64_t)measure(old, 1) - measure(rs_term_block_element(old, index), 2) + part;
    if (part == UINT32_MAX || words >= UINT32_MAX / 2) return 0;
    block *made = alloc_block((uint32_t)words, IN_TABLE);
    if (!made) return 0;
    uint32_t at = 1 + size;
    made->data[0] = size;
    for (uint32_t i = 0; i < size; i++)
        made->data[1 + i] = copy(i == index ? new : rs_term_block_element(old, i), made->data, &at);
    made->root = RS_TAG_TUPLE;
    return to_term(made);
}

bool rs_term_is_sound(rs_term term) {
    if (rs_term_tag(term) != RS_TAG_BLOCK) return rs_term_tag(term) <= RS_TAG_REF;
    view root = rs_term_block_view(term);
    return rs_term_block_holds(rs_term_tag(root.term)) &&
           measure(root, 0) == rs_term_block_of(term)->words;
}

size_t rs_term_bytes(rs_term term) {
    return rs_term_tag(term) == RS_TAG_BLOCK ? block_bytes(rs_term_block_of(term)->words) : 0;
}

rs_term_view rs_term_view_of(rs_term term) {
    return rs_term_block_view(term);
}

rs_term_view rs_term_view_element(rs_term row, uint32_t index) {
    return rs_term_block_element(rs_term_block_view(row), index);
}

rs_tag rs_term_kind(rs_term term) {
    return rs_term_tag(rs_term_block_view(term).term);
}

uint32_t rs_term_view_size(rs_term_view v) {
    return rs_term_block_holds(rs_term_tag(v.term)) ? (uint32_t)rs_term_block_header(v)[0] : 0;
}

uint32_t rs_term_size(rs_term term) {
    return rs_term_view_size(rs_term_block_view(term));
}

const void *rs_term_text_bytes(rs_term term) {
    view v = rs_term_block_view(term);
    return rs_term_tag(v.term) == RS_TAG_TEXT ? rs_term_block_header(v) + 1 : NULL;
}

rs_term rs_term_element(rs_term term, uint32_t index) {
    view v = rs_term_block_view(term);
    if (!rs_term_block_is_row(rs_term_tag(v.term)) || index >= rs_term_block_header(v)[0]) return 0;
    return extract(rs_term_block_element(v, index), 0, marks_of(term));
}

bool rs_term_is_pair(rs_term term, rs_atom first) {
    view v = rs_term_block_view(term);
    return rs_term_tag(v.term) == RS_TAG_TUPLE && rs_term_block_header(v)[0] == 2 &&
           rs_term_block_element(v, 0).term == first;
}

bool rs_reason_is_abnormal(rs_term reason) {
    return reason != RS_ATOM(normal) && reason != RS_ATOM(shutdown) &&
           !rs_term_is_pair(reason, RS_ATOM(shutdown));
}
