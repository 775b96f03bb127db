/* spinner.c: a worker whose service time is a spin, so that a slowdown can be planted to the
 * nanosecond: a plugin, for calibrate alone.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/gen_server.h"
#include "scenarios/engine/client.h"
#include "scenarios/language/vocabulary.h"

typedef struct spinner_config {
    int64_t spin;
} spinner_config;

static const rs_option options[] = {
    {.key = "spin",
     .type = RS_OPTION_INTEGER,
     .offset = offsetof(spinner_config, spin),
     .fallback = "0",
     .help = "steps of a counting loop for each call"},
};

static rs_term spin_to_term(const void *value, uint32_t bytes) {
    (void)value;
    (void)bytes;
    return rs_atom_find("spin");
}

static const rs_type spin_type = {"spin", 0, spin_to_term, NULL};

typedef struct spinner {
    int64_t spin;
    uint64_t last; /* what the spin came to, so that it is not left out */
} spinner;

static rs_next init(void *state, const void *args, uint32_t bytes) {
    const rs_worker_args *start = args;
    const spinner_config *config = start->config;
    (void)bytes;
    ((spinner *)state)->spin = config->spin;
    rs_work(1);
    return RS_INIT_OK;
}

static rs_next handle_call(void *state, rs_from from, const rs_message *request) {
    spinner *self = state;
    (void)from;
    (void)request;
    uint64_t number = self->last;
    for (int64_t i = 0; i < self->spin; i++) number = number * UINT64_C(6364136223846793005) + 1;
    self->last = number;
    return rs_reply(&spin_type, NULL, 0);
}

static const rs_gen_server server = {
    .name = "spinner",
    .state_bytes = sizeof(spinner),
    .init = init,
    .handle_call = handle_call,
};

static void perform_spin(rs_client *client) {
    rs_pid target = rs_client_target(client);
    if (!target)
        rs_client_fail(client, RS_ATOM(noproc));
    else
        rs_client_call(client, target, &spin_type, NULL, 0);
}

static const rs_operation operations[] = {
    {"spin", "asks for one spin", perform_spin, 100},
};

static const rs_worker worker = {
    .name = "spinner",
    .about = "spins for each call",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .config_bytes = sizeof(spinner_config),
    .server = &server,
    .operations = operations,
    .operation_count = sizeof operations / sizeof *operations,
};

static const rs_worker *const workers[] = {&worker, NULL};

RS_VOCABULARY(.workers = workers);
