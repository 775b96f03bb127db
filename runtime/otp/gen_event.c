/* gen_event.c: a manager's side. Handlers' callbacks run under rs_catch with the handler's memory
 * in use; what they return and what they are given hangs on the message that is being handled, so
 * that a death at any instant frees it. SPDX-License-Identifier: MIT
 */
#include "runtime/otp/gen_event.h"

#include "runtime/otp/gen_event_serve.h"
#include "runtime/otp/shape.h"
#include "runtime/process/arena.h"
#include "runtime/process/signal.h"
#include "runtime/process/tell.h"

#include <string.h>

typedef struct handler {
    struct handler *next; /* older */
    const rs_gen_event_handler *module;
    rs_term id;
    void *state;
    struct rs_arena *memory;
    rs_pid owner; /* 0: nobody's */
} handler;

/* What takes the place of a handler. */
typedef struct successor {
    const rs_gen_event_handler *module;
    rs_term id;
    rs_term why; /* for its predecessor's terminate */
    const void *args;
    uint32_t bytes;
} successor;

typedef struct manager {
    handler *newest;
    successor swap; /* what rs_swap_handler asked for */
} manager;

const rs_type rs_gen_event_request_type = {.name = "gen_event_request"};
const rs_type rs_gen_event_answer_type = {.name = "gen_event_answer"};
const rs_type rs_gen_event_exit_type = {.name = "gen_event_EXIT"};

/* ---------------------------------------------------------------- terms */

uint32_t rs_gen_event_term_write(rs_gen_event_term *it, rs_term term) {
    it->count = rs_packed_term_write(term, it->words);
    return (uint32_t)(offsetof(rs_gen_event_term, words) + it->count * sizeof it->words[0]);
}

static rs_term retained(rs_term term) {
    rs_term_retain(term, 1);
    return term;
}

/* {'EXIT',Reason} and {error,Reason}, held; `reason` is borrowed. */
static rs_term exit_of(rs_term reason) {
    return rs_signal_hold(rs_shape_exit(reason));
}
static rs_term error_of(rs_term reason) {
    return rs_signal_hold(rs_shape_pair(RS_ATOM(error), retained(reason)));
}

static rs_term name_of(const rs_gen_event_handler *module, rs_term id) {
    rs_term name = rs_shape_word(module->name);
    return id ? rs_shape_pair(name, id) : name;
}

static rs_next answer(rs_term term) {
    rs_gen_event_term it = {0};
    return rs_reply(&rs_gen_event_answer_type, &it, rs_gen_event_term_write(&it, term));
}

/* ---------------------------------------------------------------- running callbacks */

typedef enum task { INIT, EVENT, CALL, INFO, TERMINATE, TELL } task;

typedef struct job {
    const handler *of;
    task task;
    const rs_message *message;
    const successor *start;
    rs_term given; /* to init, or to terminate */
    void *state;   /* that init was given */
    rs_next next;
    rs_term value;
} job;

static rs_next handle(const handler *it, task what, const rs_message *message) {
    const rs_gen_event_handler *module = it->module;
    switch (what) {
    case EVENT: return module->handle_event(it->state, message);
    case CALL: return module->handle_call ? module->handle_call(it->state, message) : RS_NOREPLY;
    default: return module->handle_info ? module->handle_info(it->state, message) : RS_NOREPLY;
    }
}

static rs_term tell(const handler *it) {
    const rs_gen_event_handler *module = it->module;
    return rs_tell_value(module->state_type, module->name, it->state, module->state_bytes);
}

static rs_term initialize(job *it) {
    const rs_gen_event_handler *module = it->of->module;
    if (module->state_bytes) it->state = rs_alloc(module->state_bytes);
    return rs_signal_hold(module->init(it->state, it->start->args, it->start->bytes, it->given));
}

static void perform(void *argument) {
    job *it = argument;
    const handler *of = it->of;
    switch (it->task) {
    case INIT: it->value = initialize(it); break;
    case TERMINATE: it->value = rs_signal_hold(of->module->terminate(of->state, it->given)); break;
    case TELL: it->value = rs_signal_hold(tell(of)); break;
    default: it->next = handle(of, it->task, it->message);
    }
}

