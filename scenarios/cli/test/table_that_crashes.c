/* table_that_crashes.c: another version of high_scores_table, whose first calls crash.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/code_object.h"
#include "scenarios/workers/high_scores_table.h"

static rs_next init(void *state, const void *args, uint32_t bytes) {
    (void)state, (void)args, (void)bytes;
    return RS_INIT_OK;
}

static rs_next handle_call(void *state, rs_from from, const rs_message *request) {
    (void)state, (void)from, (void)request;
    rs_crash(RS_ATOM(sigsegv));
}

static rs_term code_change(const rs_old_state *old, void *state, rs_term extra) {
    (void)old, (void)state, (void)extra;
    return RS_ATOM(ok);
}

static const rs_gen_server server = {
    .name = "high_scores_table",
    .state_bytes = sizeof(rs_high_scores_table),
    .version = 2,
    .init = init,
    .handle_call = handle_call,
    .code_change = code_change,
};

RS_CODE_MODULE(&server);
