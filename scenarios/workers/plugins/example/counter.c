/* counter.c: a worker of one's own, built outside the tree: it counts. Copy the folder to begin
 * with yours; the numbers below are the steps of ../README.md.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/gen_server.h"
#include "scenarios/engine/client.h"
#include "scenarios/language/vocabulary.h"

/* ------------------------------------------------------------------ 1. what a scenario can set */

typedef struct counter_config {
    int64_t from;
    rs_distribution count_time;
} counter_config;

static const rs_option options[] = {
    {.key = "from",
     .type = RS_OPTION_INTEGER,
     .offset = offsetof(counter_config, from),
     .fallback = "0",
     .help = "the number that it begins with"},
    {.key = "count_time",
     .type = RS_OPTION_DISTRIBUTION,
     .offset = offsetof(counter_config, count_time),
     .fallback = "0s",
     .help = "how long one more takes; " RS_DISTRIBUTION_FORMS},
};

/* ------------------------------------------------------------------ 2. what is said to it */

static rs_term number_to_term(const void *value, uint32_t bytes) {
    (void)bytes;
    return rs_term_integer(*(const int64_t *)value);
}

static rs_term word_to_term(const void *value, uint32_t bytes) {
    (void)value;
    (void)bytes;
    return rs_atom_find("increment");
}

static const rs_type increment_type = {"increment", 0, word_to_term, NULL};
static const rs_type number_type = {"number", sizeof(int64_t), number_to_term, NULL};

/* ------------------------------------------------------------------ 3. the server */

typedef struct counter {
    const counter_config *config;
    int64_t number;
    rs_prng prng;
} counter;

static rs_next init(void *state, const void *args, uint32_t bytes) {
    counter *self = state;
    const rs_worker_args *start = args;
    (void)bytes;
    self->config = start->config;
    self->number = self->config->from;
    rs_worker_stream(start, "count_time", &self->prng); /* chance that follows from the seed */
    rs_work(1);                                         /* a step of its recovery */
    rs_keep(0);                                         /* what a crash would lose */
    return RS_INIT_OK;
}

/* Waits for no message while it takes its time: calls wait in line. */
static bool is_none(const rs_message *message, void *context) {
    (void)message;
    (void)context;
    return false;
}

static rs_next handle_call(void *state, rs_from from, const rs_message *request) {
    counter *self = state;
    (void)from;
    if (request->type != &increment_type) return rs_stop(RS_ATOM(bad_request));
    uint64_t ns = rs_distribution_draw(&self->config->count_time, &self->prng);
    if (ns) rs_receive(is_none, NULL, ns);
    self->number++;
    rs_keep((uint64_t)(self->number - self->config->from));
    return rs_reply(&number_type, &self->number, sizeof self->number);
}

static const rs_gen_server server = {
    .name = "counter",
    .state_bytes = sizeof(counter),
    .init = init,
    .handle_call = handle_call,
};

/* ------------------------------------------------------------------ 4. what a load does with it */

static void perform_increment(rs_client *client) {
    rs_pid target = rs_client_target(client);
    if (!target)
        rs_client_fail(client, RS_ATOM(noproc));
    else
        rs_client_call(client, target, &increment_type, NULL, 0);
}

static const rs_operation operations[] = {
    {"increment", "counts one more", perform_increment, 100},
};

/* ------------------------------------------------------------------ 5. the word */

static const rs_worker worker = {
    .name = "counter",
    .about = "counts, and forgets how far when it crashes",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .config_bytes = sizeof(counter_config),
    .server = &server,
    .operations = operations,
    .operation_count = sizeof operations / sizeof *operations,
};

static const rs_worker *const workers[] = {&worker, NULL};

RS_VOCABULARY(.workers = workers);
