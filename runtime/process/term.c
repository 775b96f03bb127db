/* term.c: building, walking and reading terms.
 *
 * A block is {count, words, root, data…}. Inside, a tuple or list is a header word (its size)
 * followed by its elements, a text a header word (its bytes) followed by the bytes; all are named
 * by their offset in words from the start of the data. Blocks come from malloc-free slabs when a
 * process makes them, and from the C heap before a run. SPDX-License-Identifier: MIT
 */
#include "runtime/process/term.h"

#include "runtime/process/arena.h"
#include "runtime/process/process.h"
#include "runtime/process/region.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct block {
    rs_atomic_u32 count; /* of references, with the marks of where it lies above */
    uint32_t words;      /* of data */
    rs_term root;
    uint64_t data[];
} block;

#define IN_HEAP  (1u << 31)
#define IN_OWN   (1u << 30)
#define IN_TABLE (1u << 29)
#define MARKS    (IN_HEAP | IN_OWN | IN_TABLE)

typedef rs_term_view view;

static block *block_of(rs_term term) {
    return (block *)(uintptr_t)(term & ~(uint64_t)15);
}
static size_t block_bytes(uint32_t words) {
    return sizeof(block) + words * sizeof(uint64_t);
}

static view view_of(rs_term term) {
    if (rs_term_tag(term) != RS_TAG_BLOCK) return (view){term, NULL};
    return (view){block_of(term)->root, block_of(term)->data};
}

static const uint64_t *header_of(view v) {
    return v.data + (v.term >> 4);
}
static view element_of(view tuple, uint32_t i) {
    return (view){header_of(tuple)[1 + i], tuple.data};
}

static bool is_row(rs_tag tag) {
    return tag == RS_TAG_TUPLE || tag == RS_TAG_LIST;
}
static bool is_in_block(rs_tag tag) {
    return is_row(tag) || tag == RS_TAG_TEXT;
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
    if (rs_term_tag(term) == RS_TAG_BLOCK) rs_add(&block_of(term)->count, by, rs_relaxed);
}

void rs_term_release(rs_term term) {
    if (rs_term_tag(term) != RS_TAG_BLOCK) return;
    /* acq_rel: the last one frees after all others' uses. */
    uint32_t before = rs_sub(&block_of(term)->count, 1, rs_acq_rel);
    if ((before & ~MARKS) == 1) free_block(block_of(term), before & MARKS);
}

/* ---------------------------------------------------------------- measuring and copying */

static uint32_t text_words(uint64_t bytes) {
    return (uint32_t)((bytes + 7) / 8);
}

/* Words that `v` takes as part of a block; UINT32_MAX when too deep. */
static uint32_t measure(view v, uint32_t depth) {
    rs_tag tag = rs_term_tag(v.term);
    if (tag == RS_TAG_TEXT) return 1 + text_words(header_of(v)[0]);
    if (!is_row(tag)) return 0;
    if (depth >= RS_TERM_DEPTH_MAX) return UINT32_MAX;
    uint64_t size = header_of(v)[0], words = 1 + size;
    for (uint32_t i = 0; i < size; i++) {
        uint32_t part = measure(element_of(v, i), depth + 1);
        if (part == UINT32_MAX || words + part > UINT32_MAX / 2) return UINT32_MAX;
        words += part;
    }
    return (uint32_t)words;
}

/* copy writes `v` at data[*at] and returns the term that names it there. */
static rs_term copy(view v, uint64_t *data, uint32_t *at) {
    rs_tag tag = rs_term_tag(v.term);
    if (!is_in_block(tag)) return v.term;
    uint32_t start = *at;
    const uint64_t *header = header_of(v);
    data[start] = header[0];
    if (tag == RS_TAG_TEXT) {
        *at += 1 + text_words(header[0]);
        memcpy(&data[start + 1], &header[1], text_words(header[0]) * sizeof(uint64_t));
    } else {
        *at += 1 + (uint32_t)header[0];
        for (uint32_t i = 0; i < header[0]; i++)
            data[start + 1 + i] = copy(element_of(v, i), data, at);
    }
    return (rs_term)start << 4 | tag;
}

static rs_term to_term(block *made) {
    return (rs_term)(uintptr_t)made | RS_TAG_BLOCK;
}

/* marks_of tells whether `term` is its process's own. */
static uint32_t marks_of(rs_term term) {
    if (rs_term_tag(term) != RS_TAG_BLOCK) return 0;
    return rs_load(&block_of(term)->count, rs_relaxed) & IN_OWN;
}

