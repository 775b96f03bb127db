/* table_plain.c: version RS_VERSION of high_scores_table, which takes each table of the version
 * before, and no other, and lets it go on empty; with RS_REFUSES none.
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

static rs_term code_change(const rs_old_state *old, void *state, rs_term extra) {
    (void)state, (void)extra;
#ifdef RS_REFUSES
    return (void)old, RS_ATOM(unfortunate);
#else
    return old->version == RS_VERSION - 1 ? RS_ATOM(ok) : RS_ATOM(badarg);
#endif
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
