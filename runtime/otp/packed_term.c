/* packed_term.c: depth first; a tuple, list or text is a head word (size, tag) and what is in it.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/packed_term.h"

#include "runtime/base/assert.h"

#include <string.h>

/* Reasons are pairs and triples; OTP's largest has five. */
#define ROW_MAX 16u

typedef struct writer {
    uint64_t *words;
    uint32_t used;
    bool full;
} writer;

typedef struct reader {
    const uint64_t *words;
    uint32_t left;
} reader;

static void put(writer *out, uint64_t word) {
    if (out->used == RS_PACKED_TERM_WORDS)
        out->full = true;
    else
        out->words[out->used++] = word;
}

/* As printed, quotes and escapes included, for rs_term_parse to read. */
static void write_text(writer *out, rs_term term) {
    char text[(RS_PACKED_TERM_WORDS - 1) * sizeof(uint64_t)] = {0};
    size_t length = rs_term_print(term, text, sizeof text);
    size_t words = length / sizeof(uint64_t) + 1;
    put(out, (uint64_t)words << 4 | RS_TAG_TEXT);
    if (length >= sizeof text || words > RS_PACKED_TERM_WORDS - out->used) {
        out->full = true;
        return;
    }
    memcpy(&out->words[out->used], text, words * sizeof(uint64_t));
    out->used += (uint32_t)words;
}

static void write_term(writer *out, rs_term term);

static void write_row(writer *out, rs_term term, uint32_t size) {
    put(out, (uint64_t)size << 4 | rs_term_kind(term));
    if (size > ROW_MAX) out->full = true;
    for (uint32_t i = 0; i < size && !out->full; i++) {
        rs_term element = rs_term_element(term, i);
        write_term(out, element);
        rs_term_release(element);
    }
}

static void write_term(writer *out, rs_term term) {
    if (term == 0)
        put(out, RS_ATOM(undefined));
    else if (rs_term_tag(term) != RS_TAG_BLOCK)
        put(out, term);
    else if (rs_term_kind(term) == RS_TAG_TEXT)
        write_text(out, term);
    else
        write_row(out, term, rs_term_size(term));
}

uint32_t rs_packed_term_write(rs_term term, uint64_t *words) {
    writer out = {.words = words};
    write_term(&out, term);
    if (!out.full) return out.used;
    words[0] = RS_ATOM(system_limit);
    return 1;
}

static rs_term read_term(reader *in);

static rs_term read_row(reader *in, rs_tag tag, uint32_t size) {
    rs_term elements[ROW_MAX] = {0};
    RS_ASSERT(size <= ROW_MAX);
    for (uint32_t i = 0; i < size; i++) elements[i] = read_term(in);
    rs_term row = tag == RS_TAG_LIST ? rs_term_list(size, elements) : rs_term_tuple(size, elements);
    for (uint32_t i = 0; i < size; i++) rs_term_release(elements[i]);
    return row ? row : RS_ATOM(system_limit);
}

static rs_term read_text(reader *in, uint32_t words) {
    RS_ASSERT(words <= in->left);
    rs_term text;
    rs_err err = rs_term_parse((const char *)in->words, &text);
    in->words += words;
    in->left -= words;
    return err == RS_OK ? text : RS_ATOM(system_limit);
}

static rs_term read_term(reader *in) {
    RS_ASSERT(in->left > 0);
    uint64_t word = *in->words++;
    in->left--;
    rs_tag tag = rs_term_tag(word);
    if (tag == RS_TAG_TEXT) return read_text(in, (uint32_t)(word >> 4));
    if (tag == RS_TAG_TUPLE || tag == RS_TAG_LIST) return read_row(in, tag, (uint32_t)(word >> 4));
    return word;
}

rs_term rs_packed_term_read(const uint64_t *words, uint32_t count) {
    reader in = {.words = words, .left = count};
    return read_term(&in);
}
