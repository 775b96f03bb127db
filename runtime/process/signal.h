/* signal.h: the one ordered queue of a process: messages, exits, links, monitors, replies.
 *
 * Pushing is a CAS on a stack whose word also says IDLE or DEAD: whoever replaces IDLE wakes the
 * process, exactly once; on DEAD the signal stays the sender's. Receiving is one exchange and a
 * reversal in slices. Every signal that is not a message also sets PENDING.
 *
 * Invariant: a message hangs on exactly one root: `building` of its sender, a queue, `current` or
 * `held` of its receiver, `deferred`, or a timer. Roots change only inside a section, so a crash at
 * any instant frees everything once.
 * Source: rules P2-P4, X1-X5.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SIGNAL_H
#define RS_SIGNAL_H

#include "runtime/process/process.h"

typedef struct rs_interruption {
    void (*action)(uint64_t argument);
    uint64_t argument;
} rs_interruption;

/* rs_signal_build returns a new message of the caller hanging on its `building` root, the payload
 * copied in. Ends the caller with {system_limit,memory} when memory is short. In a section. */
rs_message *rs_signal_build(rs_core *core, uint8_t kind, const rs_type *type, const void *payload,
                            uint32_t bytes);

/* rs_signal_alloc returns a message without root, header zeroed but for `bytes`; NULL: no memory.
 */
rs_message *rs_signal_alloc(rs_core *core, uint32_t bytes);

/* rs_signal_hold keeps `term`, whose reference it takes, until the caller's callback returns, so
 * that a death at any instant releases it; returns it, or what it is for others (rs_term_share),
 * borrowed. Without memory for that it returns `system_limit` instead. In user mode. */
rs_term rs_signal_hold(rs_term term);

/* rs_signal_hold_with is the same in a section; with RS_MESSAGE_RECEIVED the caller's next
 * rs_receive releases it. */
rs_term rs_signal_hold_with(rs_core *core, rs_term term, uint8_t flags);

/* rs_signal_capacity returns how large a payload the message's block can hold; 0 when it must not
 * be reused. */
size_t rs_signal_capacity(const rs_message *message);

/* rs_signal_release frees a message whatever it is: a block, or an end of a relation. */
void rs_signal_release(rs_core *core, rs_message *message);

/* rs_signal_let_go is done with reading a message of the caller's; a call that is not answered yet
 * is kept, so that the caller's death answers it. */
void rs_signal_let_go(rs_core *core, rs_process *self, rs_message *message);

/* rs_signal_push appends `signal` to the queue of `to`, waking it. The dead: calls are answered
 * with CALL_DOWN noproc, relations settled, the rest released. Takes the signal. In a section. */
void rs_signal_push(rs_core *core, rs_pid to, rs_message *signal);

/* rs_signal_try_push is rs_signal_push, but false and untouched when `to` is dead. */
bool rs_signal_try_push(rs_core *core, rs_pid to, rs_message *signal);

/* rs_signal_send is rs_send for a message of `kind`. In user mode. */
void rs_signal_send(rs_pid to, uint8_t kind, const rs_type *type, const void *payload,
                    uint32_t bytes);

/* rs_signal_wake sets `flag` and wakes the process without a signal. In a section. */
void rs_signal_wake(rs_core *core, rs_process *process, uint32_t flag);

/* rs_signal_fetch takes what is in the caller's inbox: messages go to the mailbox, signals act.
 * Ends the caller when one is fatal; may move it to another core, and returns the core. *fetched
 * says whether anything new arrived. */
rs_core *rs_signal_fetch(rs_core *core, bool *fetched);

/* rs_signal_forbid_interrupted ends a caller that wants to wait inside an interrupt action, where
 * what it interrupted may be waiting itself. */
static inline void rs_signal_forbid_interrupted(rs_core *core) {
    if (RS_UNLIKELY(core->current->interrupted)) rs_process_end(core, RS_ATOM(badarg));
}

/* rs_signal_take_reply gives a REPLY or CALL_DOWN to the call that waits for it, or drops it. */
void rs_signal_take_reply(rs_core *core, rs_process *self, rs_message *signal);