static rs_term extract(view v, uint32_t depth, uint32_t marks) {
    rs_tag tag = rs_term_tag(v.term);
    if (!is_in_block(tag)) return v.term;
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
        uint32_t part = measure(view_of(terms[i]), 1);
        if (part == UINT32_MAX) return 0;
        words += part;
    }
    block *made = words < UINT32_MAX / 2 ? alloc_block((uint32_t)words, marks) : NULL;
    if (!made) return 0;
    uint32_t at = 1 + count;
    made->data[0] = count;
    for (uint32_t i = 0; i < count; i++)
        made->data[1 + i] = copy(view_of(terms[i]), made->data, &at);
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
    block *made = alloc_block(1 + text_words(bytes), marks);
    if (!made) return 0;
    made->data[0] = bytes;
    if (bytes) made->data[text_words(bytes)] = 0; /* the padding is part of what is compared */
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
    if (marks_of(term)) return extract(view_of(term), 0, 0);
    rs_term_retain(term, 1);
    return term;
}

/* Not as deep as a term may be: there must be room for a list around it. */
rs_term rs_term_shelve(rs_term_view v) {
    return extract(v, 1, IN_TABLE);
}

rs_term rs_term_shelve_with(rs_term tuple, uint32_t index, rs_term value) {
    view old = view_of(tuple), new = view_of(value);
    uint32_t part = measure(new, 2), size = rs_term_size(tuple);
    uint64_t words = (uint64_t)measure(old, 1) - measure(element_of(old, index), 2) + part;
    if (part == UINT32_MAX || words >= UINT32_MAX / 2) return 0;
    block *made = alloc_block((uint32_t)words, IN_TABLE);
    if (!made) return 0;
    uint32_t at = 1 + size;
    made->data[0] = size;
    for (uint32_t i = 0; i < size; i++)
        made->data[1 + i] = copy(i == index ? new : element_of(old, i), made->data, &at);
    made->root = RS_TAG_TUPLE;
    return to_term(made);
}

bool rs_term_is_sound(rs_term term) {
    if (rs_term_tag(term) != RS_TAG_BLOCK) return rs_term_tag(term) <= RS_TAG_REF;
    view root = view_of(term);
    return is_in_block(rs_term_tag(root.term)) && measure(root, 0) == block_of(term)->words;
}

size_t rs_term_bytes(rs_term term) {
    return rs_term_tag(term) == RS_TAG_BLOCK ? block_bytes(block_of(term)->words) : 0;
}

rs_term_view rs_term_view_of(rs_term term) {
    return view_of(term);
}

rs_term_view rs_term_view_element(rs_term row, uint32_t index) {
    return element_of(view_of(row), index);
}

rs_tag rs_term_kind(rs_term term) {
    return rs_term_tag(view_of(term).term);
}

uint32_t rs_term_view_size(rs_term_view v) {
    return is_in_block(rs_term_tag(v.term)) ? (uint32_t)header_of(v)[0] : 0;
}

uint32_t rs_term_size(rs_term term) {
    return rs_term_view_size(view_of(term));
}

const void *rs_term_text_bytes(rs_term term) {
    view v = view_of(term);
    return rs_term_tag(v.term) == RS_TAG_TEXT ? header_of(v) + 1 : NULL;
}

rs_term rs_term_element(rs_term term, uint32_t index) {
    view v = view_of(term);
    if (!is_row(rs_term_tag(v.term)) || index >= header_of(v)[0]) return 0;
    return extract(element_of(v, index), 0, marks_of(term));
}

bool rs_term_is_pair(rs_term term, rs_atom first) {
    view v = view_of(term);
    return rs_term_tag(v.term) == RS_TAG_TUPLE && header_of(v)[0] == 2 &&
           element_of(v, 0).term == first;
}

bool rs_reason_is_abnormal(rs_term reason) {
    return reason != RS_ATOM(normal) && reason != RS_ATOM(shutdown) &&
           !rs_term_is_pair(reason, RS_ATOM(shutdown));
}

/* ---------------------------------------------------------------- comparing and hashing */

static bool equal(view a, view b) {
    rs_tag tag = rs_term_tag(a.term);
    if (tag != rs_term_tag(b.term)) return false;
    if (!is_in_block(tag)) return a.term == b.term;
    uint64_t size = header_of(a)[0];
    if (size != header_of(b)[0]) return false;
    if (tag == RS_TAG_TEXT) return memcmp(header_of(a) + 1, header_of(b) + 1, size) == 0;
    for (uint32_t i = 0; i < size; i++)
        if (!equal(element_of(a, i), element_of(b, i))) return false;
    return true;
}

bool rs_term_view_equal(rs_term_view a, rs_term_view b) {
    return equal(a, b);
}

