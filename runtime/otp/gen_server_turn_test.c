/* gen_server_turn_test.c: an observer of turns hears whose code ran: a server's by its module.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/gen_server.h"
#include "runtime/process/test/run.h"

static rs_next handle_cast(void *state, const rs_message *request) {
    (void)state, (void)request;
    return RS_NOREPLY;
}

static const rs_gen_server server = {.name = "summer", .handle_cast = handle_cast};

/* One core tells, so nothing here is atomic. */
static struct { uint32_t of_server, of_entry, of_nobody; } seen;

static void run_server(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid;
    CHECK_INT(rs_gen_server_start(&server, NULL, 0, &(rs_start_options){0}, &pid, NULL),
              RS_START_OK);
    for (uint32_t i = 0; i < 10; i++) rs_gen_server_cast(pid, &any_type, NULL, 0);
    wait_ns(MS);
    rs_exit_signal(pid, RS_ATOM(kill));
    wait_ns(MS);
}

static void take_turn(void *context, const rs_turn *turn) {
    (void)context;
    seen.of_server += turn->module && strcmp(turn->module, "summer") == 0;
    seen.of_entry += turn->entry == run_server;
    seen.of_nobody += !turn->module && !turn->entry;
}

static const rs_observer observer = {.turn = take_turn};

static void run_looked_at(rs_runtime_options options) {
    memset(&seen, 0, sizeof seen);
    options.observer = &observer;
    run_on(&options, run_server);
    CHECK(seen.of_server >= 3); /* its init, its casts, its death */
    CHECK(seen.of_entry >= 3);
    CHECK_INT(seen.of_nobody, 0);
}

TEST(turns_are_named_by_module_or_entry) {
    run_looked_at(one_core);
    run_looked_at(one_thread);
}

TEST_MAIN()
