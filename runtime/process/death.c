/* death.c: what a process that has ended still owes to others, slice by slice.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/process.h"

#include "runtime/process/arena.h"
#include "runtime/process/catch.h"
#include "runtime/process/jail.h"
#include "runtime/process/name.h"
#include "runtime/process/relation.h"
#include "runtime/process/signal.h"
#include "runtime/process/table.h"

static bool answer_list(rs_core *core, rs_process *dying, rs_message **list, bool handled,
                        uint32_t *budget) {
    while (*list) {
        if (*budget == 0) return false;
        --*budget;
        rs_message *signal = *list;
        *list = signal->link;
        rs_signal_answer(core, dying, signal, handled);
    }
    return true;
}

static bool answer_deferred(rs_core *core, rs_process *dying, uint32_t *budget) {
    while (dying->deferred) {
        if (*budget == 0) return false;
        --*budget;
        rs_message *call = (rs_message *)(void *)dying->deferred;
        rs_list_remove(&dying->deferred, dying->deferred);
        rs_signal_answer(core, dying, call, true);
    }
    return true;
}

/* Who still has a stack died in jail. */
static bool answer_ordered(rs_core *core, rs_process *dying, uint32_t *budget) {
    if (RS_LIKELY(!dying->stack)) return answer_list(core, dying, &dying->ordered, false, budget);
    for (; dying->ordered; --*budget) {
        if (*budget == 0) return false;
        rs_message *signal = dying->ordered;
        dying->ordered = signal->link;
        rs_jail_answer(core, dying, signal);
    }
    return true;
}

/* The queue is closed by one exchange; what is in it by then is answered with the reason, what
 * comes later finds it dead. */
static void close_inbox(rs_process *dying) {
    dying->mailbox_tail = rs_inbox_close(&dying->inbox);
}

/* In the order in which they came, since a LINK means what the UNLINK before it left of other
 * links. While anything is `incoming`, `ordered` is what has been turned around of the same batch.
 */
static bool answer_signals(rs_core *core, rs_process *dying, uint32_t *budget) {
    for (;;) {
        if (!rs_signal_reverse(dying)) return false;
        if (!answer_ordered(core, dying, budget)) return false;
        if (!dying->mailbox_tail) return true;
        dying->incoming = dying->mailbox_tail;
        dying->mailbox_tail = NULL;
    }
}

/* Who still has a stack died in jail, where it may still read what it has taken. */
static bool answer(rs_core *core, rs_process *dying, uint32_t *budget) {
    if (dying->stack && !rs_jail_set_aside(core, dying, budget)) return false;
    if (!dying->stack && dying->building) {
        rs_signal_release(core, dying->building);
        dying->building = NULL;
    }
    if (dying->current) {
        rs_message *current = dying->current;
        dying->current = NULL;
        rs_signal_answer(core, dying, current, true);
    }
    return answer_list(core, dying, &dying->held, true, budget) &&
           answer_deferred(core, dying, budget) &&
           answer_list(core, dying, &dying->mailbox, false, budget) &&
           answer_signals(core, dying, budget);
}

/* Everybody knows of the death. */
static void conclude(rs_runtime *runtime, const rs_process *dying) {
    if (!dying->main) return;
    runtime->main_reason = rs_process_died_of(dying);
    rs_store(&runtime->stopping, 1, rs_seq_cst);
}

static void bury(rs_core *core, rs_process *dying) {
    rs_runtime *runtime = core->runtime;
    if (dying->stack) { /* it died in jail */
        rs_process_drop_stack(core, dying);
        rs_sub(&runtime->zombies, 1, rs_relaxed);
    }
    rs_arena_release(core, dying);
    rs_term_release(dying->reason);
    if (runtime->kind->forget) runtime->kind->forget(runtime->sched, &dying->task);
    rs_store(&dying->flags, 0, rs_relaxed);
    rs_table_retire(core, dying);
}

/* The upper rooms in which the dying process keeps something; false: not finished. */
static bool tell_rooms(rs_core *core, rs_process *dying, uint32_t *budget) {
    if (RS_LIKELY(!(rs_load(&dying->flags, rs_acquire) & RS_PROCESS_KEEPS))) return true;
    for (uint32_t i = 0; i < RS_ROOM_COUNT; i++) {
        const rs_room *room = rs_load(&core->runtime->rooms[i], rs_acquire);
        if (room && !room->death(core, dying, budget)) return false;
    }
    return true;
}

/* Source: rule P8, and the order in the room's README. */
bool rs_process_die(rs_core *core, rs_process *dying) {
    uint32_t budget = RS_DISPATCH_BUDGET;
    rs_runtime *runtime = core->runtime;
    switch (dying->dying) {
    case RS_DYING_NAME:
        rs_name_release(dying);
        if (!tell_rooms(core, dying, &budget)) return false;
        dying->dying = RS_DYING_TIMERS; /* fall through */
    case RS_DYING_TIMERS:
        if (!rs_timer_drop(core, dying, &budget)) return false;
        dying->dying = RS_DYING_CLOSE;                                       /* fall through */
    case RS_DYING_CLOSE: close_inbox(dying); dying->dying = RS_DYING_ANSWER; /* fall through */
    case RS_DYING_ANSWER:
        if (!answer(core, dying, &budget)) return false;
        dying->dying = RS_DYING_RELATIONS; /* fall through */
    case RS_DYING_RELATIONS:
        if (!rs_relation_announce(core, dying, &budget)) return false;
        conclude(runtime, dying);
        dying->dying = RS_DYING_READ;
        if (dying->stack && !rs_jail_is_back(dying)) return true; /* fall through */
    case RS_DYING_READ:
        if (!rs_jail_let_go(core, dying, &budget)) return false;
        dying->dying = RS_DYING_MEMORY; /* fall through */
    default:
        if (!tell_rooms(core, dying, &budget)) return false;
        bury(core, dying);
    }
    return true;
}