bool rs_term_equal(rs_term a, rs_term b) {
    return a == b || equal(view_of(a), view_of(b));
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
    uint64_t size = header_of(a)[0], other = header_of(b)[0];
    if (rs_term_tag(a.term) == RS_TAG_TUPLE && size != other) return compare_words(size, other);
    for (uint32_t i = 0; i < size && i < other; i++) {
        int order = compare(element_of(a, i), element_of(b, i));
        if (order) return order;
    }
    return compare_words(size, other);
}

static int compare_texts(view a, view b) {
    uint64_t size = header_of(a)[0], other = header_of(b)[0];
    int order = memcmp(header_of(a) + 1, header_of(b) + 1, size < other ? size : other);
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
    return compare(view_of(a), view_of(b));
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
    if (!is_in_block(tag)) return mix(so_far, v.term);
    const uint64_t *header = header_of(v);
    so_far = mix(mix(so_far, tag), header[0]);
    if (tag == RS_TAG_TEXT)
        for (uint32_t i = 0; i < text_words(header[0]); i++) so_far = mix(so_far, header[1 + i]);
    else
        for (uint32_t i = 0; i < header[0]; i++) so_far = hash(element_of(v, i), so_far);
    return so_far;
}

uint64_t rs_term_view_hash(rs_term_view v) {
    return hash(v, 0);
}

uint64_t rs_term_hash(rs_term term) {
    return hash(view_of(term), 0);
}

/* ---------------------------------------------------------------- printing */

typedef struct sink {
    char *out;
    size_t bytes, length;
} sink;

static void put(sink *s, char c) {
    if (s->length + 1 < s->bytes) s->out[s->length] = c;
    s->length++;
}

static void put_text(sink *s, const char *text) {
    while (*text) put(s, *text++);
}

__attribute__((format(printf, 2, 3))) static void put_format(sink *s, const char *format, ...) {
    char buffer[64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    put_text(s, buffer);
}

static bool is_plain_char(char c) {
    return c == '_' || c == '@' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

static bool is_plain_atom(const char *text) {
    if (*text < 'a' || *text > 'z') return false;
    while (is_plain_char(*text)) text++;
    return *text == 0;
}

static void put_quoted(sink *s, const char *text, size_t bytes, char quote) {
    put(s, quote);
    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == (unsigned char)quote || c == '\\') put(s, '\\');
        if (c < 32 || c == 127)
            put_format(s, "\\x{%x}", c);
        else
            put(s, (char)c);
    }
    put(s, quote);
}

static void put_atom(sink *s, rs_term atom) {
    const char *text = rs_atom_text(atom);
    if (is_plain_atom(text))
        put_text(s, text);
    else
        put_quoted(s, text, strlen(text), '\'');
}

static void put_term(sink *s, view v);

static void put_row(sink *s, view v, const char *brackets) {
    put(s, brackets[0]);
    for (uint32_t i = 0; i < header_of(v)[0]; i++) {
        if (i) put(s, ',');
        put_term(s, element_of(v, i));
    }
    put(s, brackets[1]);
}

static void put_term(sink *s, view v) {
    switch (rs_term_tag(v.term)) {
    case RS_TAG_NONE: put_text(s, "none"); break;
    case RS_TAG_INTEGER: put_format(s, "%lld", (long long)rs_term_to_integer(v.term)); break;
    case RS_TAG_ATOM: put_atom(s, v.term); break;
    case RS_TAG_PID:
        put_format(s, "<%u.%u>", (uint32_t)v.term >> 4, (uint32_t)(v.term >> 32));
        break;
    case RS_TAG_REF: put_format(s, "#Ref<%llu>", (unsigned long long)(v.term >> 4)); break;
    case RS_TAG_TEXT: put_quoted(s, (const char *)(header_of(v) + 1), header_of(v)[0], '"'); break;
    case RS_TAG_TUPLE: put_row(s, v, "{}"); break;
    case RS_TAG_LIST: put_row(s, v, "[]"); break;
    case RS_TAG_BLOCK: break;
    }
}

size_t rs_term_print(rs_term term, char *out, size_t bytes) {
    sink s = {out, bytes, 0};
    put_term(&s, view_of(term));
    if (bytes) out[s.length < bytes ? s.length : bytes - 1] = 0;
    return s.length;
}

/* ---------------------------------------------------------------- reading */

#define ELEMENTS_MAX   64u   /* of one tuple or list read; OTP's reasons have two or three */
#define TEXT_BYTES_MAX 4096u /* of one text that is read: it passes through the stack */

