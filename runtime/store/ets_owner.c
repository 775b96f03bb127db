/* ets_owner.c: tables come, change hands, and go.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/ets_owner.h"

#include "runtime/process/catch.h"
#include "runtime/process/signal.h"
#include "runtime/process/table.h"
#include "runtime/store/ets_hash.h"
#include "runtime/store/ets_order.h"

#include <string.h>

/* ---------------------------------------------------------------- messages to new owners */

static rs_ets_transfer *transfer_of(rs_message *message) {
    return (rs_ets_transfer *)(void *)message->payload;
}

static rs_term transfer_to_term(const void *value, uint32_t bytes) {
    (void)bytes;
    const rs_ets_transfer *it = value;
    return rs_term_tuple(4,
                         (rs_term[]){rs_atom_find("ETS-TRANSFER"), it->table, it->from, it->data});
}

const rs_type rs_ets_transfer_type = {"ets_transfer", sizeof(rs_ets_transfer), transfer_to_term,
                                      NULL};

/* A will is made while its maker is alive and can be told that memory is short. The data come
 * first: as a message's reason they are released with it. */
static rs_message *make_will(rs_core *core, rs_term data) {
    rs_term shared = rs_term_share(data);
    rs_message *will = shared || !data ? rs_signal_alloc(core, sizeof(rs_ets_transfer)) : NULL;
    if (!will) {
        rs_term_release(shared);
        return NULL;
    }
    will->kind = RS_MESSAGE;
    will->type = &rs_ets_transfer_type;
    will->flags = RS_MESSAGE_REASON;
    transfer_of(will)->data = shared;
    return will;
}

static void drop(rs_core *core, rs_message *will) {
    if (will) rs_signal_release(core, will);
}

static rs_ets handle_of(rs_ets_table *table) {
    rs_term name = rs_load(&table->by_name.key, rs_relaxed);
    return name ? name : table->id;
}

static void sign(rs_message *will, rs_ets_table *table, rs_pid from) {
    will->from = from;
    transfer_of(will)->from = from;
    transfer_of(will)->table = handle_of(table);
}

/* ---------------------------------------------------------------- owners */

/* keeps says that the process keeps something here from now on; false: it is dead. Whoever dies
 * says so first and looks after: it sees the flag, or we see that. */
static bool keeps(rs_core *core, rs_pid pid) {
    rs_process *process = rs_table_find(core->runtime, pid);
    if (!process) return false;
    uint32_t before = rs_or(&process->flags, RS_PROCESS_KEEPS, rs_acq_rel);
    return (before & (RS_PROCESS_USED | RS_PROCESS_EXITING)) == RS_PROCESS_USED;
}

bool rs_ets_change_owner(rs_core *core, rs_ets_store *store, rs_ets_table *table, rs_pid to) {
    if (!keeps(core, to)) return false;
    if (table->will) sign(table->will, table, rs_load(&table->owner, rs_relaxed));
    rs_ets_holding_remove(store->held, &table->owned);
    rs_ets_holding_add(store->held, &table->owned, to);
    rs_store(&table->owner, to,
             rs_relaxed); /* who may write a moment longer may as well be first */
    return true;
}

static bool is_alive(rs_ets_table *table) {
    return rs_load(&table->by_id.key, rs_relaxed) != 0;
}

static bool is_owner(rs_ets_table *table, rs_pid pid) {
    return is_alive(table) && rs_load(&table->owner, rs_relaxed) == pid;
}

/* give hands the table over, signs the gift, and keeps *will if the table needs a new one. Under
 * the store's lock. */
static bool give(rs_core *core, rs_ets_store *store, rs_ets_table *table, rs_pid to,
                 rs_message *gift, rs_message **will) {
    rs_pid self = rs_process_pid(core->current);
    if (to == self || !is_owner(table, self)) return false;
    sign(gift, table, self);
    if (!rs_ets_change_owner(core, store, table, to)) return false;
    if (table->heir && !table->will) {
        table->will = *will;
        *will = NULL;
    }
    return true;
}

