/* ets_walk.c: from key to key.
 *
 * A hash is walked bucket by bucket. While it is fixed it neither grows nor shrinks, and what is
 * deleted leaves its node behind, from which a walk goes on.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/catch.h"
#include "runtime/process/signal.h"
#include "runtime/store/ets_hash.h"
#include "runtime/store/ets_order.h"
#include "runtime/store/ets_owner.h"
/* Empty buckets that one section may look into. */
#define STRETCH 256u

/* answer unlocks, leaves and returns an own copy of the node's key. */
static rs_term answer(rs_core *core, rs_ets_table *table, rs_ets_held held,
                      const rs_ets_node *node) {
    rs_term object = node ? node->object : 0;
    rs_term_retain(object, 1);
    rs_ets_unlock(table, held);
    rs_term key = node ? rs_term_own(rs_ets_key(table, object)) : 0;
    rs_term_release(object);
    if (node && !key) rs_catch_raise(core, rs_signal_out_of_memory());
    rs_section_leave(core);
    return key;
}

/* ---------------------------------------------------------------- a hash */

/* look returns true when the walk ends in the bucket `index`: *key is its first, or 0: the end. */
static bool look(rs_core *core, rs_ets_table *table, uint32_t index, rs_term *key) {
    rs_ets_held held = rs_ets_open(core, table, UINT64_C(1) << index % RS_ETS_STRIPES);
    bool is_end = index >= rs_load(&table->content->buckets, rs_relaxed);
    const rs_ets_node *node = is_end ? NULL : rs_ets_hash_begin(table, index);
    if (node || is_end) {
        *key = answer(core, table, held, node);
        return true;
    }
    rs_ets_unlock(table, held);
    return false;
}

/* scan walks on from the bucket `index`. In the section of its caller; not afterwards. */
static rs_term scan(rs_core *core, rs_ets_table *table, uint32_t index) {
    const rs_ets id = table->id;
    for (rs_term key;; index++) {
        if (look(core, table, index, &key)) return key;
        if (index % STRETCH != STRETCH - 1) continue;
        rs_section_leave(core);
        table = rs_ets_enter(id, RS_ETS_READS, &core);
    }
}

static rs_term next_in_hash(rs_core *core, rs_ets_table *table, rs_term key) {
    rs_term_view view = rs_term_view_of(key);
    uint64_t hash = rs_ets_hash_of(view);
    rs_ets_held held = rs_ets_open(core, table, table->kind->stripes(hash));
    const rs_ets_node *node = table->kind->find(table, view, hash);
    if (!node) {
        /* Somebody has emptied the table under a walk? */
        bool is_fixed = rs_load(&table->fixed, rs_relaxed);
        if (is_fixed) return answer(core, table, held, NULL);
        rs_ets_unlock(table, held);
        rs_ets_fail(core);
    }
    for (const rs_ets_node *more; (more = table->kind->more(table, node));) node = more;
    node = rs_ets_hash_after(node);
    if (node) return answer(core, table, held, node);
    uint32_t index = rs_ets_hash_bucket_of(table, hash);
    rs_ets_unlock(table, held);
    return scan(core, table, index + 1);
}

/* ---------------------------------------------------------------- either */

typedef rs_ets_node *neighbour(const rs_ets_table *table, const rs_term_view *key);

static rs_term begin(rs_ets key_of_table, neighbour *in_order) {
    rs_core *core;
    rs_ets_table *table = rs_ets_enter(key_of_table, RS_ETS_READS, &core);
    if (table->kind == &rs_ets_hash) return scan(core, table, 0);
    rs_ets_held held = rs_ets_open(core, table, 1);
    return answer(core, table, held, in_order(table, NULL));
}

static rs_term go_on(rs_ets key_of_table, rs_term key, neighbour *in_order) {
    rs_core *core;
    rs_ets_check(key);
    rs_ets_table *table = rs_ets_enter(key_of_table, RS_ETS_READS, &core);
    if (table->kind == &rs_ets_hash) return next_in_hash(core, table, key);
    rs_term_view view = rs_term_view_of(key);
    rs_ets_held held = rs_ets_open(core, table, 1);
    return answer(core, table, held, in_order(table, &view));
}

rs_term rs_ets_first(rs_ets table) {
    return begin(table, rs_ets_order_above);
}
rs_term rs_ets_next(rs_ets table, rs_term key) {
    return go_on(table, key, rs_ets_order_above);
}
rs_term rs_ets_last(rs_ets table) {
    return begin(table, rs_ets_order_below);
}
rs_term rs_ets_prev(rs_ets table, rs_term key) {
    return go_on(table, key, rs_ets_order_below);
}

/* ---------------------------------------------------------------- holds */

