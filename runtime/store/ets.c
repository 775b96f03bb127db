/* ets.c: objects go in and out. See ets.h.
 *
 * Every call is one section: what it needs is made first, then the lock is taken, then what it
 * replaced is freed. Nothing is left behind, wherever the caller dies.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/ets.h"

#include "runtime/process/arena.h"
#include "runtime/process/catch.h"
#include "runtime/process/signal.h"
#include "runtime/store/ets_hash.h"
#include "runtime/store/ets_objects.h"

#include <string.h>

static _Noreturn void fail_memory(rs_core *core) {
    rs_catch_raise(core, rs_signal_out_of_memory());
}

/* ---------------------------------------------------------------- one key */

/* A call that concerns one key, which is locked. */
typedef struct visit {
    rs_core *core;
    rs_ets_table *table;
    rs_term_view key;
    uint64_t hash;
    rs_ets_held held;
    rs_ets_node *garbage;
} visit;

static visit begin(rs_ets table, rs_ets_right right, rs_term key) {
    visit v = {0};
    rs_ets_check(key);
    v.table = rs_ets_enter(table, right, &v.core);
    v.key = rs_term_view_of(key);
    v.hash = rs_ets_hash_of(v.key);
    v.held = rs_ets_open(v.core, v.table, v.table->kind->stripes(v.hash));
    return v;
}

static rs_ets_node *first(const visit *v) {
    return rs_ets_get(v->table, v->key, v->hash);
}

/* unlock ends what is locked, but not yet the section. */
static void unlock(visit *v) {
    bool is_due = rs_ets_hash_is_due(v->table);
    rs_ets_unlock(v->table, v->held);
    rs_ets_free_nodes(v->core, v->garbage);
    if (RS_UNLIKELY(is_due)) rs_ets_hash_settle(v->core, v->table);
}

static void end(visit *v) {
    unlock(v);
    rs_section_leave(v->core);
}

/* ---------------------------------------------------------------- inserting */

typedef struct batch {
    rs_ets_node *first, **last;
    uint64_t stripes;
} batch;

static bool add(rs_core *core, const rs_ets_table *table, batch *b, rs_term_view object) {
    rs_ets_node *node = rs_ets_node_create(core, table, rs_term_shelve(object));
    if (!node) return false;
    *b->last = node;
    b->last = &node->next;
    b->stripes |= table->kind->stripes(node->hash);
    return true;
}

static bool are_objects(const rs_ets_table *table, rs_term list) {
    for (uint32_t i = 0; i < rs_term_size(list); i++)
        if (!rs_ets_is_object(table, rs_term_view_element(list, i))) return false;
    return true;
}

static bool add_list(rs_core *core, const rs_ets_table *table, batch *b, rs_term list) {
    uint32_t size = rs_term_size(list);
    if (size > RS_ETS_LIST_MAX) rs_ets_fail_limit(core, RS_ATOM(list));
    if (!are_objects(table, list)) rs_ets_fail(core);
    bool added = true;
    for (uint32_t i = 0; i < size && added; i++)
        added = add(core, table, b, rs_term_view_element(list, i));
    return added;
}

static bool has_any(const rs_ets_table *table, const batch *b) {
    for (const rs_ets_node *node = b->first; node; node = node->next)
        if (rs_ets_get(table, rs_ets_key(table, node->object), node->hash)) return true;
    return false;
}

/* enter puts the whole batch in, or nothing when it must be new and is not. */
static bool enter(rs_core *core, rs_ets_table *table, batch *b, bool only_new) {
    rs_ets_node *garbage = b->first;
    rs_ets_held held = rs_ets_lock(core, table, b->stripes);
    bool is_alive = table->content != NULL;
    bool enters = is_alive && !(only_new && has_any(table, b));
    if (enters) {
        garbage = NULL;
        for (rs_ets_node *node = b->first, *next; node; node = next) {
            next = node->next;
            rs_ets_put(table, node, &garbage);
        }
    }
    bool is_due = enters && rs_ets_hash_is_due(table);
    rs_ets_unlock(table, held);
    rs_ets_free_nodes(core, garbage);
    if (!is_alive) rs_ets_fail(core);
    if (is_due) rs_ets_hash_settle(core, table);
    return enters;
}

