/* worker.c: a worker of your own: a server that quotes prices. Its five parts are what every worker
 * has; put your code into `fill` (what a start costs) and `quote` (what an answer costs).
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/gen_server.h"
#include "scenarios/engine/client.h"
#include "scenarios/language/vocabulary.h"

/* Steps that it takes to make a price. */
#define STEPS 3000u

/* ------------------------------------------------------------------ 1. what a scenario can set */

typedef struct prices_config {
    int64_t articles;
} prices_config;

static const rs_option options[] = {
    {.key = "articles",
     .type = RS_OPTION_INTEGER,
     .offset = offsetof(prices_config, articles),
     .fallback = "500",
     .min = 1,
     .max = 4096,
     .help = "how many articles it knows; each takes a while to learn when it starts"},
};

/* ------------------------------------------------------------------ 2. what is said to it */

static rs_term number_to_term(const void *value, uint32_t bytes) {
    (void)bytes;
    return rs_term_integer((int64_t)(*(const uint64_t *)value >> 8));
}

static const rs_type order_type = {"order", sizeof(uint64_t), number_to_term, NULL};
static const rs_type price_type = {"price", sizeof(uint64_t), number_to_term, NULL};

/* ------------------------------------------------------------------ 3. the server */

typedef struct prices {
    uint64_t count;
    uint64_t *list;
} prices;

static uint64_t mix(uint64_t number) {
    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    return number ^ number >> 27;
}

/* Work is done, and declared: rs_work is what it costs in virtual time. */
static void fill(prices *self) {
    for (uint64_t i = 0; i < self->count; i++) self->list[i] = mix(i + 1);
    rs_work(self->count);
}

static uint64_t quote(const prices *self, uint64_t order) {
    uint64_t price = order;
    for (uint32_t i = 0; i < STEPS; i++) price = mix(price + self->list[i % self->count]);
    rs_work(STEPS);
    return price;
}

/* What comes from rs_alloc is given back when it ends, also by a crash. */
static rs_next init(void *state, const void *args, uint32_t bytes) {
    prices *self = state;
    const rs_worker_args *start = args;
    const prices_config *config = start->config;
    (void)bytes;
    self->count = (uint64_t)config->articles;
    self->list = rs_alloc(self->count * sizeof *self->list);
    fill(self);
    return RS_INIT_OK;
}

static rs_next handle_call(void *state, rs_from from, const rs_message *request) {
    (void)from;
    if (request->type != &order_type) return rs_stop(RS_ATOM(bad_request));
    uint64_t price = quote(state, *(const uint64_t *)(const void *)request->payload);
    return rs_reply(&price_type, &price, sizeof price);
}

static const rs_gen_server server = {
    .name = "prices",
    .state_bytes = sizeof(prices),
    .init = init,
    .handle_call = handle_call,
};

/* ------------------------------------------------------------------ 4. what a load does with it */

/* Chance comes from the client's own stream, so that a seed repeats a run. */
static void perform_order(rs_client *client) {
    rs_pid target = rs_client_target(client);
    uint64_t order = rs_prng_next(rs_client_prng(client));
    if (!target)
        rs_client_fail(client, RS_ATOM(noproc));
    else
        rs_client_call(client, target, &order_type, &order, sizeof order);
}

static const rs_operation operations[] = {
    {"order", "asks for a price", perform_order, 100},
};

/* ------------------------------------------------------------------ 5. the word */

static const rs_worker worker = {
    .name = "prices",
    .about = "quotes prices, from a list that it makes when it starts",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .config_bytes = sizeof(prices_config),
    .server = &server,
    .operations = operations,
    .operation_count = sizeof operations / sizeof *operations,
};

static const rs_worker *const workers[] = {&worker, NULL};

RS_VOCABULARY(.workers = workers);
