/* debug.c: a server that is traced or counted.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/debug.h"

#include "runtime/otp/system.h"
#include "runtime/process/observe.h"
#include "runtime/process/tell.h"

/* Lies in the server's arena; the server's behaviour points to its first member. */
typedef struct debug {
    rs_behaviour behaviour; /* the one that looks */
    const rs_behaviour *before;
    bool traces, counts;
    bool replied;  /* to the message that it handles */
    rs_pid caller; /* who waits for that reply; 0: nobody */
    rs_sys_statistics statistics;
    char term[RS_SYSTEM_EVENT_TEXT_BYTES], state[RS_SYSTEM_EVENT_TEXT_BYTES];
} debug;

static void on_message(void *state, rs_message *message);
static void on_timeout(void *state);

/* NULL: it is neither traced nor counted. */
static debug *debug_of(const rs_process *self) {
    const rs_behaviour *behaviour = self->behaviour;
    return behaviour->message == on_message ? (debug *)(uintptr_t)behaviour : NULL;
}

/* ---------------------------------------------------------------- telling */

static void tell(rs_process *self, debug *now, rs_system_event *event) {
    event->term = now->term;
    event->state = now->state;
    rs_observe_system(self, event);
}

static void tell_state(rs_process *self, debug *now) {
    rs_tell_text(rs_system_tell_state(self), now->state, sizeof now->state);
}

static void tell_in(rs_process *self, debug *now, const rs_message *message) {
    rs_tell_text(rs_tell_message(message), now->term, sizeof now->term);
    now->state[0] = 0;
    tell(self, now,
         &(rs_system_event){.kind = RS_SYSTEM_EVENT_IN,
                            .message = (rs_message_kind)message->kind,
                            .peer = message->from,
                            .type = message->type});
}

static void tell_out(rs_process *self, debug *now, const rs_type *type, const void *payload,
                     uint32_t bytes) {
    rs_tell_text(rs_tell_value(type, "reply", payload, bytes), now->term, sizeof now->term);
    tell_state(self, now);
    tell(self, now,
         &(rs_system_event){.kind = RS_SYSTEM_EVENT_OUT, .peer = now->caller, .type = type});
}

static void tell_noreply(rs_process *self, debug *now) {
    now->term[0] = 0;
    tell_state(self, now);
    tell(self, now, &(rs_system_event){.kind = RS_SYSTEM_EVENT_NOREPLY});
}

static bool is_heard(const debug *now) {
    return now->traces && rs_the_runtime->observer.trace;
}

/* ---------------------------------------------------------------- what passes */

static void begin(rs_process *self, debug *now, const rs_message *message) {
    now->statistics.messages_in++;
    now->caller = message->kind == RS_MESSAGE_CALL ? message->from : 0;
    now->replied = false;
    if (is_heard(now)) tell_in(self, now, message);
}

static void end(rs_process *self, debug *now) {
    if (!now->replied && is_heard(now)) tell_noreply(self, now);
}

void rs_debug_out(rs_process *self, const rs_type *type, const void *payload, uint32_t bytes) {
    debug *now = debug_of(self);
    if (!now || !now->caller) return;
    now->statistics.messages_out++;
    now->replied = true;
    if (is_heard(now)) tell_out(self, now, type, payload, bytes);
    now->caller = 0;
}

/* What the behaviour takes for itself is no message. It may turn this off, and `now` is gone. */
static void on_message(void *state, rs_message *message) {
    rs_process *self = rs_process_here();
    debug *now = debug_of(self);
    bool is_own = rs_system_is_own(self, message);
    if (!is_own) begin(self, now, message);
    now->before->message(state, message);
    if (!is_own) end(self, now);
}

static void on_timeout(void *state) {
    rs_process *self = rs_process_here();
    debug *now = debug_of(self);
    begin(self, now,
          &(rs_message){.type = &rs_timeout_type, .from = rs_process_pid(self), .bytes = 0});
    now->before->timeout(state);
    end(self, now);
}

/* ---------------------------------------------------------------- on and off */

static void put_before(debug *now, const rs_behaviour *behaviour) {
    now->before = behaviour;
    now->behaviour = *behaviour;
    now->behaviour.message = on_message;
    if (behaviour->timeout) now->behaviour.timeout = on_timeout;
}

static debug *turn_on(rs_process *self) {
    debug *now = debug_of(self);
    if (now) return now;
    now = rs_alloc(sizeof *now);
    put_before(now, self->behaviour);
    self->behaviour = &now->behaviour;
    return now;
}

void rs_debug_behave(rs_process *self, const rs_behaviour *behaviour) {
    debug *now = debug_of(self);
    if (now)
        put_before(now, behaviour);
    else
        self->behaviour = behaviour;
}

static void turn_off(rs_process *self, debug *now) {
    if (now->traces || now->counts) return;
    self->behaviour = now->before;
    rs_free(now, sizeof *now);
}

void rs_debug_trace(rs_process *self, bool on) {
    debug *now = on ? turn_on(self) : debug_of(self);
    if (!now) return;
    now->traces = on;
    turn_off(self, now);
}

void rs_debug_statistics(rs_process *self, bool on) {
    debug *now = on ? turn_on(self) : debug_of(self);
    if (!now) return;
    if (on && !now->counts) now->statistics = (rs_sys_statistics){.start_time_ns = rs_now_ns()};
    now->counts = on;
    turn_off(self, now);
}

bool rs_debug_traces(const rs_process *self) {
    const debug *now = debug_of(self);
    return now && now->traces;
}

void rs_debug_read(rs_process *self, rs_sys_statistics *statistics) {
    const debug *now = debug_of(self);
    *statistics = (rs_sys_statistics){0};
    if (!now || !now->counts) return;
    *statistics = now->statistics;
    statistics->on = true;
    statistics->current_time_ns = rs_now_ns();
}
