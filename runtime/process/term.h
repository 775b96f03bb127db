/* term.h: values. A term is a 64-bit tagged word: integers, atoms, pids and references are
 * immediate; a tuple, a list or a text is a counted, immutable block whose inner terms are offsets
 * into the same block, so that copying it is memcpy and print, compare and hash are one walker
 * each. SPDX-License-Identifier: MIT
 */
#ifndef RS_TERM_H
#define RS_TERM_H

#include "runtime/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t rs_term; /* 0 is "no term" */
typedef rs_term rs_pid;   /* index 28 bits, generation 32 bits */
typedef rs_term rs_ref;   /* unique within a run */
typedef rs_term rs_atom;  /* index into the bounded atom table */

typedef enum rs_tag {
    RS_TAG_NONE,
    RS_TAG_INTEGER, /* 60 bits, signed */
    RS_TAG_ATOM,
    RS_TAG_PID,
    RS_TAG_REF,
    RS_TAG_TUPLE, /* offset in words within a block */
    RS_TAG_TEXT,  /* offset in words within a block */
    RS_TAG_BLOCK, /* pointer to a counted block; never inside a block */
    RS_TAG_LIST,  /* a proper one; offset in words within a block */
} rs_tag;

/* Atoms that the runtime itself uses; their indices are fixed at compile time. */
#define RS_ATOMS(X)                                                                                \
    X(normal)                                                                                      \
    X(shutdown)                                                                                    \
    X(kill)                                                                                        \
    X(killed)                                                                                      \
    X(noproc)                                                                                      \
    X(timeout)                                                                                     \
    X(noconnection)                                                                                \
    X(infinity)                                                                                    \
    X(calling_self)                                                                                \
    X(badarg)                                                                                      \
    X(system_limit)                                                                                \
    X(memory)                                                                                      \
    X(undefined)                                                                                   \
    X(restarting)                                                                                  \
    X(ok)                                                                                          \
    X(error)                                                                                       \
    X(ignore)                                                                                      \
    X(true) X(false) X(sigsegv) X(sigbus) X(sigfpe) X(sigill) X(sigabrt) X(stack_overflow)         \
        X(bad_return_value) X(bad_request) X(init_failed) X(failed_to_start_child)                 \
            X(already_started) X(already_present) X(not_found) X(running) X(simple_one_for_one)    \
                X(reached_max_restart_intensity) X(bad_combination) X(invalid_strategy)            \
                    X(invalid_intensity) X(invalid_period) X(duplicate_child_name) X(missing_id)   \
                        X(missing_start) X(supervisor_data) X(start_spec) X(bad_start_spec)        \
                            X(invalid_shutdown) X(not_started) X(bad_return) X(unfortunate)        \
                                X(congrats) X(unknown_game) X(game_already_exists) X(tables)       \
                                    X(list)

enum rs_atom_index {
    RS_ATOM_INDEX_none,
#define X(NAME) RS_ATOM_INDEX_##NAME,
    RS_ATOMS(X)
#undef X
        RS_ATOM_INDEX_count
};

/* RS_ATOM(normal) is the atom `normal`. */
#define RS_ATOM(NAME) (((rs_term)RS_ATOM_INDEX_##NAME << 4) | RS_TAG_ATOM)

/* rs_term_tag returns which kind a term is; rs_term_integer makes an integer of a value of 60 bits,
 * and rs_term_to_integer is its inverse. */
static inline rs_tag rs_term_tag(rs_term term) {
    return (rs_tag)(term & 15u);
}
static inline rs_term rs_term_integer(int64_t value) {
    return ((uint64_t)value << 4) | RS_TAG_INTEGER;
}
static inline int64_t rs_term_to_integer(rs_term term) {
    return (int64_t)term >> 4;
}

/* rs_atom_find returns the atom for `text`, adding it to the table; 0 when the table is full or the
 * text is longer than RS_ATOM_BYTES_MAX. Takes a lock: not for hot paths.
 */
rs_atom rs_atom_find(const char *text);

/* rs_atom_text returns the text of `atom`; static for the run. */
const char *rs_atom_text(rs_atom atom);

/* rs_term_tuple builds a tuple of `count` terms; blocks among them are copied in, and the caller
 * keeps its own references. Owner: the caller holds the one reference of the result.
 * Errors: 0 when memory is short or the result would be deeper than RS_TERM_DEPTH_MAX.
 */
rs_term rs_term_tuple(uint32_t count, const rs_term *terms);

/* rs_term_list builds a list of `count` terms, as rs_term_tuple does a tuple. */
rs_term rs_term_list(uint32_t count, const rs_term *terms);

/* rs_term_text builds a text of `bytes` bytes. Owner and errors as for rs_term_tuple. */
rs_term rs_term_text(const char *text, uint32_t bytes);

/* Own terms lie in the caller's private memory and go with it, so that a death at any instant
 * leaves nothing of them behind, as it may of the others, which belong to whoever holds a
 * reference. Their elements are own terms too. An own term must not be handed to another process by
 * reference; rs_exit, rs_exit_signal and tables copy it. In a process; made and released like other
 * terms. */
