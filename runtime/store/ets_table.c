/* ets_table.c: entering a table, its locks, and what becomes of its content.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/ets_table.h"

#include "runtime/process/catch.h"
#include "runtime/process/signal.h"
#include "runtime/store/ets_hash.h"

#include <string.h>

/* ---------------------------------------------------------------- entering */

void rs_ets_fail(rs_core *core) {
    rs_catch_raise(core, RS_ATOM(badarg));
}

void rs_ets_fail_limit(rs_core *core, rs_atom what) {
    const rs_term elements[] = {RS_ATOM(system_limit), what};
    rs_term reason = rs_term_tuple(2, elements);
    rs_catch_raise(core, reason ? reason : RS_ATOM(system_limit));
}

static bool may(rs_ets_table *table, rs_pid self, rs_ets_right right) {
    if (rs_load(&table->owner, rs_relaxed) == self) return true;
    if (table->protection == RS_ETS_PUBLIC) return right != RS_ETS_OWNS;
    return table->protection == RS_ETS_PROTECTED && right == RS_ETS_READS;
}

rs_ets_table *rs_ets_enter(rs_ets key, rs_ets_right right, rs_core **core) {
    *core = rs_gate(rs_section_enter());
    rs_ets_table *table = rs_ets_find(*core, key);
    if (!table || !may(table, rs_process_pid((*core)->current), right)) rs_ets_fail(*core);
    return table;
}

rs_ets_held rs_ets_open(rs_core *core, rs_ets_table *table, uint64_t stripes) {
    rs_ets_held held = rs_ets_lock(core, table, stripes);
    if (RS_LIKELY(table->content)) return held;
    rs_ets_unlock(table, held);
    rs_ets_fail(core);
}

/* ---------------------------------------------------------------- locks
 *
 * A table begins with one lock. The first time that somebody has to wait for it, a hash gets its
 * stripes: most tables of a large system are small, or one process's, and stay at 4 bytes. */

static void lock_stripes(rs_ets_locks *locks, uint64_t stripes) {
    for (uint64_t left = stripes; left; left &= left - 1)
        rs_spin_lock(
            &locks->stripe[__builtin_ctzll(left)].lock); /* ascending: no two wait in turn */
}

/* divide makes the stripes, those that the caller wants being locked. Under the one lock. */
static rs_ets_locks *divide(rs_core *core, rs_ets_table *table, uint64_t stripes) {
    if (table->kind != &rs_ets_hash || !table->content) return NULL;
    rs_ets_locks *made = rs_slab_alloc(core, sizeof *made, RS_CATEGORY_TABLE);
    if (!made) return NULL;
    memset(made, 0, sizeof *made);
    lock_stripes(made, stripes);
    /* release: who takes a stripe without the one lock finds the content as we leave it. */
    rs_store(&table->locks, made, rs_release);
    return made;
}

/* Before the table has stripes; NULL: its one lock is held. */
static __attribute__((noinline)) rs_ets_locks *lock_one(rs_core *core, rs_ets_table *table,
                                                        uint64_t stripes) {
    bool waited = !rs_spin_try(&table->lock);
    if (waited) rs_spin_lock(&table->lock);
    rs_ets_locks *locks = rs_load(&table->locks, rs_relaxed); /* changes under this lock only */
    if (locks) {
        rs_spin_unlock(&table->lock);
        lock_stripes(locks, stripes);
    } else if (waited && (locks = divide(core, table, stripes))) {
        rs_spin_unlock(&table->lock);
    }
    return locks;
}

rs_ets_held rs_ets_lock(rs_core *core, rs_ets_table *table, uint64_t stripes) {
    /* acquire pairs with divide. */
    rs_ets_held held = {rs_load(&table->locks, rs_acquire), stripes};
    if (RS_LIKELY(held.locks))
        lock_stripes(held.locks, stripes);
    else
        held.locks = lock_one(core, table, stripes);
    return held;
}

void rs_ets_unlock(rs_ets_table *table, rs_ets_held held) {
    if (!held.locks) {
        rs_spin_unlock(&table->lock);
        return;
    }
    for (uint64_t left = held.stripes; left; left &= left - 1)
        rs_spin_unlock(&held.locks->stripe[__builtin_ctzll(left)].lock);
}

/* ---------------------------------------------------------------- contents */

rs_ets_content *rs_ets_content_create(rs_core *core) {
    rs_ets_content *made = rs_slab_alloc(core, sizeof *made, RS_CATEGORY_TABLE);
    if (!made) return NULL;
    memset(made, 0, sizeof *made);
    rs_store(&made->buckets, RS_ETS_STRIPES, rs_relaxed);
    return made;
}

void rs_ets_waste(rs_ets_table *table, rs_ets_content *fresh) {
    rs_ets_content *old = table->content;
    table->content = fresh;
    rs_store(&table->size, 0, rs_relaxed);
    rs_store(&table->memory, 0, rs_relaxed);
    rs_store(&table->gone, 0, rs_relaxed);
    rs_spin_lock(&table->waste_lock);
    old->next = table->waste;
    table->waste = old;
    rs_spin_unlock(&table->waste_lock);
}

/* Who drains has the content for itself, and puts back what is left of it before its section ends.
 */
bool rs_ets_drain(rs_core *core, rs_ets_table *table, uint32_t *budget) {
    while (*budget) {
        rs_spin_lock(&table->waste_lock);
        rs_ets_content *content = table->waste;
        if (content) table->waste = content->next;
        rs_spin_unlock(&table->waste_lock);
        if (!content) return true;
        if (table->kind->drain(core, content, budget)) continue;
        rs_spin_lock(&table->waste_lock);
        content->next = table->waste;
        table->waste = content;
        rs_spin_unlock(&table->waste_lock);
    }
    return false;
}

void rs_ets_free_node(rs_core *core, rs_ets_node *node) {
    size_t tower = node->levels * sizeof node->tower[0];
    rs_term_release(node->object);
    rs_slab_free(core, node, sizeof *node + tower, RS_CATEGORY_TABLE);
}

void rs_ets_free_nodes(rs_core *core, rs_ets_node *first) {
    while (first) {
        rs_ets_node *node = first;
        first = node->next;
        rs_ets_free_node(core, node);
    }
}