/* *reason is what it exited with, borrowed. */
static rs_caught run(job *it, rs_term *reason) {
    struct rs_arena *before = rs_arena_use(it->of->memory);
    rs_caught caught = rs_catch(perform, it, reason);
    rs_arena_use(before);
    return caught;
}

/* ---------------------------------------------------------------- coming */

static bool owns_any(const manager *self, rs_pid owner) {
    for (const handler *it = self->newest; it; it = it->next)
        if (it->owner == owner) return true;
    return false;
}

static void destroy(handler *it) {
    rs_arena_close(it->memory);
    rs_free(it, sizeof *it);
}

static handler *create(const successor *start, rs_pid owner) {
    handler *made = rs_alloc(sizeof *made);
    made->module = start->module;
    made->id = start->id;
    made->owner = owner;
    made->memory = rs_arena_open();
    return made;
}

/* add puts a new handler at *at and returns `ok`, or what came of it instead. As in OTP a link to
 * its owner stays, whatever becomes of it: there may have been one before. */
static rs_term add(handler **at, const successor *start, rs_term handed, rs_pid owner) {
    if (owner) rs_link(owner);
    handler *made = create(start, owner);
    job it = {.of = made, .task = INIT, .start = start, .given = handed};
    rs_term reason;
    rs_term value = run(&it, &reason) == RS_CAUGHT_NOTHING ? it.value : exit_of(reason);
    if (value == RS_ATOM(ok)) {
        made->state = it.state;
        made->next = *at;
        *at = made;
    } else {
        destroy(made);
    }
    return value;
}

/* ---------------------------------------------------------------- going */

static void tell_owner(rs_pid owner, const rs_gen_event_handler *module, rs_term id,
                       rs_term reason) {
    if (!owner) return;
    rs_gen_event_term exit = {.exit = {module, id}};
    rs_send(owner, &rs_gen_event_exit_type, &exit, rs_gen_event_term_write(&exit, reason));
}

/* drop removes the handler at *at, without terminate. */
static void drop(handler **at, rs_term reason) {
    handler *it = *at;
    tell_owner(it->owner, it->module, it->id, reason);
    *at = it->next;
    destroy(it);
}

static rs_term end(const handler *of, rs_term why) {
    job it = {.of = of, .task = TERMINATE, .given = why, .value = RS_ATOM(ok)};
    rs_term failure;
    if (!of->module->terminate || run(&it, &failure) == RS_CAUGHT_NOTHING) return it.value;
    return exit_of(failure);
}

/* finish terminates it with `why` and removes it, and returns what terminate did. */
static rs_term finish(handler **at, rs_term why, rs_term reason) {
    rs_term value = end(*at, why);
    drop(at, reason);
    return value;
}

/* fail removes one that returned or exited with `what`, and returns that. */
static rs_term fail(handler **at, rs_term what) {
    finish(at, error_of(what), what);
    return what;
}

/* OTP's {swapped,Handler,Owner} */
static rs_term swapped(const successor *to, rs_pid owner) {
    return rs_signal_hold(rs_shape_triple(rs_shape_word("swapped"), name_of(to->module, to->id),
                                          owner ? owner : RS_ATOM(false)));
}

/* The old one's memory goes last: the arguments for the new one's init lie there. */
static rs_term replace(handler **at, const successor *to) {
    handler *old = *at;
    rs_term handed = end(old, to->why);
    tell_owner(old->owner, old->module, old->id, swapped(to, old->owner));
    *at = old->next;
    rs_term value = add(at, to, handed, old->owner);
    if (value != RS_ATOM(ok)) tell_owner(old->owner, to->module, to->id, rs_shape_word("crash"));
    destroy(old);
    return value;
}

/* ---------------------------------------------------------------- handling */

/* Where the next older handler hangs, `had` being whether the one at `at` is still to be passed. */
static handler **after(handler **at, bool had) {
    return had ? &(*at)->next : at;
}

/* Who returns RS_NEXT_SWAP and has not said for whom returns nothing that is known. */
static handler **follow(manager *self, handler **at, rs_next next) {
    if (next == RS_NEXT_SWAP && !self->swap.module) next = RS_NEXT_IGNORE;
    switch (next) {
    case RS_NOREPLY:
    case RS_NEXT_REPLY: return after(at, true);
    case RS_NEXT_REMOVE: finish(at, rs_shape_word("remove_handler"), RS_ATOM(normal)); break;
    case RS_NEXT_SWAP: return after(at, replace(at, &self->swap) == RS_ATOM(ok));
    default: fail(at, RS_ATOM(bad_return_value));
    }
    return at;
}

