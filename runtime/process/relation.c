/* relation.c: links and monitors.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/relation.h"

#include "runtime/process/catch.h"
#include "runtime/process/name.h"
#include "runtime/process/signal.h"
#include "runtime/process/table.h"

#include <string.h>

/* A cache line for each end, so that a process which dies elsewhere touches its own alone. */
typedef struct end {
    rs_message signal;
    union {          /* the signal's payload */
        rs_pid peer; /* until it is sent with a reason: the holder of the other end */
        rs_term reason;
    };
    rs_atomic_u32 finished; /* of ends[0]: how many are done */
    uint32_t unused;
} end;

typedef struct relation {
    end ends[2];
} relation;

_Static_assert(sizeof(end) == RS_CACHE_LINE, "an end is a cache line");
_Static_assert(offsetof(end, reason) == offsetof(rs_message, payload), "reason is the payload");

static rs_list *node_of(rs_message *signal) {
    return (rs_list *)(void *)signal;
}
static rs_message *signal_of(rs_list *node) {
    return (rs_message *)(void *)node;
}

/* Which end of its block this is: kept in `reserved`. */
static relation *relation_of(rs_message *signal) {
    return (relation *)(void *)((end *)(void *)signal - signal->reserved);
}

static rs_message *other_of(rs_message *signal) {
    return &relation_of(signal)->ends[1 - signal->reserved].signal;
}

static bool is_link(const rs_message *signal) {
    return signal->flags & RS_MESSAGE_LINK;
}

/* Of an end that has no reason yet. */
static rs_pid peer_of(const rs_message *signal) {
    return ((const end *)(const void *)signal)->peer;
}

static relation *create(rs_core *core, rs_pid maker, rs_pid other, bool link) {
    relation *made = rs_slab_take(&core->slab, core, rs_slab_class(sizeof *made), sizeof *made,
                                  RS_CATEGORY_RELATION);
    if (!made) return NULL;
    const uint8_t flags = link ? RS_MESSAGE_RELATION | RS_MESSAGE_LINK : RS_MESSAGE_RELATION;
    for (uint8_t i = 0; i < 2; i++)
        made->ends[i] = (end){.signal = {.reserved = i,
                                         .flags = flags,
                                         .bytes = sizeof(rs_term),
                                         .from = i == 0 ? maker : other},
                              .peer = i == 0 ? other : maker};
    return made;
}

static void list(rs_process *holder, rs_message *signal) {
    signal->flags |= RS_MESSAGE_LISTED;
    rs_list_append(&holder->relations, node_of(signal));
}

static void unlist(rs_process *holder, rs_message *signal) {
    signal->flags &= (uint8_t)~RS_MESSAGE_LISTED;
    rs_list_remove(&holder->relations, node_of(signal));
}

void rs_relation_finish(rs_core *core, rs_message *signal) {
    relation *of = relation_of(signal);
    rs_atomic_u32 *finished = &of->ends[0].finished;
    /* acquire, and acq_rel: the second to finish frees, after all that the first did with it. */
    if (rs_load(finished, rs_acquire) != 1 && rs_add(finished, 1, rs_acq_rel) != 1) return;
    rs_slab_give(&core->slab, core, core->index, of, rs_slab_class(sizeof *of), sizeof *of,
                 RS_CATEGORY_RELATION);
}

/* finish_mine is rs_relation_finish for an end whose other one is in the same hands. */
static void finish_mine(rs_message *mine) {
    /* relaxed: nobody else has a part in the block any more. */
    rs_store(&relation_of(mine)->ends[0].finished, 1, rs_relaxed);
}

rs_ref rs_relation_born(rs_core *core, rs_process *parent, rs_process *child, bool link,
                        uint64_t tag) {
    relation *made = create(core, rs_process_pid(parent), rs_process_pid(child), link);
    if (!made) return 0;
    rs_ref ref = link ? tag : rs_signal_make_ref(core);
    made->ends[0].signal.ref = ref;
    /* A link's tag belongs to the parent's side: the end that comes to it brings it. */
    made->ends[1].signal.ref = ref;
    list(parent, &made->ends[0].signal);
    list(child, &made->ends[1].signal);
    return link ? 1 : ref;
}

/* One of our own LISTED ends to `peer`, which must not be the end of a monitor on us. */
static rs_message *find_link(rs_process *self, rs_pid peer) {
    rs_list *all = self->relations;
    for (rs_list *node = all; node; node = rs_list_after(all, node)) {
        rs_message *mine = signal_of(node);
        if (is_link(mine) && peer_of(mine) == peer) return mine;
    }
    return NULL;
}

