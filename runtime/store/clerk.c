/* clerk.c: see clerk.h.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/clerk.h"

#include "runtime/process/catch.h"
#include "runtime/process/clock.h"
#include "runtime/process/name.h"
#include "runtime/process/observe.h"
#include "runtime/process/relation.h"
#include "runtime/process/signal.h"

static const rs_type start_type = {.name = "clerk_start"};

/* ---------------------------------------------------------------- the clerk's side */

static rs_term already_started(rs_pid other) {
    const rs_term clash[] = {RS_ATOM(already_started), other};
    rs_term reason = rs_term_tuple(2, clash);
    return reason ? reason : RS_ATOM(system_limit);
}

static rs_pid owner_of(rs_core *core, uint64_t word) {
    rs_roster *roster = rs_roster_find(core->runtime, word);
    return roster ? rs_load(&roster->owner, rs_acquire) : 0;
}

/* open_all opens the rosters; whatever fails ends the clerk, and what it has opened with it. */
static void open_all(rs_core *core, const rs_clerk_start_request *request) {
    rs_process *self = core->current;
    for (uint32_t i = 0; i < 2 && request->words[i]; i++) {
        rs_roster *roster = rs_roster_open(core, request->words[i], request->value_bytes[i]);
        rs_pid other = roster ? 0 : owner_of(core, request->words[i]);
        if (!roster) rs_process_end(core, other ? already_started(other) : RS_ATOM(system_limit));
        if (i == 0)
            self->state = roster;
        else
            ((rs_roster *)self->state)->beside = roster;
    }
}

static void begin(const rs_clerk_start_request *request) {
    if (request->kind->traps_exits) rs_trap_exit(true); /* before anybody can find it, and link */
    rs_core *core = rs_section_enter();
    rs_process *self = core->current;
    if (request->name && rs_name_take(request->name, self) != RS_OK)
        rs_process_end(core, already_started(rs_whereis(request->name)));
    self->module = request->kind;
    open_all(core, request);
    self->started = 1;
    if (self->role) rs_observe(core, RS_EVENT_STARTED, self, 0, 0, rs_clock_now(core));
    rs_section_leave(core);
    rs_call_reply(&start_type, NULL, 0);
}

static void on_message(void *state, rs_message *message) {
    const rs_clerk_kind *kind = rs_process_here()->module;
    if (state)
        kind->message(state, message);
    else
        begin((const void *)message->payload);
}

static const rs_behaviour behaviour = {.message = on_message};

void rs_clerk_refuse(const rs_message *message) {
    if (message->kind == RS_MESSAGE_CALL) rs_exit(RS_ATOM(badarg));
}

/* ---------------------------------------------------------------- others' */

/* Rule G4, as OTP 26 has it: a trapping starter finds no EXIT of a failed start. */
static void forget_link(const rs_spawn_options *options, rs_pid pid) {
    rs_core *core = rs_gate(rs_section_enter());
    if (pid && options->link) rs_relation_forget(core, core->current, pid);
    rs_section_leave(core);
}

rs_err rs_clerk_start(const rs_clerk_start_request *request, const rs_spawn_options *options,
                      rs_pid *pid, rs_term *reason) {
    rs_spawn_options mine = {0};
    if (options)
        mine = (rs_spawn_options){.link = options->link,
                                  .link_tag = options->link_tag,
                                  .role = options->role,
                                  .arena_bytes = options->arena_bytes};
    rs_pid child = 0;
    rs_call_result result = rs_call_spawn(&mine, &behaviour, &start_type, request, sizeof *request,
                                          NULL, 0, RS_FOREVER, &child);
    if (result.reply) {
        *pid = child;
        return RS_OK;
    }
    forget_link(&mine, child);
    rs_err err = rs_term_is_pair(result.reason, RS_ATOM(already_started)) ? RS_ETAKEN : RS_ELIMIT;
    if (reason)
        *reason = result.reason;
    else
        rs_term_release(result.reason);
    return err;
}

/* build is rs_signal_build for a payload that begins with a term; it hangs on nothing any more. */
static rs_message *build(rs_core *core, uint8_t kind, const rs_type *type, const void *payload,
                         uint32_t bytes) {
    rs_message *message = rs_signal_build(core, kind, type, payload, bytes);
    if (!rs_signal_count(message)) rs_catch_raise(core, rs_signal_out_of_memory());
    core->current->building = NULL;
    rs_clock_spend(core, core->runtime->costs.message_ns);
    return message;
}

const rs_message *rs_clerk_call(rs_pid clerk, const rs_type *type, const void *payload,
                                uint32_t bytes) {
    rs_core *core = rs_call_begin();
    rs_message *call = build(core, RS_MESSAGE_CALL, type, payload, bytes);
    rs_ref ref = call->ref = rs_signal_make_ref(core);
    if (!rs_signal_try_push(core, clerk, call)) {
        rs_signal_release(core, call);
        rs_section_leave(core);
        return NULL;
    }
    rs_call_result result = rs_call_await(core, ref, RS_FOREVER);
    rs_term_release(result.reason);
    return result.reply;
}

void rs_clerk_tell(rs_pid to, const rs_type *type, const void *payload, uint32_t bytes) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_message *message = build(core, RS_MESSAGE, type, payload, bytes);
    rs_signal_push(core, to, message);
    rs_section_leave(core);
}
