/* gen_event_call.c: the callers' side of a manager.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/gen_event_serve.h"
#include "runtime/otp/shape.h"

#include <string.h>

rs_start_result rs_gen_event_start(const rs_start_options *options, rs_pid *pid, rs_term *reason) {
    return rs_gen_server_start(&rs_gen_event_manager, NULL, 0, options, pid, reason);
}

rs_err rs_gen_event_stop(rs_pid manager, rs_term reason, uint64_t timeout_ns) {
    return rs_gen_server_stop(manager, reason, timeout_ns);
}

/* ---------------------------------------------------------------- asking */

/* A request with what belongs to it, in the caller's memory. */
typedef struct parcel {
    rs_gen_event_request *request;
    size_t bytes;
} parcel;

static parcel wrap(const rs_gen_event_request *head, rs_term why, const void *args) {
    uint64_t words[RS_PACKED_TERM_WORDS];
    uint32_t count = why ? rs_packed_term_write(why, words) : 0;
    size_t bytes = sizeof *head + count * sizeof *words + head->bytes;
    if (bytes > UINT32_MAX) rs_exit(RS_ATOM(system_limit));
    parcel made = {rs_alloc(bytes), bytes};
    *made.request = *head;
    made.request->words = (uint16_t)count;
    uint64_t *at = (uint64_t *)(void *)(made.request + 1);
    memcpy(at, words, count * sizeof *words);
    if (head->bytes) memcpy(at + count, args, head->bytes);
    return made;
}

static const rs_message *ask(rs_pid manager, const rs_gen_event_request *head, rs_term why,
                             const void *args, uint64_t timeout_ns, rs_term *failure) {
    parcel made = wrap(head, why, args);
    const rs_message *reply =
        rs_gen_server_try_call(manager, &rs_gen_event_request_type, made.request,
                               (uint32_t)made.bytes, timeout_ns, failure);
    rs_free(made.request, made.bytes);
    return reply;
}

static rs_term read_answer(const rs_message *reply) {
    if (reply->type != &rs_gen_event_answer_type) rs_exit(RS_ATOM(badarg)); /* it is no manager */
    const rs_gen_event_term *it = (const void *)reply->payload;
    return rs_packed_term_read(it->words, (uint32_t)it->count);
}

static rs_term ask_term(rs_pid manager, const rs_gen_event_request *head, rs_term why,
                        const void *args) {
    rs_term failure;
    const rs_message *reply = ask(manager, head, why, args, RS_FOREVER, &failure);
    if (!reply) rs_exit(failure);
    return read_answer(reply);
}

/* ---------------------------------------------------------------- handlers */

/* A module that is none is the caller's mistake, not the manager's, nor one of ours. */
__attribute__((no_sanitize("undefined"))) static void touch(const rs_gen_event_handler *module) {
    (void)*(const char *const volatile *)&module->name;
}

rs_term rs_gen_event_add_handler(rs_pid manager, const rs_gen_event_handler *module, rs_term id,
                                 const void *args, uint32_t bytes) {
    touch(module);
    const rs_gen_event_request head = {
        .word = RS_GEN_EVENT_ADD, .module = module, .id = id, .bytes = bytes};
    return ask_term(manager, &head, 0, args);
}

rs_term rs_gen_event_add_sup_handler(rs_pid manager, const rs_gen_event_handler *module, rs_term id,
                                     const void *args, uint32_t bytes) {
    touch(module);
    const rs_gen_event_request head = {
        .word = RS_GEN_EVENT_ADD, .supervised = true, .module = module, .id = id, .bytes = bytes};
    return ask_term(manager, &head, 0, args);
}

rs_term rs_gen_event_delete_handler(rs_pid manager, const rs_gen_event_handler *module, rs_term id,
                                    rs_term why) {
    const rs_gen_event_request head = {.word = RS_GEN_EVENT_DELETE, .module = module, .id = id};
    return ask_term(manager, &head, why, NULL);
}

static rs_term swap(rs_pid manager, const rs_gen_event_swap *it, bool supervised) {
    touch(it->to);
    const rs_gen_event_request head = {.word = RS_GEN_EVENT_SWAP,
                                       .supervised = supervised,
                                       .module = it->from,
                                       .id = it->from_id,
                                       .to = it->to,
                                       .to_id = it->to_id,
                                       .bytes = it->bytes};
    return ask_term(manager, &head, it->why, it->args);
}

rs_term rs_gen_event_swap_handler(rs_pid manager, const rs_gen_event_swap *it) {
    return swap(manager, it, false);
}

rs_term rs_gen_event_swap_sup_handler(rs_pid manager, const rs_gen_event_swap *it) {
    return swap(manager, it, true);
}

rs_term rs_gen_event_which_handlers(rs_pid manager) {
    const rs_gen_event_request head = {.word = RS_GEN_EVENT_WHICH};
    return ask_term(manager, &head, 0, NULL);
}

rs_term rs_gen_event_exit_reason(const rs_message *exit) {
    const rs_gen_event_term *it = (const void *)exit->payload;
    return rs_packed_term_read(it->words, (uint32_t)it->count);
}

/* ---------------------------------------------------------------- events */

void rs_gen_event_notify(rs_pid manager, const rs_type *type, const void *payload, uint32_t bytes) {
    rs_gen_server_cast(manager, type, payload, bytes);
}

void rs_gen_event_sync_notify(rs_pid manager, const rs_type *type, const void *payload,
                              uint32_t bytes) {
    rs_term failure;
    if (!rs_gen_server_try_call(manager, type, payload, bytes, RS_FOREVER, &failure))
        rs_exit(failure);
}

static _Noreturn void exit_of_call(rs_pid manager, rs_term why) {
    rs_exit(rs_shape_pair(
        why, rs_shape_triple(rs_shape_word("gen_event"), rs_shape_word("call"), manager)));
}

const rs_message *rs_gen_event_call(rs_pid manager, const rs_gen_event_handler *module, rs_term id,
                                    const rs_type *type, const void *payload, uint32_t bytes,
                                    uint64_t timeout_ns, rs_term *error) {
    const rs_gen_event_request head = {
        .word = RS_GEN_EVENT_CALL, .module = module, .id = id, .type = type, .bytes = bytes};
    rs_term failure;
    const rs_message *reply = ask(manager, &head, 0, payload, timeout_ns, &failure);
    if (!reply) exit_of_call(manager, failure);
    if (reply->type != &rs_gen_event_answer_type) return reply;
    *error = read_answer(reply);
    return NULL;
}
