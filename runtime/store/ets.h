/* ets.h: Erlang's tables. An object is a tuple; the element at `keypos` is its key. A table is its
 * owner's: it dies with it, before anybody hears of the death, or goes to its heir.
 * SPDX-License-Identifier: MIT
 *
 *     rs_ets table = rs_ets_new(&(rs_ets_options){.name = rs_atom_find("users")});
 *     rs_term user = rs_term_own_tuple(2, (rs_term[]){RS_ATOM(ok), rs_term_integer(1)});
 *     rs_ets_insert(table, user);
 *     rs_term found = rs_ets_lookup(table, RS_ATOM(ok));   // a list: [{ok,1}]
 *     rs_term first = rs_term_element(found, 0);            // {ok,1}: to be released, too
 *     rs_term_release(first);
 *     rs_term_release(found);
 *
 *     rs_ets_insert_bytes(table, key, &score, sizeof score);    // {Key, Text}, from a C struct
 *     if (rs_ets_lookup_bytes(table, key, &score, sizeof score) < 0) ...
 *
 * What goes in is copied, what comes out is an own term of the caller's (see term.h), to be
 * released or not. All calls are made from inside a process; each is one atomic step for everybody
 * else, unless it says otherwise. A mistake (no such table any more, no right to touch it, no
 * tuple) ends the caller with `badarg`, as it does in Erlang; when memory is short, it is
 * {system_limit,memory}. Where Erlang answers '$end_of_table' or fails for a key that is not there,
 * the answer is 0.
 * Source: rules ET1-ET3, P8.
 */
#ifndef RS_ETS_H
#define RS_ETS_H

#include "runtime/respawn.h"

/* A table: its reference, which no other table ever has, or its name. */
typedef rs_term rs_ets;

typedef enum rs_ets_type {
    RS_ETS_SET,         /* one object with a key; keys that are equal */
    RS_ETS_ORDERED_SET, /* the same, in the order of rs_term_compare */
    RS_ETS_BAG,         /* any number with a key, but no two that are equal */
    RS_ETS_DUPLICATE_BAG,
} rs_ets_type;

typedef enum rs_ets_protection {
    RS_ETS_PROTECTED, /* all read, the owner writes */
    RS_ETS_PUBLIC,    /* all read and write */
    RS_ETS_PRIVATE,   /* the owner reads and writes */
} rs_ets_protection;

typedef struct rs_ets_options {
    rs_ets_type type;
    rs_ets_protection protection;
    uint32_t keypos;   /* from 1; 0: 1 */
    rs_atom name;      /* named_table; 0: none */
    rs_pid heir;       /* 0: none; see rs_ets_set_heir */
    rs_term heir_data; /* borrowed; 0: undefined */
} rs_ets_options;

/* rs_ets_new makes a table of the caller's and returns its name, or, without one, its reference.
 * Errors: `badarg` when the name is taken; {system_limit,tables} when there are RS_TABLES_MAX. */
rs_ets rs_ets_new(const rs_ets_options *options);

/* rs_ets_delete deletes the table with all that is in it; a name is free again. Others run
 * meanwhile. */
void rs_ets_delete(rs_ets table);

/* rs_ets_whereis returns the reference of the table that is called `name`, 0: there is none. */
rs_ets rs_ets_whereis(rs_atom name);

/* rs_ets_rename gives a named table another name; one without a name keeps having none. */
void rs_ets_rename(rs_ets table, rs_atom name);

/* What a table is right now. */
typedef struct rs_ets_info {
    rs_ets id; /* its reference */
    rs_ets_type type;
    rs_ets_protection protection;
    uint32_t keypos;
    rs_atom name;
    rs_pid owner, heir;
    uint64_t size;   /* objects */
    uint64_t memory; /* bytes of objects and index */
    uint32_t fixed;  /* how many times rs_ets_safe_fixtable holds */
} rs_ets_info;

/* rs_ets_info_read fills *info; false: there is no such table. Anybody may. */
bool rs_ets_info_read(rs_ets table, rs_ets_info *info);

/* ------------------------------------------------------------------ objects */

/* One call takes so many objects at most; more end the caller with {system_limit,list}. It is one
 * section, in which nobody is stopped and no kill acts: a tenth of a millisecond. */
#define RS_ETS_LIST_MAX 1024u

/* rs_ets_insert inserts an object, or all of a list of objects, borrowed. In sets they replace
 * those with the same key. */
void rs_ets_insert(rs_ets table, rs_term objects);

/* rs_ets_insert_new does so unless one of the keys is there already: then it returns false. */
bool rs_ets_insert_new(rs_ets table, rs_term objects);

/* rs_ets_lookup returns the list of objects with `key`; bags have them in the order in which they
 * came. Owner: the caller. 0: there is none. */
rs_term rs_ets_lookup(rs_ets table, rs_term key);

/* rs_ets_lookup_element returns the element at `position` (from 1) of the object with `key`; of a
 * bag the list of those of all objects. Owner: the caller. 0: there is none. */
rs_term rs_ets_lookup_element(rs_ets table, rs_term key, uint32_t position);