/* A gift is a will that is carried out at once. */
void rs_ets_give_away(rs_ets key, rs_pid to, rs_term data) {
    rs_core *core;
    rs_ets_check(data);
    rs_ets_table *table = rs_ets_enter(key, RS_ETS_OWNS, &core);
    rs_ets_store *store = rs_ets_store_of(core);
    rs_message *gift = make_will(core, data), *will = make_will(core, table->heir_data);
    bool given = false, is_short = !gift || !will;
    rs_spin_lock(&store->lock);
    if (!is_short) given = give(core, store, table, to, gift, &will);
    rs_spin_unlock(&store->lock);
    drop(core, will);
    if (given) {
        rs_signal_push(core, to, gift);
        rs_section_leave(core);
        return;
    }
    drop(core, gift);
    if (is_short) rs_catch_raise(core, rs_signal_out_of_memory());
    rs_ets_fail(core);
}

/* swap_will leaves in *data and *will what there was. */
static void swap_will(rs_ets_table *table, rs_pid heir, rs_term *data, rs_message **will) {
    rs_term old_data = table->heir_data;
    rs_message *old_will = table->will;
    table->heir = heir;
    table->heir_data = *data;
    table->will = *will;
    *data = old_data;
    *will = old_will;
}

void rs_ets_set_heir(rs_ets key, rs_pid heir, rs_term data) {
    rs_core *core;
    rs_ets_check(data);
    rs_ets_table *table = rs_ets_enter(key, RS_ETS_OWNS, &core);
    rs_ets_store *store = rs_ets_store_of(core);
    rs_message *will = make_will(core, data);
    if (!will) rs_catch_raise(core, rs_signal_out_of_memory());
    rs_term kept = transfer_of(will)->data;
    rs_term_retain(kept, 1);
    rs_spin_lock(&store->lock);
    bool ours = is_owner(table, rs_process_pid(core->current));
    if (ours) swap_will(table, heir, &kept, &will);
    rs_spin_unlock(&store->lock);
    rs_term_release(kept);
    drop(core, will);
    if (!ours) rs_ets_fail(core);
    rs_section_leave(core);
}

/* ---------------------------------------------------------------- birth */

static rs_ets_table *create(rs_core *core, const rs_ets_options *options) {
    rs_ets_table *table = rs_slab_alloc(core, rs_ets_table_bytes(core), RS_CATEGORY_TABLE);
    if (!table) return NULL;
    memset(table, 0, rs_ets_table_bytes(core));
    table->kind = options->type == RS_ETS_ORDERED_SET ? &rs_ets_order : &rs_ets_hash;
    table->id = rs_signal_make_ref(core);
    table->keypos = options->keypos ? options->keypos - 1 : 0;
    table->type = options->type;
    table->protection = options->protection;
    table->by_id.table = table->by_name.table = table->owned.table = table;
    table->content = rs_ets_content_create(core);
    if (table->content) return table;
    rs_slab_free(core, table, rs_ets_table_bytes(core), RS_CATEGORY_TABLE);
    return NULL;
}

static void discard(rs_core *core, rs_ets_table *table) {
    rs_slab_free(core, table->content, sizeof *table->content, RS_CATEGORY_TABLE);
    rs_slab_free(core, table, rs_ets_table_bytes(core), RS_CATEGORY_TABLE);
}

/* enrol lets the table be found; 0 or why not. */
static rs_atom enrol(rs_core *core, rs_ets_store *store, rs_ets_table *table, rs_atom name) {
    rs_pid self = rs_process_pid(core->current);
    rs_atom why = 0;
    rs_spin_lock(&store->lock);
    if (store->tables == RS_TABLES_MAX) why = RS_ATOM(tables);
    if (name && rs_ets_entry_find(store, name)) why = RS_ATOM(badarg);
    if (!why) {
        store->tables++;
        rs_store(&table->owner, self, rs_relaxed);
        rs_ets_holding_add(store->held, &table->owned, self);
        rs_ets_entry_add(store, &table->by_id, table->id);
        if (name) rs_ets_entry_add(store, &table->by_name, name);
    }
    rs_spin_unlock(&store->lock);
    return why;
}

static bool are_sound(const rs_ets_options *options) {
    return (unsigned)options->type <= RS_ETS_DUPLICATE_BAG &&
           (unsigned)options->protection <= RS_ETS_PRIVATE &&
           (!options->name || rs_term_tag(options->name) == RS_TAG_ATOM);
}