static bool insert(rs_ets key, rs_term objects, bool only_new) {
    rs_core *core;
    batch b = {0};
    b.last = &b.first;
    rs_ets_check(objects);
    rs_ets_table *table = rs_ets_enter(key, RS_ETS_WRITES, &core);
    bool is_list = rs_term_kind(objects) == RS_TAG_LIST;
    rs_term_view view = rs_term_view_of(objects);
    if (!is_list && !rs_ets_is_object(table, view)) rs_ets_fail(core);
    bool made = is_list ? add_list(core, table, &b, objects) : add(core, table, &b, view);
    if (!made) {
        rs_ets_free_nodes(core, b.first);
        fail_memory(core);
    }
    bool entered = b.first == NULL || enter(core, table, &b, only_new);
    rs_section_leave(core);
    return entered;
}

void rs_ets_insert(rs_ets table, rs_term objects) {
    (void)insert(table, objects, false);
}

bool rs_ets_insert_new(rs_ets table, rs_term objects) {
    return insert(table, objects, true);
}

/* ---------------------------------------------------------------- reading */

/* Objects with one key, a reference to each. */
typedef struct catch {
    rs_term one, *objects; /* `objects` is &one, or lies in the caller's memory */
    uint32_t count;
}
catch;

/* gather takes a reference to what the visit finds, the oldest first; false: no memory. */
static bool gather(const visit *v, catch *c) {
    rs_ets_node *found = first(v);
    for (rs_ets_node *at = found; at; at = rs_ets_get_more(v->table, at)) c->count++;
    c->objects = &c->one;
    if (c->count > 1)
        c->objects = rs_arena_alloc(v->core, v->core->current, c->count * sizeof *c->objects);
    if (!c->objects) return false;
    uint32_t left = c->count;
    for (rs_ets_node *at = found; at; at = rs_ets_get_more(v->table, at)) {
        rs_term_retain(at->object, 1);
        c->objects[--left] = at->object;
    }
    return true;
}

static void let_go(rs_core *core, catch *c) {
    for (uint32_t i = 0; i < c->count; i++) rs_term_release(c->objects[i]);
    if (c->count > 1) rs_arena_free(core, core->current, c->objects, c->count * sizeof *c->objects);
}

static rs_term list_of(rs_core *core, catch *c) {
    rs_term list = c->count ? rs_term_own_list(c->count, c->objects) : 0;
    bool made = list || !c->count;
    let_go(core, c);
    if (!made) fail_memory(core);
    return list;
}

rs_term rs_ets_lookup(rs_ets table, rs_term key) {
    visit v = begin(table, RS_ETS_READS, key);
    catch c = {0};
    bool gathered = gather(&v, &c);
    unlock(&v);
    if (!gathered) fail_memory(v.core);
    rs_term list = list_of(v.core, &c);
    rs_section_leave(v.core);
    return list;
}

bool rs_ets_member(rs_ets table, rs_term key) {
    visit v = begin(table, RS_ETS_READS, key);
    bool found = first(&v) != NULL;
    end(&v);
    return found;
}

/* pick turns each object into its element; false: there is none, or no memory for it. */
static bool pick(catch *c, uint32_t index) {
    bool picked = true;
    for (uint32_t i = 0; i < c->count && picked; i++) {
        rs_term object = c->objects[i];
        rs_term element = rs_term_own(rs_term_view_element(object, index));
        picked = element != 0;
        if (!picked) break;
        c->objects[i] = element;
        rs_term_release(object);
    }
    return picked;
}

static bool are_long(const catch *c, uint32_t position) {
    for (uint32_t i = 0; i < c->count; i++)
        if (position == 0 || position > rs_term_size(c->objects[i])) return false;
    return true;
}

