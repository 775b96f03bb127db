/* statem.c: what a state machine does with one event, in OTP's order.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/statem.h"

#include "runtime/otp/shape.h"

static const rs_statem_state *state_of(const rs_gen_statem *module, uint32_t number) {
    return number < module->state_count ? &module->states[number] : NULL;
}

rs_term rs_statem_tell_state(const rs_gen_statem *module, uint32_t number) {
    const rs_statem_state *state = state_of(module, number);
    return state && state->name ? rs_shape_word(state->name) : rs_term_integer(number);
}

static bool goes_on(rs_next next) {
    return next == RS_NOREPLY || next == RS_NEXT_REPLY;
}

static rs_next no_callback(const rs_statem *self) {
    return rs_stop(
        rs_shape_pair(rs_shape_word("undef"), rs_statem_tell_state(self->module, self->state)));
}

static rs_next call_back(rs_statem *self, const rs_statem_event *event) {
    const rs_gen_statem *module = self->module;
    if (module->handle_event) return module->handle_event(self->data, self->state, event);
    const rs_statem_state *state = state_of(module, self->state);
    return state && state->callback ? state->callback(self->data, event) : no_callback(self);
}

/* The new state counts from here on, also for terminate; *enter says that it is to be told. */
static rs_next run_callback(rs_statem *self, const rs_statem_event *event, bool *enter) {
    self->next_state = self->state;
    self->repeat = false;
    self->entering = event->type == RS_STATEM_ENTER;
    rs_next next = call_back(self, event);
    self->entering = false;
    if (self->refused) return RS_NEXT_STOP;
    if (!goes_on(next)) return next;
    *enter = self->repeat || self->next_state != self->state;
    self->state = self->next_state;
    return RS_NOREPLY;
}

/* Rule F6: also when an entry repeats the state. */
static rs_next enter_state(rs_statem *self, uint32_t old_state) {
    const rs_statem_event entry = {.type = RS_STATEM_ENTER, .old_state = old_state};
    rs_next next = RS_NOREPLY;
    for (bool enter = self->module->state_enter; enter && next == RS_NOREPLY;)
        next = run_callback(self, &entry, &enter);
    return next;
}

/* Rules F3-F5, in OTP's order. */
static void settle(rs_statem *self, uint32_t old_state) {
    if (self->state != old_state) {
        rs_statem_queue_prepend(&self->waiting, &self->postponed);
        rs_statem_timeout_cancel(&self->timeouts, RS_STATE_TIMEOUT);
    }
    rs_statem_timeout_cancel(&self->timeouts, RS_EVENT_TIMEOUT);
    rs_statem_timeout_settle(&self->timeouts);
    rs_statem_queue_prepend(&self->waiting, &self->inserted);
}

static rs_next handle(rs_statem *self, const rs_statem_event *event, rs_statem_node *node) {
    uint32_t old_state = self->state;
    bool enter = false;
    self->postpone = false;
    rs_next next = run_callback(self, event, &enter);
    if (next == RS_NOREPLY && enter) next = enter_state(self, old_state);
    if (next != RS_NOREPLY) return next;
    if (self->postpone)
        rs_statem_queue_append(&self->postponed, rs_statem_event_postpone(event, node));
    else if (node)
        rs_statem_event_free(node);
    settle(self, old_state);
    return RS_NOREPLY;
}

/* All that comes before the next message. */
static rs_next handle_waiting(rs_statem *self) {
    for (;;) {
        rs_statem_node *node = rs_statem_queue_take(&self->waiting);
        if (!node) node = rs_statem_timeout_due(&self->timeouts);
        if (!node) return RS_NOREPLY;
        rs_statem_event_begin(node);
        const rs_statem_event event = node->event;
        rs_next next = handle(self, &event, node);
        if (next != RS_NOREPLY) return next;
    }
}

rs_next rs_statem_handle(rs_statem *self, const rs_statem_event *event, rs_statem_node *node) {
    rs_next next = handle(self, event, node);
    return next == RS_NOREPLY ? handle_waiting(self) : next;
}

rs_next rs_statem_begin(rs_statem *self) {
    rs_next next = enter_state(self, self->state);
    if (next != RS_NOREPLY) return next;
    settle(self, self->state);
    return handle_waiting(self);
}
