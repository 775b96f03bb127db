/* table_plain.c: version RS_VERSION of high_scores_table, which takes each table of the version
 * before, and no other, and lets it go on empty; with RS_REFUSES none, with
 * RS_PICKS none that keeps 7 scores, with RS_CRASHES its
 * code_change crashes, with RS_SLEEPS it does not return.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/code_object.h"
#include "scenarios/workers/high_scores_table.h"

static rs_next init(void *state, const void *args, uint32_t bytes) {
    (void)state, (void)args, (void)bytes;
    return RS_INIT_OK;
}

static rs_next handle_call(void *state, rs_from from, const rs_message *request) {
    (void)state, (void)from;
    const rs_position unfortunate = {0};
    if (request->type == &rs_add_score_type)
        return rs_reply(&rs_position_type, &unfortunate, sizeof unfortunate);
    return rs_reply(&rs_scores_type, NULL, 0);
}

#if defined RS_REFUSES
static rs_term answer(const rs_old_state *old) {
    (void)old;
    return RS_ATOM(unfortunate);
}
#elif defined RS_PICKS
static rs_term answer(const rs_old_state *old) {
    const rs_high_scores_table *table = old->state;
    return table->max_players == 7 ? RS_ATOM(unfortunate) : RS_ATOM(ok);
}
#elif defined RS_CRASHES
static _Noreturn rs_term answer(const rs_old_state *old) {
    (void)old;
    rs_crash(RS_ATOM(sigsegv));
}
#elif defined RS_SLEEPS
static bool is_nothing(const rs_message *message, void *context) {
    (void)message, (void)context;
    return false;
}

static rs_term answer(const rs_old_state *old) {
    while (old) rs_receive(is_nothing, NULL, RS_FOREVER);
    return RS_ATOM(ok);
}
#else
static rs_term answer(const rs_old_state *old) {
    return old->version == RS_VERSION - 1 ? RS_ATOM(ok) : RS_ATOM(badarg);
}
#endif

static rs_term code_change(const rs_old_state *old, void *state, rs_term extra) {
    (void)state, (void)extra;
    return answer(old);
}

static const rs_gen_server server = {
    .name = "high_scores_table",
    .state_bytes = sizeof(rs_high_scores_table),
    .version = RS_VERSION,
    .init = init,
    .handle_call = handle_call,
    .code_change = code_change,
};

RS_CODE_MODULE(&server);