/* rs_ets_member says whether there is an object with `key`. */
bool rs_ets_member(rs_ets table, rs_term key);

/* rs_ets_delete_key removes all objects with `key`, rs_ets_delete_object those that are equal to
 * `object`, and rs_ets_take those with `key`, which it returns as rs_ets_lookup does. */
void rs_ets_delete_key(rs_ets table, rs_term key);
void rs_ets_delete_object(rs_ets table, rs_term object);
rs_term rs_ets_take(rs_ets table, rs_term key);

/* rs_ets_delete_all_objects empties the table in one step; the memory comes back in slices. */
void rs_ets_delete_all_objects(rs_ets table);

/* ------------------------------------------------------------------ changes in place */

/* What to do with one integer of an object. */
typedef struct rs_ets_counter {
    uint32_t position; /* from 1, not the key's */
    int64_t increment;
    bool is_limited; /* beyond `threshold`, in the direction of `increment`, it becomes `value` */
    int64_t threshold, value;
} rs_ets_counter;

/* So many changes take part in one call; more are a `badarg`. */
#define RS_ETS_CHANGES_MAX 16u

/* rs_ets_update_counters carries out `count` changes of the object with `key` of a set, in order,
 * and leaves each new value in results[i] (may be NULL). When there is no such object, `fallback`
 * (borrowed; 0: none) with this key is inserted first. Errors: `badarg` without object, for another
 * element than an integer, and for a result of more than 60 bits. */
void rs_ets_update_counters(rs_ets table, rs_term key, const rs_ets_counter *changes,
                            uint32_t count, rs_term fallback, int64_t *results);

/* rs_ets_update_counter adds to one counter, and returns what it is then. */
static inline int64_t rs_ets_update_counter(rs_ets table, rs_term key, uint32_t position,
                                            int64_t increment, rs_term fallback) {
    const rs_ets_counter change = {.position = position, .increment = increment};
    int64_t result;
    rs_ets_update_counters(table, key, &change, 1, fallback, &result);
    return result;
}

typedef struct rs_ets_element {
    uint32_t position; /* from 1, not the key's */
    rs_term value;     /* borrowed */
} rs_ets_element;

/* rs_ets_update_element replaces elements of the object with `key` of a set; false: there is no
 * such object. */
bool rs_ets_update_element(rs_ets table, rs_term key, const rs_ets_element *changes,
                           uint32_t count);

/* ------------------------------------------------------------------ C structs as objects */

/* rs_ets_insert_bytes inserts {Key, Text} with `bytes` bytes of text, in a table whose keypos is 1.
 * rs_ets_lookup_bytes copies up to `bytes` bytes of the text at position 2 of the object with `key`
 * of a set, and returns how long it is; -1: there is no such object, or no text there. */
void rs_ets_insert_bytes(rs_ets table, rs_term key, const void *value, uint32_t bytes);
int64_t rs_ets_lookup_bytes(rs_ets table, rs_term key, void *value, uint32_t bytes);

/* ------------------------------------------------------------------ walking */

/* rs_ets_first, _next, _last and _prev return keys, owned by the caller; 0: the end. Only an
 * ordered set has an order worth the name; others answer _last and _prev as _first and _next. In
 * those a walk is sure to go on, and to meet everything that stays exactly once, only while
 * rs_ets_safe_fixtable holds; else a key that is not there any more is a `badarg`. */
rs_term rs_ets_first(rs_ets table);
rs_term rs_ets_next(rs_ets table, rs_term key);
rs_term rs_ets_last(rs_ets table);
rs_term rs_ets_prev(rs_ets table, rs_term key);

/* rs_ets_safe_fixtable holds the table for a walk, once more each time it is called with `fix`, and
 * lets go with each call without. A process that ends lets go. */
void rs_ets_safe_fixtable(rs_ets table, bool fix);

/* rs_ets_foldl calls `visit` with each object (borrowed) until it returns false; false: it did. The
 * table is fixed meanwhile; others may change it, and `visit` may too. */
bool rs_ets_foldl(rs_ets table, bool (*visit)(rs_term object, void *context), void *context);

/* ------------------------------------------------------------------ owners and heirs */

/* What a new owner gets: {'ETS-TRANSFER',Tab,From,Data}, a message of rs_ets_transfer_type. */
typedef struct rs_ets_transfer {
    rs_term data; /* borrowed from the message */
    rs_ets table; /* its name, if it has one */
    rs_pid from;
} rs_ets_transfer;

extern const rs_type rs_ets_transfer_type;

/* rs_ets_give_away makes `to` the owner. Errors: `badarg` when the caller is not the owner, or `to`
 * is, or is dead. */
void rs_ets_give_away(rs_ets table, rs_pid to, rs_term data);

/* rs_ets_set_heir says who gets the table when its owner dies, with `data` (borrowed), unless dead
 * by then; 0: nobody. The heir stays heir when the table has other owners later. For the owner. */
void rs_ets_set_heir(rs_ets table, rs_pid heir, rs_term data);

#endif
