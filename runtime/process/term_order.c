/* term_order.c: Erlang's order of terms, and their hash.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/term_block.h"

#include <string.h>

typedef rs_term_view view;

static bool equal(view a, view b) {
    rs_tag tag = rs_term_tag(a.term);
    if (tag != rs_term_tag(b.term)) return false;
    if (!rs_term_block_holds(tag)) return a.term == b.term;
    uint64_t size = rs_term_block_header(a)[0];
    if (size != rs_term_block_header(b)[0]) return false;
    if (tag == RS_TAG_TEXT)
        return memcmp(rs_term_block_header(a) + 1, rs_term_block_header(b) + 1, size) == 0;
    for (uint32_t i = 0; i < size; i++)
        if (!equal(rs_term_block_element(a, i), rs_term_block_element(b, i))) return false;
    return true;
}

bool rs_term_view_equal(rs_term_view a, rs_term_view b) {
    return equal(a, b);
}

bool rs_term_equal(rs_term a, rs_term b) {
    return a == b || equal(rs_term_block_view(a), rs_term_block_view(b));
}

static int compare_words(uint64_t a, uint64_t b) {
    return (a > b) - (a < b);
}

/* Erlang's order of kinds. */
static int rank_of(rs_tag tag) {
    static const int ranks[] = {
        [RS_TAG_INTEGER] = 1, [RS_TAG_ATOM] = 2, [RS_TAG_REF] = 3,  [RS_TAG_PID] = 4,
        [RS_TAG_TUPLE] = 5,   [RS_TAG_LIST] = 6, [RS_TAG_TEXT] = 7,
    };
    return ranks[tag];
}

static int compare(view a, view b);

static int compare_rows(view a, view b) {
    uint64_t size = rs_term_block_header(a)[0], other = rs_term_block_header(b)[0];
    if (rs_term_tag(a.term) == RS_TAG_TUPLE && size != other) return compare_words(size, other);
    for (uint32_t i = 0; i < size && i < other; i++) {
        int order = compare(rs_term_block_element(a, i), rs_term_block_element(b, i));
        if (order) return order;
    }
    return compare_words(size, other);
}

static int compare_texts(view a, view b) {
    uint64_t size = rs_term_block_header(a)[0], other = rs_term_block_header(b)[0];
    int order = memcmp(rs_term_block_header(a) + 1, rs_term_block_header(b) + 1,
                       size < other ? size : other);
    return order ? order : compare_words(size, other);
}

static int compare(view a, view b) {
    rs_tag tag = rs_term_tag(a.term), other = rs_term_tag(b.term);
    if (tag != other) return rank_of(tag) - rank_of(other);
    switch (tag) {
    case RS_TAG_TUPLE:
    case RS_TAG_LIST: return compare_rows(a, b);
    case RS_TAG_TEXT: return compare_texts(a, b);
    case RS_TAG_ATOM: return strcmp(rs_atom_text(a.term), rs_atom_text(b.term));
    case RS_TAG_INTEGER: {
        int64_t x = rs_term_to_integer(a.term), y = rs_term_to_integer(b.term);
        return (x > y) - (x < y);
    }
    default: return compare_words(a.term, b.term);
    }
}

int rs_term_view_compare(rs_term_view a, rs_term_view b) {
    return compare(a, b);
}

int rs_term_compare(rs_term a, rs_term b) {
    return compare(rs_term_block_view(a), rs_term_block_view(b));
}

static uint64_t mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 29);
}

static uint64_t hash(view v, uint64_t so_far) {
    rs_tag tag = rs_term_tag(v.term);
    if (tag == RS_TAG_ATOM) { /* by text: indices depend on the order of first use */
        so_far = mix(so_far, RS_TAG_ATOM);
        for (const char *at = rs_atom_text(v.term); *at; at++)
            so_far = mix(so_far, (unsigned char)*at);
        return so_far;
    }
    if (!rs_term_block_holds(tag)) return mix(so_far, v.term);
    const uint64_t *header = rs_term_block_header(v);
    so_far = mix(mix(so_far, tag), header[0]);
    if (tag == RS_TAG_TEXT)
        for (uint32_t i = 0; i < rs_term_block_text_words(header[0]); i++)
            so_far = mix(so_far, header[1 + i]);
    else
        for (uint32_t i = 0; i < header[0]; i++) so_far = hash(rs_term_block_element(v, i), so_far);
    return so_far;
}

uint64_t rs_term_view_hash(rs_term_view v) {
    return hash(v, 0);
}

uint64_t rs_term_hash(rs_term term) {
    return hash(rs_term_block_view(term), 0);
}