/* Both sides may link at the same time; each then holds an end of its own block and is sent one of
 * the other's. The block whose maker has the smaller pid stays (L1). Who never called rs_link has
 * none to look for: others may link to it by the million. */
static bool is_superfluous(rs_process *self, rs_message *signal) {
    if (!is_link(signal) || !self->linked) return false;
    rs_pid maker = peer_of(signal);
    return find_link(self, maker) != NULL && maker > rs_process_pid(self);
}

void rs_relation_accept(rs_core *core, rs_process *self, rs_message *signal) {
    if (!is_superfluous(self, signal)) {
        list(self, signal);
        return;
    }
    /* Given back as an UNLINK: the maker drops its end of this block and keeps the other. */
    signal->kind = RS_SIGNAL_UNLINK;
    if (!rs_signal_try_push(core, peer_of(signal), signal)) rs_relation_finish(core, signal);
}

void rs_relation_dissolve(rs_core *core, rs_process *self, rs_message *signal) {
    rs_message *mine = other_of(signal);
    if (mine->flags & RS_MESSAGE_LISTED) {
        unlist(self, mine);
        finish_mine(mine);
    }
    rs_relation_finish(core, signal);
}

bool rs_relation_end(rs_core *core, rs_process *self, rs_message *signal) {
    rs_message *mine = other_of(signal);
    if (!(mine->flags & RS_MESSAGE_LISTED)) {
        rs_signal_release(core, signal);
        return false;
    }
    unlist(self, mine);
    finish_mine(mine);
    return true;
}

/* send_end sends an end that is in nobody's list to the other side with `reason`. */
static void send_end(rs_core *core, rs_message *signal, rs_term reason, uint32_t cause) {
    rs_pid peer = peer_of(signal);
    signal->kind = is_link(signal) ? RS_SIGNAL_LINK_EXIT : RS_SIGNAL_DOWN;
    signal->type = NULL;
    signal->cause = cause;
    signal->flags |= RS_MESSAGE_REASON;
    *rs_signal_reason(signal) = reason;
    rs_term_retain(reason, 1);
    if (!rs_signal_try_push(core, peer, signal)) rs_signal_release(core, signal);
}

void rs_relation_settle(rs_core *core, rs_process *dead, rs_message *signal, rs_term reason,
                        uint32_t cause) {
    if (dead && is_superfluous(dead, signal))
        rs_relation_accept(core, dead, signal); /* given back: the other link tells the reason */
    else
        send_end(core, signal, reason, cause);
}

/* A watcher's end asks the target to forget; every other end tells the reason. */
static void announce(rs_core *core, rs_process *dying, rs_message *mine) {
    unlist(dying, mine);
    if (!is_link(mine) && mine->reserved == 0) {
        mine->kind = RS_SIGNAL_DEMONITOR;
        if (!rs_signal_try_push(core, peer_of(mine), mine)) rs_relation_finish(core, mine);
        return;
    }
    send_end(core, mine, rs_process_died_of(dying), rs_process_died_by(dying));
}

bool rs_relation_announce(rs_core *core, rs_process *dying, uint32_t *budget) {
    while (dying->relations) {
        if (*budget == 0) return false;
        --*budget;
        announce(core, dying, signal_of(dying->relations));
    }
    return true;
}

/* ---------------------------------------------------------------- telling */

static void tell_link(rs_core *core, rs_crash_link *told, rs_pid peer) {
    const rs_process *process = rs_table_find(core->runtime, peer);
    told->pid = peer;
    if (!process) return;
    const char *name = rs_atom_text(rs_name_of(process));
    told->role = process->role;
    memcpy(told->name, name, strnlen(name, sizeof told->name - 1));
}

void rs_relation_tell(rs_core *core, rs_process *self, rs_crash_report *report) {
    rs_list *all = self->relations, *node = all;
    for (uint32_t i = 0; node && i < RS_CRASH_WALK_MAX; i++, node = rs_list_after(all, node)) {
        const rs_message *mine = signal_of(node);
        if (!is_link(mine)) {
            *(mine->reserved ? &report->monitored_by : &report->monitors) += 1;
            continue;
        }
        report->linked++;
        if (report->link_count < RS_CRASH_LINKS_MAX)
            tell_link(core, &report->links[report->link_count++], peer_of(mine));
    }
}

/* ---------------------------------------------------------------- for users */

static relation *create_or_end(rs_core *core, rs_pid to, bool link) {
    relation *made = create(core, rs_process_pid(core->current), to, link);
    if (!made) rs_catch_raise(core, rs_signal_out_of_memory());
    return made;
}

