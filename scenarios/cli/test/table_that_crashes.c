/* table_that_crashes.c: another version of high_scores_table, or with RS_ECHO of echo, whose first
 * calls crash. With RS_KNOWN its state has the layout that the first version takes back.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/code_object.h"
#include "scenarios/workers/high_scores_table.h"

#ifdef RS_ECHO
#define WORKER "echo"
#else
#define WORKER "high_scores_table"
#endif

#ifdef RS_KNOWN
typedef rs_high_scores_table_2 table;
#else
typedef rs_high_scores_table table;
#endif

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
    .name = WORKER,
    .state_bytes = sizeof(table),
    .version = 2,
    .init = init,
    .handle_call = handle_call,
    .code_change = code_change,
};

RS_CODE_MODULE(&server);
