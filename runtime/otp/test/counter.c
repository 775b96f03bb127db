/* counter.c: other versions of the counter that code_test.c has, one for each RS_VARIANT.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/test/counter.h"

#include "runtime/otp/code_object.h"

#include <string.h>

enum { GOOD, REFUSES, CRASHES_CHANGE, CRASHES_CALL };

static int *volatile nowhere;

#define FAULTY __attribute__((noinline, no_sanitize("address", "undefined", "thread")))

static FAULTY void crash(void) {
    if (rs_clock_is_virtual()) rs_crash(RS_ATOM(sigsegv));
    *nowhere = 1;
}

static rs_next init(void *state, const void *args, uint32_t bytes) {
    counter_2 *self = state;
    memcpy(self->tag, args, bytes);
    return RS_INIT_OK;
}

/* Without a call into the runtime, for as long as it is let. */
static FAULTY void spin(void) {
    for (volatile uint64_t i = 0; i < UINT64_MAX; i++) {
    }
}

static rs_next handle_call(void *state, rs_from from, const rs_message *request) {
    counter_2 *self = state;
    (void)from;
    if (RS_VARIANT == CRASHES_CALL) crash();
    self->count += *(const int64_t *)(const void *)request->payload;
    counter_answer answer = {.count = self->count, .changes = self->changes, .version = 2};
    memcpy(answer.tag, self->tag, sizeof answer.tag);
    return rs_reply(&counter_answer_type, &answer, sizeof answer);
}

static rs_next handle_cast(void *state, const rs_message *request) {
    (void)state;
    (void)request;
    spin();
    return RS_NOREPLY;
}

/* From the first version, or from one of this layout. */
static rs_term code_change(const rs_old_state *old, void *state, rs_term extra) {
    counter_2 *self = state;
    if (RS_VARIANT == REFUSES) return rs_term_tuple(2, (rs_term[]){RS_ATOM(undefined), extra});
    self->count = 1000000; /* what a crash from here on leaves is nobody's state */
    if (RS_VARIANT == CRASHES_CHANGE) crash();
    if (old->version == 2) {
        *self = *(const counter_2 *)old->state;
    } else {
        const counter *first = old->state;
        self->count = first->count;
        memcpy(self->tag, first->tag, sizeof self->tag);
        rs_free(first->tag, sizeof self->tag);
    }
    self->changes++;
    return RS_ATOM(ok);
}

static const rs_gen_server server = {
    .name = "counter",
    .state_bytes = sizeof(counter_2),
    .version = 2,
    .init = init,
    .handle_call = handle_call,
    .handle_cast = handle_cast,
    .code_change = code_change,
};

RS_CODE_MODULE(&server);