/* Rule L2: the trapping caller gets an EXIT noproc, another one exits. */
static void link_failed(rs_core *core, relation *made) {
    rs_process *self = core->current;
    unlist(self, &made->ends[0].signal);
    rs_relation_finish(core, &made->ends[0].signal);
    rs_message *signal = &made->ends[1].signal;
    if (!self->trap_exit) {
        rs_relation_finish(core, signal);
        if (rs_catch_takes(self)) rs_catch_raise(core, RS_ATOM(noproc));
        rs_process_obey(core, RS_ATOM(noproc));
    }
    signal->kind = RS_MESSAGE_EXIT;
    *rs_signal_reason(signal) = RS_ATOM(noproc);
    rs_signal_push(core, rs_process_pid(self), signal);
}

void rs_link(rs_pid to) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_process *self = core->current;
    if (to != rs_process_pid(self) && !find_link(self, to)) {
        relation *made = create_or_end(core, to, true);
        self->linked = 1;
        list(self, &made->ends[0].signal);
        rs_message *signal = &made->ends[1].signal;
        signal->kind = RS_SIGNAL_LINK;
        if (!rs_signal_try_push(core, to, signal)) link_failed(core, made);
    }
    rs_section_leave(core);
}

/* drop_message removes the first such message of the mailbox; 0 matches any sender or reference. */
static void drop_message(rs_core *core, rs_process *self, uint8_t kind, rs_pid from, rs_ref ref) {
    rs_message *before = NULL;
    for (rs_message *message = self->mailbox; message; before = message, message = message->link) {
        bool is_it = message->kind == kind && (!from || message->from == from) &&
                     (!ref || message->ref == ref);
        if (!is_it) continue;
        rs_process_unqueue(self, before, message);
        rs_signal_release(core, message);
        return;
    }
}

static void withdraw(rs_core *core, rs_process *self, rs_message *mine, uint8_t kind) {
    unlist(self, mine);
    mine->kind = kind;
    mine->type = NULL;
    if (!rs_signal_try_push(core, peer_of(mine), mine)) rs_relation_finish(core, mine);
}

/* While both sides link at the same time there are two, see is_superfluous. */
static void withdraw_links(rs_core *core, rs_process *self, rs_pid peer) {
    for (rs_message *mine; (mine = find_link(self, peer));)
        withdraw(core, self, mine, RS_SIGNAL_UNLINK);
}

void rs_unlink(rs_pid to) {
    rs_core *core = rs_gate(rs_section_enter());
    withdraw_links(core, core->current, to);
    rs_section_leave(core);
}

void rs_relation_forget(rs_core *core, rs_process *self, rs_pid peer) {
    withdraw_links(core, self, peer);
    drop_message(core, self, RS_MESSAGE_EXIT, peer, 0);
}

rs_message *rs_relation_watch(rs_core *core, rs_pid to, rs_ref *ref) {
    relation *made = create_or_end(core, to, false);
    rs_message *mine = &made->ends[0].signal, *signal = &made->ends[1].signal;
    mine->ref = signal->ref = rs_signal_make_ref(core);
    if (ref) *ref = mine->ref;
    list(core->current, mine);
    signal->kind = RS_SIGNAL_MONITOR;
    /* Rule M3: the dead answer noproc. */
    if (!rs_signal_try_push(core, to, signal)) send_end(core, signal, RS_ATOM(noproc), 0);
    return mine;
}

void rs_relation_unwatch(rs_core *core, rs_message *mine) {
    if (mine->flags & RS_MESSAGE_LISTED) withdraw(core, core->current, mine, RS_SIGNAL_DEMONITOR);
}

rs_ref rs_monitor(rs_pid to) {
    rs_ref ref = 0;
    rs_core *core = rs_gate(rs_section_enter());
    rs_relation_watch(core, to, &ref);
    rs_section_leave(core);
    return ref;
}

static rs_message *find_monitor(rs_process *self, rs_ref ref) {
    rs_list *all = self->relations;
    for (rs_list *node = rs_list_last(all); node; node = rs_list_before(all, node)) {
        rs_message *mine = signal_of(node);
        if (!is_link(mine) && mine->reserved == 0 && mine->ref == ref) return mine;
    }
    return NULL;
}

void rs_demonitor(rs_ref ref, bool flush) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_process *self = core->current;
    rs_message *mine = find_monitor(self, ref);
    if (mine)
        withdraw(core, self, mine, RS_SIGNAL_DEMONITOR);
    else if (flush)
        drop_message(core, self, RS_MESSAGE_DOWN, 0, ref);
    rs_section_leave(core);
}