/* hold_of returns the caller's hold on the table. Under the store's lock. */
static rs_ets_holding *hold_of(rs_ets_store *store, rs_ets_table *table, rs_pid self) {
    rs_list *list = store->held[rs_ets_head_of(self)];
    for (rs_list *at = list; at; at = rs_list_after(list, at)) {
        rs_ets_holding *hold = RS_CONTAINER(at, rs_ets_holding, list);
        if (hold->pid == self && hold->table == table && hold->fixed) return hold;
    }
    return NULL;
}

static void add_hold(rs_ets_store *store, rs_ets_table *table, rs_ets_holding *hold, rs_pid self) {
    *hold = (rs_ets_holding){.table = table};
    rs_ets_holding_add(store->held, hold, self);
    rs_list_append(&table->holds, &hold->of_table);
}

static void fix(rs_core *core, rs_ets_table *table) {
    rs_ets_store *store = rs_ets_store_of(core);
    rs_pid self = rs_process_pid(core->current);
    rs_ets_holding *spare = rs_slab_alloc(core, sizeof *spare, RS_CATEGORY_TABLE);
    if (!spare) rs_catch_raise(core, rs_signal_out_of_memory());
    rs_or(&core->current->flags, RS_PROCESS_KEEPS, rs_relaxed);
    rs_spin_lock(&table->growing); /* what is being moved is where it belongs after */
    rs_spin_lock(&store->lock);
    bool is_alive = rs_load(&table->by_id.key, rs_relaxed) != 0;
    rs_ets_holding *hold = hold_of(store, table, self);
    if (is_alive && !hold) {
        add_hold(store, table, hold = spare, self);
        spare = NULL;
    }
    if (is_alive) {
        hold->fixed++;
        /* relaxed: who deletes what our walk has reached has had its lock after us. */
        rs_add(&table->fixed, 1, rs_relaxed);
    }
    rs_spin_unlock(&store->lock);
    rs_spin_unlock(&table->growing);
    if (spare) rs_slab_free(core, spare, sizeof *spare, RS_CATEGORY_TABLE);
    if (!is_alive) rs_ets_fail(core);
}

static void let_go(rs_core *core, rs_ets_table *table) {
    rs_ets_store *store = rs_ets_store_of(core);
    rs_spin_lock(&store->lock);
    rs_ets_holding *hold = hold_of(store, table, rs_process_pid(core->current));
    bool is_last = hold && hold->fixed == 1;
    if (is_last) {
        rs_ets_unhold(store, hold);
    } else if (hold) {
        hold->fixed--;
        rs_sub(&table->fixed, 1, rs_relaxed);
    }
    rs_spin_unlock(&store->lock);
    if (is_last) rs_slab_free(core, hold, sizeof *hold, RS_CATEGORY_TABLE);
}

/* What is gone is taken out by whoever lets go last; should that be its death, by those who write
 * later. */
void rs_ets_safe_fixtable(rs_ets key, bool on) {
    rs_core *core;
    rs_ets_table *table = rs_ets_enter(key, RS_ETS_READS, &core);
    const rs_ets id = table->id;
    uint32_t at = 0;
    if (on)
        fix(core, table);
    else
        let_go(core, table);
    while (!on && table) {
        uint32_t budget = STRETCH;
        if (rs_ets_hash_purge(core, table, &at, &budget)) break;
        rs_section_leave(core);
        core = rs_gate(rs_section_enter());
        table = rs_ets_find(core, id);
    }
    rs_section_leave(core);
}

/* ---------------------------------------------------------------- folding */

static bool visit_each(rs_term objects, bool (*visit)(rs_term object, void *context),
                       void *context) {
    bool goes_on = true;
    for (uint32_t i = 0; i < rs_term_size(objects) && goes_on; i++) {
        rs_term object = rs_term_element(objects, i);
        goes_on = visit(object, context);
        rs_term_release(object);
    }
    return goes_on;
}

bool rs_ets_foldl(rs_ets table, bool (*visit)(rs_term object, void *context), void *context) {
    rs_ets_info info;
    if (!rs_ets_info_read(table, &info)) rs_exit(RS_ATOM(badarg));
    bool goes_on = true;
    rs_ets_safe_fixtable(info.id, true);
    rs_term key = rs_ets_first(info.id);
    while (key && goes_on) {
        rs_term objects = rs_ets_lookup(info.id, key);
        goes_on = visit_each(objects, visit, context);
        rs_term next = goes_on ? rs_ets_next(info.id, key) : 0;
        rs_term_release(objects);
        rs_term_release(key);
        key = next;
    }
    rs_ets_safe_fixtable(info.id, false);
    return goes_on;
}