/* handle_at lets one handler do its work; *failure is what it failed with, 0: it has not. */
static handler **handle_at(manager *self, handler **at, task what, const rs_message *message,
                           rs_term *failure) {
    job it = {.of = *at, .task = what, .message = message};
    rs_term reason;
    self->swap = (successor){0};
    *failure = 0;
    switch (run(&it, &reason)) {
    case RS_CAUGHT_NOTHING: return follow(self, at, it.next);
    case RS_CAUGHT_EXIT: *failure = fail(at, exit_of(reason)); break;
    case RS_CAUGHT_CRASH: *failure = exit_of(reason); drop(at, *failure);
    }
    return at;
}

static void handle_all(manager *self, task what, const rs_message *message) {
    rs_term failure;
    for (handler **at = &self->newest; *at;) at = handle_at(self, at, what, message, &failure);
}

/* ---------------------------------------------------------------- requests */

static handler **find(manager *self, const rs_gen_event_request *request) {
    handler **at = &self->newest;
    while (*at && !((*at)->module == request->module && (*at)->id == request->id))
        at = &(*at)->next;
    return at;
}

static const void *args_of(const rs_gen_event_request *request) {
    return request->bytes ? (const uint64_t *)(const void *)(request + 1) + request->words : NULL;
}

static rs_term why_of(const rs_gen_event_request *request) {
    if (!request->words) return RS_ATOM(undefined);
    return rs_signal_hold(
        rs_packed_term_read((const uint64_t *)(const void *)(request + 1), request->words));
}

static rs_term add_handler(manager *self, const rs_gen_event_request *request, rs_pid from) {
    const successor start = {.module = request->module,
                             .id = request->id,
                             .args = args_of(request),
                             .bytes = request->bytes};
    return add(&self->newest, &start, 0, request->supervised ? from : 0);
}

static rs_term delete_handler(manager *self, const rs_gen_event_request *request) {
    handler **at = find(self, request);
    if (!*at) return error_of(rs_shape_word("module_not_found"));
    return finish(at, why_of(request), RS_ATOM(normal));
}

/* The new one comes first, wherever the old one was. */
static rs_term swap_handler(manager *self, const rs_gen_event_request *request, rs_pid from) {
    const successor to = {.module = request->to,
                          .id = request->to_id,
                          .args = args_of(request),
                          .bytes = request->bytes};
    handler **at = find(self, request);
    rs_pid owner = request->supervised ? from : *at ? (*at)->owner : 0;
    rs_term handed = RS_ATOM(error);
    if (*at) handed = finish(at, why_of(request), swapped(&to, owner));
    rs_term value = add(&self->newest, &to, handed, owner);
    return value == RS_ATOM(ok) ? value : error_of(value);
}

static rs_term list_of(const manager *self, rs_term (*element)(const handler *it)) {
    uint32_t count = 0, i = 0;
    for (const handler *it = self->newest; it; it = it->next) count++;
    rs_term *elements = rs_alloc(count * sizeof *elements);
    for (const handler *it = self->newest; it; it = it->next) elements[i++] = element(it);
    rs_term list = rs_term_list(count, elements);
    for (i = 0; i < count; i++) rs_term_release(elements[i]);
    rs_free(elements, count * sizeof *elements);
    return list;
}

static rs_term name_element(const handler *it) {
    return name_of(it->module, it->id);
}

/* A copy for handlers: whoever replies gives the caller's message away. */
static rs_message *copy_of(const rs_message *message, const rs_type *type, const void *payload,
                           uint32_t bytes) {
    rs_message *made = rs_alloc(sizeof *made + bytes);
    *made = *message;
    made->type = type;
    made->bytes = bytes;
    if (bytes) memcpy(made->payload, payload, bytes);
    return made;
}

static void free_copy(rs_message *copy) {
    rs_free(copy, sizeof *copy + copy->bytes);
}

