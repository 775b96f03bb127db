/* statem_action.c: what a state machine's callback may ask for while it runs. It is done when the
 * callback has returned: see statem.c.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/shape.h"
#include "runtime/otp/statem.h"
#include "runtime/process/process.h"
#include "runtime/process/tell.h"

const rs_statem_event rs_internal = {.type = RS_STATEM_INTERNAL};

static rs_statem *statem_here(void) {
    rs_process *self = rs_process_here();
    RS_ASSERT(rs_load(&self->module, rs_relaxed) == &rs_gen_statem_server);
    return self->state;
}

/* ---------------------------------------------------------------- what is refused */

static rs_term tell_from(const rs_from *from) {
    return rs_shape_pair(rs_shape_word("call"), rs_shape_pair(from->pid, from->ref));
}

static rs_term tell_type(const rs_statem_event *event) {
    static const char *const words[] = {
        [RS_STATEM_INTERNAL] = "internal", [RS_STATEM_CAST] = "cast",
        [RS_STATEM_INFO] = "info",         [RS_STATEM_TIMEOUT] = "timeout",
        [RS_STATEM_ENTER] = "enter",       [RS_STATEM_STATE_TIMEOUT] = "state_timeout",
    };
    if (event->type == RS_STATEM_CALL) return tell_from(&event->from);
    if (event->type == RS_STATEM_NAMED_TIMEOUT)
        return rs_shape_pair(RS_ATOM(timeout), rs_term_integer(event->name));
    return rs_shape_word(words[event->type]);
}

static rs_term tell_next_event(const rs_statem_event *as, const rs_type *type, const void *payload,
                               uint32_t bytes) {
    return rs_shape_triple(rs_shape_word("next_event"), tell_type(as),
                           rs_tell_value(type, "undefined", payload, bytes));
}

/* Ends the machine as soon as the callback has returned; takes `what`. */
static void refuse(rs_statem *self, const char *why, rs_term what) {
    self->refused = true;
    rs_stop(rs_shape_pair(rs_shape_word(why), what));
}

rs_next rs_next_state(uint32_t state) {
    rs_statem *self = statem_here();
    self->next_state = state;
    if (self->entering && state != self->state)
        refuse(
            self, "bad_state_enter_return_from_state_function",
            rs_shape_pair(rs_shape_word("next_state"), rs_statem_tell_state(self->module, state)));
    return RS_NOREPLY;
}

rs_next rs_repeat_state(void) {
    statem_here()->repeat = true;
    return RS_NOREPLY;
}

static void refuse_action(rs_statem *self, rs_term action) {
    refuse(self,
           self->entering ? "bad_state_enter_action_from_state_function"
                          : "bad_action_from_state_function",
           action);
}

rs_next rs_postpone(void) {
    rs_statem *self = statem_here();
    self->postpone = true;
    if (self->entering) refuse_action(self, rs_shape_word("postpone"));
    return RS_NOREPLY;
}

void rs_next_event(const rs_statem_event *as, const rs_type *type, const void *payload,
                   uint32_t bytes) {
    rs_statem *self = statem_here();
    if (self->entering || as->type == RS_STATEM_ENTER) {
        refuse_action(self, tell_next_event(as, type, payload, bytes));
        return;
    }
    rs_statem_queue_append(&self->inserted, rs_statem_event_make(as, type, payload, bytes));
}

void rs_set_timeout(uint32_t which, uint64_t ns, const rs_type *type, const void *payload,
                    uint32_t bytes) {
    if (ns > RS_FOREVER - 2) ns = RS_FOREVER;
    rs_statem_timeout_ask(&statem_here()->timeouts, which, ns, type, payload, bytes);
}

void rs_update_timeout(uint32_t which, const rs_type *type, const void *payload, uint32_t bytes) {
    rs_statem_timeout_ask(&statem_here()->timeouts, which, RS_STATEM_UPDATE, type, payload, bytes);
}

void rs_cancel_timeout(uint32_t which) {
    rs_set_timeout(which, RS_FOREVER, NULL, NULL, 0);
}