rs_ets rs_ets_new(const rs_ets_options *options) {
    const rs_ets_options mine = *options;
    rs_core *core = rs_gate(rs_section_enter());
    if (!are_sound(&mine)) rs_ets_fail(core);
    rs_ets_store *store = rs_ets_store_make(core);
    if (!store) rs_catch_raise(core, rs_signal_out_of_memory());
    rs_ets_table *table = create(core, &mine);
    if (!table) rs_catch_raise(core, rs_signal_out_of_memory());
    rs_or(&core->current->flags, RS_PROCESS_KEEPS, rs_relaxed); /* read by ourselves */
    rs_ets id = table->id;
    rs_atom why = enrol(core, store, table, mine.name);
    if (why) discard(core, table);
    if (why == RS_ATOM(badarg)) rs_ets_fail(core);
    if (why) rs_ets_fail_limit(core, why);
    rs_section_leave(core);
    /* Should this fail, the table ends with its owner. */
    if (mine.heir)
        rs_ets_set_heir(id, mine.heir, mine.heir_data ? mine.heir_data : RS_ATOM(undefined));
    return mine.name ? mine.name : id;
}

/* ---------------------------------------------------------------- names and news */

rs_ets rs_ets_whereis(rs_atom name) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_ets_table *table = rs_term_tag(name) == RS_TAG_ATOM ? rs_ets_find(core, name) : NULL;
    rs_ets id = table ? table->id : 0;
    rs_section_leave(core);
    return id;
}

void rs_ets_rename(rs_ets key, rs_atom name) {
    rs_core *core;
    rs_ets_table *table = rs_ets_enter(key, RS_ETS_WRITES, &core);
    rs_ets_store *store = rs_ets_store_of(core);
    if (rs_term_tag(name) != RS_TAG_ATOM) rs_ets_fail(core);
    rs_spin_lock(&store->lock);
    bool is_free = is_alive(table) && !rs_ets_entry_find(store, name);
    if (is_free && rs_load(&table->by_name.key, rs_relaxed)) {
        rs_ets_entry_remove(store, &table->by_name);
        rs_ets_entry_add(store, &table->by_name, name);
    }
    rs_spin_unlock(&store->lock);
    if (!is_free) rs_ets_fail(core);
    rs_section_leave(core);
}

static bool read_info(rs_ets_table *table, rs_ets_info *info) {
    *info = (rs_ets_info){
        .id = table->id,
        .type = table->type,
        .protection = table->protection,
        .keypos = table->keypos + 1,
        .name = rs_load(&table->by_name.key, rs_relaxed),
        .owner = rs_load(&table->owner, rs_relaxed),
        .heir = table->heir,
        .size = rs_load(&table->size, rs_relaxed),
        .memory = rs_load(&table->memory, rs_relaxed),
        .fixed = rs_load(&table->fixed, rs_relaxed),
    };
    return is_alive(table);
}

bool rs_ets_info_read(rs_ets key, rs_ets_info *info) {
    rs_ets_info now = {0};
    bool found = false;
    rs_core *core = rs_gate(rs_section_enter());
    rs_ets_table *table = rs_ets_find(core, key);
    if (table) {
        rs_ets_store *store = rs_ets_store_of(core);
        rs_spin_lock(&store->lock);
        found = read_info(table, &now);
        rs_spin_unlock(&store->lock);
    }
    rs_section_leave(core);
    if (found) *info = now;
    return found;
}

/* ---------------------------------------------------------------- the end */

/* The caller frees what it has ended; should it be killed meanwhile, its death does. */
static void bury_own(void) {
    for (bool done = false; !done;) {
        rs_core *core = rs_gate(rs_section_enter());
        uint32_t budget = RS_DISPATCH_BUDGET;
        done = rs_ets_bury(core, rs_process_pid(core->current), &budget);
        if (!done) core->budget = 0; /* what is left of this turn is the others' */
        rs_section_leave(done ? core : rs_gate(core));
    }
}

void rs_ets_delete(rs_ets key) {
    rs_core *core;
    rs_ets_table *table = rs_ets_enter(key, RS_ETS_WRITES, &core);
    rs_ets_store *store = rs_ets_store_of(core);
    rs_or(&core->current->flags, RS_PROCESS_KEEPS, rs_relaxed);
    rs_spin_lock(&store->lock);
    bool ours = is_alive(table);
    if (ours) rs_ets_kill(core, store, table, rs_process_pid(core->current));
    rs_spin_unlock(&store->lock);
    if (!ours) rs_ets_fail(core);
    rs_section_leave(core);
    bury_own();
}
