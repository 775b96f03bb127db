/* ets_update.c: changes of objects in place. A changed object is a new term, so whoever reads the
 * old one meanwhile reads it whole.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/catch.h"
#include "runtime/process/signal.h"
#include "runtime/store/ets_hash.h"
#include "runtime/store/ets_objects.h"

#include <string.h>

typedef enum outcome { DONE, MISSING, WRONG, NO_MEMORY } outcome;

/* Changes of one object, the caller's copied: they are read before the section begins. */
typedef struct changes {
    uint32_t count;
    bool are_counters;
    rs_ets_counter counters[RS_ETS_CHANGES_MAX];
    rs_ets_element elements[RS_ETS_CHANGES_MAX];
    int64_t results[RS_ETS_CHANGES_MAX];
} changes;

/* ---------------------------------------------------------------- one change */

/* Integers have 60 bits. */
#define INTEGER_MAX ((INT64_C(1) << 59) - 1)
#define INTEGER_MIN (-INTEGER_MAX - 1)

static bool fits(int64_t value) {
    return value >= INTEGER_MIN && value <= INTEGER_MAX;
}

static bool count(const rs_ets_counter *change, int64_t *value) {
    if (__builtin_add_overflow(*value, change->increment, value)) return false;
    bool is_up = change->increment >= 0;
    if (change->is_limited && (is_up ? *value > change->threshold : *value < change->threshold))
        *value = change->value;
    return fits(*value);
}

static uint32_t position_of(const changes *c, uint32_t i) {
    return c->are_counters ? c->counters[i].position : c->elements[i].position;
}

/* value_of works out what comes to the position; false: something is wrong. */
static bool value_of(changes *c, uint32_t i, rs_term object, rs_term *value) {
    if (!c->are_counters) {
        *value = c->elements[i].value;
        return true;
    }
    rs_term old = rs_term_view_element(object, c->counters[i].position - 1).term;
    if (rs_term_tag(old) != RS_TAG_INTEGER) return false;
    c->results[i] = rs_term_to_integer(old);
    if (!count(&c->counters[i], &c->results[i])) return false;
    *value = rs_term_integer(c->results[i]);
    return true;
}

/* apply carries out all changes on *object, which is taken and replaced. */
static outcome apply(const rs_ets_table *table, changes *c, rs_term *object) {
    for (uint32_t i = 0; i < c->count; i++) {
        uint32_t position = position_of(c, i);
        bool is_sound =
            position > 0 && position <= rs_term_size(*object) && position - 1 != table->keypos;
        rs_term value;
        if (!is_sound || !value_of(c, i, *object, &value)) return WRONG;
        rs_term changed = rs_term_shelve_with(*object, position - 1, value);
        if (!changed) return NO_MEMORY;
        rs_term_release(*object);
        *object = changed;
    }
    return DONE;
}

/* ---------------------------------------------------------------- in the table */

static outcome change_there(rs_ets_table *table, rs_ets_node *node, changes *c, rs_term *old) {
    rs_term object = node->object;
    rs_term_retain(object, 1);
    outcome result = apply(table, c, &object);
    *old = result == DONE ? rs_ets_replace(table, node, object) : object;
    return result;
}

/* enter changes the fallback and puts it in. */
static outcome enter(rs_core *core, rs_ets_table *table, changes *c, rs_term key,
                     rs_term fallback) {
    rs_ets_node *garbage = NULL;
    rs_term object = rs_term_shelve_with(fallback, table->keypos, key);
    if (!object) return NO_MEMORY;
    outcome result = apply(table, c, &object);
    if (result != DONE) {
        rs_term_release(object);
        return result;
    }
    rs_ets_node *node = rs_ets_node_create(core, table, object);
    if (!node) return NO_MEMORY;
    rs_ets_put(table, node, &garbage);
    rs_ets_free_nodes(core, garbage); /* of a node that was gone, and came back */
    return DONE;
}

static outcome change(rs_core *core, rs_ets_table *table, rs_term key, changes *c,
                      rs_term fallback) {
    rs_term old = 0;
    rs_term_view view = rs_term_view_of(key);
    uint64_t hash = rs_ets_hash_of(view);
    rs_ets_held held = rs_ets_open(core, table, table->kind->stripes(hash));
    rs_ets_node *node = rs_ets_get(table, view, hash);
    outcome result = MISSING;
    if (node)
        result = change_there(table, node, c, &old);
    else if (fallback)
        result = enter(core, table, c, key, fallback);
    bool is_due = rs_ets_hash_is_due(table);
    rs_ets_unlock(table, held);
    rs_term_release(old);
    if (is_due) rs_ets_hash_settle(core, table);
    return result;
}

/* Ends the caller unless the changes were made, or there was nothing to change. */
static bool update(rs_ets key_of_table, rs_term key, changes *c, rs_term fallback) {
    rs_core *core;
    rs_ets_check(key);
    rs_ets_check(fallback);
    rs_ets_table *table = rs_ets_enter(key_of_table, RS_ETS_WRITES, &core);
    if (!rs_ets_is_set(table)) rs_ets_fail(core);
    if (fallback && !rs_ets_is_object(table, rs_term_view_of(fallback))) rs_ets_fail(core);
    outcome result = change(core, table, key, c, fallback);
    if (result == NO_MEMORY) rs_catch_raise(core, rs_signal_out_of_memory());
    if (result == WRONG || (result == MISSING && c->are_counters)) rs_ets_fail(core);
    rs_section_leave(core);
    return result == DONE;
}

void rs_ets_update_counters(rs_ets table, rs_term key, const rs_ets_counter *counters,
                            uint32_t number, rs_term fallback, int64_t *results) {
    changes c = {.count = number, .are_counters = true};
    if (number > RS_ETS_CHANGES_MAX) rs_exit(RS_ATOM(badarg));
    memcpy(c.counters, counters, number * sizeof *counters);
    (void)update(table, key, &c, fallback);
    if (results) memcpy(results, c.results, number * sizeof *results);
}

bool rs_ets_update_element(rs_ets table, rs_term key, const rs_ets_element *elements,
                           uint32_t number) {
    changes c = {.count = number};
    if (number > RS_ETS_CHANGES_MAX) rs_exit(RS_ATOM(badarg));
    memcpy(c.elements, elements, number * sizeof *elements);
    for (uint32_t i = 0; i < number; i++) rs_ets_check(c.elements[i].value);
    return update(table, key, &c, 0);
}
