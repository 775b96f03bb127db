/* inbox.h: the word through which others reach a process, and the flags beside it: a stack of
 * signals, newest first, that also says IDLE or DEAD. Nothing but the words and the signals' links
 * is touched here, so that a model checker can compile it.
 *
 * Invariant: whoever replaces IDLE, and nobody else, makes the process ready.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_INBOX_H
#define RS_INBOX_H

#include "runtime/base/assert.h"
#include "runtime/base/atomic.h"
#include "runtime/respawn.h"

/* The inbox word: a pointer to the newest signal, or one of these. */
#define RS_INBOX_EMPTY UINT64_C(0) /* running or ready, nothing new */
#define RS_INBOX_IDLE  UINT64_C(1) /* waiting: whoever replaces this wakes the process */
#define RS_INBOX_DEAD  UINT64_C(2) /* closed: signals are the sender's again */

/* rs_inbox_push adds `signal`; false: it is DEAD and the signal still the caller's. *rested: the
 * process rested; the inbox is EMPTY, and both signal and process are the caller's, to be made
 * ready. Any thread. */
static inline bool rs_inbox_push(rs_atomic_u64 *inbox, rs_message *signal, bool *rested) {
    uint64_t head = rs_load(inbox, rs_relaxed), pushed;
    do {
        if (head == RS_INBOX_DEAD) return false;
        pushed = head == RS_INBOX_IDLE ? RS_INBOX_EMPTY : (uint64_t)(uintptr_t)signal;
        signal->link = (rs_message *)(uintptr_t)head;
        /* release: the signal's content for the receiver's exchange. acquire: when it replaces
         * IDLE, all that the process did before it went idle. seq_cst: see rs_inbox_raise. */
    } while (!rs_cas(inbox, &head, pushed, rs_seq_cst));
    *rested = head == RS_INBOX_IDLE;
    return true;
}

/* rs_inbox_is_empty says that nothing new was there a moment ago. Thread: the receiver's. */
static inline bool rs_inbox_is_empty(rs_atomic_u64 *inbox) {
    return rs_load(inbox, rs_relaxed) == RS_INBOX_EMPTY;
}

/* rs_inbox_raise says that a signal that was pushed before should be looked at soon: a flag raised
 * before the push could be taken for an older signal's and lowered. Where it is up already, a
 * locked operation on a line that the receiver works with is saved. Any thread. */
static inline void rs_inbox_raise(rs_atomic_u32 *flags, uint32_t flag) {
    /* seq_cst with the push before it, and the two of rs_inbox_lower: a flag that is about to be
     * lowered is seen by us as lowered, or our push by the look that follows. So the raising itself
     * need not order anything. */
    if (!(rs_load(flags, rs_seq_cst) & flag)) rs_or(flags, flag, rs_relaxed);
}

/* rs_inbox_lower takes the flag back and says whether there is nothing to take: a signal that comes
 * after that raises the flag again. Thread: the receiver's. */
static inline bool rs_inbox_lower(rs_atomic_u64 *inbox, rs_atomic_u32 *flags, uint32_t flag) {
    if (RS_UNLIKELY(rs_load(flags, rs_relaxed) & flag)) rs_and(flags, ~flag, rs_seq_cst);
    return rs_load(inbox, rs_seq_cst) == RS_INBOX_EMPTY;
}

/* rs_inbox_peek returns all signals, newest first, and leaves them there. Thread: the receiver's.
 */
static inline const rs_message *rs_inbox_peek(rs_atomic_u64 *inbox) {
    /* acquire pairs with the pushers' release. */
    uint64_t head = rs_load(inbox, rs_acquire);
    return head > RS_INBOX_DEAD ? (const rs_message *)(uintptr_t)head : NULL;
}

/* rs_inbox_take returns all signals, newest first, and leaves it empty. Thread: the receiver's. */
static inline rs_message *rs_inbox_take(rs_atomic_u64 *inbox) {
    /* acquire pairs with the pushers' release. */
    return (rs_message *)(uintptr_t)rs_swap(inbox, RS_INBOX_EMPTY, rs_acquire);
}

/* What became of a process that wanted to wait. */
typedef enum rs_inbox_rest {
    RS_INBOX_RESTS,   /* it may be running elsewhere by now */
    RS_INBOX_HAS_NEW, /* signals are there: it is still the caller's */
    RS_INBOX_FLAGGED, /* one of `urgent` is set: it is still the caller's */
} rs_inbox_rest;

/* rs_inbox_rest_unless lets the process wait, unless signals have come or one of the flags `urgent`
 * is set. When it rests, nothing but its atomics may be touched. Thread: the receiver's. */
static inline rs_inbox_rest rs_inbox_rest_unless(rs_atomic_u64 *inbox, rs_atomic_u32 *flags,
                                                 uint32_t urgent) {
    uint64_t empty = RS_INBOX_EMPTY, idle = RS_INBOX_IDLE;
    /* release: all we did before, for the one who wakes it. seq_cst: see rs_inbox_wake. */
    if (!rs_cas_strong(inbox, &empty, RS_INBOX_IDLE, rs_seq_cst)) return RS_INBOX_HAS_NEW;
    if (RS_LIKELY(!(rs_load(flags, rs_seq_cst) & urgent))) return RS_INBOX_RESTS;
    /* relaxed: it only decides who goes on, and to us nothing is new. */
    bool ours = rs_cas_strong(inbox, &idle, RS_INBOX_EMPTY, rs_relaxed);
    return ours ? RS_INBOX_FLAGGED : RS_INBOX_RESTS;
}

/* rs_inbox_wake sets `flag` and says whether the process rested: then it is the caller's, to be
 * made ready. Any thread. */
static inline bool rs_inbox_wake(rs_atomic_u64 *inbox, rs_atomic_u32 *flags, uint32_t flag) {
    uint64_t idle = RS_INBOX_IDLE;
    /* seq_cst with the seq_cst CAS to IDLE and the load after it in rs_inbox_rest_unless: either we
     * see IDLE, or the process sees the flag. */
    rs_or(flags, flag, rs_seq_cst);
    return rs_cas_total(inbox, &idle, RS_INBOX_EMPTY);
}

/* rs_inbox_flags returns the flags, and what whoever set one had done before is visible. Thread:
 * the receiver's. */
static inline uint32_t rs_inbox_flags(rs_atomic_u32 *flags) {
    /* acquire pairs with the release of rs_inbox_wake. */
    return rs_load(flags, rs_acquire);
}

/* rs_inbox_close returns the signals that are in it, newest first; what is pushed from now on finds
 * it DEAD. Thread: the receiver's. */
static inline rs_message *rs_inbox_close(rs_atomic_u64 *inbox) {
    /* acquire pairs with the pushers' release. No release: who finds it DEAD looks no further. */
    uint64_t head = rs_swap(inbox, RS_INBOX_DEAD, rs_acquire);
    return head > RS_INBOX_DEAD ? (rs_message *)(uintptr_t)head : NULL;
}

#endif