/* rs_signal_wait blocks the caller until something arrives or the deadline has come (*in_time
 * false). In a section; returns the core it continues on. */
rs_core *rs_signal_wait(rs_core *core, uint64_t deadline_ns, bool *in_time);

/* rs_signal_reverse turns a slice of `incoming` around, onto `ordered`; true when nothing is left.
 */
bool rs_signal_reverse(rs_process *self);

/* rs_signal_answer settles a signal of a dead process: calls and monitors are answered. */
void rs_signal_answer(rs_core *core, rs_process *dead, rs_message *signal, bool handled);

/* rs_signal_bounce turns a call into its CALL_DOWN and sends it back. Borrows `reason`. */
void rs_signal_bounce(rs_core *core, rs_message *call, rs_term reason, uint32_t cause,
                      uint8_t flags);

/* rs_signal_make_ref returns a reference that no other call on any core returns. In a section. */
rs_ref rs_signal_make_ref(rs_core *core);

/* rs_signal_touch reads what `term` points to: one that points nowhere crashes the caller, which is
 * in user mode and about to hand it over in a section. */
static inline void rs_signal_touch(rs_term term) {
    /* A count, which others who hold the term change meanwhile; relaxed: nothing is learnt by it.
     */
    volatile rs_atomic_u32 *count = (volatile rs_atomic_u32 *)(uintptr_t)(term & ~(rs_term)15);
    if (rs_term_tag(term) == RS_TAG_BLOCK) (void)rs_load(count, rs_relaxed);
}

/* rs_signal_out_of_memory returns {system_limit,memory}, owned by the caller. */
rs_term rs_signal_out_of_memory(void);

/* rs_signal_lone takes the only signal that waits for the caller, if there is exactly one and it is
 * a message, or a reply: the common case, in which nothing has to be put in order. NULL: none,
 * more, or another; see rs_signal_fetch. In a section. */
static inline rs_message *rs_signal_lone(rs_core *core, rs_process *self) {
    const uint32_t urgent = RS_PROCESS_PENDING | RS_PROCESS_KILL | RS_PROCESS_TIMEOUT;
    if (RS_UNLIKELY(rs_inbox_flags(&self->flags) & urgent || self->ordered)) return NULL;
    if (RS_UNLIKELY(core->is_virtual)) return NULL; /* it may have to wait for its time first */
    rs_message *signal = self->incoming;
    if (!signal) {
        if (rs_inbox_is_empty(&self->inbox)) return NULL;
        signal = rs_inbox_take(&self->inbox);
    }
    bool simple =
        !signal->link && (signal->kind < RS_MESSAGE_KIND_COUNT || signal->kind == RS_SIGNAL_REPLY);
    self->incoming = simple ? NULL : signal;
    return simple ? signal : NULL;
}

/* rs_signal_is_silent says that nothing waits to be looked at by the caller. In a section. */
static inline bool rs_signal_is_silent(rs_process *self) {
    return !self->ordered && !self->incoming && rs_inbox_is_empty(&self->inbox);
}

/* rs_signal_reason returns where a signal that has a reason keeps it. */
static inline rs_term *rs_signal_reason(rs_message *signal) {
    return (rs_term *)(void *)signal->payload;
}

/* rs_signal_count makes the first word of the payload a counted term, which goes with the message;
 * false: no memory. The caller has looked at it in user mode, where a bad pointer is the caller's.
 * In a section. */
static inline bool rs_signal_count(rs_message *message) {
    rs_term term = *rs_signal_reason(message), shared = rs_term_share(term);
    if (term && !shared) return false;
    *rs_signal_reason(message) = shared;
    message->flags |= RS_MESSAGE_REASON;
    return true;
}

/* rs_signal_uncount lets that term go, before the payload is written over. */
static inline void rs_signal_uncount(rs_message *message) {
    if (RS_LIKELY(!(message->flags & RS_MESSAGE_REASON))) return;
    rs_term_release(*rs_signal_reason(message));
    message->flags &= (uint8_t)~RS_MESSAGE_REASON;
}

#endif