rs_term rs_term_own_tuple(uint32_t count, const rs_term *terms);
rs_term rs_term_own_list(uint32_t count, const rs_term *terms);
rs_term rs_term_own_text(const char *text, uint32_t bytes);
/* rs_term_share returns what `term` is for other processes: itself with one more reference, or a
 * copy of an own term. Owner: the caller. Errors: 0 when memory is short. */
rs_term rs_term_share(rs_term term);

/* rs_term_retain and rs_term_release change a block's count by `by`; immediates need neither. */
void rs_term_retain(rs_term term, uint32_t by);
void rs_term_release(rs_term term);

/* rs_term_kind returns what `term` is: for a block, RS_TAG_TUPLE, RS_TAG_LIST or RS_TAG_TEXT. */
rs_tag rs_term_kind(rs_term term);

/* rs_term_size returns how many elements a tuple or list, or bytes a text, has; 0 for anything
 * else. */
uint32_t rs_term_size(rs_term term);

/* rs_term_text_bytes returns the bytes of a text, borrowed from it; NULL: it is none. */
const void *rs_term_text_bytes(rs_term term);

/* rs_term_element returns element `index` (from 0) of a tuple or list as a term of its own: an
 * immediate, or a new block that the caller must release. 0 when there is none. */
rs_term rs_term_element(rs_term term, uint32_t index);

/* rs_term_is_pair says whether `term` is {first, _} with the atom `first`. */
bool rs_term_is_pair(rs_term term, rs_atom first);

/* rs_term_equal compares by value; pids and references by identity. */
bool rs_term_equal(rs_term a, rs_term b);

/* rs_term_compare orders as Erlang does: integers, atoms by their text, references, pids, tuples by
 * size and then by element, lists element by element, texts by bytes; negative, 0 or positive. Pids
 * and references: by identity. */
int rs_term_compare(rs_term a, rs_term b);

/* rs_term_hash hashes by value, equal on every run. */
uint64_t rs_term_hash(rs_term term);

/* A part of a term, which is borrowed: it can be looked at without becoming a term of its own. */
typedef struct rs_term_view {
    rs_term term;
    const uint64_t *data; /* the words that its offsets count from */
} rs_term_view;

/* rs_term_view_of views all of `term`, rs_term_view_element an element (from 0) that a tuple or
 * list has. The others are as their namesakes for terms. */
rs_term_view rs_term_view_of(rs_term term);
rs_term_view rs_term_view_element(rs_term row, uint32_t index);
uint32_t rs_term_view_size(rs_term_view view);
bool rs_term_view_equal(rs_term_view a, rs_term_view b);
int rs_term_view_compare(rs_term_view a, rs_term_view b);
uint64_t rs_term_view_hash(rs_term_view view);

/* rs_term_own makes an own term of what is viewed. Errors: 0 when memory is short. */
rs_term rs_term_own(rs_term_view view);

/* rs_term_shelve returns a copy of what is viewed that is counted as a table's, rs_term_shelve_with
 * one of the tuple with another element `index`. Owner: the caller. Errors: 0 when memory is short,
 * or the term is as deep as terms may be: there must be room for a list around it. */
rs_term rs_term_shelve(rs_term_view view);
rs_term rs_term_shelve_with(rs_term tuple, uint32_t index, rs_term value);

/* rs_term_is_sound says whether `term` is one: an immediate, or a block whose parts fill it. Reads
 * all headers of a block: who passes a wild pointer on is better asked in user mode. */
bool rs_term_is_sound(rs_term term);

/* rs_term_bytes returns how much memory the block of `term` takes; 0: it is an immediate. */
size_t rs_term_bytes(rs_term term);

/* rs_term_print writes Erlang's text of `term`, without blanks, into `out` (always terminated) and
 * returns the length it needs. Pids print as <index.generation>: never put them in a trace hash. */
size_t rs_term_print(rs_term term, char *out, size_t bytes);

/* Bounds of what rs_term_parse reads, since it works on a process's small stack: half of
 * RS_TERM_DEPTH_MAX deep, tuples and lists of 64, texts of 4080 bytes, integers of 59 bits. */

/* rs_term_parse reads integers, atoms, texts in double quotes, tuples and lists, "{shutdown,[1]}".
 * Errors: RS_ESYNTAX, RS_ELIMIT, RS_ENOMEM. Owner: as for rs_term_tuple. */
rs_err rs_term_parse(const char *text, rs_term *term);

/* rs_reason_is_abnormal: anything but normal, shutdown, {shutdown,_}. */
bool rs_reason_is_abnormal(rs_term reason);

/* A C struct that travels in messages: pointer-free bytes. Two types are the same when they are the
 * same object. */
typedef struct rs_type {
    const char *name;
    uint32_t bytes;                                        /* of the struct; 0: any length */
    rs_term (*to_term)(const void *value, uint32_t bytes); /* NULL: {opaque,Name,Bytes} */
    rs_err (*from_term)(rs_term term, void *value, uint32_t *bytes); /* NULL: not supported */
} rs_type;

#endif
