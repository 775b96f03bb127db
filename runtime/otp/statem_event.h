/* statem_event.h: the events of a state machine that are not handled yet, in queues of nodes.
 *
 * What was inserted, and what a timeout will bring, is a copy of the machine's own, in its arena. A
 * postponed message stays what it is: it hangs among the calls that are not answered (`deferred`)
 * until it is its turn, so that the machine's death answers it, or gives back what it holds.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_STATEM_EVENT_H
#define RS_STATEM_EVENT_H

#include "runtime/otp/gen_statem.h"

typedef struct rs_statem_node {
    struct rs_statem_node *next;
    rs_statem_event event; /* its message: `content`, or the one that is postponed */
    uint32_t bytes;        /* of this block */
    uint32_t cause;        /* for which it will act */
    const rs_type *type;   /* of the postponed message, where it hangs in a list itself; */
    bool postponed;
    rs_message content;
} rs_statem_node;

typedef struct rs_statem_queue {
    rs_statem_node *first, *last;
} rs_statem_queue;

/* rs_statem_queue_append adds a node behind all others. */
void rs_statem_queue_append(rs_statem_queue *queue, rs_statem_node *node);

/* rs_statem_queue_prepend moves all of `from` before what is in the queue. */
void rs_statem_queue_prepend(rs_statem_queue *queue, rs_statem_queue *from);

/* rs_statem_queue_take returns the first, NULL: it is empty. */
rs_statem_node *rs_statem_queue_take(rs_statem_queue *queue);

/* rs_statem_event_make returns a node for an event like `as`, with a copy of `payload`. */
rs_statem_node *rs_statem_event_make(const rs_statem_event *as, const rs_type *type,
                                     const void *payload, uint32_t bytes);

/* rs_statem_event_postpone returns the node of `event`, which is at hand: `node`, unless it has
 * just been received (NULL). */
rs_statem_node *rs_statem_event_postpone(const rs_statem_event *event, rs_statem_node *node);

/* rs_statem_event_begin makes the node's event the one that the process acts for; the message
 * before it is done with. */
void rs_statem_event_begin(rs_statem_node *node);

/* rs_statem_event_free gives back a node, but not a message that is postponed. */
void rs_statem_event_free(rs_statem_node *node);

#endif