rs_term rs_ets_lookup_element(rs_ets table, rs_term key, uint32_t position) {
    visit v = begin(table, RS_ETS_READS, key);
    catch c = {0};
    bool is_set = rs_ets_is_set(v.table), gathered = gather(&v, &c);
    unlock(&v);
    if (!gathered) fail_memory(v.core);
    bool has = are_long(&c, position), picked = has && pick(&c, position - 1);
    rs_term found = 0;
    if (picked && is_set)
        found = c.one; /* its reference goes to the caller */
    else if (picked)
        found = list_of(v.core, &c);
    else
        let_go(v.core, &c);
    if (!has) rs_ets_fail(v.core);
    if (!picked) fail_memory(v.core);
    rs_section_leave(v.core);
    return found;
}

/* ---------------------------------------------------------------- deleting */

static void delete_all_with_key(visit *v) {
    for (rs_ets_node *node; (node = first(v));) rs_ets_remove(v->table, node, &v->garbage);
}

void rs_ets_delete_key(rs_ets table, rs_term key) {
    visit v = begin(table, RS_ETS_WRITES, key);
    delete_all_with_key(&v);
    end(&v);
}

rs_term rs_ets_take(rs_ets table, rs_term key) {
    visit v = begin(table, RS_ETS_WRITES, key);
    catch c = {0};
    bool gathered = gather(&v, &c);
    if (gathered) delete_all_with_key(&v);
    unlock(&v);
    if (!gathered) fail_memory(v.core);
    rs_term list = list_of(v.core, &c);
    rs_section_leave(v.core);
    return list;
}

void rs_ets_delete_object(rs_ets key, rs_term object) {
    rs_core *core;
    rs_ets_check(object);
    rs_ets_table *table = rs_ets_enter(key, RS_ETS_WRITES, &core);
    if (!rs_ets_is_object(table, rs_term_view_of(object))) rs_ets_fail(core);
    visit v = {.core = core, .table = table, .key = rs_ets_key(table, object)};
    v.hash = rs_ets_hash_of(v.key);
    v.held = rs_ets_open(core, table, table->kind->stripes(v.hash));
    for (rs_ets_node *node = first(&v), *next; node; node = next) {
        next = rs_ets_get_more(table, node);
        if (rs_term_equal(node->object, object)) rs_ets_remove(table, node, &v.garbage);
    }
    end(&v);
}

/* Should the caller be killed before all is freed, the rest goes with the table. */
void rs_ets_delete_all_objects(rs_ets key) {
    rs_core *core;
    rs_ets_table *table = rs_ets_enter(key, RS_ETS_WRITES, &core);
    rs_ets_content *fresh = rs_ets_content_create(core);
    if (!fresh) fail_memory(core);
    rs_ets_held all = rs_ets_lock(core, table, RS_ETS_ALL);
    bool is_alive = table->content != NULL;
    if (is_alive) rs_ets_waste(table, fresh);
    rs_ets_unlock(table, all);
    if (!is_alive) {
        rs_slab_free(core, fresh, sizeof *fresh, RS_CATEGORY_TABLE);
        rs_ets_fail(core);
    }
    rs_ets id = table->id;
    for (bool done = false; !done && table;) {
        uint32_t budget = RS_DISPATCH_BUDGET;
        done = rs_ets_drain(core, table, &budget);
        if (done) break;
        core->budget = 0;
        core = rs_gate(core); /* another section: the table may be dead by now */
        table = rs_ets_find(core, id);
    }
    rs_section_leave(core);
}

/* ---------------------------------------------------------------- C structs */

void rs_ets_insert_bytes(rs_ets table, rs_term key, const void *value, uint32_t bytes) {
    rs_term text = rs_term_own_text(value, bytes);
    rs_term object = text ? rs_term_own_tuple(2, (rs_term[]){key, text}) : 0;
    if (!object) fail_memory(rs_section_enter());
    rs_ets_insert(table, object);
    rs_term_release(object);
    rs_term_release(text);
}

int64_t rs_ets_lookup_bytes(rs_ets table, rs_term key, void *value, uint32_t bytes) {
    rs_term text = rs_ets_lookup_element(table, key, 2);
    const void *from = rs_term_text_bytes(text);
    int64_t length = from ? (int64_t)rs_term_size(text) : -1;
    if (from) memcpy(value, from, length < bytes ? (size_t)length : bytes);
    rs_term_release(text);
    return length;
}