static rs_err parse(const char **at, rs_term *term, uint32_t depth);

static void skip_blanks(const char **at) {
    while (**at == ' ') ++*at;
}

static rs_err parse_integer(const char **at, rs_term *term) {
    bool negative = **at == '-';
    if (negative) ++*at;
    if (**at < '0' || **at > '9') return RS_ESYNTAX;
    int64_t value = 0;
    for (; **at >= '0' && **at <= '9'; ++*at) {
        value = value * 10 + (**at - '0');
        if (value >= INT64_C(1) << 58) return RS_ELIMIT;
    }
    *term = rs_term_integer(negative ? -value : value);
    return RS_OK;
}

/* take_quoted reads up to the closing quote, undoing what put_quoted does. */
static rs_err take_quoted(const char **at, char *out, size_t bytes, size_t *length) {
    char quote = *(*at)++;
    for (*length = 0; **at != quote; ++*length) {
        unsigned value = (unsigned char)**at;
        int used = value == '\\' ? 0 : 1;
        if (value == 0) return RS_ESYNTAX;
        if (!used && (sscanf(*at, "\\x{%2x}%n", &value, &used) != 1 || !used)) {
            value = (unsigned char)(*at)[1];
            if (value != (unsigned char)quote && value != '\\') return RS_ESYNTAX;
            used = 2;
        }
        if (*length + 1 >= bytes) return RS_ELIMIT;
        out[*length] = (char)value;
        *at += used;
    }
    ++*at;
    return RS_OK;
}

static rs_err parse_atom(const char **at, rs_term *term) {
    char text[RS_ATOM_BYTES_MAX + 1];
    size_t length = 0;
    if (**at == '\'') {
        rs_err err = take_quoted(at, text, sizeof text, &length);
        if (err) return err;
        if (memchr(text, 0, length)) return RS_ESYNTAX; /* atoms are C strings here */
    } else {
        for (; is_plain_char(**at); text[length++] = *(*at)++)
            if (length == RS_ATOM_BYTES_MAX) return RS_ELIMIT;
    }
    text[length] = 0;
    *term = rs_atom_find(text);
    return *term ? RS_OK : RS_ELIMIT;
}

static rs_err parse_text(const char **at, rs_term *term) {
    char text[TEXT_BYTES_MAX];
    size_t length = 0;
    rs_err err = take_quoted(at, text, sizeof text, &length);
    if (err) return err;
    *term = rs_term_text(text, (uint32_t)length);
    return *term ? RS_OK : RS_ENOMEM;
}

static rs_err parse_elements(const char **at, char end, rs_term *elements, uint32_t *count,
                             uint32_t depth) {
    skip_blanks(at);
    if (**at == end) return ++*at, RS_OK;
    for (;;) {
        if (*count == ELEMENTS_MAX) return RS_ELIMIT;
        rs_err err = parse(at, &elements[*count], depth + 1);
        if (err) return err;
        ++*count;
        skip_blanks(at);
        char c = **at;
        if (c != ',' && c != end) return RS_ESYNTAX;
        ++*at;
        if (c == end) return RS_OK;
    }
}

static rs_err parse_row(const char **at, rs_term *term, uint32_t depth) {
    rs_term elements[ELEMENTS_MAX] = {0};
    uint32_t count = 0;
    bool is_list = *(*at)++ == '[';
    rs_err err = parse_elements(at, is_list ? ']' : '}', elements, &count, depth);
    if (err == RS_OK) {
        *term = make_row(is_list ? RS_TAG_LIST : RS_TAG_TUPLE, count, elements, 0);
        if (!*term) err = RS_ENOMEM;
    }
    for (uint32_t i = 0; i < count; i++) rs_term_release(elements[i]);
    return err;
}

static rs_err parse(const char **at, rs_term *term, uint32_t depth) {
    if (depth >= RS_TERM_DEPTH_MAX / 2) return RS_ELIMIT;
    skip_blanks(at);
    char c = **at;
    if (c == '{' || c == '[') return parse_row(at, term, depth);
    if (c == '"') return parse_text(at, term);
    if (c == '-' || (c >= '0' && c <= '9')) return parse_integer(at, term);
    if (c == '\'' || (c >= 'a' && c <= 'z')) return parse_atom(at, term);
    return RS_ESYNTAX;
}

rs_err rs_term_parse(const char *text, rs_term *term) {
    rs_term parsed = 0;
    rs_err err = parse(&text, &parsed, 0);
    if (err) return err;
    skip_blanks(&text);
    if (*text) {
        rs_term_release(parsed);
        return RS_ESYNTAX;
    }
    *term = parsed;
    return RS_OK;
}
