/* statem_event.c: see statem_event.h.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/statem_event.h"

#include "runtime/process/clock.h"
#include "runtime/process/process.h"
#include "runtime/process/signal.h"

#include <string.h>

/* ---------------------------------------------------------------- queues */

void rs_statem_queue_append(rs_statem_queue *queue, rs_statem_node *node) {
    node->next = NULL;
    if (queue->first)
        queue->last->next = node;
    else
        queue->first = node;
    queue->last = node;
}

void rs_statem_queue_prepend(rs_statem_queue *queue, rs_statem_queue *from) {
    if (!from->first) return;
    from->last->next = queue->first;
    if (!queue->first) queue->last = from->last;
    queue->first = from->first;
    *from = (rs_statem_queue){0};
}

rs_statem_node *rs_statem_queue_take(rs_statem_queue *queue) {
    rs_statem_node *node = queue->first;
    if (node) queue->first = node->next;
    return node;
}

/* ---------------------------------------------------------------- nodes */

static rs_statem_node *make(const rs_statem_event *as, uint32_t bytes) {
    if (bytes > UINT32_MAX - sizeof(rs_statem_node)) rs_exit(rs_signal_out_of_memory());
    uint32_t whole = (uint32_t)sizeof(rs_statem_node) + bytes;
    rs_statem_node *node = rs_alloc(whole);
    node->event = *as;
    node->bytes = whole;
    node->cause = rs_self_cause();
    return node;
}

rs_statem_node *rs_statem_event_make(const rs_statem_event *as, const rs_type *type,
                                     const void *payload, uint32_t bytes) {
    rs_statem_node *node = make(as, bytes);
    node->content = (rs_message){.type = type, .from = rs_self(), .bytes = bytes};
    if (bytes) memcpy(node->content.payload, payload, bytes);
    node->event.message = &node->content;
    return node;
}

void rs_statem_event_free(rs_statem_node *node) {
    rs_free(node, node->bytes);
}

/* ---------------------------------------------------------------- messages */

static rs_list *place_of(rs_message *message) {
    return (rs_list *)(void *)message;
}

static rs_message *message_of(const rs_statem_node *node) {
    return (rs_message *)(uintptr_t)node->event.message;
}

/* The list's pointers lie over the message's first fields, of which the type is needed again. Who
 * has answered it with rs_reply has given it away. */
static void put_aside(rs_statem_node *node) {
    rs_core *core = rs_section_enter();
    rs_process *self = core->current;
    rs_message *message = self->current;
    if (message != message_of(node)) rs_process_end(core, RS_ATOM(badarg));
    node->type = message->type;
    node->postponed = true;
    message->flags |= RS_MESSAGE_KEPT;
    rs_list_append(&self->deferred, place_of(message));
    self->current = NULL;
    rs_section_leave(core);
}

static void take_back(rs_process *self, rs_statem_node *node) {
    rs_message *message = message_of(node);
    rs_list_remove(&self->deferred, place_of(message));
    message->type = node->type;
    message->flags &= (uint8_t)~RS_MESSAGE_KEPT;
    node->postponed = false;
    self->current = message;
}

rs_statem_node *rs_statem_event_postpone(const rs_statem_event *event, rs_statem_node *node) {
    if (!node) node = make(event, 0);
    if (node->event.message != &node->content) put_aside(node);
    return node;
}

/* An event costs what a message costs, wherever it comes from. */
void rs_statem_event_begin(rs_statem_node *node) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_process *self = core->current;
    if (self->current) rs_signal_let_go(core, self, self->current);
    self->current = NULL;
    if (node->postponed) take_back(self, node);
    self->cause = node->cause;
    rs_clock_spend(core, core->runtime->costs.callback_ns);
    rs_section_leave(core);
}