/* A handler that has not answered by now never will. */
static rs_next call_handler(manager *self, const rs_message *message) {
    const rs_gen_event_request *request = (const void *)message->payload;
    handler **at = find(self, request);
    if (!*at) return answer(rs_shape_word("bad_module"));
    rs_term failure;
    rs_message *copy = copy_of(message, request->type, args_of(request), request->bytes);
    handle_at(self, at, CALL, copy, &failure);
    free_copy(copy);
    return answer(failure ? failure : RS_ATOM(bad_return_value));
}

static rs_next serve(manager *self, const rs_message *message) {
    const rs_gen_event_request *request = (const void *)message->payload;
    switch ((rs_gen_event_word)request->word) {
    case RS_GEN_EVENT_ADD: return answer(add_handler(self, request, message->from));
    case RS_GEN_EVENT_DELETE: return answer(delete_handler(self, request));
    case RS_GEN_EVENT_SWAP: return answer(swap_handler(self, request, message->from));
    case RS_GEN_EVENT_CALL: return call_handler(self, message);
    case RS_GEN_EVENT_WHICH: break;
    }
    return answer(rs_signal_hold(list_of(self, name_element)));
}

/* ---------------------------------------------------------------- the manager */

static rs_next init(void *state, const void *args, uint32_t bytes) {
    (void)state, (void)args, (void)bytes;
    rs_trap_exit(true);
    return RS_INIT_OK;
}

static rs_next handle_call(void *state, rs_from from, const rs_message *message) {
    (void)from;
    rs_message *copy = copy_of(message, message->type, message->payload, message->bytes);
    rs_next next;
    if (copy->type == &rs_gen_event_request_type) {
        next = serve(state, copy);
    } else {
        handle_all(state, EVENT, copy);
        next = answer(RS_ATOM(ok));
    }
    free_copy(copy);
    return next;
}

static rs_next handle_cast(void *state, const rs_message *message) {
    handle_all(state, EVENT, message);
    return RS_NOREPLY;
}

static void remove_all_of(manager *self, rs_pid owner, rs_term reason) {
    rs_term why = rs_signal_hold(rs_shape_pair(rs_shape_word("stop"), retained(reason)));
    for (handler **at = &self->newest; *at;) {
        if ((*at)->owner == owner)
            finish(at, why, RS_ATOM(shutdown));
        else
            at = &(*at)->next;
    }
}

static rs_next handle_info(void *state, const rs_message *info) {
    if (info->kind == RS_MESSAGE_EXIT && owns_any(state, info->from))
        remove_all_of(state, info->from, rs_message_reason(info));
    handle_all(state, INFO, info);
    return RS_NOREPLY;
}

static void terminate(void *state, rs_term reason) {
    (void)reason;
    manager *self = state;
    while (self->newest) finish(&self->newest, rs_shape_word("stop"), RS_ATOM(shutdown));
}

static rs_term state_element(const handler *it) {
    job telling = {.of = it, .task = TELL};
    rs_term reason;
    bool told = run(&telling, &reason) == RS_CAUGHT_NOTHING;
    return rs_shape_triple(rs_shape_word(it->module->name), it->id ? it->id : RS_ATOM(false),
                           retained(told ? telling.value : exit_of(reason)));
}

static rs_term manager_to_term(const void *state, uint32_t bytes) {
    (void)bytes;
    return list_of(state, state_element);
}
static const rs_type manager_type = {
    .name = "gen_event", .bytes = sizeof(manager), .to_term = manager_to_term};

const rs_gen_server rs_gen_event_manager = {
    .name = "gen_event",
    .state_bytes = sizeof(manager),
    .init = init,
    .handle_call = handle_call,
    .handle_cast = handle_cast,
    .handle_info = handle_info,
    .terminate = terminate,
    .state_type = &manager_type,
};

/* ---------------------------------------------------------------- in callbacks */

rs_next rs_remove_handler(void) {
    return RS_NEXT_REMOVE;
}

rs_next rs_swap_handler(rs_term why, const rs_gen_event_handler *other, rs_term id,
                        const void *args, uint32_t bytes) {
    manager *self = rs_process_here()->state;
    void *copy = bytes ? rs_alloc(bytes) : NULL; /* goes with the handler's memory */
    if (bytes) memcpy(copy, args, bytes);
    self->swap = (successor){other, id, rs_signal_hold(why), copy, bytes};
    return RS_NEXT_SWAP;
}
