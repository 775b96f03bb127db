/* history.h: everything that happened in a virtual run, in order, from the start of the tree to its
 * stop. It is kept in the child's own memory, only when somebody is going to look at it, and read
 * when the run is over.
 * Invariant: an entry's index is its place in the order; entries are never changed.
 * Thread: the one that plays all cores of the virtual clock.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_HISTORY_H
#define RS_HISTORY_H

#include "runtime/base/event.h"
#include "runtime/respawn.h"
#include "scenarios/engine/reason.h"

#include <stdbool.h>
#include <stddef.h>

/* What else is written down beside the events of roles, under numbers of its own. */
typedef enum rs_history_kind {
    RS_HISTORY_STAGE = RS_EVENT_COUNT, /* the run enters the rs_stage `detail` */
    RS_HISTORY_END,  /* client `pid` has ended operation `word`, which began at `peer`; text: why it
                        failed, 0: it was answered; ref: its key; number: of the client, of load
                        `detail` */
    RS_HISTORY_ASK,  /* client `pid` has called `peer`; text: why that failed, 0: it was answered;
                        ref: of the call; detail: rs_asked; number: of the client; cause: how long
                        before its operation began, in µs, up to UINT32_MAX */
    RS_HISTORY_FATE, /* it is known what became of the given-up call `ref` */
    RS_HISTORY_TOLD, /* by the answer just before, `pid` was told `detail` (rs_told) of `peer` */
    RS_HISTORY_SENT, /* `pid` has sent the message `ref` to `peer` */
    RS_HISTORY_TAKEN,   /* `pid` handles the message `ref` of `peer` */
    RS_HISTORY_REPLIED, /* `pid` has answered the call `ref` of `peer` */
    RS_HISTORY_TOUCHED, /* a fault has touched the message or call `ref` from `pid` to `peer` */
    RS_HISTORY_LEFT,    /* at the end: `pid` lives on in its role; detail: rs_left */
    RS_HISTORY_KIND_COUNT
} rs_history_kind;

/* How a client's call has ended. */
typedef enum rs_asked {
    RS_ASKED_ANSWERED,
    RS_ASKED_FAILED,      /* it was refused, or died with its callee */
    RS_ASKED_GIVEN_UP,    /* nothing came within the timeout */
    RS_ASKED_VIA_PID = 4, /* added to it: whom it went to was the client's own memory */
} rs_asked;

/* What a client learns of a list that a process keeps, best first. */
typedef enum rs_told {
    RS_TOLD_ADDED, /* the value `ref` stands at place `number`, from 1; 0: there is no room for it
                    */
    RS_TOLD_LIST,  /* the list has `number` items, which follow */
    RS_TOLD_ITEM,  /* the item at place `number` has the value `ref` */
} rs_told;

/* Why somebody who is left at the end is worth a word. */
typedef enum rs_left {
    RS_LEFT_UNSUPERVISED, /* no living supervisor knows it */
    RS_LEFT_UNREACHABLE,  /* neither name nor registry leads to it */
    RS_LEFT_STALE_ENTRY,  /* it is dead, and a registry leads to it */
    RS_LEFT_STALE_NAME,   /* it is dead, and has its name */
} rs_left;

typedef struct rs_history_entry {
    uint64_t time_ns; /* of the run's clock */
    uint64_t pid;     /* whom it is about */
    uint64_t peer;    /* see the kind */
    uint64_t ref;     /* see the kind; STARTED: when init was entered */
    uint32_t role;    /* of `pid`; 0: none */
    uint32_t incarnation;
    uint32_t cause;  /* of events: the blow; TOLD: how many items there may be; 0: not said */
    uint32_t number; /* see the kind; EXIT, STARTED: what the process keeps (rs_keep) */
    uint32_t detail; /* as in rs_event, or see the kind */
    uint16_t kind;   /* rs_event_kind or rs_history_kind */
    uint16_t text;   /* 1 + index of a reason; 0: none */
    const char *word;
} rs_history_entry;

/* Sixteen million: 1 GiB of address space, a day of a hundred calls a second, or an hour when
 * every message counts. What comes later is not written down, and then no check is run. */
#define RS_HISTORY_MAX (1u << 24)

typedef struct rs_history {
    uint32_t needs; /* RS_CHECK_… */
    uint32_t count;
    bool overrun;                           /* there was more than there is room for */
    uint32_t counts[RS_HISTORY_KIND_COUNT]; /* entries of each kind */
    rs_history_entry *at;
    rs_reasons reasons;
} rs_history;

/* rs_history_create returns an empty history for checks that have these `needs`, from `larder`;
 * NULL without memory. It costs what is written. Owner: rs_history_destroy. */
rs_history *rs_history_create(uint32_t needs, rs_larder *larder);
void rs_history_destroy(rs_history *history, rs_larder *larder);

/* rs_history_add writes `entry` down. NULL, or one that is full: nothing happens. */
void rs_history_add(rs_history *history, const rs_history_entry *entry);

/* rs_history_touch notes that a fault has taken, held up, doubled or otherwise changed the message
 * or the answer of the call `ref` from one process to another, so that nobody else is to blame. */
void rs_history_touch(rs_history *history, uint64_t time_ns, uint64_t from, uint64_t to,
                      uint64_t ref);

/* rs_history_text returns the number under which `reason` stands in an entry; 0 for none. */
uint16_t rs_history_text(rs_history *history, rs_term reason);

/* rs_history_reason returns the reason of an entry as text; "" when it has none. */
const char *rs_history_reason(const rs_history *history, const rs_history_entry *entry);

/* rs_history_word returns what a kind of entry beside the events of roles is called, static. */
const char *rs_history_word(uint32_t kind);

/* rs_history_has says whether there are entries of `kind`: most histories have no rare ones, and
 * need not be searched for them. */
static inline bool rs_history_has(const rs_history *history, uint32_t kind) {
    return history->counts[kind] != 0;
}

/* rs_history_wants says whether something that only checks with this need look at is to be written
 * down. */
static inline bool rs_history_wants(const rs_history *history, uint32_t need) {
    return history && history->needs & need;
}

#endif
